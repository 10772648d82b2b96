// negative, abs, sign, square, sqrt, rsqrt, reciprocal, floor, ceil, round; floor 5 of 5: what must
// be true.
#include <cmath>
#include <limits>
#include <saem/ops/creation.hpp>
#include <saem/ops/math.hpp>
#include <saem/ops/unary_arith.hpp>

#include "ops/pointwise.hpp"

namespace saem {
namespace {

using namespace saem::testing;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST(negative, Values) {
  const Tensor x = constant({1.5, -2.0, 0.0, kInfinity, kNaN}, float64);
  EXPECT_TRUE(has_values(negative(x), {5}, {-1.5, 2.0, 0.0, -kInfinity, kNaN}, {1e-14, 0.0}));
  EXPECT_TRUE(has_values(-constant({1, -2}), {2}, {-1, 2}));
  EXPECT_TRUE(std::signbit(negative(constant(0.0)).item<float>()));
  // Integers wrap around.
  EXPECT_TRUE(has_values(negative(constant({-128, 1}, int8)), {2}, {-128, -1}));
  EXPECT_TRUE(has_values(negative(constant({0, 1}, uint8)), {2}, {0, 255}));
}

TEST(negative, Gradient) {
  expect_unary_gradients([](const Tensor& x) { return negative(x); },
                         constant({-1.7, -0.4, 0.3, 1.9}, float64));
}

TEST(negative, Types) {
  expect_unary([](const Tensor& x) { return negative(x); }, [](double x) { return -x; },
               {int8, int16, int32, int64, half, DType::kBFloat16, float32, float64}, -9, 9);
}

TEST(negative, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { negative(constant({true})); }),
            "negative: needs numbers, got bool; tf::cast it first");
}

TEST(abs, Values) {
  const Tensor x = constant({1.5, -2.0, 0.0, -kInfinity, kNaN}, float64);
  EXPECT_TRUE(has_values(abs(x), {5}, {1.5, 2.0, 0.0, kInfinity, kNaN}, {1e-14, 0.0}));
  EXPECT_FALSE(std::signbit(abs(constant(-0.0)).item<float>()));
  EXPECT_TRUE(has_values(abs(constant({-128, -127}, int8)), {2}, {-128, 127}));
}

TEST(abs, Gradient) {
  expect_unary_gradients([](const Tensor& x) { return abs(x); },
                         constant({-1.7, -0.4, 0.3, 1.9}, float64));
}

TEST(abs, Types) {
  expect_unary([](const Tensor& x) { return abs(x); }, [](double x) { return std::abs(x); },
               numeric(), -9, 9);
}

TEST(abs, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { abs(constant({true})); }),
            "abs: needs numbers, got bool; tf::cast it first");
}

TEST(sign, Values) {
  const Tensor x = constant({1.5, -2.0, 0.0, -0.0, -kInfinity, kNaN}, float64);
  EXPECT_TRUE(has_values(sign(x), {6}, {1.0, -1.0, 0.0, 0.0, -1.0, kNaN}, {1e-14, 0.0}));
}

TEST(sign, Gradient) {
  expect_unary_gradients([](const Tensor& x) { return sign(x); },
                         constant({-1.7, -0.4, 0.3, 1.9}, float64));
}

TEST(sign, Types) {
  expect_unary([](const Tensor& x) { return sign(x); },
               [](double x) { return double((x > 0) - (x < 0)); }, numeric(), -3, 3);
}

TEST(sign, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { sign(constant({true})); }),
            "sign: needs numbers, got bool; tf::cast it first");
}

TEST(square, Values) {
  const Tensor x = constant({1.5, -2.0, 0.0, -kInfinity, kNaN}, float64);
  EXPECT_TRUE(has_values(square(x), {5}, {2.25, 4.0, 0.0, kInfinity, kNaN}, {1e-14, 0.0}));
  EXPECT_TRUE(has_values(square(constant({65535}, uint16)), {1}, {1}));
  EXPECT_TRUE(has_values(square(constant({46341})), {1}, {-2147479015}));
}

TEST(square, Composition) {
  for (const DType dtype : numeric()) {
    EXPECT_TRUE(kernel_equals_composition("square", {sample_for({3, 35}, dtype, -9, 9)}));
  }
}

TEST(square, Gradient) {
  expect_unary_gradients([](const Tensor& x) { return square(x); },
                         constant({-1.7, -0.4, 0.3, 1.9}, float64));
}

TEST(square, Types) {
  expect_unary([](const Tensor& x) { return square(x); }, [](double x) { return x * x; }, numeric(),
               -9, 9);
}

TEST(square, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { square(constant({true})); }),
            "square: needs numbers, got bool; tf::cast it first");
}

TEST(sqrt, Values) {
  const Tensor x = constant({4.0, 2.0, 0.0, kInfinity, -1.0, kNaN}, float64);
  EXPECT_TRUE(has_values(sqrt(x), {6}, {2.0, 1.4142135623730951, 0.0, kInfinity, kNaN, kNaN},
                         {1e-14, 0.0}));
}

TEST(sqrt, Gradient) {
  expect_unary_gradients([](const Tensor& x) { return sqrt(x); },
                         constant({0.2, 0.9, 1.4, 3.0}, float64));
}

TEST(sqrt, Types) {
  expect_unary([](const Tensor& x) { return sqrt(x); }, [](double x) { return std::sqrt(x); },
               kFloating, 0, 9);
}

TEST(sqrt, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { sqrt(constant({1})); }),
            "sqrt: needs floating point, got int32; tf::cast it to tf::float32");
  EXPECT_EQ(error_of<DTypeError>([] { sqrt(constant({true})); }),
            "sqrt: needs floating point, got bool; tf::cast it to tf::float32");
}

TEST(rsqrt, Values) {
  const Tensor x = constant({4.0, 2.0, 0.0, kInfinity, -1.0, kNaN}, float64);
  EXPECT_TRUE(has_values(rsqrt(x), {6}, {0.5, 0.7071067811865475, kInfinity, 0.0, kNaN, kNaN},
                         {1e-14, 0.0}));
}

TEST(rsqrt, Composition) {
  for (const DType dtype : kFloating) {
    EXPECT_TRUE(kernel_equals_composition("rsqrt", {sample_for({3, 35}, dtype, 0.01, 9)}));
  }
}

TEST(rsqrt, Gradient) {
  expect_unary_gradients([](const Tensor& x) { return rsqrt(x); },
                         constant({0.2, 0.9, 1.4, 3.0}, float64));
}

TEST(rsqrt, Types) {
  expect_unary([](const Tensor& x) { return rsqrt(x); }, [](double x) { return 1 / std::sqrt(x); },
               kFloating, 0.01, 9);
}

TEST(rsqrt, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { rsqrt(constant({1})); }),
            "rsqrt: needs floating point, got int32; tf::cast it to tf::float32");
  EXPECT_EQ(error_of<DTypeError>([] { rsqrt(constant({true})); }),
            "rsqrt: needs floating point, got bool; tf::cast it to tf::float32");
}

TEST(reciprocal, Values) {
  const Tensor x = constant({4.0, -3.0, 0.0, -0.0, kInfinity, kNaN}, float64);
  EXPECT_TRUE(has_values(reciprocal(x), {6},
                         {0.25, -0.3333333333333333, kInfinity, -kInfinity, 0.0, kNaN},
                         {1e-14, 0.0}));
}

TEST(reciprocal, Composition) {
  for (const DType dtype : kFloating) {
    EXPECT_TRUE(kernel_equals_composition("reciprocal", {sample_for({3, 35}, dtype, 0.1, 9)}));
  }
}

TEST(reciprocal, Gradient) {
  expect_unary_gradients([](const Tensor& x) { return reciprocal(x); },
                         constant({-1.7, -0.4, 0.3, 1.9}, float64));
}

TEST(reciprocal, Types) {
  expect_unary([](const Tensor& x) { return reciprocal(x); }, [](double x) { return 1 / x; },
               kFloating, 0.1, 9);
}

TEST(reciprocal, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { reciprocal(constant({1})); }),
            "reciprocal: needs floating point, got int32; tf::cast it to tf::float32");
  EXPECT_EQ(error_of<DTypeError>([] { reciprocal(constant({true})); }),
            "reciprocal: needs floating point, got bool; tf::cast it to tf::float32");
}

TEST(floor, Values) {
  const Tensor x = constant({1.7, -1.2, -0.5, 3.0, -kInfinity, kNaN, 1e+300}, float64);
  EXPECT_TRUE(
      has_values(floor(x), {7}, {1.0, -2.0, -1.0, 3.0, -kInfinity, kNaN, 1e+300}, {1e-14, 0.0}));
  EXPECT_TRUE(has_values(floor(constant({8388607.5, 16777217.0, -8388607.5})), {3},
                         {8388607.0, 16777216.0, -8388608.0}));
}

TEST(floor, Types) {
  expect_unary([](const Tensor& x) { return floor(x); }, [](double x) { return std::floor(x); },
               kFloating, -9, 9);
}

TEST(floor, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { floor(constant({1})); }),
            "floor: needs floating point, got int32; tf::cast it to tf::float32");
  EXPECT_EQ(error_of<DTypeError>([] { floor(constant({true})); }),
            "floor: needs floating point, got bool; tf::cast it to tf::float32");
}

TEST(ceil, Values) {
  const Tensor x = constant({1.2, -1.7, -0.5, 3.0, -kInfinity, kNaN, 1e+300}, float64);
  EXPECT_TRUE(
      has_values(ceil(x), {7}, {2.0, -1.0, -0.0, 3.0, -kInfinity, kNaN, 1e+300}, {1e-14, 0.0}));
  EXPECT_TRUE(std::signbit(ceil(constant(-0.5)).item<float>()));
}

TEST(ceil, Composition) {
  for (const DType dtype : kFloating) {
    EXPECT_TRUE(kernel_equals_composition("ceil", {sample_for({3, 35}, dtype, -9, 9)}));
  }
}

TEST(ceil, Types) {
  expect_unary([](const Tensor& x) { return ceil(x); }, [](double x) { return std::ceil(x); },
               kFloating, -9, 9);
}

TEST(ceil, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { ceil(constant({1})); }),
            "ceil: needs floating point, got int32; tf::cast it to tf::float32");
  EXPECT_EQ(error_of<DTypeError>([] { ceil(constant({true})); }),
            "ceil: needs floating point, got bool; tf::cast it to tf::float32");
}

TEST(round, Values) {
  const Tensor x = constant({0.5, 1.5, 2.5, -0.5, -1.5, 1.2, -1.7, kInfinity, kNaN}, float64);
  EXPECT_TRUE(has_values(round(x), {9}, {0.0, 2.0, 2.0, -0.0, -2.0, 1.0, -2.0, kInfinity, kNaN},
                         {1e-14, 0.0}));
  const Tensor whole = constant({3, -4});
  EXPECT_EQ(round(whole).data(), whole.data());  // nothing to do: the same tensor
}

TEST(round, Types) {
  expect_unary([](const Tensor& x) { return round(x); }, [](double x) { return std::nearbyint(x); },
               numeric(), -9, 9);
}

TEST(round, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { round(constant({true})); }),
            "round: needs numbers, got bool; tf::cast it first");
}

TEST(rint, RoundsHalvesToEven) {
  EXPECT_TRUE(has_values(math::rint(constant({0.5, 1.5, -2.5, 2.3})), {4}, {0, 2, -2, 2}));
  EXPECT_EQ(error_of<DTypeError>([] { math::rint(constant({1})); }),
            "rint: needs floating point, got int32; tf::cast it to tf::float32");
  EXPECT_TRUE(identical(math::exp(constant({1.0})), exp(constant({1.0}))));
}

}  // namespace
}  // namespace saem
