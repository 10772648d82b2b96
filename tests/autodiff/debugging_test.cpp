#include <limits>
#include <saem/autodiff/debugging.hpp>
#include <saem/autodiff/tape.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/unary_arith.hpp>
#include <saem/ops/unary_exp.hpp>

#include "support/op_test.hpp"

namespace saem::debugging {
namespace {

using testing::error_of;
using ::testing::HasSubstr;
using testing::identical;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(debugging, ComparesElements) {
  const Tensor x = constant({{1, 2}, {3, 4}});
  assert_equal(x, x);
  assert_none_equal(x, x + 1);
  assert_less(x, constant(5));
  assert_less_equal(x, x);
  assert_greater(x, constant(0));
  assert_greater_equal(x, x);
  assert_equal(zeros({0}), zeros({0}));
  EXPECT_EQ(error_of<ValueError>([&] {
              assert_equal(x, constant({1, 5}), {.message = "labels must match"});
            }),
            "assert_equal: x == y does not hold in 3 of 4 elements, first at (0, 1): 2 and 5; "
            "labels must match");
  EXPECT_EQ(error_of<ValueError>([&] { assert_less(x, constant(4)); }),
            "assert_less: x < y does not hold in 1 of 4 elements, first at (1, 1): 4 and 4");
  EXPECT_THROW(assert_none_equal(x, constant(1)), ValueError);
  EXPECT_THROW(assert_less_equal(x, constant(3)), ValueError);
  EXPECT_THROW(assert_greater(x, constant(1)), ValueError);
  EXPECT_THROW(assert_greater_equal(x, constant(2)), ValueError);
  EXPECT_THROW(assert_equal(constant(kNaN), constant(kNaN)), ValueError);
}

TEST(debugging, ComparesWithZero) {
  assert_positive(constant({1, 2}));
  assert_negative(constant({-1.0, -2.0}));
  assert_non_negative(constant({0, 2}));
  assert_non_positive(constant({0, -2}));
  EXPECT_EQ(error_of<ValueError>([] {
              assert_positive(constant({1, 0}));
            }),
            "assert_positive: x > y does not hold in 1 of 2 elements, first at (1,): 0 and 0");
  EXPECT_THROW(assert_negative(constant({0})), ValueError);
  EXPECT_THROW(assert_non_negative(constant({-1})), ValueError);
  EXPECT_THROW(assert_non_positive(constant({1})), ValueError);
}

TEST(debugging, ComparesNearly) {
  assert_near(constant(1.0), constant(1.0 + 1e-6));
  assert_near(constant(kInfinity), constant(kInfinity));
  EXPECT_THROW(assert_near(constant(1.0), constant(1.0 + 1e-5)), ValueError);
  assert_near(constant(1.0), constant(1.1), {.rtol = 0.1});
  assert_near(constant(0.0), constant(0.1), {.atol = 0.2});
  assert_near(constant(1.0, half), constant(1.002, half));
  EXPECT_THROW(assert_near(constant(kNaN), constant(kNaN)), ValueError);
  EXPECT_EQ(error_of<ValueError>([] {
              assert_near(constant(1.0), constant(2.0),
                          {.rtol = 0.0, .atol = 0.5, .message = "drift"});
            }),
            "assert_near: x within 0.5 + 0 |y| of y does not hold in 1 of 1 elements, first at (): "
            "1.0 and 2.0; drift");
}

TEST(debugging, ChecksShapesAndTypes) {
  const Tensor x = zeros({2, 3});
  assert_rank(x, 2);
  assert_rank_at_least(x, 1);
  assert_rank_in(x, {2, 4});
  assert_scalar(constant(1));
  assert_type(x, float32);
  EXPECT_EQ(error_of<ShapeError>([&] { assert_rank(x, 3, {.message = "images"}); }),
            "assert_rank: shape (2, 3) has rank 2, not 3; images");
  EXPECT_EQ(error_of<ShapeError>([&] { assert_rank_at_least(x, 3); }),
            "assert_rank_at_least: shape (2, 3) has rank 2, less than 3");
  EXPECT_EQ(error_of<ShapeError>([&] {
              assert_rank_in(x, {3, 4});
            }),
            "assert_rank_in: shape (2, 3) has rank 2, which is none of 3, 4");
  EXPECT_EQ(error_of<ShapeError>([&] { assert_scalar(x); }),
            "assert_scalar: shape (2, 3) is not a scalar's");
  EXPECT_EQ(error_of<DTypeError>([&] { assert_type(x, int32); }),
            "assert_type: the tensor is float32, not int32");
}

TEST(debugging, NamesAxes) {
  const Tensor a = zeros({2, 3});
  const Tensor b = zeros({3, 5});
  assert_shapes({{a, {"n", "k"}}, {b, {"k", "m"}}});
  assert_shapes({{a, {"n", 3}}, {b, {"*", -1}}});
  EXPECT_EQ(error_of<ShapeError>([&] {
              assert_shapes({{a, {"n", "k"}}, {b, {"n", "k"}}});
            }),
            "assert_shapes: axis 0 of tensor 1 of shape (3, 5) has size 3, but n is 2");
  EXPECT_EQ(error_of<ShapeError>([&] {
              assert_shapes({{a, {"n", 4}}});
            }),
            "assert_shapes: axis 1 of tensor 0 of shape (2, 3) has size 3, but what it must is 4");
  EXPECT_EQ(error_of<ShapeError>([&] {
              assert_shapes({{a, {"n"}}});
            }),
            "assert_shapes: tensor 0 of shape (2, 3) has rank 2, not 1");
}

TEST(debugging, ChecksNumerics) {
  const Tensor x = constant({1.0, 2.0});
  EXPECT_TRUE(identical(check_numerics(x, "loss"), x));
  EXPECT_EQ(error_of<ValueError>([] {
              (void)check_numerics(constant({1.0, kNaN, -kInfinity}), "loss");
            }),
            "check_numerics: loss: 1 NaN and 1 infinite of 3 elements");
  EXPECT_THROW(assert_all_finite(constant(kNaN), "loss"), ValueError);
  EXPECT_EQ(error_of<DTypeError>([] { (void)check_numerics(constant(1), "loss"); }),
            "check_numerics: needs floating point, got int32; other numbers are finite");
}

TEST(debugging, NamesTheOpThatGaveNaN) {
  const Tensor zero = constant(0.0);
  enable_check_numerics();
  enable_check_numerics();  // once is as good as twice
  EXPECT_EQ(error_of<ValueError>([&] { (void)(zero / zero); }),
            "check_numerics: divide gave 1 NaN and 0 infinite of 1 elements (float32 ()) from "
            "tf.Tensor(0.0, shape=(), dtype=float32), tf.Tensor(0.0, shape=(), dtype=float32)");
  GradientTape tape;
  tape.watch(zero);
  const Tensor root = sqrt(zero);
  EXPECT_THAT(error_of<ValueError>([&] { (void)tape.gradient(root, zero); }),
              HasSubstr("check_numerics: divide gave"));
  disable_check_numerics();
  EXPECT_FALSE(identical(zero / zero, zero));
}

}  // namespace
}  // namespace saem::debugging
