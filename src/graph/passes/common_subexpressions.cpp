// What is computed twice alike is computed once. Random ops are pure, given their seed; what draws
// a seed is stateful and stays.
#include <unordered_map>

#include "graph/node.hpp"
#include "graph/passes.hpp"
#include "graph/passes/rewriter.hpp"

namespace saem {
namespace {

/// Larger constants are compared by their place in memory alone.
constexpr std::int64_t kMostCompared = 16 * 1024;

bool is_compared(const Tensor& tensor) {
  return has_bytes(tensor) && tensor.nbytes() <= kMostCompared;
}

bool equal_constants(const Tensor& a, const Tensor& b) {
  return (a.data() == b.data() || is_compared(a)) && same_constant(a, b);
}

std::size_t hash_of(const GraphNode& node) {
  using attribute::mix;
  std::size_t total = static_cast<std::size_t>(node.kind);
  if (node.kind == GraphNodeKind::kConstant) {
    const Tensor& tensor = node.constant;
    if (!is_compared(tensor)) return mix(total, reinterpret_cast<std::uintptr_t>(tensor.data()));
    const std::string_view bytes{static_cast<const char*>(tensor.data()),
                                 static_cast<std::size_t>(tensor.nbytes())};
    return mix(total, std::hash<std::string_view>{}(bytes));
  }
  total = mix(total, reinterpret_cast<std::uintptr_t>(node.op));
  total = mix(total, node.attributes.ref().hash());
  for (const GraphValue& input : node.inputs) {
    total = mix(total, static_cast<std::size_t>(input.node));
    total = mix(total, static_cast<std::size_t>(input.output));
  }
  return total;
}

bool equal(const GraphNode& a, const GraphNode& b) {
  if (a.kind != b.kind || a.device != b.device) return false;
  if (a.kind == GraphNodeKind::kConstant) return equal_constants(a.constant, b.constant);
  return a.op == b.op && a.inputs == b.inputs && a.attributes.ref() == b.attributes.ref();
}

}  // namespace

bool common_subexpressions(Graph& graph) {
  bool changed = false;
  std::unordered_multimap<std::size_t, int> known;
  Rewriter rewriter(graph);
  for (std::size_t i = 0; i < rewriter.size(); ++i) {
    GraphNode node = rewriter.moved(i);
    const bool mergeable = node.kind == GraphNodeKind::kConstant ||
                           (node.kind == GraphNodeKind::kOp && !is_stateful(node));
    int same = -1;
    const std::size_t hash = mergeable ? hash_of(node) : 0;
    if (mergeable) {
      const auto [begin, end] = known.equal_range(hash);
      for (auto candidate = begin; candidate != end && same < 0; ++candidate) {
        const GraphNode& other = graph.nodes[static_cast<std::size_t>(candidate->second)];
        if (equal(node, other)) same = candidate->second;
      }
    }
    if (same < 0) {
      if (mergeable) known.emplace(hash, static_cast<int>(graph.nodes.size()));
      rewriter.keep_as(i, std::move(node));
      continue;
    }
    changed = true;
    for (std::size_t k = 0; k < node.outputs.size(); ++k) {
      rewriter.replace(i, static_cast<int>(k), {same, static_cast<int>(k)});
    }
  }
  rewriter.finish();
  return changed;
}

}  // namespace saem
