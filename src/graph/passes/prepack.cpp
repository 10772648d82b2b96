// Weights that outlive a call and that the function does not update, constants and variables, are
// marked where they are multiplied: the CPU's kernels keep them packed, in the layout that oneDNN
// would else make of them in each call, from their second use on and until somebody writes them.
// So an assignment between two calls is seen, and a variable that a training step changes between
// all calls costs neither time nor memory. The same code multiplies both layouts in the same order:
// the bits are the same.
//
// Filters of convolutions need no mark. oneDNN takes them in its own layout alone, so that laying
// them out is never in vain, and keeping them only saves.
#include <saem/ops/dense.hpp>
#include <saem/ops/matmul.hpp>
#include <utility>
#include <vector>

#include "core/registry.hpp"
#include "graph/passes.hpp"

namespace saem {
namespace {

/// Finds which values are there before the function runs, and still the same when it has run.
class Lasting {
 public:
  explicit Lasting(const Graph& graph) : graph_(graph), updated_(graph.variables.size()) {
    for (const GraphUpdate& update : graph.updates) {
      updated_[static_cast<std::size_t>(update.variable)] = true;
    }
  }

  [[nodiscard]] bool contains(GraphValue value) const {
    const GraphNode* node = &graph_.node(value);
    // What is only looked at in another way.
    while (node->kind == GraphNodeKind::kOp && node->op->view != nullptr) {
      node = &graph_.node(node->inputs[0]);
    }
    return node->kind == GraphNodeKind::kConstant ||
           (node->kind == GraphNodeKind::kVariable &&
            !updated_[static_cast<std::size_t>(node->variable)]);
  }

 private:
  const Graph& graph_;
  std::vector<bool> updated_;
};

/// The node's options with the mark set; nothing if it is no product, or was marked before.
Attributes marked(const GraphNode& node) {
  if (node.op == find_op("matmul")) {
    MatmulOptions options = node.attributes.ref().as<MatmulOptions>();
    if (!std::exchange(options.constant_b, true)) return Attributes(options);
  } else if (node.op == find_op("dense")) {
    nn::DenseOptions options = node.attributes.ref().as<nn::DenseOptions>();
    if (!std::exchange(options.constant_kernel, true)) return Attributes(options);
  }
  return {};
}

}  // namespace

bool prepack(Graph& graph) {
  const Lasting lasting(graph);
  bool changed = false;
  for (GraphNode& node : graph.nodes) {
    if (node.kind != GraphNodeKind::kOp || node.inputs.size() < 2 ||
        node.device.type != DeviceType::kCPU) {
      continue;
    }
    Attributes options = marked(node);
    if (options.ref().empty() || !lasting.contains(node.inputs[1])) continue;
    node.attributes = std::move(options);
    changed = true;
  }
  return changed;
}

}  // namespace saem
