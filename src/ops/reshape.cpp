// reshape, expand_dims, squeeze; floor 2 of 5: meaning.
#include <saem/core/op.hpp>
#include <saem/ops/reshape.hpp>

#include "base/message.hpp"
#include "core/tensor_impl.hpp"
#include "ops/rules.hpp"

namespace saem {
namespace ops {
namespace {

TensorSpecs infer_reshape(const OpCall& call) {
  const Shape& shape = call.options<ReshapeOptions>().shape;
  const Tensor& x = call.input(0);
  if (checked_size(shape, "reshape") != x.size()) {
    raise<ShapeError>("reshape", "shape {} has {} elements, but the tensor of shape {} has {}",
                      shape.to_string(), shape.size(), x.shape().to_string(), x.size());
  }
  return {{x.dtype(), shape}};
}

/// The strides that show the elements of `x` under `shape`; false if no strides do.
///
/// Both shapes are cut into the smallest groups of axes with equal products. A group can be shown
/// if the axes of `x` in it step through memory as one axis would.
bool find_strides(const Tensor& x, const Shape& shape, Dims& strides) {
  strides.resize(static_cast<std::size_t>(shape.rank()));
  int from = 0;
  int to = 0;
  while (to < shape.rank()) {
    const int first = to;
    std::int64_t wanted = shape[to++];
    std::int64_t product = 1;
    std::int64_t step = 1;  // of the innermost axis of x in the group
    bool started = false;
    const auto take = [&] {
      const std::int64_t size = x.shape()[from];
      const std::int64_t stride = x.strides()[static_cast<std::size_t>(from++)];
      if (size == 1) return true;
      if (started && step != stride * size) return false;
      started = true;
      step = stride;
      product *= size;
      return true;
    };
    while (product != wanted) {
      if (product < wanted) {
        if (!take()) return false;
      } else {
        wanted *= shape[to++];
      }
    }
    for (int axis = to; axis-- > first;) {
      strides[static_cast<std::size_t>(axis)] = step;
      step *= shape[axis];
    }
  }
  return true;
}

Tensor view_reshape(const OpCall& call) {
  const Shape& shape = call.options<ReshapeOptions>().shape;
  const Tensor& x = call.input(0);
  if (x.is_contiguous()) return x.view(shape, row_major_strides(shape));
  Dims strides;
  if (find_strides(x, shape, strides)) return x.view(shape, std::move(strides));
  Tensor copy = Tensor::empty(x.dtype(), x.shape(), x.device());
  copy_elements(x, copy);
  return copy.view(shape, row_major_strides(shape));
}

Tensors reshape_vjp(const VjpCall& call) {
  return {reshape(call.gradient(), call.input(0).shape())};
}

/// `shape` with its -1, if it has one, replaced by what is left over.
Shape resolve(const Shape& shape, const Tensor& x) {
  int unknown = -1;
  std::int64_t known = 1;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    if (shape[axis] != -1) {
      known *= shape[axis];
    } else if (unknown >= 0) {
      raise<ShapeError>("reshape", "shape {} has more than one -1", shape.to_string());
    } else {
      unknown = axis;
    }
  }
  if (unknown < 0) return shape;
  if (known == 0 || x.size() % known != 0) {
    raise<ShapeError>("reshape",
                      "the -1 in shape {} cannot be told: {} elements of shape {} do not divide "
                      "by {}",
                      shape.to_string(), x.size(), x.shape().to_string(), known);
  }
  Shape resolved = shape;
  resolved[unknown] = x.size() / known;
  return resolved;
}

Tensors batch_reshape(const BatchCall& call) {
  const Shape& shape = call.options<ReshapeOptions>().shape;
  return apply(call.op, call.inputs, ReshapeOptions{batched_shape(call, shape)});
}

}  // namespace

constinit OpDef reshape_op{.name = "reshape",
                           .min_inputs = 1,
                           .max_inputs = 1,
                           .traits = kView,
                           .infer = infer_reshape,
                           .vjp = reshape_vjp,
                           .view = view_reshape,
                           .options = &kAttributesType<ReshapeOptions>,
                           .jvp = linear_jvp,
                           .batch = batch_reshape};

}  // namespace ops

Tensor reshape(const Tensor& x, const Shape& shape) {
  return apply_one(ops::reshape_op, {x}, ReshapeOptions{ops::resolve(shape, x)});
}

Tensor expand_dims(const Tensor& x, int axis) {
  const int at = normalize_axis(axis, x.rank() + 1, "expand_dims");
  Shape shape = x.shape();
  shape.dims().insert(shape.begin() + at, 1);
  return reshape(x, shape);
}

Tensor squeeze(const Tensor& x, const SqueezeOptions& options) {
  const Axes axes = options.axis.normalized(x.rank(), "squeeze");
  Shape shape;
  for (int axis = 0; axis < x.rank(); ++axis) {
    const bool drop = axes.contains(axis) && (x.shape()[axis] == 1 || !options.axis.all());
    if (drop && x.shape()[axis] != 1) {
      raise<ShapeError>("squeeze", "axis {} of shape {} has size {}, only 1 can be left out", axis,
                        x.shape().to_string(), x.shape()[axis]);
    }
    if (!drop) shape.push_back(x.shape()[axis]);
  }
  return reshape(x, shape);
}

}  // namespace saem
