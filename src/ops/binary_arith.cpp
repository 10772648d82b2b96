// add, subtract, multiply, divide, maximum, minimum, pow; floor 2 of 5: meaning.
#include <saem/ops/binary_arith.hpp>
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

/// A gradient for one input, only if somebody wants it, in the input's own shape.
template <class Rule>
Tensor for_input(const VjpCall& call, std::size_t i, Rule&& rule) {
  if (!call.needs(i)) return {};
  return sum_to_shape(rule(), call.input(i).shape());
}

Tensors add_vjp(const VjpCall& call) {
  const auto same = [&] { return call.gradient(); };
  return {for_input(call, 0, same), for_input(call, 1, same)};
}

Tensors subtract_vjp(const VjpCall& call) {
  return {for_input(call, 0, [&] { return call.gradient(); }),
          for_input(call, 1, [&] { return -call.gradient(); })};
}

Tensors multiply_vjp(const VjpCall& call) {
  return {for_input(call, 0, [&] { return call.gradient() * math::conj(call.input(1)); }),
          for_input(call, 1, [&] { return call.gradient() * math::conj(call.input(0)); })};
}

Tensors divide_vjp(const VjpCall& call) {
  const Tensor& y = call.input(1);
  return {for_input(call, 0, [&] { return call.gradient() / math::conj(y); }),
          for_input(call, 1, [&] { return -call.gradient() * math::conj(call.output() / y); })};
}

Tensors extremum_vjp(const VjpCall& call, const Tensor& first_wins) {
  const Tensor zero = scalar_like(0, call.gradient(), call.op.name);
  return {for_input(call, 0, [&] { return where(first_wins, call.gradient(), zero); }),
          for_input(call, 1, [&] { return where(first_wins, zero, call.gradient()); })};
}

Tensors maximum_vjp(const VjpCall& call) {
  return extremum_vjp(call, greater_equal(call.input(0), call.input(1)));
}

Tensors minimum_vjp(const VjpCall& call) {
  return extremum_vjp(call, less_equal(call.input(0), call.input(1)));
}

Tensors pow_vjp(const VjpCall& call) {
  const Tensor& x = call.input(0);
  const Tensor& y = call.input(1);
  return {for_input(call, 0, [&] { return call.gradient() * math::conj(y * pow(x, y - 1)); }),
          for_input(call, 1, [&] {
            // As TensorFlow: log of what is not positive (of complex zero) counts as zero, also
            // inside the where.
            const Tensor positive = x.dtype().is_complex() ? x != 0 : x > 0;
            const Tensor log_x =
                where(positive, log(where(positive, x, ones_like(x))), zeros_like(x));
            return call.gradient() * math::conj(call.output() * log_x);
          })};
}

}  // namespace

#define SAEM_BINARY(op, infer_function)                                    \
  constinit OpDef op##_op {                                                \
    .name = #op, .min_inputs = 2, .max_inputs = 2, .traits = kElementwise, \
    .infer = infer_function, .vjp = op##_vjp                               \
  }
SAEM_BINARY(add, infer_complex_arithmetic);
SAEM_BINARY(subtract, infer_complex_arithmetic);
SAEM_BINARY(multiply, infer_complex_arithmetic);
SAEM_BINARY(divide, infer_analytic_arithmetic);
SAEM_BINARY(maximum, infer_arithmetic);
SAEM_BINARY(minimum, infer_arithmetic);
SAEM_BINARY(pow, infer_analytic_arithmetic);
#undef SAEM_BINARY

}  // namespace ops

Tensor add(const Tensor& x, const Tensor& y) { return apply_binary(ops::add_op, x, y); }
Tensor subtract(const Tensor& x, const Tensor& y) { return apply_binary(ops::subtract_op, x, y); }
Tensor multiply(const Tensor& x, const Tensor& y) { return apply_binary(ops::multiply_op, x, y); }
Tensor maximum(const Tensor& x, const Tensor& y) { return apply_binary(ops::maximum_op, x, y); }
Tensor minimum(const Tensor& x, const Tensor& y) { return apply_binary(ops::minimum_op, x, y); }
Tensor pow(const Tensor& x, const Tensor& y) { return apply_binary(ops::pow_op, x, y); }

Tensor divide(const Tensor& x, const Tensor& y) {
  if (x.dtype().is_integer() && x.dtype() == y.dtype()) {
    const DType quotient = x.dtype().size() <= 2 ? float32 : float64;
    return apply_one(ops::divide_op, {cast(x, quotient), cast(y, quotient)});
  }
  return apply_binary(ops::divide_op, x, y);
}

Tensor operator+(const Tensor& x, const Tensor& y) { return add(x, y); }
Tensor operator-(const Tensor& x, const Tensor& y) { return subtract(x, y); }
Tensor operator*(const Tensor& x, const Tensor& y) { return multiply(x, y); }
Tensor operator/(const Tensor& x, const Tensor& y) { return divide(x, y); }
Tensor operator+(const Tensor& x, Scalar y) { return add(x, ops::scalar_like(y, x, "add")); }
Tensor operator-(const Tensor& x, Scalar y) {
  return subtract(x, ops::scalar_like(y, x, "subtract"));
}
Tensor operator*(const Tensor& x, Scalar y) {
  return multiply(x, ops::scalar_like(y, x, "multiply"));
}
Tensor operator/(const Tensor& x, Scalar y) { return divide(x, ops::scalar_like(y, x, "divide")); }
Tensor operator+(Scalar x, const Tensor& y) { return add(ops::scalar_like(x, y, "add"), y); }
Tensor operator-(Scalar x, const Tensor& y) {
  return subtract(ops::scalar_like(x, y, "subtract"), y);
}
Tensor operator*(Scalar x, const Tensor& y) {
  return multiply(ops::scalar_like(x, y, "multiply"), y);
}
Tensor operator/(Scalar x, const Tensor& y) { return divide(ops::scalar_like(x, y, "divide"), y); }
Tensor pow(const Tensor& x, Scalar y) { return pow(x, ops::scalar_like(y, x, "pow")); }
Tensor maximum(const Tensor& x, Scalar y) { return maximum(x, ops::scalar_like(y, x, "maximum")); }
Tensor minimum(const Tensor& x, Scalar y) { return minimum(x, ops::scalar_like(y, x, "minimum")); }

}  // namespace saem
