// What nobody needs goes: ops without side effects, constants, and variables that are neither read
// nor updated.
#include <algorithm>

#include "graph/node.hpp"
#include "graph/passes.hpp"
#include "graph/passes/rewriter.hpp"

namespace saem {
namespace {

/// Drops updates that give a variable the value that it has.
bool drop_idle_updates(Graph& graph) {
  return std::erase_if(graph.updates, [&](const GraphUpdate& update) {
           const GraphNode& node = graph.node(update.value);
           return node.kind == GraphNodeKind::kVariable && node.variable == update.variable;
         }) > 0;
}

bool drop_nodes(Graph& graph) {
  std::vector<bool> needed(graph.nodes.size());
  const auto need = [&](GraphValue value) { needed[static_cast<std::size_t>(value.node)] = true; };
  for (const GraphValue& output : graph.outputs) need(output);
  for (const GraphUpdate& update : graph.updates) need(update.value);
  for (std::size_t i = graph.nodes.size(); i-- > 0;) {
    const GraphNode& node = graph.nodes[i];
    if (node.kind == GraphNodeKind::kInput || (!needed[i] && is_stateful(node))) needed[i] = true;
    if (!needed[i]) continue;
    for (const GraphValue& input : node.inputs) need(input);
  }
  if (std::find(needed.begin(), needed.end(), false) == needed.end()) return false;
  Rewriter rewriter(graph);
  for (std::size_t i = 0; i < rewriter.size(); ++i) {
    if (needed[i]) rewriter.keep(i);
  }
  rewriter.finish();
  return true;
}

bool drop_variables(Graph& graph) {
  std::vector<int> places(graph.variables.size(), -1);
  for (const GraphNode& node : graph.nodes) {
    if (node.kind == GraphNodeKind::kVariable) places[static_cast<std::size_t>(node.variable)] = 0;
  }
  for (const GraphUpdate& update : graph.updates) {
    places[static_cast<std::size_t>(update.variable)] = 0;
  }
  std::vector<Variable> variables;
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (places[i] < 0) continue;
    places[i] = static_cast<int>(variables.size());
    variables.push_back(graph.variables[i]);
  }
  if (variables.size() == graph.variables.size()) return false;
  graph.variables = std::move(variables);
  for (GraphNode& node : graph.nodes) {
    if (node.kind == GraphNodeKind::kVariable) {
      node.variable = places[static_cast<std::size_t>(node.variable)];
    }
  }
  for (GraphUpdate& update : graph.updates) {
    update.variable = places[static_cast<std::size_t>(update.variable)];
  }
  return true;
}

}  // namespace

bool dead_code(Graph& graph) {
  const bool updates = drop_idle_updates(graph);
  const bool nodes = drop_nodes(graph);
  const bool variables = drop_variables(graph);
  return updates || nodes || variables;
}

}  // namespace saem
