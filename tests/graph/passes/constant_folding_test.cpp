#include <saem/autodiff/tape.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/unary_exp.hpp>

#include "graph/passes/pass_test.hpp"

namespace saem {
namespace {

using testing::after;
using testing::expect_becomes;
using testing::expect_same_bits;
using testing::expect_stays;

Graph folded(const Graph& graph) { return after(dead_code, after(constant_folding, graph)); }

TEST(ConstantFolding, ComputesWhatIsKnown) {
  EXPECT_EQ(folded(Graph::from_text(R"(graph f(%0: float32(2,)) {
    %1 = constant [1.0, 2.0] : float32(2,)
    %2 = fill() {shape=(), value=2.0, dtype=float32}
    %3 = multiply(%1, %2)
    %4 = add(%0, %3)
    return %4
  })"))
                .to_text(),
            Graph::from_text(R"(graph f(%0: float32(2,)) {
    %3 = constant [2.0, 4.0] : float32(2,)
    %4 = add(%0, %3)
    return %4
  })")
                .to_text());
}

TEST(ConstantFolding, LeavesWhatIsLargeOrUnknown) {
  expect_stays(constant_folding,
               "graph f() { %0 = fill() {shape=(100, 100), value=0, "
               "dtype=float32} return %0 }");
  expect_stays(constant_folding, "graph f(%0: float32(2,)) { %1 = exp(%0) return %1 }");
  expect_stays(constant_folding, "graph f() { %0 = random_seed() return %0 }");
  expect_stays(constant_folding, R"(graph f() {
    %0 = constant [1.0] : float32(1,)
    %1 = broadcast_to(%0) {shape=(100, 100)}
    return %1
  })");
}

TEST(ConstantFolding, LeavesErrorsForWhenItRuns) {
  const char* const kText = R"(graph f() {
    %0 = constant [1.0, 2.0] : float32(2,)
    %1 = constant [5] : int32(1,)
    %2 = gather(%0, %1)
    return %2
  })";
  expect_stays(constant_folding, kText);
  EXPECT_THROW((void)Executable(Graph::from_text(kText)).run({}), IndexError);
}

TEST(ConstantFolding, NobodyHears) {
  Graph graph = Graph::from_text(
      "graph f() { %0 = constant [1.0] : float32(1,) %1 = exp(%0) "
      "return %1 }");
  const GradientTape tape;
  const auto traced = function([&](const Tensor& x) {
    EXPECT_TRUE(constant_folding(graph));
    return x;
  });
  traced.prepare(constant(1.0));
  EXPECT_EQ(traced.traced_graph().op_count(), 0u);
  EXPECT_EQ(graph.op_count(), 0u);
}

TEST(ConstantFolding, SameBits) {
  expect_same_bits(
      constant_folding,
      [](const Tensor& x) {
        GradientTape tape;
        tape.watch(x);
        const Tensor table = exp(constant({0.1, 0.2, 0.3}));
        return tape.gradient(reduce_mean(x * table / reduce_sum(table)), x);
      },
      constant({1.0, 2.0, 3.0}));
}

}  // namespace
}  // namespace saem
