#include "cpu/elementwise_plan.hpp"

#include <algorithm>
#include <cstring>

#include "core/dispatch.hpp"

namespace saem::cpu {
namespace {

void add_axis(ElementwisePlan& plan, std::int64_t size, std::span<const std::int64_t> strides) {
  if (size == 1) return;
  if (!plan.sizes.empty()) {
    bool merges = true;
    for (std::size_t i = 0; i < strides.size(); ++i) {
      merges = merges && plan.walks[i].strides.back() == strides[i] * size;
    }
    if (merges) {
      plan.sizes.back() *= size;
      for (std::size_t i = 0; i < strides.size(); ++i) plan.walks[i].strides.back() = strides[i];
      return;
    }
  }
  plan.sizes.push_back(size);
  for (std::size_t i = 0; i < strides.size(); ++i) plan.walks[i].strides.push_back(strides[i]);
}

/// Makes `count` elements of the first one, doubling what is there.
void repeat(std::byte* elements, std::size_t width, std::int64_t count) {
  const std::size_t bytes = static_cast<std::size_t>(count) * width;
  for (std::size_t done = width; done < bytes; done *= 2) {
    std::memcpy(elements + done, elements, std::min(done, bytes - done));
  }
}

/// Copies a run of equally spaced elements, widening half-precision ones.
void copy_run(const Walk& walk, const std::byte* data, std::int64_t offset, std::int64_t stride,
              std::int64_t count, std::byte* to) {
  const std::byte* from = data + offset * static_cast<std::int64_t>(walk.width);
  if (walk.convert) {
    auto* wide = reinterpret_cast<float*>(to);
    if (stride == 1) return widen(walk.dtype, from, wide, count);
    if (stride == 0) {
      widen(walk.dtype, from, wide, 1);
      return repeat(to, sizeof(float), count);
    }
    for (std::int64_t i = 0; i < count; ++i) {
      widen(walk.dtype, from + i * stride * static_cast<std::int64_t>(walk.width), wide + i, 1);
    }
    return;
  }
  if (stride == 1) {
    std::memcpy(to, from, static_cast<std::size_t>(count) * walk.width);
    return;
  }
  if (stride == 0) {
    std::memcpy(to, from, walk.width);
    return repeat(to, walk.width, count);
  }
  dispatch_width(walk.dtype, [&]<class T>(Type<T>) {
    const T* source = reinterpret_cast<const T*>(from);
    T* target = reinterpret_cast<T*>(to);
    for (std::int64_t i = 0; i < count; ++i) target[i] = source[i * stride];
  });
}

}  // namespace

ElementwisePlan plan_elementwise(const Shape& output, std::span<const WalkedInput> inputs) {
  ElementwisePlan plan;
  plan.walks.resize(inputs.size());
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const WalkedInput& input = inputs[i];
    Walk& walk = plan.walks[i];
    walk.dtype = input.dtype;
    walk.width = input.dtype.size();
    walk.convert = input.convert;
    walk.constant = input.shape.size() == 1;
    plan.widest = std::max(plan.widest, walk.width);
  }
  SmallVector<std::int64_t, kMaxInputs> strides(inputs.size());
  for (int axis = 0; axis < output.rank(); ++axis) {
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const Shape& shape = inputs[i].shape;
      const int own = axis - (output.rank() - shape.rank());
      const bool repeats = own < 0 || shape[own] == 1;
      strides[i] = repeats ? 0 : inputs[i].strides[static_cast<std::size_t>(own)];
    }
    add_axis(plan, output[axis], strides);
  }
  if (plan.sizes.empty()) {
    plan.sizes.push_back(1);
    for (Walk& walk : plan.walks) walk.strides.push_back(0);
  }
  const Dims row_major = row_major_strides(Shape(plan.sizes));
  for (Walk& walk : plan.walks) {
    walk.linear = !walk.constant && walk.strides == row_major;
    std::size_t outer = 0;
    while (outer < walk.strides.size() && walk.strides[outer] == 0) ++outer;
    if (walk.constant || outer == 0) continue;
    walk.period = 1;
    for (std::size_t axis = outer; axis < plan.sizes.size(); ++axis)
      walk.period *= plan.sizes[axis];
  }
  return plan;
}

const std::byte* run_in_place(const ElementwisePlan& plan, const Walk& walk, const void* data,
                              std::int64_t begin, std::int64_t count) {
  const std::int64_t inner = plan.sizes.back();
  if (walk.convert || walk.strides.back() != 1 || begin % inner + count > inner) return nullptr;
  std::int64_t offset = 0;
  for (std::size_t axis = plan.sizes.size(); axis-- > 0;) {
    offset += begin % plan.sizes[axis] * walk.strides[axis];
    begin /= plan.sizes[axis];
  }
  return static_cast<const std::byte*>(data) + offset * static_cast<std::int64_t>(walk.width);
}

void pack(const ElementwisePlan& plan, const Walk& walk, const void* data, std::int64_t begin,
          std::int64_t count, std::byte* to) {
  const std::size_t width = walk.convert ? sizeof(float) : walk.width;
  const std::size_t inner = plan.sizes.size() - 1;
  Dims at(plan.sizes.size());
  std::int64_t rest = begin;
  std::int64_t offset = 0;
  for (std::size_t axis = plan.sizes.size(); axis-- > 0;) {
    at[axis] = rest % plan.sizes[axis];
    rest /= plan.sizes[axis];
    offset += at[axis] * walk.strides[axis];
  }
  while (count > 0) {
    const std::int64_t run = std::min(count, plan.sizes[inner] - at[inner]);
    copy_run(walk, static_cast<const std::byte*>(data), offset, walk.strides[inner], run, to);
    to += static_cast<std::size_t>(run) * width;
    count -= run;
    offset += run * walk.strides[inner];
    at[inner] += run;
    for (std::size_t axis = inner; axis > 0 && at[axis] == plan.sizes[axis]; --axis) {
      offset += walk.strides[axis - 1] - plan.sizes[axis] * walk.strides[axis];
      at[axis] = 0;
      ++at[axis - 1];
    }
  }
}

}  // namespace saem::cpu
