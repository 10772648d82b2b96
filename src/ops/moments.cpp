// reduce_variance, reduce_std, count_nonzero, moments, weighted_moments; floor 2 of 5: meaning. No
// ops of their own: TensorFlow too makes them of others.
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/broadcast.hpp>
#include <saem/ops/cast.hpp>
#include <saem/ops/compare.hpp>
#include <saem/ops/moments.hpp>
#include <saem/ops/reshape.hpp>
#include <saem/ops/unary_arith.hpp>

#include "base/message.hpp"
#include "ops/folding.hpp"

namespace saem {
namespace {

void check_floating(const char* op, const Tensor& x) {
  if (!x.dtype().is_floating()) {
    raise<DTypeError>(op, "needs floating point, got {}; tf::cast it to tf::float32",
                      x.dtype().name());
  }
}

/// Half precision is summed, and its squares kept, in float32.
Tensor widened(const Tensor& x) {
  return x.dtype().is_floating() && x.dtype().size() < 4 ? cast(x, float32) : x;
}

nn::Moments finished(const Tensor& mean, const Tensor& variance, DType dtype, const Axes& axes,
                     bool keepdims) {
  const Shape shape = ops::reduced_shape(mean.shape(), axes, keepdims);
  return {reshape(cast(mean, dtype), shape), reshape(cast(variance, dtype), shape)};
}

nn::Moments plain_moments(const Tensor& x, const Axes& axes, bool keepdims) {
  const Tensor wide = widened(x);
  const Tensor mean = reduce_mean(wide, {.axis = axes, .keepdims = true});
  const Tensor variance = reduce_mean(square(wide - mean), {.axis = axes, .keepdims = true});
  return finished(mean, variance, x.dtype(), axes, keepdims);
}

}  // namespace

Tensor reduce_variance(const Tensor& x, const ReduceOptions& options) {
  check_floating("reduce_variance", x);
  const Axes axes = options.axis.normalized(x.rank(), "reduce_variance");
  return plain_moments(x, axes, options.keepdims).variance;
}

Tensor reduce_std(const Tensor& x, const ReduceOptions& options) {
  check_floating("reduce_std", x);
  const Axes axes = options.axis.normalized(x.rank(), "reduce_std");
  return sqrt(plain_moments(x, axes, options.keepdims).variance);
}

Tensor count_nonzero(const Tensor& x, const CountOptions& options) {
  const Axes axes = options.axis.normalized(x.rank(), "count_nonzero");
  const Tensor counted = x.dtype().is_bool() ? x : x != 0;
  return reduce_sum(cast(counted, options.dtype), {.axis = axes, .keepdims = options.keepdims});
}

namespace math {

Tensor zero_fraction(const Tensor& x) {
  const Tensor zeros = static_cast<double>(x.size()) - cast(count_nonzero(x), float64);
  return cast(zeros, float32) / static_cast<double>(x.size());
}

}  // namespace math

namespace nn {

Moments moments(const Tensor& x, const Axes& axes, const MomentsOptions& options) {
  if (!x.dtype().is_numeric()) {
    raise<DTypeError>("moments", "needs numbers, got {}; tf::cast it first", x.dtype().name());
  }
  return plain_moments(x, axes.normalized(x.rank(), "moments"), options.keepdims);
}

Moments weighted_moments(const Tensor& x, const Axes& axes, const Tensor& frequency_weights,
                         const MomentsOptions& options) {
  check_floating("weighted_moments", x);
  const Shape shape = broadcast_shapes(x.shape(), frequency_weights.shape(), "weighted_moments");
  const Axes folded = axes.normalized(shape.rank(), "weighted_moments");
  const ReduceOptions keep{.axis = folded, .keepdims = true};
  const Tensor wide = widened(x);
  const Tensor weights = cast(frequency_weights, wide.dtype());
  const Tensor total = reduce_sum(broadcast_to(weights, shape), keep);
  const Tensor mean = reduce_sum(weights * wide, keep) / total;
  const Tensor variance = reduce_sum(weights * square(wide - mean), keep) / total;
  return finished(mean, variance, x.dtype(), folded, options.keepdims);
}

}  // namespace nn
}  // namespace saem
