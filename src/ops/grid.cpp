// eye, linspace, meshgrid, sequence_mask; floor 2 of 5: meaning.
#include <algorithm>
#include <saem/core/op.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/broadcast.hpp>
#include <saem/ops/cast.hpp>
#include <saem/ops/compare.hpp>
#include <saem/ops/concat.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/gather.hpp>
#include <saem/ops/grid.hpp>
#include <saem/ops/reshape.hpp>

#include "base/message.hpp"
#include "ops/host.hpp"

namespace saem {
namespace ops {
namespace {

TensorSpecs infer_linspace(const OpCall& call) {
  const auto& options = call.options<LinspaceOptions>();
  const Tensor& start = call.input(0);
  const Tensor& stop = call.input(1);
  if (options.num <= 0) {
    raise<ValueError>("linspace", "num is {}; it must be positive", options.num);
  }
  if (start.dtype() != stop.dtype()) {
    raise<DTypeError>("linspace", "start is {} and stop {}; tf::cast one of them",
                      start.dtype().name(), stop.dtype().name());
  }
  if (!start.dtype().is_floating()) {
    raise<DTypeError>("linspace", "needs numbers, got {}", start.dtype().name());
  }
  Shape shape = broadcast_shapes(start.shape(), stop.shape(), "linspace");
  shape.dims().insert(shape.begin() + options.axis, options.num);
  return {{start.dtype(), shape}};
}

/// The last number is `stop` itself: rounding does not move the end.
Tensors compose_linspace(const OpCall& call) {
  const auto& options = call.options<LinspaceOptions>();
  const Shape shape = broadcast_shapes(call.input(0).shape(), call.input(1).shape());
  const Tensor start = expand_dims(broadcast_to(call.input(0), shape), options.axis);
  const Tensor stop = expand_dims(broadcast_to(call.input(1), shape), options.axis);
  if (options.num == 1) return {start};
  if (options.num == 2) return {concat({start, stop}, {.axis = options.axis})};
  const Tensor delta = (stop - start) / static_cast<double>(options.num - 1);
  Shape along;
  along.dims().resize(static_cast<std::size_t>(start.rank()), 1);
  along[options.axis] = options.num - 2;
  const Tensor steps = reshape(range(1, options.num - 1, 1, {.dtype = start.dtype()}), along);
  return {concat({start, start + delta * steps, stop}, {.axis = options.axis})};
}

TensorSpecs infer_sequence_mask(const OpCall& call) {
  const auto& options = call.options<SequenceMaskOptions>();
  const Tensor& lengths = call.input(0);
  if (!lengths.dtype().is_integer()) {
    raise<DTypeError>("sequence_mask", "lengths must be integers, got {}; tf::cast them",
                      lengths.dtype().name());
  }
  if (*options.maxlen < 0) {
    raise<ShapeError>("sequence_mask", "maxlen is {}; it must not be negative", *options.maxlen);
  }
  Shape shape = lengths.shape();
  shape.push_back(*options.maxlen);
  return {{options.dtype, shape}};
}

Tensors compose_sequence_mask(const OpCall& call) {
  const auto& options = call.options<SequenceMaskOptions>();
  const Tensor places = range(0, *options.maxlen, 1, {.dtype = int64});
  return {cast(less(places, expand_dims(cast(call.input(0), int64), -1)), options.dtype)};
}

}  // namespace

constinit OpDef linspace_op{.name = "linspace",
                            .min_inputs = 2,
                            .max_inputs = 2,
                            .traits = 0,
                            .infer = infer_linspace,
                            .compose = compose_linspace,
                            .options = &kAttributesType<LinspaceOptions>};

constinit OpDef sequence_mask_op{.name = "sequence_mask",
                                 .min_inputs = 1,
                                 .max_inputs = 1,
                                 .traits = kNoGradient,
                                 .infer = infer_sequence_mask,
                                 .compose = compose_sequence_mask,
                                 .options = &kAttributesType<SequenceMaskOptions>};

}  // namespace ops

Tensor eye(std::int64_t num_rows, const EyeOptions& options) {
  const std::int64_t num_columns = options.num_columns.value_or(num_rows);
  Shape shape = options.batch_shape;
  shape.push_back(num_rows);
  shape.push_back(num_columns);
  checked_size(shape, "eye");
  const bool truths = options.dtype.is_bool();
  const Tensor matrix = one_hot(range(0, num_rows, 1, {.dtype = int64}), num_columns,
                                {.on_value = truths ? Scalar(true) : Scalar(1),
                                 .off_value = truths ? Scalar(false) : Scalar(0),
                                 .dtype = options.dtype});
  return options.batch_shape.rank() == 0 ? matrix : broadcast_to(matrix, shape);
}

Tensor linspace(const Tensor& start, const Tensor& stop, std::int64_t num,
                const LinspaceOptions& options) {
  const int rank = std::max(start.rank(), stop.rank());
  const int axis = normalize_axis(options.axis, rank + 1, "linspace");
  const auto number = [](const Tensor& x) { return x.dtype().is_integer() ? cast(x, float64) : x; };
  return apply_one(ops::linspace_op, {number(start), number(stop)}, LinspaceOptions{axis, num});
}

Tensor linspace(Scalar start, Scalar stop, std::int64_t num) {
  const DType dtype = start.is_floating() || stop.is_floating() ? float32 : float64;
  return linspace(fill({}, start, {.dtype = dtype}), fill({}, stop, {.dtype = dtype}), num);
}

std::vector<Tensor> meshgrid(const std::vector<Tensor>& values, const MeshgridOptions& options) {
  if (options.indexing != "xy" && options.indexing != "ij") {
    raise<ValueError>("meshgrid", "indexing is \"{}\"; it must be \"xy\" or \"ij\"",
                      options.indexing);
  }
  const bool swapped = options.indexing == "xy" && values.size() > 1;
  const auto axis_of = [&](std::size_t i) {
    return static_cast<int>(swapped && i < 2 ? 1 - i : i);
  };
  Shape grid;
  grid.dims().resize(values.size(), 1);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i].rank() > 1) {
      raise<ShapeError>("meshgrid", "values[{}] has shape {}; it must have rank 1", i,
                        values[i].shape().to_string());
    }
    grid[axis_of(i)] = values[i].size();
  }
  std::vector<Tensor> coordinates;
  for (std::size_t i = 0; i < values.size(); ++i) {
    Shape along;
    along.dims().resize(values.size(), 1);
    along[axis_of(i)] = values[i].size();
    coordinates.push_back(broadcast_to(reshape(values[i], along), grid));
  }
  return coordinates;
}

Tensor sequence_mask(const Tensor& lengths, const SequenceMaskOptions& options) {
  SequenceMaskOptions known = options;
  if (!known.maxlen) {
    const std::vector<std::int64_t> all_lengths =
        ops::host_integers(cast(lengths, int64), "sequence_mask", "lengths");
    known.maxlen = 0;
    for (const std::int64_t length : all_lengths) known.maxlen = std::max(*known.maxlen, length);
  }
  return apply_one(ops::sequence_mask_op, {lengths}, known);
}

}  // namespace saem
