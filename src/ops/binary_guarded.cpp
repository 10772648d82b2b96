// divide_no_nan, multiply_no_nan, xdivy, xlogy, xlog1py; floor 2 of 5: meaning.
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/binary_guarded.hpp>
#include <saem/ops/cast.hpp>
#include <saem/ops/compare.hpp>
#include <saem/ops/complex.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/unary_arith.hpp>
#include <saem/ops/unary_exp.hpp>
#include <saem/ops/where.hpp>

#include "ops/elementwise.hpp"

namespace saem {
namespace ops {
namespace {

using math::divide_no_nan;
using math::multiply_no_nan;
using math::xdivy;
using math::xlog1py;
using math::xlogy;

Tensor zero_like(const OpCall& call) { return scalar_like(0, call.input(0), call.op.name); }

/// 1 where the first input counts, 0 where it is zero.
Tensor counts(const OpCall& call) {
  return cast(not_equal(call.input(0), zero_like(call)), call.input(0).dtype());
}

/// Gradients of both inputs, each made only if somebody wants it, in the input's own shape.
template <class First, class Second>
Tensors for_inputs(const VjpCall& call, First&& first, Second&& second) {
  Tensors gradients(2);
  if (call.needs(0)) gradients[0] = sum_to_shape(first(), call.input(0).shape());
  if (call.needs(1)) gradients[1] = sum_to_shape(second(), call.input(1).shape());
  return gradients;
}

Tensors divide_no_nan_vjp(const VjpCall& call) {
  const Tensor x = math::conj(call.input(0));
  const Tensor y = math::conj(call.input(1));
  const Tensor& dz = call.gradient();
  return for_inputs(
      call, [&] { return divide_no_nan(dz, y); },
      [&] { return dz * divide_no_nan(divide_no_nan(-x, y), y); });
}

Tensors multiply_no_nan_vjp(const VjpCall& call) {
  const Tensor& dz = call.gradient();
  return for_inputs(
      call, [&] { return multiply_no_nan(dz, call.input(1)); },
      [&] { return multiply_no_nan(call.input(0), dz); });
}

Tensors xdivy_vjp(const VjpCall& call) {
  const Tensor& x = call.input(0);
  const Tensor& y = call.input(1);
  return for_inputs(
      call, [&] { return xdivy(counts(call), y) * call.gradient(); },
      [&] { return xdivy(-x, square(y)) * call.gradient(); });
}

Tensors xlogy_vjp(const VjpCall& call) {
  const Tensor& x = call.input(0);
  const Tensor& y = call.input(1);
  return for_inputs(
      call, [&] { return xlogy(counts(call), y) * call.gradient(); },
      [&] { return xdivy(x, y) * call.gradient(); });
}

Tensors xlog1py_vjp(const VjpCall& call) {
  const Tensor& x = call.input(0);
  const Tensor& y = call.input(1);
  return for_inputs(
      call, [&] { return xlog1py(counts(call), y) * call.gradient(); },
      [&] { return xdivy(x, y + 1) * call.gradient(); });
}

// Compositions look at the guard last: where it is zero, what the other side gives is not seen.
Tensors compose_divide_no_nan(const OpCall& call) {
  const Tensor zero = zero_like(call);
  return {where(call.input(1) == zero, zero, call.input(0) / call.input(1))};
}

Tensors compose_multiply_no_nan(const OpCall& call) {
  const Tensor zero = zero_like(call);
  return {where(call.input(1) == zero, zero, call.input(0) * call.input(1))};
}

Tensors guarded_by_x(const OpCall& call, const Tensor& result) {
  const Tensor zero = zero_like(call);
  return {where(call.input(0) == zero, zero, result)};
}

Tensors compose_xdivy(const OpCall& call) {
  return guarded_by_x(call, call.input(0) / call.input(1));
}
Tensors compose_xlogy(const OpCall& call) {
  return guarded_by_x(call, call.input(0) * log(call.input(1)));
}
Tensors compose_xlog1py(const OpCall& call) {
  return guarded_by_x(call, call.input(0) * log1p(call.input(1)));
}

}  // namespace

#define SAEM_BINARY(op, infer_function)                                    \
  constinit OpDef op##_op {                                                \
    .name = #op, .min_inputs = 2, .max_inputs = 2, .traits = kElementwise, \
    .infer = infer_function, .compose = compose_##op, .vjp = op##_vjp      \
  }
SAEM_BINARY(divide_no_nan, infer_analytic_arithmetic);
SAEM_BINARY(multiply_no_nan, infer_floating_arithmetic);
SAEM_BINARY(xdivy, infer_floating_arithmetic);
SAEM_BINARY(xlogy, infer_floating_arithmetic);
SAEM_BINARY(xlog1py, infer_floating_arithmetic);
#undef SAEM_BINARY

}  // namespace ops

namespace math {

#define SAEM_BINARY(op) \
  Tensor op(const Tensor& x, const Tensor& y) { return apply_binary(ops::op##_op, x, y); }
SAEM_BINARY(divide_no_nan)
SAEM_BINARY(multiply_no_nan)
SAEM_BINARY(xdivy)
SAEM_BINARY(xlogy)
SAEM_BINARY(xlog1py)
#undef SAEM_BINARY

Tensor reciprocal_no_nan(const Tensor& x) { return divide_no_nan(ones_like(x), x); }

}  // namespace math
}  // namespace saem
