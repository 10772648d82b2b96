// space_to_depth, depth_to_space, space_to_batch, batch_to_space; floor 5 of 5: what must be true.
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/reshape.hpp>
#include <saem/ops/space_to_depth.hpp>
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

TEST(space_to_depth, Values) {
  const Tensor x = reshape(range(16), {1, 4, 2, 2});
  EXPECT_TRUE(has_values(nn::space_to_depth(x, 2), {1, 2, 1, 8},
                         {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}));
  const Tensor wide = reshape(range(8), {1, 2, 4, 1});
  EXPECT_TRUE(has_values(nn::space_to_depth(wide, 2), {1, 1, 2, 4}, {0, 1, 4, 5, 2, 3, 6, 7}));
}

TEST(space_to_depth, Types) {
  for (const DType dtype : {bool_, int8, int64, half, float32, float64}) {
    const Tensor x = sample({2, 4, 6, 3}, dtype, 0, 2);
    EXPECT_TRUE(identical(nn::space_to_depth(scattered(x), 2), nn::space_to_depth(x, 2)));
    EXPECT_TRUE(identical(nn::depth_to_space(nn::space_to_depth(x, 2), 2), x));
  }
  EXPECT_EQ(nn::space_to_depth(zeros({0, 4, 6, 3}), 2).shape(), (Shape{0, 2, 3, 12}));
  EXPECT_EQ(nn::space_to_depth(zeros({1, 0, 6, 3}), 3).shape(), (Shape{1, 0, 2, 27}));
  EXPECT_EQ(nn::space_to_depth(zeros({8, 64, 64, 3}), 4).shape(), (Shape{8, 16, 16, 48}));
}

TEST(space_to_depth, Options) {
  const Tensor x = sample({2, 4, 6, 3});
  const Tensor first = transpose(x, {.perm = {0, 3, 1, 2}});
  const Tensor y = nn::space_to_depth(first, 2, {.data_format = "NCHW"});
  EXPECT_TRUE(
      identical(transpose(y, {.perm = {0, 2, 3, 1}}).contiguous(), nn::space_to_depth(x, 2)));
}

TEST(space_to_depth, Gradient) {
  for (const char* format : {"NHWC", "NCHW"}) {
    const auto f = [&](const std::vector<Tensor>& x) {
      const Tensor y = nn::space_to_depth(x[0], 2, {.data_format = format});
      return y * y * x[1];
    };
    const Shape shape = format[1] == 'H' ? Shape{1, 1, 2, 8} : Shape{1, 8, 1, 2};
    const Tensor x = sample(format[1] == 'H' ? Shape{1, 2, 4, 2} : Shape{1, 2, 2, 4});
    EXPECT_TRUE(gradients_agree(f, {x, sample(shape)}));
    EXPECT_TRUE(second_gradients_agree(f, {x, sample(shape)}));
  }
}

TEST(space_to_depth, Errors) {
  EXPECT_EQ(error_of<ShapeError>([] {
              nn::space_to_depth(zeros({1, 3, 4, 1}), 2);
            }),
            "space_to_depth: height 3 and width 4 are not multiples of block_size 2");
  EXPECT_EQ(error_of<ShapeError>([] {
              nn::space_to_depth(zeros({3, 4}), 2);
            }),
            "space_to_depth: needs rank 4 (images, height, width, channels), got shape (3, 4)");
  EXPECT_EQ(error_of<ValueError>([] {
              nn::space_to_depth(zeros({1, 2, 2, 1}), 1);
            }),
            "space_to_depth: block_size is 1; it must be at least 2");
  EXPECT_EQ(error_of<ValueError>([] {
              nn::space_to_depth(zeros({1, 2, 2, 1}), 2, {.data_format = "HWC"});
            }),
            "space_to_depth: data_format is \"HWC\"; it must be NHWC or NCHW");
}

TEST(depth_to_space, Values) {
  const Tensor x = reshape(range(16), {1, 1, 2, 8});
  EXPECT_TRUE(has_values(nn::depth_to_space(x, 2), {1, 2, 4, 2},
                         {0, 1, 2, 3, 8, 9, 10, 11, 4, 5, 6, 7, 12, 13, 14, 15}));
}

TEST(depth_to_space, Types) {
  for (const DType dtype : {bool_, int8, int64, half, float32, float64}) {
    const Tensor x = sample({2, 3, 2, 18}, dtype, 0, 2);
    EXPECT_TRUE(identical(nn::depth_to_space(scattered(x), 3), nn::depth_to_space(x, 3)));
    EXPECT_TRUE(identical(nn::space_to_depth(nn::depth_to_space(x, 3), 3), x));
  }
  EXPECT_EQ(nn::depth_to_space(zeros({0, 2, 2, 4}), 2).shape(), (Shape{0, 4, 4, 1}));
}

TEST(depth_to_space, Options) {
  const Tensor x = sample({2, 2, 3, 8});
  const Tensor first = transpose(x, {.perm = {0, 3, 1, 2}});
  const Tensor y = nn::depth_to_space(first, 2, {.data_format = "NCHW"});
  EXPECT_TRUE(
      identical(transpose(y, {.perm = {0, 2, 3, 1}}).contiguous(), nn::depth_to_space(x, 2)));
}

TEST(depth_to_space, Gradient) {
  const auto f = [](const std::vector<Tensor>& x) {
    const Tensor y = nn::depth_to_space(x[0], 2);
    return y * y * x[1];
  };
  EXPECT_TRUE(gradients_agree(f, {sample({1, 1, 2, 8}), sample({1, 2, 4, 2})}));
  EXPECT_TRUE(second_gradients_agree(f, {sample({1, 1, 2, 8}), sample({1, 2, 4, 2})}));
}

TEST(depth_to_space, Errors) {
  EXPECT_EQ(error_of<ShapeError>([] {
              nn::depth_to_space(zeros({1, 1, 1, 6}), 2);
            }),
            "depth_to_space: 6 channels are not a multiple of block_size 2 squared");
  EXPECT_EQ(error_of<ShapeError>([] {
              nn::depth_to_space(zeros({1, 1, 1, 6}), 1LL << 40);
            }),
            "depth_to_space: 6 channels are not a multiple of block_size 1099511627776 squared");
}

TEST(space_to_batch, Values) {
  const Tensor x = reshape(range(8), {1, 2, 4, 1});
  EXPECT_TRUE(has_values(space_to_batch(x, {2, 2}, {{0, 0}, {2, 0}}), {4, 1, 3, 1},
                         {0, 0, 2, 0, 1, 3, 0, 4, 6, 0, 5, 7}));
}

TEST(space_to_batch, Types) {
  for (const DType dtype : {bool_, int8, int64, half, float32, float64}) {
    const Tensor x = sample({2, 5, 6, 2}, dtype, 0, 2);
    const Paddings margins = {{1, 0}, {1, 2}};
    const Tensor y = space_to_batch(x, {2, 3}, margins);
    EXPECT_TRUE(identical(space_to_batch(scattered(x), {2, 3}, margins), y));
    EXPECT_TRUE(identical(batch_to_space(y, {2, 3}, margins), x));
  }
  EXPECT_EQ(space_to_batch(zeros({0, 4}), {2}, {{0, 0}}).shape(), (Shape{0, 2}));
  EXPECT_EQ(space_to_batch(constant({7}), {}, {}).shape(), (Shape{1}));
}

TEST(space_to_batch, Options) {
  const Tensor x = zeros({1, 4, 4});
  EXPECT_EQ(space_to_batch(x, {2}, {{0, 0}}).shape(), (Shape{2, 2, 4}));
  EXPECT_EQ(space_to_batch(x, {4}, {{0, 0}}).shape(), (Shape{4, 1, 4}));
  EXPECT_EQ(space_to_batch(x, {2}, {{1, 1}}).shape(), (Shape{2, 3, 4}));
  EXPECT_EQ(space_to_batch(x, {2, 2}, {{0, 0}, {0, 0}}).shape(), (Shape{4, 2, 2}));
}

TEST(space_to_batch, Gradient) {
  const auto f = [](const std::vector<Tensor>& x) {
    const Tensor y = space_to_batch(x[0], {2, 1}, {{1, 0}, {0, 1}});
    return y * y * x[1];
  };
  EXPECT_TRUE(gradients_agree(f, {sample({2, 3, 2}), sample({4, 2, 3})}));
  EXPECT_TRUE(second_gradients_agree(f, {sample({2, 3, 2}), sample({4, 2, 3})}));
}

TEST(space_to_batch, Errors) {
  const Tensor x = zeros({1, 4});
  EXPECT_EQ(error_of<ShapeError>([&] {
              space_to_batch(x, {3}, {{0, 1}});
            }),
            "space_to_batch: axis 1 has 5 elements with its paddings, which blocks of 3 do not "
            "divide");
  EXPECT_EQ(error_of<ShapeError>([&] { space_to_batch(x, {2}, {}); }),
            "space_to_batch: 1 blocks and 0 margins; give one margin for each block");
  EXPECT_EQ(error_of<ShapeError>([&] {
              space_to_batch(x, {0}, {{0, 0}});
            }),
            "space_to_batch: axis 1 has block 0 and margins 0 and 0; blocks must be positive, "
            "margins not negative");
  EXPECT_EQ(error_of<ShapeError>([&] {
              space_to_batch(x, {2, 2}, {{0, 0}, {0, 0}});
            }),
            "space_to_batch: 2 blocks need a higher rank than shape (1, 4)");
}

TEST(batch_to_space, Values) {
  const Tensor x = reshape(range(12), {4, 1, 3, 1});
  EXPECT_TRUE(has_values(batch_to_space(x, {2, 2}, {{0, 0}, {2, 0}}), {1, 2, 4, 1},
                         {1, 4, 2, 5, 7, 10, 8, 11}));
}

TEST(batch_to_space, Types) {
  for (const DType dtype : {bool_, int8, int64, half, float32, float64}) {
    const Tensor x = sample({6, 3, 2, 2}, dtype, 0, 2);
    const Paddings none_cut = {{0, 0}, {0, 0}};
    EXPECT_TRUE(identical(batch_to_space(scattered(x), {2, 3}, none_cut),
                          batch_to_space(x, {2, 3}, none_cut)));
    EXPECT_TRUE(
        identical(space_to_batch(batch_to_space(x, {2, 3}, none_cut), {2, 3}, none_cut), x));
  }
  EXPECT_EQ(batch_to_space(zeros({0, 4}), {2}, {{0, 0}}).shape(), (Shape{0, 8}));
}

TEST(batch_to_space, Options) {
  const Tensor x = zeros({4, 2, 2});
  EXPECT_EQ(batch_to_space(x, {2}, {{0, 0}}).shape(), (Shape{2, 4, 2}));
  EXPECT_EQ(batch_to_space(x, {2}, {{1, 2}}).shape(), (Shape{2, 1, 2}));
  EXPECT_EQ(batch_to_space(x, {2, 2}, {{0, 0}, {0, 0}}).shape(), (Shape{1, 4, 4}));
}

TEST(batch_to_space, Gradient) {
  const auto f = [](const std::vector<Tensor>& x) {
    const Tensor y = batch_to_space(x[0], {2}, {{1, 0}});
    return y * y * x[1];
  };
  EXPECT_TRUE(gradients_agree(f, {sample({4, 2, 3}), sample({2, 3, 3})}));
  EXPECT_TRUE(second_gradients_agree(f, {sample({4, 2, 3}), sample({2, 3, 3})}));
}

TEST(batch_to_space, Errors) {
  const Tensor x = zeros({4, 2});
  EXPECT_EQ(error_of<ShapeError>([&] {
              batch_to_space(x, {3}, {{0, 0}});
            }),
            "batch_to_space: the first axis has 4 elements, which blocks of 3 in all do not "
            "divide");
  EXPECT_EQ(error_of<ShapeError>([&] {
              batch_to_space(x, {2}, {{3, 2}});
            }),
            "batch_to_space: axis 1 has 4 elements, from which crops of 3 and 2 cannot be cut");
}

}  // namespace
}  // namespace saem
