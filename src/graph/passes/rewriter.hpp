#pragma once

#include <saem/graph/graph.hpp>
#include <span>
#include <string>
#include <vector>

namespace saem {

/// Writes a graph anew, node by node in its order: what most passes are. While it lives, the
/// graph's nodes are those that have been written, which a pass may look at.
class Rewriter {
 public:
  explicit Rewriter(Graph& graph);

  /// The nodes there were, but for those that were kept.
  [[nodiscard]] std::size_t size() const { return old_.size(); }
  [[nodiscard]] const GraphNode& old(std::size_t i) const { return old_[i]; }
  /// What stands for a value that there was.
  [[nodiscard]] GraphValue at(GraphValue old) const {
    return places_[static_cast<std::size_t>(old.node)][static_cast<std::size_t>(old.output)];
  }
  /// Node `i` with its inputs as they are now.
  [[nodiscard]] GraphNode moved(std::size_t i) const;

  /// Writes a node whose inputs are written values.
  GraphValue add(GraphNode node);
  /// Writes node `i` as it was.
  void keep(std::size_t i) { keep_as(i, moved(i)); }
  /// Writes `node` in the place of node `i`, which has as many outputs.
  void keep_as(std::size_t i, GraphNode node);
  /// Has `value` stand for output `output` of node `i`.
  void replace(std::size_t i, int output, GraphValue value);
  /// Writes what `part` computes of `inputs`, in the place of node `i`. Its nodes take that one's
  /// caller and scope, or add their own.
  void splice(std::size_t i, const Graph& part, std::span<const GraphValue> inputs,
              bool adds_scope);

  /// Makes arguments, results and updates those of the new nodes.
  void finish();

 private:
  Graph& graph_;
  std::vector<GraphNode> old_;
  std::vector<std::vector<GraphValue>> places_;
};

/// How many nodes, results and updates use each node's outputs.
std::vector<int> count_uses(const Graph& graph);

}  // namespace saem
