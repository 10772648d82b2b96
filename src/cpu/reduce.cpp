// reduce_sum, reduce_mean, reduce_max, reduce_min, reduce_prod, reduce_any, reduce_all;
// floor 3 of 5: CPU.
//
// Reads each element once; what is written is small beside it, so reading is the limit. Sums of
// floats are kept in at least 8 vectors, folded in pairs every 4096 elements: the error of 10^7
// equal signs stays near one ulp.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/reduce.cpp"
#include <hwy/foreach_target.h>
// Must come after foreach_target.h.
#include <hwy/highway.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <saem/ops/reduce.hpp>

#include "core/dispatch.hpp"
#include "cpu/complex.hpp"
#include "cpu/fold.hpp"

HWY_BEFORE_NAMESPACE();
namespace saem::cpu::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
namespace {  // unnamed: kernel files name alike things alike, and a linker would merge them

template <class T>
inline constexpr bool kFloating = std::is_floating_point_v<T>;

/// Each fold: on vectors, on single elements, and the element that changes nothing.
struct Sum {
  template <class D, class V>
  static HWY_INLINE V vectors(D, V a, V b) {
    return hn::Add(a, b);
  }
  template <class T>
  static HWY_INLINE T scalars(T a, T b) {
    return static_cast<T>(a + b);
  }
  template <class T>
  static constexpr T identity() {
    return T(0);
  }
};

struct Product {
  template <class D, class V>
  static HWY_INLINE V vectors(D, V a, V b) {
    return hn::Mul(a, b);
  }
  template <class T>
  static HWY_INLINE T scalars(T a, T b) {
    if constexpr (kFloating<T>) return a * b;
    // uint16 * uint16 would be promoted to int and overflow it.
    else
      return static_cast<T>(1u * a * b);
  }
  template <class T>
  static constexpr T identity() {
    return T(1);
  }
};

struct Maximum {
  template <class D, class V>
  static HWY_INLINE V vectors(D, V a, V b) {
    if constexpr (kFloating<hn::TFromD<D>>) {
      return hn::IfThenElse(hn::IsNaN(a), a, hn::IfThenElse(hn::Gt(a, b), a, b));
    } else {
      return hn::Max(a, b);
    }
  }
  template <class T>
  static HWY_INLINE T scalars(T a, T b) {
    return a != a || a > b ? a : b;
  }
  template <class T>
  static constexpr T identity() {
    using Limits = std::numeric_limits<T>;
    return Limits::has_infinity ? static_cast<T>(-Limits::infinity()) : Limits::lowest();
  }
};

struct Minimum {
  template <class D, class V>
  static HWY_INLINE V vectors(D, V a, V b) {
    if constexpr (kFloating<hn::TFromD<D>>) {
      return hn::IfThenElse(hn::IsNaN(a), a, hn::IfThenElse(hn::Lt(a, b), a, b));
    } else {
      return hn::Min(a, b);
    }
  }
  template <class T>
  static HWY_INLINE T scalars(T a, T b) {
    return a != a || a < b ? a : b;
  }
  template <class T>
  static constexpr T identity() {
    using Limits = std::numeric_limits<T>;
    return Limits::has_infinity ? Limits::infinity() : Limits::max();
  }
};

/// Integer products have no vector form on most targets.
template <class F, class T>
inline constexpr bool kVectors = kFloating<T> || !std::is_same_v<F, Product>;

template <class F, class T>
HWY_INLINE T fold_scalars(const T* input, std::int64_t count) {
  T result = F::template identity<T>();
  for (std::int64_t i = 0; i < count; ++i) result = F::scalars(result, input[i]);
  return result;
}

/// One element of a vector: the upper half folded into the lower one, and so on; within registers
/// as long as there are halves: through memory, sums of 8192 rows of 1024 took 0.69 ms instead of
/// 0.57.
template <class F, class D, class V>
HWY_INLINE hn::TFromD<D> fold_lanes(D d, V total) {
  using T = hn::TFromD<D>;
#if !HWY_HAVE_SCALABLE && HWY_TARGET != HWY_SCALAR  // one lane has no halves
  if constexpr (hn::MaxLanes(D()) * sizeof(T) > 16) {
    const hn::Half<D> half;
    return fold_lanes<F>(half,
                         F::vectors(half, hn::LowerHalf(half, total), hn::UpperHalf(half, total)));
  }
#endif
  HWY_ALIGN T buffer[hn::MaxLanes(d)];
  hn::Store(total, d, buffer);
  for (auto half = static_cast<std::int64_t>(hn::Lanes(d)) / 2; half > 0; half /= 2) {
    for (std::int64_t k = 0; k < half; ++k) buffer[k] = F::scalars(buffer[k], buffer[k + half]);
  }
  return buffer[0];
}

/// A run of at most a few thousand elements.
template <class F, class T>
HWY_INLINE T fold_block(const T* input, std::int64_t count) {
  const hn::ScalableTag<T> d;
  using V = hn::Vec<decltype(d)>;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  if (count < lanes) return fold_scalars<F>(input, count);
  const V identity = hn::Set(d, F::template identity<T>());
  std::int64_t i = 0;
  V total = identity;
  if (count >= 8 * lanes) {
    V a0 = identity, a1 = identity, a2 = identity, a3 = identity;
    V a4 = identity, a5 = identity, a6 = identity, a7 = identity;
    for (; i + 8 * lanes <= count; i += 8 * lanes) {
      a0 = F::vectors(d, a0, hn::LoadU(d, input + i));
      a1 = F::vectors(d, a1, hn::LoadU(d, input + i + lanes));
      a2 = F::vectors(d, a2, hn::LoadU(d, input + i + 2 * lanes));
      a3 = F::vectors(d, a3, hn::LoadU(d, input + i + 3 * lanes));
      a4 = F::vectors(d, a4, hn::LoadU(d, input + i + 4 * lanes));
      a5 = F::vectors(d, a5, hn::LoadU(d, input + i + 5 * lanes));
      a6 = F::vectors(d, a6, hn::LoadU(d, input + i + 6 * lanes));
      a7 = F::vectors(d, a7, hn::LoadU(d, input + i + 7 * lanes));
    }
    total = F::vectors(d, F::vectors(d, F::vectors(d, a0, a1), F::vectors(d, a2, a3)),
                       F::vectors(d, F::vectors(d, a4, a5), F::vectors(d, a6, a7)));
  }
  for (; i + lanes <= count; i += lanes) total = F::vectors(d, total, hn::LoadU(d, input + i));
  if (i < count) {
    HWY_ALIGN T buffer[hn::MaxLanes(d)];
    std::fill_n(buffer, lanes, F::template identity<T>());
    std::memcpy(buffer, input + i, static_cast<std::size_t>(count - i) * sizeof(T));
    total = F::vectors(d, total, hn::Load(d, buffer));
  }
  return fold_lanes<F>(d, total);
}

/// A long run: its halves, their halves and so on, so that rounding errors do not pile up.
template <class F, class T>
T fold_run(const T* input, std::int64_t count) {
  constexpr std::int64_t kBlock = 4096;
  if (count <= kBlock) {
    if constexpr (kVectors<F, T>)
      return fold_block<F>(input, count);
    else
      return fold_scalars<F>(input, count);
  }
  const std::int64_t half = (count / 2 + kBlock - 1) / kBlock * kBlock;
  return F::scalars(fold_run<F>(input, half), fold_run<F>(input + half, count - half));
}

template <class F, class T>
void combine(void* accumulators, const void* others, std::int64_t count) {
  auto* a = static_cast<T*>(accumulators);
  const auto* b = static_cast<const T*>(others);
  for (std::int64_t i = 0; i < count; ++i) a[i] = F::scalars(a[i], b[i]);
}

/// Eight rows at a time, folded in pairs before they meet the accumulators.
template <class F, class T>
HWY_NOINLINE void fold_rows(const T* input, std::int64_t width, std::int64_t depth,
                            std::int64_t stride, T* HWY_RESTRICT accumulators) {
  const hn::ScalableTag<T> d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  std::int64_t row = 0;
  static_assert(kRowsAtOnce == 8);
  for (; row + 8 <= depth; row += 8) {
    const T* r = input + row * stride;
    std::int64_t j = 0;
    if constexpr (kVectors<F, T>) {
      for (; j + lanes <= width; j += lanes) {
        const auto load = [&](std::int64_t k) HWY_ATTR { return hn::LoadU(d, r + k * stride + j); };
        const auto low =
            F::vectors(d, F::vectors(d, load(0), load(1)), F::vectors(d, load(2), load(3)));
        const auto high =
            F::vectors(d, F::vectors(d, load(4), load(5)), F::vectors(d, load(6), load(7)));
        const auto sum = F::vectors(d, low, high);
        hn::StoreU(F::vectors(d, hn::LoadU(d, accumulators + j), sum), d, accumulators + j);
      }
    }
    for (; j < width; ++j) {
      const auto at = [&](std::int64_t k) { return r[k * stride + j]; };
      const T low = F::scalars(F::scalars(at(0), at(1)), F::scalars(at(2), at(3)));
      const T high = F::scalars(F::scalars(at(4), at(5)), F::scalars(at(6), at(7)));
      accumulators[j] = F::scalars(accumulators[j], F::scalars(low, high));
    }
  }
  for (; row < depth; ++row) {
    const T* r = input + row * stride;
    std::int64_t j = 0;
    if constexpr (kVectors<F, T>) {
      for (; j + lanes <= width; j += lanes) {
        hn::StoreU(F::vectors(d, hn::LoadU(d, accumulators + j), hn::LoadU(d, r + j)), d,
                   accumulators + j);
      }
    }
    for (; j < width; ++j) accumulators[j] = F::scalars(accumulators[j], r[j]);
  }
}

template <class F, class T>
void fold_panel(const FoldPanel& panel) {
  const auto* input = static_cast<const T*>(panel.input);
  auto* accumulators = static_cast<T*>(panel.accumulators);
  if (panel.depth_stride == 1) {
    for (std::int64_t j = 0; j < panel.width; ++j) {
      const T line = fold_run<F>(input + j * panel.width_stride, panel.depth);
      accumulators[j] = F::scalars(accumulators[j], line);
    }
    return;
  }
  // Narrow rows that lie without gaps are taken several at a time, as one row that fills vectors.
  constexpr std::int64_t kWide = 2 * kNarrowRows;
  std::int64_t done = 0;
  if (panel.width <= kNarrowRows && panel.depth_stride == panel.width) {
    const std::int64_t rows = kWide / panel.width;
    const std::int64_t wide = rows * panel.width;
    if (panel.depth >= 2 * rows) {
      HWY_ALIGN T folded[kWide];
      std::fill_n(folded, wide, F::template identity<T>());
      const std::int64_t groups = panel.depth / rows;
      fold_rows<F>(input, wide, groups, wide, folded);
      fold_rows<F>(folded, panel.width, rows, panel.width, accumulators);
      done = groups * rows;
    }
  }
  fold_rows<F>(input + done * panel.depth_stride, panel.width, panel.depth - done,
               panel.depth_stride, accumulators);
}

template <class F>
FoldLoops find_loops(DType compute) {
  return dispatch_numeric(compute, [&]<class T>(Type<T>) -> FoldLoops {
    if constexpr (std::is_same_v<T, float16> || std::is_same_v<T, bfloat16>) {
      return {};  // never asked for: computed in float32
    } else if constexpr (std::is_integral_v<T> && std::is_signed_v<T> &&
                         (std::is_same_v<F, Sum> || std::is_same_v<F, Product>)) {
      return {};  // never asked for: computed unsigned, where overflow is defined
    } else {
      return {&fold_panel<F, T>, &combine<F, T>};
    }
  });
}

FoldLoops ReduceLoops(Fold fold, DType compute) {
  switch (fold) {
    case Fold::kSum:
      return find_loops<Sum>(compute);
    case Fold::kProduct:
      return find_loops<Product>(compute);
    case Fold::kMaximum:
      return find_loops<Maximum>(compute);
    case Fold::kMinimum:
      return find_loops<Minimum>(compute);
  }
  return {};
}

}  // namespace
}  // namespace saem::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace saem::cpu {

HWY_EXPORT(ReduceLoops);

namespace {

DType unsigned_of_width(std::size_t width) {
  return width == 1 ? uint8 : width == 2 ? uint16 : width == 4 ? uint32 : uint64;
}

DType compute_dtype_of(Fold fold, DType dtype, bool mean) {
  if (dtype == DType::kFloat16 || dtype == DType::kBFloat16) return float32;
  if (dtype.is_bool()) return uint8;
  if (!dtype.is_integer()) return dtype;
  if (mean) return uint64;
  const bool wraps = fold == Fold::kSum || fold == Fold::kProduct;
  return wraps ? unsigned_of_width(dtype.size()) : dtype;
}

template <Fold kFold, bool kMean = false>
void run(const OpCall& call, std::span<Tensor> outputs) {
  if (call.input(0).dtype().is_complex()) {  // sums and means: part by part
    const Tensor parts[] = {parts_of(call.input(0))};
    Tensor sums[] = {mutable_parts_of(outputs[0])};
    return run<kFold, kMean>({call.op, parts, call.attributes}, sums);
  }
  const Tensor& x = call.input(0);
  const DType compute = compute_dtype_of(kFold, x.dtype(), kMean);
  run_fold({.input = x,
            .output = outputs[0],
            .step = {.axes = &call.options<ReduceOptions>().axis,
                     .fold = kFold,
                     .compute = compute,
                     .mean = kMean,
                     .loops = HWY_DYNAMIC_DISPATCH(ReduceLoops)(kFold, compute)}});
}

}  // namespace

void register_reduce() {
  register_kernel("reduce_sum", DeviceType::kCPU, {&run<Fold::kSum>, true});
  register_kernel("reduce_mean", DeviceType::kCPU, {&run<Fold::kSum, true>, true});
  register_kernel("reduce_max", DeviceType::kCPU, {&run<Fold::kMaximum>, true});
  register_kernel("reduce_min", DeviceType::kCPU, {&run<Fold::kMinimum>, true});
  register_kernel("reduce_prod", DeviceType::kCPU, {&run<Fold::kProduct>, true});
  register_kernel("reduce_any", DeviceType::kCPU, {&run<Fold::kMaximum>, true});
  register_kernel("reduce_all", DeviceType::kCPU, {&run<Fold::kMinimum>, true});
}

}  // namespace saem::cpu
#endif  // HWY_ONCE
