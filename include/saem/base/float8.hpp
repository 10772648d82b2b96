#pragma once

#include <bit>
#include <cstdint>
#include <limits>

namespace saem {

namespace detail {

/// Rounds to nearest even, into a sign bit, exponent bits and `kFraction` fraction bits. Where the
/// format has no infinity (`kFinite`), what is too large is NaN, as in the paper that defines it
/// (Micikevicius et al., "FP8 formats for deep learning", 2022) and in ml_dtypes.
template <int kFraction, bool kFinite>
constexpr std::uint8_t round_to_float8(float value) {
  constexpr int kShift = 23 - kFraction;
  constexpr int kBias = (1 << (6 - kFraction)) - 1;
  constexpr std::uint32_t kRebias = static_cast<std::uint32_t>(127 - kBias) << 23;
  constexpr std::uint32_t kOverflow = kFinite ? 0x7f : 0x7c;  // NaN, or infinity
  constexpr std::uint32_t kNaN = kFinite ? 0x7f : 0x7e;
  const auto wide = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = (wide >> 24) & 0x80u;
  const std::uint32_t magnitude = wide & 0x7fffffffu;
  std::uint32_t bits = 0;
  if (magnitude > 0x7f800000u) {
    bits = kNaN;
  } else if (magnitude < kRebias + (1u << 23)) {
    // Subnormal: beside this number floats lie one step of the format apart, so the FPU rounds.
    constexpr float kStep = std::bit_cast<float>(kRebias + (std::uint32_t{24 - kFraction} << 23));
    bits = std::bit_cast<std::uint32_t>(std::bit_cast<float>(magnitude) + kStep) -
           std::bit_cast<std::uint32_t>(kStep);
  } else {
    const std::uint32_t half = (1u << (kShift - 1)) - 1u + ((magnitude >> kShift) & 1u);
    bits = (magnitude + half - kRebias) >> kShift;
    if (bits > kOverflow) bits = kOverflow;
  }
  return static_cast<std::uint8_t>(sign | bits);
}

/// To a float that rounds as the double itself would: what is cut off leaves the last bit set.
constexpr float round_to_odd(double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  const std::uint64_t magnitude = bits & 0x7fffffffffffffffu;
  if (magnitude >= 0x47e0000000000000u || magnitude < 0x3810000000000000u) {
    return static_cast<float>(value);  // far outside the range of any float8
  }
  const bool inexact = (bits & 0x1fffffffu) != 0;
  const auto cut = std::bit_cast<double>(bits & ~std::uint64_t{0x1fffffffu});
  const auto narrow = std::bit_cast<std::uint32_t>(static_cast<float>(cut));
  return std::bit_cast<float>(narrow | (inexact ? 1u : 0u));
}

template <int kFraction, bool kFinite>
constexpr float widen_float8(std::uint8_t bits) {
  constexpr int kBias = (1 << (6 - kFraction)) - 1;
  const std::uint32_t sign = static_cast<std::uint32_t>(bits & 0x80u) << 24;
  const std::uint32_t magnitude = bits & 0x7fu;
  if (magnitude >> kFraction == 0) {  // subnormal: steps of 2^(1 - bias - fraction bits), exact
    constexpr auto kStep = std::bit_cast<float>(std::uint32_t{128 - kBias - kFraction} << 23);
    const float steps = static_cast<float>(magnitude) * kStep;
    return std::bit_cast<float>(sign | std::bit_cast<std::uint32_t>(steps));
  }
  if (kFinite ? magnitude == 0x7f : magnitude > 0x7c) {
    return std::bit_cast<float>(sign | 0x7fc00000u);
  }
  if (!kFinite && magnitude == 0x7c) return std::bit_cast<float>(sign | 0x7f800000u);
  constexpr std::uint32_t kRebias = static_cast<std::uint32_t>(127 - kBias) << 23;
  return std::bit_cast<float>(sign | ((magnitude << (23 - kFraction)) + kRebias));
}

}  // namespace detail

/// Eight bits, 4 of exponent and 3 of fraction: up to 448, no infinity. A type to store numbers in:
/// cast to calculate. Conversion rounds to nearest even; what is too large becomes NaN.
struct float8_e4m3fn {
  std::uint8_t bits = 0;

  constexpr float8_e4m3fn() = default;
  constexpr explicit float8_e4m3fn(float value) : bits(detail::round_to_float8<3, true>(value)) {}
  constexpr explicit float8_e4m3fn(double value) : float8_e4m3fn(detail::round_to_odd(value)) {}
  constexpr operator float() const {  // NOLINT: every float8 is a float
    return detail::widen_float8<3, true>(bits);
  }
};

/// Eight bits, 5 of exponent and 2 of fraction: the upper half of a float16. A type to store
/// numbers in: cast to calculate. Conversion rounds to nearest even; what is too large becomes
/// infinity.
struct float8_e5m2 {
  std::uint8_t bits = 0;

  constexpr float8_e5m2() = default;
  constexpr explicit float8_e5m2(float value) : bits(detail::round_to_float8<2, false>(value)) {}
  constexpr explicit float8_e5m2(double value) : float8_e5m2(detail::round_to_odd(value)) {}
  constexpr operator float() const {  // NOLINT: every float8 is a float
    return detail::widen_float8<2, false>(bits);
  }
};

}  // namespace saem
