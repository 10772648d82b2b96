#pragma once

#include <saem/plot/charts.hpp>
#include <string>
#include <vector>

#include "plot/drawing.hpp"

namespace saem::plot {

enum class Style { kLine, kPoints, kBars };

/// Curves, points or bars over two axes.
class Chart final : public Drawing {
 public:
  Chart(const char* op, LineOptions frame);

  /// Adds a series for each row of `y`. All checks come before any change.
  void add(const char* op, Style style, const Values* x, const Values& y,
           const CurveOptions& options, const std::vector<std::string>& labels = {});
  /// Adds bars of `width` around the positions `x`.
  void add_bars(std::vector<double> x, std::vector<double> y, double width, std::string label,
                std::string color);
  /// Text instead of numbers under the positions 0, 1, 2, ...
  void set_names(std::vector<std::string> names) { names_ = std::move(names); }

  [[nodiscard]] std::string render(Format format) const override;
  [[nodiscard]] std::string script() const override { return script(Format::kSvg); }
  [[nodiscard]] Format notebook_format() const override;
  [[nodiscard]] const std::string& title() const override { return frame_.title; }

 private:
  struct Series {
    Style style = Style::kLine;
    CurveOptions look;
    std::vector<double> x;
    std::vector<double> y;
    double bar_width = 0;
  };
  struct Range {
    double low = 0;
    double high = 1;
  };

  [[nodiscard]] std::string script(Format format) const;
  [[nodiscard]] bool visible(double x, double y) const;
  [[nodiscard]] Range range(bool horizontal) const;
  [[nodiscard]] std::string axes(const Range& x, const Range& y) const;
  [[nodiscard]] std::string tick_names(const Range& x) const;
  [[nodiscard]] std::string legend(Format format, const Range& x, const Range& y) const;
  [[nodiscard]] std::string data(const Series& series) const;
  [[nodiscard]] std::vector<std::size_t> shown_points(const Series& series) const;

  LineOptions frame_;
  std::vector<Series> series_;
  std::vector<std::string> names_;
};

}  // namespace saem::plot
