#include <saem/autodiff/tape.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/cast.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/matmul.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/unary_arith.hpp>
#include <saem/ops/unary_exp.hpp>
#include <thread>

#include "support/op_test.hpp"

namespace saem {
namespace {

using testing::error_of;
using testing::has_values;
using ::testing::HasSubstr;

Tensor scalar(double value) { return constant(value, float64); }

TEST(GradientTape, DifferentiatesWhatIsWatched) {
  const Tensor x = scalar(3.0);
  GradientTape tape;
  tape.watch(x);
  EXPECT_TRUE(has_values(tape.gradient(x * x, x), {}, {6.0}));
}

TEST(GradientTape, LeavesOutWhatIsNotWatched) {
  const Tensor x = scalar(3.0);
  GradientTape tape;
  EXPECT_FALSE(tape.gradient(x * x, x).defined());
}

TEST(GradientTape, WatchesVariablesThatAreRead) {
  const Variable w{scalar(2.0)};
  const Variable b{scalar(1.0)};
  GradientTape tape;
  const Tensor loss = square(scalar(3.0) * w + b);
  const auto [dw, db] = tape.gradient(loss, w, b);
  EXPECT_TRUE(has_values(dw, {}, {42.0}));
  EXPECT_TRUE(has_values(db, {}, {14.0}));
}

TEST(GradientTape, DoesNotWatchWhatIsNotTrainable) {
  const Variable frozen{scalar(2.0), {.name = "frozen", .trainable = false}};
  GradientTape tape;
  EXPECT_FALSE(tape.gradient(frozen * frozen, frozen).defined());
  GradientTape asked;
  asked.watch(frozen);
  EXPECT_TRUE(has_values(asked.gradient(frozen * frozen, frozen), {}, {4.0}));
}

TEST(GradientTape, CanLeaveVariablesAlone) {
  const Variable w{scalar(2.0)};
  GradientTape tape{{.watch_accessed_variables = false}};
  EXPECT_FALSE(tape.gradient(w * w, w).defined());
}

TEST(GradientTape, AddsUpOverAllUses) {
  const Tensor x = scalar(2.0);
  GradientTape tape;
  tape.watch(x);
  EXPECT_TRUE(has_values(tape.gradient(x * x * x + x, x), {}, {13.0}));
}

TEST(GradientTape, SumsOverTheTargetsElements) {
  const Tensor x = constant({1.0, 2.0, 3.0}, float64);
  GradientTape tape;
  tape.watch(x);
  EXPECT_TRUE(has_values(tape.gradient(x * x, x), {3}, {2.0, 4.0, 6.0}));
}

TEST(GradientTape, TakesOutputGradients) {
  const Tensor x = constant({1.0, 2.0}, float64);
  GradientTape tape;
  tape.watch(x);
  const Tensor y = x * x;
  const Tensor dy = constant({10.0, 100.0}, float64);
  EXPECT_TRUE(has_values(tape.gradient(y, x, {.output_gradients = dy}), {2}, {20.0, 400.0}));
}

TEST(GradientTape, ChecksOutputGradients) {
  const Tensor x = constant({1.0, 2.0}, float64);
  GradientTape tape;
  tape.watch(x);
  const Tensor y = x * x;
  EXPECT_THAT(
      error_of<ShapeError>([&] { (void)tape.gradient(y, x, {.output_gradients = scalar(1.0)}); }),
      HasSubstr("output_gradients is float64 (), the target is float64 (2,)"));
  // The tape is as it was: the call that was right works.
  EXPECT_TRUE(has_values(tape.gradient(y, x), {2}, {2.0, 4.0}));
}

TEST(GradientTape, GivesGradientsOfWhatLiesBetween) {
  const Tensor x = scalar(2.0);
  GradientTape tape{{.persistent = true}};
  tape.watch(x);
  const Tensor y = x * x;
  const Tensor z = y * y;
  EXPECT_TRUE(has_values(tape.gradient(z, y), {}, {8.0}));
  EXPECT_TRUE(has_values(tape.gradient(z, x), {}, {32.0}));
  EXPECT_TRUE(has_values(tape.gradient(z, z), {}, {1.0}));
}

TEST(GradientTape, IsUsedOnceUnlessPersistent) {
  const Tensor x = scalar(2.0);
  GradientTape tape;
  tape.watch(x);
  const Tensor y = x * x;
  (void)tape.gradient(y, x);
  EXPECT_THAT(error_of<ValueError>([&] { (void)tape.gradient(y, x); }),
              HasSubstr("make it with {.persistent = true}"));
}

TEST(GradientTape, UnconnectedIsNoneOrZero) {
  const Tensor x = constant({1.0, 2.0}, float64);
  const Tensor other = constant({3.0, 4.0, 5.0}, float64);
  GradientTape tape{{.persistent = true}};
  tape.watch(x);
  tape.watch(other);
  const Tensor y = reduce_sum(x);
  EXPECT_FALSE(tape.gradient(y, other).defined());
  const Tensor zero =
      tape.gradient(y, other, {.unconnected_gradients = UnconnectedGradients::kZero});
  EXPECT_TRUE(has_values(zero, {3}, {0.0, 0.0, 0.0}));
}

TEST(GradientTape, NestsForHigherDerivatives) {
  const Tensor x = scalar(3.0);
  GradientTape outer;
  outer.watch(x);
  GradientTape inner;
  inner.watch(x);
  const Tensor y = x * x * x;
  const Tensor dy = inner.gradient(y, x);
  EXPECT_TRUE(has_values(dy, {}, {27.0}));
  EXPECT_TRUE(has_values(outer.gradient(dy, x), {}, {18.0}));
}

TEST(GradientTape, ThirdDerivativeOfAnExponential) {
  const Tensor x = scalar(0.5);
  GradientTape a;
  GradientTape b;
  GradientTape c;
  for (GradientTape* tape : {&a, &b, &c}) tape->watch(x);
  const Tensor first = c.gradient(exp(2.0 * x), x);
  const Tensor second = b.gradient(first, x);
  EXPECT_TRUE(has_values(a.gradient(second, x), {}, {8.0 * std::exp(1.0)}, {1e-9, 0.0}));
}

TEST(GradientTape, StopsWhenItsScopeEnds) {
  const Variable w{scalar(2.0)};
  {
    GradientTape tape;
    (void)(w * w);
    EXPECT_EQ(tape.size(), 1u);
  }
  (void)(w * w);  // nobody listens, nothing to leak: the sanitizer build would tell
}

TEST(GradientTape, PausesAndResets) {
  const Variable w{scalar(2.0)};
  GradientTape tape{{.persistent = true}};
  {
    const NoGradient pause;
    (void)(w * w);
  }
  EXPECT_EQ(tape.size(), 0u);
  (void)(w * w);
  EXPECT_EQ(tape.size(), 1u);
  tape.reset();
  EXPECT_EQ(tape.size(), 0u);
  EXPECT_TRUE(has_values(tape.gradient(w * w, w), {}, {4.0}));
  tape.stop_recording();
  const std::size_t before = tape.size();
  (void)(w * w);
  EXPECT_EQ(tape.size(), before);
}

TEST(GradientTape, FollowsAVariableThroughAssignments) {
  const Variable w{scalar(2.0)};
  GradientTape tape;
  const Tensor first = w * w;  // d/dw = 4
  w.assign_add(scalar(3.0));
  const Tensor second = w * scalar(10.0);  // d/dw = 10
  EXPECT_TRUE(has_values(tape.gradient(first + second, w), {}, {14.0}));
}

TEST(GradientTape, WatchedVariablesInOrder) {
  const Variable a{scalar(1.0), {.name = "a"}};
  const Variable b{scalar(1.0), {.name = "b"}};
  GradientTape tape;
  (void)(b * a * b);
  const std::vector<Variable> watched = tape.watched_variables();
  ASSERT_EQ(watched.size(), 2u);
  EXPECT_EQ(watched[0].name(), "b");
  EXPECT_EQ(watched[1].name(), "a");
}

TEST(GradientTape, RefusesIntegers) {
  GradientTape tape;
  EXPECT_EQ(error_of<DTypeError>([&] {
              tape.watch(constant({1, 2}));
            }),
            "GradientTape.watch: needs a floating-point tensor, got int32; tf::cast it");
}

TEST(GradientTape, IntegersCarryNoGradient) {
  const Tensor x = constant({1.5, 2.5}, float64);
  GradientTape tape;
  tape.watch(x);
  const Tensor y = cast(cast(x, int32), float64);
  EXPECT_FALSE(tape.gradient(y, x).defined());
}

TEST(GradientTape, BelongsToItsThread) {
  const Variable w{scalar(2.0)};
  GradientTape tape;
  std::thread other([&] { (void)(w * w); });
  other.join();
  EXPECT_EQ(tape.size(), 0u);
}

TEST(GradientTape, AnErrorInARuleLeavesThePersistentTapeUsable) {
  const Tensor x = scalar(2.0);
  GradientTape tape{{.persistent = true}};
  tape.watch(x);
  const Tensor y = x * x;
  EXPECT_THROW((void)tape.gradient(y, x, {.output_gradients = constant({1.0, 2.0}, float64)}),
               ShapeError);
  EXPECT_TRUE(has_values(tape.gradient(y, x), {}, {4.0}));
}

TEST(GradientTape, SurvivesDeepChains) {
  // Recursion over the record would overflow the stack here.
  const Variable w{scalar(1.0)};
  GradientTape tape;
  Tensor y = w;
  for (int i = 0; i < 100000; ++i) y = y + 1e-5;
  EXPECT_TRUE(has_values(tape.gradient(y, w), {}, {1.0}));
}

TEST(GradientTape, ShowsItsGraphWithValuesAndGradients) {
  const Tensor x = scalar(3.0);
  const Variable w{scalar(2.0), {.name = "w"}};
  GradientTape tape{{.persistent = true}};
  tape.watch(x, "x");
  const Tensor y = square(w * x + 1.0);
  const std::vector<TapeNode> nodes = tape.graph(y, true);
  std::vector<std::string> names;
  for (const TapeNode& node : nodes) names.push_back(node.name);
  EXPECT_EQ(names, (std::vector<std::string>{"w", "x", "multiply", "constant", "add", "square"}));
  EXPECT_TRUE(has_values(nodes[0].gradient, {}, {42.0}));
  EXPECT_TRUE(has_values(nodes[1].gradient, {}, {28.0}));
  EXPECT_FALSE(nodes[3].gradient.defined());
  EXPECT_TRUE(has_values(nodes[4].value, {}, {7.0}));
  EXPECT_TRUE(has_values(nodes[4].gradient, {}, {14.0}));
  EXPECT_EQ(nodes[5].inputs, (std::vector<int>{4}));
  EXPECT_TRUE(has_values(tape.gradient(y, x), {}, {28.0}));  // looking changes nothing
}

TEST(GradientTape, GraphWithGradientsNeedsAPersistentTape) {
  const Variable w{scalar(2.0)};
  GradientTape tape;
  const Tensor y = w * w;
  EXPECT_THAT(error_of<ValueError>([&] { (void)tape.graph(y, true); }),
              HasSubstr("{.persistent = true}"));
  EXPECT_EQ(tape.graph(y).size(), 2u);
}

TEST(GradientTape, HoldsNoMemoryAfterItsGradient) {
  const Variable w{ones({64, 64}, float64)};
  GradientTape tape;
  Tensor y = w;
  for (int i = 0; i < 4; ++i) y = exp(y * 0.1);
  EXPECT_GT(tape.nbytes(), 8 * 64 * 64 * 4);
  (void)tape.gradient(y, w);
  EXPECT_EQ(tape.size(), 0u);
}

}  // namespace
}  // namespace saem
