#include <saem/plot/function_graph.hpp>

#include "base/message.hpp"

namespace saem::plot {
namespace {

/// Letters of an op's options that fit a box.
constexpr std::size_t kMostLetters = 60;

NodeKind kind_of(const saem::GraphNode& node) {
  switch (node.kind) {
    case GraphNodeKind::kInput:
      return NodeKind::kValue;
    case GraphNodeKind::kVariable:
      return NodeKind::kVariable;
    case GraphNodeKind::kConstant:
      return NodeKind::kConstant;
    case GraphNodeKind::kOp:
      break;
  }
  return NodeKind::kOp;
}

std::string spec_text(const TensorSpec& spec) {
  return fmt::format("{} {}", spec.dtype.name(), spec.shape.to_string());
}

/// The options on one line; what stands within a graph is not for a box.
std::string short_options(const saem::GraphNode& node) {
  std::string text = node.attributes.ref().to_string();
  const std::size_t body = text.find('{');
  if (body != std::string::npos) text.resize(body);
  if (text.size() > kMostLetters) text = text.substr(0, kMostLetters) + "...";
  return text;
}

std::vector<std::string> lines_of(const saem::GraphNode& node) {
  if (node.kind == GraphNodeKind::kOp) {
    std::vector<std::string> lines = {std::string(node.type())};
    if (std::string options = short_options(node); !options.empty()) {
      lines.push_back(std::move(options));
    }
    if (!node.name.empty()) lines.push_back(node.name);
    return lines;
  }
  const std::string name = node.name.empty() ? std::string(node.type()) : node.name;
  return {name, spec_text(node.outputs[0])};
}

}  // namespace

GraphPicture function_picture(const Graph& graph) {
  GraphPicture picture{.title = graph.name};
  const auto connect = [&](GraphValue from, const std::string& to) {
    picture.edges.push_back({std::to_string(from.node), to, spec_text(graph.spec(from))});
  };
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const saem::GraphNode& node = graph.nodes[i];
    const std::string id = std::to_string(i);
    picture.nodes.push_back({id, lines_of(node), kind_of(node)});
    for (const GraphValue& input : node.inputs) connect(input, id);
  }
  for (std::size_t i = 0; i < graph.outputs.size(); ++i) {
    const std::string id = fmt::format("result {}", i);
    const bool only = graph.outputs.size() == 1;
    picture.nodes.push_back({id, {only ? "result" : id}, NodeKind::kResult});
    connect(graph.outputs[i], id);
  }
  for (const GraphUpdate& update : graph.updates) {
    const std::string& name = graph.variables[static_cast<std::size_t>(update.variable)].name();
    const std::string id = fmt::format("update {}", update.variable);
    picture.nodes.push_back({id, {"new " + name}, NodeKind::kResult});
    connect(update.value, id);
  }
  return picture;
}

Figure graph(const Graph& graph) { return plot::graph(function_picture(graph)); }

}  // namespace saem::plot
