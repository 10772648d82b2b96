#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <saem/graph/graph.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "graph/graph_tracer.hpp"

namespace saem {

class Executable;

/// A tracer's record, shared by a function and its derivatives.
struct TraceRecord {
  std::recursive_mutex mutex;
  GraphTracer tracer;
};

/// The graph from `inputs` to `outputs` in a record.
struct GraphCut {
  const GraphTracer& tracer;
  std::span<const Tensor> inputs;
  std::span<const std::string> input_names;
  std::vector<Tensor> outputs;
  std::int64_t first_entry = 0;
  std::int64_t last_entry = 0;
  /// Of the record: the entries, in order, that are computed, given the inputs.
  [[nodiscard]] std::vector<std::int64_t> needed_entries() const;
  [[nodiscard]] Graph to_graph(const std::string& name) const;
};

/// A function that was traced: a cut of a record from `inputs` to `outputs`, which runs, and can be
/// differentiated any number of times.
///
/// Pure: what it does to variables is among its inputs and outputs (`variables`, `updates`).
/// Thread-safe.
class FunctionBody : public std::enable_shared_from_this<FunctionBody> {
 public:
  struct Update {
    int variable;
    Tensor value;
  };
  struct Parts {
    std::string name;
    std::vector<Tensor> inputs;  ///< symbolic, or tensors with elements that are passed in instead
    std::vector<std::string> input_names;
    std::vector<Tensor> outputs;
    std::vector<Variable> variables;  ///< their values are the last inputs
    /// Further values of inputs that are variables, which were read after they had been assigned:
    /// their gradients are the variables'.
    std::vector<std::pair<std::size_t, Tensor>> later_values;
    std::vector<Update> updates;   ///< their values are passed out behind the outputs
    std::int64_t first_entry = 0;  ///< ops with side effects from here ...
    std::int64_t last_entry = 0;   ///< ... to before here belong to it
    std::size_t residuals = 0;     ///< so many of the last outputs serve gradients alone
    std::size_t captures = 0;      ///< so many of the last inputs are captured tensors
  };

  FunctionBody(std::shared_ptr<TraceRecord> record, Parts parts);
  ~FunctionBody();
  FunctionBody(const FunctionBody&) = delete;
  FunctionBody& operator=(const FunctionBody&) = delete;

  [[nodiscard]] const Parts& parts() const { return parts_; }
  [[nodiscard]] const std::string& name() const { return parts_.name; }

  /// As a graph that reads and updates variables by itself.
  [[nodiscard]] Graph graph() const;
  /// As a graph of inputs and outputs alone: variables' values come in, updates go out.
  [[nodiscard]] Graph pure_graph() const;
  /// `pure_graph`, where later values of variables go out behind the updates, and calls of
  /// functions are what the functions do: all there is to know.
  [[nodiscard]] Graph complete_graph() const;

  /// What `pure_graph` becomes when it is optimised; made when first asked for.
  [[nodiscard]] const Executable& executable() const;

  /// The same function in the form that `function_call` takes and that has a gradient: what the
  /// gradient needs stands behind the outputs, captured tensors behind the inputs, so that tapes
  /// see them.
  [[nodiscard]] std::shared_ptr<const FunctionBody> differentiable() const;
  /// The same function with captured tensors behind the inputs, without a gradient for the time
  /// being: for calls within a trace, where it may never be wanted.
  [[nodiscard]] std::shared_ptr<const FunctionBody> with_captures() const;
  /// Whether this body is in the form that `differentiable` gives.
  [[nodiscard]] bool is_differentiable() const { return gradient_ != nullptr; }
  /// A differentiable form whose residuals have gradients themselves: derivatives of every order
  /// without running the function again, which a function with side effects must not.
  [[nodiscard]] std::shared_ptr<const FunctionBody> closed() const;
  /// Whether ops with side effects are among its own, random numbers for instance.
  [[nodiscard]] bool is_stateful() const;
  /// Of a body with captures: the captured tensors, its last inputs.
  [[nodiscard]] std::span<const Tensor> captures() const {
    return std::span(parts_.inputs).last(parts_.captures);
  }

  /// What the gradient function of a differentiable body takes and gives.
  struct Backward {
    /// Where it gets its first inputs.
    struct Residual {
      bool is_input;      ///< of this body; else output
      std::size_t index;  ///< which one
    };
    std::shared_ptr<const FunctionBody> body;
    std::vector<Residual> residuals;
    std::vector<std::size_t> outputs;  ///< whose gradients are its further inputs
    std::vector<int> gradients;        ///< for each input: the output that is its gradient, or -1
  };
  /// The gradients of the inputs that are `needed`.
  [[nodiscard]] Backward backward(std::span<const bool> needed) const;

  /// Of a differentiable body: the same function, whose residuals are outputs like others, which
  /// have gradients: what higher derivatives are taken of.
  [[nodiscard]] std::shared_ptr<const FunctionBody> with_residuals() const;

  /// Applies the ops one by one to `inputs`, where whoever listens hears them.
  [[nodiscard]] Tensors interpret(std::span<const Tensor> inputs) const;
  /// The same with `apply_entry` in the place of `apply`.
  using ApplyEntry =
      std::function<Tensors(const GraphTracer::Entry& entry, std::span<const Tensor> inputs)>;
  [[nodiscard]] Tensors interpret(std::span<const Tensor> inputs,
                                  const ApplyEntry& apply_entry) const;

 private:
  /// Gradients of all inputs, traced behind the function, and what they are computed from.
  struct Gradient {
    std::vector<Tensor> residuals;
    std::vector<std::size_t> outputs;      ///< which have a gradient
    std::vector<Tensor> output_gradients;  ///< symbolic inputs, one for each of `outputs`
    std::vector<Tensor> input_gradients;   ///< undefined where nothing flows
    std::int64_t first_entry = 0;
    std::int64_t last_entry = 0;
  };
  [[nodiscard]] Gradient trace_gradient(const std::vector<Tensor>& inputs) const;
  [[nodiscard]] std::vector<Tensor> float_captures() const;
  [[nodiscard]] Parts parts_with_captures() const;
  [[nodiscard]] GraphCut cut() const;

  std::shared_ptr<TraceRecord> record_;
  Parts parts_;
  std::unique_ptr<const Gradient> gradient_;  ///< of a differentiable body
  mutable std::recursive_mutex mutex_;
  mutable std::unique_ptr<const Executable> executable_;
  mutable std::shared_ptr<const FunctionBody> differentiable_;
  mutable std::shared_ptr<const FunctionBody> with_captures_;
  mutable std::shared_ptr<const FunctionBody> with_residuals_;
  mutable std::map<std::vector<bool>, Backward> backwards_;
};

/// While it lives, ops of this thread go to `tracer`, and nobody else hears of them.
class TracingScope {
 public:
  explicit TracingScope(Tracer* tracer);
  ~TracingScope();
  TracingScope(const TracingScope&) = delete;
  TracingScope& operator=(const TracingScope&) = delete;

 private:
  struct Frames;
  std::unique_ptr<Frames> frames_;
};

/// A body as a field of an op's options: the text of its `pure_graph`; what is read back can be run
/// and called, but not differentiated. See nested_graph.hpp.
std::string to_text(const std::shared_ptr<const FunctionBody>& body);
bool from_text(std::string_view text, std::shared_ptr<const FunctionBody>& body);

/// What calls a body: an op that tapes hear of.
struct FunctionCallOptions {
  static constexpr const char* kName = "FunctionCallOptions";
  std::shared_ptr<const FunctionBody> body;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("function", self.body);
  }
};
extern OpDef function_call_op;

/// Calls a body so that whoever listens or traces hears of one op; gives its own outputs alone.
Tensors call_body(const std::shared_ptr<const FunctionBody>& body, std::span<const Tensor> inputs);

}  // namespace saem
