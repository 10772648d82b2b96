// is_nan, is_inf, is_finite; floor 2 of 5: meaning.
#include <limits>
#include <saem/ops/classify.hpp>
#include <saem/ops/compare.hpp>
#include <saem/ops/logical.hpp>
#include <saem/ops/unary_arith.hpp>

#include "ops/elementwise.hpp"

namespace saem {
namespace ops {
namespace {

TensorSpecs infer_class(const OpCall& call) {
  TensorSpecs specs = infer_floating_unary(call);
  specs[0].dtype = bool_;
  return specs;
}

constexpr double kInfinity = std::numeric_limits<double>::infinity();

Tensors compose_is_nan(const OpCall& call) { return {call.input(0) != call.input(0)}; }
Tensors compose_is_inf(const OpCall& call) { return {abs(call.input(0)) == kInfinity}; }
Tensors compose_is_finite(const OpCall& call) { return {abs(call.input(0)) < kInfinity}; }

}  // namespace

#define SAEM_UNARY(op)                                                                   \
  constinit OpDef op##_op {                                                              \
    .name = #op, .min_inputs = 1, .max_inputs = 1, .traits = kElementwise | kNoGradient, \
    .infer = infer_class, .compose = compose_##op                                        \
  }
SAEM_UNARY(is_nan);
SAEM_UNARY(is_inf);
SAEM_UNARY(is_finite);
#undef SAEM_UNARY

}  // namespace ops

namespace math {

Tensor is_nan(const Tensor& x) { return apply_one(ops::is_nan_op, {x}); }
Tensor is_inf(const Tensor& x) { return apply_one(ops::is_inf_op, {x}); }
Tensor is_finite(const Tensor& x) { return apply_one(ops::is_finite_op, {x}); }

}  // namespace math
}  // namespace saem
