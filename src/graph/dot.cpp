// A graph in Graphviz' language, without colours or sizes of its own: plot::graph draws it.
#include <fmt/format.h>

#include <saem/graph/graph.hpp>

#include "graph/text.hpp"

namespace saem {
namespace {

/// A string of the language.
std::string quoted(std::string_view text) {
  std::string escaped = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped + '"';
}

}  // namespace

std::string Graph::to_dot() const {
  std::string text = fmt::format("digraph {} {{\n  node [shape=box]\n", quoted(name));
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const bool unnamed = nodes[i].kind == GraphNodeKind::kOp || nodes[i].name.empty();
    const std::string label = unnamed ? std::string(nodes[i].type()) : nodes[i].name;
    text += fmt::format("  n{} [label={}]\n", i, quoted(label));
  }
  const auto edge = [&](GraphValue from, const std::string& to) {
    text += fmt::format("  n{} -> {} [label={}]\n", from.node, to,
                        quoted(graph_text::spec(spec(from))));
  };
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    for (const GraphValue& input : nodes[i].inputs) edge(input, fmt::format("n{}", i));
  }
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    text += fmt::format("  r{} [label=\"result {}\"]\n", i, i);
    edge(outputs[i], fmt::format("r{}", i));
  }
  for (std::size_t i = 0; i < updates.size(); ++i) {
    const Variable& updated = variables[static_cast<std::size_t>(updates[i].variable)];
    text += fmt::format("  u{} [label={}]\n", i, quoted("new " + updated.name()));
    edge(updates[i].value, fmt::format("u{}", i));
  }
  return text + "}\n";
}

}  // namespace saem
