#include <algorithm>
#include <cmath>
#include <saem/plot/charts.hpp>

#include "base/message.hpp"
#include "plot/chart.hpp"

namespace saem::plot {
namespace {

Figure one_chart(const char* op, Style style, const Values* x, const Values& y,
                 const LineOptions& options) {
  auto chart = std::make_unique<Chart>(op, options);
  chart->add(op, style, x, y, {.markers = options.markers, .color = options.color},
             options.label.names());
  return make_figure(std::move(chart));
}

}  // namespace

namespace detail {

Figure line(const Values* x, const Values& y, const LineOptions& options) {
  return one_chart("plot::line", Style::kLine, x, y, options);
}

Figure line(const std::vector<Curve>& curves, const LineOptions& options) {
  constexpr const char* kOp = "plot::line";
  if (curves.empty()) raise<ValueError>(kOp, "there are no curves to draw");
  auto chart = std::make_unique<Chart>(kOp, options);
  for (const Curve& curve : curves) {
    chart->add(kOp, Style::kLine, curve.x ? &*curve.x : nullptr, curve.y, curve.options);
  }
  return make_figure(std::move(chart));
}

}  // namespace detail

Figure scatter(const Values& x, const Values& y, const LineOptions& options) {
  return one_chart("plot::scatter", Style::kPoints, &x, y, options);
}

Figure bar(const Values& heights, const BarOptions& options) {
  constexpr const char* kOp = "plot::bar";
  const Shape& shape = heights.shape();
  if (shape.rank() < 1 || shape.rank() > 2) {
    raise<ShapeError>(kOp, "values of shape {}; needed is rank 1, or rank 2 with a series a row",
                      shape.to_string());
  }
  const std::vector<double>& numbers = heights.numbers();
  if (numbers.empty()) {
    raise<ValueError>(kOp, "there are no values to draw: their shape is {}", shape.to_string());
  }
  const auto count = static_cast<std::size_t>(shape.at(-1));
  const std::size_t rows = numbers.size() / count;
  const std::vector<std::string>& labels = options.label.names();
  if (!options.names.empty() && options.names.size() != count) {
    raise<ValueError>(kOp, "{} names for {} bars; give one each", options.names.size(), count);
  }
  if (!labels.empty() && labels.size() != rows) {
    raise<ValueError>(kOp, "{} labels for {} rows of bars; give one each", labels.size(), rows);
  }
  LineOptions frame{.title = options.title,
                    .xlabel = options.xlabel,
                    .ylabel = options.ylabel,
                    .logy = options.logy,
                    .ylim = options.ylim,
                    .width = options.width,
                    .height = options.height,
                    .grid = options.grid,
                    .color = options.color};
  auto chart = std::make_unique<Chart>(kOp, std::move(frame));
  const double width = 0.8 / static_cast<double>(rows);
  for (std::size_t row = 0; row < rows; ++row) {
    const double shift = (static_cast<double>(row) - static_cast<double>(rows - 1) / 2) * width;
    std::vector<double> x(count);
    for (std::size_t i = 0; i < count; ++i) x[i] = static_cast<double>(i) + shift;
    const auto first = numbers.begin() + static_cast<std::ptrdiff_t>(row * count);
    chart->add_bars(std::move(x), {first, first + static_cast<std::ptrdiff_t>(count)}, width,
                    labels.empty() ? "" : labels[row], options.color);
  }
  chart->set_names(options.names);
  return make_figure(std::move(chart));
}

Figure histogram(const Values& values, const HistogramOptions& options) {
  constexpr const char* kOp = "plot::histogram";
  if (options.bins < 1 || options.bins > 100000) {
    raise<ValueError>(kOp, "{} bins; needed are 1 to 100000", options.bins);
  }
  check_limits(kOp, "range", options.range);
  double low = INFINITY;
  double high = -INFINITY;
  for (const double value : values.numbers()) {
    if (!std::isfinite(value)) continue;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  if (!(low <= high)) {
    raise<ValueError>(kOp, "none of the {} values is finite; there is nothing to count",
                      values.numbers().size());
  }
  if (low == high) {  // as NumPy: one value is the middle of an interval of 1
    low -= 0.5;
    high += 0.5;
  }
  low = options.range.low.value_or(low);
  high = options.range.high.value_or(high);
  const auto bins = static_cast<std::size_t>(options.bins);
  const double width = (high - low) / options.bins;
  if (!(width > 0) || !std::isfinite(width)) {
    raise<ValueError>(kOp, "the range from {} to {} is empty or too wide; the values lie elsewhere",
                      low, high);
  }
  std::vector<double> counts(bins, 0.0);
  double total = 0;
  for (const double value : values.numbers()) {
    if (!(value >= low && value <= high)) continue;
    const auto bin = static_cast<std::size_t>((value - low) / width);
    counts[std::min(bin, bins - 1)] += 1;
    total += 1;
  }
  std::vector<double> centers(bins);
  for (std::size_t i = 0; i < bins; ++i) {
    centers[i] = low + (static_cast<double>(i) + 0.5) * width;
    if (options.density && total > 0) counts[i] /= total * width;
  }
  LineOptions frame{.title = options.title,
                    .xlabel = options.xlabel,
                    .ylabel = options.ylabel,
                    .logy = options.logy,
                    .width = options.width,
                    .height = options.height,
                    .grid = options.grid,
                    .color = options.color};
  auto chart = std::make_unique<Chart>(kOp, std::move(frame));
  chart->add_bars(std::move(centers), std::move(counts), width, options.label, options.color);
  return make_figure(std::move(chart));
}

}  // namespace saem::plot
