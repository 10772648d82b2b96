// sort, argsort, top_k, in_top_k; floor 2 of 5: meaning.
#include <limits>
#include <saem/core/op.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/cast.hpp>
#include <saem/ops/compare.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/gather.hpp>
#include <saem/ops/logical.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/reshape.hpp>
#include <saem/ops/sort.hpp>
#include <saem/ops/transpose.hpp>
#include <saem/ops/where.hpp>

#include "base/message.hpp"
#include "ops/elementwise.hpp"

namespace saem {
namespace ops {

extern OpDef gather_grad_op;

namespace {

/// The kernels count places in 32 bits.
void check_length(const OpCall& call) {
  const Shape& shape = call.input(0).shape();
  if (shape.rank() > 0 && shape.at(-1) > std::numeric_limits<std::int32_t>::max()) {
    raise<ShapeError>(call.op.name, "an axis of {} is too long; it may have 2^31 - 1 elements",
                      shape.at(-1));
  }
}

TensorSpecs infer_sort(const OpCall& call) {
  const std::string& direction = call.options<SortOptions>().direction;
  if (direction != "ASCENDING" && direction != "DESCENDING") {
    raise<ValueError>(call.op.name,
                      "direction is \"{}\"; it must be \"ASCENDING\" or \"DESCENDING\"", direction);
  }
  check_length(call);
  return infer_numeric_unary(call);
}

TensorSpecs infer_argsort(const OpCall& call) {
  TensorSpecs specs = infer_sort(call);
  specs[0].dtype = int32;
  return specs;
}

/// For each line along the last axis its elements at `positions`.
Tensor take_along_lines(const Tensor& x, const Tensor& positions) {
  return gather(x, positions, {.axis = x.rank() - 1, .batch_dims = x.rank() - 1});
}

Tensors compose_sort(const OpCall& call) {
  const Tensor& x = call.input(0);
  return {take_along_lines(x, argsort(x, call.options<SortOptions>()))};
}

// Not dy scattered, but gathered from where each element went: no line of zeros is filled first.
Tensors sort_vjp(const VjpCall& call) {
  const Tensor went = argsort(argsort(call.input(0), call.options<SortOptions>()));
  return {take_along_lines(call.gradient(), went)};
}

TensorSpecs infer_top_k(const OpCall& call) {
  const auto& options = call.options<TopKOptions>();
  TensorSpecs specs = infer_numeric_unary(call);
  Shape& shape = specs[0].shape;
  if (options.index_type != int32 && options.index_type != int64) {
    raise<DTypeError>(call.op.name, "index_type is int32 or int64, not {}",
                      options.index_type.name());
  }
  if (shape.rank() == 0) raise<ShapeError>(call.op.name, "a scalar has no axis to choose from");
  if (options.k < 0 || options.k > shape.at(-1)) {
    raise<ValueError>(call.op.name, "k is {}; it must be in [0, {}], the size of the last axis",
                      options.k, shape.at(-1));
  }
  check_length(call);
  shape[shape.rank() - 1] = options.k;
  return {specs[0], {options.index_type, shape}};
}

Tensors compose_top_k(const OpCall& call) {
  const auto& options = call.options<TopKOptions>();
  const Tensor& x = call.input(0);
  const Tensor order = argsort(x, {.direction = "DESCENDING"});
  Tensor indices = order(ellipsis, slice(0, options.k));
  if (!options.sorted) indices = sort(indices);
  return {take_along_lines(x, indices), cast(indices, options.index_type)};
}

Tensors top_k_vjp(const VjpCall& call) {
  const Shape& shape = call.input(0).shape();
  const int last = shape.rank() - 1;
  if (!call.gradient().defined()) return {Tensor()};
  return {apply_one(gather_grad_op, {call.gradient(), call.output(1)},
                    GatherGradOptions{shape, last, last})};
}

TensorSpecs infer_in_top_k(const OpCall& call) {
  const Tensor& targets = call.input(0);
  const Tensor& predictions = call.input(1);
  if (targets.dtype() != int32 && targets.dtype() != int64) {
    raise<DTypeError>(call.op.name, "targets must be int32 or int64, got {}; tf::cast them",
                      targets.dtype().name());
  }
  if (!predictions.dtype().is_floating()) {
    raise<DTypeError>(call.op.name, "predictions must be floating point, got {}; tf::cast them",
                      predictions.dtype().name());
  }
  if (targets.rank() != 1 || predictions.rank() != 2 ||
      targets.shape()[0] != predictions.shape()[0]) {
    raise<ShapeError>(call.op.name,
                      "needs targets of shape (n,) and predictions of shape (n, classes), got {} "
                      "and {}",
                      targets.shape().to_string(), predictions.shape().to_string());
  }
  return {{bool_, targets.shape()}};
}

Tensors compose_in_top_k(const OpCall& call) {
  const Tensor& predictions = call.input(1);
  const std::int64_t classes = predictions.shape()[1];
  if (classes == 0) return {zeros(call.input(0).shape(), bool_)};
  const Tensor targets = cast(call.input(0), int64);
  const Tensor known = (targets >= 0) & (targets < classes);
  const Tensor column = expand_dims(where(known, targets, 0), 1);
  const Tensor target = gather(predictions, column, {.axis = 1, .batch_dims = 1});  // (n, 1)
  const Tensor higher = reduce_sum(cast(greater(predictions, target), int64), {.axis = 1});  // (n,)
  const Tensor finite =
      reduce_all(equal(predictions - predictions, zeros_like(predictions)), {.axis = 1});
  return {(known & finite) & (higher < call.options<InTopKOptions>().k)};
}

/// `op` along the last axis of `values`, wherever the axis is.
Tensor along_axis(const OpDef& op, const Tensor& values, const SortOptions& options) {
  const int axis = normalize_axis(options.axis, values.rank(), op.name);
  SortOptions last = options;
  last.axis = values.rank() - 1;
  if (axis == last.axis) return apply_one(op, {values}, last);
  Dims perm;
  for (int i = 0; i < values.rank(); ++i) perm.push_back(i);
  std::swap(perm[static_cast<std::size_t>(axis)], perm.back());
  return transpose(apply_one(op, {transpose(values, {.perm = perm})}, last), {.perm = perm});
}

}  // namespace

constinit OpDef sort_op{.name = "sort",
                        .min_inputs = 1,
                        .max_inputs = 1,
                        .traits = 0,
                        .infer = infer_sort,
                        .compose = compose_sort,
                        .vjp = sort_vjp,
                        .options = &kAttributesType<SortOptions>};
constinit OpDef argsort_op{.name = "argsort",
                           .min_inputs = 1,
                           .max_inputs = 1,
                           .traits = kNoGradient,
                           .infer = infer_argsort,
                           .options = &kAttributesType<SortOptions>};
constinit OpDef top_k_op{.name = "top_k",
                         .min_inputs = 1,
                         .max_inputs = 1,
                         .traits = 0,
                         .infer = infer_top_k,
                         .compose = compose_top_k,
                         .vjp = top_k_vjp,
                         .options = &kAttributesType<TopKOptions>};
constinit OpDef in_top_k_op{.name = "in_top_k",
                            .min_inputs = 2,
                            .max_inputs = 2,
                            .traits = kNoGradient,
                            .infer = infer_in_top_k,
                            .compose = compose_in_top_k,
                            .options = &kAttributesType<InTopKOptions>};

}  // namespace ops

Tensor sort(const Tensor& values, const SortOptions& options) {
  return ops::along_axis(ops::sort_op, values, options);
}

Tensor argsort(const Tensor& values, const SortOptions& options) {
  return ops::along_axis(ops::argsort_op, values, options);
}

TopK top_k(const Tensor& x, std::int64_t k, const TopKOptions& options) {
  TopKOptions chosen = options;
  chosen.k = k;
  Tensors outputs = apply(ops::top_k_op, BorrowedTensors<1>(x), chosen);
  return {std::move(outputs[0]), std::move(outputs[1])};
}

Tensor in_top_k(const Tensor& targets, const Tensor& predictions, std::int64_t k) {
  return apply_one(ops::in_top_k_op, {targets, predictions}, InTopKOptions{k});
}

}  // namespace saem
