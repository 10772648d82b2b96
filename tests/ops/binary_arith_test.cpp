// add, subtract, multiply, divide, maximum, minimum, pow; floor 5 of 5: what must be true.
#include <cmath>
#include <limits>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/creation.hpp>

#include "ops/pointwise.hpp"

namespace saem {
namespace {

using namespace saem::testing;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST(add, Values) {
  const Tensor x = constant({1.5, -2.0, 0.0, kInfinity, kNaN}, float64);
  const Tensor y = constant({2.0, 0.5, -3.0, 1.0, 1.0}, float64);
  EXPECT_TRUE(has_values(add(x, y), {5}, {3.5, -1.5, -3.0, kInfinity, kNaN}, {1e-15, 0.0}));
  EXPECT_TRUE(has_values(constant({4, 6}) + 2, {2}, {6.0, 8.0}));
  EXPECT_TRUE(has_values(12 + constant({4, 6}), {2}, {16.0, 18.0}));
  EXPECT_TRUE(has_values(constant({127}, int8) + 1, {1}, {-128}));  // wraps around
  EXPECT_TRUE(has_values(constant({2147483647}) + 1, {1}, {-2147483648.0}));
}

TEST(add, Gradient) {
  expect_binary_gradients([](const Tensor& x, const Tensor& y) { return add(x, y); }, -2, 2);
}

TEST(add, Types) {
  expect_binary([](const Tensor& x, const Tensor& y) { return add(x, y); },
                [](double x, double y) { return x + y; }, numeric(), -9, 9);
}

TEST(add, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { add(constant({1}), constant({1.0})); }),
            "add: int32 and float32 do not mix; tf::cast one of them");
  EXPECT_EQ(error_of<DTypeError>([] { add(constant({true}), constant({true})); }),
            "add: needs numbers, got bool; tf::cast it first");
  EXPECT_EQ(error_of<ShapeError>([] { add(zeros({2}), zeros({3})); }),
            "add: shapes (2,) and (3,) do not broadcast: axis 0 has 2 and 3; sizes must be "
            "equal or 1, see tf::reshape and tf::newaxis");
}

TEST(subtract, Values) {
  const Tensor x = constant({1.5, -2.0, 0.0, kInfinity, kNaN}, float64);
  const Tensor y = constant({2.0, 0.5, -3.0, 1.0, 1.0}, float64);
  EXPECT_TRUE(has_values(subtract(x, y), {5}, {-0.5, -2.5, 3.0, kInfinity, kNaN}, {1e-15, 0.0}));
  EXPECT_TRUE(has_values(constant({4, 6}) - 2, {2}, {2.0, 4.0}));
  EXPECT_TRUE(has_values(12 - constant({4, 6}), {2}, {8.0, 6.0}));
  EXPECT_TRUE(has_values(constant({0}, uint8) - 1, {1}, {255}));
}

TEST(subtract, Gradient) {
  expect_binary_gradients([](const Tensor& x, const Tensor& y) { return subtract(x, y); }, -2, 2);
}

TEST(subtract, Types) {
  expect_binary([](const Tensor& x, const Tensor& y) { return subtract(x, y); },
                [](double x, double y) { return x - y; },
                {int8, int16, int32, int64, half, DType::kBFloat16, float32, float64}, -9, 9);
}

TEST(subtract, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { subtract(constant({1}), constant({1.0})); }),
            "subtract: int32 and float32 do not mix; tf::cast one of them");
  EXPECT_EQ(error_of<DTypeError>([] { subtract(constant({true}), constant({true})); }),
            "subtract: needs numbers, got bool; tf::cast it first");
  EXPECT_EQ(error_of<ShapeError>([] { subtract(zeros({2}), zeros({3})); }),
            "subtract: shapes (2,) and (3,) do not broadcast: axis 0 has 2 and 3; sizes must be "
            "equal or 1, see tf::reshape and tf::newaxis");
}

TEST(multiply, Values) {
  const Tensor x = constant({1.5, -2.0, 0.0, kInfinity, kNaN}, float64);
  const Tensor y = constant({2.0, 0.5, -3.0, 1.0, 1.0}, float64);
  EXPECT_TRUE(has_values(multiply(x, y), {5}, {3.0, -1.0, 0.0, kInfinity, kNaN}, {1e-15, 0.0}));
  EXPECT_TRUE(has_values(constant({4, 6}) * 2, {2}, {8.0, 12.0}));
  EXPECT_TRUE(has_values(12 * constant({4, 6}), {2}, {48.0, 72.0}));
  EXPECT_TRUE(has_values(multiply(constant({65535}, uint16), constant({65535}, uint16)), {1}, {1}));
}

TEST(multiply, Gradient) {
  expect_binary_gradients([](const Tensor& x, const Tensor& y) { return multiply(x, y); }, -2, 2);
}

TEST(multiply, Types) {
  expect_binary([](const Tensor& x, const Tensor& y) { return multiply(x, y); },
                [](double x, double y) { return x * y; }, numeric(), -9, 9);
}

TEST(multiply, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { multiply(constant({1}), constant({1.0})); }),
            "multiply: int32 and float32 do not mix; tf::cast one of them");
  EXPECT_EQ(error_of<DTypeError>([] { multiply(constant({true}), constant({true})); }),
            "multiply: needs numbers, got bool; tf::cast it first");
  EXPECT_EQ(error_of<ShapeError>([] { multiply(zeros({2}), zeros({3})); }),
            "multiply: shapes (2,) and (3,) do not broadcast: axis 0 has 2 and 3; sizes must be "
            "equal or 1, see tf::reshape and tf::newaxis");
}

TEST(divide, Values) {
  const Tensor x = constant({1.5, -2.0, 0.0, kInfinity, kNaN, 1.0, 0.0}, float64);
  const Tensor y = constant({2.0, 0.5, -3.0, 1.0, 1.0, 0.0, 0.0}, float64);
  EXPECT_TRUE(has_values(divide(x, y), {7}, {0.75, -4.0, -0.0, kInfinity, kNaN, kInfinity, kNaN},
                         {1e-15, 0.0}));
  EXPECT_TRUE(has_values(constant({4, 6}) / 2, {2}, {2.0, 3.0}));
  EXPECT_TRUE(has_values(12 / constant({4, 6}), {2}, {3.0, 2.0}));
  // Integers give fractions: in float32 what fits it, else in float64.
  EXPECT_EQ(divide(constant({1}, int8), constant({2}, int8)).dtype(), float32);
  EXPECT_EQ(divide(constant({1}), constant({2})).dtype(), float64);
  EXPECT_TRUE(has_values(divide(constant({1}), constant({2})), {1}, {0.5}));
}

TEST(divide, Gradient) {
  expect_binary_gradients([](const Tensor& x, const Tensor& y) { return divide(x, y); }, 0.5, 2);
}

TEST(divide, Types) {
  expect_binary([](const Tensor& x, const Tensor& y) { return divide(x, y); },
                [](double x, double y) { return x / y; }, kFloating, 0.5, 9);
}

TEST(divide, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { divide(constant({1}), constant({1.0})); }),
            "divide: int32 and float32 do not mix; tf::cast one of them");
  EXPECT_EQ(error_of<DTypeError>([] { divide(constant({true}), constant({true})); }),
            "divide: needs floating point, got bool; tf::cast it to tf::float32");
  EXPECT_EQ(error_of<ShapeError>([] { divide(zeros({2}), zeros({3})); }),
            "divide: shapes (2,) and (3,) do not broadcast: axis 0 has 2 and 3; sizes must be "
            "equal or 1, see tf::reshape and tf::newaxis");
}

TEST(maximum, Values) {
  const Tensor x = constant({1.5, -2.0, 0.0, kInfinity, kNaN, 1.0}, float64);
  const Tensor y = constant({2.0, 0.5, -3.0, 1.0, 1.0, kNaN}, float64);
  EXPECT_TRUE(has_values(maximum(x, y), {6}, {2.0, 0.5, 0.0, kInfinity, kNaN, kNaN}, {1e-15, 0.0}));
  EXPECT_TRUE(has_values(maximum(constant({4, 6}), 5), {2}, {5.0, 6.0}));
}

TEST(maximum, Gradient) {
  expect_binary_gradients([](const Tensor& x, const Tensor& y) { return maximum(x, y); }, -2, 2);
  // Where both are equal the first takes all.
  GradientTape tape;
  const Tensor x = constant({1.0, 2.0});
  const Tensor y = constant({1.0, 2.0});
  tape.watch(x);
  tape.watch(y);
  const std::vector<Tensor> gradients = tape.gradient(maximum(x, y), std::vector<Tensor>{x, y});
  EXPECT_TRUE(has_values(gradients[0], {2}, {1, 1}));
  EXPECT_TRUE(has_values(gradients[1], {2}, {0, 0}));
}

TEST(maximum, Types) {
  expect_binary([](const Tensor& x, const Tensor& y) { return maximum(x, y); },
                [](double x, double y) { return std::max(x, y); }, numeric(), -9, 9);
}

TEST(maximum, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { maximum(constant({1}), constant({1.0})); }),
            "maximum: int32 and float32 do not mix; tf::cast one of them");
  EXPECT_EQ(error_of<DTypeError>([] { maximum(constant({true}), constant({true})); }),
            "maximum: needs numbers, got bool; tf::cast it first");
  EXPECT_EQ(error_of<ShapeError>([] { maximum(zeros({2}), zeros({3})); }),
            "maximum: shapes (2,) and (3,) do not broadcast: axis 0 has 2 and 3; sizes must be "
            "equal or 1, see tf::reshape and tf::newaxis");
}

TEST(minimum, Values) {
  const Tensor x = constant({1.5, -2.0, 0.0, kInfinity, kNaN, 1.0}, float64);
  const Tensor y = constant({2.0, 0.5, -3.0, 1.0, 1.0, kNaN}, float64);
  EXPECT_TRUE(has_values(minimum(x, y), {6}, {1.5, -2.0, -3.0, 1.0, kNaN, kNaN}, {1e-15, 0.0}));
  EXPECT_TRUE(has_values(minimum(constant({4, 6}), 5), {2}, {4.0, 5.0}));
}

TEST(minimum, Gradient) {
  expect_binary_gradients([](const Tensor& x, const Tensor& y) { return minimum(x, y); }, -2, 2);
  // Where both are equal the first takes all.
  GradientTape tape;
  const Tensor x = constant({1.0, 2.0});
  const Tensor y = constant({1.0, 2.0});
  tape.watch(x);
  tape.watch(y);
  const std::vector<Tensor> gradients = tape.gradient(minimum(x, y), std::vector<Tensor>{x, y});
  EXPECT_TRUE(has_values(gradients[0], {2}, {1, 1}));
  EXPECT_TRUE(has_values(gradients[1], {2}, {0, 0}));
}

TEST(minimum, Types) {
  expect_binary([](const Tensor& x, const Tensor& y) { return minimum(x, y); },
                [](double x, double y) { return std::min(x, y); }, numeric(), -9, 9);
}

TEST(minimum, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { minimum(constant({1}), constant({1.0})); }),
            "minimum: int32 and float32 do not mix; tf::cast one of them");
  EXPECT_EQ(error_of<DTypeError>([] { minimum(constant({true}), constant({true})); }),
            "minimum: needs numbers, got bool; tf::cast it first");
  EXPECT_EQ(error_of<ShapeError>([] { minimum(zeros({2}), zeros({3})); }),
            "minimum: shapes (2,) and (3,) do not broadcast: axis 0 has 2 and 3; sizes must be "
            "equal or 1, see tf::reshape and tf::newaxis");
}

TEST(pow, Values) {
  const Tensor x = constant({2.0, 9.0, -2.0, 0.0, 0.0, kNaN, 1.0}, float64);
  const Tensor y = constant({10.0, 0.5, 3.0, 0.0, -1.0, 0.0, kNaN}, float64);
  EXPECT_TRUE(
      has_values(pow(x, y), {7}, {1024.0, 3.0, -8.0, 1.0, kInfinity, 1.0, 1.0}, {1e-15, 0.0}));
  EXPECT_TRUE(has_values(pow(constant({2.0, 3.0}), 2), {2}, {4, 9}));
}

TEST(pow, Gradient) {
  expect_binary_gradients([](const Tensor& x, const Tensor& y) { return pow(x, y); }, 0.5, 2);
  // As in TensorFlow the logarithm of what is not positive counts as zero: no NaN from the
  // exponent.
  GradientTape tape;
  const Tensor x = constant({-2.0, 0.0});
  const Tensor y = constant({2.0, 2.0});
  tape.watch(y);
  EXPECT_TRUE(has_values(tape.gradient(pow(x, y), y), {2}, {0, 0}));
}

TEST(pow, Types) {
  expect_binary([](const Tensor& x, const Tensor& y) { return pow(x, y); },
                [](double x, double y) { return std::pow(x, y); }, kFloating, 0.5, 3);
}

TEST(pow, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { pow(constant({1}), constant({1.0})); }),
            "pow: int32 and float32 do not mix; tf::cast one of them");
  EXPECT_EQ(error_of<DTypeError>([] { pow(constant({true}), constant({true})); }),
            "pow: needs floating point, got bool; tf::cast it to tf::float32");
  EXPECT_EQ(error_of<ShapeError>([] { pow(zeros({2}), zeros({3})); }),
            "pow: shapes (2,) and (3,) do not broadcast: axis 0 has 2 and 3; sizes must be "
            "equal or 1, see tf::reshape and tf::newaxis");
}

}  // namespace
}  // namespace saem
