// bitwise_and, bitwise_or, bitwise_xor, invert, left_shift, right_shift, population_count; floor 2
// of 5: meaning.
#include <saem/ops/bitwise.hpp>

#include "base/message.hpp"
#include "ops/elementwise.hpp"

namespace saem {
namespace ops {
namespace {

void check_integer(const OpCall& call) {
  if (!call.input(0).dtype().is_integer()) [[unlikely]] {
    raise<DTypeError>(call.op.name, "needs integers, got {}; tf::cast it first",
                      call.input(0).dtype().name());
  }
}

TensorSpecs infer_binary(const OpCall& call) {
  check_same_dtype(call, call.input(0), call.input(1));
  check_integer(call);
  return infer_arithmetic(call);
}

TensorSpecs infer_invert(const OpCall& call) {
  check_integer(call);
  return infer_numeric_unary(call);
}

TensorSpecs infer_population_count(const OpCall& call) {
  check_integer(call);
  return {{uint8, call.input(0).shape()}};
}

}  // namespace

#define SAEM_BITWISE(op, inputs, infer_function)                                                   \
  constinit OpDef op##_op {                                                                        \
    .name = #op, .min_inputs = inputs, .max_inputs = inputs, .traits = kElementwise | kNoGradient, \
    .infer = infer_function                                                                        \
  }
SAEM_BITWISE(bitwise_and, 2, infer_binary);
SAEM_BITWISE(bitwise_or, 2, infer_binary);
SAEM_BITWISE(bitwise_xor, 2, infer_binary);
SAEM_BITWISE(left_shift, 2, infer_binary);
SAEM_BITWISE(right_shift, 2, infer_binary);
SAEM_BITWISE(invert, 1, infer_invert);
SAEM_BITWISE(population_count, 1, infer_population_count);
#undef SAEM_BITWISE

}  // namespace ops

namespace bitwise {

#define SAEM_BINARY(op) \
  Tensor op(const Tensor& x, const Tensor& y) { return apply_binary(ops::op##_op, x, y); }
SAEM_BINARY(bitwise_and)
SAEM_BINARY(bitwise_or)
SAEM_BINARY(bitwise_xor)
SAEM_BINARY(left_shift)
SAEM_BINARY(right_shift)
#undef SAEM_BINARY

Tensor invert(const Tensor& x) { return apply_one(ops::invert_op, {x}); }
Tensor population_count(const Tensor& x) { return apply_one(ops::population_count_op, {x}); }

}  // namespace bitwise
}  // namespace saem
