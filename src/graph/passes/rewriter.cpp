#include "graph/passes/rewriter.hpp"

#include <utility>

namespace saem {

Rewriter::Rewriter(Graph& graph)
    : graph_(graph), old_(std::exchange(graph.nodes, {})), places_(old_.size()) {
  graph_.nodes.reserve(old_.size());
}

GraphNode Rewriter::moved(std::size_t i) const {
  GraphNode node = old_[i];
  for (GraphValue& input : node.inputs) input = at(input);
  return node;
}

GraphValue Rewriter::add(GraphNode node) {
  graph_.nodes.push_back(std::move(node));
  return {static_cast<int>(graph_.nodes.size()) - 1, 0};
}

void Rewriter::keep_as(std::size_t i, GraphNode node) {
  const int outputs = static_cast<int>(old_[i].outputs.size());
  GraphValue value = add(std::move(node));
  for (; value.output < outputs; ++value.output) replace(i, value.output, value);
}

void Rewriter::replace(std::size_t i, int output, GraphValue value) {
  places_[i].resize(old_[i].outputs.size());
  places_[i][static_cast<std::size_t>(output)] = value;
}

void Rewriter::splice(std::size_t i, const Graph& part, std::span<const GraphValue> inputs,
                      bool adds_scope) {
  const GraphNode& around = old_[i];
  std::vector<GraphValue> first(part.nodes.size());
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    first[static_cast<std::size_t>(part.inputs[k].node)] = inputs[k];
  }
  const auto place = [&](GraphValue value) {
    const GraphValue base = first[static_cast<std::size_t>(value.node)];
    return GraphValue{base.node, base.output + value.output};
  };
  for (std::size_t k = 0; k < part.nodes.size(); ++k) {
    GraphNode node = part.nodes[k];
    if (node.kind == GraphNodeKind::kInput) continue;
    for (GraphValue& input : node.inputs) input = place(input);
    if (!adds_scope || node.name.empty()) {
      node.name = around.name;
    } else if (!around.name.empty()) {
      node.name = around.name + '/' + node.name;
    }
    if (!adds_scope || node.caller == nullptr) node.caller = around.caller;
    first[k] = add(std::move(node));
  }
  for (std::size_t k = 0; k < around.outputs.size(); ++k) {
    replace(i, static_cast<int>(k), place(part.outputs[k]));
  }
}

void Rewriter::finish() {
  for (GraphValue& input : graph_.inputs) input = at(input);
  for (GraphValue& output : graph_.outputs) output = at(output);
  for (GraphUpdate& update : graph_.updates) update.value = at(update.value);
}

std::vector<int> count_uses(const Graph& graph) {
  std::vector<int> uses(graph.nodes.size());
  const auto use = [&](GraphValue value) { ++uses[static_cast<std::size_t>(value.node)]; };
  for (const GraphNode& node : graph.nodes) {
    for (const GraphValue& input : node.inputs) use(input);
  }
  for (const GraphValue& output : graph.outputs) use(output);
  for (const GraphUpdate& update : graph.updates) use(update.value);
  return uses;
}

}  // namespace saem
