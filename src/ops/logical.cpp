// logical_and, logical_or, logical_xor, logical_not; floor 2 of 5: meaning.
#include <saem/ops/compare.hpp>
#include <saem/ops/logical.hpp>

#include "base/message.hpp"
#include "ops/elementwise.hpp"

namespace saem {
namespace ops {
namespace {

TensorSpecs infer_logical(const OpCall& call) {
  for (const Tensor& input : call.inputs) {
    if (!input.dtype().is_bool()) [[unlikely]] {
      raise<DTypeError>(call.op.name, "needs bool, got {}; compare it with something first",
                        input.dtype().name());
    }
  }
  if (call.inputs.size() == 1) return {{bool_, call.input(0).shape()}};
  return infer_comparison(call);
}

Tensors compose_logical_or(const OpCall& call) {
  return {!logical_and(!call.input(0), !call.input(1))};
}

Tensors compose_logical_xor(const OpCall& call) {
  return {not_equal(call.input(0), call.input(1))};
}

}  // namespace

#define SAEM_LOGICAL(op, arity, compose_function)                                                \
  constinit OpDef op##_op {                                                                      \
    .name = #op, .min_inputs = arity, .max_inputs = arity, .traits = kElementwise | kNoGradient, \
    .infer = infer_logical, .compose = compose_function                                          \
  }
SAEM_LOGICAL(logical_and, 2, nullptr);
SAEM_LOGICAL(logical_or, 2, compose_logical_or);
SAEM_LOGICAL(logical_xor, 2, compose_logical_xor);
SAEM_LOGICAL(logical_not, 1, nullptr);
#undef SAEM_LOGICAL

}  // namespace ops

Tensor logical_and(const Tensor& x, const Tensor& y) {
  return apply_one(ops::logical_and_op, {x, y});
}
Tensor logical_or(const Tensor& x, const Tensor& y) {
  return apply_one(ops::logical_or_op, {x, y});
}
Tensor logical_xor(const Tensor& x, const Tensor& y) {
  return apply_one(ops::logical_xor_op, {x, y});
}
Tensor logical_not(const Tensor& x) { return apply_one(ops::logical_not_op, {x}); }

Tensor operator&(const Tensor& x, const Tensor& y) { return logical_and(x, y); }
Tensor operator|(const Tensor& x, const Tensor& y) { return logical_or(x, y); }
Tensor operator^(const Tensor& x, const Tensor& y) { return logical_xor(x, y); }
Tensor operator!(const Tensor& x) { return logical_not(x); }

}  // namespace saem
