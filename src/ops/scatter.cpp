// gather_nd, scatter_nd, tensor_scatter_nd_*; floor 2 of 5: meaning.
#include <saem/core/op.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/cast.hpp>
#include <saem/ops/compare.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/gather.hpp>
#include <saem/ops/reshape.hpp>
#include <saem/ops/scatter.hpp>
#include <saem/ops/unary_arith.hpp>

#include "base/message.hpp"

namespace saem {
namespace ops {

extern OpDef scatter_nd_op;

namespace {

/// How many axes a row of indices names. Throws if the indices do not fit a table of shape `table`.
int depth_of(const char* op, const Tensor& indices, const Shape& table, int batch_dims) {
  if (indices.dtype() != int32 && indices.dtype() != int64) {
    raise<DTypeError>(op, "indices must be int32 or int64, got {}; tf::cast them",
                      indices.dtype().name());
  }
  if (indices.rank() <= batch_dims) {
    raise<ShapeError>(op, "indices of shape {} need {}", indices.shape().to_string(),
                      batch_dims == 0 ? "at least one axis" : "more axes than batch_dims");
  }
  const std::int64_t depth = indices.shape()[indices.rank() - 1];
  if (depth > table.rank() - batch_dims) {
    raise<ShapeError>(op, "indices of shape {} name {} axes, but shape {} has only {} to index",
                      indices.shape().to_string(), depth, table.to_string(),
                      table.rank() - batch_dims);
  }
  for (int axis = 0; axis < batch_dims; ++axis) {
    if (indices.shape()[axis] != table[axis]) {
      raise<ShapeError>(op,
                        "batch axis {} has {} in shape {} and {} in indices of shape {}; with "
                        "batch_dims = {} they must be equal",
                        axis, table[axis], table.to_string(), indices.shape()[axis],
                        indices.shape().to_string(), batch_dims);
    }
  }
  return static_cast<int>(depth);
}

/// indices.shape[:-1] + table[batch_dims + depth:].
Shape slices_shape(const Shape& indices, const Shape& table, int first_kept) {
  Shape shape(indices.begin(), indices.end() - 1);
  for (int axis = first_kept; axis < table.rank(); ++axis) shape.push_back(table[axis]);
  return shape;
}

TensorSpecs infer_gather_nd(const OpCall& call) {
  const int batch_dims = call.options<GatherNdOptions>().batch_dims;
  const Shape& params = call.input(0).shape();
  const int depth = depth_of("gather_nd", call.input(1), params, batch_dims);
  return {{call.input(0).dtype(), slices_shape(call.input(1).shape(), params, batch_dims + depth)}};
}

Tensors gather_nd_vjp(const VjpCall& call) {
  return {apply_one(
              scatter_nd_op, {call.input(1), call.gradient()},
              ScatterNdOptions{call.input(0).shape(), call.options<GatherNdOptions>().batch_dims}),
          Tensor()};
}

std::int64_t product(const Shape& shape, int begin, int end) {
  std::int64_t result = 1;
  for (int i = begin; i < end; ++i) result *= shape[i];
  return result;
}

/// The table as (batch, rows, inner), and for each slice the row it belongs to, (batch, count).
struct Flat {
  Shape table;
  Tensor rows;
};

Flat flatten(const Tensor& indices, const Shape& table, int batch_dims) {
  const int depth = static_cast<int>(indices.shape()[indices.rank() - 1]);
  const std::int64_t batch = product(table, 0, batch_dims);
  const int first_kept = batch_dims + depth;
  const std::int64_t count = product(indices.shape(), batch_dims, indices.rank() - 1);
  const Shape flat{batch, product(table, batch_dims, first_kept),
                   product(table, first_kept, table.rank())};
  const Tensor wide = cast(indices, int64);
  Tensor rows = zeros({batch, count}, int64);
  std::int64_t step = 1;
  for (int axis = depth; axis-- > 0;) {
    rows = rows + reshape(wide(ellipsis, axis), {batch, count}) * step;
    step *= table[batch_dims + axis];
  }
  return {flat, rows};
}

Tensors compose_gather_nd(const OpCall& call) {
  const int batch_dims = call.options<GatherNdOptions>().batch_dims;
  const Tensor& params = call.input(0);
  const Tensor& indices = call.input(1);
  const Flat flat = flatten(indices, params.shape(), batch_dims);
  const int depth = static_cast<int>(indices.shape()[indices.rank() - 1]);
  return {reshape(gather(reshape(params, flat.table), flat.rows, {.axis = 1, .batch_dims = 1}),
                  slices_shape(indices.shape(), params.shape(), batch_dims + depth))};
}

void check_slices(const char* op, const Tensor& indices, const Tensor& updates, const Shape& table,
                  int batch_dims) {
  const int depth = depth_of(op, indices, table, batch_dims);
  const Shape expected = slices_shape(indices.shape(), table, batch_dims + depth);
  if (updates.shape() != expected) {
    raise<ShapeError>(op, "updates have shape {}; indices of shape {} into shape {} need {}",
                      updates.shape().to_string(), indices.shape().to_string(), table.to_string(),
                      expected.to_string());
  }
}

void check_sums(const char* op, const Tensor& updates) {
  if (!updates.dtype().is_numeric() && !updates.dtype().is_complex()) {
    raise<DTypeError>(op, "needs numbers, got {}; tf::cast it first", updates.dtype().name());
  }
}

TensorSpecs infer_scatter_nd(const OpCall& call) {
  const auto& options = call.options<ScatterNdOptions>();
  checked_size(options.shape, "scatter_nd");
  check_slices("scatter_nd", call.input(0), call.input(1), options.shape, options.batch_dims);
  check_sums("scatter_nd", call.input(1));
  return {{call.input(1).dtype(), options.shape}};
}

Tensors scatter_nd_vjp(const VjpCall& call) {
  return {Tensor(), gather_nd(call.gradient(), call.input(0),
                              {.batch_dims = call.options<ScatterNdOptions>().batch_dims})};
}

/// The transpose of a gather of the flattened table.
Tensors compose_scatter_nd(const OpCall& call) {
  static OpDef* const gather_grad = find_op("gather_grad");
  const auto& options = call.options<ScatterNdOptions>();
  const Flat flat = flatten(call.input(0), options.shape, options.batch_dims);
  const Tensor slices =
      reshape(call.input(1), {flat.table[0], flat.rows.shape()[1], flat.table[2]});
  return {reshape(apply_one(*gather_grad, {slices, flat.rows}, GatherGradOptions{flat.table, 1, 1}),
                  options.shape)};
}

TensorSpecs infer_replace(const OpCall& call) {
  const Tensor& tensor = call.input(0);
  const Tensor& updates = call.input(2);
  if (tensor.dtype() != updates.dtype()) {
    raise<DTypeError>(call.op.name, "the tensor is {}, the updates are {}; tf::cast one of them",
                      tensor.dtype().name(), updates.dtype().name());
  }
  check_slices(call.op.name, call.input(1), updates, tensor.shape(), 0);
  return {{tensor.dtype(), tensor.shape()}};
}

TensorSpecs infer_sum(const OpCall& call) {
  TensorSpecs specs = infer_replace(call);
  check_sums(call.op.name, call.input(0));
  return specs;
}

TensorSpecs infer_extreme(const OpCall& call) {
  TensorSpecs specs = infer_replace(call);
  if (!call.input(0).dtype().is_numeric()) {
    raise<DTypeError>(call.op.name, "needs real numbers, got {}; tf::cast it first",
                      call.input(0).dtype().name());
  }
  return specs;
}

Tensors compose_add(const OpCall& call) {
  return {call.input(0) + scatter_nd(call.input(1), call.input(2), call.input(0).shape())};
}

Tensors compose_sub(const OpCall& call) {
  return {call.input(0) - scatter_nd(call.input(1), call.input(2), call.input(0).shape())};
}

Tensors update_vjp(const VjpCall& call) {
  Tensors gradients(3);
  if (call.needs(0)) {
    gradients[0] =
        tensor_scatter_nd_update(call.gradient(), call.input(1), zeros_like(call.input(2)));
  }
  if (call.needs(2)) gradients[2] = gather_nd(call.gradient(), call.input(1));
  return gradients;
}

Tensors add_vjp(const VjpCall& call) {
  return {call.gradient(), Tensor(),
          call.needs(2) ? gather_nd(call.gradient(), call.input(1)) : Tensor()};
}

Tensors sub_vjp(const VjpCall& call) {
  return {call.gradient(), Tensor(),
          call.needs(2) ? -gather_nd(call.gradient(), call.input(1)) : Tensor()};
}

/// Whoever is equal to the result gets its share.
Tensors extreme_vjp(const VjpCall& call) {
  const Tensor& tensor = call.input(0);
  const Tensor& indices = call.input(1);
  const Tensor& updates = call.input(2);
  const Tensor kept = cast(equal(tensor, call.output()), tensor.dtype());
  const Tensor put = cast(equal(updates, gather_nd(call.output(), indices)), tensor.dtype());
  const Tensor share = call.gradient() / (kept + scatter_nd(indices, put, tensor.shape()));
  return {kept * share, Tensor(), put * gather_nd(share, indices)};
}

}  // namespace

constinit OpDef gather_nd_op{.name = "gather_nd",
                             .min_inputs = 2,
                             .max_inputs = 2,
                             .traits = 0,
                             .infer = infer_gather_nd,
                             .compose = compose_gather_nd,
                             .vjp = gather_nd_vjp,
                             .options = &kAttributesType<GatherNdOptions>};

constinit OpDef scatter_nd_op{.name = "scatter_nd",
                              .min_inputs = 2,
                              .max_inputs = 2,
                              .traits = 0,
                              .infer = infer_scatter_nd,
                              .compose = compose_scatter_nd,
                              .vjp = scatter_nd_vjp,
                              .options = &kAttributesType<ScatterNdOptions>};

constinit OpDef tensor_scatter_nd_update_op{.name = "tensor_scatter_nd_update",
                                            .min_inputs = 3,
                                            .max_inputs = 3,
                                            .traits = kUpdate,
                                            .infer = infer_replace,
                                            .vjp = update_vjp};

constinit OpDef tensor_scatter_nd_add_op{.name = "tensor_scatter_nd_add",
                                         .min_inputs = 3,
                                         .max_inputs = 3,
                                         .traits = kUpdate,
                                         .infer = infer_sum,
                                         .compose = compose_add,
                                         .vjp = add_vjp};

constinit OpDef tensor_scatter_nd_sub_op{.name = "tensor_scatter_nd_sub",
                                         .min_inputs = 3,
                                         .max_inputs = 3,
                                         .traits = kUpdate,
                                         .infer = infer_sum,
                                         .compose = compose_sub,
                                         .vjp = sub_vjp};

constinit OpDef tensor_scatter_nd_min_op{.name = "tensor_scatter_nd_min",
                                         .min_inputs = 3,
                                         .max_inputs = 3,
                                         .traits = kUpdate,
                                         .infer = infer_extreme,
                                         .vjp = extreme_vjp};

constinit OpDef tensor_scatter_nd_max_op{.name = "tensor_scatter_nd_max",
                                         .min_inputs = 3,
                                         .max_inputs = 3,
                                         .traits = kUpdate,
                                         .infer = infer_extreme,
                                         .vjp = extreme_vjp};

}  // namespace ops

Tensor gather_nd(const Tensor& params, const Tensor& indices, const GatherNdOptions& options) {
  GatherNdOptions normalized = options;
  if (normalized.batch_dims < 0) normalized.batch_dims += indices.rank();
  if (normalized.batch_dims < 0 || normalized.batch_dims >= std::max(indices.rank(), 1) ||
      normalized.batch_dims > params.rank()) {
    raise<ShapeError>(
        "gather_nd", "batch_dims {} is out of range for params of shape {} and indices of shape {}",
        options.batch_dims, params.shape().to_string(), indices.shape().to_string());
  }
  return apply_one(ops::gather_nd_op, {params, indices}, normalized);
}

Tensor scatter_nd(const Tensor& indices, const Tensor& updates, const Shape& shape) {
  return apply_one(ops::scatter_nd_op, {indices, updates}, ScatterNdOptions{shape, 0});
}

Tensor tensor_scatter_nd_update(const Tensor& tensor, const Tensor& indices,
                                const Tensor& updates) {
  return apply_one(ops::tensor_scatter_nd_update_op, {tensor, indices, updates});
}

Tensor tensor_scatter_nd_add(const Tensor& tensor, const Tensor& indices, const Tensor& updates) {
  return apply_one(ops::tensor_scatter_nd_add_op, {tensor, indices, updates});
}

Tensor tensor_scatter_nd_sub(const Tensor& tensor, const Tensor& indices, const Tensor& updates) {
  return apply_one(ops::tensor_scatter_nd_sub_op, {tensor, indices, updates});
}

Tensor tensor_scatter_nd_min(const Tensor& tensor, const Tensor& indices, const Tensor& updates) {
  return apply_one(ops::tensor_scatter_nd_min_op, {tensor, indices, updates});
}

Tensor tensor_scatter_nd_max(const Tensor& tensor, const Tensor& indices, const Tensor& updates) {
  return apply_one(ops::tensor_scatter_nd_max_op, {tensor, indices, updates});
}

}  // namespace saem
