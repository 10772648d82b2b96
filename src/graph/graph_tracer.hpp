#pragma once

#include <deque>
#include <memory>
#include <saem/graph/graph.hpp>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace saem {

/// Takes what a C++ function applies to symbolic tensors: the record that graphs are cut from.
///
/// The record only grows. A function's gradient is traced by the same tracer after the function, so
/// that it can use every value in between; function and gradient are then two cuts of one record.
/// Not thread-safe: `FunctionBody` holds a lock while it traces.
class GraphTracer final : public Tracer {
 public:
  /// One op of the record.
  struct Entry {
    const OpDef* op;
    Attributes attributes;
    Tensors inputs;   ///< symbolic ones of this tracer, or tensors with elements
    Tensors outputs;  ///< symbolic
    std::string scope;
    const void* caller;
  };

  /// A tensor that stands for what will be passed in.
  Tensor add_input(const TensorSpec& spec, Device device);

  /// `tensor` as this record knows it: a symbolic one of a function around becomes a capture.
  Tensor own(const Tensor& tensor);

  Tensors on_op(const OpCall& call, const TensorSpecs& specs) override;
  Tensor on_read(const void* variable, const Tensor& value) override;
  bool on_assign(const void* variable, const Tensor& old, const Tensor& value) override;

  /// What a variable was when the trace began, and what it is now.
  struct TracedVariable {
    Variable variable;
    Tensor entry;    ///< symbolic; undefined if it was assigned before it was read
    Tensor current;  ///< symbolic or with elements
    bool assigned = false;
    std::vector<Tensor> later;  ///< values it was assigned and then read with: gradients of it, too
  };
  [[nodiscard]] const std::vector<TracedVariable>& variables() const { return variables_; }

  /// Symbolic tensors of functions around this one that it uses, and what stands for them here.
  struct Capture {
    Tensor outer;
    Tensor inner;
  };
  [[nodiscard]] const std::vector<Capture>& captures() const { return captures_; }

  [[nodiscard]] const std::deque<Entry>& entries() const { return entries_; }
  /// The entry that made a symbolic tensor; null for an input or a stranger.
  [[nodiscard]] const Entry* maker(const Tensor& tensor) const;
  /// The place of that entry in `entries`, or -1.
  [[nodiscard]] std::int64_t maker_index(const Tensor& tensor) const;

 private:
  [[nodiscard]] bool is_own(const Tensor& tensor) const;
  Tensor make(const TensorSpec& spec, Device device);
  TracedVariable& traced(const void* variable);

  std::deque<Entry> entries_;
  std::unordered_map<std::int64_t, std::int64_t> makers_;  ///< symbol to entry; -1 for inputs
  std::vector<TracedVariable> variables_;
  std::unordered_map<const void*, std::size_t> variable_places_;
  std::vector<Capture> captures_;
};

/// The code outside the library that called it; null where the stack does not tell.
const void* calling_code();

/// While it lives, `calling_code` on this thread is what it was when a graph was made whose ops are
/// applied again.
class CallerScope {
 public:
  explicit CallerScope(const void* caller);
  ~CallerScope();
  CallerScope(const CallerScope&) = delete;
  CallerScope& operator=(const CallerScope&) = delete;

 private:
  const void* around_;
};

/// The scopes of `tf::name_scope` that are open on this thread, joined by slashes.
const std::string& current_scope();

}  // namespace saem
