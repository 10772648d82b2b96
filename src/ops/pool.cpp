// max_pool, avg_pool and their gradients; floor 2 of 5: meaning.
#include <limits>
#include <saem/core/op.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/broadcast.hpp>
#include <saem/ops/cast.hpp>
#include <saem/ops/compare.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/logical.hpp>
#include <saem/ops/pool.hpp>
#include <saem/ops/reshape.hpp>
#include <saem/ops/where.hpp>

#include "base/message.hpp"
#include "ops/elementwise.hpp"
#include "ops/rules.hpp"
#include "ops/window.hpp"

namespace saem {
namespace ops {

extern OpDef max_pool_op;
extern OpDef max_pool_grad_op;
extern OpDef max_pool_gather_op;
extern OpDef avg_pool_op;
extern OpDef avg_pool_grad_op;

using nn::AvgPoolGradOptions;
using nn::PoolOptions;

namespace {

std::vector<WindowAxis> pool_axes(const Shape& x, const PoolOptions& options) {
  return WindowAxis::of(x, Dims(options.window.begin(), options.window.end()), options.strides,
                        options.dilations, options.padding);
}

Shape pool_shape(const Shape& x, const PoolOptions& options) {
  Shape shape{x[0]};
  for (const WindowAxis& axis : pool_axes(x, options)) shape.push_back(axis.output());
  shape.push_back(x.at(-1));
  return shape;
}

void check_windows(const OpCall& call, const Shape& x, const PoolOptions& options) {
  if (x.rank() != static_cast<int>(options.window.size()) + 2) {
    raise<ShapeError>(call.op.name, "needs an input of rank {}, got {}", options.window.size() + 2,
                      x.to_string());
  }
  for (const WindowAxis& axis : pool_axes(x, options)) {
    // As in TensorFlow, a window one stride too large gives no output; beyond, it is a mistake.
    if (axis.padded() + axis.stride < axis.reach()) {
      raise<ShapeError>(call.op.name,
                        "a window that reaches over {} elements does not fit {} (input {}); see "
                        "padding SAME",
                        axis.reach(), axis.padded(), x.to_string());
    }
  }
}

void check_floating(const OpCall& call) {
  const DType dtype = call.input(0).dtype();
  if (dtype.is_floating() && !dtype.is_float8()) return;
  raise<DTypeError>(call.op.name, "needs floating point, got {}; tf::cast it first", dtype.name());
}

void check_number(const OpCall& call) {
  const DType dtype = call.input(0).dtype();
  if (dtype.is_numeric() && !dtype.is_complex() && !dtype.is_float8()) return;
  raise<DTypeError>(call.op.name, "needs real numbers, got {}; tf::cast it first", dtype.name());
}

TensorSpecs infer_max_pool(const OpCall& call) {
  check_number(call);
  check_windows(call, call.input(0).shape(), call.options<PoolOptions>());
  return {{call.input(0).dtype(), pool_shape(call.input(0).shape(), call.options<PoolOptions>())}};
}

TensorSpecs infer_avg_pool(const OpCall& call) {
  check_floating(call);
  check_windows(call, call.input(0).shape(), call.options<PoolOptions>());
  return {{call.input(0).dtype(), pool_shape(call.input(0).shape(), call.options<PoolOptions>())}};
}

void check_gradient(const OpCall& call, const Shape& dy, const Shape& expected) {
  if (dy == expected) return;
  raise<ShapeError>(call.op.name, "the second operand has shape {}, not {}", dy.to_string(),
                    expected.to_string());
}

TensorSpecs infer_max_pool_grad(const OpCall& call) {
  const Shape& x = call.input(0).shape();
  check_number(call);
  check_windows(call, x, call.options<PoolOptions>());
  check_same_dtype(call, call.input(0), call.input(1));
  check_gradient(call, call.input(1).shape(), pool_shape(x, call.options<PoolOptions>()));
  return {{call.input(1).dtype(), x}};
}

TensorSpecs infer_max_pool_gather(const OpCall& call) {
  const Shape& x = call.input(0).shape();
  check_number(call);
  check_windows(call, x, call.options<PoolOptions>());
  check_same_dtype(call, call.input(0), call.input(1));
  check_gradient(call, call.input(1).shape(), x);
  return {{call.input(1).dtype(), pool_shape(x, call.options<PoolOptions>())}};
}

TensorSpecs infer_avg_pool_grad(const OpCall& call) {
  const auto& [options, shape] = call.options<AvgPoolGradOptions>();
  check_floating(call);
  check_windows(call, shape, options);
  check_gradient(call, call.input(0).shape(), pool_shape(shape, options));
  return {{call.input(0).dtype(), shape}};
}

/// Below every number of the dtype, so that padding never wins.
Scalar lowest(DType dtype) {
  if (dtype.is_floating()) return -std::numeric_limits<double>::infinity();
  if (dtype.is_unsigned()) return 0;
  const int bits = static_cast<int>(dtype.size()) * 8;
  return static_cast<std::int64_t>(~std::uint64_t{0} << (bits - 1));
}

Tensors compose_max_pool(const OpCall& call) {
  const auto& options = call.options<PoolOptions>();
  const Tensor& x = call.input(0);
  const Shape shape = pool_shape(x.shape(), options);
  if (shape.size() == 0) return {zeros(shape, x.dtype())};
  const auto axes = pool_axes(x.shape(), options);
  const Tensor padded = pad_windows(x, axes, lowest(x.dtype()));
  Tensor greatest;
  for (const Dims& place : window_places(Dims(options.window.begin(), options.window.end()))) {
    const Tensor elements = elements_at(padded, axes, place);
    greatest = greatest.defined() ? maximum(greatest, elements) : elements;
  }
  return {greatest};
}

/// Calls `body(place, first)`, with the windows whose first greatest element stands at that place.
template <class Body>
void for_each_greatest(const Tensor& x, const PoolOptions& options, Body&& body) {
  const auto axes = pool_axes(x.shape(), options);
  const Tensor padded = pad_windows(x, axes, lowest(x.dtype()));
  const Tensor greatest = apply_one(max_pool_op, {x}, options);
  // A window that padding fills has none of these.
  const Tensor inside = pad_windows(ones(x.shape(), bool_), axes, 0);
  Tensor found;
  for (const Dims& place : window_places(Dims(options.window.begin(), options.window.end()))) {
    const Tensor elements = elements_at(padded, axes, place);
    Tensor here = equal(elements, greatest);
    if (x.dtype().is_floating()) here = logical_or(here, not_equal(elements, elements));
    here = logical_and(here, elements_at(inside, axes, place));
    if (found.defined()) here = logical_and(here, logical_not(found));
    found = found.defined() ? logical_or(found, here) : here;
    body(place, here);
  }
}

Tensors compose_max_pool_grad(const OpCall& call) {
  const auto& options = call.options<PoolOptions>();
  const Tensor& x = call.input(0);
  const DType dtype = call.input(1).dtype();
  const Tensor dy = cast(call.input(1), dtype.size() == 2 ? float32 : dtype);
  if (dy.size() == 0) return {zeros(x.shape(), dtype)};
  const auto axes = pool_axes(x.shape(), options);
  Tensor sum;
  for_each_greatest(x, options, [&](const Dims& place, const Tensor& here) {
    const Tensor part = spread_at(where(here, dy, zeros_like(dy)), axes, place);
    sum = sum.defined() ? sum + part : part;
  });
  return {cast(unpad_windows(sum, axes), dtype)};
}

Tensors compose_max_pool_gather(const OpCall& call) {
  const auto& options = call.options<PoolOptions>();
  const Tensor& x = call.input(0);
  const Tensor& from = call.input(1);
  const Shape shape = pool_shape(x.shape(), options);
  if (shape.size() == 0) return {zeros(shape, from.dtype())};
  const auto axes = pool_axes(x.shape(), options);
  const Tensor padded = pad_windows(from, axes, 0);
  Tensor taken = zeros(shape, from.dtype());
  for_each_greatest(x, options, [&](const Dims& place, const Tensor& here) {
    taken = where(here, elements_at(padded, axes, place), taken);
  });
  return {taken};
}

/// How many elements each window has, (1, windows..., 1).
Tensor window_counts(const std::vector<WindowAxis>& axes, DType dtype) {
  Tensor counts;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const WindowAxis& axis = axes[i];
    std::vector<double> sizes;
    for (std::int64_t window = 0; window < axis.output(); ++window) {
      std::int64_t size = 0;
      for (std::int64_t k = 0; k < axis.size; ++k) {
        const std::int64_t at = window * axis.stride + k * axis.dilation - axis.before;
        size += at >= 0 && at < axis.input ? 1 : 0;
      }
      sizes.push_back(static_cast<double>(size));
    }
    Shape shape;
    for (std::size_t k = 0; k < axes.size() + 2; ++k) shape.push_back(1);
    shape[static_cast<int>(i) + 1] = axis.output();
    const Tensor along = constant(sizes, shape, dtype);
    counts = counts.defined() ? counts * along : along;
  }
  return counts;
}

Tensors compose_avg_pool(const OpCall& call) {
  const auto& options = call.options<PoolOptions>();
  const DType dtype = call.input(0).dtype();
  const Tensor x = cast(call.input(0), dtype.size() == 2 ? float32 : dtype);
  const Shape shape = pool_shape(x.shape(), options);
  if (shape.size() == 0) return {zeros(shape, dtype)};
  const auto axes = pool_axes(x.shape(), options);
  const Tensor padded = pad_windows(x, axes, 0);
  Tensor sum;
  for (const Dims& place : window_places(Dims(options.window.begin(), options.window.end()))) {
    const Tensor elements = elements_at(padded, axes, place);
    sum = sum.defined() ? sum + elements : elements;
  }
  return {cast(sum / window_counts(axes, x.dtype()), dtype)};
}

Tensors compose_avg_pool_grad(const OpCall& call) {
  const auto& [options, shape] = call.options<AvgPoolGradOptions>();
  const DType dtype = call.input(0).dtype();
  const Tensor dy = cast(call.input(0), dtype.size() == 2 ? float32 : dtype);
  if (dy.size() == 0) return {zeros(shape, dtype)};
  const auto axes = pool_axes(shape, options);
  const Tensor counts = window_counts(axes, dy.dtype());
  const Tensor share = where(equal(counts, zeros_like(counts)), zeros_like(dy), dy / counts);
  Tensor sum;
  for (const Dims& place : window_places(Dims(options.window.begin(), options.window.end()))) {
    const Tensor part = spread_at(share, axes, place);
    sum = sum.defined() ? sum + part : part;
  }
  return {cast(unpad_windows(sum, axes), dtype)};
}

Tensors max_pool_vjp(const VjpCall& call) {
  return {apply_one(max_pool_grad_op, {call.input(0), call.gradient()}, call.attributes)};
}

/// Linear in the gradient, constant in x wherever it can be differentiated.
Tensors max_pool_grad_vjp(const VjpCall& call) {
  Tensors gradients(2);
  if (call.needs(1)) {
    gradients[1] = apply_one(max_pool_gather_op, {call.input(0), call.gradient()}, call.attributes);
  }
  return gradients;
}

Tensors max_pool_gather_vjp(const VjpCall& call) {
  Tensors gradients(2);
  if (call.needs(1)) {
    gradients[1] = apply_one(max_pool_grad_op, {call.input(0), call.gradient()}, call.attributes);
  }
  return gradients;
}

/// What follows the greatest elements moves with them.
Tensors max_pool_jvp(const JvpCall& call) {
  return {apply_one(max_pool_gather_op, {call.input(0), call.tangents[0]}, call.attributes)};
}

Tensors second_operand_jvp(const JvpCall& call) {
  if (!call.tangents[1].defined()) return {Tensor()};
  return {apply_one(call.op, {call.input(0), call.tangents[1]}, call.attributes)};
}

Tensors avg_pool_vjp(const VjpCall& call) {
  return {apply_one(avg_pool_grad_op, {call.gradient()},
                    AvgPoolGradOptions{call.options<PoolOptions>(), call.input(0).shape()})};
}

Tensors avg_pool_grad_vjp(const VjpCall& call) {
  return {apply_one(avg_pool_op, {call.gradient()}, call.options<AvgPoolGradOptions>().pool)};
}

Tensors batch_pool(const BatchCall& call) {
  Tensors inputs;
  std::int64_t batch = 0;
  for (std::size_t i = 0; i < call.inputs.size(); ++i) {
    const Tensor slices = batched_input(call, i);
    batch = slices.shape(1);
    inputs.push_back(fold_batch(slices));
  }
  return {unfold_batch(apply_one(call.op, inputs, call.attributes), call.count, batch)};
}

Tensors batch_avg_pool_grad(const BatchCall& call) {
  const auto& [options, shape] = call.options<AvgPoolGradOptions>();
  const Tensor dx = apply_one(call.op, {fold_batch(call.input(0))},
                              AvgPoolGradOptions{options, folded_shape(shape, call.count)});
  return {unfold_batch(dx, call.count, shape[0])};
}

/// `given` with a number for every axis of an input of that shape, channels last.
PoolOptions pool_options(const char* name, const Shape& x, const nn::Window& ksize,
                         const PoolOptions& given) {
  const int spatial_rank = x.rank() - 2;
  const Dims window = spatial_sizes(name, "sizes of the window", ksize, spatial_rank);
  const Dims strides = spatial_sizes(name, "strides", given.strides, spatial_rank);
  const Dims dilations = spatial_sizes(name, "dilations", given.dilations, spatial_rank);
  PoolOptions options;
  options.padding = spatial_padding(name, given.padding, spatial_of(x), window, strides, dilations);
  options.window = window;
  options.strides = strides;
  options.dilations = dilations;
  return options;
}

Tensor pool(const char* name, const OpDef& op, const Tensor& x, int spatial_rank,
            const nn::Window& ksize, const PoolOptions& given) {
  const bool first = channels_first(name, given.data_format, spatial_rank);
  if (x.rank() != spatial_rank + 2) {
    raise<ShapeError>(name, "needs an input of rank {}, got {}", spatial_rank + 2,
                      x.shape().to_string());
  }
  const Tensor last = first ? to_channels_last(x) : x;
  const Tensor y = apply_one(op, {last}, pool_options(name, last.shape(), ksize, given));
  return first ? to_channels_first(y) : y;
}

/// Of each element of `x` its number, in a dtype that holds all of them.
Tensor element_numbers(const Tensor& x, DType dtype, bool from_first_example) {
  const Shape& shape = x.shape();
  const std::int64_t counted = from_first_example ? shape[0] : 1;
  const std::int64_t each = shape[1] * shape[2] * shape[3];
  const DeviceScope beside(x.device());
  const Tensor numbers = range(0, counted * each, 1, {.dtype = dtype});
  return broadcast_to(reshape(numbers, {counted, shape[1], shape[2], shape[3]}), shape);
}

/// The number of spatial axes where no name says it.
int spatial_rank_of(const char* op, const Tensor& x) {
  if (x.rank() < 3 || x.rank() > 5) {
    raise<ShapeError>(op, "needs an input of rank 3, 4 or 5, got {}", x.shape().to_string());
  }
  return x.rank() - 2;
}

}  // namespace

constinit OpDef max_pool_op{.name = "max_pool",
                            .min_inputs = 1,
                            .max_inputs = 1,
                            .traits = 0,
                            .infer = infer_max_pool,
                            .compose = compose_max_pool,
                            .vjp = max_pool_vjp,
                            .options = &kAttributesType<PoolOptions>,
                            .jvp = max_pool_jvp,
                            .batch = batch_pool};

constinit OpDef max_pool_grad_op{.name = "max_pool_grad",
                                 .min_inputs = 2,
                                 .max_inputs = 2,
                                 .traits = kBackward,
                                 .infer = infer_max_pool_grad,
                                 .compose = compose_max_pool_grad,
                                 .vjp = max_pool_grad_vjp,
                                 .options = &kAttributesType<PoolOptions>,
                                 .jvp = second_operand_jvp,
                                 .batch = batch_pool};

/// Of a second tensor like the input, the elements where the windows have their greatest.
constinit OpDef max_pool_gather_op{.name = "max_pool_gather",
                                   .min_inputs = 2,
                                   .max_inputs = 2,
                                   .traits = kBackward,
                                   .infer = infer_max_pool_gather,
                                   .compose = compose_max_pool_gather,
                                   .vjp = max_pool_gather_vjp,
                                   .options = &kAttributesType<PoolOptions>,
                                   .jvp = second_operand_jvp,
                                   .batch = batch_pool};

constinit OpDef avg_pool_op{.name = "avg_pool",
                            .min_inputs = 1,
                            .max_inputs = 1,
                            .traits = 0,
                            .infer = infer_avg_pool,
                            .compose = compose_avg_pool,
                            .vjp = avg_pool_vjp,
                            .options = &kAttributesType<PoolOptions>,
                            .jvp = linear_jvp,
                            .batch = batch_pool};

constinit OpDef avg_pool_grad_op{.name = "avg_pool_grad",
                                 .min_inputs = 1,
                                 .max_inputs = 1,
                                 .traits = kBackward,
                                 .infer = infer_avg_pool_grad,
                                 .compose = compose_avg_pool_grad,
                                 .vjp = avg_pool_grad_vjp,
                                 .options = &kAttributesType<AvgPoolGradOptions>,
                                 .jvp = linear_jvp,
                                 .batch = batch_avg_pool_grad};

}  // namespace ops

namespace nn {

Tensor max_pool(const Tensor& x, const Window& ksize, const PoolOptions& options) {
  const int spatial_rank = ops::spatial_rank_of("max_pool", x);
  return ops::pool("max_pool", ops::max_pool_op, x, spatial_rank, ksize, options);
}

Tensor max_pool1d(const Tensor& x, const Window& ksize, const PoolOptions& options) {
  return ops::pool("max_pool1d", ops::max_pool_op, x, 1, ksize, options);
}

Tensor max_pool2d(const Tensor& x, const Window& ksize, const PoolOptions& options) {
  return ops::pool("max_pool2d", ops::max_pool_op, x, 2, ksize, options);
}

Tensor max_pool3d(const Tensor& x, const Window& ksize, const PoolOptions& options) {
  return ops::pool("max_pool3d", ops::max_pool_op, x, 3, ksize, options);
}

MaxPoolWithArgmax max_pool_with_argmax(const Tensor& x, const Window& ksize,
                                       const MaxPoolWithArgmaxOptions& options) {
  const char* name = "max_pool_with_argmax";
  if (x.rank() != 4) {
    raise<ShapeError>(name, "needs an input of rank 4, got {}", x.shape().to_string());
  }
  if (options.output_dtype != int32 && options.output_dtype != int64) {
    raise<DTypeError>(name, "output_dtype must be int32 or int64, got {}",
                      options.output_dtype.name());
  }
  const PoolOptions pool = ops::pool_options(
      name, x.shape(), ksize, {.strides = options.strides, .padding = options.padding});
  const Tensor output = apply_one(ops::max_pool_op, {x}, pool);
  // float64 counts any tensor's elements and orders all numbers but integers of 64 bits.
  const DType dtype = x.dtype().is_integer() && x.dtype().size() == 8 ? x.dtype() : DType(float64);
  const Tensor numbers = ops::element_numbers(x, dtype, options.include_batch_in_index);
  const Tensor taken = apply_one(ops::max_pool_gather_op, {cast(x, dtype), numbers}, pool);
  return {output, cast(taken, options.output_dtype)};
}

Tensor avg_pool(const Tensor& x, const Window& ksize, const PoolOptions& options) {
  const int spatial_rank = ops::spatial_rank_of("avg_pool", x);
  return ops::pool("avg_pool", ops::avg_pool_op, x, spatial_rank, ksize, options);
}

Tensor avg_pool1d(const Tensor& x, const Window& ksize, const PoolOptions& options) {
  return ops::pool("avg_pool1d", ops::avg_pool_op, x, 1, ksize, options);
}

Tensor avg_pool2d(const Tensor& x, const Window& ksize, const PoolOptions& options) {
  return ops::pool("avg_pool2d", ops::avg_pool_op, x, 2, ksize, options);
}

Tensor avg_pool3d(const Tensor& x, const Window& ksize, const PoolOptions& options) {
  return ops::pool("avg_pool3d", ops::avg_pool_op, x, 3, ksize, options);
}

Tensor pool(const Tensor& x, const Window& window, const std::string& type,
            const PoolOptions& options) {
  const int spatial_rank = ops::spatial_rank_of("pool", x);
  if (type != "MAX" && type != "AVG") {
    raise<ValueError>("pool", "type is \"{}\"; it must be MAX or AVG", type);
  }
  const OpDef& op = type == "MAX" ? ops::max_pool_op : ops::avg_pool_op;
  return ops::pool("pool", op, x, spatial_rank, window, options);
}

}  // namespace nn
}  // namespace saem
