#pragma once

#include <memory>
#include <saem/base/export.hpp>
#include <saem/notebook.hpp>
#include <saem/plot/values.hpp>
#include <string>

/// Figures: gnuplot draws charts and pictures, Graphviz draws graphs.
namespace saem::plot {

/// How one curve looks.
struct CurveOptions {
  std::string label = {};  ///< its name in the legend
  bool markers = false;    ///< a dot at every point
  bool dashed = false;     ///< a broken line
  std::string color =
      {};  ///< such as "#D55E00"; left out, the next of eight that all can tell apart
};

class FigureState;

/// A drawing, held by a shared pointer: copies are the same figure.
///
/// In a notebook a figure that nobody keeps, shows or saves shows itself when its last owner goes,
/// so that `plot::line(y);` is a picture; one that has a name is shown by `fig` at a cell's end or
/// by `fig.show()`. In a program nothing is drawn until `save`, `svg` or `png` asks for it.
/// Destructors never throw: what goes wrong while a figure shows itself is told on std::cerr.
///
/// Thread safety: different figures may be made and drawn by different threads at once; one figure
/// belongs to one thread at a time.
class SAEM_API Figure {
 public:
  explicit Figure(std::shared_ptr<FigureState> state);

  /// Adds a curve, or one a row of a tensor of rank 2, to a line, scatter or bar figure.
  /// @param y       heights, drawn over 0, 1, 2, ...
  /// @param curve   how it looks
  /// @return this figure
  /// @throws ValueError for no values or a figure that has no curves; ShapeError for a rank over 2
  Figure& add_line(const Values& y, const CurveOptions& curve = {});
  /// As above, over `x`. @throws ShapeError if `x` and `y` differ in length
  Figure& add_line(const Values& x, const Values& y, const CurveOptions& curve = {});
  /// Adds a cloud of points. Parameters and errors as `add_line`.
  Figure& add_scatter(const Values& x, const Values& y, const CurveOptions& curve = {});

  /// Draws into a file; its ending chooses the format: .svg, .png or .pdf. A file that is there
  /// already is replaced when the new one is complete.
  /// @throws ValueError for another ending; DataError if the file cannot be written; Error if
  ///         gnuplot (or Graphviz) is missing or fails
  void save(const std::string& path) const;
  /// Shows the figure here, in a notebook; does nothing in a plain program. Each call shows it.
  void show() const;
  /// The figure as an SVG element. @throws Error as `save`
  [[nodiscard]] std::string svg() const;
  /// The figure as the bytes of a PNG file. @throws Error as `save`
  [[nodiscard]] std::string png() const;
  /// What gnuplot is told (dot, for a graph): the place to start from for what no option offers.
  /// The pixels of pictures, which follow it in binary, are left out.
  [[nodiscard]] std::string script() const;

 private:
  friend SAEM_API notebook::MimeBundle display(const Figure& figure);
  std::shared_ptr<FigureState> state_;
};

/// What a notebook shows for a figure at a cell's end: SVG for lines and graphs, PNG for pixels.
/// The figure counts as shown. @throws Error as `Figure::save`
[[nodiscard]] SAEM_API notebook::MimeBundle display(const Figure& figure);

}  // namespace saem::plot
