#pragma once

#include <saem/core/shape.hpp>

#include "cuda/layout.hpp"
#include "cuda/runtime.hpp"
#include "cuda/types.cuh"

/// Boxes moved within a larger box, or around in a box of their own: pad and roll. Each element of
/// the output is written once, and read at most once, in pieces of up to 16 bytes.
namespace saem::cuda {

/// One axis: element c of the output is element c - offset of the input, if the input has it.
struct WindowAxis {
  std::int64_t output;  ///< size
  std::int64_t input;   ///< size
  std::int64_t offset;
};
using WindowAxes = SmallVector<WindowAxis, 8>;

/// Axes as a kernel takes them apart, outermost first.
struct Window {
  int rank = 0;
  Divider divide[kMostAxes];
  WindowAxis axes[kMostAxes];
  std::int64_t strides[kMostAxes];
};

inline constexpr int kWindowThreads = 256;

/// `kWraps`: what leaves at the end comes in at the front; otherwise `margin` stands where the
/// input has nothing.
template <bool kWraps, class Index, class T>
__global__ void move_window(const T* __restrict__ from, T* __restrict__ to, Index size,
                            const Window window, const T margin) {
  wait_for_inputs();
  const Index i = static_cast<Index>(blockIdx.x) * kWindowThreads + threadIdx.x;
  if (i >= size) return;
  Index rest = i;
  std::int64_t place = 0;
  bool inside = true;
#pragma unroll
  for (int axis = kMostAxes - 1; axis >= 0; --axis) {
    if (axis >= window.rank) continue;
    Index next;
    if constexpr (sizeof(Index) == 4) {
      next = window.divide[axis](rest);
    } else {
      next = rest / static_cast<Index>(window.axes[axis].output);
    }
    const auto size_here = static_cast<Index>(window.axes[axis].output);
    std::int64_t at = static_cast<std::int64_t>(rest - next * size_here);
    at -= window.axes[axis].offset;
    if constexpr (kWraps) {
      if (at < 0) at += window.axes[axis].input;
    } else {
      inside = inside && at >= 0 && at < window.axes[axis].input;
    }
    place += at * window.strides[axis];
    rest = next;
  }
  to[i] = inside ? from[place] : margin;
}

/// Axes that the window leaves whole are drawn into the one before them.
inline WindowAxes merge_window(const WindowAxes& axes) {
  WindowAxes merged;
  for (const WindowAxis& axis : axes) {
    if (!merged.empty() && axis.offset == 0 && axis.input == axis.output) {
      merged.back().output *= axis.output;
      merged.back().input *= axis.output;
      merged.back().offset *= axis.output;
    } else {
      merged.push_back(axis);
    }
  }
  if (merged.empty()) merged.push_back({1, 1, 0});
  return merged;
}

/// Moves elements of type `T` along merged axes.
template <bool kWraps, class T>
void launch_window(const char* op, const T* from, T* to, const WindowAxes& axes, const T& margin) {
  std::int64_t size = 1;
  std::int64_t inner = 1;
  for (const WindowAxis& axis : axes) size *= axis.output;
  for (std::size_t axis = 1; axis < axes.size(); ++axis) inner *= axes[axis].input;
  if (axes.size() > static_cast<std::size_t>(kMostAxes)) {  // the outermost axis is walked here
    WindowAxes rest;
    for (std::size_t axis = 1; axis < axes.size(); ++axis) rest.push_back(axes[axis]);
    for (std::int64_t i = 0; i < axes[0].output; ++i) {
      std::int64_t at = i - axes[0].offset;
      if (kWraps && at < 0) at += axes[0].input;
      WindowAxes here = rest;
      const bool inside = at >= 0 && at < axes[0].input;
      if (!inside) here[0].input = 0;
      launch_window<kWraps>(op, inside ? from + at * inner : from, to + i * (size / axes[0].output),
                            here, margin);
    }
    return;
  }
  Window window;
  window.rank = static_cast<int>(axes.size());
  std::int64_t stride = 1;
  for (std::size_t axis = axes.size(); axis-- > 0;) {
    window.axes[axis] = axes[axis];
    window.strides[axis] = stride;
    stride *= axes[axis].input;
  }
  constexpr std::int64_t kMostCounted = std::int64_t{1} << 31;  // by Divider
  const std::int64_t blocks = ceil_div(size, kWindowThreads);
  if (size < kMostCounted) {
    for (int axis = 0; axis < window.rank; ++axis) {
      window.divide[axis] = Divider(static_cast<std::uint32_t>(window.axes[axis].output));
    }
    launch(op, &move_window<kWraps, std::uint32_t, T>, blocks, kWindowThreads, from, to, size,
           window, margin);
  } else {
    launch(op, &move_window<kWraps, std::uint64_t, T>, blocks, kWindowThreads, from, to, size,
           window, margin);
  }
}

/// Moves elements of `width` bytes between contiguous tensors. `margin` holds one element, again
/// and again. Where everything comes in pairs, fours, ..., these are moved as one wider element.
template <bool kWraps>
void run_window(const char* op, const void* from, void* to, std::size_t width,
                const WindowAxes& axes, const Widest& margin) {
  WindowAxes merged = merge_window(axes);
  const auto is_even = [&] {
    const WindowAxis& last = merged.back();
    return last.output % 2 == 0 && last.input % 2 == 0 && last.offset % 2 == 0;
  };
  while (width < kWidest && is_even() && is_aligned(from, 2 * width) && is_aligned(to, 2 * width)) {
    width *= 2;
    merged.back() = {merged.back().output / 2, merged.back().input / 2, merged.back().offset / 2};
  }
  const auto run = [&]<class T>(Type<T>) {
    launch_window<kWraps>(op, static_cast<const T*>(from), static_cast<T*>(to), merged,
                          first_of<T>(margin));
  };
  switch (width) {
    case 1:
      return run(Type<std::uint8_t>{});
    case 2:
      return run(Type<std::uint16_t>{});
    case 4:
      return run(Type<std::uint32_t>{});
    case 8:
      return run(Type<std::uint64_t>{});
    default:
      return run(Type<Widest>{});
  }
}

}  // namespace saem::cuda
