// sin, cos; floor 2 of 5: meaning.
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/unary_arith.hpp>
#include <saem/ops/unary_trig.hpp>

#include "ops/elementwise.hpp"

namespace saem {
namespace ops {
namespace {

Tensors sin_vjp(const VjpCall& call) { return {call.gradient() * cos(call.input(0))}; }
Tensors cos_vjp(const VjpCall& call) { return {-call.gradient() * sin(call.input(0))}; }

}  // namespace

#define SAEM_UNARY(op)                                                     \
  constinit OpDef op##_op {                                                \
    .name = #op, .min_inputs = 1, .max_inputs = 1, .traits = kElementwise, \
    .infer = infer_floating_unary, .vjp = op##_vjp                         \
  }
SAEM_UNARY(sin);
SAEM_UNARY(cos);
#undef SAEM_UNARY

}  // namespace ops

Tensor sin(const Tensor& x) { return apply_one(ops::sin_op, {x}); }
Tensor cos(const Tensor& x) { return apply_one(ops::cos_op, {x}); }

}  // namespace saem
