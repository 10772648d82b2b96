// Ops on constants alone are computed now, by the kernels that would compute them in every call.
#include <algorithm>

#include "graph/function_body.hpp"
#include "graph/passes.hpp"
#include "graph/passes/rewriter.hpp"

namespace saem {
namespace {

/// Results up to this size are kept even if they are larger than what they are made of; a large
/// `fill` stays an op, which costs less to run than its elements to read.
constexpr std::int64_t kSmall = 16 * 1024;

std::int64_t bytes_of(const TensorSpec& spec) {
  return spec.shape.size() * static_cast<std::int64_t>(spec.dtype.size());
}

/// Whether the node is worth to be computed once for all.
bool folds(const Graph& graph, const GraphNode& node) {
  if (node.kind != GraphNodeKind::kOp || node.outputs.empty() || node.op->has(kStateful) ||
      node.op->has(kCallsGraph)) {
    return false;
  }
  std::int64_t given = 0;
  for (const GraphValue& input : node.inputs) {
    if (graph.node(input).kind != GraphNodeKind::kConstant) return false;
    given += graph.node(input).constant.nbytes();
  }
  std::int64_t made = 0;
  for (const TensorSpec& spec : node.outputs) made += bytes_of(spec);
  return made <= std::max(kSmall, given);
}

/// The node's outputs; none if it throws, as it then will when it runs.
Tensors compute(const Graph& graph, const GraphNode& node) {
  const TracingScope outside(nullptr);
  const DeviceScope place(node.device);  // of what is made from nothing
  Tensors inputs;
  for (const GraphValue& input : node.inputs) inputs.push_back(graph.node(input).constant);
  try {
    return apply(*node.op, inputs, node.attributes);
  } catch (const Error&) {
    return {};
  }
}

}  // namespace

bool constant_folding(Graph& graph) {
  bool changed = false;
  Rewriter rewriter(graph);
  for (std::size_t i = 0; i < rewriter.size(); ++i) {
    GraphNode node = rewriter.moved(i);
    Tensors values;
    if (folds(graph, node)) values = compute(graph, node);
    if (values.empty()) {
      rewriter.keep_as(i, std::move(node));
      continue;
    }
    changed = true;
    for (std::size_t k = 0; k < values.size(); ++k) {
      GraphNode constant{.kind = GraphNodeKind::kConstant};
      constant.outputs = {node.outputs[k]};
      constant.device = values[k].device();
      constant.constant = values[k];
      constant.name = node.name;
      constant.caller = node.caller;
      rewriter.replace(i, static_cast<int>(k), rewriter.add(std::move(constant)));
    }
  }
  rewriter.finish();
  return changed;
}

}  // namespace saem
