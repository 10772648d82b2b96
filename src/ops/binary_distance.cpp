// squared_difference, atan2, nextafter; floor 2 of 5: meaning.
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/binary_distance.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/unary_arith.hpp>

#include "base/message.hpp"
#include "ops/elementwise.hpp"

namespace saem {
namespace ops {
namespace {

/// Gradients of both inputs, each made only if somebody wants it, in the input's own shape.
template <class First, class Second>
Tensors for_inputs(const VjpCall& call, First&& first, Second&& second) {
  Tensors gradients(2);
  if (call.needs(0)) gradients[0] = sum_to_shape(first(), call.input(0).shape());
  if (call.needs(1)) gradients[1] = sum_to_shape(second(), call.input(1).shape());
  return gradients;
}

Tensors squared_difference_vjp(const VjpCall& call) {
  const auto slope = [&] { return call.gradient() * 2 * (call.input(0) - call.input(1)); };
  return for_inputs(call, slope, [&] { return -slope(); });
}

Tensors compose_squared_difference(const OpCall& call) {
  return {square(call.input(0) - call.input(1))};
}

Tensors atan2_vjp(const VjpCall& call) {
  const Tensor& y = call.input(0);
  const Tensor& x = call.input(1);
  const Tensor share = call.gradient() / (square(x) + square(y));
  return for_inputs(
      call, [&] { return share * x; }, [&] { return -share * y; });
}

Tensors nextafter_vjp(const VjpCall& call) {
  return for_inputs(
      call, [&] { return call.gradient(); }, [&] { return zeros_like(call.gradient()); });
}

TensorSpecs infer_nextafter(const OpCall& call) {
  TensorSpecs specs = infer_floating_arithmetic(call);
  if (specs[0].dtype.size() < 4) [[unlikely]] {
    raise<DTypeError>(call.op.name, "needs float32 or float64, got {}; tf::cast it",
                      specs[0].dtype.name());
  }
  return specs;
}

}  // namespace

#define SAEM_BINARY(op, infer_function, compose_function)                  \
  constinit OpDef op##_op {                                                \
    .name = #op, .min_inputs = 2, .max_inputs = 2, .traits = kElementwise, \
    .infer = infer_function, .compose = compose_function, .vjp = op##_vjp  \
  }
SAEM_BINARY(squared_difference, infer_arithmetic, compose_squared_difference);
SAEM_BINARY(atan2, infer_floating_arithmetic, nullptr);
SAEM_BINARY(nextafter, infer_nextafter, nullptr);
#undef SAEM_BINARY

}  // namespace ops

Tensor squared_difference(const Tensor& x, const Tensor& y) {
  return apply_binary(ops::squared_difference_op, x, y);
}

Tensor atan2(const Tensor& y, const Tensor& x) { return apply_binary(ops::atan2_op, y, x); }

namespace math {

Tensor nextafter(const Tensor& x, const Tensor& y) { return apply_binary(ops::nextafter_op, x, y); }

}  // namespace math
}  // namespace saem
