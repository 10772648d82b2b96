#pragma once

#include <saem/autodiff/variable.hpp>

namespace saem {

struct Variable::State : std::enable_shared_from_this<Variable::State> {
  Tensor value;
  VariableOptions options;

  State(const Tensor& initial, VariableOptions given) : value(initial), options(std::move(given)) {}

  /// What a function that is being traced, or else the program, sees of it now.
  [[nodiscard]] Tensor current() const;
  /// Makes `fresh` the value; in a traced function, from there on. `assignment` names the caller.
  void set(Tensor fresh, const char* assignment);

  /// `tensor` by rows and as a tensor of its own, though it may share elements: a tape must not
  /// take a variable's value for what it was made of.
  static Tensor as_value(const Tensor& tensor);

  /// Whether a value may be written over: memory of saem's own, by rows, that nobody else holds.
  static bool is_exclusive(const Tensor& value);

  /// What `variable` holds.
  static State& of(const Variable& variable) { return *variable.state_; }

  /// The variable that a listener was told of.
  static Variable variable(const void* id) {
    const auto* state = static_cast<const State*>(id);
    return Variable(std::const_pointer_cast<State>(state->shared_from_this()));
  }
};

}  // namespace saem
