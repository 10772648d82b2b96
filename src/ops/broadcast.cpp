// broadcast_to, floor 2 of 5: meaning.
#include <saem/core/op.hpp>
#include <saem/ops/broadcast.hpp>

#include "base/message.hpp"
#include "ops/elementwise.hpp"

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

}  // namespace

constinit OpDef broadcast_to_op{.name = "broadcast_to",
                                .min_inputs = 1,
                                .max_inputs = 1,
                                .traits = kView,
                                .infer = infer_broadcast_to,
                                .vjp = broadcast_to_vjp,
                                .view = view_broadcast_to,
                                .has_options = true};

}  // namespace ops

Tensor broadcast_to(const Tensor& x, const Shape& shape) {
  return apply_one(ops::broadcast_to_op, {x}, BroadcastOptions{shape});
}

}  // namespace saem
