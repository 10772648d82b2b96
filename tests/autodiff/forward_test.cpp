#include <optional>
#include <saem/autodiff/custom_gradient.hpp>
#include <saem/autodiff/forward.hpp>
#include <saem/core/memory.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/cast.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/unary_arith.hpp>
#include <saem/ops/unary_exp.hpp>

#include "support/op_test.hpp"

namespace saem {
namespace {

using testing::error_of;
using testing::has_values;

Tensor scalar(double value) { return constant(value, float64); }

TEST(ForwardAccumulator, CarriesTheTangentAlong) {
  const Tensor x = constant({1.0, 2.0}, float64);
  const ForwardAccumulator accumulator(x, constant({10.0, 1.0}, float64));
  EXPECT_TRUE(has_values(accumulator.jvp(x * x), {2}, {20.0, 4.0}));
  EXPECT_TRUE(has_values(accumulator.jvp(reduce_sum(x * x)), {}, {24.0}));
  EXPECT_TRUE(has_values(accumulator.jvp(x), {2}, {10.0, 1.0}));
}

TEST(ForwardAccumulator, BroadcastsAndMixesInputs) {
  const Tensor row = constant({1.0, 2.0}, float64);
  const Tensor column = constant({{3.0}, {4.0}}, float64);
  const ForwardAccumulator accumulator({row, column},
                                       {ones_like(row), constant({{1.0}, {0.0}}, float64)});
  // d(row * column) = d(row) * column + row * d(column)
  EXPECT_TRUE(has_values(accumulator.jvp(row * column), {2, 2}, {3.0 + 1.0, 3.0 + 2.0, 4.0, 4.0}));
}

TEST(ForwardAccumulator, FollowsVariables) {
  const Variable w{scalar(3.0)};
  const Variable other{scalar(5.0)};
  const ForwardAccumulator accumulator(w, scalar(2.0));
  EXPECT_TRUE(has_values(accumulator.jvp(w * w), {}, {12.0}));
  EXPECT_FALSE(accumulator.jvp(other * other).defined());
  const ForwardAccumulator both(std::vector<Variable>{w, other}, {scalar(1.0), scalar(1.0)});
  EXPECT_TRUE(has_values(both.jvp(w * other), {}, {8.0}));
}

TEST(ForwardAccumulator, UnconnectedIsNoneOrZero) {
  const Tensor x = scalar(1.0);
  const Tensor other = constant({1.0, 2.0}, float64);
  const ForwardAccumulator accumulator(x, scalar(1.0));
  const Tensor y = other * other;
  EXPECT_FALSE(accumulator.jvp(y).defined());
  EXPECT_TRUE(has_values(accumulator.jvp(y, UnconnectedGradients::kZero), {2}, {0.0, 0.0}));
  const std::vector<Tensor> several = accumulator.jvp(std::vector<Tensor>{x * 2.0, y});
  EXPECT_TRUE(has_values(several[0], {}, {2.0}));
  EXPECT_FALSE(several[1].defined());
  EXPECT_FALSE(accumulator.jvp(cast(x, int32)).defined());
}

TEST(ForwardAccumulator, NestsForHigherDerivatives) {
  const Tensor x = scalar(3.0);
  const ForwardAccumulator outer(x, scalar(1.0));
  const ForwardAccumulator inner(x, scalar(1.0));
  const Tensor y = x * x * x;
  const Tensor first = inner.jvp(y);
  EXPECT_TRUE(has_values(first, {}, {27.0}));
  EXPECT_TRUE(has_values(outer.jvp(first), {}, {18.0}));
  EXPECT_TRUE(has_values(outer.jvp(y), {}, {27.0}));
}

TEST(ForwardAccumulator, ThirdDerivative) {
  const Tensor x = scalar(0.5);
  const ForwardAccumulator a(x, scalar(1.0));
  const ForwardAccumulator b(x, scalar(1.0));
  const ForwardAccumulator c(x, scalar(1.0));
  const Tensor y = exp(2.0 * x);
  EXPECT_TRUE(has_values(a.jvp(b.jvp(c.jvp(y))), {}, {8.0 * std::exp(1.0)}, {1e-9, 0.0}));
}

TEST(ForwardAccumulator, ForwardOverBackwardIsAHessianVectorProduct) {
  const Tensor x = constant({1.0, 2.0}, float64);
  const ForwardAccumulator accumulator(x, constant({1.0, 0.0}, float64));
  GradientTape tape;
  tape.watch(x);
  const Tensor gradient = tape.gradient(reduce_prod(x) * reduce_sum(x), x);
  // f = x^2 y + x y^2; the first column of its Hessian is (2y, 2x + 2y)
  EXPECT_TRUE(has_values(accumulator.jvp(gradient), {2}, {4.0, 6.0}));
}

TEST(ForwardAccumulator, BackwardOverForward) {
  const Tensor x = constant({1.0, 2.0}, float64);
  const Tensor direction = constant({1.0, 0.0}, float64);
  for (const bool tape_outside : {true, false}) {
    std::optional<GradientTape> tape;
    if (tape_outside) tape.emplace();
    const ForwardAccumulator accumulator(x, direction);
    if (!tape_outside) tape.emplace();
    tape->watch(x);
    const Tensor y = reduce_prod(x) * reduce_sum(x);
    EXPECT_TRUE(has_values(tape->gradient(accumulator.jvp(y), x), {2}, {4.0, 6.0}));
  }
}

TEST(ForwardAccumulator, GoesThroughCustomGradientsAndRecomputation) {
  const Tensor x = scalar(2.0);
  const ForwardAccumulator accumulator(x, scalar(1.0));
  const auto tripled = custom_gradient([](const Tensor& v) { return v * v; },
                                       [](const Tensor& dy, const Tensor&) { return dy * 3.0; });
  EXPECT_TRUE(has_values(accumulator.jvp(tripled(x)), {}, {3.0}));
  const auto cube = recompute_grad([](const Tensor& v) { return v * v * v; });
  EXPECT_TRUE(has_values(accumulator.jvp(cube(x)), {}, {12.0}));
}

TEST(ForwardAccumulator, StopsAndHearsOnlyItsScope) {
  const Tensor x = scalar(2.0);
  ForwardAccumulator accumulator(x, scalar(1.0));
  const Tensor heard = x * x;
  accumulator.stop_recording();
  EXPECT_TRUE(has_values(accumulator.jvp(heard), {}, {4.0}));
  EXPECT_FALSE(accumulator.jvp(x * x).defined());
}

TEST(ForwardAccumulator, KeepsNoHistory) {
  config::MemoryTag tag("forward history");
  const Tensor x = ones({1000}, float64);
  const ForwardAccumulator accumulator(x, ones_like(x));
  Tensor y = x;
  for (int i = 0; i < 1000; ++i) y = sigmoid(y);
  EXPECT_TRUE(accumulator.jvp(y).defined());
  EXPECT_LT(config::memory_by_tag().at("forward history").current, 400 * 8000);
}

TEST(ForwardAccumulator, Errors) {
  const Tensor x = constant({1.0, 2.0}, float64);
  EXPECT_EQ(error_of<DTypeError>([] { ForwardAccumulator(constant(1), constant(1)); }),
            "ForwardAccumulator: needs a floating-point primal, got int32; tf::cast it");
  EXPECT_EQ(error_of<DTypeError>([&] {
              ForwardAccumulator(x, constant({1.0, 2.0}));
            }),
            "ForwardAccumulator: the tangent is float32, its primal float64; they must be alike");
  EXPECT_EQ(error_of<ShapeError>([&] { ForwardAccumulator(x, scalar(1.0)); }),
            "ForwardAccumulator: the tangent has shape (), its primal (2,); they must be alike");
  EXPECT_EQ(error_of<ValueError>([&] {
              ForwardAccumulator(std::vector<Tensor>{x, x}, std::vector<Tensor>{x});
            }),
            "ForwardAccumulator: 1 tangents for 2 primals; give one for each");
}

}  // namespace
}  // namespace saem
