#include <algorithm>
#include <saem/graph/function.hpp>

#include "base/message.hpp"
#include "graph/passes.hpp"

namespace saem {

std::vector<PassInfo> graph_passes() {
  std::vector<PassInfo> passes;
  for (const Pass& pass : all_passes()) passes.push_back({pass.name, pass.description});
  return passes;
}

void optimize(Graph& graph, const PassOptions& options) {
  for (const std::string& name : options.disabled) {
    const bool known = std::any_of(all_passes().begin(), all_passes().end(),
                                   [&](const Pass& pass) { return name == pass.name; });
    if (!known) raise<ValueError>("optimize", "there is no pass '{}'", name);
  }
  for (const Pass& pass : all_passes()) {
    if (options.disabled.contains(pass.name) || !pass.run(graph)) continue;
    if (options.after_pass) options.after_pass(pass, graph);
  }
}

std::span<const Pass> all_passes() {
  static constexpr Pass kPasses[] = {
      {"fusion", "runs chains of pointwise ops, and reductions at their end, as one op",
       &fuse_pointwise},
  };
  return kPasses;
}

}  // namespace saem
