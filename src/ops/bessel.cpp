// bessel_i0, bessel_i1, bessel_i0e, bessel_i1e; floor 2 of 5: meaning.
#include <saem/ops/bessel.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/compare.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/unary_arith.hpp>
#include <saem/ops/where.hpp>

#include "ops/elementwise.hpp"

namespace saem {
namespace ops {
namespace {

using math::bessel_i0;
using math::bessel_i0e;
using math::bessel_i1;
using math::bessel_i1e;

/// y / x, and what it tends to at zero.
Tensor ratio(const Tensor& y, const Tensor& x) {
  const Tensor zero = x == 0;
  return where(zero, 0.5, y / where(zero, ones_like(x), x));
}

Tensors bessel_i0_vjp(const VjpCall& call) { return {call.gradient() * bessel_i1(call.input(0))}; }

Tensors bessel_i1_vjp(const VjpCall& call) {
  const Tensor& x = call.input(0);
  return {call.gradient() * (bessel_i0(x) - ratio(call.output(), x))};
}

Tensors bessel_i0e_vjp(const VjpCall& call) {
  const Tensor& x = call.input(0);
  return {call.gradient() * (bessel_i1e(x) - sign(x) * call.output())};
}

Tensors bessel_i1e_vjp(const VjpCall& call) {
  const Tensor& x = call.input(0);
  const Tensor& y = call.output();
  return {call.gradient() * (bessel_i0e(x) - sign(x) * y - ratio(y, x))};
}

}  // namespace

#define SAEM_UNARY(op)                                                     \
  constinit OpDef op##_op {                                                \
    .name = #op, .min_inputs = 1, .max_inputs = 1, .traits = kElementwise, \
    .infer = infer_floating_unary, .vjp = op##_vjp                         \
  }
SAEM_UNARY(bessel_i0);
SAEM_UNARY(bessel_i1);
SAEM_UNARY(bessel_i0e);
SAEM_UNARY(bessel_i1e);
#undef SAEM_UNARY

}  // namespace ops

namespace math {

Tensor bessel_i0(const Tensor& x) { return apply_one(ops::bessel_i0_op, {x}); }
Tensor bessel_i1(const Tensor& x) { return apply_one(ops::bessel_i1_op, {x}); }
Tensor bessel_i0e(const Tensor& x) { return apply_one(ops::bessel_i0e_op, {x}); }
Tensor bessel_i1e(const Tensor& x) { return apply_one(ops::bessel_i1e_op, {x}); }

}  // namespace math
}  // namespace saem
