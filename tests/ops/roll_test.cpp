// roll, floor 5 of 5: what must be true.
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/reshape.hpp>
#include <saem/ops/roll.hpp>

#include "support/op_test.hpp"

namespace saem {
namespace {

using testing::error_of;
using testing::gradients_agree;
using testing::has_values;
using testing::identical;
using testing::kernel_equals_composition;
using testing::sample;
using testing::scattered;
using testing::second_gradients_agree;

TEST(roll, Values) {
  EXPECT_TRUE(has_values(roll(range(5), {2}, {0}), {5}, {3, 4, 0, 1, 2}));
  EXPECT_TRUE(has_values(roll(reshape(range(10), {2, 5}), {1, -7}, {0, 1}), {2, 5},
                         {7, 8, 9, 5, 6, 2, 3, 4, 0, 1}));
  EXPECT_TRUE(has_values(roll(range(5), {1, 1}, {0, 0}), {5}, {3, 4, 0, 1, 2}));
  EXPECT_TRUE(has_values(roll(range(5), {5}, {0}), {5}, {0, 1, 2, 3, 4}));
}

TEST(roll, Composition) {
  EXPECT_TRUE(
      kernel_equals_composition("roll", {sample({5, 4, 3})}, RollOptions{{2, 1, 2}, {0, 1, 2}}));
  EXPECT_TRUE(
      kernel_equals_composition("roll", {scattered(sample({5, 4}))}, RollOptions{{3}, {1}}));
}

TEST(roll, Types) {
  for (const DType dtype : {bool_, int8, int64, half, float32, float64}) {
    const Tensor x = sample({3, 5}, dtype, 0, 2);
    EXPECT_TRUE(identical(roll(scattered(x), {1, 2}, {0, 1}), roll(x, {1, 2}, {0, 1})));
    EXPECT_TRUE(identical(roll(roll(x, {1, 2}, {0, 1}), {-1, -2}, {0, 1}), x));
  }
  EXPECT_TRUE(has_values(roll(constant(7), {}, {}), {}, {7}));
  EXPECT_EQ(roll(zeros({0, 3}), {1, 1}, {0, 1}).shape(), (Shape{0, 3}));
  EXPECT_EQ(roll(range(300000), {1}, {0})(0).item<std::int32_t>(), 299999);
}

TEST(roll, Options) {
  const Tensor x = constant({{1, 2}, {3, 4}});
  EXPECT_TRUE(has_values(roll(x, {1}, {0}), {2, 2}, {3, 4, 1, 2}));
  EXPECT_TRUE(has_values(roll(x, {1}, {-1}), {2, 2}, {2, 1, 4, 3}));
  EXPECT_TRUE(has_values(roll(x, {2}, {1}), {2, 2}, {1, 2, 3, 4}));
}

TEST(roll, Gradient) {
  const auto f = [](const std::vector<Tensor>& x) {
    const Tensor y = roll(x[0], {1, -2}, {0, 1});
    return y * y * x[1];
  };
  EXPECT_TRUE(gradients_agree(f, {sample({2, 5}), sample({2, 5})}));
  EXPECT_TRUE(second_gradients_agree(f, {sample({2, 5}), sample({2, 5})}));
}

TEST(roll, Errors) {
  EXPECT_EQ(error_of<ValueError>([] {
              roll(zeros({2}), {1, 2}, {0});
            }),
            "roll: 2 shifts for 1 axes; give one for each");
  EXPECT_EQ(error_of<ShapeError>([] { roll(zeros({2}), {1}, {1}); }),
            "roll: axis 1 is out of range for rank 1; it must be in [-1, 1)");
}

}  // namespace
}  // namespace saem
