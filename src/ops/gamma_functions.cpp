// lgamma, digamma, polygamma, zeta, igamma, igammac, igamma_grad_a, betainc; floor 2 of 5: meaning.
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/binary_guarded.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/gamma_functions.hpp>
#include <saem/ops/unary_arith.hpp>
#include <saem/ops/unary_exp.hpp>

#include "ops/elementwise.hpp"

namespace saem {
namespace ops {

extern OpDef igamma_grad_a_op;

namespace {

using math::digamma;
using math::lgamma;
using math::polygamma;
using math::xlog1py;
using math::xlogy;
using math::zeta;

Tensors lgamma_vjp(const VjpCall& call) { return {call.gradient() * digamma(call.input(0))}; }

Tensors digamma_vjp(const VjpCall& call) {
  const Tensor one = scalar_like(1, call.input(0), call.op.name);
  return {call.gradient() * polygamma(one, call.input(0))};
}

Tensors polygamma_vjp(const VjpCall& call) {
  const Tensor& x = call.input(1);
  if (!call.needs(1)) return {Tensor(), Tensor()};
  const Tensor slope = polygamma(call.input(0) + 1, x);
  return {Tensor(), sum_to_shape(call.gradient() * slope, x.shape())};
}

Tensors zeta_vjp(const VjpCall& call) {
  const Tensor& x = call.input(0);
  const Tensor& q = call.input(1);
  if (!call.needs(1)) return {Tensor(), Tensor()};
  return {Tensor(), sum_to_shape(call.gradient() * -x * zeta(x + 1, q), q.shape())};
}

/// Of igamma, times `sign`.
Tensors incomplete_gamma_vjp(const VjpCall& call, double sign) {
  const Tensor& a = call.input(0);
  const Tensor& x = call.input(1);
  Tensors gradients(2);
  if (call.needs(0)) {
    const Tensor slope = apply_binary(igamma_grad_a_op, a, x);
    gradients[0] = sum_to_shape(call.gradient() * slope * sign, a.shape());
  }
  if (call.needs(1)) {
    const Tensor slope = exp((a - 1) * log(x) - x - lgamma(a));
    gradients[1] = sum_to_shape(call.gradient() * slope * sign, x.shape());
  }
  return gradients;
}

Tensors igamma_vjp(const VjpCall& call) { return incomplete_gamma_vjp(call, 1.0); }
Tensors igammac_vjp(const VjpCall& call) { return incomplete_gamma_vjp(call, -1.0); }

Tensors compose_igammac(const OpCall& call) {
  return {1 - math::igamma(call.input(0), call.input(1))};
}

TensorSpecs infer_betainc(const OpCall& call) {
  TensorSpecs specs = infer_floating_arithmetic(call);
  check_same_dtype(call, call.input(0), call.input(2));
  specs[0].shape = broadcast_shapes(specs[0].shape, call.input(2).shape(), call.op.name);
  return specs;
}

Tensors betainc_vjp(const VjpCall& call) {
  const Tensor& a = call.input(0);
  const Tensor& b = call.input(1);
  const Tensor& x = call.input(2);
  if (!call.needs(2)) return {Tensor(), Tensor(), Tensor()};
  const Tensor log_beta = lgamma(a) + lgamma(b) - lgamma(a + b);
  const Tensor slope = exp(xlog1py(b - 1, -x) + xlogy(a - 1, x) - log_beta);
  return {Tensor(), Tensor(), sum_to_shape(call.gradient() * slope, x.shape())};
}

}  // namespace

#define SAEM_POINTWISE(op, inputs, infer_function)                                   \
  constinit OpDef op##_op {                                                          \
    .name = #op, .min_inputs = inputs, .max_inputs = inputs, .traits = kElementwise, \
    .infer = infer_function, .vjp = op##_vjp                                         \
  }
SAEM_POINTWISE(lgamma, 1, infer_floating_unary);
SAEM_POINTWISE(digamma, 1, infer_floating_unary);
SAEM_POINTWISE(polygamma, 2, infer_floating_arithmetic);
SAEM_POINTWISE(zeta, 2, infer_floating_arithmetic);
SAEM_POINTWISE(igamma, 2, infer_floating_arithmetic);
SAEM_POINTWISE(betainc, 3, infer_betainc);
#undef SAEM_POINTWISE

constinit OpDef igammac_op{.name = "igammac",
                           .min_inputs = 2,
                           .max_inputs = 2,
                           .traits = kElementwise | kPrefersHost,
                           .infer = infer_floating_arithmetic,
                           .compose = compose_igammac,
                           .vjp = igammac_vjp};

constinit OpDef igamma_grad_a_op{.name = "igamma_grad_a",
                                 .min_inputs = 2,
                                 .max_inputs = 2,
                                 .traits = kElementwise | kBackward | kNoGradient,
                                 .infer = infer_floating_arithmetic};

}  // namespace ops

namespace math {

Tensor lgamma(const Tensor& x) { return apply_one(ops::lgamma_op, {x}); }
Tensor digamma(const Tensor& x) { return apply_one(ops::digamma_op, {x}); }

Tensor polygamma(const Tensor& n, const Tensor& x) { return apply_binary(ops::polygamma_op, n, x); }

Tensor zeta(const Tensor& x, const Tensor& q) { return apply_binary(ops::zeta_op, x, q); }
Tensor igamma(const Tensor& a, const Tensor& x) { return apply_binary(ops::igamma_op, a, x); }
Tensor igammac(const Tensor& a, const Tensor& x) { return apply_binary(ops::igammac_op, a, x); }

Tensor betainc(const Tensor& a, const Tensor& b, const Tensor& x) {
  return apply_one(ops::betainc_op, {a, b, x});
}

}  // namespace math
}  // namespace saem
