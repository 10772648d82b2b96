// What must be true of every graph, each rule by its name.
#include <unordered_set>

#include "base/message.hpp"
#include "graph/node.hpp"
#include "graph/text.hpp"

namespace saem {
namespace {

template <class... Args>
[[noreturn]] void refuse(const Graph& graph, std::size_t index, const char* rule,
                         fmt::format_string<Args...> text, Args&&... args) {
  raise<ValueError>("Graph.verify", "{}, {}: {}", node_text(graph, index), rule,
                    fmt::format(text, std::forward<Args>(args)...));
}

bool is_value(const Graph& graph, GraphValue value, std::size_t before) {
  return value.node >= 0 && static_cast<std::size_t>(value.node) < before && value.output >= 0 &&
         static_cast<std::size_t>(value.output) < graph.node(value).outputs.size();
}

std::string specs_text(const TensorSpecs& specs) {
  std::string text;
  for (const TensorSpec& spec : specs) {
    text += (text.empty() ? "" : ", ") + graph_text::spec(spec);
  }
  return text.empty() ? "nothing" : text;
}

bool equal(const TensorSpecs& a, const TensorSpecs& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].dtype != b[i].dtype || a[i].shape != b[i].shape) return false;
  }
  return true;
}

void check_source(const Graph& graph, std::size_t index, const TensorSpec& spec, Device device) {
  const GraphNode& node = graph.nodes[index];
  if (!equal(node.outputs, {spec})) {
    refuse(graph, index, "result", "it says {}, its value is {}", specs_text(node.outputs),
           graph_text::spec(spec));
  }
  if (node.device != device) {
    refuse(graph, index, "device", "it says {}, its value lies on {}", node.device.to_string(),
           device.to_string());
  }
}

void check_op(const Graph& graph, std::size_t index) {
  const GraphNode& node = graph.nodes[index];
  if (node.op == nullptr) refuse(graph, index, "op", "there is none");
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    if (!is_value(graph, node.inputs[i], index)) {
      refuse(graph, index, "order", "input {} is output {} of node {}, which stands not before it",
             i, node.inputs[i].output, node.inputs[i].node);
    }
  }
  NodeResult result;
  try {
    result = infer_node(graph, node);
  } catch (const Error& error) {
    refuse(graph, index, "inputs", "{}", error.what());
  }
  if (!equal(node.outputs, result.specs)) {
    refuse(graph, index, "result", "it says {}, the op gives {}", specs_text(node.outputs),
           specs_text(result.specs));
  }
  if (result.placed && !node.outputs.empty() && node.device != result.device) {
    refuse(graph, index, "device", "it says {}, the op computes on {}", node.device.to_string(),
           result.device.to_string());
  }
}

}  // namespace

void verify_node(const Graph& graph, std::size_t index) {
  const GraphNode& node = graph.nodes[index];
  if (node.kind != GraphNodeKind::kOp && !node.inputs.empty()) {
    refuse(graph, index, "inputs", "only ops have inputs");
  }
  switch (node.kind) {
    case GraphNodeKind::kInput:
      if (node.outputs.size() != 1) refuse(graph, index, "result", "an argument is one value");
      return;
    case GraphNodeKind::kVariable: {
      if (node.variable < 0 || static_cast<std::size_t>(node.variable) >= graph.variables.size()) {
        refuse(graph, index, "variable", "there is no variable {}", node.variable);
      }
      const Variable& variable = graph.variables[static_cast<std::size_t>(node.variable)];
      check_source(graph, index, {variable.dtype(), variable.shape()}, variable.device());
      return;
    }
    case GraphNodeKind::kConstant: {
      const Tensor& constant = node.constant;
      if (!constant.defined() || constant.is_symbolic()) {
        refuse(graph, index, "constant", "it has no elements");
      }
      check_source(graph, index, {constant.dtype(), constant.shape()}, constant.device());
      return;
    }
    case GraphNodeKind::kOp:
      check_op(graph, index);
  }
}

void Graph::verify() const {
  std::unordered_set<int> read;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const GraphNode& node = nodes[i];
    verify_node(*this, i);
    const bool first = i < inputs.size();
    if (first != (node.kind == GraphNodeKind::kInput)) {
      refuse(*this, i, "arguments", "the function's {} arguments stand first, and nowhere else",
             inputs.size());
    }
    if (node.kind == GraphNodeKind::kVariable && !read.insert(node.variable).second) {
      refuse(*this, i, "variable", "another node reads \"{}\" too",
             variables[static_cast<std::size_t>(node.variable)].name());
    }
  }
  const char* graph = name.c_str();
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (i >= nodes.size() || !(inputs[i] == GraphValue{static_cast<int>(i), 0})) {
      raise<ValueError>(graph, "argument {} is node {}; arguments stand first, in their order", i,
                        inputs[i].node);
    }
  }
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (!is_value(*this, outputs[i], nodes.size())) {
      raise<ValueError>(graph, "returns output {} of node {}, which is not there",
                        outputs[i].output, outputs[i].node);
    }
  }
  std::unordered_set<int> updated;
  for (const GraphUpdate& update : updates) {
    if (update.variable < 0 || static_cast<std::size_t>(update.variable) >= variables.size()) {
      raise<ValueError>(graph, "updates variable {}, which is not there", update.variable);
    }
    const Variable& variable = variables[static_cast<std::size_t>(update.variable)];
    if (!is_value(*this, update.value, nodes.size())) {
      raise<ValueError>(graph, "updates \"{}\" with output {} of node {}, which is not there",
                        variable.name(), update.value.output, update.value.node);
    }
    const TensorSpec& value = spec(update.value);
    if (value.dtype != variable.dtype() || value.shape != variable.shape()) {
      raise<ValueError>(graph, "updates \"{}\", {}, with {}", variable.name(),
                        graph_text::spec({variable.dtype(), variable.shape()}),
                        graph_text::spec(value));
    }
    if (!updated.insert(update.variable).second) {
      raise<ValueError>(graph, "updates \"{}\" twice", variable.name());
    }
  }
}

}  // namespace saem
