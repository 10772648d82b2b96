// floordiv, floormod, truncatediv, truncatemod; floor 2 of 5: meaning.
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/binary_division.hpp>
#include <saem/ops/unary_arith.hpp>

#include "ops/elementwise.hpp"

namespace saem {
namespace ops {
namespace {

Tensors floormod_vjp(const VjpCall& call) {
  const Tensor& x = call.input(0);
  const Tensor& y = call.input(1);
  Tensors gradients(2);
  if (call.needs(0)) gradients[0] = sum_to_shape(call.gradient(), x.shape());
  if (call.needs(1)) gradients[1] = sum_to_shape(-call.gradient() * floordiv(x, y), y.shape());
  return gradients;
}

}  // namespace

#define SAEM_BINARY(op, extra_traits, vjp_function)                                       \
  constinit OpDef op##_op {                                                               \
    .name = #op, .min_inputs = 2, .max_inputs = 2, .traits = kElementwise | extra_traits, \
    .infer = infer_arithmetic, .vjp = vjp_function                                        \
  }
SAEM_BINARY(floordiv, kNoGradient, nullptr);
SAEM_BINARY(floormod, 0, floormod_vjp);
SAEM_BINARY(truncatediv, kNoGradient, nullptr);
SAEM_BINARY(truncatemod, kNoGradient, nullptr);
#undef SAEM_BINARY

}  // namespace ops

#define SAEM_BINARY(op) \
  Tensor op(const Tensor& x, const Tensor& y) { return apply_binary(ops::op##_op, x, y); }
SAEM_BINARY(floordiv)
SAEM_BINARY(floormod)
SAEM_BINARY(truncatediv)
SAEM_BINARY(truncatemod)
#undef SAEM_BINARY

Tensor floordiv(const Tensor& x, Scalar y) {
  return floordiv(x, ops::scalar_like(y, x, "floordiv"));
}
Tensor floormod(const Tensor& x, Scalar y) {
  return floormod(x, ops::scalar_like(y, x, "floormod"));
}

}  // namespace saem
