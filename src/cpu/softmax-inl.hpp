// Compiled once for each SIMD target: see Highway's foreach_target.h. What softmax and the cross
// entropies do with one row of logits: its maximum, the sum of exponentials below it, and what is
// made of those.
#if defined(SAEM_CPU_SOFTMAX_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef SAEM_CPU_SOFTMAX_INL_HPP
#undef SAEM_CPU_SOFTMAX_INL_HPP
#else
#define SAEM_CPU_SOFTMAX_INL_HPP
#endif

#include <hwy/highway.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

#include "cpu/math-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace saem::cpu::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// e^x: float32 on vectors, float64 by the C library.
template <class D, class V>
HWY_INLINE V row_exp(D d, V x) {
  if constexpr (std::is_same_v<hn::TFromD<D>, float>) {
    return exp(d, x);
  } else {
    HWY_ALIGN double buffer[hn::MaxLanes(d)];
    hn::Store(x, d, buffer);
    for (std::size_t k = 0; k < hn::Lanes(d); ++k) buffer[k] = std::exp(buffer[k]);
    return hn::Load(d, buffer);
  }
}

/// e^x for x <= 0 or NaN. What is below the normal numbers counts as 0: beside a sum of at least 1
/// it is nothing, and so 2^n is always one multiplication. A third faster than `exp`.
template <class D, class V>
HWY_INLINE V exp_below_zero(D d, V x) {
  if constexpr (std::is_same_v<hn::TFromD<D>, float>) {
    const V least = hn::Set(d, -87.0f);
    const auto vanishes = hn::Lt(x, least);
    V n;
    const V fraction = exp_parts(d, hn::IfThenElse(vanishes, least, x), n);
    const V power = power_of_two(d, n);
    return hn::IfThenZeroElse(vanishes, hn::MulAdd(fraction, power, power));
  } else {
    return row_exp(d, x);
  }
}

// Short rows are all rest. So that it need not go through a buffer, it is read and written as a
// whole vector where that stays within the rows at hand: `reach` is how many elements there are up
// to the last row's end.

/// The first `count` < Lanes elements; `padding` in the rest.
template <class D, class T>
HWY_INLINE hn::Vec<D> load_part(D d, const T* from, std::int64_t count, std::int64_t reach,
                                T padding) {
  if (reach >= static_cast<std::int64_t>(hn::Lanes(d))) {
    const auto mask = hn::FirstN(d, static_cast<std::size_t>(count));
    return hn::IfThenElse(mask, hn::LoadU(d, from), hn::Set(d, padding));
  }
  HWY_ALIGN T buffer[hn::MaxLanes(d)];
  std::fill_n(buffer, hn::Lanes(d), padding);
  std::memcpy(buffer, from, static_cast<std::size_t>(count) * sizeof(T));
  return hn::Load(d, buffer);
}

/// Stores the first `count` < Lanes elements. May spoil what follows up to `reach`: rows are
/// written in order, so the next ones come over it.
template <class D, class V, class T>
HWY_INLINE void store_part(D d, V v, T* to, std::int64_t count, std::int64_t reach) {
  if (reach >= static_cast<std::int64_t>(hn::Lanes(d))) return hn::StoreU(v, d, to);
  HWY_ALIGN T buffer[hn::MaxLanes(d)];
  hn::Store(v, d, buffer);
  std::memcpy(to, buffer, static_cast<std::size_t>(count) * sizeof(T));
}

/// Sum of the lanes in a fixed order.
template <class D, class V>
HWY_INLINE hn::TFromD<D> sum_lanes(D d, V v) {
  HWY_ALIGN hn::TFromD<D> buffer[hn::MaxLanes(d)];
  hn::Store(v, d, buffer);
  for (std::size_t half = hn::Lanes(d) / 2; half > 0; half /= 2) {
    for (std::size_t k = 0; k < half; ++k) buffer[k] += buffer[k + half];
  }
  return buffer[0];
}

/// The larger; NaN if either is.
template <class D, class V>
HWY_INLINE V larger(D, V a, V b) {
  return hn::IfThenElse(hn::IsNaN(a), a, hn::IfThenElse(hn::Gt(a, b), a, b));
}

template <class T>
HWY_INLINE T row_maximum(const T* x, std::int64_t count, std::int64_t reach) {
  const hn::ScalableTag<T> d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  constexpr T kLowest = -std::numeric_limits<T>::infinity();
  auto a = hn::Set(d, kLowest), b = a, c = a, e = a;
  std::int64_t i = 0;
  for (; i + 4 * lanes <= count; i += 4 * lanes) {
    a = larger(d, a, hn::LoadU(d, x + i));
    b = larger(d, b, hn::LoadU(d, x + i + lanes));
    c = larger(d, c, hn::LoadU(d, x + i + 2 * lanes));
    e = larger(d, e, hn::LoadU(d, x + i + 3 * lanes));
  }
  for (; i + lanes <= count; i += lanes) a = larger(d, a, hn::LoadU(d, x + i));
  if (i < count) b = larger(d, b, load_part(d, x + i, count - i, reach - i, kLowest));
  HWY_ALIGN T buffer[hn::MaxLanes(d)];
  hn::Store(larger(d, larger(d, a, b), larger(d, c, e)), d, buffer);
  T result = buffer[0];
  for (std::int64_t k = 1; k < lanes; ++k) {
    if (!(result != result) && !(result > buffer[k])) result = buffer[k];
  }
  return result;
}

/// Calls `body(v..., i, n)` for each vector of a row of each operand, n elements of which count;
/// sums what it returns. Blocks have sums of their own, so that rounding errors of long rows do not
/// pile up. Padding must yield 0.
template <class T, class Body>
HWY_INLINE T row_sum(std::int64_t count, const Body& body) {
  constexpr std::int64_t kBlock = 4096;
  const hn::ScalableTag<T> d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  auto total = hn::Zero(d);
  for (std::int64_t start = 0; start < count; start += kBlock) {
    const std::int64_t end = std::min(count, start + kBlock);
    auto even = hn::Zero(d), odd = hn::Zero(d);
    std::int64_t i = start;
    for (; i + 2 * lanes <= end; i += 2 * lanes) {
      even = hn::Add(even, body.whole(d, i));
      odd = hn::Add(odd, body.whole(d, i + lanes));
    }
    if (i + lanes <= end) {
      even = hn::Add(even, body.whole(d, i));
      i += lanes;
    }
    if (i < end) odd = hn::Add(odd, body.part(d, i, end - i));
    total = hn::Add(total, hn::Add(even, odd));
  }
  return sum_lanes(d, total);
}

/// exp(x - maximum), written to `to` unless that is null.
template <class T>
struct Exponentials {
  const T* x;
  T maximum;
  T* to;
  std::int64_t reach;
  template <class D>
  HWY_INLINE hn::Vec<D> whole(D d, std::int64_t i) const {
    const auto e = exp_below_zero(d, hn::Sub(hn::LoadU(d, x + i), hn::Set(d, maximum)));
    if (to != nullptr) hn::StoreU(e, d, to + i);
    return e;
  }
  template <class D>
  HWY_INLINE hn::Vec<D> part(D d, std::int64_t i, std::int64_t count) const {
    const auto v = load_part(d, x + i, count, reach - i, maximum);
    const auto e = exp_below_zero(d, hn::Sub(v, hn::Set(d, maximum)));
    if (to != nullptr) store_part(d, e, to + i, count, reach - i);
    return hn::IfThenElseZero(hn::FirstN(d, static_cast<std::size_t>(count)), e);
  }
};

template <class T>
struct Products {
  const T* a;
  const T* b;
  std::int64_t reach;
  template <class D>
  HWY_INLINE hn::Vec<D> whole(D d, std::int64_t i) const {
    return hn::Mul(hn::LoadU(d, a + i), hn::LoadU(d, b + i));
  }
  template <class D>
  HWY_INLINE hn::Vec<D> part(D d, std::int64_t i, std::int64_t count) const {
    return hn::Mul(load_part(d, a + i, count, reach - i, T(0)),
                   load_part(d, b + i, count, reach - i, T(0)));
  }
};

template <class T>
struct Elements {
  const T* x;
  std::int64_t reach;
  template <class D>
  HWY_INLINE hn::Vec<D> whole(D d, std::int64_t i) const {
    return hn::LoadU(d, x + i);
  }
  template <class D>
  HWY_INLINE hn::Vec<D> part(D d, std::int64_t i, std::int64_t count) const {
    return load_part(d, x + i, count, reach - i, T(0));
  }
};

/// The normaliser of softmax in two parts: y_i = exp(x_i - maximum) / sum.
template <class T>
struct Normalizer {
  T maximum;
  T sum;
};

/// Writes exp(x - maximum) to `to` unless that is null.
template <class T>
HWY_INLINE Normalizer<T> normalizer_of(const T* x, std::int64_t count, std::int64_t reach, T* to) {
  const T maximum = row_maximum(x, count, reach);
  return {maximum, row_sum<T>(count, Exponentials<T>{x, maximum, to, reach})};
}

/// to[i] = f(d, inputs[i]...); whole vectors, then the rest through padded buffers.
template <class T, class F, class... In>
HWY_INLINE void map_row(T* to, std::int64_t count, std::int64_t reach, const F& f,
                        const In*... inputs) {
  const hn::ScalableTag<T> d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  std::int64_t i = 0;
  for (; i + lanes <= count; i += lanes) hn::StoreU(f(d, hn::LoadU(d, inputs + i)...), d, to + i);
  if (i < count) {
    store_part(d, f(d, load_part(d, inputs + i, count - i, reach - i, T(0))...), to + i, count - i,
               reach - i);
  }
}

}  // namespace saem::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // per-target include guard
