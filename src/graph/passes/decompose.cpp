// Ops that the CPU has no kernel for become the ops that they are made of. Eager calls run the same
// ops one by one, so the bits are the same; fusion and folding see simple ops.
#include <algorithm>
#include <optional>

#include "core/registry.hpp"
#include "graph/function_body.hpp"
#include "graph/passes.hpp"
#include "graph/passes/rewriter.hpp"

namespace saem {
namespace {

bool is_composed(const GraphNode& node) {
  return node.kind == GraphNodeKind::kOp && node.op->compose != nullptr &&
         node.op->kernel(DeviceType::kCPU).run == nullptr && node.op->view == nullptr &&
         !node.op->has(kCallsGraph) &&
         !node.op->has(kStateful);  // whose composition does what must be done in each run
}

/// What the composition applies, as a graph; nothing where it reads elements, which a trace has
/// not: it then stays, and runs as it does eagerly.
std::optional<Graph> composition_of(const Graph& graph, const GraphNode& node) {
  GraphTracer tracer;
  Tensors inputs;
  for (const GraphValue& input : node.inputs) {
    inputs.push_back(tracer.add_input(graph.spec(input), graph.node(input).device));
  }
  Tensors outputs;
  try {
    const TracingScope traced(&tracer);
    const DeviceScope like_eager(node.device);
    outputs = node.op->compose({*node.op, inputs, node.attributes});
  } catch (const ValueError&) {
    return std::nullopt;
  }
  if (outputs.size() != node.outputs.size()) return std::nullopt;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (outputs[i].dtype() != node.outputs[i].dtype ||
        outputs[i].shape() != node.outputs[i].shape) {
      return std::nullopt;
    }
  }
  return GraphCut{.tracer = tracer,
                  .inputs = inputs,
                  .input_names = {},
                  .outputs = {outputs.begin(), outputs.end()},
                  .first_entry = 0,
                  .last_entry = static_cast<std::int64_t>(tracer.entries().size())}
      .to_graph(node.op->name);
}

}  // namespace

bool decompose(Graph& graph) {
  ensure_backends();
  const bool on_host = std::all_of(graph.nodes.begin(), graph.nodes.end(), [](const auto& node) {
    return node.device.type == DeviceType::kCPU;
  });
  if (!on_host) return false;
  bool changed = false;
  for (bool again = true; again;) {
    again = false;
    Rewriter rewriter(graph);
    for (std::size_t i = 0; i < rewriter.size(); ++i) {
      GraphNode node = rewriter.moved(i);
      std::optional<Graph> parts;
      if (is_composed(node)) parts = composition_of(graph, node);
      if (parts) {
        rewriter.splice(i, *parts, {node.inputs.data(), node.inputs.size()}, false);
        again = true;
      } else {
        rewriter.keep_as(i, std::move(node));
      }
    }
    rewriter.finish();
    changed = changed || again;
  }
  return changed;
}

}  // namespace saem
