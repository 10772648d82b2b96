// Calls of functions become what the functions do: other passes then see across the call.
#include <algorithm>

#include "graph/function_body.hpp"
#include "graph/passes.hpp"
#include "graph/passes/rewriter.hpp"

namespace saem {
namespace {

bool is_call(const GraphNode& node) {
  return node.kind == GraphNodeKind::kOp && node.op == &function_call_op;
}

}  // namespace

bool inline_functions(Graph& graph) {
  bool changed = false;
  // What is called may call; no function calls itself, so this ends.
  while (std::any_of(graph.nodes.begin(), graph.nodes.end(), is_call)) {
    changed = true;
    Rewriter rewriter(graph);
    for (std::size_t i = 0; i < rewriter.size(); ++i) {
      if (!is_call(rewriter.old(i))) {
        rewriter.keep(i);
        continue;
      }
      const GraphNode call = rewriter.moved(i);
      const auto& body = call.attributes.ref().as<FunctionCallOptions>().body;
      rewriter.splice(i, body->pure_graph(), {call.inputs.data(), call.inputs.size()}, true);
    }
    rewriter.finish();
  }
  return changed;
}

}  // namespace saem
