// broadcast_to and broadcast shapes, floor 2 of 5: meaning.
#include <saem/core/op.hpp>
#include <saem/ops/broadcast.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/reshape.hpp>

#include "base/message.hpp"
#include "ops/elementwise.hpp"
#include "ops/host.hpp"
#include "ops/rules.hpp"

namespace saem {
namespace ops {
namespace {

TensorSpecs infer_broadcast_to(const OpCall& call) {
  const Shape& shape = call.options<BroadcastOptions>().shape;
  const Tensor& x = call.input(0);
  checked_size(shape, "broadcast_to");
  const int lead = shape.rank() - x.rank();
  if (lead < 0) {
    raise<ShapeError>("broadcast_to",
                      "shape {} has fewer axes than the tensor's {}; see tf::squeeze",
                      shape.to_string(), x.shape().to_string());
  }
  for (int axis = 0; axis < x.rank(); ++axis) {
    const std::int64_t size = x.shape()[axis];
    if (size != 1 && size != shape[lead + axis]) {
      raise<ShapeError>(
          "broadcast_to",
          "shape {} does not broadcast to {}: axis {} has {} where {} is needed; only "
          "size 1 is repeated, see tf::reshape and tf::newaxis",
          x.shape().to_string(), shape.to_string(), axis, size, shape[lead + axis]);
    }
  }
  return {{x.dtype(), shape}};
}

Tensor view_broadcast_to(const OpCall& call) {
  const Shape& shape = call.options<BroadcastOptions>().shape;
  const Tensor& x = call.input(0);
  const int lead = shape.rank() - x.rank();
  Dims strides(static_cast<std::size_t>(shape.rank()), 0);
  for (int axis = 0; axis < x.rank(); ++axis) {
    if (x.shape()[axis] != 1 || shape[lead + axis] == 1) {
      strides[static_cast<std::size_t>(lead + axis)] = x.strides()[static_cast<std::size_t>(axis)];
    }
  }
  return x.view(shape, std::move(strides));
}

Tensors broadcast_to_vjp(const VjpCall& call) {
  return {sum_to_shape(call.gradient(), call.input(0).shape())};
}

Tensors batch_broadcast_to(const BatchCall& call) {
  const Shape& shape = call.options<BroadcastOptions>().shape;
  const Tensor& x = call.input(0);
  Shape aligned{call.count};
  for (int axis = x.rank() - 1; axis < shape.rank(); ++axis) aligned.push_back(1);
  for (int axis = 1; axis < x.rank(); ++axis) aligned.push_back(x.shape()[axis]);
  return {broadcast_to(reshape(x, aligned), batched_shape(call, shape))};
}

}  // namespace

constinit OpDef broadcast_to_op{.name = "broadcast_to",
                                .min_inputs = 1,
                                .max_inputs = 1,
                                .traits = kView,
                                .infer = infer_broadcast_to,
                                .vjp = broadcast_to_vjp,
                                .view = view_broadcast_to,
                                .options = &kAttributesType<BroadcastOptions>,
                                .jvp = linear_jvp,
                                .batch = batch_broadcast_to};

}  // namespace ops

Tensor broadcast_to(const Tensor& x, const Shape& shape) {
  return apply_one(ops::broadcast_to_op, {x}, BroadcastOptions{shape});
}

Shape broadcast_static_shape(const Shape& shape_x, const Shape& shape_y) {
  return broadcast_shapes(shape_x, shape_y, "broadcast_static_shape");
}

Tensor broadcast_dynamic_shape(const Tensor& shape_x, const Tensor& shape_y) {
  const char* const op = "broadcast_dynamic_shape";
  if (shape_x.rank() != 1 || shape_y.rank() != 1) {
    raise<ShapeError>(op, "a shape is a tensor of rank 1, got shapes {} and {}",
                      shape_x.shape().to_string(), shape_y.shape().to_string());
  }
  if (shape_x.dtype() != shape_y.dtype()) {
    raise<DTypeError>(op, "{} and {} do not mix; tf::cast one of them", shape_x.dtype().name(),
                      shape_y.dtype().name());
  }
  const std::vector<std::int64_t> x = ops::host_integers(shape_x, op, "shape_x");
  const std::vector<std::int64_t> y = ops::host_integers(shape_y, op, "shape_y");
  const Shape shape = broadcast_shapes(Shape(x.begin(), x.end()), Shape(y.begin(), y.end()), op);
  return constant(std::span<const std::int64_t>(shape.begin(), shape.end()), {}, shape_x.dtype());
}

}  // namespace saem
