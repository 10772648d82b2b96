// sin, cos; floor 5 of 5: what must be true.
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

}  // namespace
}  // namespace saem
