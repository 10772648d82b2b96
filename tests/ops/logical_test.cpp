// logical_and, logical_or, logical_xor, logical_not; floor 5 of 5: what must be true.
#include <cmath>
#include <limits>
#include <saem/ops/creation.hpp>
#include <saem/ops/logical.hpp>

#include "ops/pointwise.hpp"

namespace saem {
namespace {

using namespace saem::testing;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST(logical_and, Values) {
  const Tensor x = constant({true, true, false, false});
  const Tensor y = constant({true, false, true, false});
  EXPECT_EQ(logical_and(x, y).dtype(), bool_);
  EXPECT_TRUE(has_values(logical_and(x, y), {4}, {1.0, 0.0, 0.0, 0.0}));
  EXPECT_TRUE(identical(x & y, logical_and(x, y)));
}

TEST(logical_and, Types) {
  expect_binary([](const Tensor& x, const Tensor& y) { return logical_and(x, y); },
                [](double x, double y) { return x * y; }, {bool_}, 0, 2);
}

TEST(logical_and, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { logical_and(constant({true}), constant({1})); }),
            "logical_and: needs bool, got int32; compare it with something first");
  EXPECT_EQ(error_of<ShapeError>([] { logical_and(zeros({2}, bool_), zeros({3}, bool_)); }),
            "logical_and: shapes (2,) and (3,) do not broadcast: axis 0 has 2 and 3; sizes must be "
            "equal or 1, see tf::reshape and tf::newaxis");
}

TEST(logical_or, Values) {
  const Tensor x = constant({true, true, false, false});
  const Tensor y = constant({true, false, true, false});
  EXPECT_EQ(logical_or(x, y).dtype(), bool_);
  EXPECT_TRUE(has_values(logical_or(x, y), {4}, {1.0, 1.0, 1.0, 0.0}));
  EXPECT_TRUE(identical(x | y, logical_or(x, y)));
}

TEST(logical_or, Composition) {
  EXPECT_TRUE(kernel_equals_composition(
      "logical_or", {sample({3, 35}, bool_, 0, 2, 1), sample({35}, bool_, 0, 2, 2)}));
}

TEST(logical_or, Types) {
  expect_binary([](const Tensor& x, const Tensor& y) { return logical_or(x, y); },
                [](double x, double y) { return std::max(x, y); }, {bool_}, 0, 2);
}

TEST(logical_or, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { logical_or(constant({true}), constant({1})); }),
            "logical_or: needs bool, got int32; compare it with something first");
  EXPECT_EQ(error_of<ShapeError>([] { logical_or(zeros({2}, bool_), zeros({3}, bool_)); }),
            "logical_or: shapes (2,) and (3,) do not broadcast: axis 0 has 2 and 3; sizes must be "
            "equal or 1, see tf::reshape and tf::newaxis");
}

TEST(logical_xor, Values) {
  const Tensor x = constant({true, true, false, false});
  const Tensor y = constant({true, false, true, false});
  EXPECT_EQ(logical_xor(x, y).dtype(), bool_);
  EXPECT_TRUE(has_values(logical_xor(x, y), {4}, {0.0, 1.0, 1.0, 0.0}));
  EXPECT_TRUE(identical(x ^ y, logical_xor(x, y)));
}

TEST(logical_xor, Composition) {
  EXPECT_TRUE(kernel_equals_composition(
      "logical_xor", {sample({3, 35}, bool_, 0, 2, 1), sample({35}, bool_, 0, 2, 2)}));
}

TEST(logical_xor, Types) {
  expect_binary([](const Tensor& x, const Tensor& y) { return logical_xor(x, y); },
                [](double x, double y) { return std::abs(x - y); }, {bool_}, 0, 2);
}

TEST(logical_xor, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { logical_xor(constant({true}), constant({1})); }),
            "logical_xor: needs bool, got int32; compare it with something first");
  EXPECT_EQ(error_of<ShapeError>([] { logical_xor(zeros({2}, bool_), zeros({3}, bool_)); }),
            "logical_xor: shapes (2,) and (3,) do not broadcast: axis 0 has 2 and 3; sizes must be "
            "equal or 1, see tf::reshape and tf::newaxis");
}

TEST(logical_not, Values) {
  EXPECT_TRUE(has_values(!constant({true, false}), {2}, {0, 1}));
  EXPECT_EQ(logical_not(constant({true})).dtype(), bool_);
}

TEST(logical_not, Types) {
  expect_unary([](const Tensor& x) { return logical_not(x); }, [](double x) { return 1 - x; },
               {bool_}, 0, 2);
}

TEST(logical_not, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { logical_not(constant({1.0})); }),
            "logical_not: needs bool, got float32; compare it with something first");
}

}  // namespace
}  // namespace saem
