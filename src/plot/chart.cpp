#include "plot/chart.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/message.hpp"
#include "plot/text.hpp"

namespace saem::plot {
namespace {

// Okabe and Ito, "Color Universal Design", 2008: eight colours that the colour-blind tell apart.
constexpr std::array<const char*, 8> kColors = {"#0072B2", "#D55E00", "#009E73", "#CC79A7",
                                                "#E69F00", "#56B4E9", "#000000", "#F0E442"};
// Above this many dots an SVG weighs more than a megabyte, and a notebook keeps it for ever.
constexpr std::size_t kManyPoints = 5000;

double position(double value, double low, double high, bool logarithmic) {
  if (logarithmic) {
    return (std::log(value) - std::log(low)) / (std::log(high) - std::log(low));
  }
  return (value - low) / (high - low);
}

/// Where a logarithmic axis of less than two decades has its ticks: gnuplot would write one or
/// none.
std::string short_log_ticks(const char* axis, double low, double high) {
  if (high / low > 100) return "";
  const bool sparse = high / low > 5;  // then 1, 2 and 5 are enough
  std::string list;
  const int first = static_cast<int>(std::floor(std::log10(low)));
  for (int decade = first; decade <= first + 3; ++decade) {
    for (const int digit : {1, 2, 3, 4, 5, 6, 7, 8, 9}) {
      const double value = digit * std::pow(10.0, decade);
      const bool kept = !sparse || digit == 1 || digit == 2 || digit == 5;
      if (!kept || value < low || value > high) continue;
      list += fmt::format("{}\"{:.6g}\" {}", list.empty() ? "" : ", ", value, number(value));
    }
  }
  return list.empty() ? "" : fmt::format("set {}tics ({})\n", axis, list);
}

}  // namespace

Chart::Chart(const char* op, LineOptions frame) : frame_(std::move(frame)) {
  check_size(op, frame_.width, frame_.height);
  check_color(op, frame_.color);
  check_limits(op, "xlim", frame_.xlim);
  check_limits(op, "ylim", frame_.ylim);
  const auto negative = [](const Limits& limits) {
    return (limits.low && *limits.low <= 0) || (limits.high && *limits.high <= 0);
  };
  if ((frame_.logx && negative(frame_.xlim)) || (frame_.logy && negative(frame_.ylim))) {
    raise<ValueError>(op, "a logarithmic axis has only positive limits; raise them above 0");
  }
  frame_.title = clean(frame_.title);
}

void Chart::add(const char* op, Style style, const Values* x, const Values& y,
                const CurveOptions& options, const std::vector<std::string>& labels) {
  if (y.rank() < 1 || y.rank() > 2) {
    raise<ShapeError>(op, "values of shape {}; needed is rank 1, or rank 2 with a curve a row",
                      y.shape().to_string());
  }
  if (y.numbers().empty()) {
    raise<ValueError>(op, "there are no values to draw: their shape is {}", y.shape().to_string());
  }
  const auto count = static_cast<std::size_t>(y.shape().at(-1));
  const std::size_t rows = y.numbers().size() / count;
  if (x != nullptr && x->shape() != y.shape() && x->shape() != Shape{y.shape().at(-1)}) {
    raise<ShapeError>(op, "x has shape {}, y {}; give one x for each y", x->shape().to_string(),
                      y.shape().to_string());
  }
  if (!labels.empty() && labels.size() != rows) {
    raise<ValueError>(op, "{} labels for {} curves; give one each", labels.size(), rows);
  }
  check_color(op, options.color);
  std::vector<Series> added(rows);
  for (std::size_t row = 0; row < rows; ++row) {
    Series& series = added[row];
    series.style = style;
    series.look = options;
    if (!labels.empty()) series.look.label = labels[row];
    const auto first = y.numbers().begin() + static_cast<std::ptrdiff_t>(row * count);
    series.y.assign(first, first + static_cast<std::ptrdiff_t>(count));
    series.x.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
      series.x[i] = x == nullptr ? static_cast<double>(i)
                                 : x->numbers()[x->rank() == 2 ? row * count + i : i];
    }
  }
  std::ranges::move(added, std::back_inserter(series_));
}

void Chart::add_bars(std::vector<double> x, std::vector<double> y, double width, std::string label,
                     std::string color) {
  Series& series = series_.emplace_back();
  series.style = Style::kBars;
  series.look.label = std::move(label);
  series.look.color = std::move(color);
  series.x = std::move(x);
  series.y = std::move(y);
  series.bar_width = width;
}

bool Chart::visible(double x, double y) const {
  return std::isfinite(x) && std::isfinite(y) && !(frame_.logx && x <= 0) &&
         !(frame_.logy && y <= 0);
}

Chart::Range Chart::range(bool horizontal) const {
  const Limits& limits = horizontal ? frame_.xlim : frame_.ylim;
  const bool logarithmic = horizontal ? frame_.logx : frame_.logy;
  const double x_low = frame_.xlim.low.value_or(-INFINITY);
  const double x_high = frame_.xlim.high.value_or(INFINITY);
  double low = INFINITY;
  double high = -INFINITY;
  bool bars = false;
  const auto see = [&](double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  };
  for (const Series& series : series_) {
    const bool is_bars = series.style == Style::kBars;
    bars = bars || is_bars;
    for (std::size_t i = 0; i < series.x.size(); ++i) {
      const double x = series.x[i];
      if (!visible(x, series.y[i]) || (!horizontal && (x < x_low || x > x_high))) continue;
      see(horizontal ? x - series.bar_width / 2 : series.y[i]);
      if (horizontal) see(x + series.bar_width / 2);
    }
    if (is_bars && !horizontal && !logarithmic && low <= high) see(0);
  }
  if (!(low <= high)) {  // nothing to see: an empty frame
    low = logarithmic ? 0.1 : 0;
    high = 1;
  }
  if (logarithmic) {
    const double spread = std::log(high) - std::log(low);
    const double room = spread > 0 ? std::exp(spread * (horizontal ? 0.02 : 0.05)) : 2;
    low = std::max(low / room, 1e-305);
    high = std::min(high * room, 1e305);
  } else {
    // Halves first: the difference of the largest doubles is infinite.
    const double spread = high / 2 - low / 2;
    const double room =
        spread > 0 ? spread * (horizontal ? 0.04 : 0.1) : std::max(std::abs(low) * 0.05, 0.5);
    const bool stands = bars && !horizontal;  // bars stand on the axis
    if (!(stands && low == 0)) low = std::max(low - room, -1e300);
    if (!(stands && high == 0)) high = std::min(high + room, 1e300);
  }
  Range range{limits.low.value_or(low), limits.high.value_or(high)};
  if (!(range.low < range.high)) {  // data wholly beyond the one limit that was given
    const double step = logarithmic ? 0 : std::max(std::abs(range.low), 1.0);
    if (limits.low) range.high = logarithmic ? range.low * 10 : range.low + step;
    if (!limits.low) range.low = logarithmic ? range.high / 10 : range.high - step;
  }
  return range;
}

std::string Chart::tick_names(const Range& x) const {
  if (names_.empty()) {
    // Epochs and steps are whole: no tick at 0.5.
    const bool whole = std::ranges::all_of(series_, [](const Series& series) {
      return std::ranges::all_of(series.x, [](double value) { return value == std::round(value); });
    });
    return whole && !frame_.logx && x.high - x.low < 10 ? "set xtics 1\n" : "";
  }
  double widest = 0;
  std::string list;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    widest = std::max(widest, text_width(names_[i]));
    list += fmt::format("{}{} {}", i == 0 ? "" : ", ", quote_tick(fit(names_[i], 24)), i);
  }
  const double room = (frame_.width - 80.0) / static_cast<double>(names_.size());
  const bool turned = widest * 13 > room * 0.95;
  return fmt::format("set xtics ({}){}\n", list, turned ? " rotate by 40 right" : "");
}

std::string Chart::axes(const Range& x, const Range& y) const {
  std::string text =
      "set border 3 lc rgb '#404040'\nset tics out nomirror scale 0.5\nset format x '%g'\n"
      "set format y '%g'\n";
  if (frame_.grid) text += "set grid lc rgb '#E0E0E0' lt 1 lw 1\n";
  if (frame_.logx) text += "set logscale x\n";
  if (frame_.logy) text += "set logscale y\n";
  if (!frame_.title.empty()) text += "set title " + quote(frame_.title) + "\n";
  if (!frame_.xlabel.empty()) text += "set xlabel " + quote(frame_.xlabel) + "\n";
  if (!frame_.ylabel.empty()) text += "set ylabel " + quote(frame_.ylabel) + "\n";
  text += fmt::format("set xrange [{}:{}]\nset yrange [{}:{}]\n", number(x.low), number(x.high),
                      number(y.low), number(y.high));
  if (frame_.logx) text += short_log_ticks("x", x.low, x.high);
  if (frame_.logy) text += short_log_ticks("y", y.low, y.high);
  return text + tick_names(x);
}

std::string Chart::legend(Format format, const Range& x, const Range& y) const {
  double extra = 0;
  bool named = false;
  std::array<std::size_t, 4> crowd{};  // top right, top left, bottom right, bottom left
  for (const Series& series : series_) {
    named = named || !series.look.label.empty();
    const double width = text_width(series.look.label);
    const auto letters = static_cast<double>(
        std::ranges::count_if(series.look.label, [](char c) { return (c & 0xC0) != 0x80; }));
    extra = std::max(extra, width / 0.6 - letters);
    for (std::size_t i = 0; i < series.x.size(); ++i) {
      if (!visible(series.x[i], series.y[i])) continue;
      const double across = position(series.x[i], x.low, x.high, frame_.logx);
      const double up = position(series.y[i], y.low, y.high, frame_.logy);
      if (series.style == Style::kBars) {  // a bar fills everything below its top
        if (across > 0.6) crowd[2] += 1, crowd[0] += up > 0.7 ? 1 : 0;
        if (across < 0.4) crowd[3] += 1, crowd[1] += up > 0.7 ? 1 : 0;
      } else if (across > 0.6) {
        if (up > 0.7) ++crowd[0];
        if (up < 0.3) ++crowd[2];
      } else if (across < 0.4) {
        if (up > 0.7) ++crowd[1];
        if (up < 0.3) ++crowd[3];
      }
    }
  }
  if (!named) return "unset key\n";
  constexpr std::array<const char*, 4> kCorners = {"top right", "top left", "bottom right",
                                                   "bottom left"};
  const auto corner = static_cast<std::size_t>(std::ranges::min_element(crowd) - crowd.begin());
  // The SVG terminal takes every letter for a narrow one and would push Hangul over the border.
  if (format != Format::kSvg) extra = 0;
  return fmt::format("set key inside {} Left reverse samplen 2 spacing 1.2 opaque width {:.0f}\n",
                     kCorners[corner], std::ceil(extra));
}

std::vector<std::size_t> Chart::shown_points(const Series& series) const {
  const std::size_t count = series.x.size();
  std::vector<std::size_t> points;
  const auto columns = static_cast<std::size_t>(frame_.width);
  const bool thin = series.style == Style::kLine && count > 4 * columns &&
                    std::ranges::is_sorted(series.x) && std::isfinite(series.x.front()) &&
                    std::isfinite(series.x.back());
  if (!thin) {
    points.resize(count);
    for (std::size_t i = 0; i < count; ++i) points[i] = i;
    return points;
  }
  // The first, lowest, highest and last point of each column of pixels draw the same line as all of
  // them. Jugel et al., "M4: A Visualization-Oriented Time Series Data Aggregation", VLDB 2014.
  const std::size_t step = count / columns;
  for (std::size_t begin = 0; begin < count; begin += step) {
    const std::size_t end = std::min(begin + step, count);
    std::array<std::size_t, 5> kept = {begin, begin, begin, end - 1, end - 1};
    std::size_t low = count;
    std::size_t high = count;
    std::size_t gap = count;
    for (std::size_t i = begin; i < end; ++i) {
      if (!visible(series.x[i], series.y[i])) {
        gap = i;
        continue;
      }
      if (low == count || series.y[i] < series.y[low]) low = i;
      if (high == count || series.y[i] > series.y[high]) high = i;
    }
    if (low != count) kept[1] = low, kept[2] = high;
    if (gap != count) kept[3] = gap;
    std::ranges::sort(kept);
    points.insert(points.end(), kept.begin(), std::unique(kept.begin(), kept.end()));
  }
  return points;
}

std::string Chart::data(const Series& series) const {
  std::string text;
  bool gap = true;
  for (const std::size_t i : shown_points(series)) {
    if (!visible(series.x[i], series.y[i])) {
      if (!gap) text += "\n";  // an empty line lifts gnuplot's pen
      gap = true;
      continue;
    }
    gap = false;
    text += number(series.x[i]) + " " + number(series.y[i]);
    if (series.style == Style::kBars) text += " " + number(series.bar_width);
    text += "\n";
  }
  return text;
}

std::string Chart::script(Format format) const {
  const Range x = range(true);
  const Range y = range(false);
  std::string text = gnuplot_header(format, frame_.width, frame_.height);
  text += axes(x, y) + legend(format, x, y);
  std::string plot;
  for (std::size_t i = 0; i < series_.size(); ++i) {
    const Series& series = series_[i];
    const std::string points = data(series);
    const auto lines = std::ranges::count(points, '\n');
    const std::string color =
        series.look.color.empty() ? kColors[i % kColors.size()] : series.look.color;
    std::string name = series.look.label;
    std::string source = "NaN";
    if (!points.empty()) {
      text += fmt::format("$series{} << EOD\n{}EOD\n", i, points);
      source = fmt::format("$series{}", i);
    } else if (!name.empty()) {
      name += " (no finite values)";
    }
    std::string style;
    if (series.style == Style::kBars) {
      style = fmt::format("with boxes lc rgb '{}' fs solid 0.9 border lc rgb 'white'", color);
    } else if (series.style == Style::kPoints) {
      style = fmt::format("with points pt 7 ps {} lc rgb '{}'", lines > 1000 ? 0.3 : 0.6, color);
    } else {
      // A line of one point would not be seen.
      const bool dots = series.look.markers || lines == 1;
      style =
          fmt::format("with {} lw 2 dt {} lc rgb '{}'", dots ? "linespoints pt 7 ps 0.6" : "lines",
                      series.look.dashed ? 2 : 1, color);
    }
    if (source == "NaN") style = fmt::format("with lines lw 2 lc rgb '{}'", color);
    plot += fmt::format("{}{} {} {}", i == 0 ? "plot " : ", \\\n     ", source, style,
                        name.empty() ? "notitle" : "title " + quote(name));
  }
  return text + plot + "\n";
}

std::string Chart::render(Format format) const {
  return run_gnuplot(script(format), format, frame_.title);
}

Format Chart::notebook_format() const {
  std::size_t dots = 0;
  for (const Series& series : series_) {
    if (series.style == Style::kPoints || series.look.markers) dots += series.x.size();
  }
  return dots > kManyPoints ? Format::kPng : Format::kSvg;
}

}  // namespace saem::plot
