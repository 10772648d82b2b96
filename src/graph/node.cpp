#include "graph/node.hpp"

#include <algorithm>
#include <cstring>

#include "base/message.hpp"
#include "core/registry.hpp"
#include "core/tensor_impl.hpp"
#include "graph/control_flow_ops.hpp"

namespace saem {

const OpDef* find_graph_op(std::string_view name) {
  for (const OpDef* op : {&function_call_op, &cond_op, &stateful_cond_op, &while_loop_op,
                          &stateful_while_loop_op, &scan_op, &stateful_scan_op}) {
    if (name == op->name) return op;
  }
  return find_op(name);
}

NodeResult infer_node(const Graph& graph, const GraphNode& node) {
  const OpDef& op = *node.op;
  const auto count = static_cast<int>(node.inputs.size());
  if (count < op.min_inputs || count > op.max_inputs) {
    if (op.min_inputs == op.max_inputs) {
      raise<ValueError>(op.name, "takes {} inputs, got {}", op.min_inputs, count);
    }
    raise<ValueError>(op.name, "takes {} to {} inputs, got {}", op.min_inputs, op.max_inputs,
                      count);
  }
  const AttributesRef attributes = node.attributes;
  const AttributesType* given = attributes.type();
  const bool fits =
      op.options == nullptr ? given == nullptr : given != nullptr && *given == *op.options;
  if (!fits) {
    raise<ValueError>(op.name, "has {}; it needs {}", given == nullptr ? "no options" : given->name,
                      op.options == nullptr ? "none" : op.options->name);
  }
  Tensors inputs;
  for (const GraphValue& input : node.inputs) {
    inputs.push_back(Tracer::make_symbolic(graph.spec(input), 0));
    inputs.back().impl()->device = graph.node(input).device;
  }
  const OpCall call{op, inputs, attributes};
  bool placed = false;
  for (std::size_t i = 0; i < inputs.size(); ++i) placed = placed || !op.reads_on_host(i);
  return {op.infer(call), device_of_outputs(call), placed};
}

bool is_stateful(const GraphNode& node) {
  if (node.kind != GraphNodeKind::kOp) return false;
  if (node.op->has(kStateful)) return true;
  if (node.op != &function_call_op) return false;  // others have a trait for it
  const auto& body = node.attributes.ref().as<FunctionCallOptions>().body;
  const Graph called = body->pure_graph();
  return std::any_of(called.nodes.begin(), called.nodes.end(), is_stateful);
}

std::string stateful_order(const Graph& graph) {
  std::string order;
  for (const GraphNode& node : graph.nodes) {
    if (node.kind != GraphNodeKind::kOp) continue;
    if (node.op == &function_call_op) {
      const auto& body = node.attributes.ref().as<FunctionCallOptions>().body;
      order += stateful_order(body->pure_graph());
    } else if (is_stateful(node)) {
      order += std::string(node.op->name) + ' ';
    }
  }
  return order;
}

bool has_bytes(const Tensor& constant) {
  return constant.device().type == DeviceType::kCPU && constant.is_contiguous();
}

bool same_constant(const Tensor& a, const Tensor& b) {
  if (a.dtype() != b.dtype() || a.shape() != b.shape() || a.device() != b.device()) return false;
  if (a.data() == b.data() && a.strides() == b.strides()) return true;
  if (!has_bytes(a) || !has_bytes(b)) return false;
  return a.nbytes() == 0 ||
         std::memcmp(a.data(), b.data(), static_cast<std::size_t>(a.nbytes())) == 0;
}

std::string node_text(const Graph& graph, std::size_t index) {
  return fmt::format("node {} ({})", index, graph.nodes[index].type());
}

}  // namespace saem
