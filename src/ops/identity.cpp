// identity, and what a shape says as tensors; floor 2 of 5: meaning.
#include <saem/core/op.hpp>
#include <saem/ops/identity.hpp>

#include "base/message.hpp"
#include "ops/rules.hpp"

namespace saem {
namespace ops {
namespace {

TensorSpecs infer_identity(const OpCall& call) {
  return {{call.input(0).dtype(), call.input(0).shape()}};
}

Tensor view_identity(const OpCall& call) {
  return call.input(0).view(call.input(0).shape(), call.input(0).strides());
}

Tensors identity_vjp(const VjpCall& call) { return {call.gradient()}; }

DType integer_dtype(const CreationOptions& options) {
  return options.dtype == DType() ? int32 : options.dtype;
}

}  // namespace

constinit OpDef identity_op{.name = "identity",
                            .min_inputs = 1,
                            .max_inputs = 1,
                            .traits = kView,
                            .infer = infer_identity,
                            .vjp = identity_vjp,
                            .view = view_identity,
                            .jvp = linear_jvp,
                            .batch = batch_in_front};

}  // namespace ops

Tensor identity(const Tensor& x) { return apply_one(ops::identity_op, {x}); }

Tensor ensure_shape(const Tensor& x, const Shape& shape) {
  bool fits = x.rank() == shape.rank();
  for (int axis = 0; fits && axis < x.rank(); ++axis) {
    fits = shape[axis] == -1 || shape[axis] == x.shape()[axis];
  }
  if (!fits) {
    raise<ShapeError>("ensure_shape", "the tensor has shape {}, the program counts on {}",
                      x.shape().to_string(), shape.to_string());
  }
  return identity(x);
}

Tensor shape(const Tensor& x, CreationOptions options) {
  const DType dtype = ops::integer_dtype(options);
  for (const std::int64_t size : x.shape()) Scalar(size).check_fits(dtype, "shape");
  return constant(std::span<const std::int64_t>(x.shape().begin(), x.shape().end()), {}, dtype);
}

Tensor size(const Tensor& x, CreationOptions options) {
  const DType dtype = ops::integer_dtype(options);
  Scalar(x.size()).check_fits(dtype, "size");
  return constant(x.size(), dtype);
}

Tensor rank(const Tensor& x) { return constant(x.rank()); }

}  // namespace saem
