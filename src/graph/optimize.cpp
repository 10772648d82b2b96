#include <algorithm>
#include <saem/graph/function.hpp>

#include "base/message.hpp"
#include "graph/node.hpp"
#include "graph/passes.hpp"

namespace saem {

std::vector<PassInfo> graph_passes() {
  std::vector<PassInfo> passes;
  for (const Pass& pass : all_passes()) passes.push_back({pass.name, pass.description});
  return passes;
}

namespace {

/// Far more rounds than any graph takes: passes only take away what others made possible.
constexpr int kMostRounds = 16;

void check(const Graph& graph, const Pass& pass, const std::string& order) {
  try {
    graph.verify();
    const std::string now = stateful_order(graph);
    if (now != order) raise<ValueError>("stateful ops", "were {}, are {}", order, now);
  } catch (const Error& error) {
    throw Error(fmt::format("optimize: pass {} broke the graph: {}", pass.name, error.what()));
  }
}

}  // namespace

void optimize(Graph& graph, const PassOptions& options) {
  for (const std::string& name : options.disabled) {
    const bool known = std::any_of(all_passes().begin(), all_passes().end(),
                                   [&](const Pass& pass) { return name == pass.name; });
    if (!known) raise<ValueError>("optimize", "there is no pass '{}'", name);
  }
  const std::string order = stateful_order(graph);
  const auto run = [&](const Pass& pass) {
    if (options.disabled.contains(pass.name) || !pass.run(graph)) return false;
    check(graph, pass, order);
    if (options.after_pass) options.after_pass(pass, graph);
    return true;
  };
  bool changed = true;
  for (int round = 0; changed && round < kMostRounds; ++round) {
    changed = false;
    for (const Pass& pass : all_passes()) changed = (!pass.last && run(pass)) || changed;
  }
  for (const Pass& pass : all_passes()) {
    if (pass.last) run(pass);
  }
}

std::span<const Pass> all_passes() {
  static constexpr Pass kPasses[] = {
      {"inline_functions", "calls of functions become what the functions do", inline_functions},
      {"decompose", "ops without a kernel become the ops that they are made of", decompose},
      {"simplify", "algebra that is exact to the bit", simplify},
      {"constant_folding", "ops on constants alone are computed once", constant_folding},
      {"common_subexpressions", "what is computed twice alike is computed once",
       common_subexpressions},
      {"epilogues", "matmul, bias and relu become dense", epilogues},
      {"dead_code", "what nobody needs goes", dead_code},
      {"fusion", "runs chains of pointwise ops, and reductions at their end, as one op",
       fuse_pointwise, true},
      {"recompute", "computes again what is cheaper than to store and read", recompute, true},
      {"join_reductions", "reductions of one tensor along the same axes read it once",
       join_reductions, true},
      {"prepack", "weights that the function does not update are multiplied in the best layout",
       prepack, true},
  };
  return kPasses;
}

}  // namespace saem
