// exp, expm1, log, log1p, tanh, sigmoid, softplus; floor 2 of 5: meaning.
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/complex.hpp>
#include <saem/ops/unary_arith.hpp>
#include <saem/ops/unary_exp.hpp>

#include "ops/elementwise.hpp"

namespace saem {
namespace ops {
namespace {

Tensors exp_vjp(const VjpCall& call) { return {call.gradient() * math::conj(call.output())}; }
Tensors expm1_vjp(const VjpCall& call) {
  return {call.gradient() * math::conj(exp(call.input(0)))};
}
Tensors log_vjp(const VjpCall& call) { return {call.gradient() / math::conj(call.input(0))}; }
Tensors log1p_vjp(const VjpCall& call) {
  return {call.gradient() / (math::conj(call.input(0)) + 1)};
}

Tensors tanh_vjp(const VjpCall& call) {
  return {call.gradient() * (1 - square(math::conj(call.output())))};
}

Tensors sigmoid_vjp(const VjpCall& call) {
  const Tensor y = math::conj(call.output());
  return {call.gradient() * (y * (1 - y))};
}

Tensors softplus_vjp(const VjpCall& call) { return {call.gradient() * sigmoid(call.input(0))}; }

Tensors compose_sigmoid(const OpCall& call) { return {1.0 / (exp(-call.input(0)) + 1)}; }

Tensors compose_softplus(const OpCall& call) {
  const Tensor& x = call.input(0);
  return {maximum(x, 0) + log1p(exp(-abs(x)))};
}

}  // namespace

#define SAEM_UNARY(op, infer_function, compose_function)                   \
  constinit OpDef op##_op {                                                \
    .name = #op, .min_inputs = 1, .max_inputs = 1, .traits = kElementwise, \
    .infer = infer_function, .compose = compose_function, .vjp = op##_vjp  \
  }
SAEM_UNARY(exp, infer_analytic_unary, nullptr);
SAEM_UNARY(expm1, infer_analytic_unary, nullptr);
SAEM_UNARY(log, infer_analytic_unary, nullptr);
SAEM_UNARY(log1p, infer_analytic_unary, nullptr);
SAEM_UNARY(tanh, infer_analytic_unary, nullptr);
SAEM_UNARY(sigmoid, infer_analytic_unary, compose_sigmoid);
SAEM_UNARY(softplus, infer_floating_unary, compose_softplus);
#undef SAEM_UNARY

}  // namespace ops

Tensor exp(const Tensor& x) { return apply_one(ops::exp_op, {x}); }
Tensor expm1(const Tensor& x) { return apply_one(ops::expm1_op, {x}); }
Tensor log(const Tensor& x) { return apply_one(ops::log_op, {x}); }
Tensor log1p(const Tensor& x) { return apply_one(ops::log1p_op, {x}); }
Tensor tanh(const Tensor& x) { return apply_one(ops::tanh_op, {x}); }
Tensor sigmoid(const Tensor& x) { return apply_one(ops::sigmoid_op, {x}); }
Tensor softplus(const Tensor& x) { return apply_one(ops::softplus_op, {x}); }

}  // namespace saem
