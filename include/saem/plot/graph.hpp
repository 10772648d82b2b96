#pragma once

#include <saem/base/export.hpp>
#include <saem/plot/figure.hpp>
#include <string>
#include <vector>

namespace saem::plot {

/// What a node of a graph stands for: its colour.
enum class NodeKind { kOp, kValue, kVariable, kConstant, kResult };

/// Which way a graph's edges run.
enum class Direction { kDown, kRight };

/// A box of a graph picture.
struct GraphNode {
  std::string id = {};                  ///< what edges call it; not drawn
  std::vector<std::string> lines = {};  ///< what it says, the first line in bold
  NodeKind kind = NodeKind::kOp;
};

/// An arrow of a graph picture.
struct GraphEdge {
  std::string from = {};   ///< the id of a node
  std::string to = {};     ///< likewise
  std::string label = {};  ///< beside the arrow
};

/// A directed graph to look at.
/// @code
/// plot::GraphPicture picture{.nodes = {{"x", {"x", "value = 3"}, plot::NodeKind::kVariable},
///                                      {"y", {"square", "value = 9"}}},
///                            .edges = {{"x", "y"}}};
/// plot::graph(picture).save("graph.svg");
/// @endcode
struct SAEM_API GraphPicture {
  std::vector<GraphNode> nodes = {};
  std::vector<GraphEdge> edges = {};
  std::string title = {};
  Direction direction = Direction::kDown;

  /// The graph in Graphviz' language. @throws ValueError for no nodes, two nodes of one id, or an
  /// edge to a node that is not there
  [[nodiscard]] std::string to_dot() const;
};

/// Draws `picture` with Graphviz.
///
/// @param picture  nodes and edges
/// @return         the figure
/// @throws ValueError as `to_dot`
/// @code plot::graph({.nodes = {{"a", {"a"}}, {"b", {"b"}}}, .edges = {{"a",
/// "b"}}}).save("ab.svg"); @endcode
SAEM_API Figure graph(const GraphPicture& picture);

}  // namespace saem::plot
