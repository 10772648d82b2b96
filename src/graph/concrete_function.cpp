#include "graph/concrete_function.hpp"

#include "graph/passes.hpp"

namespace saem::detail {

const Graph& FunctionCore::Concrete::traced_graph() const {
  const std::scoped_lock lock(mutex_);
  if (traced_graph_ == nullptr) traced_graph_ = std::make_unique<const Graph>(body->graph());
  return *traced_graph_;
}

const Executable& FunctionCore::Concrete::make_plan() const {
  const std::scoped_lock lock(mutex_);
  if (plan_ == nullptr) {
    Graph graph = traced_graph();
    std::size_t before = graph.op_count();
    PassOptions options{.disabled = disabled_passes};
    options.after_pass = [&](const Pass& pass, const Graph& after) {
      effects_.push_back({pass.name, before, after.op_count()});
      before = after.op_count();
    };
    optimize(graph, options);
    plan_ = std::make_unique<const Executable>(std::move(graph));
    made_plan_.store(plan_.get(), std::memory_order_release);
  }
  return *plan_;
}

}  // namespace saem::detail
