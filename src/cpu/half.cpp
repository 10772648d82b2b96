// Between half precision and float32, on vectors: what every pointwise op, reduction and row kernel
// reads and writes float16 and bfloat16 through.
//
// Done with integers on every target instead of the targets' own instructions, so that all give the
// bits of base/float16.hpp, NaN included, and on targets without such instructions too. Measured
// with 2^20 elements on one core (AVX-512), beside the types' own conversions in a loop: to float16
// 0.09 ms instead of 0.89, back 0.07 instead of 0.88; to bfloat16 0.06 instead of 0.30.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/half.cpp"
#include <hwy/foreach_target.h>
// Must come after foreach_target.h.
#include <hwy/highway.h>

#include "core/dispatch.hpp"
#include "cpu/elementwise.hpp"

HWY_BEFORE_NAMESPACE();
namespace saem::cpu::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
namespace {  // unnamed: kernel files name alike things alike, and a linker would merge them

using Wide = hn::ScalableTag<float>;
using Bits = hn::RebindToSigned<Wide>;
using Narrow = hn::Rebind<std::uint16_t, Wide>;

struct BFloat16 {
  using Element = bfloat16;
  template <class V>
  static HWY_INLINE hn::VFromD<Wide> widen(V half) {
    return hn::BitCast(Wide(), hn::ShiftLeft<16>(half));
  }
  template <class V>
  static HWY_INLINE hn::VFromD<Bits> narrow(V wide) {
    const Bits d;
    const auto odd = hn::And(hn::ShiftRight<16>(wide), hn::Set(d, 1));
    const auto rounded = hn::Add(wide, hn::Add(odd, hn::Set(d, 0x7fff)));
    const auto quiet = hn::Or(wide, hn::Set(d, 0x400000));
    const auto magnitude = hn::And(wide, hn::Set(d, 0x7fffffff));
    const auto is_nan = hn::Gt(magnitude, hn::Set(d, 0x7f800000));
    return hn::ShiftRight<16>(hn::IfThenElse(is_nan, quiet, rounded));
  }
};

struct Float16 {
  using Element = float16;
  template <class V>
  static HWY_INLINE hn::VFromD<Wide> widen(V half) {
    const Bits d;
    const auto magnitude = hn::And(half, hn::Set(d, 0x7fff));
    const auto sign = hn::ShiftLeft<16>(hn::And(half, hn::Set(d, 0x8000)));
    const auto normal = hn::Add(hn::ShiftLeft<13>(magnitude), hn::Set(d, 112 << 23));
    const auto special = hn::Or(normal, hn::Set(d, 0x7f800000));
    // Subnormals: fraction * 2^-24, exact in float.
    const auto subnormal =
        hn::BitCast(d, hn::Mul(hn::ConvertTo(Wide(), magnitude), hn::Set(Wide(), 0x1p-24f)));
    auto bits = hn::IfThenElse(hn::Gt(magnitude, hn::Set(d, 0x7bff)), special, normal);
    bits = hn::IfThenElse(hn::Lt(magnitude, hn::Set(d, 0x400)), subnormal, bits);
    return hn::BitCast(Wide(), hn::Or(bits, sign));
  }
  template <class V>
  static HWY_INLINE hn::VFromD<Bits> narrow(V wide) {
    const Bits d;
    const auto magnitude = hn::And(wide, hn::Set(d, 0x7fffffff));
    const auto sign = hn::And(hn::ShiftRight<16>(wide), hn::Set(d, 0x8000));
    const auto odd = hn::And(hn::ShiftRight<13>(magnitude), hn::Set(d, 1));
    const auto rounded = hn::Add(magnitude, hn::Add(odd, hn::Set(d, 0xfff)));
    auto bits = hn::ShiftRight<13>(hn::Sub(rounded, hn::Set(d, 0x38000000)));
    // Below 2^-14: adding 0.5 lets the FPU round to steps of 2^-24.
    const auto half = hn::Set(Wide(), 0.5f);
    const auto shifted = hn::BitCast(d, hn::Add(hn::BitCast(Wide(), magnitude), half));
    const auto subnormal = hn::Sub(shifted, hn::BitCast(d, half));
    bits = hn::IfThenElse(hn::Lt(magnitude, hn::Set(d, 0x38800000)), subnormal, bits);
    const auto infinity = hn::Set(d, 0x7c00);
    bits = hn::IfThenElse(hn::Gt(magnitude, hn::Set(d, 0x477fffff)), infinity, bits);
    const auto payload = hn::And(hn::ShiftRight<13>(magnitude), hn::Set(d, 0x3ff));
    const auto nan = hn::Or(payload, hn::Set(d, 0x7e00));
    bits = hn::IfThenElse(hn::Gt(magnitude, hn::Set(d, 0x7f800000)), nan, bits);
    return hn::Or(bits, sign);
  }
};

template <class Format>
void widen_all(const void* input, float* output, std::int64_t count) {
  const auto* source = static_cast<const typename Format::Element*>(input);
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(Wide()));
  std::int64_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    const auto half = hn::LoadU(Narrow(), reinterpret_cast<const std::uint16_t*>(source + i));
    hn::StoreU(Format::widen(hn::PromoteTo(Bits(), half)), Wide(), output + i);
  }
  for (; i < count; ++i) output[i] = source[i];
}

template <class Format>
void narrow_all(const float* input, void* output, std::int64_t count) {
  auto* target = static_cast<typename Format::Element*>(output);
  const hn::RebindToUnsigned<Wide> unsigned_bits;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(Wide()));
  std::int64_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    const auto bits = Format::narrow(hn::BitCast(Bits(), hn::LoadU(Wide(), input + i)));
    hn::StoreU(hn::TruncateTo(Narrow(), hn::BitCast(unsigned_bits, bits)), Narrow(),
               reinterpret_cast<std::uint16_t*>(target + i));
  }
  for (; i < count; ++i) target[i] = typename Format::Element(input[i]);
}

template <class Format>
void round_all(float* values, std::int64_t count) {
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(Wide()));
  std::int64_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    const auto half = Format::narrow(hn::BitCast(Bits(), hn::LoadU(Wide(), values + i)));
    const auto bits = hn::And(half, hn::Set(Bits(), 0xffff));  // bfloat16's shift copies the sign
    hn::StoreU(Format::widen(bits), Wide(), values + i);
  }
  for (; i < count; ++i) values[i] = typename Format::Element(values[i]);
}

void RoundHalf(DType to, float* values, std::int64_t count) {
  return to == DType::kBFloat16 ? round_all<BFloat16>(values, count)
                                : round_all<Float16>(values, count);
}

void WidenHalf(DType from, const void* input, float* output, std::int64_t count) {
  return from == DType::kBFloat16 ? widen_all<BFloat16>(input, output, count)
                                  : widen_all<Float16>(input, output, count);
}

void NarrowHalf(DType to, const float* input, void* output, std::int64_t count) {
  return to == DType::kBFloat16 ? narrow_all<BFloat16>(input, output, count)
                                : narrow_all<Float16>(input, output, count);
}

}  // namespace
}  // namespace saem::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace saem::cpu {

HWY_EXPORT(WidenHalf);
HWY_EXPORT(NarrowHalf);
HWY_EXPORT(RoundHalf);

namespace {

template <class T>
void widen_scalars(const void* input, float* output, std::int64_t count) {
  const auto* source = static_cast<const T*>(input);
  for (std::int64_t i = 0; i < count; ++i) output[i] = source[i];
}

template <class T>
void narrow_scalars(const float* input, void* output, std::int64_t count) {
  auto* target = static_cast<T*>(output);
  for (std::int64_t i = 0; i < count; ++i) target[i] = T(input[i]);
}

template <class T>
void round_scalars(float* values, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) values[i] = T(values[i]);
}

}  // namespace

void widen(DType from, const void* input, float* output, std::int64_t count) {
  if (from == DType::kFloat8E4M3FN) return widen_scalars<float8_e4m3fn>(input, output, count);
  if (from == DType::kFloat8E5M2) return widen_scalars<float8_e5m2>(input, output, count);
  HWY_DYNAMIC_DISPATCH(WidenHalf)(from, input, output, count);
}

void narrow(DType to, const float* input, void* output, std::int64_t count) {
  if (to == DType::kFloat8E4M3FN) return narrow_scalars<float8_e4m3fn>(input, output, count);
  if (to == DType::kFloat8E5M2) return narrow_scalars<float8_e5m2>(input, output, count);
  HWY_DYNAMIC_DISPATCH(NarrowHalf)(to, input, output, count);
}

void round_to(DType dtype, float* values, std::int64_t count) {
  if (dtype == DType::kFloat8E4M3FN) return round_scalars<float8_e4m3fn>(values, count);
  if (dtype == DType::kFloat8E5M2) return round_scalars<float8_e5m2>(values, count);
  HWY_DYNAMIC_DISPATCH(RoundHalf)(dtype, values, count);
}

}  // namespace saem::cpu
#endif  // HWY_ONCE
