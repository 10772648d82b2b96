#include <algorithm>
#include <cmath>
#include <saem/plot/pictures.hpp>

#include "base/message.hpp"
#include "plot/drawing.hpp"
#include "plot/text.hpp"

namespace saem::plot {
namespace {

/// gnuplot's colours from low to high, evenly spaced.
const char* palette_text(Palette palette) {
  switch (palette) {
    case Palette::kViridis:  // ten steps of matplotlib's map by Smith and van der Walt
      return "0 '#440154', 1 '#482878', 2 '#3E4989', 3 '#31688E', 4 '#26828E', 5 '#1F9E89', "
             "6 '#35B779', 7 '#6DCD59', 8 '#B4DE2C', 9 '#FDE725'";
    case Palette::kGray:
      return "0 '#000000', 1 '#FFFFFF'";
    case Palette::kDiverging:  // ColorBrewer's RdBu by Brewer, turned
      return "0 '#2166AC', 1 '#4393C3', 2 '#92C5DE', 3 '#D1E5F0', 4 '#F7F7F7', 5 '#FDDBC7', "
             "6 '#F4A582', 7 '#D6604D', 8 '#B2182B'";
  }
  return "";
}

/// Whether white text reads better than black at `share` of the way from low to high.
bool is_dark(Palette palette, double share) {
  if (palette == Palette::kDiverging) return share < 0.2 || share > 0.8;
  return share < (palette == Palette::kGray ? 0.5 : 0.6);
}

class Heatmap final : public Drawing {
 public:
  Heatmap(const Values& matrix, HeatmapOptions options);
  [[nodiscard]] std::string render(Format format) const override {
    return run_gnuplot(script(format), format, options_.title);
  }
  [[nodiscard]] std::string script() const override { return script(Format::kPng); }
  [[nodiscard]] Format notebook_format() const override { return Format::kPng; }
  [[nodiscard]] const std::string& title() const override { return options_.title; }

 private:
  [[nodiscard]] std::string script(Format format) const;
  [[nodiscard]] std::string names(const char* axis, const std::vector<std::string>& list,
                                  bool turned) const;
  [[nodiscard]] std::string annotations() const;

  std::vector<double> numbers_;
  std::size_t rows_;
  std::size_t columns_;
  HeatmapOptions options_;
  double low_ = INFINITY;
  double high_ = -INFINITY;
  double cell_ = 0;  // pixels
  bool turned_ = false;
  int width_ = 0;
  int height_ = 0;
};

double widest(const std::vector<std::string>& names) {
  double width = 0;
  for (const std::string& name : names) width = std::max(width, text_width(name));
  return width;
}

Heatmap::Heatmap(const Values& matrix, HeatmapOptions options) : options_(std::move(options)) {
  constexpr const char* kOp = "plot::heatmap";
  const Shape& shape = matrix.shape();
  if (shape.rank() != 2) {
    raise<ShapeError>(kOp, "values of shape {}; needed is a matrix, rank 2", shape.to_string());
  }
  if (shape.size() == 0) {
    raise<ValueError>(kOp, "there are no values to draw: their shape is {}", shape.to_string());
  }
  numbers_ = matrix.numbers();
  rows_ = static_cast<std::size_t>(shape[0]);
  columns_ = static_cast<std::size_t>(shape[1]);
  const auto check_names = [&](const char* axis, std::size_t given, std::size_t needed) {
    if (given != 0 && given != needed) {
      raise<ValueError>(kOp, "{} names in .{} for a matrix of shape {}; needed are {}", given, axis,
                        shape.to_string(), needed);
    }
  };
  check_names("x", options_.x.size(), columns_);
  check_names("y", options_.y.size(), rows_);
  check_limits(kOp, "limits", options_.limits);
  for (const double value : numbers_) {
    if (!std::isfinite(value)) continue;
    low_ = std::min(low_, value);
    high_ = std::max(high_, value);
  }
  if (!(low_ <= high_)) low_ = 0, high_ = 1;
  if (options_.palette == Palette::kDiverging) {
    high_ = std::max(std::abs(low_), std::abs(high_));
    low_ = -high_;
  }
  low_ = options_.limits.low.value_or(low_);
  high_ = options_.limits.high.value_or(high_);
  if (!(low_ < high_)) {
    const double middle = options_.limits.high ? high_ : low_;
    low_ = middle - 0.5;
    high_ = middle + 0.5;
  }

  const double smallest = options_.annotate ? 40 : 1;
  cell_ = std::clamp(std::floor(420.0 / static_cast<double>(std::max(rows_, columns_))), smallest,
                     56.0);
  const double x_width = widest(options_.x) * 13;
  turned_ = x_width > cell_ * 0.95;
  const double left =
      40 + std::min(widest(options_.y), 24.0) * 13 + (options_.ylabel.empty() ? 0 : 25);
  const double below = 30 + (turned_ ? std::min(x_width, 24.0 * 13) * 0.7 : 0.0) +
                       (options_.xlabel.empty() ? 0 : 25);
  const double above = 15 + 25.0 * static_cast<double>(line_count(options_.title));
  const double width = left + cell_ * static_cast<double>(columns_) + 90;
  const double height = above + cell_ * static_cast<double>(rows_) + below;
  width_ = options_.width.value_or(std::max(static_cast<int>(width), 240));
  height_ = options_.height.value_or(std::max(static_cast<int>(height), 160));
  check_size(kOp, width_, height_);
  options_.title = clean(options_.title);
}

std::string Heatmap::names(const char* axis, const std::vector<std::string>& list,
                           bool turned) const {
  const std::size_t count = *axis == 'x' ? columns_ : rows_;
  if (list.empty()) {  // whole numbers only: there is no row 0.5
    return count <= 10 ? fmt::format("set {}tics 0,1\n", axis) : "";
  }
  const auto step = static_cast<std::size_t>(std::ceil(14 / std::max(cell_, 1.0)));
  std::string text;
  for (std::size_t i = 0; i < list.size(); i += step) {
    text += fmt::format("{}{} {}", i == 0 ? "" : ", ", quote_tick(fit(list[i], 24)), i);
  }
  return fmt::format("set {}tics ({}){}\n", axis, text, turned ? " rotate by 45 right" : "");
}

std::string Heatmap::annotations() const {
  std::string text;
  for (std::size_t i = 0; i < numbers_.size(); ++i) {
    const double value = numbers_[i];
    if (!std::isfinite(value)) continue;
    const bool whole = value == std::round(value) && std::abs(value) < 1e6;
    const double share = (value - low_) / (high_ - low_);
    text += fmt::format("set label \"{}\" at {},{} center front font ',9' tc rgb '{}'\n",
                        whole ? fmt::format("{:.0f}", value) : fmt::format("{:.2g}", value),
                        i % columns_, i / columns_,
                        is_dark(options_.palette, share) ? "white" : "black");
  }
  return text;
}

std::string Heatmap::script(Format format) const {
  std::string text = gnuplot_header(format, width_, height_);
  text += fmt::format(
      "unset key\nset border lc rgb '#404040'\nset tics out nomirror scale 0.5\n"
      "set palette defined ({})\nset cbrange [{}:{}]\nset xrange [-0.5:{}]\nset yrange [{}:-0.5]\n",
      palette_text(options_.palette), number(low_), number(high_),
      number(static_cast<double>(columns_) - 0.5), number(static_cast<double>(rows_) - 0.5));
  if (!options_.width && !options_.height) text += "set size ratio -1\n";
  if (!options_.title.empty()) text += "set title " + quote(options_.title) + "\n";
  if (!options_.xlabel.empty()) text += "set xlabel " + quote(options_.xlabel) + "\n";
  if (!options_.ylabel.empty()) text += "set ylabel " + quote(options_.ylabel) + "\n";
  text += names("x", options_.x, turned_) + names("y", options_.y, false);
  if (options_.annotate) text += annotations();
  if (static_cast<double>(rows_) * cell_ < 120) {  // a low bar has room for its two ends
    text += fmt::format("set cbtics ({0}, {1})\n", number(low_), number(high_));
  }
  // gnuplot draws no image of one row or column, and viewers of SVG blur the borders of large
  // pixels: each cell is written several times.
  const auto cell = static_cast<std::size_t>(std::clamp(cell_ / 3, 1.0, 16.0));
  const std::size_t least = std::min(rows_, columns_) < 2 ? 2 : 1;
  const std::size_t copies = format == Format::kSvg ? std::max(cell, least) : least;
  text += "$matrix << EOD\n";
  for (std::size_t row = 0; row < rows_ * copies; ++row) {
    for (std::size_t column = 0; column < columns_ * copies; ++column) {
      const double value = numbers_[row / copies * columns_ + column / copies];
      text += column == 0 ? "" : " ";
      text += std::isfinite(value) ? number(value) : "NaN";
    }
    text += "\n";
  }
  const std::string shift = number(static_cast<double>(copies - 1) / 2);
  return text + fmt::format(
                    "EOD\nplot $matrix matrix using (($1-{0})/{1}.0):(($2-{0})/{1}.0):3 with image "
                    "notitle\n",
                    shift, copies);
}

}  // namespace

Figure heatmap(const Values& matrix, const HeatmapOptions& options) {
  return make_figure(std::make_unique<Heatmap>(matrix, options));
}

}  // namespace saem::plot
