// extract_patches, extract_patches_grad; floor 2 of 5: meaning.
#include <algorithm>
#include <saem/core/op.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/concat.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/extract_patches.hpp>
#include <saem/ops/pad.hpp>
#include <saem/ops/strided_slice.hpp>

#include "base/message.hpp"

namespace saem {
namespace ops {

extern OpDef extract_patches_grad_op;

namespace {

void check_list(const char* name, const Dims& list) {
  if (list.size() != 4 || list[0] != 1 || list[3] != 1 || list[1] <= 0 || list[2] <= 0) {
    raise<ValueError>("extract_patches",
                      "{} are {}; they must be 1, height, width, 1, and positive", name,
                      Axes(list).to_string());
  }
}

/// Without padding, a patch must fit into the image; that none begins is no error.
void check_fits(const char* side, const PatchAxis& axis) {
  const std::int64_t reach = (axis.size - 1) * axis.rate + 1;
  if ((axis.input - reach + axis.stride) / axis.stride < 0) {
    raise<ShapeError>("extract_patches",
                      "patches of {} {} with rate {} do not fit images of {} {}; see padding SAME",
                      side, axis.size, axis.rate, side, axis.input);
  }
}

Shape patches_shape(const Shape& images, const ExtractPatchesOptions& options) {
  return {images[0], PatchAxis::of(options, images, 1).output,
          PatchAxis::of(options, images, 2).output,
          options.sizes[1] * options.sizes[2] * images[3]};
}

TensorSpecs infer_extract_patches(const OpCall& call) {
  const auto& options = call.options<ExtractPatchesOptions>();
  const Tensor& images = call.input(0);
  if (images.rank() != 4) {
    raise<ShapeError>("extract_patches",
                      "needs rank 4 (images, height, width, channels), got shape {}",
                      images.shape().to_string());
  }
  check_list("sizes", options.sizes);
  check_list("strides", options.strides);
  check_list("rates", options.rates);
  if (options.padding != "VALID" && options.padding != "SAME") {
    raise<ValueError>("extract_patches", "padding is \"{}\"; it must be VALID or SAME",
                      options.padding);
  }
  if (options.padding == "VALID") {
    check_fits("height", PatchAxis::of(options, images.shape(), 1));
    check_fits("width", PatchAxis::of(options, images.shape(), 2));
  }
  const Shape shape = patches_shape(images.shape(), options);
  checked_size(shape, "extract_patches");
  return {{images.dtype(), shape}};
}

/// How many zeros the images need after their end for all patches to lie within.
std::int64_t after(const PatchAxis& axis) {
  const std::int64_t reach = (axis.output - 1) * axis.stride + (axis.size - 1) * axis.rate + 1;
  return std::max<std::int64_t>(0, reach - axis.input - axis.before);
}

/// The pixels that pixel `number` of every patch is, along one axis of the padded images.
SliceIndex pixels(const PatchAxis& axis, std::int64_t number) {
  const std::int64_t begin = number * axis.rate;
  return slice(begin, begin + (axis.output - 1) * axis.stride + 1, axis.stride);
}

Tensors compose_extract_patches(const OpCall& call) {
  const auto& options = call.options<ExtractPatchesOptions>();
  const Tensor& images = call.input(0);
  const PatchAxis height = PatchAxis::of(options, images.shape(), 1);
  const PatchAxis width = PatchAxis::of(options, images.shape(), 2);
  const Shape shape = patches_shape(images.shape(), options);
  if (shape.size() == 0) return {zeros(shape, images.dtype())};
  const Tensor padded =
      pad(images, {{0, 0}, {height.before, after(height)}, {width.before, after(width)}, {0, 0}});
  std::vector<Tensor> parts;
  for (std::int64_t i = 0; i < height.size; ++i) {
    for (std::int64_t j = 0; j < width.size; ++j) {
      parts.push_back(padded(all, pixels(height, i), pixels(width, j)));
    }
  }
  return {concat(parts, {.axis = 3})};
}

Tensors extract_patches_vjp(const VjpCall& call) {
  return {apply_one(
      extract_patches_grad_op, {call.gradient()},
      ExtractPatchesGradOptions{call.options<ExtractPatchesOptions>(), call.input(0).shape()})};
}

TensorSpecs infer_extract_patches_grad(const OpCall& call) {
  const auto& [options, shape] = call.options<ExtractPatchesGradOptions>();
  const Tensor& gradient = call.input(0);
  const Shape expected = patches_shape(shape, options);
  if (gradient.shape() != expected) {
    raise<ShapeError>("extract_patches_grad", "the gradient has shape {}, the patches {}",
                      gradient.shape().to_string(), expected.to_string());
  }
  if (!gradient.dtype().is_numeric() && !gradient.dtype().is_complex()) {
    raise<DTypeError>("extract_patches_grad", "needs numbers, got {}", gradient.dtype().name());
  }
  return {{gradient.dtype(), shape}};
}

/// Each pixel number of all patches put back into padded zeros, and those added.
Tensors compose_extract_patches_grad(const OpCall& call) {
  static OpDef* const put_back = find_op("strided_slice_grad");
  const auto& [options, shape] = call.options<ExtractPatchesGradOptions>();
  const Tensor& gradient = call.input(0);
  const PatchAxis height = PatchAxis::of(options, shape, 1);
  const PatchAxis width = PatchAxis::of(options, shape, 2);
  if (gradient.size() == 0) return {zeros(shape, gradient.dtype())};
  const Shape padded{shape[0], height.before + shape[1] + after(height),
                     width.before + shape[2] + after(width), shape[3]};
  Tensor sum;
  for (std::int64_t i = 0; i < height.size; ++i) {
    for (std::int64_t j = 0; j < width.size; ++j) {
      const std::int64_t channel = (i * width.size + j) * shape[3];
      const Tensor part = gradient(ellipsis, slice(channel, channel + shape[3]));
      const StridedSliceOptions box{{0, i * height.rate, j * width.rate, 0},
                                    {shape[0], height.output, width.output, shape[3]},
                                    {1, height.stride, width.stride, 1},
                                    {0, 1, 2, 3}};
      const Tensor spread = apply_one(*put_back, {part}, StridedSliceGradOptions{box, padded});
      sum = sum.defined() ? sum + spread : spread;
    }
  }
  return {slice(sum, {0, height.before, width.before, 0}, shape.dims())};
}

Tensors extract_patches_grad_vjp(const VjpCall& call) {
  return {
      image::extract_patches(call.gradient(), call.options<ExtractPatchesGradOptions>().patches)};
}

}  // namespace

constinit OpDef extract_patches_op{.name = "extract_patches",
                                   .min_inputs = 1,
                                   .max_inputs = 1,
                                   .traits = 0,
                                   .infer = infer_extract_patches,
                                   .compose = compose_extract_patches,
                                   .vjp = extract_patches_vjp,
                                   .options = &kAttributesType<ExtractPatchesOptions>};

constinit OpDef extract_patches_grad_op{.name = "extract_patches_grad",
                                        .min_inputs = 1,
                                        .max_inputs = 1,
                                        .traits = kBackward,
                                        .infer = infer_extract_patches_grad,
                                        .compose = compose_extract_patches_grad,
                                        .vjp = extract_patches_grad_vjp,
                                        .options = &kAttributesType<ExtractPatchesGradOptions>};

}  // namespace ops

namespace image {

Tensor extract_patches(const Tensor& images, const ExtractPatchesOptions& options) {
  return apply_one(ops::extract_patches_op, {images}, options);
}

}  // namespace image

}  // namespace saem
