#pragma once

#include <any>
#include <atomic>
#include <memory>
#include <mutex>
#include <saem/graph/function.hpp>
#include <set>
#include <string>
#include <vector>

#include "graph/executable.hpp"
#include "graph/function_body.hpp"

namespace saem {

/// What a pass did, for `explain`.
struct PassEffect {
  std::string name;
  std::size_t ops_before;
  std::size_t ops_after;
};

/// A function for one kind of arguments.
struct detail::FunctionCore::Concrete {
  explicit Concrete(const FunctionArguments& arguments);

  SmallVector<TensorSpec, 4> specs;
  SmallVector<Device, 4> devices;
  std::string statics;
  std::set<std::string> disabled_passes;
  std::shared_ptr<const FunctionBody> body;
  std::any result;               ///< what the user's function gave, with symbolic tensors
  std::string result_statics;    ///< what else is in it
  std::vector<Tensor> captures;  ///< of functions around, which were being traced
  bool from_traces = false;      ///< made from traces for other sizes

  [[nodiscard]] bool fits(const FunctionArguments& arguments) const;
  /// The optimised graph that reads and updates variables by itself; made when first asked for.
  [[nodiscard]] const Executable& plan() const {
    if (const Executable* made = made_plan_.load(std::memory_order_acquire)) [[likely]]
      return *made;
    return make_plan();
  }
  /// The graph before any pass.
  [[nodiscard]] const Graph& traced_graph() const;
  [[nodiscard]] std::string explain() const;
  [[nodiscard]] Profile profile(std::span<const Tensor> inputs, int runs) const;
  /// Gives memory back that only the next call would need.
  void trim() const;

 private:
  [[nodiscard]] const Executable& make_plan() const;

  mutable std::recursive_mutex mutex_;
  mutable std::atomic<const Executable*> made_plan_{nullptr};
  mutable std::unique_ptr<const Executable> plan_;
  mutable std::unique_ptr<const Graph> traced_graph_;
  mutable std::vector<PassEffect> effects_;
};

/// Calls the user's function with symbolic tensors and makes a body of what it did.
std::shared_ptr<detail::FunctionCore::Concrete> trace_concrete(
    const FunctionOptions& options, const detail::FunctionArguments& arguments,
    const detail::FunctionCore::Trace& trace);

}  // namespace saem
