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
  const char* name;           ///< as users switch it off: `constant_folding`
  const char* description;    ///< one line
  bool (*run)(Graph& graph);  ///< whether anything changed
  bool last = false;          ///< runs once, when nothing more changes: it hides what others see
};

// The passes, one file each in `passes/`: whether anything changed.

/// Calls of functions become what the functions do.
bool inline_functions(Graph& graph);
/// Ops without a kernel become the ops that they are made of.
bool decompose(Graph& graph);
/// Algebra that is exact to the bit.
bool simplify(Graph& graph);
/// Ops on constants alone are computed now.
bool constant_folding(Graph& graph);
/// What is computed twice alike is computed once.
bool common_subexpressions(Graph& graph);
/// Products with bias and relu become `dense`.
bool epilogues(Graph& graph);
/// What nobody needs goes.
bool dead_code(Graph& graph);
/// Chains of pointwise ops, and reductions at their end, become one op.
bool fuse_pointwise(Graph& graph);
/// What is cheap to compute is not handed on through memory.
bool recompute(Graph& graph);
/// Reductions of one tensor along the same axes read it together.
bool join_reductions(Graph& graph);
/// Products are told which weights stay as they are.
bool prepack(Graph& graph);

/// Every pass, in the order in which they run.
std::span<const Pass> all_passes();

/// Which passes run, and who watches.
struct PassOptions {
  std::set<std::string> disabled = {};
  /// Called after each pass that changed something.
  std::function<void(const Pass& pass, const Graph& graph)> after_pass = {};
};

/// Runs the passes until none changes anything, then those that come last. The verifier
/// checks the graph after each. @throws ValueError for a disabled pass that does not exist; Error
/// if a pass broke the graph
void optimize(Graph& graph, const PassOptions& options);

}  // namespace saem
