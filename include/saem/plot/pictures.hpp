#pragma once

#include <optional>
#include <saem/base/export.hpp>
#include <saem/plot/figure.hpp>
#include <saem/plot/values.hpp>
#include <string>
#include <vector>

namespace saem::plot {

/// From value to colour.
enum class Palette {
  kViridis,    ///< dark blue to yellow: even steps, readable in grey and by the colour-blind
  kGray,       ///< black to white
  kDiverging,  ///< blue, white, red: white is the middle of the limits, 0 if they are not given
};

/// Options of `heatmap`.
struct HeatmapOptions {
  std::vector<std::string> x = {};  ///< names of the columns
  std::vector<std::string> y = {};  ///< names of the rows
  bool annotate = false;            ///< the number in each cell
  std::string title = {};
  std::string xlabel = {};
  std::string ylabel = {};
  Palette palette = Palette::kViridis;
  Limits limits = {};              ///< values of the first and the last colour
  std::optional<int> width = {};   ///< pixels; left out, from the number of columns
  std::optional<int> height = {};  ///< pixels; left out, from the number of rows
};

/// A matrix as colours, its first row on top: attention, confusion. NaN stays white.
///
/// @param matrix   numbers, rank 2
/// @param options  names, palette, size
/// @return         the figure
/// @throws ShapeError for another rank; ValueError if it is empty or names are not one a row or
/// column
/// @code plot::heatmap(tf::constant({{5, 1}, {0, 6}}), {.annotate = true}).save("confusion.png");
/// @endcode
SAEM_API Figure heatmap(const Values& matrix, const HeatmapOptions& options = {});

/// Options of `image`.
struct ImageOptions {
  std::string title = {};
  Limits limits = {};  ///< values of black and white; left out, 0..255 or 0..1 by the dtype
  std::optional<int> width =
      {};  ///< pixels of the picture at most; left out, small ones grow, to 256
};

/// A picture: (H, W), (H, W, 1) grey or (H, W, 3) colour. Integers are 0..255, floating-point
/// numbers 0..1, bool black and white. Small pictures grow by a whole factor with sharp edges.
/// A NaN pixel is magenta.
///
/// @param picture  the pixels, first row on top
/// @param options  title, range, size
/// @return         the figure
/// @throws ShapeError for another shape; ValueError if it is empty or values lie outside their
/// range
///         and `limits` does not say what they mean
/// @code
/// const auto [train, test] = tf::data::fashion_mnist();
/// plot::image(test.images(0), {.title = "an ankle boot"}).save("boot.png");
/// @endcode
SAEM_API Figure image(const Tensor& picture, const ImageOptions& options = {});

/// Options of `grid`.
struct GridOptions {
  int columns = 8;               ///< pictures side by side
  std::optional<int> rows = {};  ///< rows at most; left out, as many as needed but at most 8
  std::vector<std::string> titles = {};  ///< one over each picture; a line break makes two lines
  std::vector<bool> wrong = {};          ///< pictures to be framed, their titles coloured: errors
  std::string title = {};                ///< over all of them
  Limits limits = {};                    ///< as in `image`
};

/// Many pictures of one size: (N, H, W), (N, H, W, 1) or (N, H, W, 3), values as in `image`.
///
/// @param images   the pictures, drawn row by row
/// @param options  columns, titles
/// @return         the figure
/// @throws ShapeError for another shape; ValueError if it is empty, `columns` is not positive or
///         there are fewer titles than pictures drawn
/// @code
/// const auto [train, test] = tf::data::fashion_mnist();
/// const std::vector<std::string> names{"an ankle boot", "a pullover"};
/// plot::grid(test.images(tf::slice(0, 2)), {.columns = 2, .titles = names}).save("two.png");
/// @endcode
SAEM_API Figure grid(const Tensor& images, const GridOptions& options = {});

}  // namespace saem::plot
