// layer_normalization, rms_normalization, group_normalization, batch_normalization,
// local_response_normalization, l2_normalize: the functions, over ops.
#include <algorithm>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/cast.hpp>
#include <saem/ops/complex.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/normalization.hpp>
#include <saem/ops/pad.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/reshape.hpp>
#include <saem/ops/strided_slice.hpp>
#include <saem/ops/transpose.hpp>
#include <saem/ops/unary_arith.hpp>

#include "base/message.hpp"
#include "ops/elementwise.hpp"
#include "ops/normalization.hpp"

namespace saem {
namespace {

void check_floating(const char* op, const Tensor& x) {
  if (!x.dtype().is_floating()) {
    raise<DTypeError>(op, "needs floating point, got {}; tf::cast it to tf::float32",
                      x.dtype().name());
  }
}

/// `weight`, or if there is none `value`, for the axes of `x` that are normalised.
Tensor weight_or(const Tensor& weight, double value, const Tensor& x, const Axes& axes) {
  const DType dtype = ops::normalization_dtype(x.dtype());
  if (weight.defined()) return cast(weight, dtype);
  Shape shape;
  for (const std::int64_t axis : axes.dims()) shape.push_back(x.shape()[static_cast<int>(axis)]);
  const DeviceScope beside(x.device());
  return fill(shape, value, {.dtype = dtype});
}

/// `op` on `x` with these axes at the end; `rest` are its other inputs.
template <class Options>
Tensor along_axes(const OpDef& op, const Tensor& x, const Axes& axes, const Tensors& rest,
                  Options options) {
  const int kept = x.rank() - static_cast<int>(axes.dims().size());
  const bool at_end = axes.dims().empty() || axes.dims()[0] == kept;
  Dims perm;
  for (int axis = 0; axis < x.rank(); ++axis) {
    if (!axes.contains(axis)) perm.push_back(axis);
  }
  Dims last;
  for (const std::int64_t axis : axes.dims()) {
    last.push_back(static_cast<std::int64_t>(perm.size()));
    perm.push_back(axis);
  }
  options.axis = Axes(std::move(last));
  Tensors inputs{at_end ? x : transpose(x, {.perm = perm})};
  for (const Tensor& input : rest) inputs.push_back(input);
  const Tensor y = apply_one(op, inputs, options);
  if (at_end) return y;
  Dims back = perm;
  for (std::size_t i = 0; i < perm.size(); ++i) {
    back[static_cast<std::size_t>(perm[i])] = static_cast<std::int64_t>(i);
  }
  return transpose(y, {.perm = back});
}

}  // namespace

namespace nn {

Tensor layer_normalization(const Tensor& x, const Tensor& gamma, const Tensor& beta,
                           const LayerNormalizationOptions& options) {
  check_floating("layer_normalization", x);
  const Axes axes = options.axis.normalized(x.rank(), "layer_normalization");
  return along_axes(ops::layer_normalization_op, x, axes,
                    {weight_or(gamma, 1, x, axes), weight_or(beta, 0, x, axes)}, options);
}

Tensor rms_normalization(const Tensor& x, const Tensor& scale,
                         const RmsNormalizationOptions& options) {
  check_floating("rms_normalization", x);
  const Axes axes = options.axis.normalized(x.rank(), "rms_normalization");
  return along_axes(ops::rms_normalization_op, x, axes, {weight_or(scale, 1, x, axes)}, options);
}

Tensor group_normalization(const Tensor& x, std::int64_t groups, const Tensor& gamma,
                           const Tensor& beta, const GroupNormalizationOptions& options) {
  const char* op = "group_normalization";
  check_floating(op, x);
  const int axis = normalize_axis(options.axis, x.rank(), op);
  if (axis == 0) raise<ShapeError>(op, "axis 0 is that of the batch; channels lie behind it");
  const std::int64_t channels = x.shape()[axis];
  if (groups <= 0 || channels % groups != 0) {
    raise<ValueError>(op, "{} channels cannot be divided into {} groups", channels, groups);
  }
  Shape split;       // of x with the channels as (groups, channels of a group)
  Shape broadcast;   // of gamma and beta beside x
  Axes folded = {};  // what a group is made of
  Dims axes;
  for (int i = 0; i < x.rank(); ++i) {
    if (i == axis) split.push_back(groups);
    split.push_back(i == axis ? channels / groups : x.shape()[i]);
    broadcast.push_back(i == axis ? channels : 1);
    if (i > 0) axes.push_back(i >= axis ? i + 1 : i);
  }
  folded = Axes(std::move(axes));
  const Tensor wide = cast(x, ops::normalization_dtype(x.dtype()));
  Tensor y = reshape(layer_normalization(reshape(wide, split), {}, {},
                                         {.axis = folded, .epsilon = options.epsilon}),
                     x.shape());
  if (gamma.defined()) y = y * reshape(cast(gamma, wide.dtype()), broadcast);
  if (beta.defined()) y = y + reshape(cast(beta, wide.dtype()), broadcast);
  return cast(y, x.dtype());
}

Tensor batch_normalization(const Tensor& x, const Tensor& mean, const Tensor& variance,
                           const Tensor& offset, const Tensor& scale, double variance_epsilon) {
  check_floating("batch_normalization", x);
  check_floating("batch_normalization", variance);
  Tensor factor = rsqrt(variance + variance_epsilon);
  if (scale.defined()) factor = factor * scale;
  const Tensor shift = mean * factor;
  return x * cast(factor, x.dtype()) + cast(offset.defined() ? offset - shift : -shift, x.dtype());
}

Tensor local_response_normalization(const Tensor& x,
                                    const LocalResponseNormalizationOptions& options) {
  const char* op = "local_response_normalization";
  check_floating(op, x);
  if (x.rank() != 4) {
    raise<ShapeError>(op, "needs (batch, height, width, channels), got {}", x.shape().to_string());
  }
  if (options.depth_radius < 0) {
    raise<ValueError>(op, "depth_radius is {}; it must not be negative", options.depth_radius);
  }
  const std::int64_t channels = x.shape(3);
  const std::int64_t radius =
      std::min(options.depth_radius, std::max<std::int64_t>(channels, 1) - 1);
  const Tensor squares = pad(square(x), {{0, 0}, {0, 0}, {0, 0}, {radius, radius}});
  Tensor sum;
  for (std::int64_t k = 0; k <= 2 * radius; ++k) {
    const Tensor neighbour = squares(ellipsis, slice(k, k + channels));
    sum = sum.defined() ? sum + neighbour : neighbour;
  }
  return x * pow(sum * options.alpha + options.bias, -options.beta);
}

}  // namespace nn

namespace math {

Tensor l2_normalize(const Tensor& x, const L2NormalizeOptions& options) {
  const bool has_parts = x.dtype().is_complex();
  if (!has_parts) check_floating("l2_normalize", x);
  const Axes axes = options.axis.normalized(x.rank(), "l2_normalize");
  const Tensor squares = has_parts ? square(real(x)) + square(imag(x)) : square(x);
  const Tensor sum = reduce_sum(squares, {.axis = axes, .keepdims = true});
  const Tensor factor = rsqrt(maximum(sum, options.epsilon));
  return has_parts ? complex(real(x) * factor, imag(x) * factor) : x * factor;
}

}  // namespace math
}  // namespace saem
