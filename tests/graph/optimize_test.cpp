#include <saem/autodiff/tape.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/matmul.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/relu.hpp>
#include <saem/ops/unary_arith.hpp>

#include "graph/passes/pass_test.hpp"

namespace saem {
namespace {

using testing::error_of;

TEST(Optimize, RunsUntilNothingChanges) {
  Graph graph = Graph::from_text(R"(graph f(%0: float32(2,)) {
    %1 = function_call(%0) {function=graph g(%0: float32(2,)) {
      %1 = fill() {shape=(), value=2.0, dtype=float32}
      %2 = fill() {shape=(), value=0.5, dtype=float32}
      %3 = multiply(%1, %2)
      %4 = multiply(%0, %3)
      return %4
    }}
    return %1
  })");
  std::vector<std::string> ran;
  optimize(graph,
           {.after_pass = [&](const Pass& pass, const Graph&) { ran.push_back(pass.name); }});
  EXPECT_EQ(graph.to_text(), Graph::from_text("graph f(%0: float32(2,)) { return %0 }").to_text());
  EXPECT_EQ(ran.front(), "inline_functions");
  EXPECT_EQ(ran.back(), "dead_code");
}

TEST(Optimize, PassesCanBeSwitchedOff) {
  const std::string text =
      "graph f(%0: float32()) { %1 = negative(%0) %2 = negative(%1) return %2 }";
  for (const Pass& pass : all_passes()) {
    Graph graph = Graph::from_text(text);
    optimize(graph, {.disabled = {pass.name, "fusion"}});
    EXPECT_EQ(graph.op_count(), std::string(pass.name) == "simplify"    ? 2u
                                : std::string(pass.name) == "dead_code" ? 1u
                                                                        : 0u)
        << pass.name;
  }
  Graph graph = Graph::from_text(text);
  EXPECT_EQ(error_of<ValueError>([&] { optimize(graph, {.disabled = {"nosuch"}}); }),
            "optimize: there is no pass 'nosuch'");
}

TEST(Optimize, TrainingStepKeepsItsBits) {
  const Variable w{testing::sample({8, 4}, float32)};
  const Variable b{testing::sample({4}, float32)};
  const auto inner = function([&](const Tensor& x) { return nn::relu(matmul(x, w) + b); });
  testing::expect_same_bits(
      [](Graph& graph) {
        optimize(graph, {});
        return true;
      },
      [&](const Tensor& x) {
        GradientTape tape;
        const Tensor loss = reduce_mean(square(inner(x)));
        const auto gradients = tape.gradient(loss, std::vector<Variable>{w, b});
        w.assign_sub(0.1 * gradients[0]);
        b.assign_sub(0.1 * gradients[1]);
        return loss;
      },
      testing::sample({16, 8}, float32));
}

}  // namespace
}  // namespace saem
