#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <saem/base/float8.hpp>

namespace saem {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

template <class T>
T from_bits(std::uint32_t bits) {
  T value;
  value.bits = static_cast<std::uint8_t>(bits);
  return value;
}

/// The finite value of the format nearest to `x`, ties to the even bits, found by trying them all.
template <class T>
std::uint8_t nearest(double x) {
  std::uint32_t best = 0;
  double distance = std::abs(x);
  for (std::uint32_t bits = 1; bits < 0x80; ++bits) {
    const double value = from_bits<T>(bits);
    if (!std::isfinite(value)) break;
    const double here = std::abs(value - std::abs(x));
    if (here < distance || (here == distance && bits % 2 == 0)) {
      best = bits;
      distance = here;
    }
  }
  return static_cast<std::uint8_t>(best | (std::signbit(x) ? 0x80u : 0u));
}

template <class T>
class Float8 : public ::testing::Test {};
using Formats = ::testing::Types<float8_e4m3fn, float8_e5m2>;
TYPED_TEST_SUITE(Float8, Formats);

TYPED_TEST(Float8, RoundTripsEveryValue) {
  for (std::uint32_t bits = 0; bits < 0x100; ++bits) {
    const auto value = from_bits<TypeParam>(bits);
    if (std::isnan(static_cast<float>(value))) {
      EXPECT_TRUE(std::isnan(static_cast<float>(TypeParam(static_cast<float>(value)))));
    } else {
      EXPECT_EQ(TypeParam(static_cast<float>(value)).bits, bits);
      EXPECT_EQ(TypeParam(static_cast<double>(value)).bits, bits);
    }
  }
}

TYPED_TEST(Float8, RoundsToTheNearestOfAllValues) {
  for (std::uint32_t bits = 0; bits + 1 < 0x80; ++bits) {
    const double low = from_bits<TypeParam>(bits);
    const double high = from_bits<TypeParam>(bits + 1);
    if (!std::isfinite(high)) break;
    const double middle = (low + high) / 2;
    for (const double x : {middle, std::nextafter(middle, 0.0), std::nextafter(middle, 1e9),
                           low + (high - low) * 0.3, low + (high - low) * 0.7}) {
      EXPECT_EQ(TypeParam(x).bits, nearest<TypeParam>(x)) << x;
      EXPECT_EQ(TypeParam(-x).bits, nearest<TypeParam>(-x)) << -x;
      const auto narrow = static_cast<float>(x);
      EXPECT_EQ(TypeParam(narrow).bits, nearest<TypeParam>(narrow)) << narrow;
    }
  }
}

TEST(Float8Edges, WhatIsTooLarge) {             // bits from TensorFlow 2.21
  EXPECT_EQ(float8_e4m3fn(464.0f).bits, 0x7e);  // a tie, to the largest number
  EXPECT_EQ(float8_e4m3fn(465.0f).bits, 0x7f);
  EXPECT_EQ(float8_e4m3fn(-1e30f).bits, 0xff);
  EXPECT_EQ(float8_e4m3fn(kInfinity).bits, 0x7f);
  EXPECT_EQ(float8_e4m3fn(kNaN).bits, 0x7f);
  EXPECT_EQ(float8_e5m2(61439.0).bits, 0x7b);
  EXPECT_EQ(float8_e5m2(61440.0).bits, 0x7c);
  EXPECT_EQ(float8_e5m2(-1e300).bits, 0xfc);
  EXPECT_EQ(float8_e5m2(kInfinity).bits, 0x7c);
  EXPECT_EQ(float8_e5m2(kNaN).bits, 0x7e);
  EXPECT_EQ(static_cast<float>(float8_e5m2(-kInfinity)), -kInfinity);
}

TEST(Float8Edges, DoublesAreRoundedOnce) {
  const double above_a_tie = 1.0 + 0x1p-4 + 0x1p-40;  // as float it would be the tie itself
  EXPECT_EQ(float8_e4m3fn(above_a_tie).bits, 0x39);
  EXPECT_EQ(float8_e4m3fn(static_cast<float>(above_a_tie)).bits, 0x38);
  EXPECT_EQ(float8_e5m2(1.0 + 0x1p-3 + 0x1p-40).bits, 0x3d);
}

}  // namespace
}  // namespace saem
