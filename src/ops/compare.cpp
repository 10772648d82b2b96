// equal, not_equal, less, less_equal, greater, greater_equal; floor 2 of 5: meaning.
#include <saem/ops/compare.hpp>
#include <saem/ops/logical.hpp>

#include "ops/elementwise.hpp"

namespace saem {
namespace ops {
namespace {

TensorSpecs infer_order(const OpCall& call) {
  TensorSpecs specs = infer_arithmetic(call);
  specs[0].dtype = bool_;
  return specs;
}

// Everything follows from `equal` and `less`, NaN included: x >= y is y <= x, but not !(x < y).
Tensors compose_not_equal(const OpCall& call) { return {!equal(call.input(0), call.input(1))}; }

Tensors compose_less_equal(const OpCall& call) {
  return {less(call.input(0), call.input(1)) | equal(call.input(0), call.input(1))};
}

Tensors compose_greater(const OpCall& call) { return {less(call.input(1), call.input(0))}; }

Tensors compose_greater_equal(const OpCall& call) {
  return {less_equal(call.input(1), call.input(0))};
}

}  // namespace

#define SAEM_COMPARISON(op, infer_function, compose_function)                            \
  constinit OpDef op##_op {                                                              \
    .name = #op, .min_inputs = 2, .max_inputs = 2, .traits = kElementwise | kNoGradient, \
    .infer = infer_function, .compose = compose_function                                 \
  }
SAEM_COMPARISON(equal, infer_comparison, nullptr);
SAEM_COMPARISON(not_equal, infer_comparison, compose_not_equal);
SAEM_COMPARISON(less, infer_order, nullptr);
SAEM_COMPARISON(less_equal, infer_order, compose_less_equal);
SAEM_COMPARISON(greater, infer_order, compose_greater);
SAEM_COMPARISON(greater_equal, infer_order, compose_greater_equal);
#undef SAEM_COMPARISON

}  // namespace ops

#define SAEM_COMPARISON(op, sign)                                                                \
  Tensor op(const Tensor& x, const Tensor& y) { return apply_one(ops::op##_op, {x, y}); }        \
  Tensor operator sign(const Tensor& x, const Tensor& y) { return op(x, y); }                    \
  Tensor operator sign(const Tensor& x, Scalar y) { return op(x, ops::scalar_like(y, x, #op)); } \
  Tensor operator sign(Scalar x, const Tensor& y) { return op(ops::scalar_like(x, y, #op), y); }
SAEM_COMPARISON(equal, ==)
SAEM_COMPARISON(not_equal, !=)
SAEM_COMPARISON(less, <)
SAEM_COMPARISON(less_equal, <=)
SAEM_COMPARISON(greater, >)
SAEM_COMPARISON(greater_equal, >=)
#undef SAEM_COMPARISON

}  // namespace saem
