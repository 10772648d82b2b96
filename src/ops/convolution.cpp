// convolution and its two gradients, floor 2 of 5: meaning. The three are linear in each of their
// inputs, and the gradients of each are the other two.
#include "ops/convolution.hpp"

#include <algorithm>
#include <saem/core/op.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/cast.hpp>
#include <saem/ops/concat.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/matmul.hpp>
#include <saem/ops/reshape.hpp>
#include <saem/ops/transpose.hpp>

#include "base/message.hpp"
#include "ops/elementwise.hpp"
#include "ops/rules.hpp"

namespace saem::ops {

extern OpDef convolution_op;
extern OpDef convolution_grad_input_op;
extern OpDef convolution_grad_filter_op;

using nn::ConvolutionGradOptions;
using nn::ConvolutionOptions;

Dims window_sizes(const Shape& filters) { return {filters.begin(), filters.end() - 2}; }

std::vector<WindowAxis> convolution_axes(const Shape& x, const Shape& filters,
                                         const ConvolutionOptions& options) {
  return WindowAxis::of(x, window_sizes(filters), options.strides, options.dilations,
                        options.padding);
}

std::int64_t group_count(const Shape& x, const Shape& filters) {
  return filters.at(-2) == 0 ? 1 : std::max<std::int64_t>(1, x.at(-1) / filters.at(-2));
}

Shape convolution_shape(const Shape& x, const Shape& filters, const ConvolutionOptions& options) {
  Shape shape{x[0]};
  for (const WindowAxis& axis : convolution_axes(x, filters, options)) {
    shape.push_back(axis.output());
  }
  shape.push_back(filters.at(-1));
  return shape;
}

ConvolutionOptions normalized(const char* op, const ConvolutionOptions& options, const Shape& x,
                              const Shape& filters) {
  const Dims spatial = spatial_of(x);
  const int count = static_cast<int>(spatial.size());
  const Dims strides = spatial_sizes(op, "strides", options.strides, count);
  const Dims dilations = spatial_sizes(op, "dilations", options.dilations, count);
  ConvolutionOptions result;
  result.strides = strides;
  result.dilations = dilations;
  result.padding =
      spatial_padding(op, options.padding, spatial, window_sizes(filters), strides, dilations);
  return result;
}

void check_ranks(const char* op, const Tensor& x, const Tensor& filters, int spatial_rank,
                 bool more_batch_axes) {
  const int rank = spatial_rank + 2;
  if (filters.rank() == rank && (x.rank() == rank || (more_batch_axes && x.rank() > rank))) return;
  raise<ShapeError>(op, "needs input and filters of rank {}, got {} and {}", rank,
                    x.shape().to_string(), filters.shape().to_string());
}

namespace {

void check_dtype(const OpCall& call) {
  check_same_dtype(call, call.input(0), call.input(1));
  const DType dtype = call.input(0).dtype();
  if ((dtype.is_floating() && !dtype.is_float8()) || dtype == int32) return;
  raise<DTypeError>(call.op.name, "needs floating point or int32, got {}; tf::cast it first",
                    dtype.name());
}

/// Whether filters of shape `filters` can move over an input of shape `x`.
void check_shapes(const OpCall& call, const Shape& x, const Shape& filters,
                  const ConvolutionOptions& options) {
  if (x.rank() < 3 || x.rank() > 5 || filters.rank() != x.rank()) {
    raise<ShapeError>(call.op.name, "needs input and filters of one rank, 3 to 5, got {} and {}",
                      x.to_string(), filters.to_string());
  }
  const std::int64_t channels = x.at(-1);
  const std::int64_t taken = filters.at(-2);
  if (taken == 0 ? channels != 0 : channels % taken != 0) {
    raise<ShapeError>(call.op.name,
                      "{} channels of an input {} do not match filters {}, which take {}; the last "
                      "axis but one of filters must divide the channels",
                      channels, x.to_string(), filters.to_string(), taken);
  }
  const std::int64_t groups = group_count(x, filters);
  if (filters.at(-1) % groups != 0) {
    raise<ShapeError>(call.op.name,
                      "{} output channels cannot be shared among {} groups (input {}, filters {})",
                      filters.at(-1), groups, x.to_string(), filters.to_string());
  }
  for (const WindowAxis& axis : convolution_axes(x, filters, options)) {
    if (axis.size <= 0) {
      raise<ShapeError>(call.op.name, "filters {} have an empty window", filters.to_string());
    }
    // As in TensorFlow, a window one stride too large gives no output; beyond, it is a mistake.
    const std::int64_t padded = axis.padded();
    if (padded + axis.stride < axis.reach()) {
      raise<ShapeError>(call.op.name,
                        "a window that reaches over {} elements does not fit {} (input {}, filters "
                        "{}); see padding SAME",
                        axis.reach(), padded, x.to_string(), filters.to_string());
    }
  }
}

TensorSpecs infer_convolution(const OpCall& call) {
  const auto& options = call.options<ConvolutionOptions>();
  check_dtype(call);
  check_shapes(call, call.input(0).shape(), call.input(1).shape(), options);
  const Shape shape = convolution_shape(call.input(0).shape(), call.input(1).shape(), options);
  checked_size(shape, call.op.name);
  return {{call.input(0).dtype(), shape}};
}

void check_gradient(const OpCall& call, const Shape& dy, const Shape& x, const Shape& filters,
                    const ConvolutionOptions& options) {
  check_shapes(call, x, filters, options);
  const Shape expected = convolution_shape(x, filters, options);
  if (dy != expected) {
    raise<ShapeError>(call.op.name, "the gradient has shape {}, the convolution {}", dy.to_string(),
                      expected.to_string());
  }
}

TensorSpecs infer_grad_input(const OpCall& call) {
  const auto& [options, shape] = call.options<ConvolutionGradOptions>();
  check_dtype(call);
  check_gradient(call, call.input(0).shape(), shape, call.input(1).shape(), options);
  checked_size(shape, call.op.name);
  return {{call.input(0).dtype(), shape}};
}

TensorSpecs infer_grad_filter(const OpCall& call) {
  const auto& [options, shape] = call.options<ConvolutionGradOptions>();
  check_dtype(call);
  check_gradient(call, call.input(1).shape(), call.input(0).shape(), shape, options);
  return {{call.input(0).dtype(), shape}};
}

/// (..., groups * size) as (groups, everything else, size).
Tensor by_group(const Tensor& x, std::int64_t groups) {
  const std::int64_t size = x.shape(-1) / groups;
  return transpose(reshape(x, {x.size() / x.shape(-1), groups, size}), {.perm = {1, 0, 2}});
}

/// The other way: (groups, rows, size) as (rows, groups * size).
Tensor from_groups(const Tensor& x) {
  return reshape(transpose(x, {.perm = {1, 0, 2}}), {x.shape(1), x.shape(0) * x.shape(2)});
}

/// Each group's channels times its own matrix. `filter` is (channels / groups, output channels).
Tensor mix_channels(const Tensor& x, const Tensor& filter, std::int64_t groups) {
  Shape shape = x.shape();
  shape[shape.rank() - 1] = filter.shape(-1);
  if (groups == 1) {
    return reshape(matmul(reshape(x, {x.size() / x.shape(-1), x.shape(-1)}), filter), shape);
  }
  if (filter.shape(0) == 1) {
    const Tensor columns = reshape(x, {x.size() / x.shape(-1), groups, 1});
    return reshape(columns * reshape(filter, {groups, filter.shape(-1) / groups}), shape);
  }
  return reshape(from_groups(matmul(by_group(x, groups), by_group(filter, groups))), shape);
}

/// (channels / groups, output channels) as (output channels / groups, channels).
Tensor transposed_filter(const Tensor& filter, std::int64_t groups) {
  const std::int64_t outputs = filter.shape(-1) / groups;
  return reshape(
      transpose(reshape(filter, {filter.shape(0), groups, outputs}), {.perm = {2, 1, 0}}),
      {outputs, groups * filter.shape(0)});
}

/// Filters as one matrix for each place of the window.
Tensor by_place(const Tensor& filters) {
  return reshape(filters, {filters.size() / (filters.shape(-1) * filters.shape(-2)),
                           filters.shape(-2), filters.shape(-1)});
}

/// Sums of many products in half precision would be rounded once for each place.
DType sum_dtype(DType dtype) { return dtype.size() == 2 ? float32 : dtype; }

Tensors compose_convolution(const OpCall& call) {
  const auto& options = call.options<ConvolutionOptions>();
  const DType dtype = call.input(0).dtype();
  const Tensor x = cast(call.input(0), sum_dtype(dtype));
  const Tensor filters = cast(call.input(1), sum_dtype(dtype));
  const Shape shape = convolution_shape(x.shape(), filters.shape(), options);
  if (shape.size() == 0 || x.size() == 0) return {zeros(shape, dtype)};
  const std::int64_t groups = group_count(x.shape(), filters.shape());
  const auto axes = convolution_axes(x.shape(), filters.shape(), options);
  const Tensor padded = pad_windows(x, axes, 0);
  const Tensor matrices = by_place(filters);
  Tensor sum;
  std::int64_t number = 0;
  for (const Dims& place : window_places(window_sizes(filters.shape()))) {
    const Tensor part = mix_channels(elements_at(padded, axes, place), matrices(number++), groups);
    sum = sum.defined() ? sum + part : part;
  }
  return {cast(sum, dtype)};
}

Tensors compose_grad_input(const OpCall& call) {
  const auto& [options, shape] = call.options<ConvolutionGradOptions>();
  const DType dtype = call.input(0).dtype();
  const Tensor dy = cast(call.input(0), sum_dtype(dtype));
  const Tensor filters = cast(call.input(1), sum_dtype(dtype));
  if (shape.size() == 0 || dy.size() == 0) return {zeros(shape, dtype)};
  const std::int64_t groups = group_count(shape, filters.shape());
  const auto axes = convolution_axes(shape, filters.shape(), options);
  const Tensor matrices = by_place(filters);
  Tensor sum;
  std::int64_t number = 0;
  for (const Dims& place : window_places(window_sizes(filters.shape()))) {
    const Tensor matrix = transposed_filter(matrices(number++), groups);
    const Tensor part = spread_at(mix_channels(dy, matrix, groups), axes, place);
    sum = sum.defined() ? sum + part : part;
  }
  return {cast(unpad_windows(sum, axes), dtype)};
}

Tensors compose_grad_filter(const OpCall& call) {
  const auto& [options, shape] = call.options<ConvolutionGradOptions>();
  const DType dtype = call.input(0).dtype();
  const Tensor x = cast(call.input(0), sum_dtype(dtype));
  const Tensor dy = cast(call.input(1), sum_dtype(dtype));
  if (shape.size() == 0 || x.size() == 0 || dy.size() == 0) return {zeros(shape, dtype)};
  const std::int64_t groups = group_count(x.shape(), shape);
  const auto axes = convolution_axes(x.shape(), shape, options);
  const Tensor padded = pad_windows(x, axes, 0);
  const Tensor gradient = by_group(dy, groups);
  std::vector<Tensor> parts;
  for (const Dims& place : window_places(window_sizes(shape))) {
    const Tensor elements = by_group(elements_at(padded, axes, place), groups);
    parts.push_back(from_groups(matmul(elements, gradient, {.transpose_a = true})));
  }
  return {cast(reshape(concat(parts, {.axis = 0}), shape), dtype)};
}

Tensor forward(const Tensor& x, const Tensor& filters, const ConvolutionOptions& options) {
  return apply_one(convolution_op, {x, filters}, options);
}

Tensor grad_input(const Tensor& dy, const Tensor& filters, const ConvolutionOptions& options,
                  const Shape& x) {
  return apply_one(convolution_grad_input_op, {dy, filters}, ConvolutionGradOptions{options, x});
}

Tensor grad_filter(const Tensor& x, const Tensor& dy, const ConvolutionOptions& options,
                   const Shape& filters) {
  return apply_one(convolution_grad_filter_op, {x, dy}, ConvolutionGradOptions{options, filters});
}

Tensors convolution_vjp(const VjpCall& call) {
  const auto& options = call.options<ConvolutionOptions>();
  const Tensor& x = call.input(0);
  const Tensor& filters = call.input(1);
  Tensors gradients(2);
  if (call.needs(0)) gradients[0] = grad_input(call.gradient(), filters, options, x.shape());
  if (call.needs(1)) gradients[1] = grad_filter(x, call.gradient(), options, filters.shape());
  return gradients;
}

Tensors grad_input_vjp(const VjpCall& call) {
  const auto& options = call.options<ConvolutionGradOptions>().convolution;
  const Tensor& dy = call.input(0);
  const Tensor& filters = call.input(1);
  Tensors gradients(2);
  if (call.needs(0)) gradients[0] = forward(call.gradient(), filters, options);
  if (call.needs(1)) gradients[1] = grad_filter(call.gradient(), dy, options, filters.shape());
  return gradients;
}

Tensors grad_filter_vjp(const VjpCall& call) {
  const auto& options = call.options<ConvolutionGradOptions>().convolution;
  const Tensor& x = call.input(0);
  const Tensor& dy = call.input(1);
  Tensors gradients(2);
  if (call.needs(0)) gradients[0] = grad_input(dy, call.gradient(), options, x.shape());
  if (call.needs(1)) gradients[1] = forward(x, call.gradient(), options);
  return gradients;
}

/// Slices (count, ..., channels) as groups of channels, which do not see each other, and back.
Tensor slices_to_groups(const BatchCall& call, std::size_t i) {
  const Tensor x = batched_input(call, i);
  Dims perm;
  for (int axis = 1; axis + 1 < x.rank(); ++axis) perm.push_back(axis);
  perm.push_back(0);
  perm.push_back(x.rank() - 1);
  Shape shape(x.shape().begin() + 1, x.shape().end());
  shape[shape.rank() - 1] *= call.count;
  return reshape(transpose(x, {.perm = perm}), shape);
}

Tensor groups_to_slices(const Tensor& x, std::int64_t count) {
  Shape shape(x.shape().begin(), x.shape().end() - 1);
  shape.push_back(count);
  shape.push_back(x.shape(-1) / count);
  Dims perm{x.rank() - 1};
  for (int axis = 0; axis + 1 < x.rank(); ++axis) perm.push_back(axis);
  perm.push_back(x.rank());
  return transpose(reshape(x, shape), {.perm = perm});
}

/// No slices, of shape `slice` each: there are no groups to count.
Tensors no_slices(const BatchCall& call, const Shape& slice) {
  return {zeros(batched_shape(call, slice), call.input(0).dtype())};
}

Tensors batch_convolution(const BatchCall& call) {
  const auto& options = call.options<ConvolutionOptions>();
  if (!call.batched[1]) {
    const Tensor y = forward(fold_batch(call.input(0)), call.input(1), options);
    return {unfold_batch(y, call.count, call.input(0).shape(1))};
  }
  if (call.count == 0) {
    const Shape x = batched_input(call, 0).shape();
    const Shape& filters = call.input(1).shape();
    return no_slices(call, convolution_shape(Shape(x.begin() + 1, x.end()),
                                             Shape(filters.begin() + 1, filters.end()), options));
  }
  const Tensor y = forward(slices_to_groups(call, 0), slices_to_groups(call, 1), options);
  return {groups_to_slices(y, call.count)};
}

Tensors batch_grad_input(const BatchCall& call) {
  auto [options, shape] = call.options<ConvolutionGradOptions>();
  if (!call.batched[1]) {
    const Tensor dx = grad_input(fold_batch(call.input(0)), call.input(1), options,
                                 folded_shape(shape, call.count));
    return {unfold_batch(dx, call.count, shape[0])};
  }
  if (call.count == 0) return no_slices(call, shape);
  shape[shape.rank() - 1] *= call.count;
  const Tensor dx =
      grad_input(slices_to_groups(call, 0), slices_to_groups(call, 1), options, shape);
  return {groups_to_slices(dx, call.count)};
}

Tensors batch_grad_filter(const BatchCall& call) {
  auto [options, shape] = call.options<ConvolutionGradOptions>();
  if (call.count == 0) return no_slices(call, shape);
  shape[shape.rank() - 1] *= call.count;
  const Tensor df =
      grad_filter(slices_to_groups(call, 0), slices_to_groups(call, 1), options, shape);
  return {groups_to_slices(df, call.count)};
}

}  // namespace

constinit OpDef convolution_op{.name = "convolution",
                               .min_inputs = 2,
                               .max_inputs = 2,
                               .traits = 0,
                               .infer = infer_convolution,
                               .compose = compose_convolution,
                               .vjp = convolution_vjp,
                               .options = &kAttributesType<ConvolutionOptions>,
                               .jvp = multilinear_jvp,
                               .batch = batch_convolution};

constinit OpDef convolution_grad_input_op{.name = "convolution_grad_input",
                                          .min_inputs = 2,
                                          .max_inputs = 2,
                                          .traits = kBackward,
                                          .infer = infer_grad_input,
                                          .compose = compose_grad_input,
                                          .vjp = grad_input_vjp,
                                          .options = &kAttributesType<ConvolutionGradOptions>,
                                          .jvp = multilinear_jvp,
                                          .batch = batch_grad_input};

constinit OpDef convolution_grad_filter_op{.name = "convolution_grad_filter",
                                           .min_inputs = 2,
                                           .max_inputs = 2,
                                           .traits = kBackward,
                                           .infer = infer_grad_filter,
                                           .compose = compose_grad_filter,
                                           .vjp = grad_filter_vjp,
                                           .options = &kAttributesType<ConvolutionGradOptions>,
                                           .jvp = multilinear_jvp,
                                           .batch = batch_grad_filter};

}  // namespace saem::ops
