// clip_by_value; floor 5 of 5: what must be true.
#include <algorithm>
#include <limits>
#include <saem/ops/clip.hpp>

#include "ops/pointwise.hpp"

namespace saem {
namespace {

using namespace saem::testing;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST(clip_by_value, Values) {
  EXPECT_TRUE(has_values(clip_by_value(constant({-1, 5, 12}), 0, 10), {3}, {0, 5, 10}));
  EXPECT_TRUE(has_values(clip_by_value(constant({-1.0, kNaN, 12.0}), 0, 10), {3}, {0, kNaN, 10}));
  EXPECT_TRUE(
      has_values(clip_by_value(constant({{1, 5}, {1, 5}}), constant({{2}, {3}}), constant({9, 4})),
                 {2, 2}, {2, 4, 3, 4}));
  // Where the limits cross, the upper one has the last word.
  EXPECT_TRUE(has_values(clip_by_value(constant({5}), 9, 1), {1}, {1}));
}

TEST(clip_by_value, Composition) {
  for (const DType dtype : numeric()) {
    EXPECT_TRUE(kernel_equals_composition(
        "clip_by_value", {sample_for({3, 35}, dtype, -9, 9, 1), sample_for({35}, dtype, -5, 0, 2),
                          sample_for({3, 1}, dtype, 1, 5, 3)}));
  }
  EXPECT_TRUE(kernel_equals_composition(
      "clip_by_value",
      {constant({kNaN, 1.0, 2.0}), constant({0.0, kNaN, 0.0}), constant({1.0, 1.0, kNaN})}));
}

TEST(clip_by_value, Gradient) {
  const Function clip = [](const std::vector<Tensor>& in) {
    return clip_by_value(in[0] * in[0], in[1], in[2]);
  };
  const Tensor x = constant({0.5, 1.2, 2.5}, float64);
  EXPECT_TRUE(gradients_agree(clip, {x, constant(1.0, float64), constant(4.0, float64)}));
  EXPECT_TRUE(second_gradients_agree(clip, {x, constant(1.0, float64), constant(4.0, float64)}));
  // At a limit itself the gradient is x's.
  GradientTape tape;
  const Tensor edge = constant({0.0, 1.0});
  tape.watch(edge);
  EXPECT_TRUE(has_values(tape.gradient(clip_by_value(edge, 0, 1), edge), {2}, {1, 1}));
}

TEST(clip_by_value, Types) {
  expect_unary([](const Tensor& x) { return clip_by_value(x, 2, 5); },
               [](double x) { return std::clamp(x, 2.0, 5.0); }, numeric(), -9, 9);
}

TEST(clip_by_value, Errors) {
  EXPECT_EQ(error_of<DTypeError>(
                [] { clip_by_value(constant({true}), constant({true}), constant({true})); }),
            "clip_by_value: needs numbers, got bool; tf::cast it first");
  EXPECT_EQ(error_of<DTypeError>([] { clip_by_value(constant({1}), constant(1), constant(2.0)); }),
            "clip_by_value: int32 and float32 do not mix; tf::cast one of them");
  EXPECT_EQ(error_of<ShapeError>([] { clip_by_value(zeros({1}), zeros({3}), ones({1})); }),
            "clip_by_value: a limit of shape (3,) would enlarge a tensor of shape (1,)");
}

}  // namespace
}  // namespace saem
