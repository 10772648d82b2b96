// exp, expm1, log, log1p, tanh, sigmoid, softplus; floor 2 of 5: meaning.
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/unary_arith.hpp>
#include <saem/ops/unary_exp.hpp>

#include "ops/elementwise.hpp"

namespace saem {
namespace ops {
namespace {

Tensors exp_vjp(const VjpCall& call) { return {call.gradient() * call.output()}; }
Tensors expm1_vjp(const VjpCall& call) { return {call.gradient() * exp(call.input(0))}; }
Tensors log_vjp(const VjpCall& call) { return {call.gradient() / call.input(0)}; }
Tensors log1p_vjp(const VjpCall& call) { return {call.gradient() / (call.input(0) + 1)}; }
Tensors tanh_vjp(const VjpCall& call) { return {call.gradient() * (1 - square(call.output()))}; }

Tensors sigmoid_vjp(const VjpCall& call) {
  const Tensor& y = call.output();
  return {call.gradient() * (y * (1 - y))};
}

Tensors softplus_vjp(const VjpCall& call) { return {call.gradient() * sigmoid(call.input(0))}; }

Tensors compose_sigmoid(const OpCall& call) { return {1.0 / (exp(-call.input(0)) + 1)}; }

Tensors compose_softplus(const OpCall& call) {
  const Tensor& x = call.input(0);
  return {maximum(x, 0) + log1p(exp(-abs(x)))};
}

}  // namespace

#define SAEM_UNARY(op, compose_function)                                        \
  constinit OpDef op##_op {                                                     \
    .name = #op, .min_inputs = 1, .max_inputs = 1, .traits = kElementwise,      \
    .infer = infer_floating_unary, .compose = compose_function, .vjp = op##_vjp \
  }
SAEM_UNARY(exp, nullptr);
SAEM_UNARY(expm1, nullptr);
SAEM_UNARY(log, nullptr);
SAEM_UNARY(log1p, nullptr);
SAEM_UNARY(tanh, nullptr);
SAEM_UNARY(sigmoid, compose_sigmoid);
SAEM_UNARY(softplus, compose_softplus);
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
