// equal, not_equal, less, less_equal, greater, greater_equal; floor 5 of 5: what must be true.
#include <cmath>
#include <limits>
#include <saem/ops/compare.hpp>
#include <saem/ops/creation.hpp>

#include "ops/pointwise.hpp"

namespace saem {
namespace {

using namespace saem::testing;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST(equal, Values) {
  const Tensor x = constant({1.0, 2.0, 3.0, kNaN, kInfinity, -0.0}, float64);
  const Tensor y = constant({2.0, 2.0, 2.0, kNaN, kInfinity, 0.0}, float64);
  EXPECT_EQ(equal(x, y).dtype(), bool_);
  EXPECT_TRUE(has_values(equal(x, y), {6}, {0.0, 1.0, 0.0, 0.0, 1.0, 1.0}));
  EXPECT_TRUE(has_values(constant({1, 2, 3}) == constant({3, 2, 1}), {3}, {0.0, 1.0, 0.0}));
  EXPECT_TRUE(has_values(constant({1, 2, 3}) == 2, {3}, {0.0, 1.0, 0.0}));
  EXPECT_TRUE(has_values(2 == constant({1, 2, 3}), {3}, {0.0, 1.0, 0.0}));
  // Nothing passes through a narrower type on the way.
  const Tensor large = constant({9007199254740993, 9007199254740992}, int64);
  EXPECT_TRUE(has_values(equal(large, constant(std::int64_t{9007199254740992})), {2}, {0.0, 1.0}));
}

TEST(equal, Types) {
  const auto op = [](const Tensor& x, const Tensor& y) { return equal(x, y); };
  expect_binary(
      op, [](double x, double y) { return double(x == y); }, numeric(), -3, 3, bool_);
  expect_binary(
      op, [](double x, double y) { return double(x == y); }, {bool_}, 0, 2, bool_);
}

TEST(equal, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { equal(constant({1}), constant({1.0})); }),
            "equal: int32 and float32 do not mix; tf::cast one of them");
  EXPECT_EQ(error_of<ShapeError>([] { equal(zeros({2}), zeros({3})); }),
            "equal: shapes (2,) and (3,) do not broadcast: axis 0 has 2 and 3; sizes must be "
            "equal or 1, see tf::reshape and tf::newaxis");
}

TEST(not_equal, Values) {
  const Tensor x = constant({1.0, 2.0, 3.0, kNaN, kInfinity, -0.0}, float64);
  const Tensor y = constant({2.0, 2.0, 2.0, kNaN, kInfinity, 0.0}, float64);
  EXPECT_EQ(not_equal(x, y).dtype(), bool_);
  EXPECT_TRUE(has_values(not_equal(x, y), {6}, {1.0, 0.0, 1.0, 1.0, 0.0, 0.0}));
  EXPECT_TRUE(has_values(constant({1, 2, 3}) != constant({3, 2, 1}), {3}, {1.0, 0.0, 1.0}));
  EXPECT_TRUE(has_values(constant({1, 2, 3}) != 2, {3}, {1.0, 0.0, 1.0}));
  EXPECT_TRUE(has_values(2 != constant({1, 2, 3}), {3}, {1.0, 0.0, 1.0}));
  // Nothing passes through a narrower type on the way.
  const Tensor large = constant({9007199254740993, 9007199254740992}, int64);
  EXPECT_TRUE(
      has_values(not_equal(large, constant(std::int64_t{9007199254740992})), {2}, {1.0, 0.0}));
}

TEST(not_equal, Composition) {
  for (const DType dtype : numeric()) {
    EXPECT_TRUE(kernel_equals_composition(
        "not_equal", {sample_for({3, 35}, dtype, -3, 3, 1), sample_for({35}, dtype, -3, 3, 2)}));
  }
  const Tensor edges = constant({kNaN, kInfinity, 0.0}, float64);
  EXPECT_TRUE(kernel_equals_composition("not_equal", {edges, edges}));
}

TEST(not_equal, Types) {
  const auto op = [](const Tensor& x, const Tensor& y) { return not_equal(x, y); };
  expect_binary(
      op, [](double x, double y) { return double(x != y); }, numeric(), -3, 3, bool_);
  expect_binary(
      op, [](double x, double y) { return double(x != y); }, {bool_}, 0, 2, bool_);
}

TEST(not_equal, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { not_equal(constant({1}), constant({1.0})); }),
            "not_equal: int32 and float32 do not mix; tf::cast one of them");
  EXPECT_EQ(error_of<ShapeError>([] { not_equal(zeros({2}), zeros({3})); }),
            "not_equal: shapes (2,) and (3,) do not broadcast: axis 0 has 2 and 3; sizes must be "
            "equal or 1, see tf::reshape and tf::newaxis");
}

TEST(less, Values) {
  const Tensor x = constant({1.0, 2.0, 3.0, kNaN, kInfinity, -0.0}, float64);
  const Tensor y = constant({2.0, 2.0, 2.0, kNaN, kInfinity, 0.0}, float64);
  EXPECT_EQ(less(x, y).dtype(), bool_);
  EXPECT_TRUE(has_values(less(x, y), {6}, {1.0, 0.0, 0.0, 0.0, 0.0, 0.0}));
  EXPECT_TRUE(has_values(constant({1, 2, 3}) < constant({3, 2, 1}), {3}, {1.0, 0.0, 0.0}));
  EXPECT_TRUE(has_values(constant({1, 2, 3}) < 2, {3}, {1.0, 0.0, 0.0}));
  EXPECT_TRUE(has_values(2 < constant({1, 2, 3}), {3}, {0.0, 0.0, 1.0}));
  // Nothing passes through a narrower type on the way.
  const Tensor large = constant({9007199254740993, 9007199254740992}, int64);
  EXPECT_TRUE(has_values(less(large, constant(std::int64_t{9007199254740992})), {2}, {0.0, 0.0}));
}

TEST(less, Types) {
  const auto op = [](const Tensor& x, const Tensor& y) { return less(x, y); };
  expect_binary(
      op, [](double x, double y) { return double(x < y); }, numeric(), -3, 3, bool_);
}

TEST(less, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { less(constant({1}), constant({1.0})); }),
            "less: int32 and float32 do not mix; tf::cast one of them");
  EXPECT_EQ(error_of<ShapeError>([] { less(zeros({2}), zeros({3})); }),
            "less: shapes (2,) and (3,) do not broadcast: axis 0 has 2 and 3; sizes must be "
            "equal or 1, see tf::reshape and tf::newaxis");
  EXPECT_EQ(error_of<DTypeError>([] { less(constant({true}), constant({true})); }),
            "less: needs numbers, got bool; tf::cast it first");
}

TEST(less_equal, Values) {
  const Tensor x = constant({1.0, 2.0, 3.0, kNaN, kInfinity, -0.0}, float64);
  const Tensor y = constant({2.0, 2.0, 2.0, kNaN, kInfinity, 0.0}, float64);
  EXPECT_EQ(less_equal(x, y).dtype(), bool_);
  EXPECT_TRUE(has_values(less_equal(x, y), {6}, {1.0, 1.0, 0.0, 0.0, 1.0, 1.0}));
  EXPECT_TRUE(has_values(constant({1, 2, 3}) <= constant({3, 2, 1}), {3}, {1.0, 1.0, 0.0}));
  EXPECT_TRUE(has_values(constant({1, 2, 3}) <= 2, {3}, {1.0, 1.0, 0.0}));
  EXPECT_TRUE(has_values(2 <= constant({1, 2, 3}), {3}, {0.0, 1.0, 1.0}));
  // Nothing passes through a narrower type on the way.
  const Tensor large = constant({9007199254740993, 9007199254740992}, int64);
  EXPECT_TRUE(
      has_values(less_equal(large, constant(std::int64_t{9007199254740992})), {2}, {0.0, 1.0}));
}

TEST(less_equal, Composition) {
  for (const DType dtype : numeric()) {
    EXPECT_TRUE(kernel_equals_composition(
        "less_equal", {sample_for({3, 35}, dtype, -3, 3, 1), sample_for({35}, dtype, -3, 3, 2)}));
  }
  const Tensor edges = constant({kNaN, kInfinity, 0.0}, float64);
  EXPECT_TRUE(kernel_equals_composition("less_equal", {edges, edges}));
}

TEST(less_equal, Types) {
  const auto op = [](const Tensor& x, const Tensor& y) { return less_equal(x, y); };
  expect_binary(
      op, [](double x, double y) { return double(x <= y); }, numeric(), -3, 3, bool_);
}

TEST(less_equal, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { less_equal(constant({1}), constant({1.0})); }),
            "less_equal: int32 and float32 do not mix; tf::cast one of them");
  EXPECT_EQ(error_of<ShapeError>([] { less_equal(zeros({2}), zeros({3})); }),
            "less_equal: shapes (2,) and (3,) do not broadcast: axis 0 has 2 and 3; sizes must be "
            "equal or 1, see tf::reshape and tf::newaxis");
  EXPECT_EQ(error_of<DTypeError>([] { less_equal(constant({true}), constant({true})); }),
            "less_equal: needs numbers, got bool; tf::cast it first");
}

TEST(greater, Values) {
  const Tensor x = constant({1.0, 2.0, 3.0, kNaN, kInfinity, -0.0}, float64);
  const Tensor y = constant({2.0, 2.0, 2.0, kNaN, kInfinity, 0.0}, float64);
  EXPECT_EQ(greater(x, y).dtype(), bool_);
  EXPECT_TRUE(has_values(greater(x, y), {6}, {0.0, 0.0, 1.0, 0.0, 0.0, 0.0}));
  EXPECT_TRUE(has_values(constant({1, 2, 3}) > constant({3, 2, 1}), {3}, {0.0, 0.0, 1.0}));
  EXPECT_TRUE(has_values(constant({1, 2, 3}) > 2, {3}, {0.0, 0.0, 1.0}));
  EXPECT_TRUE(has_values(2 > constant({1, 2, 3}), {3}, {1.0, 0.0, 0.0}));
  // Nothing passes through a narrower type on the way.
  const Tensor large = constant({9007199254740993, 9007199254740992}, int64);
  EXPECT_TRUE(
      has_values(greater(large, constant(std::int64_t{9007199254740992})), {2}, {1.0, 0.0}));
}

TEST(greater, Composition) {
  for (const DType dtype : numeric()) {
    EXPECT_TRUE(kernel_equals_composition(
        "greater", {sample_for({3, 35}, dtype, -3, 3, 1), sample_for({35}, dtype, -3, 3, 2)}));
  }
  const Tensor edges = constant({kNaN, kInfinity, 0.0}, float64);
  EXPECT_TRUE(kernel_equals_composition("greater", {edges, edges}));
}

TEST(greater, Types) {
  const auto op = [](const Tensor& x, const Tensor& y) { return greater(x, y); };
  expect_binary(
      op, [](double x, double y) { return double(x > y); }, numeric(), -3, 3, bool_);
}

TEST(greater, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { greater(constant({1}), constant({1.0})); }),
            "greater: int32 and float32 do not mix; tf::cast one of them");
  EXPECT_EQ(error_of<ShapeError>([] { greater(zeros({2}), zeros({3})); }),
            "greater: shapes (2,) and (3,) do not broadcast: axis 0 has 2 and 3; sizes must be "
            "equal or 1, see tf::reshape and tf::newaxis");
  EXPECT_EQ(error_of<DTypeError>([] { greater(constant({true}), constant({true})); }),
            "greater: needs numbers, got bool; tf::cast it first");
}

TEST(greater_equal, Values) {
  const Tensor x = constant({1.0, 2.0, 3.0, kNaN, kInfinity, -0.0}, float64);
  const Tensor y = constant({2.0, 2.0, 2.0, kNaN, kInfinity, 0.0}, float64);
  EXPECT_EQ(greater_equal(x, y).dtype(), bool_);
  EXPECT_TRUE(has_values(greater_equal(x, y), {6}, {0.0, 1.0, 1.0, 0.0, 1.0, 1.0}));
  EXPECT_TRUE(has_values(constant({1, 2, 3}) >= constant({3, 2, 1}), {3}, {0.0, 1.0, 1.0}));
  EXPECT_TRUE(has_values(constant({1, 2, 3}) >= 2, {3}, {0.0, 1.0, 1.0}));
  EXPECT_TRUE(has_values(2 >= constant({1, 2, 3}), {3}, {1.0, 1.0, 0.0}));
  // Nothing passes through a narrower type on the way.
  const Tensor large = constant({9007199254740993, 9007199254740992}, int64);
  EXPECT_TRUE(
      has_values(greater_equal(large, constant(std::int64_t{9007199254740992})), {2}, {1.0, 1.0}));
}

TEST(greater_equal, Composition) {
  for (const DType dtype : numeric()) {
    EXPECT_TRUE(kernel_equals_composition("greater_equal", {sample_for({3, 35}, dtype, -3, 3, 1),
                                                            sample_for({35}, dtype, -3, 3, 2)}));
  }
  const Tensor edges = constant({kNaN, kInfinity, 0.0}, float64);
  EXPECT_TRUE(kernel_equals_composition("greater_equal", {edges, edges}));
}

TEST(greater_equal, Types) {
  const auto op = [](const Tensor& x, const Tensor& y) { return greater_equal(x, y); };
  expect_binary(
      op, [](double x, double y) { return double(x >= y); }, numeric(), -3, 3, bool_);
}

TEST(greater_equal, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { greater_equal(constant({1}), constant({1.0})); }),
            "greater_equal: int32 and float32 do not mix; tf::cast one of them");
  EXPECT_EQ(
      error_of<ShapeError>([] { greater_equal(zeros({2}), zeros({3})); }),
      "greater_equal: shapes (2,) and (3,) do not broadcast: axis 0 has 2 and 3; sizes must be "
      "equal or 1, see tf::reshape and tf::newaxis");
  EXPECT_EQ(error_of<DTypeError>([] { greater_equal(constant({true}), constant({true})); }),
            "greater_equal: needs numbers, got bool; tf::cast it first");
}

}  // namespace
}  // namespace saem
