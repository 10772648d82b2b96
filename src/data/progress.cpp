#include "data/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace saem::data {
namespace {

constexpr int kBarWidth = 32;
constexpr std::chrono::milliseconds kBarInterval{100};

std::string megabytes(std::int64_t bytes) {
  return bytes < 1'000'000 ? fmt::format("{:.0f} kB", static_cast<double>(bytes) / 1e3)
                           : fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
}

}  // namespace

Progress::Style Progress::style_for(std::FILE* out) {
  return out != nullptr && ::isatty(::fileno(out)) == 1 ? Style::kBar : Style::kLines;
}

Progress::Progress(std::string name, std::int64_t total, std::FILE* out, Style style)
    : name_(std::move(name)), total_(total), out_(out), style_(style) {
  if (style_ == Style::kLines) {
    print(fmt::format("saem: downloading {} ({})\n", name_, megabytes(total_)));
  }
}

Progress::~Progress() {
  if (bar_is_open_) print("\n");
}

void Progress::print(const std::string& text) {
  if (out_ == nullptr) return;
  std::fputs(text.c_str(), out_);
  std::fflush(out_);
}

std::int64_t Progress::percent(std::int64_t bytes) const {
  return std::clamp<std::int64_t>(total_ > 0 ? bytes * 100 / total_ : 100, 0, 100);
}

void Progress::update(std::int64_t bytes) {
  if (style_ == Style::kBar) {
    const Clock::time_point now = Clock::now();
    if (now - last_drawn_ < kBarInterval) return;
    last_drawn_ = now;
    draw_bar(bytes);
    return;
  }
  if (percent(bytes) < next_line_percent_ || percent(bytes) == 100) return;
  print(fmt::format("saem: {} {} %\n", name_, percent(bytes)));
  while (next_line_percent_ <= percent(bytes)) next_line_percent_ += 25;
}

void Progress::draw_bar(std::int64_t bytes) {
  const auto filled = static_cast<std::size_t>(percent(bytes) * kBarWidth / 100);
  print(fmt::format("\rsaem: {} [{}{}] {:3} % of {}", name_, std::string(filled, '='),
                    std::string(kBarWidth - filled, ' '), percent(bytes), megabytes(total_)));
  bar_is_open_ = true;
}

void Progress::note(const std::string& text) {
  print(fmt::format("{}saem: {}: {}\n", bar_is_open_ ? "\n" : "", name_, text));
  bar_is_open_ = false;
}

void Progress::finish() {
  const double seconds = std::chrono::duration<double>(Clock::now() - start_).count();
  if (style_ == Style::kBar) {
    draw_bar(total_);
    print("\n");
    bar_is_open_ = false;
  } else {
    print(fmt::format("saem: {} done in {:.1f} s\n", name_, seconds));
  }
}

}  // namespace saem::data
