#include <algorithm>
#include <ostream>
#include <saem/graph/graph.hpp>

namespace saem {

std::string_view GraphNode::type() const {
  switch (kind) {
    case GraphNodeKind::kInput:
      return "input";
    case GraphNodeKind::kVariable:
      return "variable";
    case GraphNodeKind::kConstant:
      return "constant";
    case GraphNodeKind::kOp:
      break;
  }
  return op->name;
}

std::size_t Graph::op_count() const {
  return static_cast<std::size_t>(
      std::count_if(nodes.begin(), nodes.end(),
                    [](const GraphNode& node) { return node.kind == GraphNodeKind::kOp; }));
}

}  // namespace saem
