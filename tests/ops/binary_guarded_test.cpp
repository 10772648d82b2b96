// divide_no_nan, multiply_no_nan, xdivy, xlogy, xlog1py; floor 5 of 5: what must be true. Values
// are TensorFlow's.
#include <cmath>
#include <limits>
#include <saem/ops/binary_guarded.hpp>
#include <saem/ops/complex.hpp>

#include "ops/pointwise.hpp"

namespace saem {
namespace {

using namespace saem::testing;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// All sections but Values. `exact` is the guarded formula on doubles.
#define SAEM_GUARDED_SECTIONS(op, exact)                                                          \
  TEST(op, Composition) {                                                                         \
    const Tensor x = constant({0.0, 2.0, -3.0, 0.0, 1.5}, float64);                               \
    const Tensor y = constant({0.0, 0.5, 0.0, 2.0, 4.0}, float64);                                \
    EXPECT_TRUE(kernel_equals_composition(#op, {x, y}));                                          \
    EXPECT_TRUE(kernel_equals_composition(#op, {cast(x, half), cast(y, half)}));                  \
  }                                                                                               \
  TEST(op, Gradient) {                                                                            \
    expect_binary_gradients([](const Tensor& x, const Tensor& y) { return math::op(x, y); }, 0.5, \
                            2.0);                                                                 \
  }                                                                                               \
  TEST(op, Types) {                                                                               \
    expect_binary([](const Tensor& x, const Tensor& y) { return math::op(x, y); },                \
                  [](double x, double y) { return exact; }, kFloating, 0.5, 2.0);                 \
  }                                                                                               \
  TEST(op, Errors) {                                                                              \
    EXPECT_EQ(error_of<DTypeError>([] { math::op(constant({1}), constant({1})); }),               \
              #op ": needs floating point, got int32; tf::cast it to tf::float32");               \
    EXPECT_EQ(error_of<DTypeError>([] { math::op(constant({1}), constant({1.0})); }),             \
              #op ": int32 and float32 do not mix; tf::cast one of them");                        \
  }

TEST(divide_no_nan, Values) {
  const Tensor x = constant({1.0, 2.0, 0.0, -4.0}, float64);
  const Tensor y = constant({0.0, 4.0, 0.0, 2.0}, float64);
  EXPECT_TRUE(has_values(math::divide_no_nan(x, y), {4}, {0.0, 0.5, 0.0, -2.0}, {1e-14, 0}));
}

SAEM_GUARDED_SECTIONS(divide_no_nan, (y == 0 ? 0 : x / y))

TEST(multiply_no_nan, Values) {
  const Tensor x = constant({kNaN, 2.0, kInfinity, -4.0}, float64);
  const Tensor y = constant({0.0, 4.0, 0.0, 2.0}, float64);
  EXPECT_TRUE(has_values(math::multiply_no_nan(x, y), {4}, {0.0, 8.0, 0.0, -8.0}, {1e-14, 0}));
}

SAEM_GUARDED_SECTIONS(multiply_no_nan, (y == 0 ? 0 : x * y))

TEST(xdivy, Values) {
  const Tensor x = constant({0.0, 2.0, 0.0, -4.0}, float64);
  const Tensor y = constant({0.0, 4.0, kNaN, 0.0}, float64);
  EXPECT_TRUE(has_values(math::xdivy(x, y), {4}, {0.0, 0.5, 0.0, -kInfinity}, {1e-14, 0}));
}

SAEM_GUARDED_SECTIONS(xdivy, (x == 0 ? 0 : x / y))

TEST(xlogy, Values) {
  const Tensor x = constant({0.0, 2.0, 0.0, -4.0}, float64);
  const Tensor y = constant({0.0, 4.0, kNaN, 2.0}, float64);
  EXPECT_TRUE(has_values(math::xlogy(x, y), {4}, {0.0, 2.772588722239781, 0.0, -2.772588722239781},
                         {1e-14, 0}));
}

SAEM_GUARDED_SECTIONS(xlogy, (x == 0 ? 0 : x * std::log(y)))

TEST(xlog1py, Values) {
  const Tensor x = constant({0.0, 2.0, 0.0, -4.0}, float64);
  const Tensor y = constant({-1.0, 4.0, kNaN, 2.0}, float64);
  EXPECT_TRUE(has_values(math::xlog1py(x, y), {4},
                         {0.0, 3.2188758248682006, 0.0, -4.394449154672438}, {1e-14, 0}));
}

SAEM_GUARDED_SECTIONS(xlog1py, (x == 0 ? 0 : x * std::log1p(y)))

TEST(reciprocal_no_nan, Values) {
  EXPECT_TRUE(
      has_values(math::reciprocal_no_nan(constant({2.0, 0.0, -4.0})), {3}, {0.5, 0, -0.25}));
}

TEST(reciprocal_no_nan, Gradient) {
  expect_unary_gradients([](const Tensor& x) { return math::reciprocal_no_nan(x); },
                         constant({2.0, -0.5}, float64));
}

}  // namespace
}  // namespace saem
