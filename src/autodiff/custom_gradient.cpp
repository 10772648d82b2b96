#include <algorithm>
#include <limits>
#include <saem/autodiff/custom_gradient.hpp>
#include <saem/autodiff/tape.hpp>
#include <saem/core/op.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/identity.hpp>
#include <saem/ops/reduce.hpp>

#include "autodiff/variable_state.hpp"
#include "base/message.hpp"
#include "core/thread_state.hpp"
#include "ops/rules.hpp"

namespace saem {
namespace {

/// dL/d(inputs of the op) from dL/d(its outputs).
using Rule = SliceFunction;

struct CustomGradientOptions {
  static constexpr const char* kName = "CustomGradientOptions";
  static constexpr bool kSerializable = false;  // no text holds a function
  Rule rule = {};
  int outputs = 0;  ///< the last so many inputs are the outputs, computed already
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("outputs", self.outputs);
  }
};

std::span<const Tensor> outputs_of(const OpCall& call) {
  return call.inputs.last(static_cast<std::size_t>(call.options<CustomGradientOptions>().outputs));
}

TensorSpecs infer_custom(const OpCall& call) {
  TensorSpecs specs;
  for (const Tensor& output : outputs_of(call)) specs.push_back({output.dtype(), output.shape()});
  return specs;
}

/// The outputs, under new names: whoever holds the old ones must not be given the gradient.
Tensors compose_custom(const OpCall& call) {
  Tensors outputs;
  for (const Tensor& output : outputs_of(call)) {
    outputs.push_back(identity(output));
  }
  return outputs;
}

Tensors custom_vjp(const VjpCall& call) {
  const auto& options = call.options<CustomGradientOptions>();
  Tensors output_gradients;
  for (std::size_t i = 0; i < call.outputs.size(); ++i) {
    output_gradients.push_back(call.gradient(i).defined() ? call.gradient(i)
                                                          : zeros_like(call.output(i)));
  }
  Tensors gradients = options.rule(output_gradients);
  gradients.resize(call.inputs.size());
  return gradients;
}

/// The rule was written for slices and may hold some: it is called where they are known.
Tensors batch_custom(const BatchCall& call) {
  CustomGradientOptions options = call.options<CustomGradientOptions>();
  const std::size_t inputs = call.inputs.size() - static_cast<std::size_t>(options.outputs);
  const Rule rule = (*call.lift)(std::move(options.rule));
  std::vector<bool> shared;
  for (std::size_t i = 0; i < inputs; ++i) shared.push_back(!call.batched[i]);
  options.rule = [rule, shared](std::span<const Tensor> output_gradients) {
    Tensors gradients = rule(output_gradients);
    for (std::size_t i = 0; i < gradients.size(); ++i) {
      // What all slices share gets the sum of what they give.
      if (shared[i] && gradients[i].defined()) {
        gradients[i] = reduce_sum(gradients[i], {.axis = 0});
      }
    }
    return gradients;
  };
  Tensors all(call.inputs.begin(), call.inputs.end());
  for (std::size_t i = inputs; i < all.size(); ++i) all[i] = ops::batched_input(call, i);
  return apply(call.op, all, options);
}

constinit OpDef custom_gradient_op{.name = "custom_gradient",
                                   .min_inputs = 0,
                                   .max_inputs = std::numeric_limits<int>::max(),
                                   .traits = 0,
                                   .infer = infer_custom,
                                   .compose = compose_custom,
                                   .vjp = custom_vjp,
                                   .options = &kAttributesType<CustomGradientOptions>,
                                   .batch = batch_custom};

/// Hears which trainable variables are read.
class ReadCollector final : public OpListener {
 public:
  void on_op(const OpCall&, std::span<const Tensor>) override {}
  void on_read(const void* variable, const Tensor& value, bool trainable) override {
    if (!trainable || !value.dtype().is_differentiable()) return;
    const bool known = std::any_of(read.begin(), read.end(),
                                   [&](const Variable& v) { return v.id() == variable; });
    if (!known) read.push_back(Variable::State::variable(variable));
  }
  std::vector<Variable> read;
};

/// Runs `body` where nobody else hears its ops, and gives the trainable variables that it read.
template <class Body>
std::vector<Variable> run_unheard(Body&& body) {
  ReadCollector collector;
  const ListenerFrame frame(ListenerList{&collector});
  body();
  return std::move(collector.read);
}

/// One op from `inputs` and `variables` to `outputs` with the gradient `rule`.
std::vector<Tensor> record(const std::vector<Tensor>& inputs,
                           const std::vector<Variable>& variables,
                           const std::vector<Tensor>& outputs, Rule rule) {
  std::vector<Tensor> all = inputs;
  for (const Variable& variable : variables) all.push_back(variable.value());  // tapes hear of it
  all.insert(all.end(), outputs.begin(), outputs.end());
  const Tensors named =
      apply(custom_gradient_op, all,
            CustomGradientOptions{std::move(rule), static_cast<int>(outputs.size())});
  return {named.begin(), named.end()};
}

}  // namespace

namespace detail {

std::vector<Tensor> apply_custom_gradient(const CustomFunction& function,
                                          const std::vector<Tensor>& inputs) {
  constexpr const char* kName = "custom_gradient";
  CustomForward forward;
  const std::vector<Variable> variables = run_unheard([&] { forward = function(inputs); });
  if (!variables.empty() && !forward.takes_variables) {
    raise<ValueError>(kName,
                      "the function reads variable {}, so its rule must take the variables too: "
                      "rule(dy, variables)",
                      variables[0].name());
  }
  const std::size_t expected = inputs.size() + variables.size();
  Rule rule = [rule = std::move(forward.rule), variables,
               expected](std::span<const Tensor> output_gradients) -> Tensors {
    const std::vector<Tensor> gradients =
        rule({output_gradients.begin(), output_gradients.end()}, variables);
    if (gradients.size() != expected) {
      raise<ValueError>(kName, "the rule gave {} gradients for {} inputs and variables",
                        gradients.size(), expected);
    }
    return {gradients.begin(), gradients.end()};
  };
  return record(inputs, variables, forward.outputs, std::move(rule));
}

std::vector<Tensor> apply_recomputed(const MapFunction& function,
                                     const std::vector<Tensor>& inputs) {
  std::vector<Tensor> outputs;
  const std::vector<Variable> variables = run_unheard([&] { outputs = function(inputs); });
  Rule rule = [function, inputs, variables](std::span<const Tensor> output_gradients) -> Tensors {
    GradientTape tape({.watch_accessed_variables = false});
    std::vector<Tensor> sources;
    for (const Tensor& input : inputs) {
      sources.push_back(input);
      if (input.dtype().is_differentiable()) tape.watch(input);
    }
    for (const Variable& variable : variables) tape.watch(variable);
    const std::vector<Tensor> again = function(inputs);
    GradientOptions options;
    options.output_gradients =
        std::vector<Tensor>(output_gradients.begin(), output_gradients.end());
    for (const Variable& variable : variables) sources.push_back(variable.value());
    const std::vector<Tensor> gradients = tape.gradient(again, sources, options);
    return {gradients.begin(), gradients.end()};
  };
  return record(inputs, variables, outputs, std::move(rule));
}

}  // namespace detail
}  // namespace saem
