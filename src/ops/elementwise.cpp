#include "ops/elementwise.hpp"

#include <saem/ops/creation.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/reshape.hpp>

#include "base/message.hpp"
#include "core/dispatch.hpp"

namespace saem::ops {

void check_same_dtype(const OpCall& call, const Tensor& x, const Tensor& y) {
  if (x.dtype() != y.dtype()) [[unlikely]] {
    raise<DTypeError>(call.op.name, "{} and {} do not mix; tf::cast one of them", x.dtype().name(),
                      y.dtype().name());
  }
}

namespace {

void check_numeric(const OpCall& call, const Tensor& x) {
  if (!x.dtype().is_numeric()) [[unlikely]] {
    raise<DTypeError>(call.op.name, "needs numbers, got {}; tf::cast it first", x.dtype().name());
  }
}

void check_floating(const OpCall& call, const Tensor& x) {
  if (!x.dtype().is_floating()) [[unlikely]] {
    raise<DTypeError>(call.op.name, "needs floating point, got {}; tf::cast it to tf::float32",
                      x.dtype().name());
  }
}

Shape broadcast_inputs(const OpCall& call) {
  const Shape& x = call.input(0).shape();
  const Shape& y = call.input(1).shape();
  return x == y ? x : broadcast_shapes(x, y, call.op.name);
}

}  // namespace

TensorSpecs infer_arithmetic(const OpCall& call) {
  check_same_dtype(call, call.input(0), call.input(1));
  check_numeric(call, call.input(0));
  return {{call.input(0).dtype(), broadcast_inputs(call)}};
}

TensorSpecs infer_floating_arithmetic(const OpCall& call) {
  check_same_dtype(call, call.input(0), call.input(1));
  check_floating(call, call.input(0));
  return {{call.input(0).dtype(), broadcast_inputs(call)}};
}

TensorSpecs infer_complex_arithmetic(const OpCall& call) {
  if (!call.input(0).dtype().is_complex()) return infer_arithmetic(call);
  check_same_dtype(call, call.input(0), call.input(1));
  return {{call.input(0).dtype(), broadcast_inputs(call)}};
}

TensorSpecs infer_analytic_arithmetic(const OpCall& call) {
  const bool is_complex = call.input(0).dtype().is_complex();
  return is_complex ? infer_complex_arithmetic(call) : infer_floating_arithmetic(call);
}

TensorSpecs infer_comparison(const OpCall& call) {
  check_same_dtype(call, call.input(0), call.input(1));
  return {{bool_, broadcast_inputs(call)}};
}

TensorSpecs infer_floating_unary(const OpCall& call) {
  check_floating(call, call.input(0));
  return {{call.input(0).dtype(), call.input(0).shape()}};
}

TensorSpecs infer_complex_unary(const OpCall& call) {
  if (!call.input(0).dtype().is_complex()) return infer_numeric_unary(call);
  return {{call.input(0).dtype(), call.input(0).shape()}};
}

TensorSpecs infer_analytic_unary(const OpCall& call) {
  const bool is_complex = call.input(0).dtype().is_complex();
  return is_complex ? infer_complex_unary(call) : infer_floating_unary(call);
}

TensorSpecs infer_numeric_unary(const OpCall& call) {
  check_numeric(call, call.input(0));
  return {{call.input(0).dtype(), call.input(0).shape()}};
}

Tensor scalar_like(Scalar value, const Tensor& like, const char* op) {
  value.check_fits(like.dtype(), op);
  Tensor scalar = Tensor::empty(like.dtype(), {});
  dispatch_any(like.dtype(),
               [&]<class T>(Type<T>) { *scalar.mutable_data_as<T>() = value.to<T>(); });
  return scalar;
}

DType literal_dtype(Scalar value) {
  if (value.is_complex()) return complex128;
  return value.is_floating() ? float32 : value.is_bool() ? bool_ : int32;
}

Tensor sum_to_shape(const Tensor& gradient, const Shape& shape) {
  if (gradient.shape() == shape) return gradient;
  const int lead = gradient.rank() - shape.rank();
  Dims axes;
  for (int axis = 0; axis < gradient.rank(); ++axis) {
    if (axis < lead || (shape[axis - lead] == 1 && gradient.shape()[axis] != 1)) {
      axes.push_back(axis);
    }
  }
  return reshape(reduce_sum(gradient, {.axis = Axes(std::move(axes))}), shape);
}

}  // namespace saem::ops
