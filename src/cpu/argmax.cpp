// argmax, argmin; floor 3 of 5: CPU.
//
// Lines that lie in one piece are read twice, the second time from the cache: vectors find the
// extreme, then where it first is. Other lines keep one candidate each and are read once, row by
// row.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/argmax.cpp"
#include <hwy/foreach_target.h>
// Must come after foreach_target.h.
#include <hwy/highway.h>

#include <algorithm>
#include <limits>
#include <saem/ops/argmax.hpp>

#include "base/parallel.hpp"
#include "core/dispatch.hpp"
#include "cpu/elementwise.hpp"

#ifndef SAEM_CPU_ARGMAX_ONCE
#define SAEM_CPU_ARGMAX_ONCE
namespace saem::cpu {
/// `x[j * line_stride + i * stride]`, i < count, is line j; one of the strides is 1.
struct Lines {
  const void* input;
  std::int64_t lines;
  std::int64_t line_stride;
  std::int64_t count;
  std::int64_t stride;
};
/// Writes the position of each line's extreme.
using FindFunction = void (*)(const Lines& lines, std::int64_t* positions);
/// Lines that are searched side by side.
inline constexpr std::int64_t kSideBySide = 256;
}  // namespace saem::cpu
#endif

HWY_BEFORE_NAMESPACE();
namespace saem::cpu::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
namespace {  // unnamed: kernel files name alike things alike, and a linker would merge them

struct Largest {
  template <class V>
  static HWY_INLINE auto better(V a, V b) {
    return hn::Gt(a, b);
  }
  template <class T>
  static HWY_INLINE bool better_scalar(T a, T b) {
    return a > b;
  }
  template <class T>
  static constexpr T worst() {
    using Limits = std::numeric_limits<T>;
    return Limits::has_infinity ? static_cast<T>(-Limits::infinity()) : Limits::lowest();
  }
};

struct Smallest {
  template <class V>
  static HWY_INLINE auto better(V a, V b) {
    return hn::Lt(a, b);
  }
  template <class T>
  static HWY_INLINE bool better_scalar(T a, T b) {
    return a < b;
  }
  template <class T>
  static constexpr T worst() {
    using Limits = std::numeric_limits<T>;
    return Limits::has_infinity ? Limits::infinity() : Limits::max();
  }
};

/// Whether `value` takes the place of `best`: it is better, or the first that is not NaN.
template <class Order, class T>
HWY_INLINE bool replaces(T value, T best) {
  return Order::better_scalar(value, best) || (best != best && value == value);
}

template <class Order, class T>
HWY_INLINE std::int64_t find_scalars(const T* x, std::int64_t count) {
  std::int64_t position = 0;
  for (std::int64_t i = 1; i < count; ++i) {
    if (replaces<Order>(x[i], x[position])) position = i;
  }
  // Nothing but NaN so far means nothing but NaN at all.
  return position;
}

template <class Order, class T>
HWY_NOINLINE std::int64_t find_in_line(const T* x, std::int64_t count) {
  const hn::ScalableTag<T> d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  if (count < 4 * lanes) return find_scalars<Order>(x, count);
  // A NaN is never better, so it never enters the candidates.
  auto a = hn::Set(d, Order::template worst<T>());
  auto b = a;
  std::int64_t i = 0;
  for (; i + 2 * lanes <= count; i += 2 * lanes) {
    const auto v = hn::LoadU(d, x + i);
    const auto w = hn::LoadU(d, x + i + lanes);
    a = hn::IfThenElse(Order::better(v, a), v, a);
    b = hn::IfThenElse(Order::better(w, b), w, b);
  }
  HWY_ALIGN T buffer[hn::MaxLanes(d)];
  hn::Store(hn::IfThenElse(Order::better(a, b), a, b), d, buffer);
  T best = Order::template worst<T>();
  for (std::int64_t k = 0; k < lanes; ++k) {
    if (Order::better_scalar(buffer[k], best)) best = buffer[k];
  }
  for (; i < count; ++i) {
    if (Order::better_scalar(x[i], best)) best = x[i];
  }
  const auto wanted = hn::Set(d, best);
  for (i = 0; i + lanes <= count; i += lanes) {
    const std::intptr_t at = hn::FindFirstTrue(d, hn::Eq(hn::LoadU(d, x + i), wanted));
    if (at >= 0) return i + at;
  }
  for (; i < count; ++i) {
    if (x[i] == best) return i;
  }
  return 0;
}

/// Row by row: whole vectors of lines with positions of the element's own width, then the lines
/// left over.
template <class Order, class T>
HWY_NOINLINE void find_side_by_side(const T* x, const Lines& lines, std::int64_t* positions) {
  const hn::ScalableTag<T> d;
  const hn::RebindToSigned<decltype(d)> di;
  using Position = hn::TFromD<decltype(di)>;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  HWY_ALIGN T best[kSideBySide];
  HWY_ALIGN Position at[kSideBySide];
  std::copy_n(x, lines.lines, best);
  std::fill_n(at, lines.lines, Position{0});
  for (std::int64_t i = 1; i < lines.count; ++i) {
    const T* row = x + i * lines.stride;
    const auto here = hn::Set(di, static_cast<Position>(i));
    std::int64_t j = 0;
    for (; j + lanes <= lines.lines; j += lanes) {
      const auto value = hn::LoadU(d, row + j);
      const auto held = hn::Load(d, best + j);
      auto wins = Order::better(value, held);
      if constexpr (std::is_floating_point_v<T>) {
        wins = hn::Or(wins, hn::AndNot(hn::IsNaN(value), hn::IsNaN(held)));
      }
      hn::Store(hn::IfThenElse(wins, value, held), d, best + j);
      hn::Store(hn::IfThenElse(hn::RebindMask(di, wins), here, hn::Load(di, at + j)), di, at + j);
    }
    for (; j < lines.lines; ++j) {
      if (replaces<Order>(row[j], best[j])) {
        best[j] = row[j];
        at[j] = static_cast<Position>(i);
      }
    }
  }
  std::copy_n(at, lines.lines, positions);
}

template <class Order, class T>
void find(const Lines& lines, std::int64_t* positions) {
  const auto* x = static_cast<const T*>(lines.input);
  if (lines.stride == 1) {
    for (std::int64_t j = 0; j < lines.lines; ++j) {
      positions[j] = find_in_line<Order>(x + j * lines.line_stride, lines.count);
    }
    return;
  }
  if constexpr (sizeof(T) >= 4) {
    if (lines.count <= std::numeric_limits<std::int32_t>::max()) {
      return find_side_by_side<Order>(x, lines, positions);
    }
  }
  T best[kSideBySide];
  std::copy_n(x, lines.lines, best);
  std::fill_n(positions, lines.lines, std::int64_t{0});
  for (std::int64_t i = 1; i < lines.count; ++i) {
    const T* row = x + i * lines.stride;
    for (std::int64_t j = 0; j < lines.lines; ++j) {
      if (replaces<Order>(row[j], best[j])) {
        best[j] = row[j];
        positions[j] = i;
      }
    }
  }
}

FindFunction ArgFind(bool largest, DType compute) {
  return dispatch_numeric(compute, [&]<class T>(Type<T>) -> FindFunction {
    if constexpr (std::is_same_v<T, float16> || std::is_same_v<T, bfloat16>) {
      return nullptr;  // never asked for: widened to float32
    } else {
      return largest ? &find<Largest, T> : &find<Smallest, T>;
    }
  });
}

}  // namespace
}  // namespace saem::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace saem::cpu {

HWY_EXPORT(ArgFind);

namespace {

/// Elements below which one thread is enough.
constexpr std::int64_t kGrain = 32 * 1024;

/// float16 and bfloat16 order as their float32 values do.
Tensor widened(const Tensor& x) {
  Tensor wide = Tensor::empty(float32, x.shape(), x.device());
  parallel_for(x.size(), kGrain, [&](std::int64_t begin, std::int64_t end) {
    widen(x.dtype(), static_cast<const std::byte*>(x.data()) + 2 * begin,
          wide.mutable_data_as<float>() + begin, end - begin);
  });
  return wide;
}

template <bool kLargest>
void run(const OpCall& call, std::span<Tensor> outputs) {
  if (outputs[0].size() == 0) return;
  const auto& options = call.options<ArgOptions>();
  Tensor x = call.input(0);
  if (x.dtype() == DType::kFloat16 || x.dtype() == DType::kBFloat16) x = widened(x);
  const DType compute = x.dtype().is_bool() ? uint8 : x.dtype();
  const FindFunction find = HWY_DYNAMIC_DISPATCH(ArgFind)(kLargest, compute);
  const std::int64_t count = x.shape()[options.axis];
  const std::int64_t inner = row_major_strides(x.shape())[static_cast<std::size_t>(options.axis)];
  const std::int64_t tiles = inner == 1 ? 1 : (inner + kSideBySide - 1) / kSideBySide;
  const std::int64_t tasks = outputs[0].size() / inner * tiles;
  const std::int64_t grain =
      std::max<std::int64_t>(1, kGrain / (count * std::min(inner, kSideBySide)));
  const auto* input = static_cast<const std::byte*>(x.data());
  const auto width = static_cast<std::int64_t>(x.dtype().size());
  parallel_for(tasks, grain, [&](std::int64_t begin, std::int64_t end) {
    std::int64_t positions[kSideBySide];
    for (std::int64_t task = begin; task < end; ++task) {
      const std::int64_t outer = task / tiles;
      const std::int64_t first = task % tiles * kSideBySide;
      const std::int64_t lines = std::min(kSideBySide, inner - first);
      find({input + (outer * count * inner + first) * width, lines, 1, count, inner}, positions);
      const std::int64_t at = outer * inner + first;
      if (options.output_type == int64) {
        std::copy_n(positions, lines, outputs[0].mutable_data_as<std::int64_t>() + at);
      } else {
        std::copy_n(positions, lines, outputs[0].mutable_data_as<std::int32_t>() + at);
      }
    }
  });
}

}  // namespace

void register_argmax() {
  register_kernel("argmax", DeviceType::kCPU, {&run<true>});
  register_kernel("argmin", DeviceType::kCPU, {&run<false>});
}

}  // namespace saem::cpu
#endif  // HWY_ONCE
