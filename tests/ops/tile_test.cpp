// tile, repeat; floor 5 of 5: what must be true.
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/tile.hpp>

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

TEST(tile, Values) {
  EXPECT_TRUE(has_values(tile(constant({{1, 2}}), {2, 2}), {2, 4}, {1, 2, 1, 2, 1, 2, 1, 2}));
  EXPECT_TRUE(has_values(tile(constant({{1}, {2}}), {1, 3}), {2, 3}, {1, 1, 1, 2, 2, 2}));
  EXPECT_TRUE(has_values(tile(constant({{1, 2}}), {0, 2}), {0, 4}, {}));
}

TEST(tile, Types) {
  for (const DType dtype : {bool_, int8, int64, half, float32, float64}) {
    const Tensor x = sample({3, 5}, dtype, 0, 2);
    EXPECT_TRUE(identical(tile(scattered(x), {2, 3}), tile(x, {2, 3})));
    EXPECT_TRUE(identical(tile(x, {2, 3})(slice(3, none), slice(5, 10)).contiguous(), x));
  }
  EXPECT_TRUE(has_values(tile(constant(7), {}), {}, {7}));
  EXPECT_EQ(tile(zeros({0, 3}), {2, 2}).shape(), (Shape{0, 6}));
  const Tensor large = tile(range(1000), {300});
  EXPECT_EQ(large(299999).item<std::int32_t>(), 999);
}

TEST(tile, Options) {
  const Tensor x = constant({{1, 2}});
  EXPECT_EQ(tile(x, {1, 1}).shape(), (Shape{1, 2}));
  EXPECT_EQ(tile(x, {3, 1}).shape(), (Shape{3, 2}));
  EXPECT_EQ(tile(x, {1, 3}).shape(), (Shape{1, 6}));
}

TEST(tile, Gradient) {
  const auto f = [](const std::vector<Tensor>& x) {
    const Tensor y = tile(x[0], {2, 1, 3});
    return y * y * x[1];
  };
  EXPECT_TRUE(gradients_agree(f, {sample({2, 2, 2}), sample({4, 2, 6})}));
  EXPECT_TRUE(second_gradients_agree(f, {sample({1, 2, 2}), sample({2, 2, 6})}));
  const auto g = [](const std::vector<Tensor>& x) { return tile(x[0], {1, 1}) * x[0]; };
  EXPECT_TRUE(gradients_agree(g, {sample({2, 2})}));
}

TEST(tile, Errors) {
  EXPECT_EQ(error_of<ShapeError>([] {
              tile(zeros({2, 3}), {2});
            }),
            "tile: 1 multiples do not fit shape (2, 3), which has 2 axes");
  EXPECT_EQ(error_of<ShapeError>([] {
              tile(zeros({2, 3}), {1, -1});
            }),
            "tile: multiples [1, -1] have a negative one");
  EXPECT_EQ(error_of<ShapeError>([] { tile(zeros({4}), {1LL << 62}); }),
            "tile: shape (4611686018427387904, 4) has more elements than 64 bits can count");
}

TEST(repeat, Values) {
  const Tensor x = constant({{1, 2}, {3, 4}});
  EXPECT_TRUE(has_values(repeat(x, 2), {8}, {1, 1, 2, 2, 3, 3, 4, 4}));
  EXPECT_TRUE(has_values(repeat(x, 0), {0}, {}));
  EXPECT_TRUE(has_values(repeat(x, {1, 2}, {.axis = 0}), {3, 2}, {1, 2, 3, 4, 3, 4}));
  EXPECT_TRUE(has_values(repeat(x, {2}, {.axis = 1}), {2, 4}, {1, 1, 2, 2, 3, 3, 4, 4}));
  EXPECT_TRUE(has_values(repeat(x, constant({0, 2, 0, 1})), {3}, {2, 2, 4}));
}

TEST(repeat, Types) {
  for (const DType dtype : {bool_, int8, int64, half, float32, float64}) {
    const Tensor x = sample({3, 5}, dtype, 0, 2);
    EXPECT_TRUE(identical(repeat(scattered(x), 3, {.axis = 1}), repeat(x, 3, {.axis = 1})));
    EXPECT_TRUE(identical(repeat(x, {1, 2, 0}, {.axis = 0})(2).contiguous(), x(1)));
  }
  EXPECT_TRUE(has_values(repeat(constant(7), 2), {2}, {7, 7}));
  EXPECT_TRUE(has_values(repeat(constant({7, 8}), constant(2, int64)), {4}, {7, 7, 8, 8}));
  EXPECT_EQ(repeat(zeros({0, 3}), 2, {.axis = 1}).shape(), (Shape{0, 6}));
}

TEST(repeat, Options) {
  const Tensor x = constant({{1, 2}, {3, 4}});
  EXPECT_TRUE(has_values(repeat(x, 2, {.axis = 0}), {4, 2}, {1, 2, 1, 2, 3, 4, 3, 4}));
  EXPECT_TRUE(has_values(repeat(x, 2, {.axis = -1}), {2, 4}, {1, 1, 2, 2, 3, 3, 4, 4}));
}

TEST(repeat, Gradient) {
  const auto f = [](const std::vector<Tensor>& x) {
    const Tensor y = repeat(x[0], 2, {.axis = 0});
    const Tensor z = repeat(x[0], {1, 3}, {.axis = 0});
    return y * y * z;
  };
  EXPECT_TRUE(gradients_agree(f, {sample({2, 3})}));
  EXPECT_TRUE(second_gradients_agree(f, {sample({2, 3})}));
}

TEST(repeat, Errors) {
  const Tensor x = zeros({2, 3});
  EXPECT_EQ(error_of<ValueError>([&] { repeat(x, -1); }),
            "repeat: -1 repeats are too few; they must not be negative");
  EXPECT_EQ(error_of<ShapeError>([&] {
              repeat(x, {1, 2}, {.axis = 1});
            }),
            "repeat: 2 repeats do not fit axis 1 of shape (2, 3), which has size 3");
  EXPECT_EQ(error_of<ShapeError>([&] {
              repeat(x, zeros({1, 1}, int32));
            }),
            "repeat: repeats has shape (1, 1); it must be a number or have rank 1");
  EXPECT_EQ(error_of<DTypeError>([&] { repeat(x, constant({1.0})); }),
            "repeat: repeats must be int32 or int64, got float32; tf::cast them");
  EXPECT_EQ(error_of<ShapeError>([&] { repeat(x, 2, {.axis = 2}); }),
            "repeat: axis 2 is out of range for rank 2; it must be in [-2, 2)");
}

}  // namespace
}  // namespace saem
