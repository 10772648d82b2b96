#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <saem/graph/graph.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/reduce.hpp>

#include "graph/function_body.hpp"
#include "graph/node.hpp"
#include "support/op_test.hpp"

namespace saem {
namespace {

using testing::error_of;

/// What the verifier says of a sound graph after `damage`.
template <class Damage>
std::string verdict(Damage&& damage) {
  Graph graph = Graph::from_text(R"(graph f(%0: float32(2,), %1: float32(2,)) {
    %2 = variable "w" : float32(2,)
    %3 = constant [1.0, 2.0] : float32(2,)
    %4 = add(%0, %1)
    %5 = multiply(%4, %2)
    return %5, %3
    update %2 = %5
  })");
  graph.verify();
  damage(graph);
  return error_of<ValueError>([&] { graph.verify(); });
}

TEST(Verify, NamesTheRuleThatIsBroken) {
  EXPECT_EQ(verdict([](Graph& graph) {
              graph.nodes[4].inputs[1] = {5, 0};
            }),
            "Graph.verify: node 4 (add), order: input 1 is output 0 of node 5, which stands not "
            "before it");
  EXPECT_EQ(verdict([](Graph& graph) {
              graph.nodes[4].inputs[1] = {-1, 0};
            }),
            "Graph.verify: node 4 (add), order: input 1 is output 0 of node -1, which stands not "
            "before it");
  EXPECT_EQ(verdict([](Graph& graph) {
              graph.nodes[4].inputs[1] = {1, 1};
            }),
            "Graph.verify: node 4 (add), order: input 1 is output 1 of node 1, which stands not "
            "before it");
  EXPECT_EQ(verdict([](Graph& graph) {
              graph.nodes[4].inputs.push_back({0, 0});
            }),
            "Graph.verify: node 4 (add), inputs: add: takes 2 inputs, got 3");
  EXPECT_EQ(verdict([](Graph& graph) { graph.nodes[4].attributes = Attributes(ReduceOptions{}); }),
            "Graph.verify: node 4 (add), inputs: add: has ReduceOptions; it needs none");
  EXPECT_EQ(verdict([](Graph& graph) { graph.nodes[4].outputs[0].shape = {3}; }),
            "Graph.verify: node 4 (add), result: it says float32(3,), the op gives float32(2,)");
  EXPECT_EQ(verdict([](Graph& graph) {
              graph.nodes[4].device = {DeviceType::kGPU, 0};
            }),
            "Graph.verify: node 4 (add), device: it says /GPU:0, the op computes on /CPU:0");
  EXPECT_EQ(
      verdict([](Graph& graph) { graph.nodes[0].outputs[0].dtype = int32; }),
      "Graph.verify: node 4 (add), inputs: add: int32 and float32 do not mix; tf::cast one of "
      "them");
}

TEST(Verify, LooksAtWhereValuesComeFrom) {
  EXPECT_EQ(verdict([](Graph& graph) { graph.nodes[3].constant = ones({3}); }),
            "Graph.verify: node 3 (constant), result: it says float32(2,), its value is "
            "float32(3,)");
  EXPECT_EQ(verdict([](Graph& graph) { graph.nodes[3].constant = {}; }),
            "Graph.verify: node 3 (constant), constant: it has no elements");
  EXPECT_EQ(verdict([](Graph& graph) { graph.nodes[2].variable = 1; }),
            "Graph.verify: node 2 (variable), variable: there is no variable 1");
  EXPECT_EQ(verdict([](Graph& graph) { graph.nodes[3] = graph.nodes[2]; }),
            "Graph.verify: node 3 (variable), variable: another node reads \"w\" too");
  EXPECT_EQ(verdict([](Graph& graph) { graph.inputs.pop_back(); }),
            "Graph.verify: node 1 (input), arguments: the function's 1 arguments stand first, and "
            "nowhere else");
  EXPECT_EQ(verdict([](Graph& graph) { std::swap(graph.inputs[0], graph.inputs[1]); }),
            "f: argument 0 is node 1; arguments stand first, in their order");
}

TEST(Verify, LooksAtWhatComesOut) {
  EXPECT_EQ(verdict([](Graph& graph) {
              graph.outputs[0] = {5, 1};
            }),
            "f: returns output 1 of node 5, which is not there");
  EXPECT_EQ(verdict([](Graph& graph) {
              graph.updates[0].value = {6, 0};
            }),
            "f: updates \"w\" with output 0 of node 6, which is not there");
  EXPECT_EQ(verdict([](Graph& graph) { graph.updates[0].variable = 1; }),
            "f: updates variable 1, which is not there");
  EXPECT_EQ(verdict([](Graph& graph) { graph.updates.push_back(graph.updates[0]); }),
            "f: updates \"w\" twice");
}

TEST(Verify, KnowsTheOrderOfSideEffects) {
  const Graph graph = Graph::from_text(R"(graph f() {
    %0 = random_seed()
    %1 = function_call() {function=graph g() { %0 = random_seed() return %0 }}
    return
  })");
  EXPECT_EQ(stateful_order(graph), "random_seed random_seed ");
  EXPECT_TRUE(is_stateful(graph.nodes[0]));
  EXPECT_TRUE(is_stateful(graph.nodes[1]));
}

}  // namespace
}  // namespace saem
