#include "ops/window.hpp"

#include <algorithm>
#include <saem/core/op.hpp>
#include <saem/ops/pad.hpp>
#include <saem/ops/strided_slice.hpp>
#include <saem/ops/transpose.hpp>

#include "base/message.hpp"

namespace saem::ops {

extern OpDef strided_slice_op;
extern OpDef strided_slice_grad_op;

Dims spatial_sizes(const char* op, const char* name, const nn::Window& window, int count) {
  const auto wanted = static_cast<std::size_t>(count);
  Dims sizes(window.begin(), window.end());
  if (sizes.size() == wanted + 2 && sizes[0] == 1) {
    // The channels are last or second; wherever they are, what is left must be 1.
    if (sizes.back() == 1) {
      sizes = Dims(sizes.begin() + 1, sizes.end() - 1);
    } else if (sizes[1] == 1) {
      sizes = Dims(sizes.begin() + 2, sizes.end());
    }
  }
  if (sizes.size() == 1) sizes = Dims(wanted, sizes[0]);
  const bool positive = std::all_of(sizes.begin(), sizes.end(), [](auto size) { return size > 0; });
  if (sizes.size() != wanted || !positive) {
    raise<ValueError>(op, "{} are {}; needs one positive number, or one for each of {} axes", name,
                      Axes(Dims(window.begin(), window.end())).to_string(), count);
  }
  return sizes;
}

nn::Padding spatial_padding(const char* op, const nn::Padding& padding, const Dims& spatial,
                            const Dims& sizes, const Dims& strides, const Dims& dilations) {
  nn::Padding result;
  result.kind = "EXPLICIT";
  if (padding.kind == "EXPLICIT") {
    result.pairs = padding.pairs;
    const bool valid = std::all_of(result.pairs.begin(), result.pairs.end(),
                                   [](std::int64_t size) { return size >= 0; });
    if (result.pairs.size() != 2 * spatial.size() || !valid) {
      raise<ValueError>(op, "padding is {}; needs two numbers >= 0 for each of {} axes",
                        Axes(padding.pairs).to_string(), spatial.size());
    }
    return result;
  }
  if (padding.kind != "VALID" && padding.kind != "SAME") {
    raise<ValueError>(op, "padding is \"{}\"; it must be VALID, SAME or pairs of numbers",
                      padding.kind);
  }
  for (std::size_t i = 0; i < spatial.size(); ++i) {
    std::int64_t needed = 0;
    if (padding.kind == "SAME" && spatial[i] > 0) {
      const std::int64_t outputs = (spatial[i] + strides[i] - 1) / strides[i];
      const std::int64_t reach = (sizes[i] - 1) * dilations[i] + 1;
      needed = std::max<std::int64_t>(0, (outputs - 1) * strides[i] + reach - spatial[i]);
    }
    result.pairs.push_back(needed / 2);
    result.pairs.push_back(needed - needed / 2);
  }
  return result;
}

Dims spatial_of(const Shape& shape) { return {shape.begin() + 1, shape.end() - 1}; }

bool channels_first(const char* op, const std::string& format, int spatial_rank) {
  static constexpr const char* kLast[] = {"NWC", "NHWC", "NDHWC"};
  static constexpr const char* kFirst[] = {"NCW", "NCHW", "NCDHW"};
  const auto at = static_cast<std::size_t>(spatial_rank - 1);
  if (format == kFirst[at]) return true;
  if (!format.empty() && format != kLast[at]) {
    raise<ValueError>(op, "data_format is \"{}\"; it must be {} or {}", format, kLast[at],
                      kFirst[at]);
  }
  return false;
}

Tensor to_channels_last(const Tensor& x) {
  Dims perm{0};
  for (int axis = 2; axis < x.rank(); ++axis) perm.push_back(axis);
  perm.push_back(1);
  return transpose(x, {.perm = perm});
}

Tensor to_channels_first(const Tensor& x) {
  Dims perm{0, x.rank() - 1};
  for (int axis = 1; axis + 1 < x.rank(); ++axis) perm.push_back(axis);
  return transpose(x, {.perm = perm});
}

std::vector<Dims> window_places(const Dims& sizes) {
  std::vector<Dims> places;
  Dims place(sizes.size(), 0);
  for (;;) {
    places.push_back(place);
    std::size_t axis = sizes.size();
    while (axis > 0 && ++place[axis - 1] == sizes[axis - 1]) place[--axis] = 0;
    if (axis == 0) return places;
  }
}

namespace {

StridedSliceOptions box_at(std::int64_t batch, std::int64_t channels,
                           const std::vector<WindowAxis>& axes, const Dims& place) {
  StridedSliceOptions box;
  const auto add = [&](std::int64_t begin, std::int64_t size, std::int64_t step) {
    box.axes.push_back(static_cast<std::int64_t>(box.begin.size()));
    box.begin.push_back(begin);
    box.size.push_back(size);
    box.step.push_back(step);
  };
  add(0, batch, 1);
  for (std::size_t i = 0; i < axes.size(); ++i) {
    add(place[i] * axes[i].dilation, axes[i].output(), axes[i].stride);
  }
  add(0, channels, 1);
  return box;
}

}  // namespace

Tensor elements_at(const Tensor& padded, const std::vector<WindowAxis>& axes, const Dims& place) {
  return apply_one(strided_slice_op, {padded},
                   box_at(padded.shape(0), padded.shape(-1), axes, place));
}

Tensor spread_at(const Tensor& part, const std::vector<WindowAxis>& axes, const Dims& place) {
  Shape shape{part.shape(0)};
  for (const WindowAxis& axis : axes) shape.push_back(axis.padded());
  shape.push_back(part.shape(-1));
  return apply_one(
      strided_slice_grad_op, {part},
      StridedSliceGradOptions{box_at(part.shape(0), part.shape(-1), axes, place), shape});
}

Tensor pad_windows(const Tensor& x, const std::vector<WindowAxis>& axes, Scalar value) {
  Paddings sides{{0, 0}};
  bool any = false;
  for (const WindowAxis& axis : axes) {
    sides.emplace_back(axis.before, axis.after);
    any = any || axis.before > 0 || axis.after > 0;
  }
  sides.emplace_back(0, 0);
  return any ? pad(x, sides, {.constant_values = value}) : x;
}

Tensor unpad_windows(const Tensor& padded, const std::vector<WindowAxis>& axes) {
  Dims begin{0};
  Dims size{padded.shape(0)};
  for (const WindowAxis& axis : axes) {
    begin.push_back(axis.before);
    size.push_back(axis.input);
  }
  begin.push_back(0);
  size.push_back(padded.shape(-1));
  return slice(padded, begin, size);
}

}  // namespace saem::ops
