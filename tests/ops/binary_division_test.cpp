// floordiv, floormod, truncatediv, truncatemod; floor 5 of 5: what must be true. Values are
// TensorFlow's.
#include <cmath>
#include <limits>
#include <saem/ops/binary_division.hpp>
#include <saem/ops/compare.hpp>

#include "ops/pointwise.hpp"

namespace saem {
namespace {

using namespace saem::testing;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

std::vector<DType> exactly_divided() { return {int8, int16, int32, int64, float64}; }

#define SAEM_DIVISION_SECTIONS(op, exact)                                                  \
  TEST(op, Types) {                                                                        \
    const auto tensors = [](const Tensor& x, const Tensor& y) {                            \
      return op(x, cast(y == cast(constant(0), y.dtype()), y.dtype()) + y);                \
    };                                                                                     \
    const auto numbers = [](double x, double divisor) {                                    \
      const double y = divisor == 0 ? 1 : divisor;                                         \
      return exact;                                                                        \
    };                                                                                     \
    expect_binary(tensors, numbers, exactly_divided(), -100, 100);                         \
    expect_binary(tensors, numbers, {uint8, uint16, uint32, uint64}, 0, 200);              \
    for (const DType dtype : {half, dtypes::bfloat16, float32}) {                          \
      const Tensor x = cast(constant({7, -7, 7, -7}), dtype);                              \
      const Tensor y = cast(constant({2, 2, -2, -2}), dtype);                              \
      EXPECT_TRUE(identical(cast(op(x, y), int32), op(cast(x, int32), cast(y, int32))));   \
      EXPECT_TRUE(identical(op(scattered(x), y), op(x, y)));                               \
    }                                                                                      \
  }                                                                                        \
  TEST(op, Errors) {                                                                       \
    EXPECT_EQ(error_of<DTypeError>([] { op(constant({true}), constant({true})); }),        \
              #op ": needs numbers, got bool; tf::cast it first");                         \
    EXPECT_EQ(error_of<ValueError>([] {                                                    \
                op(constant({1, 1}), constant({1, 0}));                                    \
              }),                                                                          \
              #op                                                                          \
              ": an integer is divided by zero; tf::cast to tf::float32 for infinity, or " \
              "take tf::where to replace the zeros");                                      \
  }

TEST(floordiv, Values) {
  const Tensor x = constant({7.0, -7.0, 7.0, -7.5, 1.0}, float64);
  const Tensor y = constant({2.0, 2.0, -2.0, 2.0, 0.0}, float64);
  EXPECT_TRUE(has_values(floordiv(x, y), {5}, {3.0, -4.0, -4.0, -4.0, kInfinity}, {}));
  const Tensor whole = constant({7, -7, 7, -7, std::numeric_limits<int>::min()});
  EXPECT_TRUE(has_values(floordiv(whole, constant({2, 2, -2, -2, -1})), {5},
                         {3, -4, -4, 3, -2147483648.0}));
}

SAEM_DIVISION_SECTIONS(floordiv, (std::floor(x / y)))

TEST(floormod, Values) {
  const Tensor x = constant({7.0, -7.0, 7.0, -7.5, 1.0}, float64);
  const Tensor y = constant({2.0, 2.0, -2.0, 2.0, 0.0}, float64);
  EXPECT_TRUE(has_values(floormod(x, y), {5}, {1.0, 1.0, -1.0, 0.5, kNaN}, {}));
  const Tensor whole = constant({7, -7, 7, -7, std::numeric_limits<int>::min()});
  EXPECT_TRUE(has_values(floormod(whole, constant({2, 2, -2, -2, -1})), {5}, {1, 1, -1, -1, 0}));
}

SAEM_DIVISION_SECTIONS(floormod, ((x - std::floor(x / y) * y)))

TEST(truncatediv, Values) {
  const Tensor x = constant({7.0, -7.0, 7.0, -7.5, 1.0}, float64);
  const Tensor y = constant({2.0, 2.0, -2.0, 2.0, 0.0}, float64);
  EXPECT_TRUE(has_values(truncatediv(x, y), {5}, {3.0, -3.0, -3.0, -3.0, kInfinity}, {}));
  const Tensor whole = constant({7, -7, 7, -7, std::numeric_limits<int>::min()});
  EXPECT_TRUE(has_values(truncatediv(whole, constant({2, 2, -2, -2, -1})), {5},
                         {3, -3, -3, 3, -2147483648.0}));
}

SAEM_DIVISION_SECTIONS(truncatediv, (std::trunc(x / y)))

TEST(truncatemod, Values) {
  const Tensor x = constant({7.0, -7.0, 7.0, -7.5, 1.0}, float64);
  const Tensor y = constant({2.0, 2.0, -2.0, 2.0, 0.0}, float64);
  EXPECT_TRUE(has_values(truncatemod(x, y), {5}, {1.0, -1.0, 1.0, -1.5, kNaN}, {}));
  const Tensor whole = constant({7, -7, 7, -7, std::numeric_limits<int>::min()});
  EXPECT_TRUE(has_values(truncatemod(whole, constant({2, 2, -2, -2, -1})), {5}, {1, -1, 1, -1, 0}));
}

SAEM_DIVISION_SECTIONS(truncatemod, (std::fmod(x, y)))

TEST(floormod, Gradient) {
  const auto op = [](const Tensor& x, const Tensor& y) { return floormod(x, y); };
  expect_binary_gradients(op, 1.1, 1.9);
  EXPECT_TRUE(has_values(floormod(constant({7, -7}), 3), {2}, {1, 2}));
  EXPECT_TRUE(has_values(floordiv(constant({7, -7}), 3), {2}, {2, -3}));
}

}  // namespace
}  // namespace saem
