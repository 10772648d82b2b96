// strided_slice, strided_slice_grad, strided_slice_update, slice, reverse; floor 2 of 5: meaning.
// Behind Tensor::operator() and Tensor::at.
#include <algorithm>
#include <numeric>
#include <saem/core/op.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/boolean_mask.hpp>
#include <saem/ops/compare.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/gather.hpp>
#include <saem/ops/reshape.hpp>
#include <saem/ops/strided_slice.hpp>
#include <saem/ops/where.hpp>

#include "base/message.hpp"
#include "core/backend.hpp"
#include "ops/elementwise.hpp"
#include "ops/rules.hpp"

namespace saem {
namespace ops {

extern OpDef strided_slice_op;
extern OpDef strided_slice_grad_op;
extern OpDef strided_slice_update_op;

namespace {

Shape output_shape(const StridedSliceOptions& slice) {
  Shape shape;
  for (const std::int64_t axis : slice.axes) {
    shape.push_back(axis < 0 ? 1 : slice.size[static_cast<std::size_t>(axis)]);
  }
  return shape;
}

TensorSpecs infer_strided_slice(const OpCall& call) {
  return {{call.input(0).dtype(), output_shape(call.options<StridedSliceOptions>())}};
}

Tensor view_strided_slice(const OpCall& call) {
  const auto& slice = call.options<StridedSliceOptions>();
  const Tensor& x = call.input(0);
  std::int64_t offset = 0;
  bool empty = false;
  for (std::size_t axis = 0; axis < slice.begin.size(); ++axis) {
    offset += slice.begin[axis] * x.strides()[axis];
    empty = empty || slice.size[axis] == 0;
  }
  Dims strides;
  for (const std::int64_t axis : slice.axes) {
    const auto from = static_cast<std::size_t>(axis);
    strides.push_back(axis < 0 ? 1 : x.strides()[from] * slice.step[from]);
  }
  // An empty box may begin one past the end: its address is never to be formed.
  return x.view(output_shape(slice), std::move(strides), empty ? 0 : offset);
}

Tensors strided_slice_vjp(const VjpCall& call) {
  return {apply_one(
      strided_slice_grad_op, {call.gradient()},
      StridedSliceGradOptions{call.options<StridedSliceOptions>(), call.input(0).shape()})};
}

TensorSpecs infer_strided_slice_grad(const OpCall& call) {
  const auto& options = call.options<StridedSliceGradOptions>();
  const Shape expected = output_shape(options.slice);
  if (call.input(0).shape() != expected) {
    raise<ShapeError>("strided_slice_grad", "the gradient has shape {}, the slice {}",
                      call.input(0).shape().to_string(), expected.to_string());
  }
  return {{call.input(0).dtype(), options.shape}};
}

/// Along `axis`, puts the slices of `box` where they were cut from and zeros elsewhere.
Tensor spread_axis(const Tensor& box, const StridedSliceOptions& slice, int axis,
                   std::int64_t size) {
  const auto at = static_cast<std::size_t>(axis);
  std::vector<std::int64_t> source(static_cast<std::size_t>(size), 0);
  Shape mask_shape;
  mask_shape.dims().resize(static_cast<std::size_t>(box.rank()), 1);
  mask_shape[axis] = size;
  Tensor mask = Tensor::empty(bool_, mask_shape);
  bool* taken = mask.mutable_data_as<bool>();
  std::fill_n(taken, size, false);
  for (std::int64_t i = 0; i < slice.size[at]; ++i) {
    const std::int64_t place = slice.begin[at] + i * slice.step[at];
    source[static_cast<std::size_t>(place)] = i;
    taken[place] = true;
  }
  return where(place(mask), gather(box, constant(source), {.axis = axis}), zeros({}, box.dtype()));
}

Tensors compose_strided_slice_grad(const OpCall& call) {
  const auto& [slice, shape] = call.options<StridedSliceGradOptions>();
  const Tensor& gradient = call.input(0);
  if (gradient.size() == 0) return {zeros(shape, gradient.dtype())};
  Tensor box = reshape(gradient, Shape(slice.size));  // dropped axes have size 1, new ones vanish
  for (int axis = 0; axis < shape.rank(); ++axis) {
    const auto at = static_cast<std::size_t>(axis);
    const bool whole = slice.size[at] == shape[axis] && slice.step[at] == 1;
    if (!whole) box = spread_axis(box, slice, axis, shape[axis]);
  }
  return {box};
}

Tensors strided_slice_grad_vjp(const VjpCall& call) {
  return {apply_one(strided_slice_op, {call.gradient()},
                    call.options<StridedSliceGradOptions>().slice)};
}

TensorSpecs infer_strided_slice_update(const OpCall& call) {
  const Tensor& x = call.input(0);
  const Tensor& value = call.input(1);
  const Shape expected = output_shape(call.options<StridedSliceOptions>());
  if (value.dtype() != x.dtype()) {
    raise<DTypeError>("strided_slice_update", "the tensor is {}, the value is {}; tf::cast it",
                      x.dtype().name(), value.dtype().name());
  }
  if (value.shape() != expected) {
    raise<ShapeError>("strided_slice_update",
                      "the slice has shape {}, the value {}; see tf::broadcast_to",
                      expected.to_string(), value.shape().to_string());
  }
  return {{x.dtype(), x.shape()}};
}

/// The value put where it belongs, and chosen there by a mask that is put there likewise.
Tensors compose_strided_slice_update(const OpCall& call) {
  const Tensor& x = call.input(0);
  const Tensor& value = call.input(1);
  const StridedSliceGradOptions back{call.options<StridedSliceOptions>(), x.shape()};
  const Tensor mask =
      apply_one(strided_slice_grad_op, {fill(value.shape(), true, {.dtype = bool_})}, back);
  return {where(mask, apply_one(strided_slice_grad_op, {value}, back), x)};
}

Tensors strided_slice_update_vjp(const VjpCall& call) {
  const auto& options = call.options<StridedSliceOptions>();
  Tensors gradients(2);
  if (call.needs(0)) {
    gradients[0] =
        apply_one(strided_slice_update_op, {call.gradient(), zeros_like(call.input(1))}, options);
  }
  if (call.needs(1)) gradients[1] = apply_one(strided_slice_op, {call.gradient()}, options);
  return gradients;
}

/// Adds one axis of the input to `slice`: `count` elements from `begin`.
void add_axis(StridedSliceOptions& slice, std::int64_t begin, std::int64_t count, std::int64_t step,
              bool keep) {
  if (keep) slice.axes.push_back(static_cast<std::int64_t>(slice.begin.size()));
  slice.begin.push_back(begin);
  slice.size.push_back(count);
  slice.step.push_back(step);
}

void add_number(StridedSliceOptions& slice, std::int64_t number, const Shape& shape) {
  const auto axis = static_cast<int>(slice.begin.size());
  const std::int64_t size = shape[axis];
  if (number < -size || number >= size) {
    if (size == 0) {
      raise<IndexError>("index", "{} is out of range for axis {} of shape {}, which is empty",
                        number, axis, shape.to_string());
    }
    raise<IndexError>("index", "{} is out of range for axis {} of shape {}; it must be in [{}, {})",
                      number, axis, shape.to_string(), -size, size);
  }
  add_axis(slice, number < 0 ? number + size : number, 1, 1, false);
}

/// Python's rule for `begin:end:step` (slice.indices), with borders cut to the axis.
void add_range(StridedSliceOptions& slice, const SliceIndex& range, const Shape& shape) {
  const std::int64_t size = shape[static_cast<int>(slice.begin.size())];
  if (range.step == 0) {
    raise<ValueError>("index", "the step of a slice must not be 0; use 1 or -1");
  }
  const bool forward = range.step > 0;
  const std::int64_t lowest = forward ? 0 : -1;
  const std::int64_t highest = forward ? size : size - 1;
  const auto border = [&](std::optional<std::int64_t> given, std::int64_t open) {
    if (!given) return open;
    return std::clamp(*given < 0 ? *given + size : *given, lowest, highest);
  };
  const std::int64_t begin = border(range.begin, forward ? lowest : highest);
  const std::int64_t end = border(range.end, forward ? highest : lowest);
  std::int64_t count = 0;
  // Divided before it is negated, because -step overflows for the smallest of all steps.
  if (forward && end > begin) count = (end - begin - 1) / range.step + 1;
  if (!forward && begin > end) count = (end - begin + 1) / range.step + 1;
  add_axis(slice, begin, count, count <= 1 ? 1 : range.step, true);
}

}  // namespace
}  // namespace ops

StridedSliceOptions strided_slice_of(std::span<const Index> indices, const Shape& shape) {
  int named = 0;
  int ellipses = 0;
  for (const Index& index : indices) {
    if (index.kind() == Index::Kind::kEllipsis) ++ellipses;
    if (index.kind() == Index::Kind::kNumber || index.kind() == Index::Kind::kSlice) ++named;
  }
  if (ellipses > 1) {
    raise<IndexError>("index", "there are {} ellipses; only one can stand for the axes in between",
                      ellipses);
  }
  if (named > shape.rank()) {
    raise<IndexError>("index", "{} indices are too many for shape {}, which has rank {}", named,
                      shape.to_string(), shape.rank());
  }
  StridedSliceOptions slice;
  const auto add_whole = [&](int count) {
    for (int i = 0; i < count; ++i) {
      ops::add_axis(slice, 0, shape[static_cast<int>(slice.begin.size())], 1, true);
    }
  };
  for (const Index& index : indices) {
    switch (index.kind()) {
      case Index::Kind::kNumber:
        ops::add_number(slice, index.number(), shape);
        break;
      case Index::Kind::kSlice:
        ops::add_range(slice, index.range(), shape);
        break;
      case Index::Kind::kEllipsis:
        add_whole(shape.rank() - named);
        break;
      case Index::Kind::kNewAxis:
        slice.axes.push_back(-1);
        break;
    }
  }
  add_whole(shape.rank() - static_cast<int>(slice.begin.size()));
  return slice;
}

namespace ops {
namespace {

/// The same cut of every slice.
StridedSliceOptions batched_slice(const BatchCall& call, const StridedSliceOptions& slice) {
  StridedSliceOptions batched{{0}, {call.count}, {1}, {0}};
  for (std::size_t i = 0; i < slice.begin.size(); ++i) {
    batched.begin.push_back(slice.begin[i]);
    batched.size.push_back(slice.size[i]);
    batched.step.push_back(slice.step[i]);
  }
  for (const std::int64_t axis : slice.axes) batched.axes.push_back(axis < 0 ? axis : axis + 1);
  return batched;
}

Tensors batch_strided_slice(const BatchCall& call) {
  return apply(call.op, call.inputs, batched_slice(call, call.options<StridedSliceOptions>()));
}

Tensors batch_strided_slice_grad(const BatchCall& call) {
  const auto& [slice, shape] = call.options<StridedSliceGradOptions>();
  return apply(call.op, call.inputs,
               StridedSliceGradOptions{batched_slice(call, slice), batched_shape(call, shape)});
}

}  // namespace

constinit OpDef strided_slice_op{.name = "strided_slice",
                                 .min_inputs = 1,
                                 .max_inputs = 1,
                                 .traits = kView,
                                 .infer = infer_strided_slice,
                                 .vjp = strided_slice_vjp,
                                 .view = view_strided_slice,
                                 .options = &kAttributesType<StridedSliceOptions>,
                                 .jvp = linear_jvp,
                                 .batch = batch_strided_slice};

constinit OpDef strided_slice_update_op{.name = "strided_slice_update",
                                        .min_inputs = 2,
                                        .max_inputs = 2,
                                        .traits = kUpdate,
                                        .infer = infer_strided_slice_update,
                                        .compose = compose_strided_slice_update,
                                        .vjp = strided_slice_update_vjp,
                                        .options = &kAttributesType<StridedSliceOptions>};

constinit OpDef strided_slice_grad_op{.name = "strided_slice_grad",
                                      .min_inputs = 1,
                                      .max_inputs = 1,
                                      .traits = kBackward,
                                      .infer = infer_strided_slice_grad,
                                      .compose = compose_strided_slice_grad,
                                      .vjp = strided_slice_grad_vjp,
                                      .options = &kAttributesType<StridedSliceGradOptions>,
                                      .jvp = linear_jvp,
                                      .batch = batch_strided_slice_grad};

}  // namespace ops

Tensor Tensor::at(std::span<const Index> indices) const {
  return apply_one(ops::strided_slice_op, {*this}, strided_slice_of(indices, shape()));
}

namespace {

/// A scalar tensor as a number, where its value is at hand.
bool is_at_hand(const Tensor& tensor) {
  return !tensor.is_symbolic() && tensor.device().type == DeviceType::kCPU;
}

std::int64_t number_of(const Tensor& scalar) {
  return scalar.dtype() == int32 ? scalar.item<std::int32_t>() : scalar.item<std::int64_t>();
}

void check_tensor_index(const Tensor& tensor) {
  if (tensor.dtype().is_bool()) {
    raise<IndexError>("index", "a mask must be the only index; see tf::boolean_mask");
  }
  if (tensor.rank() != 0 || (tensor.dtype() != int32 && tensor.dtype() != int64)) {
    raise<IndexError>("index",
                      "a tensor as index must be a mask, or a scalar of int32 or int64, got {} of "
                      "shape {}; see tf::gather",
                      tensor.dtype().name(), tensor.shape().to_string());
  }
}

/// x[..., i, ...] along `axis`, for an index that only the device knows.
Tensor take(const Tensor& x, Tensor i, int axis) {
  const DeviceScope beside(x.device());
  const Tensor zero = ops::scalar_like(0, i, "index");
  const Tensor size = ops::scalar_like(x.shape()[axis], i, "index");
  i = where(less(i, zero), i + size, i);
  return gather(x, i, {.axis = axis});
}

}  // namespace

Tensor Tensor::at(std::span<const TensorIndex> indices) const {
  if (indices.size() == 1 && indices[0].tensor().defined() &&
      indices[0].tensor().dtype().is_bool()) {
    return boolean_mask(*this, indices[0].tensor());
  }
  // First everything that is known now, with whole axes in place of the other indices.
  SmallVector<Index, 6> known;
  std::vector<std::pair<int, Tensor>> unknown;  // the axis of the result that each one takes from
  int axis = 0;
  int named = 0;
  for (const TensorIndex& entry : indices) {
    const Index::Kind kind = entry.index().kind();
    if (entry.tensor().defined() || kind == Index::Kind::kNumber || kind == Index::Kind::kSlice) {
      ++named;
    }
  }
  for (const TensorIndex& entry : indices) {
    const Tensor& tensor = entry.tensor();
    if (!tensor.defined()) {
      known.push_back(entry.index());
      const Index::Kind kind = entry.index().kind();
      if (kind == Index::Kind::kEllipsis) axis += std::max(0, rank() - named);
      if (kind == Index::Kind::kSlice || kind == Index::Kind::kNewAxis) ++axis;
      continue;
    }
    check_tensor_index(tensor);
    if (is_at_hand(tensor)) {
      known.push_back(number_of(tensor));
    } else {
      known.push_back(all);
      unknown.emplace_back(axis++, tensor);
    }
  }
  Tensor result = at(known);
  for (std::size_t i = unknown.size(); i-- > 0;) {
    result = take(result, unknown[i].second, unknown[i].first);
  }
  return result;
}

Tensor slice(const Tensor& x, const Dims& begin, const Dims& size) {
  const auto rank = static_cast<std::size_t>(x.rank());
  if (begin.size() != rank || size.size() != rank) {
    raise<ShapeError>("slice", "begin has {} and size {} entries for shape {}; each needs {}",
                      begin.size(), size.size(), x.shape().to_string(), rank);
  }
  SmallVector<Index, 6> box;
  for (int axis = 0; axis < x.rank(); ++axis) {
    const auto at = static_cast<std::size_t>(axis);
    const std::int64_t whole = x.shape()[axis];
    if (begin[at] < 0 || begin[at] > whole || size[at] < -1 || size[at] > whole - begin[at]) {
      raise<IndexError>("slice", "{} elements from {} on do not lie on axis {} of shape {}",
                        size[at], begin[at], axis, x.shape().to_string());
    }
    box.push_back(slice(begin[at], size[at] == -1 ? whole : begin[at] + size[at]));
  }
  return x.at(box);
}

Tensor reverse(const Tensor& x, const Axes& axis) {
  const Axes turned = axis.normalized(x.rank(), "reverse");
  SmallVector<Index, 6> indices;
  for (int i = 0; i < x.rank(); ++i) {
    indices.push_back(turned.contains(i) ? Index(slice(none, none, -1)) : Index(all));
  }
  return x.at(indices);
}

}  // namespace saem
