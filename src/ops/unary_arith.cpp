// negative, abs, sign, square, sqrt, rsqrt, reciprocal, floor, ceil, round; floor 2 of 5: meaning.
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/binary_guarded.hpp>
#include <saem/ops/cast.hpp>
#include <saem/ops/complex.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/unary_arith.hpp>

#include "base/message.hpp"
#include "ops/elementwise.hpp"

namespace saem {
namespace ops {
namespace {

Tensors negative_vjp(const VjpCall& call) { return {-call.gradient()}; }
Tensors abs_vjp(const VjpCall& call) { return {call.gradient() * sign(call.input(0))}; }
Tensors sign_vjp(const VjpCall& call) { return {zeros_like(call.gradient())}; }
Tensors square_vjp(const VjpCall& call) {
  return {call.gradient() * (math::conj(call.input(0)) * 2)};
}
Tensors sqrt_vjp(const VjpCall& call) {
  return {call.gradient() * 0.5 / math::conj(call.output())};
}

Tensors rsqrt_vjp(const VjpCall& call) {
  const Tensor y = math::conj(call.output());
  return {call.gradient() * -0.5 * (square(y) * y)};
}

Tensors reciprocal_vjp(const VjpCall& call) {
  return {-call.gradient() * square(math::conj(call.output()))};
}

Tensors compose_square(const OpCall& call) { return {call.input(0) * call.input(0)}; }
Tensors compose_rsqrt(const OpCall& call) { return {1.0 / sqrt(call.input(0))}; }
Tensors compose_reciprocal(const OpCall& call) { return {1.0 / call.input(0)}; }
Tensors compose_ceil(const OpCall& call) { return {-floor(-call.input(0))}; }

}  // namespace

#define SAEM_UNARY(op, infer_function, compose_function)                   \
  constinit OpDef op##_op {                                                \
    .name = #op, .min_inputs = 1, .max_inputs = 1, .traits = kElementwise, \
    .infer = infer_function, .compose = compose_function, .vjp = op##_vjp  \
  }
SAEM_UNARY(negative, infer_complex_unary, nullptr);
SAEM_UNARY(abs, infer_numeric_unary, nullptr);
SAEM_UNARY(sign, infer_numeric_unary, nullptr);
SAEM_UNARY(square, infer_complex_unary, compose_square);
SAEM_UNARY(sqrt, infer_analytic_unary, nullptr);
SAEM_UNARY(rsqrt, infer_analytic_unary, compose_rsqrt);
SAEM_UNARY(reciprocal, infer_analytic_unary, compose_reciprocal);
#undef SAEM_UNARY

#define SAEM_ROUNDING(op, infer_function, compose_function)                              \
  constinit OpDef op##_op {                                                              \
    .name = #op, .min_inputs = 1, .max_inputs = 1, .traits = kElementwise | kNoGradient, \
    .infer = infer_function, .compose = compose_function                                 \
  }
SAEM_ROUNDING(floor, infer_floating_unary, nullptr);
SAEM_ROUNDING(ceil, infer_floating_unary, compose_ceil);
SAEM_ROUNDING(round, infer_numeric_unary, nullptr);
#undef SAEM_ROUNDING

}  // namespace ops

Tensor negative(const Tensor& x) { return apply_one(ops::negative_op, {x}); }
Tensor abs(const Tensor& x) {
  return x.dtype().is_complex() ? ops::complex_abs(x) : apply_one(ops::abs_op, {x});
}

Tensor sign(const Tensor& x) {
  if (!x.dtype().is_complex()) return apply_one(ops::sign_op, {x});
  return math::divide_no_nan(x, cast(abs(x), x.dtype()));
}

Tensor square(const Tensor& x) { return apply_one(ops::square_op, {x}); }
Tensor sqrt(const Tensor& x) { return apply_one(ops::sqrt_op, {x}); }
Tensor rsqrt(const Tensor& x) { return apply_one(ops::rsqrt_op, {x}); }
Tensor reciprocal(const Tensor& x) { return apply_one(ops::reciprocal_op, {x}); }
Tensor floor(const Tensor& x) { return apply_one(ops::floor_op, {x}); }
Tensor ceil(const Tensor& x) { return apply_one(ops::ceil_op, {x}); }

Tensor round(const Tensor& x) {
  if (x.dtype().is_integer()) return x;
  return apply_one(ops::round_op, {x});
}

Tensor operator-(const Tensor& x) { return negative(x); }

namespace math {

Tensor rint(const Tensor& x) {
  if (!x.dtype().is_floating()) {
    raise<DTypeError>("rint", "needs floating point, got {}; tf::cast it to tf::float32",
                      x.dtype().name());
  }
  return round(x);
}

}  // namespace math
}  // namespace saem
