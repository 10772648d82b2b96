// space_to_depth, depth_to_space, space_to_batch, batch_to_space; floor 2 of 5: meaning.
#include <saem/core/op.hpp>
#include <saem/ops/pad.hpp>
#include <saem/ops/reshape.hpp>
#include <saem/ops/space_to_depth.hpp>
#include <saem/ops/strided_slice.hpp>
#include <saem/ops/transpose.hpp>

#include "base/message.hpp"

namespace saem {
namespace ops {
namespace {

/// An image batch's sizes, wherever its channels lie.
struct Image {
  std::int64_t batch;
  std::int64_t height;
  std::int64_t width;
  std::int64_t channels;
  bool channels_last;

  [[nodiscard]] Shape shape() const {
    return channels_last ? Shape{batch, height, width, channels}
                         : Shape{batch, channels, height, width};
  }
};

Image image_of(const OpCall& call) {
  const auto& options = call.options<SpaceToDepthOptions>();
  const Shape& shape = call.input(0).shape();
  if (options.data_format != "NHWC" && options.data_format != "NCHW") {
    raise<ValueError>(call.op.name, "data_format is \"{}\"; it must be NHWC or NCHW",
                      options.data_format);
  }
  if (options.block_size < 2) {
    raise<ValueError>(call.op.name, "block_size is {}; it must be at least 2", options.block_size);
  }
  if (shape.rank() != 4) {
    raise<ShapeError>(call.op.name, "needs rank 4 (images, height, width, channels), got shape {}",
                      shape.to_string());
  }
  if (options.data_format == "NHWC") return {shape[0], shape[1], shape[2], shape[3], true};
  return {shape[0], shape[2], shape[3], shape[1], false};
}

Image without_space(const OpCall& call) {
  const std::int64_t block = call.options<SpaceToDepthOptions>().block_size;
  Image image = image_of(call);
  if (image.height % block != 0 || image.width % block != 0) {
    raise<ShapeError>(call.op.name, "height {} and width {} are not multiples of block_size {}",
                      image.height, image.width, block);
  }
  return {image.batch, image.height / block, image.width / block, image.channels * block * block,
          image.channels_last};
}

Image without_depth(const OpCall& call) {
  const std::int64_t block = call.options<SpaceToDepthOptions>().block_size;
  Image image = image_of(call);
  // Divided twice, because the square of a large block would overflow.
  if (image.channels % block != 0 || image.channels / block % block != 0) {
    raise<ShapeError>(call.op.name, "{} channels are not a multiple of block_size {} squared",
                      image.channels, block);
  }
  return {image.batch, image.height * block, image.width * block, image.channels / block / block,
          image.channels_last};
}

TensorSpecs infer_space_to_depth(const OpCall& call) {
  return {{call.input(0).dtype(), without_space(call).shape()}};
}

TensorSpecs infer_depth_to_space(const OpCall& call) {
  return {{call.input(0).dtype(), without_depth(call).shape()}};
}

Tensors compose_space_to_depth(const OpCall& call) {
  const std::int64_t b = call.options<SpaceToDepthOptions>().block_size;
  const Image to = without_space(call);
  const std::int64_t channels = image_of(call).channels;
  const Tensor& x = call.input(0);
  if (to.channels_last) {
    const Tensor blocks = reshape(x, {to.batch, to.height, b, to.width, b, channels});
    return {reshape(transpose(blocks, {.perm = {0, 1, 3, 2, 4, 5}}), to.shape())};
  }
  const Tensor blocks = reshape(x, {to.batch, channels, to.height, b, to.width, b});
  return {reshape(transpose(blocks, {.perm = {0, 3, 5, 1, 2, 4}}), to.shape())};
}

Tensors compose_depth_to_space(const OpCall& call) {
  const std::int64_t b = call.options<SpaceToDepthOptions>().block_size;
  const Image from = image_of(call);
  const Image to = without_depth(call);
  const Tensor& x = call.input(0);
  if (to.channels_last) {
    const Tensor blocks = reshape(x, {to.batch, from.height, from.width, b, b, to.channels});
    return {reshape(transpose(blocks, {.perm = {0, 1, 3, 2, 4, 5}}), to.shape())};
  }
  const Tensor blocks = reshape(x, {to.batch, b, b, to.channels, from.height, from.width});
  return {reshape(transpose(blocks, {.perm = {0, 3, 4, 1, 5, 2}}), to.shape())};
}

Tensors space_to_depth_vjp(const VjpCall& call) {
  const auto& options = call.options<SpaceToDepthOptions>();
  return {nn::depth_to_space(call.gradient(), options.block_size, options)};
}

Tensors depth_to_space_vjp(const VjpCall& call) {
  const auto& options = call.options<SpaceToDepthOptions>();
  return {nn::space_to_depth(call.gradient(), options.block_size, options)};
}

Paddings margins_of(const SpaceToBatchOptions& options) {
  Paddings margins;
  for (std::size_t i = 0; i < options.before.size(); ++i) {
    margins.emplace_back(options.before[i], options.after[i]);
  }
  return margins;
}

void check_blocks(const OpCall& call) {
  const auto& options = call.options<SpaceToBatchOptions>();
  const Shape& shape = call.input(0).shape();
  if (shape.rank() <= static_cast<int>(options.block_shape.size())) {
    raise<ShapeError>(call.op.name, "{} blocks need a higher rank than shape {}",
                      options.block_shape.size(), shape.to_string());
  }
  for (std::size_t i = 0; i < options.block_shape.size(); ++i) {
    if (options.block_shape[i] <= 0 || options.before[i] < 0 || options.after[i] < 0) {
      raise<ShapeError>(call.op.name,
                        "axis {} has block {} and margins {} and {}; blocks must be positive, "
                        "margins not negative",
                        i + 1, options.block_shape[i], options.before[i], options.after[i]);
    }
  }
  checked_size(Shape(options.block_shape), call.op.name);
}

/// All axes of `x` padded: the first and those without blocks by nothing.
Paddings whole_paddings(const Tensor& x, const SpaceToBatchOptions& options) {
  Paddings paddings(static_cast<std::size_t>(x.rank()), {0, 0});
  for (std::size_t i = 0; i < options.before.size(); ++i) {
    paddings[i + 1] = {options.before[i], options.after[i]};
  }
  return paddings;
}

TensorSpecs infer_space_to_batch(const OpCall& call) {
  check_blocks(call);
  const auto& options = call.options<SpaceToBatchOptions>();
  Shape shape = call.input(0).shape();
  for (std::size_t i = 0; i < options.block_shape.size(); ++i) {
    const int axis = static_cast<int>(i) + 1;
    const std::int64_t padded = shape[axis] + options.before[i] + options.after[i];
    if (padded % options.block_shape[i] != 0) {
      raise<ShapeError>("space_to_batch",
                        "axis {} has {} elements with its paddings, which blocks "
                        "of {} do not divide",
                        axis, padded, options.block_shape[i]);
    }
    shape[0] *= options.block_shape[i];
    shape[axis] = padded / options.block_shape[i];
  }
  return {{call.input(0).dtype(), shape}};
}

TensorSpecs infer_batch_to_space(const OpCall& call) {
  check_blocks(call);
  const auto& options = call.options<SpaceToBatchOptions>();
  Shape shape = call.input(0).shape();
  const std::int64_t product = Shape(options.block_shape).size();
  if (shape[0] % product != 0) {
    raise<ShapeError>("batch_to_space",
                      "the first axis has {} elements, which blocks of {} in all "
                      "do not divide",
                      shape[0], product);
  }
  shape[0] /= product;
  for (std::size_t i = 0; i < options.block_shape.size(); ++i) {
    const int axis = static_cast<int>(i) + 1;
    std::int64_t& size = shape[axis];
    size *= options.block_shape[i];
    if (options.before[i] > size || options.after[i] > size - options.before[i]) {
      raise<ShapeError>("batch_to_space",
                        "axis {} has {} elements, from which crops of {} and {} "
                        "cannot be cut",
                        axis, size, options.before[i], options.after[i]);
    }
    size -= options.before[i] + options.after[i];
  }
  return {{call.input(0).dtype(), shape}};
}

/// (N, p1, p2, rest) as (N, p1 / b1, b1, p2 / b2, b2, rest), with the blocks brought to the front.
Tensors compose_space_to_batch(const OpCall& call) {
  const auto& options = call.options<SpaceToBatchOptions>();
  const Tensor padded = pad(call.input(0), whole_paddings(call.input(0), options));
  const auto blocks = static_cast<int>(options.block_shape.size());
  Shape cut{padded.shape()[0]};
  Dims perm;
  for (int i = 0; i < blocks; ++i) {
    const std::int64_t block = options.block_shape[static_cast<std::size_t>(i)];
    cut.push_back(padded.shape()[i + 1] / block);
    cut.push_back(block);
    perm.push_back(2 * i + 2);
  }
  for (int i = 0; i <= blocks; ++i) perm.push_back(i == 0 ? 0 : 2 * i - 1);
  for (int axis = blocks + 1; axis < padded.rank(); ++axis) {
    cut.push_back(padded.shape()[axis]);
    perm.push_back(axis + blocks);
  }
  const Shape result = infer_space_to_batch(call)[0].shape;
  return {reshape(transpose(reshape(padded, cut), {.perm = perm}), result)};
}

/// (b1 b2 N, s1, s2, rest) as (b1, b2, N, s1, s2, rest), each block brought behind its axis.
Tensors compose_batch_to_space(const OpCall& call) {
  const auto& options = call.options<SpaceToBatchOptions>();
  const Tensor& x = call.input(0);
  const auto blocks = static_cast<int>(options.block_shape.size());
  const Shape result = infer_batch_to_space(call)[0].shape;
  Shape cut(options.block_shape);
  Shape joined{result[0]};
  Dims perm{blocks};
  cut.push_back(result[0]);
  for (int axis = 1; axis < x.rank(); ++axis) {
    cut.push_back(x.shape()[axis]);
    perm.push_back(blocks + axis);
    if (axis <= blocks) perm.push_back(axis - 1);
    const std::int64_t block =
        axis <= blocks ? options.block_shape[static_cast<std::size_t>(axis - 1)] : 1;
    joined.push_back(x.shape()[axis] * block);
  }
  Dims begin(static_cast<std::size_t>(x.rank()), 0);
  for (std::size_t i = 0; i < options.before.size(); ++i) begin[i + 1] = options.before[i];
  return {slice(reshape(transpose(reshape(x, cut), {.perm = perm}), joined), begin, result.dims())};
}

Tensors space_to_batch_vjp(const VjpCall& call) {
  const auto& options = call.options<SpaceToBatchOptions>();
  return {batch_to_space(call.gradient(), options.block_shape, margins_of(options))};
}

Tensors batch_to_space_vjp(const VjpCall& call) {
  const auto& options = call.options<SpaceToBatchOptions>();
  return {space_to_batch(call.gradient(), options.block_shape, margins_of(options))};
}

}  // namespace

constinit OpDef space_to_depth_op{.name = "space_to_depth",
                                  .min_inputs = 1,
                                  .max_inputs = 1,
                                  .traits = 0,
                                  .infer = infer_space_to_depth,
                                  .compose = compose_space_to_depth,
                                  .vjp = space_to_depth_vjp,
                                  .options = &kAttributesType<SpaceToDepthOptions>};

constinit OpDef depth_to_space_op{.name = "depth_to_space",
                                  .min_inputs = 1,
                                  .max_inputs = 1,
                                  .traits = 0,
                                  .infer = infer_depth_to_space,
                                  .compose = compose_depth_to_space,
                                  .vjp = depth_to_space_vjp,
                                  .options = &kAttributesType<SpaceToDepthOptions>};

constinit OpDef space_to_batch_op{.name = "space_to_batch",
                                  .min_inputs = 1,
                                  .max_inputs = 1,
                                  .traits = 0,
                                  .infer = infer_space_to_batch,
                                  .compose = compose_space_to_batch,
                                  .vjp = space_to_batch_vjp,
                                  .options = &kAttributesType<SpaceToBatchOptions>};

constinit OpDef batch_to_space_op{.name = "batch_to_space",
                                  .min_inputs = 1,
                                  .max_inputs = 1,
                                  .traits = 0,
                                  .infer = infer_batch_to_space,
                                  .compose = compose_batch_to_space,
                                  .vjp = batch_to_space_vjp,
                                  .options = &kAttributesType<SpaceToBatchOptions>};

}  // namespace ops

namespace nn {

Tensor space_to_depth(const Tensor& x, std::int64_t block_size,
                      const SpaceToDepthOptions& options) {
  return apply_one(ops::space_to_depth_op, {x},
                   SpaceToDepthOptions{options.data_format, block_size});
}

Tensor depth_to_space(const Tensor& x, std::int64_t block_size,
                      const SpaceToDepthOptions& options) {
  return apply_one(ops::depth_to_space_op, {x},
                   SpaceToDepthOptions{options.data_format, block_size});
}

}  // namespace nn

namespace {

SpaceToBatchOptions blocks_and_margins(const char* op, const Dims& block_shape,
                                       const Paddings& margins) {
  if (block_shape.size() != margins.size()) {
    raise<ShapeError>(op, "{} blocks and {} margins; give one margin for each block",
                      block_shape.size(), margins.size());
  }
  SpaceToBatchOptions options{block_shape, {}, {}};
  for (const auto& [before, after] : margins) {
    options.before.push_back(before);
    options.after.push_back(after);
  }
  return options;
}

}  // namespace

Tensor space_to_batch(const Tensor& x, const Dims& block_shape, const Paddings& paddings) {
  return apply_one(ops::space_to_batch_op, {x},
                   blocks_and_margins("space_to_batch", block_shape, paddings));
}

Tensor batch_to_space(const Tensor& x, const Dims& block_shape, const Paddings& crops) {
  return apply_one(ops::batch_to_space_op, {x},
                   blocks_and_margins("batch_to_space", block_shape, crops));
}

}  // namespace saem
