#pragma once

#include <array>
#include <optional>
#include <saem/core/attributes.hpp>
#include <saem/core/tensor.hpp>

/// Counting: how often each number, each interval, each pair comes.
namespace saem {

namespace math {

/// What `bincount` counts, and how far.
struct BincountOptions {
  Tensor weights = {};                      ///< each element counts for this much, not for 1
  std::optional<std::int64_t> minlength{};  ///< at least so many counts
  std::optional<std::int64_t> maxlength{};  ///< at most so many: larger numbers are left out
  DType dtype = int32;                      ///< of the counts, where there are no weights
  std::optional<int> axis{};                ///< none, 0: everything together; -1: row by row
  bool binary_output = false;               ///< whether a number comes, not how often
};

/// How often each number comes: y_k = sum_i w_i [x_i = k].
///
/// @param arr      int32 or int64, not negative; with `.axis = -1` of rank 1 or 2
/// @param options  `.weights` (of `arr`'s shape), `.minlength`, `.maxlength`, `.dtype`, `.axis`
///                 (0 or -1), `.binary_output`
/// @return         shape (n,), or (rows, n) with `.axis = -1`, where n is the largest number plus
/// 1,
///                 within minlength and maxlength; `.dtype`, or that of the weights
/// @throws DTypeError unless `arr` is int32 or int64; ValueError for negative numbers, weights with
///         `.binary_output`, another axis, and in a traced function unless minlength = maxlength;
///         ShapeError if the weights do not fit
/// Gradient: of weights, dw_i = dy_(x_i).  Source: tf.math.bincount.
/// @code std::cout << tf::math::bincount(tf::constant({1, 1, 3}));
/// // tf.Tensor([0 2 0 1], shape=(4,), dtype=int32) @endcode
SAEM_API Tensor bincount(const Tensor& arr, const BincountOptions& options = {});

/// Of what size a confusion matrix is, and in what it counts.
struct ConfusionMatrixOptions {
  std::optional<std::int64_t> num_classes{};  ///< default: the largest label or prediction plus 1
  Tensor weights = {};                        ///< each pair counts for this much, not for 1
  DType dtype = int32;                        ///< of the counts
};

/// How often each label was predicted as what: y[l, p] = sum_i w_i [labels_i = l, predictions_i =
/// p].
///
/// @param labels, predictions  shape (n,), numbers of classes, int32 or int64
/// @param options              `.num_classes`, `.weights` (n,), `.dtype`
/// @return                     (num_classes, num_classes), `.dtype`
/// @throws DTypeError unless labels and predictions are int32 or int64; ShapeError if their shapes
///         differ; IndexError for a class out of range; ValueError in a traced function without
///         `.num_classes`
/// Gradient: of weights, dw_i = dy[labels_i, predictions_i].  Source: tf.math.confusion_matrix.
/// @code
/// auto matrix = tf::math::confusion_matrix(tf::constant({0, 1, 1}), tf::constant({0, 0, 1}));
/// std::cout << tf::reduce_sum(matrix, {.axis = 1});
/// // tf.Tensor([1 2], shape=(2,), dtype=int32)
/// @endcode
SAEM_API Tensor confusion_matrix(const Tensor& labels, const Tensor& predictions,
                                 const ConfusionMatrixOptions& options = {});

}  // namespace math

/// The number of intervals.
struct HistogramOptions {
  std::int64_t nbins = 100;
  DType dtype = int32;  ///< of the counts, or of the bins
};

/// How many elements lie in each of `nbins` equal intervals of a range. What lies beyond either end
/// counts for the nearest interval, NaN for none.
///
/// @param values       any shape, numeric
/// @param value_range  the range, low < high
/// @param options      `.nbins` (default 100), `.dtype` (of the counts)
/// @return             shape (nbins,), `.dtype`
/// @throws DTypeError if `values` is bool; ValueError unless low < high and nbins > 0
/// Gradient: none.  Source: tf.histogram_fixed_width.
/// @code
/// auto x = tf::constant({-1.0, 0.0, 1.5, 2.0, 5.0, 15.0});
/// std::cout << tf::histogram_fixed_width(x, {0.0, 5.0}, {.nbins = 5});
/// // tf.Tensor([2 1 1 0 2], shape=(5,), dtype=int32)
/// @endcode
SAEM_API Tensor histogram_fixed_width(const Tensor& values,
                                      const std::array<double, 2>& value_range,
                                      const HistogramOptions& options = {});

/// In which of `nbins` equal intervals of a range each element lies: floor(nbins (x - low) / (high
/// - low)), cut off at 0 and nbins - 1; -1 for NaN.
///
/// @param values       any shape, numeric
/// @param value_range  the range, low < high
/// @param options      `.nbins` (default 100), `.dtype` (int32 or int64)
/// @return             the shape of `values`, `.dtype`
/// @throws DTypeError if `values` is bool; ValueError unless low < high and nbins > 0
/// Gradient: none.  Source: tf.histogram_fixed_width_bins.
/// @code
/// auto x = tf::constant({-1.0, 0.0, 1.5, 2.0, 5.0, 15.0});
/// std::cout << tf::histogram_fixed_width_bins(x, {0.0, 5.0}, {.nbins = 5});
/// // tf.Tensor([0 0 1 2 4 4], shape=(6,), dtype=int32)
/// @endcode
SAEM_API Tensor histogram_fixed_width_bins(const Tensor& values,
                                           const std::array<double, 2>& value_range,
                                           const HistogramOptions& options = {});

}  // namespace saem
