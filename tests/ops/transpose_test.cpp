// transpose, floor 5 of 5: what must be true.
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/reshape.hpp>
#include <saem/ops/transpose.hpp>

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

TEST(transpose, Values) {
  const Tensor x = constant({{1, 2, 3}, {4, 5, 6}});
  EXPECT_TRUE(has_values(transpose(x), {3, 2}, {1, 4, 2, 5, 3, 6}));
  const Tensor cube = reshape(range(6), {1, 2, 3});
  EXPECT_TRUE(has_values(transpose(cube, {.perm = {2, 0, 1}}), {3, 1, 2}, {0, 3, 1, 4, 2, 5}));
  EXPECT_EQ(transpose(x).data(), x.data()) << "a view";
}

TEST(transpose, Types) {
  for (const DType dtype : {bool_, int16, half, float32, float64}) {
    const Tensor x = sample({33, 65}, dtype, 0, 2);
    EXPECT_TRUE(identical(transpose(transpose(x).contiguous()).contiguous(), x));
    EXPECT_TRUE(identical(transpose(scattered(x)).contiguous(), transpose(x).contiguous()));
  }
  EXPECT_EQ(transpose(constant(1)).shape(), Shape());
  EXPECT_EQ(transpose(zeros({0, 3})).shape(), (Shape{3, 0}));
}

TEST(transpose, Options) {
  const Tensor x = zeros({2, 3, 4});
  EXPECT_EQ(transpose(x).shape(), (Shape{4, 3, 2}));
  EXPECT_EQ(transpose(x, {.perm = {1, 0, 2}}).shape(), (Shape{3, 2, 4}));
  EXPECT_EQ(transpose(x, {.perm = {-1, 0, 1}}).shape(), (Shape{4, 2, 3}));
}

TEST(transpose, Gradient) {
  const auto f = [](const std::vector<Tensor>& x) {
    return transpose(x[0], {.perm = {2, 0, 1}}) * x[1];
  };
  EXPECT_TRUE(gradients_agree(f, {sample({2, 3, 4}), sample({4, 2, 3})}));
  EXPECT_TRUE(second_gradients_agree(f, {sample({2, 3, 4}), sample({4, 2, 3})}));
}

TEST(transpose, Errors) {
  const Tensor x = zeros({2, 3});
  EXPECT_EQ(error_of<ShapeError>([&] { transpose(x, {.perm = {0}}); }),
            "transpose: perm [0] has 1 axes, shape (2, 3) has 2; name each axis once");
  EXPECT_EQ(error_of<ShapeError>([&] {
              transpose(x, {.perm = {1, 1}});
            }),
            "transpose: perm [1, 1] names axis 1 twice; name each axis once");
  EXPECT_EQ(error_of<ShapeError>([&] {
              transpose(x, {.perm = {0, 2}});
            }),
            "transpose: axis 2 is out of range for rank 2; it must be in [-2, 2)");
}

}  // namespace
}  // namespace saem
