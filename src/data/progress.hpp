#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>

namespace saem::data {

/// Shows how far a download is: a bar that is drawn again and again on a terminal, a line a quarter
/// elsewhere (a log, a notebook). Not thread-safe.
class Progress {
 public:
  enum class Style { kBar, kLines };

  /// kBar if `out` is a terminal.
  static Style style_for(std::FILE* out);

  /// `out` null shows nothing.
  Progress(std::string name, std::int64_t total, std::FILE* out, Style style);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress();

  /// `bytes` of the file are there, of which some may be from an earlier attempt.
  void update(std::int64_t bytes);
  /// A line of its own, such as why an attempt failed.
  void note(const std::string& text);
  void finish();

 private:
  using Clock = std::chrono::steady_clock;
  void draw_bar(std::int64_t bytes);
  void print(const std::string& text);
  [[nodiscard]] std::int64_t percent(std::int64_t bytes) const;

  std::string name_;
  std::int64_t total_;
  std::FILE* out_;
  Style style_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point last_drawn_{};
  bool bar_is_open_ = false;
  std::int64_t next_line_percent_ = 25;
};

}  // namespace saem::data
