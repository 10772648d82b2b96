// sin, cos, tan, asin, acos, atan, sinh, cosh, asinh, acosh, atanh; floor 2 of 5: meaning.
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/complex.hpp>
#include <saem/ops/unary_arith.hpp>
#include <saem/ops/unary_exp.hpp>
#include <saem/ops/unary_trig.hpp>

#include "ops/elementwise.hpp"

namespace saem {
namespace ops {
namespace {

using math::conj;

Tensors sin_vjp(const VjpCall& call) { return {call.gradient() * conj(cos(call.input(0)))}; }
Tensors cos_vjp(const VjpCall& call) { return {-call.gradient() * conj(sin(call.input(0)))}; }
Tensors sinh_vjp(const VjpCall& call) { return {call.gradient() * conj(cosh(call.input(0)))}; }
Tensors cosh_vjp(const VjpCall& call) { return {call.gradient() * conj(sinh(call.input(0)))}; }
Tensors asinh_vjp(const VjpCall& call) { return {call.gradient() / conj(cosh(call.output()))}; }
Tensors acosh_vjp(const VjpCall& call) { return {call.gradient() / conj(sinh(call.output()))}; }

Tensors tan_vjp(const VjpCall& call) { return {call.gradient() * conj(square(call.output()) + 1)}; }

Tensors asin_vjp(const VjpCall& call) {
  return {call.gradient() * conj(rsqrt(1 - square(call.input(0))))};
}

Tensors acos_vjp(const VjpCall& call) {
  return {-call.gradient() * conj(rsqrt(1 - square(call.input(0))))};
}

Tensors atan_vjp(const VjpCall& call) {
  return {call.gradient() / conj(square(call.input(0)) + 1)};
}

Tensors atanh_vjp(const VjpCall& call) {
  return {call.gradient() / conj(1 - square(call.input(0)))};
}

}  // namespace

#define SAEM_UNARY(op)                                                     \
  constinit OpDef op##_op {                                                \
    .name = #op, .min_inputs = 1, .max_inputs = 1, .traits = kElementwise, \
    .infer = infer_analytic_unary, .vjp = op##_vjp                         \
  }
SAEM_UNARY(sin);
SAEM_UNARY(cos);
SAEM_UNARY(tan);
SAEM_UNARY(asin);
SAEM_UNARY(acos);
SAEM_UNARY(atan);
SAEM_UNARY(sinh);
SAEM_UNARY(cosh);
SAEM_UNARY(asinh);
SAEM_UNARY(acosh);
SAEM_UNARY(atanh);
#undef SAEM_UNARY

}  // namespace ops

Tensor sin(const Tensor& x) { return apply_one(ops::sin_op, {x}); }
Tensor cos(const Tensor& x) { return apply_one(ops::cos_op, {x}); }
Tensor tan(const Tensor& x) { return apply_one(ops::tan_op, {x}); }
Tensor asin(const Tensor& x) { return apply_one(ops::asin_op, {x}); }
Tensor acos(const Tensor& x) { return apply_one(ops::acos_op, {x}); }
Tensor atan(const Tensor& x) { return apply_one(ops::atan_op, {x}); }
Tensor sinh(const Tensor& x) { return apply_one(ops::sinh_op, {x}); }
Tensor cosh(const Tensor& x) { return apply_one(ops::cosh_op, {x}); }
Tensor asinh(const Tensor& x) { return apply_one(ops::asinh_op, {x}); }
Tensor acosh(const Tensor& x) { return apply_one(ops::acosh_op, {x}); }
Tensor atanh(const Tensor& x) { return apply_one(ops::atanh_op, {x}); }

}  // namespace saem
