// bitwise_and, bitwise_or, bitwise_xor, invert, left_shift, right_shift, population_count; floor 5
// of 5: what must be true. Values are TensorFlow's.
#include <bit>
#include <limits>
#include <saem/ops/bitwise.hpp>

#include "ops/pointwise.hpp"

namespace saem {
namespace {

using namespace saem::testing;

Tensor left() { return constant({10, -3, 127}, int8); }
Tensor right() { return constant({3, 5, -128}, int8); }

std::int64_t whole(double x) { return static_cast<std::int64_t>(x); }

#define SAEM_BITWISE_SECTIONS(op, exact, high, ...)                                             \
  TEST(op, Values) { EXPECT_TRUE(has_values(bitwise::op(left(), right()), {3}, __VA_ARGS__)); } \
  TEST(op, Types) {                                                                             \
    expect_binary([](const Tensor& x, const Tensor& y) { return bitwise::op(x, y); },           \
                  [](double a, double b) {                                                      \
                    const std::int64_t x = whole(a);                                            \
                    const std::int64_t y = whole(b);                                            \
                    return static_cast<double>(exact);                                          \
                  },                                                                            \
                  kIntegers, 0, high);                                                          \
  }                                                                                             \
  TEST(op, Errors) {                                                                            \
    EXPECT_EQ(error_of<DTypeError>([] { bitwise::op(constant({1.0}), constant({1.0})); }),      \
              #op ": needs integers, got float32; tf::cast it first");                          \
    EXPECT_EQ(error_of<DTypeError>([] { bitwise::op(constant({1}), left()); }),                 \
              #op ": int32 and int8 do not mix; tf::cast one of them");                         \
  }

SAEM_BITWISE_SECTIONS(bitwise_and, x& y, 120, {2, 5, 0})
SAEM_BITWISE_SECTIONS(bitwise_or, x | y, 120, {11, -3, -1})
SAEM_BITWISE_SECTIONS(bitwise_xor, x ^ y, 120, {9, -8, -1})
SAEM_BITWISE_SECTIONS(left_shift, x << y, 4, {80, -96, 127})
SAEM_BITWISE_SECTIONS(right_shift, x >> y, 7, {1, -1, 127})

TEST(left_shift, EndsAtTheWidth) {
  EXPECT_TRUE(has_values(bitwise::left_shift(constant({-8, 8}), constant({40, -1})), {2}, {0, 8}));
  EXPECT_TRUE(
      has_values(bitwise::right_shift(constant({-8, 8}), constant({40, -1})), {2}, {-1, 8}));
}

TEST(invert, Values) {
  EXPECT_TRUE(has_values(bitwise::invert(constant({10, -3, 127}, int8)), {3}, {-11, 2, -128}));
}

TEST(invert, Types) {
  for (const DType dtype : kIntegers) {
    for (const Shape& shape : kShapes) {
      const Tensor x = sample_for(shape, dtype, -100, 100);
      const Tensor all = fill(shape, dtype.is_unsigned() ? 0 : -1, {.dtype = dtype});
      const Tensor ones = dtype.is_unsigned() ? bitwise::invert(all) : all;
      EXPECT_TRUE(identical(bitwise::bitwise_xor(x, bitwise::invert(x)), ones));
      EXPECT_TRUE(identical(bitwise::invert(scattered(x)), bitwise::invert(x)));
    }
  }
}

TEST(invert, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { bitwise::invert(constant({true})); }),
            "invert: needs integers, got bool; tf::cast it first");
}

TEST(population_count, Values) {
  EXPECT_TRUE(has_values(bitwise::population_count(constant({10, -3, 127}, int8)), {3}, {2, 7, 7}));
}

TEST(population_count, Types) {
  expect_unary([](const Tensor& x) { return bitwise::population_count(x); },
               [](double x) {
                 return std::popcount(static_cast<std::uint64_t>(static_cast<std::int64_t>(x)));
               },
               kIntegers, 0, 120, uint8);
}

TEST(population_count, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { bitwise::population_count(constant({1.0})); }),
            "population_count: needs integers, got float32; tf::cast it first");
}

}  // namespace
}  // namespace saem
