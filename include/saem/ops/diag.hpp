#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <optional>
#include <saem/core/attributes.hpp>
#include <saem/core/tensor.hpp>
#include <string>
#include <string_view>

namespace saem {

/// Which diagonals of a matrix: one, or all from the lowest to the highest. 0 is the main diagonal,
/// positive ones lie above it. Written as a number or a pair: `{.k = 1}`, `{.k = {-1, 1}}`.
class Diagonals {
 public:
  Diagonals() = default;
  template <std::integral Integer>
  Diagonals(Integer k)  // NOLINT: {.k = 1}
      : bounds_{static_cast<std::int64_t>(k), static_cast<std::int64_t>(k)} {}
  Diagonals(std::int64_t lowest, std::int64_t highest) : bounds_{lowest, highest} {}

  [[nodiscard]] std::int64_t lowest() const { return bounds_[0]; }
  [[nodiscard]] std::int64_t highest() const { return bounds_[1]; }
  /// How many they are.
  [[nodiscard]] std::int64_t count() const { return highest() - lowest() + 1; }
  /// The lowest, then the highest: how an options struct reads it.
  [[nodiscard]] const std::int64_t* begin() const { return bounds_.data(); }
  [[nodiscard]] const std::int64_t* end() const { return bounds_.data() + bounds_.size(); }
  /// Elements of diagonal `k` of a (rows, columns) matrix.
  [[nodiscard]] static std::int64_t length(std::int64_t k, std::int64_t rows,
                                           std::int64_t columns) {
    return std::min(rows + std::min<std::int64_t>(k, 0), columns - std::max<std::int64_t>(k, 0));
  }
  /// Elements that a row for each of them must have room for.
  [[nodiscard]] std::int64_t longest(std::int64_t rows, std::int64_t columns) const {
    return std::min(rows + std::min<std::int64_t>(highest(), 0),
                    columns - std::max<std::int64_t>(lowest(), 0));
  }
  /// `1`, or `(-1, 1)`.
  [[nodiscard]] std::string to_string() const {
    if (count() == 1) return std::to_string(lowest());
    return "(" + std::to_string(lowest()) + ", " + std::to_string(highest()) + ")";
  }

 private:
  std::array<std::int64_t, 2> bounds_{0, 0};
};

/// Reads the two numbers of `begin` and `end`.
SAEM_API bool from_text(std::string_view text, Diagonals& value);

/// How diagonals lie in a matrix, and how shorter ones lie in rows that are as long as the longest.
struct DiagOptions {
  static constexpr const char* kName = "DiagOptions";
  Diagonals k = {};
  std::optional<std::int64_t> num_rows = {};     ///< of `diag`: default the fewest that do
  std::optional<std::int64_t> num_columns = {};  ///< of `diag`: default the fewest that do
  Scalar padding_value = 0;                      ///< of `diag` and `diag_part`: what fills the rest
  /// Several diagonals: which end of its row a shorter one touches, "RIGHT_LEFT" for those above
  /// the main diagonal to the right and those below it to the left; or "LEFT_RIGHT", "LEFT_LEFT",
  /// "RIGHT_RIGHT".
  std::string align = "RIGHT_LEFT";

  /// Where `diagonal`, of `length` elements, begins in a row of `longest`.
  [[nodiscard]] std::int64_t begin(std::int64_t diagonal, std::int64_t length,
                                   std::int64_t longest) const {
    const bool upper_left = align.starts_with("LEFT");
    const bool lower_left = align.ends_with("LEFT");
    const bool left = (diagonal >= 0 && upper_left) || (diagonal <= 0 && lower_left);
    return left ? 0 : longest - length;
  }
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("k", self.k);
    visit("num_rows", self.num_rows);
    visit("num_columns", self.num_columns);
    visit("padding_value", self.padding_value);
    visit("align", self.align);
  }
};

/// How wide a band of a matrix is.
struct BandPartOptions {
  static constexpr const char* kName = "BandPartOptions";
  std::int64_t num_lower = 0;  ///< set by `band_part`
  std::int64_t num_upper = 0;  ///< set by `band_part`
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("num_lower", self.num_lower);
    visit("num_upper", self.num_upper);
  }
};

/// Matrices along the last two axes; all axes before them are a batch.
namespace linalg {

/// Matrices with given diagonals: y[..., i, i + k] = diagonal[..., i], elsewhere padding_value.
///
/// @param diagonal  rank >= 1; for several diagonals the last two axes are (diagonals from the
///                  highest to the lowest, the length of the longest)
/// @param options   k, num_rows, num_columns, padding_value, align
/// @return          diagonal.shape without those axes + (num_rows, num_columns)
/// @throws ShapeError if the diagonals do not fit a matrix of that size; ValueError for an unknown
///         alignment
/// Gradient: the diagonals of dy.  Source: tf.linalg.diag.
/// @code
/// std::cout << tf::linalg::diag(tf::constant({1, 2}));
/// // tf.Tensor([[1 0] [0 2]], shape=(2, 2), dtype=int32)
/// @endcode
SAEM_API Tensor diag(const Tensor& diagonal, const DiagOptions& options = {});

/// Diagonals of matrices: y[..., i] = x[..., i, i + k]. A single one is a view.
///
/// @param x        rank >= 2
/// @param options  k, align, padding_value
/// @return         x.shape[:-2] + (length,), or + (diagonals from the highest to the lowest, the
///                 length of the longest)
/// @throws ShapeError if `x` has no such diagonal; ValueError for an unknown alignment
/// Gradient: dy on those diagonals of zeros.  Source: tf.linalg.diag_part.
/// @code
/// std::cout << tf::linalg::diag_part(tf::constant({{1, 2}, {3, 4}}));
/// // tf.Tensor([1 4], shape=(2,), dtype=int32)
/// @endcode
SAEM_API Tensor diag_part(const Tensor& x, const DiagOptions& options = {});

/// Matrices with diagonals replaced: y[..., i, i + k] = diagonal[..., i], elsewhere x.
///
/// @param x         rank >= 2
/// @param diagonal  the shape that `diag_part` has with these options; the dtype of `x`
/// @param options   k, align
/// @return          the shape and dtype of `x`
/// @throws ShapeError, DTypeError if they do not fit; ValueError for an unknown alignment
/// Gradient: of `x` dy with zeros on the diagonals, of `diagonal` the diagonals of dy.
/// Source: tf.linalg.set_diag.
/// @code
/// std::cout << tf::linalg::set_diag(tf::constant({{1, 2}, {3, 4}}), tf::constant({7, 8}));
/// // tf.Tensor([[7 2] [3 8]], shape=(2, 2), dtype=int32)
/// @endcode
SAEM_API Tensor set_diag(const Tensor& x, const Tensor& diagonal, const DiagOptions& options = {});

/// The band of matrices around the main diagonal, zeros elsewhere: y[..., i, j] = x[..., i, j] if
/// i - j <= num_lower and j - i <= num_upper.
///
/// @param x          rank >= 2
/// @param num_lower  diagonals kept below the main one; negative: all of them
/// @param num_upper  diagonals kept above the main one; negative: all of them
/// @return           the shape and dtype of `x`
/// @throws ShapeError if the rank is below 2 or the band is wider than the matrix
/// Gradient: the band of dy.  Source: tf.linalg.band_part.
/// @code
/// std::cout << tf::linalg::band_part(tf::constant({{1, 2}, {3, 4}}), 0, -1);
/// // tf.Tensor([[1 2] [0 4]], shape=(2, 2), dtype=int32)
/// @endcode
SAEM_API Tensor band_part(const Tensor& x, std::int64_t num_lower, std::int64_t num_upper);

/// The sum of the main diagonals: y[...] = sum_i x[..., i, i].
///
/// @param x  rank >= 2, numbers
/// @return   x.shape[:-2]
/// @throws ShapeError if the rank is below 2
/// Gradient: dy on the main diagonal.  Source: tf.linalg.trace.
/// @code
/// std::cout << tf::linalg::trace(tf::constant({{1, 2}, {3, 4}}));
/// // tf.Tensor(5, shape=(), dtype=int32)
/// @endcode
SAEM_API Tensor trace(const Tensor& x);

/// A tensor of twice the rank with `diagonal` on its diagonal: y[i, j, ..., i, j, ...] =
/// diagonal[i, j, ...], elsewhere 0.
///
/// @param diagonal  rank >= 1
/// @return          diagonal.shape twice
/// @throws ShapeError for a scalar
/// Gradient: the diagonal of dy.  Source: tf.linalg.tensor_diag.
/// @code
/// std::cout << tf::linalg::tensor_diag(tf::constant({1, 2}));
/// // tf.Tensor([[1 0] [0 2]], shape=(2, 2), dtype=int32)
/// @endcode
SAEM_API Tensor tensor_diag(const Tensor& diagonal);

/// The diagonal of a tensor whose shape is one shape twice: y[i, j, ...] = x[i, j, ..., i, j, ...].
///
/// @param x  even rank >= 2
/// @return   the first half of its shape
/// @throws ShapeError if the halves of the shape differ
/// Gradient: dy on the diagonal of zeros.  Source: tf.linalg.tensor_diag_part.
/// @code
/// std::cout << tf::linalg::tensor_diag_part(tf::constant({{1, 2}, {3, 4}}));
/// // tf.Tensor([1 4], shape=(2,), dtype=int32)
/// @endcode
SAEM_API Tensor tensor_diag_part(const Tensor& x);

}  // namespace linalg

}  // namespace saem
