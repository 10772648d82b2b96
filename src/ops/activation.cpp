// elu, selu, gelu, silu, mish, softsign, log_sigmoid, hard_sigmoid, hard_silu and their backwards;
// crelu, hard_tanh, which are made of others; floor 2 of 5: meaning.
#include <numbers>
#include <saem/ops/activation.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/clip.hpp>
#include <saem/ops/compare.hpp>
#include <saem/ops/concat.hpp>
#include <saem/ops/error_function.hpp>
#include <saem/ops/relu.hpp>
#include <saem/ops/unary_arith.hpp>
#include <saem/ops/unary_exp.hpp>
#include <saem/ops/where.hpp>

#include "base/message.hpp"
#include "ops/elementwise.hpp"

namespace saem {
namespace ops {

extern OpDef elu_grad_op;
extern OpDef selu_grad_op;
extern OpDef gelu_grad_op;
extern OpDef silu_grad_op;
extern OpDef mish_grad_op;
extern OpDef softsign_grad_op;
extern OpDef hard_sigmoid_grad_op;
extern OpDef hard_silu_grad_op;

namespace {

using nn::EluOptions;
using nn::GeluOptions;
using nn::kGeluCubic;
using nn::kSeluAlpha;
using nn::kSeluScale;
using nn::kSqrtTwoByPi;
using nn::SiluOptions;

constexpr double kInverseSqrt2 = 1.0 / std::numbers::sqrt2;
constexpr double kInverseSqrtTwoPi = std::numbers::inv_sqrtpi / std::numbers::sqrt2;

/// The backward `op` of a forward call, on the output's gradient and the input.
template <OpDef& op>
Tensors backward(const VjpCall& call) {
  return {apply_one(op, {call.gradient(), call.input(0)}, call.attributes)};
}

/// Inputs: the gradient of an activation's output, and the activation's input.
TensorSpecs infer_backward(const OpCall& call) {
  const Tensor& dz = call.input(0);
  const Tensor& x = call.input(1);
  check_same_dtype(call, dz, x);
  if (dz.shape() != x.shape()) [[unlikely]] {
    raise<ShapeError>(call.op.name, "the gradient has shape {}, the input {}",
                      dz.shape().to_string(), x.shape().to_string());
  }
  return infer_floating_unary(call);
}

// What is not chosen by `where` stays finite: its slope times zero must be zero.

Tensor elu_of(const Tensor& x, double alpha, double scale) {
  return where(x < 0, expm1(minimum(x, 0)) * (alpha * scale), x * scale);
}

Tensor elu_slope(const Tensor& dz, const Tensor& x, double alpha, double scale) {
  return dz * where(x < 0, exp(minimum(x, 0)) * (alpha * scale), scalar_like(scale, x, "elu"));
}

Tensors compose_elu(const OpCall& call) {
  return {elu_of(call.input(0), call.options<EluOptions>().alpha, 1.0)};
}
Tensors compose_elu_grad(const OpCall& call) {
  return {elu_slope(call.input(0), call.input(1), call.options<EluOptions>().alpha, 1.0)};
}

Tensors compose_selu(const OpCall& call) { return {elu_of(call.input(0), kSeluAlpha, kSeluScale)}; }
Tensors compose_selu_grad(const OpCall& call) {
  return {elu_slope(call.input(0), call.input(1), kSeluAlpha, kSeluScale)};
}

/// P(X <= x) of a standard normal X.
Tensor normal_distribution(const Tensor& x) { return math::erfc(x * -kInverseSqrt2) * 0.5; }

/// tanh's argument in the approximation of gelu, halved sigmoid's.
Tensor gelu_argument(const Tensor& x) { return (x + square(x) * x * kGeluCubic) * kSqrtTwoByPi; }

Tensors compose_gelu(const OpCall& call) {
  const Tensor& x = call.input(0);
  const bool approximate = call.options<GeluOptions>().approximate;
  return {x * (approximate ? sigmoid(gelu_argument(x) * 2) : normal_distribution(x))};
}

Tensors compose_gelu_grad(const OpCall& call) {
  const Tensor& dz = call.input(0);
  const Tensor& x = call.input(1);
  if (call.options<GeluOptions>().approximate) {
    const Tensor s = sigmoid(gelu_argument(x) * 2);
    const Tensor slope = (square(x) * (3 * kGeluCubic) + 1) * (2 * kSqrtTwoByPi);
    return {dz * (s + x * s * (1 - s) * slope)};
  }
  const Tensor density = exp(square(x) * -0.5) * kInverseSqrtTwoPi;
  return {dz * (normal_distribution(x) + x * density)};
}

Tensors compose_silu(const OpCall& call) {
  const Tensor& x = call.input(0);
  return {x * sigmoid(x * call.options<SiluOptions>().beta)};
}

Tensors compose_silu_grad(const OpCall& call) {
  const Tensor scaled = call.input(1) * call.options<SiluOptions>().beta;
  const Tensor s = sigmoid(scaled);
  return {call.input(0) * (s * (scaled * (1 - s) + 1))};
}

Tensors compose_mish(const OpCall& call) { return {call.input(0) * tanh(softplus(call.input(0)))}; }

Tensors compose_mish_grad(const OpCall& call) {
  const Tensor& x = call.input(1);
  const Tensor t = tanh(softplus(x));
  return {call.input(0) * (t + x * (1 - square(t)) * sigmoid(x))};
}

Tensors compose_softsign(const OpCall& call) { return {call.input(0) / (abs(call.input(0)) + 1)}; }

Tensors compose_softsign_grad(const OpCall& call) {
  return {call.input(0) / square(abs(call.input(1)) + 1)};
}

Tensors compose_log_sigmoid(const OpCall& call) { return {-softplus(-call.input(0))}; }

Tensors log_sigmoid_vjp(const VjpCall& call) { return {call.gradient() * sigmoid(-call.input(0))}; }

Tensors compose_hard_sigmoid(const OpCall& call) { return {nn::relu6(call.input(0) + 3) / 6}; }

Tensors compose_hard_sigmoid_grad(const OpCall& call) {
  const Tensor& dz = call.input(0);
  return {where(abs(call.input(1)) < 3, dz / 6, scalar_like(0, dz, call.op.name))};
}

Tensors compose_hard_silu(const OpCall& call) {
  return {call.input(0) * (nn::relu6(call.input(0) + 3) / 6)};
}

Tensors compose_hard_silu_grad(const OpCall& call) {
  const Tensor& dz = call.input(0);
  const Tensor& x = call.input(1);
  const Tensor inner = where(abs(x) < 3, (x * 2 + 3) / 6, scalar_like(1, x, call.op.name));
  return {where(x <= -3, scalar_like(0, dz, call.op.name), dz * inner)};
}

}  // namespace

#define SAEM_ACTIVATION(op, vjp_function, options_type)                          \
  constinit OpDef op##_op {                                                      \
    .name = #op, .min_inputs = 1, .max_inputs = 1, .traits = kElementwise,       \
    .infer = infer_floating_unary, .compose = compose_##op, .vjp = vjp_function, \
    .options = options_type                                                      \
  }
#define SAEM_BACKWARD(op, options_type)                                                \
  constinit OpDef op##_op {                                                            \
    .name = #op, .min_inputs = 2, .max_inputs = 2, .traits = kElementwise | kBackward, \
    .infer = infer_backward, .compose = compose_##op, .options = options_type          \
  }
SAEM_ACTIVATION(elu, backward<elu_grad_op>, &kAttributesType<nn::EluOptions>);
SAEM_ACTIVATION(selu, backward<selu_grad_op>, nullptr);
SAEM_ACTIVATION(gelu, backward<gelu_grad_op>, &kAttributesType<nn::GeluOptions>);
SAEM_ACTIVATION(silu, backward<silu_grad_op>, &kAttributesType<nn::SiluOptions>);
SAEM_ACTIVATION(mish, backward<mish_grad_op>, nullptr);
SAEM_ACTIVATION(softsign, backward<softsign_grad_op>, nullptr);
SAEM_ACTIVATION(log_sigmoid, log_sigmoid_vjp, nullptr);
SAEM_ACTIVATION(hard_sigmoid, backward<hard_sigmoid_grad_op>, nullptr);
SAEM_ACTIVATION(hard_silu, backward<hard_silu_grad_op>, nullptr);
SAEM_BACKWARD(elu_grad, &kAttributesType<nn::EluOptions>);
SAEM_BACKWARD(selu_grad, nullptr);
SAEM_BACKWARD(gelu_grad, &kAttributesType<nn::GeluOptions>);
SAEM_BACKWARD(silu_grad, &kAttributesType<nn::SiluOptions>);
SAEM_BACKWARD(mish_grad, nullptr);
SAEM_BACKWARD(softsign_grad, nullptr);
SAEM_BACKWARD(hard_sigmoid_grad, nullptr);
SAEM_BACKWARD(hard_silu_grad, nullptr);
#undef SAEM_ACTIVATION
#undef SAEM_BACKWARD

}  // namespace ops

namespace nn {

Tensor elu(const Tensor& x, const EluOptions& options) {
  return apply_one(ops::elu_op, {x}, options);
}
Tensor selu(const Tensor& x) { return apply_one(ops::selu_op, {x}); }
Tensor gelu(const Tensor& x, const GeluOptions& options) {
  return apply_one(ops::gelu_op, {x}, options);
}
Tensor silu(const Tensor& x, const SiluOptions& options) {
  return apply_one(ops::silu_op, {x}, options);
}
Tensor swish(const Tensor& x, const SiluOptions& options) { return silu(x, options); }
Tensor mish(const Tensor& x) { return apply_one(ops::mish_op, {x}); }
Tensor softsign(const Tensor& x) { return apply_one(ops::softsign_op, {x}); }
Tensor hard_sigmoid(const Tensor& x) { return apply_one(ops::hard_sigmoid_op, {x}); }
Tensor hard_silu(const Tensor& x) { return apply_one(ops::hard_silu_op, {x}); }
Tensor hard_swish(const Tensor& x) { return hard_silu(x); }

Tensor hard_tanh(const Tensor& x) {
  if (!x.dtype().is_floating()) {
    raise<DTypeError>("hard_tanh", "needs floating point, got {}; tf::cast it to tf::float32",
                      x.dtype().name());
  }
  return clip_by_value(x, -1, 1);
}

Tensor crelu(const Tensor& x, const CreluOptions& options) {
  const int axis = normalize_axis(options.axis, x.rank(), "crelu");
  return relu(concat({x, -x}, {.axis = axis}));
}

}  // namespace nn

namespace math {

Tensor log_sigmoid(const Tensor& x) { return apply_one(ops::log_sigmoid_op, {x}); }

}  // namespace math
}  // namespace saem
