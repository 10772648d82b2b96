// concat, floor 5 of 5: what must be true.
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/concat.hpp>

#include "support/op_test.hpp"

namespace saem {
namespace {

using testing::error_of;
using testing::gradients_agree;
using testing::has_values;
using testing::identical;
using testing::sample;
using testing::scattered;
using testing::second_gradients_agree;

TEST(concat, Values) {
  const Tensor x = constant({{1, 2}, {3, 4}});
  EXPECT_TRUE(has_values(concat({x, constant({{5, 6}})}), {3, 2}, {1, 2, 3, 4, 5, 6}));
  EXPECT_TRUE(has_values(stack({x(0), x(1)}), {2, 2}, {1, 2, 3, 4}));
  EXPECT_TRUE(has_values(unstack(x)[1], {2}, {3, 4}));
  EXPECT_TRUE(has_values(split(x, 2, {.axis = 1})[1], {2, 1}, {2, 4}));
}

TEST(concat, Types) {
  for (const DType dtype : {bool_, int8, int64, half, float32, float64}) {
    const Tensor x = sample({3, 5}, dtype, 0, 2);
    const Tensor y = sample({3, 2}, dtype, 0, 2, 7);
    EXPECT_TRUE(
        identical(concat({scattered(x), scattered(y)}, {.axis = 1}), concat({x, y}, {.axis = 1})));
    EXPECT_TRUE(identical(concat({x, y}, {.axis = 1})(all, slice(5, none)).contiguous(), y));
  }
  EXPECT_EQ(concat({zeros({0, 2}), zeros({3, 2})}).shape(), (Shape{3, 2}));
  EXPECT_EQ(stack({constant(1), constant(2)}).shape(), (Shape{2}));
  const Tensor large = sample({1000, 70}, float32);
  EXPECT_TRUE(identical(concat(split(large, 7, {.axis = 1}), {.axis = 1}), large));
}

TEST(concat, Options) {
  const Tensor x = constant({{1, 2}, {3, 4}});
  EXPECT_TRUE(has_values(concat({x, x}, {.axis = 1}), {2, 4}, {1, 2, 1, 2, 3, 4, 3, 4}));
  EXPECT_TRUE(has_values(concat({x, x}, {.axis = -2}), {4, 2}, {1, 2, 3, 4, 1, 2, 3, 4}));
  EXPECT_TRUE(has_values(stack({x(0), x(1)}, {.axis = -1}), {2, 2}, {1, 3, 2, 4}));
  EXPECT_TRUE(has_values(unstack(x, {.axis = 1})[1], {2}, {2, 4}));
  const std::vector<Tensor> parts = split(range(5), {1, -1, 2});
  EXPECT_TRUE(has_values(parts[1], {2}, {1, 2}));
  EXPECT_TRUE(has_values(parts[2], {2}, {3, 4}));
  EXPECT_EQ(split(x, {2}).size(), 1U) << "a list of sizes, not a number of pieces";
  EXPECT_EQ(split(x, {0, 2, 0}, {.axis = 1})[2].shape(), (Shape{2, 0}));
}

TEST(concat, Gradient) {
  const auto f = [](const std::vector<Tensor>& x) {
    const Tensor y = concat(x, {.axis = 1});
    return y * y * y;
  };
  EXPECT_TRUE(gradients_agree(f, {sample({2, 3}), sample({2, 1})}));
  EXPECT_TRUE(second_gradients_agree(f, {sample({2, 3}), sample({2, 1})}));
  const auto g = [](const std::vector<Tensor>& x) {
    const Tensor y = stack({unstack(x[0])[1], x[1]}, {.axis = 1});
    return y * y;
  };
  EXPECT_TRUE(gradients_agree(g, {sample({2, 3}), sample({3})}));
}

TEST(concat, Errors) {
  EXPECT_EQ(error_of<ValueError>([] { concat({}); }),
            "concat: the list is empty; give at least one tensor");
  EXPECT_EQ(error_of<DTypeError>([] {
              concat({constant({1}), constant({1.0})});
            }),
            "concat: int32 and float32 do not mix; tf::cast values[1]");
  EXPECT_EQ(error_of<ShapeError>([] {
              concat({zeros({2, 2}), zeros({2, 3})});
            }),
            "concat: shapes (2, 2) and (2, 3) (values[1]) differ on more than axis 0");
  EXPECT_EQ(error_of<ShapeError>([] {
              concat({constant(1), constant(2)});
            }),
            "concat: axis 0 is out of range for rank 0; it must be in [0, 0)");
  EXPECT_EQ(error_of<ShapeError>([] {
              stack({zeros({2}), zeros({3})});
            }),
            "stack: shapes (2,) and (3,) (values[1]) differ; tf::concat joins such");
  const auto sizes_error = [](const std::vector<std::int64_t>& sizes) {
    return error_of<ValueError>([&] { split(zeros({5}), sizes); });
  };
  EXPECT_EQ(sizes_error({1, 2}),
            "split: sizes [1, 2] do not cut axis 0 of shape (5,): they must add up to 5, and at "
            "most one may be -1");
  for (const std::vector<std::int64_t>& sizes : std::vector<std::vector<std::int64_t>>{
           {-1, -1}, {6, -1}, {3, 3, -1}, {-2, 7}, {INT64_MAX, INT64_MAX}}) {
    EXPECT_THAT(sizes_error(sizes), ::testing::HasSubstr("they must add up to 5"));
  }
  EXPECT_EQ(error_of<ValueError>([] { split(zeros({5}), 2); }),
            "split: axis 0 of shape (5,) has size 5, which 2 pieces do not divide");
}

}  // namespace
}  // namespace saem
