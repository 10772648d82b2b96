// pad, mirror_pad; floor 5 of 5: what must be true.
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/pad.hpp>

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

TEST(pad, Values) {
  const Tensor x = constant({{1, 2}, {3, 4}});
  EXPECT_TRUE(has_values(pad(x, {{1, 0}, {0, 2}}), {3, 4}, {0, 0, 0, 0, 1, 2, 0, 0, 3, 4, 0, 0}));
  EXPECT_TRUE(has_values(pad(x, {{0, 0}, {0, 0}}), {2, 2}, {1, 2, 3, 4}));
  EXPECT_TRUE(has_values(pad(constant({true}), {{1, 1}}), {3}, {0, 1, 0}));
}

TEST(pad, Composition) {
  const auto agree = [](const Tensor& x, const Dims& before, const Dims& after) {
    return kernel_equals_composition(
        "pad", {x}, PadOptions{.constant_values = 7, .before = before, .after = after});
  };
  EXPECT_TRUE(agree(sample({3, 4, 5}), {1, 2, 0}, {0, 1, 3}));
  EXPECT_TRUE(agree(sample({3, 4, 5}), {1, 0, 0}, {2, 0, 0}));
  EXPECT_TRUE(agree(sample({2, 3, 4, 5}), {0, 1, 1, 0}, {0, 1, 2, 0}));
  EXPECT_TRUE(agree(sample({200, 301}, float32), {3, 5}, {4, 0}));
}

TEST(pad, Types) {
  for (const DType dtype : {bool_, int8, uint16, int64, half, float32, float64}) {
    const Tensor x = sample({3, 5}, dtype, 0, 2);
    const Paddings paddings = {{1, 2}, {0, 3}};
    EXPECT_TRUE(identical(pad(scattered(x), paddings), pad(x, paddings)));
    EXPECT_TRUE(identical(pad(x, paddings)(slice(1, 4), slice(0, 5)).contiguous(), x));
  }
  EXPECT_TRUE(has_values(pad(constant(7), {}), {}, {7}));
  EXPECT_TRUE(has_values(pad(zeros({0}), {{1, 1}}, {.constant_values = 4}), {2}, {4, 4}));
  EXPECT_EQ(pad(zeros({0, 2}), {{0, 0}, {1, 0}}).shape(), (Shape{0, 3}));
}

TEST(pad, Options) {
  const Tensor x = constant({1, 2, 3});
  EXPECT_TRUE(has_values(pad(x, {{1, 1}}, {.constant_values = 9}), {5}, {9, 1, 2, 3, 9}));
  EXPECT_TRUE(has_values(pad(x, {{1, 1}}, {.mode = "reflect"}), {5}, {2, 1, 2, 3, 2}));
  EXPECT_TRUE(has_values(pad(x, {{1, 1}}, {.mode = "SYMMETRIC"}), {5}, {1, 1, 2, 3, 3}));
  EXPECT_TRUE(has_values(pad(constant({false}), {{1, 0}}, {.constant_values = true}), {2}, {1, 0}));
}

TEST(pad, Gradient) {
  const auto f = [](const std::vector<Tensor>& x) {
    const Tensor y = pad(x[0], {{1, 0}, {2, 1}}, {.constant_values = 2});
    return y * y * x[1];
  };
  EXPECT_TRUE(gradients_agree(f, {sample({2, 3}), sample({3, 6})}));
  EXPECT_TRUE(second_gradients_agree(f, {sample({2, 3}), sample({3, 6})}));
}

TEST(pad, Errors) {
  const Tensor x = zeros({2, 3});
  EXPECT_EQ(error_of<ShapeError>([&] {
              pad(x, {{1, 1}});
            }),
            "pad: 1 paddings do not fit shape (2, 3), which has 2 axes");
  EXPECT_EQ(error_of<ShapeError>([&] {
              pad(x, {{1, 1}, {0, -1}});
            }),
            "pad: axis 1 has paddings 0 and -1; they must not be negative");
  EXPECT_EQ(error_of<ValueError>([&] {
              pad(x, {{1, 1}, {0, 0}}, {.mode = "EDGE"});
            }),
            "pad: mode is \"EDGE\"; it must be CONSTANT, REFLECT or SYMMETRIC");
  EXPECT_EQ(error_of<DTypeError>([&] {
              pad(constant({1}), {{1, 1}}, {.constant_values = 0.5});
            }),
            "pad: 0.5 does not fit a tensor of int32; tf::cast the tensor to float32 first");
  EXPECT_EQ(error_of<ShapeError>([&] {
              pad(zeros({2}), {{INT64_MAX, 0}});
            }),
            "pad: axis 0 would have more elements than 64 bits can count");
}

TEST(mirror_pad, Values) {
  const Tensor x = constant({{1, 2, 3}, {4, 5, 6}});
  EXPECT_TRUE(has_values(pad(x, {{1, 1}, {2, 2}}, {.mode = "REFLECT"}), {4, 7},
                         {6, 5, 4, 5, 6, 5, 4, 3, 2, 1, 2, 3, 2, 1,  //
                          6, 5, 4, 5, 6, 5, 4, 3, 2, 1, 2, 3, 2, 1}));
  EXPECT_TRUE(has_values(pad(x, {{1, 1}, {2, 2}}, {.mode = "SYMMETRIC"}), {4, 7},
                         {2, 1, 1, 2, 3, 3, 2, 2, 1, 1, 2, 3, 3, 2,  //
                          5, 4, 4, 5, 6, 6, 5, 5, 4, 4, 5, 6, 6, 5}));
}

TEST(mirror_pad, Types) {
  for (const DType dtype : {bool_, int8, int64, half, float32, float64}) {
    const Tensor x = sample({3, 5}, dtype, 0, 2);
    const Paddings paddings = {{1, 2}, {0, 3}};
    EXPECT_TRUE(identical(pad(scattered(x), paddings, {.mode = "REFLECT"}),
                          pad(x, paddings, {.mode = "REFLECT"})));
  }
  EXPECT_TRUE(has_values(pad(constant(7), {}, {.mode = "REFLECT"}), {}, {7}));
  EXPECT_EQ(pad(zeros({0}), {{0, 0}}, {.mode = "SYMMETRIC"}).shape(), (Shape{0}));
  EXPECT_EQ(pad(zeros({300, 301}), {{5, 5}, {0, 7}}, {.mode = "REFLECT"}).shape(),
            (Shape{310, 308}));
}

TEST(mirror_pad, Options) {
  const Tensor x = constant({1, 2, 3});
  EXPECT_TRUE(has_values(pad(x, {{2, 0}}, {.mode = "REFLECT"}), {5}, {3, 2, 1, 2, 3}));
  EXPECT_TRUE(has_values(pad(x, {{3, 0}}, {.mode = "SYMMETRIC"}), {6}, {3, 2, 1, 1, 2, 3}));
  EXPECT_TRUE(has_values(pad(x, {{0, 2}}, {.mode = "SYMMETRIC"}), {5}, {1, 2, 3, 3, 2}));
}

TEST(mirror_pad, Gradient) {
  for (const char* mode : {"REFLECT", "SYMMETRIC"}) {
    const auto f = [&](const std::vector<Tensor>& x) {
      const Tensor y = pad(x[0], {{1, 1}, {2, 0}}, {.mode = mode});
      return y * y * x[1];
    };
    EXPECT_TRUE(gradients_agree(f, {sample({2, 3}), sample({4, 5})}));
    EXPECT_TRUE(second_gradients_agree(f, {sample({2, 3}), sample({4, 5})}));
  }
}

TEST(mirror_pad, Errors) {
  EXPECT_EQ(error_of<ShapeError>([] {
              pad(zeros({3}), {{3, 0}}, {.mode = "REFLECT"});
            }),
            "pad: mode REFLECT cannot put 3 elements beside axis 0 of shape (3,), only 2");
  EXPECT_EQ(error_of<ShapeError>([] {
              pad(zeros({3}), {{0, 4}}, {.mode = "SYMMETRIC"});
            }),
            "pad: mode SYMMETRIC cannot put 4 elements beside axis 0 of shape (3,), only 3");
}

}  // namespace
}  // namespace saem
