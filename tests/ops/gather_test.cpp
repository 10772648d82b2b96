// gather, floor 5 of 5: what must be true.
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/boolean_mask.hpp>
#include <saem/ops/compare.hpp>
#include <saem/ops/gather.hpp>
#include <saem/ops/where.hpp>

#include "support/op_test.hpp"

namespace saem {
namespace {

using testing::error_of;
using testing::expect_index_error;
using testing::gradients_agree;
using testing::has_values;
using testing::identical;
using testing::kernel_equals_composition;
using testing::sample;
using testing::scattered;
using testing::second_gradients_agree;

TEST(gather, Values) {
  const Tensor x = constant({{1, 2, 3}, {4, 5, 6}});
  EXPECT_TRUE(has_values(gather(x, {1, 0}), {2, 3}, {4, 5, 6, 1, 2, 3}));
  EXPECT_TRUE(has_values(gather(x, constant({{0, 0}, {1, 0}})), {2, 2, 3},
                         {1, 2, 3, 1, 2, 3, 4, 5, 6, 1, 2, 3}));
  EXPECT_TRUE(has_values(gather(x, constant(1)), {3}, {4, 5, 6}));
  EXPECT_TRUE(has_values(boolean_mask(x, x > 2), {4}, {3, 4, 5, 6}));
  EXPECT_TRUE(has_values(boolean_mask(x, constant({true, false, true}), {.axis = 1}), {2, 2},
                         {1, 3, 4, 6}));
}

TEST(gather, Types) {
  for (const DType dtype : {bool_, int8, int64, half, float32, float64}) {
    const Tensor x = sample({9, 9}, dtype, 0, 2);
    for (const DType index : {int32, int64}) {
      const Tensor indices = constant({8, 0, 3, 3}, index);
      EXPECT_TRUE(identical(gather(scattered(x), indices), gather(x, indices)));
      EXPECT_TRUE(identical(gather(x, indices)(2), x(3).contiguous()));
      EXPECT_TRUE(
          identical(gather(x, indices, {.axis = 1})(all, 1).contiguous(), x(all, 0).contiguous()));
    }
  }
  EXPECT_EQ(gather(zeros({3, 2}), zeros({0}, int32)).shape(), (Shape{0, 2}));
  EXPECT_EQ(gather(zeros({3, 0}), constant({1})).shape(), (Shape{1, 0}));
  const Tensor many = range(100000);
  EXPECT_TRUE(identical(gather(many, many), many));
}

TEST(gather, Options) {
  const Tensor x = constant({{1, 2, 3}, {4, 5, 6}});
  EXPECT_TRUE(has_values(gather(x, {2, 0}, {.axis = 1}), {2, 2}, {3, 1, 6, 4}));
  EXPECT_TRUE(has_values(gather(x, {2, 0}, {.axis = -1}), {2, 2}, {3, 1, 6, 4}));
  EXPECT_TRUE(has_values(gather(x, constant({{2}, {0}}), {.batch_dims = 1}), {2, 1}, {3, 4}));
  const Tensor cube = sample({2, 3, 4});
  const Tensor indices = constant({{3, 0}, {1, 1}});
  const Tensor batched = gather(cube, indices, {.axis = 2, .batch_dims = 1});
  EXPECT_EQ(batched.shape(), (Shape{2, 3, 2}));
  EXPECT_TRUE(identical(batched(1, all, 0).contiguous(), cube(1, all, 1).contiguous()));
}

TEST(gather, Gradient) {
  const auto f = [](const std::vector<Tensor>& x) {
    const Tensor y = gather(x[0], {2, 0, 2}, {.axis = 1});
    return y * y * y;
  };
  EXPECT_TRUE(gradients_agree(f, {sample({2, 3, 2})}));
  EXPECT_TRUE(second_gradients_agree(f, {sample({2, 3, 2})}));
  const auto masked = [](const std::vector<Tensor>& x) {
    const Tensor y = boolean_mask(x[0], constant({true, false, true}));
    return y * y;
  };
  EXPECT_TRUE(gradients_agree(masked, {sample({3, 2})}));
}

TEST(gather, Errors) {
  const Tensor x = zeros({2, 3});
  expect_index_error([&] { gather(x, {0, 2}); }, "gather: indices[1] = 2 is not in [0, 2)");
  expect_index_error(
      [&] {
        gather(x, constant({{0, 1}, {-1, 0}}));
      },
      "gather: indices[1, 0] = -1 is not in [0, 2)");
  EXPECT_EQ(error_of<DTypeError>([&] { gather(x, constant({1.0})); }),
            "gather: indices must be int32 or int64, got float32; tf::cast them");
  EXPECT_EQ(error_of<ShapeError>([&] { gather(x, {0}, {.axis = 2}); }),
            "gather: axis 2 is out of range for rank 2; it must be in [-2, 2)");
  EXPECT_EQ(error_of<ShapeError>([&] {
              gather(x, zeros({3, 1}, int32), {.batch_dims = 1});
            }),
            "gather: batch axis 0 has 2 in params of shape (2, 3) and 3 in indices of shape (3, "
            "1); with batch_dims = 1 they must be equal");
  EXPECT_EQ(error_of<ShapeError>([&] {
              gather(x, zeros({2, 1}, int32), {.axis = 0, .batch_dims = 1});
            }),
            "gather: axis 0 is one of the 1 batch axes; it must come after them");
  EXPECT_EQ(error_of<ShapeError>([&] { gather(x, {0}, {.batch_dims = 2}); }),
            "gather: batch_dims 2 is out of range for params of shape (2, 3) and indices of shape "
            "(1,)");
  EXPECT_EQ(error_of<DTypeError>([&] { boolean_mask(x, x); }),
            "boolean_mask: mask must be bool, got float32; compare it with something first");
  EXPECT_EQ(error_of<ShapeError>([&] { boolean_mask(x, constant({true})); }),
            "boolean_mask: mask of shape (1,) does not lie on shape (2, 3) from axis 0 on");
}

TEST(gather_grad, Values) {
  const GatherGradOptions options{{3}, 0, 0};
  EXPECT_TRUE(has_values(
      apply_one(*find_op("gather_grad"), {constant({1.0, 2.0, 4.0}), constant({2, 0, 2})}, options),
      {3}, {2, 0, 5}));
}

TEST(gather_grad, Composition) {
  const Tensor indices = constant({4, 0, 4, 1, 4});
  EXPECT_TRUE(kernel_equals_composition("gather_grad", {sample({2, 5, 3}), indices},
                                        GatherGradOptions{{2, 6, 3}, 1, 0}));
  EXPECT_TRUE(kernel_equals_composition("gather_grad",
                                        {sample({2, 3, 2}), constant({{3, 0}, {1, 1}})},
                                        GatherGradOptions{{2, 3, 4}, 2, 1}));
}

TEST(gather_grad, Types) {
  for (const DType dtype : {half, DType(DType::kBFloat16), float32, float64}) {
    const Tensor dy = sample({4, 200}, dtype);
    const Tensor indices = constant({1, 0, 1, 1});
    EXPECT_TRUE(
        kernel_equals_composition("gather_grad", {dy, indices}, GatherGradOptions{{2, 200}, 0, 0}));
    EXPECT_TRUE(kernel_equals_composition("gather_grad", {scattered(dy), indices},
                                          GatherGradOptions{{2, 200}, 0, 0}));
  }
  // Narrow rows that many threads share, wide ones cut into strips; one busy row among them.
  for (const DType dtype : {half, DType(DType::kBFloat16), float32, int32, int64}) {
    for (const std::int64_t inner : {1, 3, 64, 130}) {
      const Tensor rows = cast(cast(sample({5000, inner}, float64, -3, 3), int8), dtype);  // exact
      const Tensor places = cast(sample({5000}, float64, -30, 30), int32);
      const Tensor indices = cast(where(less(places, constant(0)), 7, places), int64);
      EXPECT_TRUE(kernel_equals_composition("gather_grad", {rows, indices},
                                            GatherGradOptions{{30, inner}, 0, 0}))
          << dtype << " " << inner;
    }
  }
  const Tensor none = zeros({0, 3});
  EXPECT_TRUE(has_values(apply_one(*find_op("gather_grad"), {none, zeros({0}, int32)},
                                   GatherGradOptions{{1, 3}, 0, 0}),
                         {1, 3}, {0, 0, 0}));
}

TEST(gather_grad, Gradient) {
  const auto f = [](const std::vector<Tensor>& x) {
    const Tensor y = apply_one(*find_op("gather_grad"), {x[0], constant({1, 0, 1})},
                               GatherGradOptions{{3, 2}, 0, 0});
    return y * y * y;
  };
  EXPECT_TRUE(gradients_agree(f, {sample({3, 2})}));
  EXPECT_TRUE(second_gradients_agree(f, {sample({3, 2})}));
}

TEST(one_hot, Values) {
  EXPECT_TRUE(has_values(one_hot(constant({2, 0, -1, 3}), 3), {4, 3},
                         {0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0}));
}

TEST(one_hot, Types) {
  for (const DType dtype : {uint8, int8, int32, int64}) {
    const Tensor indices = constant({1, 0, 2}, dtype);
    EXPECT_TRUE(identical(one_hot(scattered(indices), 3), one_hot(indices, 3)));
  }
  EXPECT_TRUE(has_values(one_hot(constant(1), 2), {2}, {0, 1}));
  EXPECT_EQ(one_hot(zeros({0}, int32), 2).shape(), (Shape{0, 2}));
  EXPECT_EQ(one_hot(constant({1}), 0).shape(), (Shape{1, 0}));
}

TEST(one_hot, Options) {
  const Tensor x = constant({1, 0});
  EXPECT_TRUE(has_values(one_hot(x, 2, {.on_value = 5}), {2, 2}, {0, 5, 5, 0}));
  EXPECT_TRUE(has_values(one_hot(x, 2, {.off_value = -1}), {2, 2}, {-1, 1, 1, -1}));
  EXPECT_TRUE(has_values(one_hot(x, 3, {.axis = 0}), {3, 2}, {0, 1, 1, 0, 0, 0}));
  EXPECT_EQ(one_hot(x, 2, {.dtype = int8}).dtype(), int8);
  EXPECT_EQ(one_hot(x, 2).dtype(), float32);
  EXPECT_EQ(one_hot(x, 2, {.on_value = 5}).dtype(), int32);
  EXPECT_EQ(one_hot(x, 2, {.off_value = 0.5}).dtype(), float32);
  EXPECT_EQ(one_hot(x, 2, {.on_value = true}).dtype(), bool_);
  EXPECT_TRUE(has_values(one_hot(x, 2, {.dtype = bool_}), {2, 2}, {0, 1, 1, 0}));
}

TEST(one_hot, Composition) {
  const auto agree = [](const Tensor& indices, int axis, DType dtype) {
    return kernel_equals_composition(
        "one_hot", {indices},
        OneHotOptions{.on_value = 3, .off_value = 1, .axis = axis, .dtype = dtype, .depth = 4});
  };
  const Tensor indices = constant({{0, 3, -1}, {4, 1, 2}});
  for (const DType dtype : {int8, half, float32, float64}) {
    for (int axis = 0; axis < 3; ++axis) EXPECT_TRUE(agree(indices, axis, dtype)) << axis;
  }
  EXPECT_TRUE(agree(cast(indices, uint64), 1, int64)) << "what is below 0 wraps, and is no class";
  EXPECT_TRUE(agree(range(50000), 0, float32));
  EXPECT_TRUE(agree(range(50000), 1, int16));
}

TEST(one_hot, Errors) {
  EXPECT_EQ(
      error_of<DTypeError>([] { one_hot(constant({1}), 2, {.on_value = 5.0, .off_value = 1}); }),
      "one_hot: on_value is float32 and off_value int32; name the dtype");
  EXPECT_EQ(
      error_of<DTypeError>([] { one_hot(constant({1}), 2, {.on_value = 2, .dtype = bool_}); }),
      "one_hot: the number 2 does not fit a bool tensor; tf::cast the tensor first");
  EXPECT_EQ(error_of<DTypeError>([] { one_hot(constant({1.0}), 2); }),
            "one_hot: indices must be integers, got float32; tf::cast them");
  EXPECT_EQ(error_of<ShapeError>([] { one_hot(constant({1}), -2); }),
            "one_hot: depth is -2; it must not be negative");
  EXPECT_EQ(error_of<ShapeError>([] { one_hot(constant({1}), 2, {.axis = 2}); }),
            "one_hot: axis 2 is out of range for rank 2; it must be in [-2, 2)");
}

}  // namespace
}  // namespace saem
