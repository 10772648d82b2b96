#pragma once

#include <functional>
#include <saem/graph/graph.hpp>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace saem {

/// One rewriting of a graph that leaves what it computes as it is.
struct Pass {
  const char* name;         ///< as users switch it off: `constant_folding`
  const char* description;  ///< one line
  bool (*run)(Graph& graph);  ///< whether anything changed
};

/// Every pass, in the order in which they run.
std::span<const Pass> all_passes();

/// The passes, one file each in `passes/`: whether anything changed.
bool fuse_pointwise(Graph& graph);

/// Which passes run, and who watches.
struct PassOptions {
  std::set<std::string> disabled = {};
  /// Called after each pass that changed something.
  std::function<void(const Pass& pass, const Graph& graph)> after_pass = {};
};

/// Runs the passes, until none of those that open ways for others changes anything. The verifier
/// checks the graph after each. @throws ValueError for a disabled pass that does not exist; Error if
/// a pass broke the graph
void optimize(Graph& graph, const PassOptions& options);

}  // namespace saem
