// Compiled once for each SIMD target: see Highway's foreach_target.h. Loops over contiguous
// elements.
#if defined(SAEM_CPU_SIMD_TRANSFORM_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef SAEM_CPU_SIMD_TRANSFORM_INL_HPP
#undef SAEM_CPU_SIMD_TRANSFORM_INL_HPP
#else
#define SAEM_CPU_SIMD_TRANSFORM_INL_HPP
#endif

#include <hwy/highway.h>

#include <cstdint>
#include <cstring>
#include <type_traits>

HWY_BEFORE_NAMESPACE();
namespace saem::cpu::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// Types that every target has vectors of and that the vector forms of ops are written for.
template <class T>
inline constexpr bool kHasVectors = std::is_same_v<T, float> || std::is_same_v<T, double>;

/// output[i] = op(d, inputs[0][i], ...): whole vectors, then the rest through a padded buffer, so
/// that an element's bits never depend on its position. The output may be one of the inputs
/// (variables are updated in place), so nothing is declared restrict.
template <class T, class Op, class... In>
HWY_INLINE void transform_vectors(const Op& op, T* output, std::int64_t count,
                                  const In*... inputs) {
  const hn::ScalableTag<T> d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  std::int64_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    hn::StoreU(op(d, hn::LoadU(d, inputs + i)...), d, output + i);
  }
  if (i < count) {
    const auto rest = static_cast<std::size_t>(count - i) * sizeof(T);
    HWY_ALIGN T buffer[hn::MaxLanes(d)];
    const auto load = [&](const T* from) HWY_ATTR {
      // Padding repeats a real element: no NaN or division by zero that was not in the data.
      for (std::int64_t k = 0; k < lanes; ++k) buffer[k] = from[0];
      std::memcpy(buffer, from, rest);
      return hn::Load(d, buffer);
    };
    const auto result = op(d, load(inputs + i)...);
    hn::Store(result, d, buffer);
    std::memcpy(output + i, buffer, rest);
  }
}

/// output[i] = op(inputs[0][i], ...) for types without vector forms; left to the compiler's
/// vectoriser.
template <class T, class Op, class... In>
HWY_INLINE void transform_scalars(const Op& op, T* output, std::int64_t count,
                                  const In*... inputs) {
  for (std::int64_t i = 0; i < count; ++i) output[i] = op(inputs[i]...);
}

}  // namespace saem::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // per-target include guard
