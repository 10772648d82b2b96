#include <map>
#include <saem/plot/graph.hpp>

#include "base/message.hpp"
#include "plot/drawing.hpp"
#include "plot/text.hpp"

namespace saem::plot {
namespace {

const char* fill(NodeKind kind) {
  switch (kind) {
    case NodeKind::kOp:
      return "#F2F2F2";
    case NodeKind::kValue:
      return "#FFFFFF";
    case NodeKind::kVariable:
      return "#CFE8F7";
    case NodeKind::kConstant:
      return "#FBF3C4";
    case NodeKind::kResult:
      return "#CDEBDD";
  }
  return "#FFFFFF";
}

/// `text` in Graphviz' HTML-like labels, where \N and its kin are names even so, and nothing
/// escapes a backslash: a space of no width parts it from its letter.
std::string html(const std::string& text) {
  std::string escaped;
  for (const char c : escape_xml(text)) {
    escaped += c == '\n' ? "<br/>" : c == '\\' ? "\\&#8203;" : std::string(1, c);
  }
  return escaped;
}

std::string label(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) {
    const std::string escaped = html(line);
    // An empty line is a syntax error in Graphviz' HTML-like labels.
    const std::string shown = escaped.empty() ? " " : escaped;
    text += text.empty() ? "<b>" + shown + "</b>" : "<br/>" + shown;
  }
  return "<" + (text.empty() ? " " : text) + ">";
}

class GraphDrawing final : public Drawing {
 public:
  explicit GraphDrawing(const GraphPicture& picture)
      : source_(picture.to_dot()), title_(clean(picture.title)) {}
  [[nodiscard]] std::string render(Format format) const override {
    return run_dot(source_, format, title_);
  }
  [[nodiscard]] std::string script() const override { return source_; }
  [[nodiscard]] Format notebook_format() const override { return Format::kSvg; }
  [[nodiscard]] const std::string& title() const override { return title_; }

 private:
  std::string source_;
  std::string title_;
};

}  // namespace

std::string GraphPicture::to_dot() const {
  constexpr const char* kOp = "GraphPicture::to_dot";
  if (nodes.empty()) raise<ValueError>(kOp, "there are no nodes to draw");
  std::map<std::string, std::size_t> index;
  for (const GraphNode& node : nodes) {
    if (!index.emplace(node.id, index.size()).second) {
      raise<ValueError>(kOp, "two nodes have the id '{}'; give each its own", node.id);
    }
  }
  const auto find = [&](const std::string& id) {
    const auto found = index.find(id);
    if (found == index.end()) raise<ValueError>(kOp, "an edge names '{}', which no node is", id);
    return found->second;
  };
  constexpr const char* kFont = "Helvetica,Arial,sans-serif";
  std::string text = fmt::format(
      "digraph figure {{\n  graph [rankdir={} bgcolor=white fontname=\"{}\" labelloc=t nodesep=0.3 "
      "ranksep=0.4 pad=0.1]\n  node [shape=box style=\"rounded,filled\" color=\"#707070\" "
      "fontname=\"{}\" fontsize=12 margin=\"0.14,0.07\"]\n  edge [color=\"#505050\" "
      "fontname=\"{}\" fontsize=10 arrowsize=0.7]\n",
      direction == Direction::kDown ? "TB" : "LR", kFont, kFont, kFont);
  if (!title.empty()) text += fmt::format("  graph [label={}]\n", label({title}));
  for (const GraphNode& node : nodes) {
    text += fmt::format("  n{} [fillcolor=\"{}\" label={}]\n", index[node.id], fill(node.kind),
                        label(node.lines));
  }
  for (const GraphEdge& edge : edges) {
    text += fmt::format("  n{} -> n{}", find(edge.from), find(edge.to));
    if (!edge.label.empty()) text += fmt::format(" [label=< {} >]", html(edge.label));
    text += "\n";
  }
  return text + "}\n";
}

Figure graph(const GraphPicture& picture) {
  return make_figure(std::make_unique<GraphDrawing>(picture));
}

}  // namespace saem::plot
