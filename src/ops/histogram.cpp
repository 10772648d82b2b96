// bincount, confusion_matrix, histogram_fixed_width, histogram_fixed_width_bins; floor 2 of 5:
// meaning. No ops of their own: to count is to sum ones by segments.
#include <algorithm>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/cast.hpp>
#include <saem/ops/clip.hpp>
#include <saem/ops/compare.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/histogram.hpp>
#include <saem/ops/reshape.hpp>
#include <saem/ops/segment.hpp>
#include <saem/ops/unary_arith.hpp>
#include <saem/ops/where.hpp>

#include "base/message.hpp"
#include "ops/host.hpp"

namespace saem {
namespace math {
namespace {

void check_integers(const char* op, const char* name, const Tensor& x) {
  if (x.dtype() != int32 && x.dtype() != int64) {
    raise<DTypeError>(op, "{} must be int32 or int64, got {}; tf::cast it", name, x.dtype().name());
  }
}

void check_bincount(const Tensor& arr, const BincountOptions& options) {
  check_integers("bincount", "arr", arr);
  const int axis = options.axis.value_or(0);
  if (axis != 0 && axis != -1) {
    raise<ValueError>("bincount", "axis is {}; only 0 and -1 can be counted along", axis);
  }
  if (axis == -1 && (arr.rank() < 1 || arr.rank() > 2)) {
    raise<ShapeError>("bincount", "with axis = -1 needs rank 1 or 2, got shape {}",
                      arr.shape().to_string());
  }
  for (const std::optional<std::int64_t>& length : {options.minlength, options.maxlength}) {
    if (length && *length < 0) {
      raise<ValueError>("bincount", "a length is {}; it must not be negative", *length);
    }
  }
  if (!options.weights.defined()) return;
  if (options.binary_output) {
    raise<ValueError>("bincount", "binary_output and weights exclude each other; leave out one");
  }
  if (options.weights.shape() != arr.shape()) {
    raise<ShapeError>("bincount", "weights have shape {}, what they weigh {}",
                      options.weights.shape().to_string(), arr.shape().to_string());
  }
}

/// How many counts there will be.
std::int64_t bincount_size(const Tensor& arr, const BincountOptions& options) {
  if (arr.is_symbolic() && options.minlength && options.minlength == options.maxlength) {
    return *options.minlength;
  }
  std::int64_t largest = -1;
  for (const std::int64_t number : ops::host_integers(arr, "bincount", "arr")) {
    if (number < 0) raise<ValueError>("bincount", "{} is negative and has no count", number);
    largest = std::max(largest, number);
  }
  const std::int64_t size = std::max(largest + 1, options.minlength.value_or(0));
  return std::min(size, options.maxlength.value_or(size));
}

}  // namespace

Tensor bincount(const Tensor& arr, const BincountOptions& options) {
  check_bincount(arr, options);
  const std::int64_t size = bincount_size(arr, options);
  const bool by_rows = options.axis == -1 && arr.rank() == 2;
  const std::int64_t rows = by_rows ? arr.shape()[0] : 1;
  const Tensor numbers = cast(arr, int64);
  Tensor places = numbers;
  if (by_rows) places = numbers + reshape(range(0, rows, 1, {.dtype = int64}), {rows, 1}) * size;
  places = where(numbers < size, places, -1);
  const bool weighted = options.weights.defined();
  const Tensor ones_or_weights = weighted ? options.weights : ones(arr.shape(), options.dtype);
  Tensor counts = unsorted_segment_sum(ones_or_weights, places, rows * size);
  if (options.binary_output) counts = cast(counts > 0, options.dtype);
  return by_rows ? reshape(counts, {rows, size}) : counts;
}

Tensor confusion_matrix(const Tensor& labels, const Tensor& predictions,
                        const ConfusionMatrixOptions& options) {
  const char* op = "confusion_matrix";
  check_integers(op, "labels", labels);
  check_integers(op, "predictions", predictions);
  if (labels.rank() != 1 || labels.shape() != predictions.shape()) {
    raise<ShapeError>(op,
                      "labels and predictions must be one list each, as long as the other; "
                      "got {} and {}",
                      labels.shape().to_string(), predictions.shape().to_string());
  }
  if (options.weights.defined() && options.weights.shape() != labels.shape()) {
    raise<ShapeError>(op, "weights have shape {}, labels {}", options.weights.shape().to_string(),
                      labels.shape().to_string());
  }
  std::int64_t classes = options.num_classes.value_or(0);
  // Known classes are looked at too, where they can be: a wrong one would count for another pair.
  if (!options.num_classes || !(labels.is_symbolic() || predictions.is_symbolic())) {
    const std::pair<const char*, const Tensor&> lists[] = {{"labels", labels},
                                                           {"predictions", predictions}};
    for (const auto& [name, list] : lists) {
      for (const std::int64_t label : ops::host_integers(list, op, name)) {
        if (label < 0 || (options.num_classes && label >= *options.num_classes)) {
          raise<IndexError>(op, "{} has class {}, but classes go from 0 to {}", name, label,
                            options.num_classes ? std::to_string(*options.num_classes - 1)
                                                : std::string("the largest"));
        }
        if (!options.num_classes) classes = std::max(classes, label + 1);
      }
    }
  }
  const Tensor pairs = cast(labels, int64) * classes + cast(predictions, int64);
  const Tensor counted = options.weights.defined() ? cast(options.weights, options.dtype)
                                                   : ones(labels.shape(), options.dtype);
  return reshape(unsorted_segment_sum(counted, pairs, classes * classes), {classes, classes});
}

}  // namespace math

namespace {

void check_histogram(const char* op, const Tensor& values, const std::array<double, 2>& range,
                     const HistogramOptions& options) {
  if (!values.dtype().is_numeric()) {
    raise<DTypeError>(op, "needs numbers, got {}; tf::cast them first", values.dtype().name());
  }
  if (!(range[0] < range[1])) {
    raise<ValueError>(op, "the range must have low < high, got [{}, {}]", range[0], range[1]);
  }
  if (options.nbins <= 0) {
    raise<ValueError>(op, "nbins is {}; there must be at least one", options.nbins);
  }
}

/// `bins`, numbers not yet whole, as integers in [0, nbins); -1 for NaN.
Tensor whole_bins(const Tensor& bins, const HistogramOptions& options, DType dtype) {
  const Tensor inside = clip_by_value(bins, 0, static_cast<double>(options.nbins - 1));
  return cast(where(equal(bins, bins), inside, -1), dtype);
}

}  // namespace

// The order of TensorFlow's roundings: the distance in the values' dtype, the quotient in double.
Tensor histogram_fixed_width(const Tensor& values, const std::array<double, 2>& value_range,
                             const HistogramOptions& options) {
  check_histogram("histogram_fixed_width", values, value_range, options);
  const DType dtype = values.dtype();
  const auto bound = [&](double value) { return cast(constant(value, float64), dtype); };
  const Tensor low = bound(value_range[0]);
  const Tensor step =
      cast(bound(value_range[1]) - low, float64) / static_cast<double>(options.nbins);
  const Tensor bins = floor(cast(maximum(values, low) - low, float64) / step);
  const Tensor places = whole_bins(bins, options, int64);
  return math::unsorted_segment_sum(ones(values.shape(), options.dtype), places, options.nbins);
}

Tensor histogram_fixed_width_bins(const Tensor& values, const std::array<double, 2>& value_range,
                                  const HistogramOptions& options) {
  check_histogram("histogram_fixed_width_bins", values, value_range, options);
  const Tensor x = values.dtype().is_integer() ? cast(values, float64) : values;
  const Tensor scaled = (x - value_range[0]) / (value_range[1] - value_range[0]);
  return whole_bins(floor(static_cast<double>(options.nbins) * scaled), options, options.dtype);
}

}  // namespace saem
