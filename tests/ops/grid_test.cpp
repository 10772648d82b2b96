// eye, linspace, meshgrid, sequence_mask; floor 5 of 5: what must be true.
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/grid.hpp>

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

TEST(eye, Values) {
  EXPECT_TRUE(has_values(eye(2), {2, 2}, {1, 0, 0, 1}));
  EXPECT_TRUE(has_values(eye(3, {.num_columns = 2}), {3, 2}, {1, 0, 0, 1, 0, 0}));
  EXPECT_TRUE(has_values(eye(2, {.num_columns = 3, .batch_shape = {2}}), {2, 2, 3},
                         {1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0}));
  EXPECT_EQ(eye(0).shape(), (Shape{0, 0}));
  EXPECT_EQ(eye(2, {.num_columns = 0}).shape(), (Shape{2, 0}));
  EXPECT_EQ(eye(2, {.batch_shape = {0}}).shape(), (Shape{0, 2, 2}));
}

TEST(eye, Types) {
  for (const DType dtype : {bool_, int8, uint64, half, float32, float64}) {
    EXPECT_EQ(eye(2, {.dtype = dtype}).dtype(), dtype);
    EXPECT_TRUE(has_values(eye(2, {.dtype = dtype}), {2, 2}, {1, 0, 0, 1}));
  }
  const Tensor large = eye(300);
  EXPECT_EQ(large(299, 299).item<float>(), 1.0F);
  EXPECT_EQ(large(299, 298).item<float>(), 0.0F);
}

TEST(eye, Errors) {
  EXPECT_EQ(error_of<ShapeError>([] { (void)eye(-1); }), "eye: shape (-1, -1) has a negative size");
  EXPECT_EQ(error_of<ShapeError>([] { (void)eye(2, {.batch_shape = {-3}}); }),
            "eye: shape (-3, 2, 2) has a negative size");
}

TEST(linspace, Values) {
  EXPECT_TRUE(has_values(linspace(0.0, 1.0, 5), {5}, {0, 0.25, 0.5, 0.75, 1}));
  EXPECT_TRUE(has_values(linspace(2.0, 1.0, 1), {1}, {2}));
  EXPECT_TRUE(has_values(linspace(2.0, 1.0, 2), {2}, {2, 1}));
  EXPECT_TRUE(has_values(linspace(constant({0.0, 10.0}), constant({1.0, 20.0}), 3), {3, 2},
                         {0, 10, 0.5, 15, 1, 20}));
  EXPECT_TRUE(
      has_values(linspace(constant(0.0), constant({1.0, 2.0}), 3), {3, 2}, {0, 0, 0.5, 1, 1, 2}));
  const Tensor tenths = linspace(constant(0.0), constant(0.1), 8);
  EXPECT_EQ(tenths(7).item<float>(), 0.1F) << "the end is met exactly";
}

TEST(linspace, Types) {
  EXPECT_EQ(linspace(0.0, 1.0, 3).dtype(), float32);
  EXPECT_EQ(linspace(0, 10, 5).dtype(), float64) << "as TensorFlow's integers";
  EXPECT_TRUE(has_values(linspace(0, 10, 5), {5}, {0, 2.5, 5, 7.5, 10}));
  for (const DType dtype : {half, DType(DType::kBFloat16), float32, float64}) {
    const Tensor y = linspace(scattered(constant({0.0, 2.0}, dtype)), constant(4.0, dtype), 3);
    EXPECT_EQ(y.dtype(), dtype);
    EXPECT_TRUE(has_values(y, {3, 2}, {0, 2, 2, 3, 4, 4}));
  }
  EXPECT_EQ(linspace(zeros({0}), zeros({0}), 3).shape(), (Shape{3, 0}));
  EXPECT_NEAR(linspace(0.0, 1.0, 100001)(50000).item<float>(), 0.5, 1e-6);
}

TEST(linspace, Options) {
  const Tensor start = constant({0.0, 10.0});
  const Tensor stop = constant({1.0, 20.0});
  EXPECT_TRUE(has_values(linspace(start, stop, 3, {.axis = -1}), {2, 3}, {0, 0.5, 1, 10, 15, 20}));
  EXPECT_TRUE(has_values(linspace(start, stop, 2, {.axis = 1}), {2, 2}, {0, 1, 10, 20}));
}

TEST(linspace, Gradient) {
  const auto f = [](const std::vector<Tensor>& x) {
    const Tensor y = linspace(x[0], x[1], 4, {.axis = 1});
    return y * y * y;
  };
  EXPECT_TRUE(gradients_agree(f, {sample({2}), sample({2})}));
  EXPECT_TRUE(second_gradients_agree(f, {sample({2}), sample({})}));
}

TEST(linspace, Errors) {
  EXPECT_EQ(error_of<ValueError>([] { (void)linspace(0.0, 1.0, 0); }),
            "linspace: num is 0; it must be positive");
  EXPECT_EQ(error_of<DTypeError>([] { (void)linspace(constant(1.0), constant(2), 3); }),
            "linspace: start is float32 and stop float64; tf::cast one of them");
  EXPECT_EQ(error_of<DTypeError>([] { (void)linspace(constant(true), constant(true), 3); }),
            "linspace: needs numbers, got bool");
  EXPECT_EQ(error_of<ShapeError>([] { (void)linspace(zeros({2}), zeros({2}), 3, {.axis = 2}); }),
            "linspace: axis 2 is out of range for rank 2; it must be in [-2, 2)");
}

TEST(meshgrid, Values) {
  const std::vector<Tensor> grid = meshgrid({constant({1, 2}), constant({3, 4, 5})});
  EXPECT_TRUE(has_values(grid[0], {3, 2}, {1, 2, 1, 2, 1, 2}));
  EXPECT_TRUE(has_values(grid[1], {3, 2}, {3, 3, 4, 4, 5, 5}));
  const std::vector<Tensor> cube = meshgrid({range(2), range(3), range(4)});
  EXPECT_EQ(cube[2].shape(), (Shape{3, 2, 4}));
  EXPECT_EQ(cube[0](2, 1, 3).item<std::int32_t>(), 1);
  EXPECT_EQ(cube[1](2, 1, 3).item<std::int32_t>(), 2);
  EXPECT_EQ(cube[2](2, 1, 3).item<std::int32_t>(), 3);
}

TEST(meshgrid, Types) {
  EXPECT_TRUE(has_values(meshgrid({constant(7)})[0], {1}, {7}));
  EXPECT_EQ(meshgrid({constant({true}), constant({1.5})})[0].dtype(), bool_);
  EXPECT_EQ(meshgrid({zeros({0}), zeros({2})})[0].shape(), (Shape{2, 0}));
  EXPECT_TRUE(meshgrid({}).empty());
}

TEST(meshgrid, Options) {
  const std::vector<Tensor> grid =
      meshgrid({constant({1, 2}), constant({3, 4, 5})}, {.indexing = "ij"});
  EXPECT_TRUE(has_values(grid[0], {2, 3}, {1, 1, 1, 2, 2, 2}));
  EXPECT_TRUE(has_values(grid[1], {2, 3}, {3, 4, 5, 3, 4, 5}));
}

TEST(meshgrid, Gradient) {
  const auto f = [](const std::vector<Tensor>& x) {
    const std::vector<Tensor> grid = meshgrid(x);
    return grid[0] * grid[1] * grid[1];
  };
  EXPECT_TRUE(gradients_agree(f, {sample({2}), sample({3})}));
}

TEST(meshgrid, Errors) {
  EXPECT_EQ(error_of<ValueError>([] { (void)meshgrid({range(2)}, {.indexing = "yx"}); }),
            "meshgrid: indexing is \"yx\"; it must be \"xy\" or \"ij\"");
  EXPECT_EQ(error_of<ShapeError>([] {
              (void)meshgrid({range(2), zeros({2, 2})});
            }),
            "meshgrid: values[1] has shape (2, 2); it must have rank 1");
}

TEST(sequence_mask, Values) {
  EXPECT_TRUE(has_values(sequence_mask(constant({1, 3, 2})), {3, 3}, {1, 0, 0, 1, 1, 1, 1, 1, 0}));
  EXPECT_TRUE(has_values(sequence_mask(constant({-1, 0})), {2, 0}, {}));
}

TEST(sequence_mask, Types) {
  for (const DType dtype : {int8, uint8, int32, int64, uint64}) {
    const Tensor lengths = constant({{1, 0}, {2, 1}}, dtype);
    EXPECT_TRUE(has_values(sequence_mask(scattered(lengths)), {2, 2, 2}, {1, 0, 0, 0, 1, 1, 1, 0}));
  }
  EXPECT_TRUE(has_values(sequence_mask(constant(1)), {1}, {1}));
  EXPECT_EQ(sequence_mask(zeros({0}, int32)).shape(), (Shape{0, 0}));
  EXPECT_EQ(sequence_mask(range(1000), {.maxlen = 70}).shape(), (Shape{1000, 70}));
}

TEST(sequence_mask, Options) {
  const Tensor lengths = constant({1, 3});
  EXPECT_TRUE(has_values(sequence_mask(lengths, {.maxlen = 2}), {2, 2}, {1, 0, 1, 1}));
  EXPECT_EQ(sequence_mask(lengths, {.dtype = float32}).dtype(), float32);
  EXPECT_EQ(sequence_mask(lengths).dtype(), bool_);
}

TEST(sequence_mask, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { (void)sequence_mask(constant(1.0), {.maxlen = 2}); }),
            "sequence_mask: lengths must be integers, got float32; tf::cast them");
  EXPECT_EQ(error_of<ShapeError>([] { (void)sequence_mask(constant(1), {.maxlen = -2}); }),
            "sequence_mask: maxlen is -2; it must not be negative");
}

}  // namespace
}  // namespace saem
