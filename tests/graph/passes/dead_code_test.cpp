#include <saem/ops/creation.hpp>

#include "graph/passes/pass_test.hpp"

namespace saem {
namespace {

using testing::after;
using testing::expect_becomes;
using testing::expect_stays;

TEST(DeadCode, DropsWhatNobodyNeeds) {
  expect_becomes(dead_code, R"(graph f(%0: float32(2,), %1: float32(2,)) {
    %2 = constant [1.0, 2.0] : float32(2,)
    %3 = add(%0, %2)
    %4 = exp(%3)
    %5 = exp(%0)
    return %5
  })",
                 "graph f(%0: float32(2,), %1: float32(2,)) { %2 = exp(%0) return %2 }");
}

TEST(DeadCode, KeepsSideEffectsAndWhatTheyNeed) {
  expect_stays(dead_code, "graph f() { %0 = random_seed() return }");
  expect_stays(dead_code, R"(graph f() {
    %0 = function_call() {function=graph g() { %0 = random_seed() return %0 }}
    return
  })");
  expect_becomes(dead_code, R"(graph f(%0: float32()) {
    %1 = function_call(%0) {function=graph g(%0: float32()) { %1 = exp(%0) return %1 }}
    return
  })",
                 "graph f(%0: float32()) { return }");
}

TEST(DeadCode, DropsVariables) {
  const Graph graph = after(dead_code, Graph::from_text(R"(graph f(%0: float32()) {
    %1 = variable "unused" : float32()
    %2 = variable "same" : float32()
    %3 = variable "read" : float32()
    return %3
    update %2 = %2
    update variable "assigned" : float32() = %0
  })"));
  EXPECT_EQ(
      graph.to_text(),
      Graph::from_text("graph f(%0: float32()) { %1 = variable \"read\" : float32() return %1 "
                       "update variable \"assigned\" : float32() = %0 }")
          .to_text());
  ASSERT_EQ(graph.variables.size(), 2u);
  EXPECT_EQ(graph.variables[0].name(), "read");
  EXPECT_EQ(graph.variables[1].name(), "assigned");
}

}  // namespace
}  // namespace saem
