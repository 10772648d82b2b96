// layer_normalization, rms_normalization and their backwards; floor 2 of 5: meaning. The ops see
// the normalised axes at the end; the functions of normalization_functions.cpp turn them there.
#include "ops/normalization.hpp"

#include <algorithm>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/cast.hpp>
#include <saem/ops/normalization.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/unary_arith.hpp>

#include "base/message.hpp"
#include "ops/elementwise.hpp"

namespace saem {
namespace ops {

extern OpDef layer_normalization_grad_op;
extern OpDef rms_normalization_grad_op;

using nn::LayerNormalizationOptions;
using nn::RmsNormalizationOptions;

DType normalization_dtype(DType dtype) {
  return dtype.is_floating() && dtype.size() < 4 ? DType(float32) : dtype;
}

namespace {

/// `weight` (gamma, beta, scale) has the sizes of the last axes of `x`, and the dtype that `x` is
/// computed in.
void check_weight(const OpCall& call, const Tensor& x, const Tensor& weight, const char* name) {
  const DType dtype = normalization_dtype(x.dtype());
  if (weight.dtype() != dtype) [[unlikely]] {
    raise<DTypeError>(call.op.name, "{} of {} must be {}, got {}; tf::cast it", name,
                      x.dtype().name(), dtype.name(), weight.dtype().name());
  }
  const Shape& shape = weight.shape();
  const bool fits = shape.rank() <= x.rank() &&
                    std::equal(shape.begin(), shape.end(), x.shape().end() - shape.rank());
  if (!fits) [[unlikely]] {
    raise<ShapeError>(call.op.name, "{} has shape {}, which is not that of the last axes of {}",
                      name, shape.to_string(), x.shape().to_string());
  }
}

void check_same_axes(const OpCall& call, const Tensor& gamma, const Tensor& beta) {
  if (gamma.shape() != beta.shape()) [[unlikely]] {
    raise<ShapeError>(call.op.name, "gamma has shape {}, beta {}; they must be the same",
                      gamma.shape().to_string(), beta.shape().to_string());
  }
}

TensorSpecs infer_layer_normalization(const OpCall& call) {
  TensorSpecs specs = infer_floating_unary(call);
  check_weight(call, call.input(0), call.input(1), "gamma");
  check_weight(call, call.input(0), call.input(2), "beta");
  check_same_axes(call, call.input(1), call.input(2));
  return specs;
}

TensorSpecs infer_rms_normalization(const OpCall& call) {
  TensorSpecs specs = infer_floating_unary(call);
  check_weight(call, call.input(0), call.input(1), "scale");
  return specs;
}

/// Inputs: the gradient of the output, the input, and the scale.
void check_backward(const OpCall& call) {
  const Tensor& dy = call.input(0);
  const Tensor& x = call.input(1);
  check_same_dtype(call, dy, x);
  if (dy.shape() != x.shape()) [[unlikely]] {
    raise<ShapeError>(call.op.name, "the gradient has shape {}, the input {}",
                      dy.shape().to_string(), x.shape().to_string());
  }
  check_weight(call, x, call.input(2), "the scale");
}

TensorSpecs infer_layer_normalization_grad(const OpCall& call) {
  TensorSpecs specs = infer_floating_unary(call);
  check_backward(call);
  const TensorSpec weight{call.input(2).dtype(), call.input(2).shape()};
  return {specs[0], weight, weight};
}

TensorSpecs infer_rms_normalization_grad(const OpCall& call) {
  TensorSpecs specs = infer_floating_unary(call);
  check_backward(call);
  return {specs[0], {call.input(2).dtype(), call.input(2).shape()}};
}

/// The axes of `weight` in `x`, kept.
ReduceOptions last_axes(const Tensor& x, const Tensor& weight) {
  Dims axes;
  for (int axis = x.rank() - weight.rank(); axis < x.rank(); ++axis) axes.push_back(axis);
  return {.axis = Axes(std::move(axes)), .keepdims = true};
}

/// x, less its mean if it is centred, and 1 / sqrt of the mean square of that.
struct Normalized {
  Tensor centered;
  Tensor inverse;
};

Normalized normalized(const Tensor& x, const Tensor& weight, bool center, double epsilon) {
  const ReduceOptions rows = last_axes(x, weight);
  const Tensor wide = cast(x, weight.dtype());
  const Tensor centered = center ? wide - reduce_mean(wide, rows) : wide;
  return {centered, rsqrt(reduce_mean(square(centered), rows) + epsilon)};
}

Tensors compose_layer_normalization(const OpCall& call) {
  const Tensor& x = call.input(0);
  const double epsilon = call.options<LayerNormalizationOptions>().epsilon;
  const Normalized n = normalized(x, call.input(1), true, epsilon);
  return {cast(n.centered * n.inverse * call.input(1) + call.input(2), x.dtype())};
}

Tensors compose_rms_normalization(const OpCall& call) {
  const Tensor& x = call.input(0);
  const double epsilon = call.options<RmsNormalizationOptions>().epsilon;
  const Normalized n = normalized(x, call.input(1), false, epsilon);
  return {cast(n.centered * n.inverse * call.input(1), x.dtype())};
}

/// dx, dscale and, if it is centred, doffset.
Tensors backward(const OpCall& call, bool center, double epsilon) {
  const Tensor& x = call.input(1);
  const Tensor& scale = call.input(2);
  const ReduceOptions rows = last_axes(x, scale);
  const Tensor dy = cast(call.input(0), scale.dtype());
  const Normalized n = normalized(x, scale, center, epsilon);
  const Tensor y = n.centered * n.inverse;
  const Tensor g = dy * scale;
  Tensor direct = g - y * reduce_mean(g * y, rows);
  if (center) direct = direct - reduce_mean(g, rows);
  Tensors gradients{cast(n.inverse * direct, x.dtype()), sum_to_shape(dy * y, scale.shape())};
  if (center) gradients.push_back(sum_to_shape(dy, scale.shape()));
  return gradients;
}

Tensors compose_layer_normalization_grad(const OpCall& call) {
  return backward(call, true, call.options<LayerNormalizationOptions>().epsilon);
}

Tensors compose_rms_normalization_grad(const OpCall& call) {
  return backward(call, false, call.options<RmsNormalizationOptions>().epsilon);
}

Tensors layer_normalization_vjp(const VjpCall& call) {
  return apply(layer_normalization_grad_op,
               std::array{call.gradient(), call.input(0), call.input(1)}, call.attributes);
}

Tensors rms_normalization_vjp(const VjpCall& call) {
  return apply(rms_normalization_grad_op, std::array{call.gradient(), call.input(0), call.input(1)},
               call.attributes);
}

}  // namespace

constinit OpDef layer_normalization_op{.name = "layer_normalization",
                                       .min_inputs = 3,
                                       .max_inputs = 3,
                                       .traits = 0,
                                       .infer = infer_layer_normalization,
                                       .compose = compose_layer_normalization,
                                       .vjp = layer_normalization_vjp,
                                       .options = &kAttributesType<LayerNormalizationOptions>};
constinit OpDef rms_normalization_op{.name = "rms_normalization",
                                     .min_inputs = 2,
                                     .max_inputs = 2,
                                     .traits = 0,
                                     .infer = infer_rms_normalization,
                                     .compose = compose_rms_normalization,
                                     .vjp = rms_normalization_vjp,
                                     .options = &kAttributesType<RmsNormalizationOptions>};
constinit OpDef layer_normalization_grad_op{.name = "layer_normalization_grad",
                                            .min_inputs = 3,
                                            .max_inputs = 3,
                                            .traits = kBackward,
                                            .infer = infer_layer_normalization_grad,
                                            .compose = compose_layer_normalization_grad,
                                            .options = &kAttributesType<LayerNormalizationOptions>};
constinit OpDef rms_normalization_grad_op{.name = "rms_normalization_grad",
                                          .min_inputs = 3,
                                          .max_inputs = 3,
                                          .traits = kBackward,
                                          .infer = infer_rms_normalization_grad,
                                          .compose = compose_rms_normalization_grad,
                                          .options = &kAttributesType<RmsNormalizationOptions>};

}  // namespace ops
}  // namespace saem
