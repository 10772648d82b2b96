// pad, mirror_pad; floor 2 of 5: meaning.
#include <algorithm>
#include <cctype>
#include <saem/core/op.hpp>
#include <saem/ops/concat.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/pad.hpp>
#include <saem/ops/strided_slice.hpp>

#include "base/message.hpp"

namespace saem {
namespace ops {
namespace {

Shape padded_shape(const Shape& shape, const PadOptions& options) {
  Shape padded = shape;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    const auto at = static_cast<std::size_t>(axis);
    if (options.before[at] < 0 || options.after[at] < 0) {
      raise<ShapeError>("pad", "axis {} has paddings {} and {}; they must not be negative", axis,
                        options.before[at], options.after[at]);
    }
    std::int64_t& size = padded[axis];
    if (__builtin_add_overflow(size, options.before[at], &size) ||
        __builtin_add_overflow(size, options.after[at], &size)) {
      raise<ShapeError>("pad", "axis {} would have more elements than 64 bits can count", axis);
    }
  }
  checked_size(padded, "pad");
  return padded;
}

TensorSpecs infer_pad(const OpCall& call) {
  const auto& options = call.options<PadOptions>();
  options.constant_values.check_fits(call.input(0).dtype(), "pad");
  return {{call.input(0).dtype(), padded_shape(call.input(0).shape(), options)}};
}

Tensors compose_pad(const OpCall& call) {
  const auto& options = call.options<PadOptions>();
  Tensor x = call.input(0);
  for (int axis = 0; axis < x.rank(); ++axis) {
    const auto at = static_cast<std::size_t>(axis);
    const auto margin = [&](std::int64_t size) {
      Shape shape = x.shape();
      shape[axis] = size;
      return fill(shape, options.constant_values, {.dtype = x.dtype()});
    };
    x = concat({margin(options.before[at]), x, margin(options.after[at])}, {.axis = axis});
  }
  return {x};
}

Tensors pad_vjp(const VjpCall& call) {
  return {slice(call.gradient(), call.options<PadOptions>().before, call.input(0).shape().dims())};
}

/// The element next to the border that the mirror starts with: the second or the first.
std::int64_t mirror_start(const PadOptions& options) { return options.mode == "REFLECT" ? 1 : 0; }

TensorSpecs infer_mirror_pad(const OpCall& call) {
  const auto& options = call.options<PadOptions>();
  const Shape& shape = call.input(0).shape();
  const Shape padded = padded_shape(shape, options);
  for (int axis = 0; axis < shape.rank(); ++axis) {
    const auto at = static_cast<std::size_t>(axis);
    const std::int64_t widest = std::max(options.before[at], options.after[at]);
    const std::int64_t most = shape[axis] - mirror_start(options);
    if (widest > most) {
      raise<ShapeError>("pad", "mode {} cannot put {} elements beside axis {} of shape {}, only {}",
                        options.mode, widest, axis, shape.to_string(), most);
    }
  }
  return {{call.input(0).dtype(), padded}};
}

/// Along each axis: the first elements backwards, all of them, the last ones backwards.
Tensors compose_mirror_pad(const OpCall& call) {
  const auto& options = call.options<PadOptions>();
  const std::int64_t start = mirror_start(options);
  Tensor x = call.input(0);
  for (int axis = 0; axis < x.rank(); ++axis) {
    const auto at = static_cast<std::size_t>(axis);
    const std::int64_t size = x.shape()[axis];
    const auto mirrored = [&](std::int64_t begin, std::int64_t count) {
      Dims begins(static_cast<std::size_t>(x.rank()), 0);
      Dims sizes(static_cast<std::size_t>(x.rank()), -1);
      begins[at] = begin;
      sizes[at] = count;
      return reverse(slice(x, begins, sizes), {axis});
    };
    std::vector<Tensor> parts;
    if (options.before[at] > 0) parts.push_back(mirrored(start, options.before[at]));
    parts.push_back(x);
    if (options.after[at] > 0) {
      parts.push_back(mirrored(size - start - options.after[at], options.after[at]));
    }
    if (parts.size() > 1) x = concat(parts, {.axis = axis});
  }
  return {x};
}

}  // namespace

constinit OpDef pad_op{.name = "pad",
                       .min_inputs = 1,
                       .max_inputs = 1,
                       .traits = 0,
                       .infer = infer_pad,
                       .compose = compose_pad,
                       .vjp = pad_vjp,
                       .options = &kAttributesType<PadOptions>};

constinit OpDef mirror_pad_op{.name = "mirror_pad",
                              .min_inputs = 1,
                              .max_inputs = 1,
                              .traits = 0,
                              .infer = infer_mirror_pad,
                              .compose = compose_mirror_pad,
                              .options = &kAttributesType<PadOptions>};

}  // namespace ops

Tensor pad(const Tensor& x, const Paddings& paddings, const PadOptions& options) {
  if (static_cast<int>(paddings.size()) != x.rank()) {
    raise<ShapeError>("pad", "{} paddings do not fit shape {}, which has {} axes", paddings.size(),
                      x.shape().to_string(), x.rank());
  }
  PadOptions normalized{options.mode, options.constant_values, {}, {}};
  for (char& letter : normalized.mode) {
    letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
  }
  for (const auto& [before, after] : paddings) {
    normalized.before.push_back(before);
    normalized.after.push_back(after);
  }
  if (normalized.mode == "CONSTANT") {
    if (x.dtype().is_bool() && normalized.constant_values == Scalar(0)) {
      normalized.constant_values = false;
    }
    return apply_one(ops::pad_op, {x}, normalized);
  }
  if (normalized.mode != "REFLECT" && normalized.mode != "SYMMETRIC") {
    raise<ValueError>("pad", "mode is \"{}\"; it must be CONSTANT, REFLECT or SYMMETRIC",
                      options.mode);
  }
  return apply_one(ops::mirror_pad_op, {x}, normalized);
}

}  // namespace saem
