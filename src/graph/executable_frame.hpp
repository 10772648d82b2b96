#pragma once

#include "graph/executable.hpp"

namespace saem {

/// What one run of a plan works in: kept and used again.
struct Executable::Frame {
  Tensor arena;
  std::vector<Tensor> slots;
};

/// Calls `visit` for each value that anything in a graph takes.
template <class Visit>
void for_each_use(Graph& graph, Visit&& visit) {
  for (GraphNode& node : graph.nodes) {
    for (GraphValue& input : node.inputs) visit(input);
  }
  for (GraphValue& input : graph.inputs) visit(input);
  for (GraphValue& output : graph.outputs) visit(output);
  for (GraphUpdate& update : graph.updates) visit(update.value);
}

/// Puts nodes in another order; nodes that `order` leaves out are dropped. Nobody may use those.
void reorder(Graph& graph, std::span<const std::size_t> order);

}  // namespace saem
