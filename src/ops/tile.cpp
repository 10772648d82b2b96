// tile, repeat; floor 2 of 5: meaning.
#include <saem/core/op.hpp>
#include <saem/ops/broadcast.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/gather.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/reshape.hpp>
#include <saem/ops/tile.hpp>

#include "base/message.hpp"
#include "ops/host.hpp"
#include "ops/rules.hpp"

namespace saem {
namespace ops {
namespace {

Shape tiled_shape(const Shape& shape, const Dims& multiples) {
  Shape tiled = shape;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    tiled[axis] *= multiples[static_cast<std::size_t>(axis)];
  }
  return tiled;
}

/// `shape` with an axis of its multiple before each axis that is repeated, and where those lie.
struct Split {
  Shape single;    ///< the new axes have size 1
  Shape repeated;  ///< they have their multiples
  Dims added;
};

Split split_axes(const Shape& shape, const Dims& multiples) {
  Split split;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    const std::int64_t multiple = multiples[static_cast<std::size_t>(axis)];
    if (multiple != 1) {
      split.added.push_back(split.single.rank());
      split.single.push_back(1);
      split.repeated.push_back(multiple);
    }
    split.single.push_back(shape[axis]);
    split.repeated.push_back(shape[axis]);
  }
  return split;
}

TensorSpecs infer_tile(const OpCall& call) {
  const Dims& multiples = call.options<TileOptions>().multiples;
  const Tensor& x = call.input(0);
  if (multiples.size() != static_cast<std::size_t>(x.rank())) {
    raise<ShapeError>("tile", "{} multiples do not fit shape {}, which has {} axes",
                      multiples.size(), x.shape().to_string(), x.rank());
  }
  for (const std::int64_t multiple : multiples) {
    if (multiple < 0) {
      raise<ShapeError>("tile", "multiples {} have a negative one", Axes(multiples).to_string());
    }
  }
  checked_size(split_axes(x.shape(), multiples).repeated, "tile");
  return {{x.dtype(), tiled_shape(x.shape(), multiples)}};
}

Tensors compose_tile(const OpCall& call) {
  const Dims& multiples = call.options<TileOptions>().multiples;
  const Tensor& x = call.input(0);
  const Split split = split_axes(x.shape(), multiples);
  return {reshape(broadcast_to(reshape(x, split.single), split.repeated),
                  tiled_shape(x.shape(), multiples))};
}

Tensors tile_vjp(const VjpCall& call) {
  const Shape& shape = call.input(0).shape();
  const Split split = split_axes(shape, call.options<TileOptions>().multiples);
  if (split.added.empty()) return {call.gradient()};
  const Tensor tiles = reshape(call.gradient(), split.repeated);
  return {reshape(reduce_sum(tiles, {.axis = Axes(split.added)}), shape)};
}

/// What `repeat` works on: `x`, flattened if no axis is named.
struct Repeated {
  Tensor x;
  int axis;
};

Repeated repeated(const Tensor& x, const RepeatOptions& options) {
  if (!options.axis) return {reshape(x, {-1}), 0};
  return {x, normalize_axis(*options.axis, x.rank(), "repeat")};
}

void check_repeat(std::int64_t repeats) {
  if (repeats < 0) {
    raise<ValueError>("repeat", "{} repeats are too few; they must not be negative", repeats);
  }
}

Tensor repeat_each(const Tensor& x, const std::vector<std::int64_t>& repeats,
                   const RepeatOptions& options) {
  if (repeats.size() == 1) return repeat(x, repeats[0], options);
  const auto [source, axis] = repeated(x, options);
  if (static_cast<std::int64_t>(repeats.size()) != source.shape()[axis]) {
    raise<ShapeError>("repeat", "{} repeats do not fit axis {} of shape {}, which has size {}",
                      repeats.size(), axis, source.shape().to_string(), source.shape()[axis]);
  }
  std::vector<std::int64_t> places;
  for (std::size_t i = 0; i < repeats.size(); ++i) {
    check_repeat(repeats[i]);
    places.insert(places.end(), static_cast<std::size_t>(repeats[i]), static_cast<std::int64_t>(i));
  }
  const DeviceScope beside(x.device());
  return gather(source, constant(places), {.axis = axis});
}

Tensors batch_tile(const BatchCall& call) {
  Dims multiples = call.options<TileOptions>().multiples;
  multiples.insert(multiples.begin(), 1);
  return apply(call.op, call.inputs, TileOptions{std::move(multiples)});
}

}  // namespace

constinit OpDef tile_op{.name = "tile",
                        .min_inputs = 1,
                        .max_inputs = 1,
                        .traits = 0,
                        .infer = infer_tile,
                        .compose = compose_tile,
                        .vjp = tile_vjp,
                        .options = &kAttributesType<TileOptions>,
                        .jvp = linear_jvp,
                        .batch = batch_tile};

}  // namespace ops

Tensor tile(const Tensor& x, const Dims& multiples) {
  return apply_one(ops::tile_op, {x}, TileOptions{multiples});
}

Tensor repeat(const Tensor& x, std::int64_t repeats, const RepeatOptions& options) {
  ops::check_repeat(repeats);
  const auto [source, axis] = ops::repeated(x, options);
  Shape wide = source.shape();
  wide.dims().insert(wide.begin() + axis + 1, repeats);
  const Tensor copies = broadcast_to(expand_dims(source, axis + 1), wide);  // checks the size
  Shape shape = source.shape();
  shape[axis] *= repeats;
  return reshape(copies, shape);
}

Tensor repeat(const Tensor& x, const Tensor& repeats, const RepeatOptions& options) {
  if (repeats.rank() > 1) {
    raise<ShapeError>("repeat", "repeats has shape {}; it must be a number or have rank 1",
                      repeats.shape().to_string());
  }
  return ops::repeat_each(x, ops::host_integers(repeats, "repeat", "repeats"), options);
}

Tensor repeat(const Tensor& x, std::initializer_list<std::int64_t> repeats,
              const RepeatOptions& options) {
  return ops::repeat_each(x, repeats, options);
}

}  // namespace saem
