#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <concepts>
#include <saem/graph/function.hpp>
#include <string>
#include <vector>

#include "graph/executable.hpp"
#include "graph/passes.hpp"
#include "support/op_test.hpp"

namespace saem::testing {

using PassFunction = bool (*)(Graph& graph);

/// The graph after `pass`, verified. Whether it changed something must be what it says.
inline Graph after(PassFunction pass, const Graph& before) {
  Graph graph = before;
  const bool changed = pass(graph);
  graph.verify();
  EXPECT_EQ(changed, graph.to_text() != before.to_text()) << graph;
  return graph;
}

/// `pass` makes one text of another.
inline void expect_becomes(PassFunction pass, const std::string& before,
                           const std::string& wanted) {
  EXPECT_EQ(after(pass, Graph::from_text(before)).to_text(), Graph::from_text(wanted).to_text());
}

/// `pass` leaves that graph as it is.
inline void expect_stays(PassFunction pass, const std::string& text) {
  expect_becomes(pass, text, text);
}

/// A graph gives the same bits before and after a pass; so do the variables that it updates.
inline void expect_same_bits(PassFunction pass, const Graph& before,
                             const std::vector<Tensor>& inputs) {
  std::vector<Tensor> start;
  for (const Variable& variable : before.variables) start.push_back(variable.value());
  const auto run = [&](const Graph& graph) {
    for (std::size_t i = 0; i < start.size(); ++i) before.variables[i].assign(start[i]);
    Tensors results = Executable(graph).run(inputs);
    for (const Variable& variable : before.variables) results.push_back(variable.value());
    return results;
  };
  const Tensors expected = run(before);
  const Graph graph = after(pass, before);
  const Tensors actual = run(graph);
  ASSERT_EQ(actual.size(), expected.size());
  for (std::size_t i = 0; i < actual.size(); ++i) {
    EXPECT_TRUE(identical(actual[i], expected[i])) << "result " << i << " of\n" << graph;
  }
}

/// As above, for what a function is traced to.
template <class Callable>
requires std::invocable<Callable&, Tensor&>
void expect_same_bits(PassFunction pass, Callable callable, const Tensor& input) {
  const auto traced = function(std::move(callable));
  traced.prepare(input);
  expect_same_bits(pass, traced.traced_graph(), std::vector<Tensor>{input});
}

}  // namespace saem::testing
