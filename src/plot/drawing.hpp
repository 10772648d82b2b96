#pragma once

#include <memory>
#include <saem/plot/figure.hpp>
#include <string>

namespace saem::plot {

enum class Format { kSvg, kPng, kPdf };

/// What a figure shows.
class Drawing {
 public:
  virtual ~Drawing() = default;
  /// The figure as the bytes of a file. @throws Error
  [[nodiscard]] virtual std::string render(Format format) const = 0;
  [[nodiscard]] virtual std::string script() const = 0;
  /// SVG unless it would be large or blurred.
  [[nodiscard]] virtual Format notebook_format() const = 0;
  [[nodiscard]] virtual const std::string& title() const = 0;
};

Figure make_figure(std::unique_ptr<Drawing> drawing);

/// The numbers of `tensor` as doubles, in row-major order. @throws DeviceError, ValueError
std::vector<double> to_doubles(const Tensor& tensor);

/// Throws ValueError in the name of `op` for a size that no figure should have.
void check_size(const char* op, int width, int height);

/// Throws ValueError in the name of `op` unless `color` is empty or "#rrggbb".
void check_color(const char* op, const std::string& color);

/// A finite ordered pair of limits, or ValueError in the name of `op`.
void check_limits(const char* op, const char* name, const Limits& limits);

/// A number as gnuplot reads it.
std::string number(double value);

/// gnuplot's first lines: terminal, fonts, what all figures share.
std::string gnuplot_header(Format format, int width, int height);

/// Runs gnuplot. @throws Error with what gnuplot said
std::string run_gnuplot(const std::string& script, Format format, const std::string& title);

/// Runs Graphviz' dot. @throws Error with what dot said
std::string run_dot(const std::string& source, Format format, const std::string& title);

}  // namespace saem::plot
