// reshape, floor 5 of 5: what must be true.
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

TEST(reshape, Values) {
  const Tensor x = constant({{1, 2, 3}, {4, 5, 6}});
  EXPECT_TRUE(has_values(reshape(x, {3, 2}), {3, 2}, {1, 2, 3, 4, 5, 6}));
  EXPECT_TRUE(has_values(reshape(transpose(x), {6}), {6}, {1, 4, 2, 5, 3, 6}));
  EXPECT_TRUE(has_values(expand_dims(x, -1), {2, 3, 1}, {1, 2, 3, 4, 5, 6}));
  EXPECT_TRUE(has_values(squeeze(constant({{{1}, {2}}})), {2}, {1, 2}));
}

TEST(reshape, Views) {
  const Tensor x = sample({4, 6, 5});
  EXPECT_EQ(reshape(x, {24, 5}).data(), x.data());
  const Tensor turned = transpose(x, {.perm = {2, 0, 1}});  // (5, 4, 6): the last two still merge
  EXPECT_EQ(reshape(turned, {5, 24}).data(), x.data());
  EXPECT_EQ(reshape(turned, {5, 2, 2, 3, 2}).data(), x.data());
  EXPECT_TRUE(
      identical(reshape(turned, {5, 2, 2, 3, 2}), reshape(turned.contiguous(), {5, 2, 2, 3, 2})));
  EXPECT_NE(reshape(turned, {20, 6}).data(), x.data());
  EXPECT_TRUE(identical(reshape(turned, {20, 6}), reshape(turned.contiguous(), {20, 6})));
}

TEST(reshape, Types) {
  for (const DType dtype : {bool_, int8, int64, half, float32, float64}) {
    const Tensor x = sample({7, 12}, dtype, 0, 2);
    EXPECT_TRUE(identical(reshape(scattered(x), {4, 21}), reshape(x, {4, 21})));
    EXPECT_EQ(reshape(x, {-1}).dtype(), dtype);
  }
  EXPECT_EQ(reshape(constant(5), {1, 1}).shape(), (Shape{1, 1}));
  EXPECT_EQ(reshape(constant({5}), {}).shape(), Shape());
  EXPECT_EQ(reshape(zeros({0, 4}), {2, 0, 7}).shape(), (Shape{2, 0, 7}));
  EXPECT_EQ(reshape(zeros({0, 4}), {-1, 2}).shape(), (Shape{0, 2}));
}

TEST(reshape, Options) {
  const Tensor x = sample({2, 1, 3, 1});
  EXPECT_EQ(reshape(x, {-1, 2}).shape(), (Shape{3, 2}));
  EXPECT_EQ(squeeze(x).shape(), (Shape{2, 3}));
  EXPECT_EQ(squeeze(x, {.axis = -1}).shape(), (Shape{2, 1, 3}));
  EXPECT_EQ(squeeze(x, {.axis = {1, 3}}).shape(), (Shape{2, 3}));
  EXPECT_EQ(expand_dims(x, 0).shape(), (Shape{1, 2, 1, 3, 1}));
}

TEST(reshape, Gradient) {
  const auto f = [](const std::vector<Tensor>& x) {
    const Tensor y = reshape(transpose(x[0]), {2, 6});
    return y * y * y;
  };
  EXPECT_TRUE(gradients_agree(f, {sample({3, 4})}));
  EXPECT_TRUE(second_gradients_agree(f, {sample({3, 4})}));
}

TEST(reshape, Errors) {
  const Tensor x = zeros({2, 3});
  EXPECT_EQ(error_of<ShapeError>([&] { reshape(x, {4}); }),
            "reshape: shape (4,) has 4 elements, but the tensor of shape (2, 3) has 6");
  EXPECT_EQ(error_of<ShapeError>([&] {
              reshape(x, {-1, -1});
            }),
            "reshape: shape (-1, -1) has more than one -1");
  EXPECT_EQ(error_of<ShapeError>([&] {
              reshape(x, {-1, 4});
            }),
            "reshape: the -1 in shape (-1, 4) cannot be told: 6 elements of shape (2, 3) do not "
            "divide by 4");
  EXPECT_EQ(error_of<ShapeError>([&] {
              reshape(x, {-2, -3});
            }),
            "reshape: shape (-2, -3) has a negative size");
  EXPECT_EQ(error_of<ShapeError>([&] { squeeze(x, {.axis = 1}); }),
            "squeeze: axis 1 of shape (2, 3) has size 3, only 1 can be left out");
  EXPECT_EQ(error_of<ShapeError>([&] { expand_dims(x, 3); }),
            "expand_dims: axis 3 is out of range for rank 3; it must be in [-3, 3)");
}

}  // namespace
}  // namespace saem
