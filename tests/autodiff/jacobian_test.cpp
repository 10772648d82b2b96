#include <algorithm>
#include <saem/autodiff/custom_gradient.hpp>
#include <saem/autodiff/tape.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/concat.hpp>
#include <saem/ops/matmul.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/reshape.hpp>
#include <saem/ops/softmax.hpp>
#include <saem/ops/transpose.hpp>
#include <saem/ops/unary_arith.hpp>
#include <saem/ops/unary_exp.hpp>

#include "support/op_test.hpp"

namespace saem {
namespace {

using testing::error_of;
using testing::has_values;
using testing::near;
using testing::sample;

TEST(Jacobian, OfAVector) {
  const Tensor x = constant({1.0, 2.0}, float64);
  for (const bool vectorized : {true, false}) {
    GradientTape tape;
    tape.watch(x);
    const Tensor y = stack({x(0) * x(1), x(0) + 3.0 * x(1), square(x(1))});
    const Tensor jacobian = tape.jacobian(y, x, {.experimental_use_pfor = vectorized});
    EXPECT_TRUE(has_values(jacobian, {3, 2}, {2, 1, 1, 3, 0, 4}));
  }
}

TEST(Jacobian, HasTheTargetsShapeThenTheSources) {
  const Variable w{sample({3, 2})};
  const Tensor x = sample({4, 3});
  GradientTape tape;
  tape.watch(x);
  const Tensor y = matmul(x, w);
  const std::vector<Tensor> jacobians =
      tape.jacobian(y, std::vector<Tensor>{x, w.value(), zeros({2}, float64)});
  EXPECT_EQ(jacobians[0].shape(), (Shape{4, 2, 4, 3}));
  EXPECT_EQ(jacobians[1].shape(), (Shape{4, 2, 3, 2}));
  EXPECT_FALSE(jacobians[2].defined());
  EXPECT_TRUE(near(jacobians[0](1, 0, 1), w(all, 0)));
  EXPECT_TRUE(near(jacobians[1](2, 1, all, 1), x(2)));
}

TEST(Jacobian, OfVariables) {
  const Variable a{constant(2.0, float64)};
  const Variable b{constant(3.0, float64)};
  GradientTape tape{{.persistent = true}};
  const Tensor y = a * b;
  EXPECT_TRUE(has_values(tape.jacobian(y, a), {}, {3.0}));
  const std::vector<Tensor> both = tape.jacobian(y, std::vector<Variable>{a, b});
  EXPECT_TRUE(has_values(both[1], {}, {2.0}));
}

TEST(Jacobian, UnconnectedIsNoneOrZero) {
  const Tensor x = constant({1.0, 2.0}, float64);
  const Tensor other = constant({1.0, 2.0, 3.0}, float64);
  GradientTape tape{{.persistent = true}};
  tape.watch(x);
  tape.watch(other);
  const Tensor y = x * x;
  EXPECT_FALSE(tape.jacobian(y, other).defined());
  const JacobianOptions zero{.unconnected_gradients = UnconnectedGradients::kZero};
  EXPECT_TRUE(has_values(tape.jacobian(y, other, zero), {2, 3}, std::vector<double>(6, 0.0)));
  EXPECT_TRUE(has_values(tape.batch_jacobian(y, other(slice(0, 2)), zero), {2}, {0.0, 0.0}));
}

TEST(Jacobian, NestedTapesGiveTheHessian) {
  const Tensor x = constant({1.0, 2.0}, float64);
  GradientTape outer;
  outer.watch(x);
  GradientTape inner;
  inner.watch(x);
  const Tensor y = reduce_prod(x) * reduce_sum(x);  // x^2 y + x y^2
  EXPECT_TRUE(has_values(outer.jacobian(inner.gradient(y, x), x), {2, 2}, {4, 6, 6, 2}));
}

TEST(Jacobian, OfAJacobian) {
  const Tensor x = constant({0.5, -1.0}, float64);
  GradientTape outer;
  outer.watch(x);
  GradientTape inner;
  inner.watch(x);
  const Tensor first = inner.jacobian(x * x * x, x);
  const Tensor second = outer.jacobian(first, x);  // 6 x_i where i = j = k
  std::vector<double> expected(8, 0.0);
  expected[0] = 3.0;
  expected[7] = -6.0;
  EXPECT_TRUE(has_values(second, {2, 2, 2}, expected));
}

TEST(Jacobian, IsUsedOnceUnlessPersistent) {
  const Tensor x = constant({1.0, 2.0}, float64);
  GradientTape tape;
  tape.watch(x);
  const Tensor y = x * x;
  (void)tape.jacobian(y, x);
  EXPECT_EQ(error_of<ValueError>([&] { (void)tape.jacobian(y, x); }),
            "GradientTape.jacobian: this tape has been used; make it with {.persistent = true} to "
            "take several gradients");
}

TEST(Jacobian, SoftmaxOfRowsAsABatch) {
  const Tensor x = sample({4, 3});
  for (const bool vectorized : {true, false}) {
    GradientTape tape{{.persistent = true}};
    tape.watch(x);
    const Tensor y = nn::softmax(x);
    const JacobianOptions options{.experimental_use_pfor = vectorized};
    const Tensor batch = tape.batch_jacobian(y, x, options);
    const Tensor full = tape.jacobian(y, x, options);
    EXPECT_EQ(batch.shape(), (Shape{4, 3, 3}));
    for (int i = 0; i < 4; ++i) EXPECT_TRUE(near(batch(i), full(i, all, i)));
  }
}

TEST(Jacobian, BatchErrors) {
  const Tensor x = zeros({2, 3});
  GradientTape tape;
  tape.watch(x);
  const Tensor y = reduce_sum(x, {.axis = 0});
  EXPECT_EQ(error_of<ShapeError>([&] { (void)tape.batch_jacobian(y, x); }),
            "GradientTape.batch_jacobian: needs a target and a source with examples along axis 0, "
            "as many in both; got (3,) and (2, 3)");
}

TEST(GradientTape, StructuredSourcesAndTargets) {
  const Variable w{constant(2.0, float64)};
  const Variable b{constant(1.0, float64)};
  const Tensor x = constant(3.0, float64);
  GradientTape tape{{.persistent = true}};
  tape.watch(x);
  const Tensor y = w * x + b;
  const std::map<std::string, Variable> named{{"weight", w}, {"bias", b}};
  const std::map<std::string, Tensor> gradients = tape.gradient(y, named);
  EXPECT_TRUE(has_values(gradients.at("weight"), {}, {3.0}));
  EXPECT_TRUE(has_values(gradients.at("bias"), {}, {1.0}));
  const std::map<std::string, Tensor> tensors{{"x", x}};
  EXPECT_TRUE(has_values(tape.gradient(y, tensors).at("x"), {}, {2.0}));
  const Tensor z = x * x;
  const std::vector<Tensor> targets{y, z};
  EXPECT_TRUE(has_values(tape.gradient(targets, std::vector<Tensor>{x})[0], {}, {2.0 + 6.0}));
  const std::vector<Tensor> weights{constant(10.0, float64), Tensor()};
  EXPECT_TRUE(
      has_values(tape.gradient(targets, std::vector<Tensor>{x}, {.output_gradients = weights})[0],
                 {}, {20.0 + 6.0}));
  EXPECT_EQ(error_of<ValueError>([&] {
              (void)tape.gradient(targets, std::vector<Variable>{w},
                                  {.output_gradients = constant(1.0, float64)});
            }),
            "GradientTape.gradient: 1 output_gradients for 2 targets; give one for each");
}

TEST(GradientTape, StopsRecordingForAScope) {
  const Variable w{constant(2.0, float64)};
  GradientTape other;
  GradientTape tape;
  const Tensor first = w * w;
  {
    const GradientTape::StopRecording pause(tape);
    (void)(w * w);
    EXPECT_EQ(tape.size(), 1u);
    EXPECT_EQ(other.size(), 2u);
  }
  EXPECT_TRUE(has_values(tape.gradient(first * w, w), {}, {12.0}));
}

TEST(GradientTape, AnErrorInARuleLeavesEveryTapeAsItWas) {
  const Tensor x = constant(2.0, float64);
  bool broken = true;
  const auto moody = custom_gradient([](const Tensor& v) { return v * v; },
                                     [&](const Tensor& dy, const Tensor& v) {
                                       if (broken) throw ValueError("moody: not now");
                                       return dy * 2.0 * v;
                                     });
  GradientTape tape;
  tape.watch(x);
  const Tensor y = moody(x);
  const std::size_t size = tape.size();
  EXPECT_EQ(error_of<ValueError>([&] { (void)tape.gradient(y * 3.0, x); }), "moody: not now");
  EXPECT_EQ(error_of<ValueError>([&] { (void)tape.jacobian(y, x); }), "moody: not now");
  EXPECT_GE(tape.size(), size);
  broken = false;
  const Tensor z = y * 5.0;  // it still records
  EXPECT_TRUE(has_values(tape.gradient(z, x), {}, {20.0}));
}

TEST(GradientTape, ShowsTheGraphOfAGradient) {
  const Tensor x = constant(3.0, float64);
  GradientTape outer{{.persistent = true}};
  outer.watch(x, "x");
  GradientTape inner;
  inner.watch(x);
  const Tensor dy = inner.gradient(square(x), x);  // 2x
  const std::vector<TapeNode> nodes = outer.graph(dy, true);
  EXPECT_EQ(nodes.back().name, "multiply");
  const auto found = std::find_if(nodes.begin(), nodes.end(),
                                  [](const TapeNode& node) { return node.name == "x"; });
  ASSERT_NE(found, nodes.end());
  EXPECT_TRUE(has_values(found->gradient, {}, {2.0}));
  GradientTape persistent{{.persistent = true}};
  persistent.watch(x, "x");
  const Tensor own = persistent.gradient(x * x * x, x);
  const std::vector<TapeNode> second = persistent.graph(own, true);
  const auto source = std::find_if(second.begin(), second.end(),
                                   [](const TapeNode& node) { return node.name == "x"; });
  ASSERT_NE(source, second.end());
  EXPECT_TRUE(has_values(source->gradient, {}, {18.0}));
}

}  // namespace
}  // namespace saem
