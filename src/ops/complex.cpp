// complex, real, imag, conj, angle, complex_abs; floor 2 of 5: meaning.
#include <numbers>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/binary_guarded.hpp>
#include <saem/ops/cast.hpp>
#include <saem/ops/compare.hpp>
#include <saem/ops/complex.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/unary_arith.hpp>

#include "base/message.hpp"
#include "ops/elementwise.hpp"

namespace saem {
namespace ops {
namespace {

TensorSpecs infer_complex(const OpCall& call) {
  const DType dtype = call.input(0).dtype();
  check_same_dtype(call, call.input(0), call.input(1));
  if (dtype != float32 && dtype != float64) [[unlikely]] {
    raise<DTypeError>(call.op.name, "needs float32 or float64 parts, got {}; tf::cast them",
                      dtype.name());
  }
  const Shape& real = call.input(0).shape();
  const Shape& imag = call.input(1).shape();
  return {{dtype == float32 ? complex64 : complex128,
           real == imag ? real : broadcast_shapes(real, imag, call.op.name)}};
}

void check_complex(const OpCall& call) {
  if (!call.input(0).dtype().is_complex()) [[unlikely]] {
    raise<DTypeError>(call.op.name, "needs complex numbers, got {}; tf::cast it to tf::complex64",
                      call.input(0).dtype().name());
  }
}

TensorSpecs infer_part(const OpCall& call) {
  check_complex(call);
  return {{call.input(0).dtype().real_dtype(), call.input(0).shape()}};
}

TensorSpecs infer_conj(const OpCall& call) {
  check_complex(call);
  return {{call.input(0).dtype(), call.input(0).shape()}};
}

Tensor as_complex(const Tensor& real) { return complex(real, zeros_like(real)); }

Tensors complex_vjp(const VjpCall& call) {
  Tensors gradients(2);
  if (call.needs(0)) {
    gradients[0] = sum_to_shape(math::real(call.gradient()), call.input(0).shape());
  }
  if (call.needs(1)) {
    gradients[1] = sum_to_shape(math::imag(call.gradient()), call.input(1).shape());
  }
  return gradients;
}

Tensors real_vjp(const VjpCall& call) { return {as_complex(call.gradient())}; }

Tensors imag_vjp(const VjpCall& call) {
  return {complex(zeros_like(call.gradient()), call.gradient())};
}

Tensors conj_vjp(const VjpCall& call) { return {math::conj(call.gradient())}; }

// i / conj(x) is i x / |x|^2: the direction in which the angle grows.
Tensors angle_vjp(const VjpCall& call) {
  const Tensor turn = complex(zeros_like(call.gradient()), call.gradient());
  return {turn / math::conj(call.input(0))};
}

Tensors complex_abs_vjp(const VjpCall& call) {
  const Tensor direction = math::divide_no_nan(call.input(0), as_complex(call.output()));
  return {as_complex(call.gradient()) * direction};
}

}  // namespace

constinit OpDef complex_op{.name = "complex",
                           .min_inputs = 2,
                           .max_inputs = 2,
                           .traits = kElementwise,
                           .infer = infer_complex,
                           .vjp = complex_vjp};

#define SAEM_UNARY(op, infer_function)                                     \
  constinit OpDef op##_op {                                                \
    .name = #op, .min_inputs = 1, .max_inputs = 1, .traits = kElementwise, \
    .infer = infer_function, .vjp = op##_vjp                               \
  }
SAEM_UNARY(real, infer_part);
SAEM_UNARY(imag, infer_part);
SAEM_UNARY(conj, infer_conj);
SAEM_UNARY(angle, infer_part);
SAEM_UNARY(complex_abs, infer_part);
#undef SAEM_UNARY

Tensor complex_abs(const Tensor& x) { return apply_one(complex_abs_op, {x}); }

}  // namespace ops

Tensor complex(const Tensor& real, const Tensor& imag) {
  return apply_binary(ops::complex_op, real, imag);
}

namespace math {

Tensor real(const Tensor& x) { return x.dtype().is_numeric() ? x : apply_one(ops::real_op, {x}); }

Tensor imag(const Tensor& x) {
  return x.dtype().is_numeric() ? zeros_like(x) : apply_one(ops::imag_op, {x});
}

Tensor conj(const Tensor& x) { return x.dtype().is_numeric() ? x : apply_one(ops::conj_op, {x}); }

Tensor angle(const Tensor& x) {
  if (x.dtype().is_floating()) return cast(x < 0, x.dtype()) * std::numbers::pi;
  return apply_one(ops::angle_op, {x});
}

}  // namespace math
}  // namespace saem
