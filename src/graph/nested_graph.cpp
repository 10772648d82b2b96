#include "graph/nested_graph.hpp"

#include <optional>
#include <saem/graph/function.hpp>
#include <utility>

#include "base/message.hpp"

namespace saem {
namespace {

thread_local GraphTextOptions nested_options{.values = true};

std::string without_line_break(std::string text) {
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

}  // namespace

NestedGraphText::NestedGraphText(const GraphTextOptions& options)
    : around_(std::exchange(nested_options, options)) {}
NestedGraphText::~NestedGraphText() { nested_options = around_; }

std::string to_text(const NestedGraph& nested) {
  if (nested.graph == nullptr) return "none";
  return without_line_break(nested.graph->to_text(nested_options));
}

bool from_text(std::string_view text, NestedGraph& nested) {
  nested.graph = std::make_shared<const Graph>(Graph::from_text(text));
  return true;
}

bool operator==(const NestedGraph& a, const NestedGraph& b) {
  if (a.graph == b.graph) return true;
  if (a.graph == nullptr || b.graph == nullptr) return false;
  constexpr GraphTextOptions kAll{.values = true};
  return a.graph->to_text(kAll) == b.graph->to_text(kAll);
}

std::string to_text(const std::shared_ptr<const FunctionBody>& body) {
  if (body == nullptr) return "none";
  return without_line_break(body->pure_graph().to_text(nested_options));
}

bool from_text(std::string_view text, std::shared_ptr<const FunctionBody>& body) {
  body = make_body(Graph::from_text(text));
  return true;
}

std::vector<Tensor> apply_graph(const Graph& graph, std::span<const Tensor> arguments) {
  std::vector<Tensors> values(graph.nodes.size());
  const auto value_of = [&](GraphValue value) -> const Tensor& {
    return values[static_cast<std::size_t>(value.node)][static_cast<std::size_t>(value.output)];
  };
  for (std::size_t i = 0; i < graph.inputs.size(); ++i) {
    values[static_cast<std::size_t>(graph.inputs[i].node)] = {arguments[i]};
  }
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const GraphNode& node = graph.nodes[i];
    if (node.kind == GraphNodeKind::kConstant) values[i] = {node.constant};
    if (node.kind == GraphNodeKind::kVariable) {
      values[i] = {graph.variables[static_cast<std::size_t>(node.variable)].value()};
    }
    if (node.kind != GraphNodeKind::kOp) continue;
    Tensors inputs;
    for (const GraphValue& input : node.inputs) inputs.push_back(value_of(input));
    std::optional<NameScope> scope;
    if (!node.name.empty()) scope.emplace(node.name);
    const CallerScope caller(node.caller);
    std::optional<DeviceScope> place;
    if (node.inputs.empty()) place.emplace(node.device);  // others run where their inputs lie
    values[i] = apply(*node.op, inputs, node.attributes);
  }
  for (const GraphUpdate& update : graph.updates) {
    graph.variables[static_cast<std::size_t>(update.variable)].assign(value_of(update.value));
  }
  std::vector<Tensor> outputs;
  for (const GraphValue& output : graph.outputs) outputs.push_back(value_of(output));
  return outputs;
}

std::shared_ptr<const FunctionBody> make_body(const Graph& graph) {
  if (!graph.variables.empty()) {
    raise<ValueError>(graph.name.c_str(),
                      "a graph within a graph takes and gives values of "
                      "variables; it has none of its own");
  }
  auto record = std::make_shared<TraceRecord>();
  GraphTracer& tracer = record->tracer;
  FunctionBody::Parts parts;
  parts.name = graph.name;
  for (const GraphValue& input : graph.inputs) {
    const GraphNode& node = graph.node(input);
    parts.inputs.push_back(tracer.add_input(node.outputs[0], node.device));
    parts.input_names.push_back(node.name);
  }
  const TracingScope traced(&tracer);
  parts.outputs = apply_graph(graph, parts.inputs);
  parts.last_entry = static_cast<std::int64_t>(tracer.entries().size());
  return std::make_shared<const FunctionBody>(std::move(record), std::move(parts));
}

}  // namespace saem
