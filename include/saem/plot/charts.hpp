#pragma once

#include <concepts>
#include <initializer_list>
#include <optional>
#include <saem/base/export.hpp>
#include <saem/plot/figure.hpp>
#include <saem/plot/values.hpp>
#include <string>
#include <utility>
#include <vector>

namespace saem::plot {

/// Options of `line` and `scatter`.
struct LineOptions {
  Labels label = {};        ///< the curve's name in the legend; for several curves one each
  std::string title = {};   ///< over the figure
  std::string xlabel = {};  ///< under the horizontal axis
  std::string ylabel = {};  ///< beside the vertical axis
  bool logx = false;        ///< logarithmic; values that are not positive leave gaps
  bool logy = false;        ///< likewise
  Limits xlim = {};         ///< borders of the horizontal axis
  Limits ylim = {};         ///< borders of the vertical axis
  int width = 640;          ///< pixels
  int height = 400;         ///< pixels
  bool grid = true;         ///< pale lines behind the curves
  bool markers = false;     ///< a dot at every point of a line
  std::string color = {};   ///< such as "#D55E00"; left out, chosen
};

/// One of several curves of a figure: heights over 0, 1, 2, ... or over `x`.
struct Curve {
  Curve(Values heights, CurveOptions look = {})  // NOLINT: plot::line({a, b})
      : y(std::move(heights)), options(std::move(look)) {}
  Curve(Values positions, Values heights, CurveOptions look = {})
      : x(std::move(positions)), y(std::move(heights)), options(std::move(look)) {}

  std::optional<Values> x;
  Values y;
  CurveOptions options;
};

namespace detail {

// The overloads of `line` below are told apart by which of them a braced list can become: GCC takes
// `{.ylim = {0, 1}}` for a `Values` too, and `{1}` for a vector of curves. What they share is here.
SAEM_API Figure line(const Values* x, const Values& y, const LineOptions& options);
SAEM_API Figure line(const std::vector<Curve>& curves, const LineOptions& options);

}  // namespace detail

/// A curve of `y` over 0, 1, 2, ...; of rank 2, one curve a row. NaN and infinity leave gaps.
///
/// @param y        numbers, rank 1 or 2
/// @param options  title, labels, scales, borders, size
/// @return         the figure; in a notebook it shows itself
/// @throws ValueError if there are no values, a colour or size makes no sense; ShapeError for
///         another rank
/// @code plot::line({2.3, 1.1, 0.7}, {.label = "loss", .xlabel = "epoch"}).save("loss.svg");
/// @endcode
inline Figure line(const Values& y, const LineOptions& options = {}) {
  return detail::line(nullptr, y, options);
}

/// A curve through the points (`x`, `y`); `x` of rank 1 may serve several rows of `y`.
///
/// @param x        positions, rank 1 or the shape of `y`
/// @param y        heights, rank 1 or 2
/// @param options  as above
/// @return         the figure
/// @throws ShapeError if `x` and `y` differ in length; otherwise as above
/// @code plot::line({1, 10, 100}, {0.5, 0.8, 0.9}, {.logx = true}).save("accuracy.svg"); @endcode
template <std::convertible_to<Values> Heights>
Figure line(const Values& x, const Heights& y, const LineOptions& options = {}) {
  return detail::line(&x, y, options);
}
template <Element Number>
Figure line(const Values& x, std::initializer_list<Number> y, const LineOptions& options = {}) {
  return detail::line(&x, y, options);
}

/// Several curves in one figure.
///
/// @param curves   each with its own look
/// @param options  of the figure; `label`, `markers` and `color` are the curves' own
/// @return         the figure
/// @throws ValueError if there are no curves; otherwise as above
/// @code
/// const std::vector<double> training{2.3, 1.1, 0.7}, validation{2.2, 1.3, 1.1};
/// plot::line({{training, {.label = "training"}}, {validation, {.label = "validation"}}},
///            {.title = "Loss", .xlabel = "epoch"}).save("loss.svg");
/// @endcode
template <std::same_as<Curve> OneCurve>
Figure line(const std::vector<OneCurve>& curves, const LineOptions& options = {}) {
  return detail::line(curves, options);
}
inline Figure line(std::initializer_list<Curve> curves, const LineOptions& options = {}) {
  return detail::line(std::vector<Curve>(curves), options);
}

/// Points (`x`, `y`) that no line joins.
///
/// @param x        positions, rank 1
/// @param y        heights, as many
/// @param options  as `line`
/// @return         the figure
/// @throws as `line`
/// @code plot::scatter({1, 2, 3}, {2, 4, 5}, {.title = "height and weight"}).save("points.svg");
/// @endcode
SAEM_API Figure scatter(const Values& x, const Values& y, const LineOptions& options = {});

/// Options of `bar`.
struct BarOptions {
  std::vector<std::string> names = {};  ///< one under each bar; left out, 0, 1, 2, ...
  Labels label = {};                    ///< names of the rows in the legend
  std::string title = {};
  std::string xlabel = {};
  std::string ylabel = {};
  bool logy = false;
  Limits ylim = {};
  int width = 640;
  int height = 400;
  bool grid = true;
  std::string color = {};
};

/// A bar for each value; of rank 2, the rows' bars stand side by side.
///
/// @param heights  numbers, rank 1 or 2
/// @param options  `names` stand under the bars
/// @return         the figure
/// @throws ValueError if there are no values, or not one name for each bar; ShapeError for another
///         rank
/// @code plot::bar({3, 5, 2}, {.names = {"cat", "dog", "bird"}}).save("animals.svg"); @endcode
SAEM_API Figure bar(const Values& heights, const BarOptions& options = {});

/// Options of `histogram`.
struct HistogramOptions {
  int bins = 30;         ///< how many intervals of equal width
  Limits range = {};     ///< what the intervals cover; values outside are not counted
  bool density = false;  ///< heights are shares per unit, so that the area is 1
  std::string label = {};
  std::string title = {};
  std::string xlabel = {};
  std::string ylabel = {};
  bool logy = false;
  int width = 640;
  int height = 400;
  bool grid = true;
  std::string color = {};
};

/// How many values fall into each of `bins` equal intervals, the last of which holds its upper
/// border too (as `numpy.histogram`). NaN and infinity are not counted.
///
/// @param values   numbers of any shape
/// @param options  intervals and looks
/// @return         the figure
/// @throws ValueError if no value is finite, `bins` is not positive or `range` is empty
/// @code plot::histogram({1, 2, 2, 3}, {.bins = 3}).save("counts.svg"); @endcode
SAEM_API Figure histogram(const Values& values, const HistogramOptions& options = {});

}  // namespace saem::plot
