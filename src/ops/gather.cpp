// gather, gather_grad, one_hot; floor 2 of 5: meaning.
#include <saem/core/op.hpp>
#include <saem/ops/cast.hpp>
#include <saem/ops/compare.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/gather.hpp>
#include <saem/ops/matmul.hpp>
#include <saem/ops/reshape.hpp>
#include <saem/ops/transpose.hpp>
#include <saem/ops/where.hpp>

#include "base/message.hpp"
#include "ops/elementwise.hpp"
#include "ops/rules.hpp"

namespace saem {
namespace ops {

extern OpDef gather_grad_op;

namespace {

void check_indices(const Tensor& indices) {
  if (indices.dtype() != int32 && indices.dtype() != int64) {
    raise<DTypeError>("gather", "indices must be int32 or int64, got {}; tf::cast them",
                      indices.dtype().name());
  }
}

/// params.shape[:axis] + indices.shape[batch_dims:] + params.shape[axis + 1:].
Shape gathered_shape(const Shape& params, const Shape& indices, int axis, int batch_dims) {
  Shape shape(params.begin(), params.begin() + axis);
  for (int i = batch_dims; i < indices.rank(); ++i) shape.push_back(indices[i]);
  for (int i = axis + 1; i < params.rank(); ++i) shape.push_back(params[i]);
  return shape;
}

TensorSpecs infer_gather(const OpCall& call) {
  const auto& options = call.options<GatherOptions>();
  const Shape& params = call.input(0).shape();
  const Shape& indices = call.input(1).shape();
  check_indices(call.input(1));
  for (int i = 0; i < options.batch_dims; ++i) {
    if (params[i] != indices[i]) {
      raise<ShapeError>("gather",
                        "batch axis {} has {} in params of shape {} and {} in indices of shape {}; "
                        "with batch_dims = {} they must be equal",
                        i, params[i], params.to_string(), indices[i], indices.to_string(),
                        options.batch_dims);
    }
  }
  return {
      {call.input(0).dtype(), gathered_shape(params, indices, *options.axis, options.batch_dims)}};
}

Tensors gather_vjp(const VjpCall& call) {
  const auto& options = call.options<GatherOptions>();
  return {apply_one(gather_grad_op, {call.gradient(), call.input(1)},
                    GatherGradOptions{call.input(0).shape(), *options.axis, options.batch_dims}),
          Tensor()};
}

TensorSpecs infer_gather_grad(const OpCall& call) {
  const auto& [shape, axis, batch_dims] = call.options<GatherGradOptions>();
  check_indices(call.input(1));
  const Shape expected = gathered_shape(shape, call.input(1).shape(), axis, batch_dims);
  if (call.input(0).shape() != expected) {
    raise<ShapeError>("gather_grad", "the gradient has shape {}, what was gathered {}",
                      call.input(0).shape().to_string(), expected.to_string());
  }
  if (!call.input(0).dtype().is_numeric() && !call.input(0).dtype().is_complex()) {
    raise<DTypeError>("gather_grad", "needs numbers, got {}", call.input(0).dtype().name());
  }
  return {{call.input(0).dtype(), shape}};
}

std::int64_t product(const Shape& shape, int begin, int end) {
  std::int64_t result = 1;
  for (int i = begin; i < end; ++i) result *= shape[i];
  return result;
}

/// Each index as a row of zeros with a one; that matrix, transposed, times the gradient.
Tensors compose_gather_grad(const OpCall& call) {
  const auto& [shape, axis, batch_dims] = call.options<GatherGradOptions>();
  const Tensor& gradient = call.input(0);
  const std::int64_t batch = product(shape, 0, batch_dims);
  const std::int64_t outer = product(shape, batch_dims, axis);
  const std::int64_t inner = product(shape, axis + 1, shape.rank());
  const std::int64_t size = shape[axis];
  const Shape& indices_shape = call.input(1).shape();
  const std::int64_t count = product(indices_shape, batch_dims, indices_shape.rank());
  const Tensor indices = reshape(call.input(1), {batch, 1, count});
  const Tensor rows =
      one_hot(indices, size, {.dtype = gradient.dtype()});  // (batch, 1, count, size)
  const Tensor slices = reshape(gradient, {batch, outer, count, inner});
  return {reshape(matmul(rows, slices, {.transpose_a = true}), shape)};
}

Tensors gather_grad_vjp(const VjpCall& call) {
  const auto& options = call.options<GatherGradOptions>();
  return {gather(call.gradient(), call.input(1),
                 {.axis = options.axis, .batch_dims = options.batch_dims}),
          Tensor()};
}

GatherOptions normalize(const GatherOptions& options, const Tensor& params, const Tensor& indices) {
  const int most = std::min(params.rank(), indices.rank());
  int batch_dims = options.batch_dims;
  if (batch_dims < 0) batch_dims += indices.rank();
  if (batch_dims < 0 || batch_dims > most) {
    raise<ShapeError>(
        "gather", "batch_dims {} is out of range for params of shape {} and indices of shape {}",
        options.batch_dims, params.shape().to_string(), indices.shape().to_string());
  }
  const int axis = normalize_axis(options.axis.value_or(batch_dims), params.rank(), "gather");
  if (axis < batch_dims) {
    raise<ShapeError>("gather", "axis {} is one of the {} batch axes; it must come after them",
                      axis, batch_dims);
  }
  return {axis, batch_dims};
}

/// The dtype named, else that of the values given, else float32.
DType one_hot_dtype(const OneHotOptions& options) {
  if (options.dtype != DType()) return options.dtype;
  if (!options.on_value && !options.off_value) return float32;
  const DType on = literal_dtype(options.on_value ? *options.on_value : *options.off_value);
  const DType off = literal_dtype(options.off_value ? *options.off_value : *options.on_value);
  if (on != off) {
    raise<DTypeError>("one_hot", "on_value is {} and off_value {}; name the dtype", on.name(),
                      off.name());
  }
  return on;
}

TensorSpecs infer_one_hot(const OpCall& call) {
  const auto& options = call.options<OneHotOptions>();
  if (!call.input(0).dtype().is_integer()) {
    raise<DTypeError>("one_hot", "indices must be integers, got {}; tf::cast them",
                      call.input(0).dtype().name());
  }
  if (options.depth < 0) {
    raise<ShapeError>("one_hot", "depth is {}; it must not be negative", options.depth);
  }
  options.on_value->check_fits(options.dtype, "one_hot");
  options.off_value->check_fits(options.dtype, "one_hot");
  Shape shape = call.input(0).shape();
  shape.dims().insert(shape.begin() + options.axis, options.depth);
  return {{options.dtype, shape}};
}

Tensors compose_one_hot(const OpCall& call) {
  const auto& options = call.options<OneHotOptions>();
  const Tensor indices = expand_dims(cast(call.input(0), int64), options.axis);
  Shape classes_shape;
  classes_shape.dims().resize(static_cast<std::size_t>(indices.rank()), 1);
  classes_shape[options.axis] = options.depth;
  const Tensor classes = reshape(range(0, options.depth, 1, {.dtype = int64}), classes_shape);
  return {where(equal(indices, classes), fill({}, *options.on_value, {.dtype = options.dtype}),
                fill({}, *options.off_value, {.dtype = options.dtype}))};
}

/// Slices that differ in params alone, or in indices alone, need no copies of the other.
Tensors batch_gather(const BatchCall& call) {
  const auto& options = call.options<GatherOptions>();
  const int axis = *options.axis;
  if (options.batch_dims == 0 && !call.batched[1]) {
    return {gather(call.input(0), call.input(1), {.axis = axis + 1})};
  }
  if (options.batch_dims == 0 && !call.batched[0]) {
    const Tensor gathered = gather(call.input(0), call.input(1), {.axis = axis});
    Dims perm{axis};  // the slices came to lie where the indices were put
    for (int i = 0; i < gathered.rank(); ++i) {
      if (i != axis) perm.push_back(i);
    }
    return {transpose(gathered, {.perm = std::move(perm)})};
  }
  return {gather(batched_input(call, 0), batched_input(call, 1),
                 {.axis = axis + 1, .batch_dims = options.batch_dims + 1})};
}

Tensors batch_gather_grad(const BatchCall& call) {
  const auto& [shape, axis, batch_dims] = call.options<GatherGradOptions>();
  const Shape batched = batched_shape(call, shape);
  if (batch_dims == 0 && !call.batched[1]) {
    return apply(call.op, call.inputs, GatherGradOptions{batched, axis + 1, 0});
  }
  return {apply_one(call.op, {batched_input(call, 0), batched_input(call, 1)},
                    GatherGradOptions{batched, axis + 1, batch_dims + 1})};
}

Tensors batch_one_hot(const BatchCall& call) {
  OneHotOptions options = call.options<OneHotOptions>();
  ++options.axis;
  return apply(call.op, call.inputs, options);
}

}  // namespace

constinit OpDef gather_op{.name = "gather",
                          .min_inputs = 2,
                          .max_inputs = 2,
                          .traits = 0,
                          .infer = infer_gather,
                          .vjp = gather_vjp,
                          .options = &kAttributesType<GatherOptions>,
                          .jvp = linear_jvp,
                          .batch = batch_gather};

constinit OpDef gather_grad_op{.name = "gather_grad",
                               .min_inputs = 2,
                               .max_inputs = 2,
                               .traits = kBackward,
                               .infer = infer_gather_grad,
                               .compose = compose_gather_grad,
                               .vjp = gather_grad_vjp,
                               .options = &kAttributesType<GatherGradOptions>,
                               .jvp = linear_jvp,
                               .batch = batch_gather_grad};

constinit OpDef one_hot_op{.name = "one_hot",
                           .min_inputs = 1,
                           .max_inputs = 1,
                           .traits = kNoGradient,
                           .infer = infer_one_hot,
                           .compose = compose_one_hot,
                           .options = &kAttributesType<OneHotOptions>,
                           .batch = batch_one_hot};

}  // namespace ops

Tensor gather(const Tensor& params, const Tensor& indices, const GatherOptions& options) {
  return apply_one(ops::gather_op, {params, indices}, ops::normalize(options, params, indices));
}

Tensor gather(const Tensor& params, std::initializer_list<std::int64_t> indices,
              const GatherOptions& options) {
  const DeviceScope beside(params.device());
  return gather(params, constant(indices), options);
}

Tensor one_hot(const Tensor& indices, std::int64_t depth, const OneHotOptions& options) {
  OneHotOptions normalized = options;
  normalized.axis = normalize_axis(options.axis, indices.rank() + 1, "one_hot");
  normalized.depth = depth;
  normalized.dtype = ops::one_hot_dtype(options);
  const bool truths = normalized.dtype.is_bool();
  if (!options.on_value) normalized.on_value = truths ? Scalar(true) : Scalar(1);
  if (!options.off_value) normalized.off_value = truths ? Scalar(false) : Scalar(0);
  return apply_one(ops::one_hot_op, {indices}, normalized);
}

}  // namespace saem
