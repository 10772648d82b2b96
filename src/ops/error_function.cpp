// erf, erfc, erfinv, ndtri; floor 2 of 5: meaning.
#include <numbers>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/error_function.hpp>
#include <saem/ops/unary_arith.hpp>
#include <saem/ops/unary_exp.hpp>

#include "ops/elementwise.hpp"

namespace saem {
namespace ops {
namespace {

constexpr double kTwoBySqrtPi = 2.0 * std::numbers::inv_sqrtpi;
constexpr double kSqrtTwoPi = 1.0 / (std::numbers::inv_sqrtpi / std::numbers::sqrt2);

Tensors erf_vjp(const VjpCall& call) {
  return {call.gradient() * (exp(-square(call.input(0))) * kTwoBySqrtPi)};
}

Tensors erfc_vjp(const VjpCall& call) {
  return {call.gradient() * (exp(-square(call.input(0))) * -kTwoBySqrtPi)};
}

Tensors erfinv_vjp(const VjpCall& call) {
  return {call.gradient() * (exp(square(call.output())) / kTwoBySqrtPi)};
}

Tensors ndtri_vjp(const VjpCall& call) {
  return {call.gradient() * (exp(square(call.output()) / 2) * kSqrtTwoPi)};
}

}  // namespace

#define SAEM_UNARY(op)                                                     \
  constinit OpDef op##_op {                                                \
    .name = #op, .min_inputs = 1, .max_inputs = 1, .traits = kElementwise, \
    .infer = infer_floating_unary, .vjp = op##_vjp                         \
  }
SAEM_UNARY(erf);
SAEM_UNARY(erfc);
SAEM_UNARY(erfinv);
SAEM_UNARY(ndtri);
#undef SAEM_UNARY

}  // namespace ops

namespace math {

Tensor erf(const Tensor& x) { return apply_one(ops::erf_op, {x}); }
Tensor erfc(const Tensor& x) { return apply_one(ops::erfc_op, {x}); }
Tensor erfinv(const Tensor& x) { return apply_one(ops::erfinv_op, {x}); }
Tensor ndtri(const Tensor& x) { return apply_one(ops::ndtri_op, {x}); }

Tensor erfcinv(const Tensor& x) { return ndtri(x * 0.5) * (-std::numbers::sqrt2 / 2); }

}  // namespace math
}  // namespace saem
