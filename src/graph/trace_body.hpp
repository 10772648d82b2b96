#pragma once

#include <saem/graph/control_flow.hpp>
#include <span>
#include <string>
#include <vector>

#include "graph/function_body.hpp"

namespace saem {

/// What a function will be called with.
struct BodyInput {
  TensorSpec spec;
  Device device;
};
BodyInput like(const Tensor& tensor);

/// A C++ function of tensors, traced into a record of its own.
struct TracedFunction {
  std::shared_ptr<TraceRecord> record;
  std::vector<Tensor> inputs;   ///< symbolic
  std::vector<Tensor> outputs;  ///< as the record knows them
};
TracedFunction trace_function(
    std::span<const BodyInput> inputs,
    const std::function<std::vector<Tensor>(std::span<const Tensor>)>& function);

/// The functions that one op calls, traced, and what they take besides their own inputs: tensors of
/// the program around and values of variables, the same for each of them. Tensors with elements
/// that may be differentiated are passed in too, so that tapes around see them.
class TracedBodies {
 public:
  /// Traces one more function; gives the structure of its result.
  std::string add(std::string name, std::span<const BodyInput> inputs,
                  const detail::BodyFunction& function);
  /// Of all functions together: what they take. Call it when all are added.
  void collect();

  [[nodiscard]] std::size_t size() const { return functions_.size(); }
  [[nodiscard]] const std::string& name(std::size_t i) const { return names_[i]; }
  [[nodiscard]] const TracedFunction& function(std::size_t i) const { return functions_[i]; }
  /// Tensors and read variables, as they are where the op is called; tapes hear of the reading.
  [[nodiscard]] Tensors constants() const;
  /// The same as function `i` knows them.
  [[nodiscard]] std::vector<Tensor> constants_in(std::size_t i) const;

  /// Variables that one of the functions assigns.
  [[nodiscard]] const std::vector<Variable>& assigned() const { return assigned_; }
  [[nodiscard]] Tensors assigned_values() const;
  /// Their values at the start of function `i`, and at its end.
  [[nodiscard]] std::vector<Tensor> assigned_at_start(std::size_t i) const;
  [[nodiscard]] std::vector<Tensor> assigned_at_end(std::size_t i) const;
  /// Gives the assigned variables their new values.
  void assign(std::span<const Tensor> values) const;

  /// What ops with side effects in function `i` drew: see `Replay`.
  [[nodiscard]] std::vector<Tensor> draws(std::size_t i) const;
  /// Whether a function has side effects besides assigning variables.
  [[nodiscard]] bool is_stateful() const;
  /// Zeros that function `i` makes, of the dtype and shape of `tensor`.
  [[nodiscard]] Tensor zeros_in(std::size_t i, const Tensor& tensor) const;

  [[nodiscard]] std::shared_ptr<const FunctionBody> body(std::size_t i, std::vector<Tensor> inputs,
                                                         std::vector<Tensor> outputs) const;

 private:
  /// A variable's value at the start of each function.
  struct Entries {
    Variable variable;
    std::vector<Tensor> inner;
  };
  [[nodiscard]] Entries entries_of(const Variable& variable) const;

  std::vector<std::string> names_;
  std::vector<TracedFunction> functions_;
  std::vector<Tensor> outer_;
  std::vector<std::vector<Tensor>> outer_in_;  ///< for each of `outer_`: as each function knows it
  std::vector<Entries> read_;
  std::vector<Variable> assigned_;
  std::vector<Entries> assigned_entries_;
};

/// A call without side effects that gives what another call gave: what ops with side effects drew
/// then, random seeds for instance, comes in as inputs. Derivatives differentiate this one.
struct Replay {
  const OpDef* op;
  Attributes attributes;
  Tensors inputs;
};

/// `body` with what was drawn, its last `draws` outputs, as its last inputs instead. What it drew
/// itself stands behind what `before` others drew.
std::shared_ptr<const FunctionBody> replay_body(const FunctionBody& body, std::size_t draws,
                                                std::size_t before = 0);

/// What an entry of a record drew: its outputs, or the last ones of an op that calls bodies.
std::span<const Tensor> drawn_by(const GraphTracer::Entry& entry);

/// `outputs`, none of which is one of `inputs`: a tape would take the two for one value.
Tensors renamed(Tensors outputs, std::span<const Tensor> inputs);

}  // namespace saem
