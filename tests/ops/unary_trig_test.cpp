// sin, cos and the other trigonometric and hyperbolic functions; floor 5 of 5: what must be true.
#include <cmath>
#include <limits>
#include <saem/ops/creation.hpp>
#include <saem/ops/unary_trig.hpp>

#include "ops/pointwise.hpp"

namespace saem {
namespace {

using namespace saem::testing;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST(sin, Values) {
  const Tensor x = constant({0.0, 1.0, -2.0, 3.141592653589793, 1e+22, kInfinity, kNaN}, float64);
  EXPECT_TRUE(has_values(sin(x), {7},
                         {0.0, 0.8414709848078965, -0.9092974268256817, 1.2246467991473532e-16,
                          -0.8522008497671888, kNaN, kNaN},
                         {1e-14, 1e-16}));
}

TEST(sin, Gradient) {
  expect_unary_gradients([](const Tensor& x) { return sin(x); },
                         constant({-1.7, -0.4, 0.3, 1.9}, float64));
}

TEST(sin, Types) {
  expect_unary([](const Tensor& x) { return sin(x); }, [](double x) { return std::sin(x); },
               kFloating, -9, 9);
}

TEST(sin, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { sin(constant({1})); }),
            "sin: needs floating point, got int32; tf::cast it to tf::float32");
  EXPECT_EQ(error_of<DTypeError>([] { sin(constant({true})); }),
            "sin: needs floating point, got bool; tf::cast it to tf::float32");
}

TEST(cos, Values) {
  const Tensor x = constant({0.0, 1.0, -2.0, 1.5707963267948966, 1e+22, kInfinity, kNaN}, float64);
  EXPECT_TRUE(has_values(cos(x), {7},
                         {1.0, 0.5403023058681398, -0.4161468365471424, 6.123233995736766e-17,
                          0.523214785395139, kNaN, kNaN},
                         {1e-14, 1e-16}));
}

TEST(cos, Gradient) {
  expect_unary_gradients([](const Tensor& x) { return cos(x); },
                         constant({-1.7, -0.4, 0.3, 1.9}, float64));
}

TEST(cos, Types) {
  expect_unary([](const Tensor& x) { return cos(x); }, [](double x) { return std::cos(x); },
               kFloating, -9, 9);
}

TEST(cos, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { cos(constant({1})); }),
            "cos: needs floating point, got int32; tf::cast it to tf::float32");
  EXPECT_EQ(error_of<DTypeError>([] { cos(constant({true})); }),
            "cos: needs floating point, got bool; tf::cast it to tf::float32");
}

/// The sections of a function that the standard library has too. The numbers of `Values` are
/// TensorFlow's.
#define SAEM_TRIG_SECTIONS(op, low, high)                                                    \
  TEST(op, Gradient) {                                                                       \
    expect_unary_gradients([](const Tensor& x) { return op(x); },                            \
                           sample({5}, float64, low, high, 3));                              \
  }                                                                                          \
  TEST(op, Types) {                                                                          \
    expect_unary([](const Tensor& x) { return op(x); }, [](double x) { return std::op(x); }, \
                 kFloating, low, high);                                                      \
  }                                                                                          \
  TEST(op, Errors) {                                                                         \
    EXPECT_EQ(error_of<DTypeError>([] { op(constant({1})); }),                               \
              #op ": needs floating point, got int32; tf::cast it to tf::float32");          \
  }

TEST(tan, Values) {
  const Tensor x = constant({0.0, 1.0, -2.0, 1.5, kInfinity}, float64);
  EXPECT_TRUE(has_values(tan(x), {5},
                         {0.0, 1.5574077246549023, 2.185039863261519, 14.101419947171719, kNaN},
                         {1e-14, 1e-16}));
}

SAEM_TRIG_SECTIONS(tan, -1.2, 1.2)

TEST(asin, Values) {
  const Tensor x = constant({0.0, 0.5, -1.0, 1.5}, float64);
  EXPECT_TRUE(has_values(asin(x), {4}, {0.0, 0.5235987755982989, -1.5707963267948966, kNaN},
                         {1e-14, 1e-16}));
}

SAEM_TRIG_SECTIONS(asin, -0.9, 0.9)

TEST(acos, Values) {
  const Tensor x = constant({0.0, 0.5, -1.0, 1.5}, float64);
  EXPECT_TRUE(has_values(acos(x), {4},
                         {1.5707963267948966, 1.0471975511965979, 3.141592653589793, kNaN},
                         {1e-14, 1e-16}));
}

SAEM_TRIG_SECTIONS(acos, -0.9, 0.9)

TEST(atan, Values) {
  const Tensor x = constant({0.0, 1.0, -2.0, kInfinity}, float64);
  EXPECT_TRUE(has_values(atan(x), {4},
                         {0.0, 0.7853981633974484, -1.1071487177940904, 1.5707963267948966},
                         {1e-14, 1e-16}));
}

SAEM_TRIG_SECTIONS(atan, -3, 3)

TEST(sinh, Values) {
  const Tensor x = constant({0.0, 1.0, -2.0, kInfinity}, float64);
  EXPECT_TRUE(has_values(sinh(x), {4}, {0.0, 1.1752011936438014, -3.626860407847019, kInfinity},
                         {1e-14, 1e-16}));
}

SAEM_TRIG_SECTIONS(sinh, -3, 3)

TEST(cosh, Values) {
  const Tensor x = constant({0.0, 1.0, -2.0, -kInfinity}, float64);
  EXPECT_TRUE(has_values(cosh(x), {4}, {1.0, 1.5430806348152437, 3.7621956910836314, kInfinity},
                         {1e-14, 1e-16}));
}

SAEM_TRIG_SECTIONS(cosh, -3, 3)

TEST(asinh, Values) {
  const Tensor x = constant({0.0, 1.0, -2.0, -kInfinity}, float64);
  EXPECT_TRUE(has_values(asinh(x), {4}, {0.0, 0.881373587019543, -1.4436354751788103, -kInfinity},
                         {1e-14, 1e-16}));
}

SAEM_TRIG_SECTIONS(asinh, -3, 3)

TEST(acosh, Values) {
  const Tensor x = constant({1.0, 2.0, 10.0, 0.5}, float64);
  EXPECT_TRUE(has_values(acosh(x), {4}, {0.0, 1.3169578969248166, 2.993222846126381, kNaN},
                         {1e-14, 1e-16}));
}

SAEM_TRIG_SECTIONS(acosh, 1.2, 5)

TEST(atanh, Values) {
  const Tensor x = constant({0.0, 0.5, -0.75, 1.0, 2.0}, float64);
  EXPECT_TRUE(has_values(atanh(x), {5},
                         {0.0, 0.5493061443340548, -0.9729550745276566, kInfinity, kNaN},
                         {1e-14, 1e-16}));
}

SAEM_TRIG_SECTIONS(atanh, -0.9, 0.9)

}  // namespace
}  // namespace saem
