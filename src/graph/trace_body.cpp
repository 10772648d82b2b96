// The functions inside control flow: traced into graphs of their own, whose every input is named.
#include "graph/trace_body.hpp"

#include <algorithm>
#include <saem/ops/creation.hpp>
#include <saem/ops/identity.hpp>
#include <unordered_set>

#include "autodiff/variable_state.hpp"
#include "base/message.hpp"
#include "core/tensor_impl.hpp"
#include "core/thread_state.hpp"
#include "graph/control_flow_ops.hpp"

namespace saem {

BodyInput like(const Tensor& tensor) { return {{tensor.dtype(), tensor.shape()}, tensor.device()}; }

TracedFunction trace_function(
    std::span<const BodyInput> inputs,
    const std::function<std::vector<Tensor>(std::span<const Tensor>)>& function) {
  TracedFunction traced{std::make_shared<TraceRecord>(), {}, {}};
  GraphTracer& tracer = traced.record->tracer;
  for (const BodyInput& input : inputs) {
    traced.inputs.push_back(tracer.add_input(input.spec, input.device));
  }
  {
    const TracingScope scope(&tracer);
    traced.outputs = function(traced.inputs);
  }
  for (Tensor& output : traced.outputs) output = tracer.own(output);
  return traced;
}

std::string TracedBodies::add(std::string name, std::span<const BodyInput> inputs,
                              const detail::BodyFunction& function) {
  std::string structure;
  functions_.push_back(trace_function(inputs, [&](std::span<const Tensor> symbolic) {
    detail::BodyResult result = function(symbolic);
    structure = std::move(result.structure);
    return std::move(result.tensors);
  }));
  names_.push_back(std::move(name));
  return structure;
}

TracedBodies::Entries TracedBodies::entries_of(const Variable& variable) const {
  Entries entries{variable, {}};
  for (const TracedFunction& function : functions_) {
    Tensor inner;
    for (const GraphTracer::TracedVariable& state : function.record->tracer.variables()) {
      if (state.variable.id() == variable.id()) inner = state.entry;
    }
    if (!inner.defined()) {
      inner = function.record->tracer.add_input({variable.dtype(), variable.shape()},
                                                variable.device());
    }
    entries.inner.push_back(inner);
  }
  return entries;
}

void TracedBodies::collect() {
  std::unordered_set<const TensorImpl*> known;
  std::unordered_set<const void*> known_variables;
  for (const TracedFunction& function : functions_) {
    for (const GraphTracer::TracedVariable& state : function.record->tracer.variables()) {
      if (!state.assigned || !known_variables.insert(state.variable.id()).second) continue;
      assigned_.push_back(state.variable);
      assigned_entries_.push_back(entries_of(state.variable));
    }
  }
  const auto take = [&](const Tensor& tensor) {
    if (!known.insert(tensor.impl()).second) return;
    outer_.push_back(tensor);
    std::vector<Tensor> inner;
    for (const TracedFunction& other : functions_)
      inner.push_back(other.record->tracer.own(tensor));
    outer_in_.push_back(std::move(inner));
  };
  const auto take_value = [&](const Tensor& tensor) {
    if (!tensor.is_symbolic() && tensor.dtype().is_differentiable()) take(tensor);
  };
  for (const TracedFunction& function : functions_) {
    const GraphTracer& tracer = function.record->tracer;
    const std::vector<GraphTracer::Capture> captures = tracer.captures();
    for (const GraphTracer::Capture& capture : captures) take(capture.outer);
    for (const GraphTracer::Entry& entry : tracer.entries()) {
      for (const Tensor& input : entry.inputs) take_value(input);
    }
    for (const Tensor& output : function.outputs) take_value(output);
    for (const GraphTracer::TracedVariable& state : tracer.variables()) {
      if (known_variables.insert(state.variable.id()).second) {
        read_.push_back(entries_of(state.variable));
      }
    }
  }
}

Tensors TracedBodies::constants() const {
  Tensors values(outer_.begin(), outer_.end());
  for (const Entries& entries : read_) values.push_back(entries.variable.value());
  return values;
}

std::vector<Tensor> TracedBodies::constants_in(std::size_t i) const {
  std::vector<Tensor> inner;
  for (const std::vector<Tensor>& outer : outer_in_) inner.push_back(outer[i]);
  for (const Entries& entries : read_) inner.push_back(entries.inner[i]);
  return inner;
}

Tensors TracedBodies::assigned_values() const {
  Tensors values;
  for (const Variable& variable : assigned_) values.push_back(variable.value());
  return values;
}

std::vector<Tensor> TracedBodies::assigned_at_start(std::size_t i) const {
  std::vector<Tensor> values;
  for (const Entries& entries : assigned_entries_) values.push_back(entries.inner[i]);
  return values;
}

std::vector<Tensor> TracedBodies::assigned_at_end(std::size_t i) const {
  std::vector<Tensor> values = assigned_at_start(i);
  for (const GraphTracer::TracedVariable& state : functions_[i].record->tracer.variables()) {
    for (std::size_t k = 0; k < assigned_.size(); ++k) {
      if (state.assigned && state.variable.id() == assigned_[k].id()) values[k] = state.current;
    }
  }
  return values;
}

void TracedBodies::assign(std::span<const Tensor> values) const {
  const PauseListeners quiet;
  for (std::size_t i = 0; i < assigned_.size(); ++i) {
    Variable::State::of(assigned_[i]).set(values[i], "assign");
  }
}

std::vector<Tensor> TracedBodies::draws(std::size_t i) const {
  std::vector<Tensor> draws;
  for (const GraphTracer::Entry& entry : functions_[i].record->tracer.entries()) {
    for (const Tensor& drawn : drawn_by(entry)) draws.push_back(drawn);
  }
  return draws;
}

bool TracedBodies::is_stateful() const {
  return std::any_of(functions_.begin(), functions_.end(), [](const TracedFunction& function) {
    const auto& entries = function.record->tracer.entries();
    return std::any_of(entries.begin(), entries.end(),
                       [](const GraphTracer::Entry& entry) { return entry.op->has(kStateful); });
  });
}

Tensor TracedBodies::zeros_in(std::size_t i, const Tensor& tensor) const {
  const TracingScope scope(&functions_[i].record->tracer);
  const DeviceScope beside(tensor.device());
  return zeros(tensor.shape(), tensor.dtype());
}

std::shared_ptr<const FunctionBody> TracedBodies::body(std::size_t i, std::vector<Tensor> inputs,
                                                       std::vector<Tensor> outputs) const {
  const TracedFunction& function = functions_[i];
  FunctionBody::Parts parts;
  parts.name = names_[i];
  parts.inputs = std::move(inputs);
  parts.input_names.resize(parts.inputs.size());
  parts.outputs = std::move(outputs);
  for (const GraphTracer::TracedVariable& state : function.record->tracer.variables()) {
    for (std::size_t k = 0; k < assigned_.size(); ++k) {
      if (assigned_[k].id() != state.variable.id()) continue;
      const Tensor& entry = assigned_entries_[k].inner[i];
      const auto place =
          std::find_if(parts.inputs.begin(), parts.inputs.end(),
                       [&](const Tensor& input) { return input.impl() == entry.impl(); });
      for (const Tensor& later : state.later) {
        parts.later_values.emplace_back(static_cast<std::size_t>(place - parts.inputs.begin()),
                                        later);
      }
    }
  }
  parts.last_entry = static_cast<std::int64_t>(function.record->tracer.entries().size());
  return std::make_shared<const FunctionBody>(function.record, std::move(parts));
}

std::span<const Tensor> drawn_by(const GraphTracer::Entry& entry) {
  if (!entry.op->has(kStateful)) return {};
  const std::span<const Tensor> outputs = entry.outputs;
  return outputs.last(draws_of(*entry.op, entry.attributes, outputs.size()));
}

std::shared_ptr<const FunctionBody> replay_body(const FunctionBody& body, std::size_t draws,
                                                std::size_t before) {
  const FunctionBody::Parts& parts = body.parts();
  const std::size_t results = parts.outputs.size() - draws;
  std::vector<BodyInput> inputs;
  for (const Tensor& input : parts.inputs) inputs.push_back(like(input));
  for (const Tensor& drawn : std::span(parts.outputs).last(draws)) inputs.push_back(like(drawn));
  TracedFunction traced = trace_function(inputs, [&](std::span<const Tensor> symbolic) {
    std::span<const Tensor> left = symbolic.last(draws - before);
    const auto once_more = [&](const GraphTracer::Entry& entry, std::span<const Tensor> given) {
      if (!entry.op->has(kStateful)) return apply(*entry.op, given, entry.attributes);
      const std::size_t count = drawn_by(entry).size();
      const std::span<const Tensor> drawn = left.first(count);
      left = left.subspan(count);
      if (!entry.op->has(kCallsGraph)) return Tensors(drawn.begin(), drawn.end());
      const Replay call = replay({*entry.op, given, entry.attributes}, drawn);
      Tensors outputs = apply(*call.op, call.inputs, call.attributes);
      for (const Tensor& tensor : drawn) outputs.push_back(tensor);
      return outputs;
    };
    const Tensors outputs = body.interpret(symbolic.first(parts.inputs.size()), once_more);
    return std::vector<Tensor>(outputs.begin(),
                               outputs.begin() + static_cast<std::ptrdiff_t>(results));
  });
  FunctionBody::Parts made;
  made.name = parts.name;
  made.inputs = std::move(traced.inputs);
  made.input_names.resize(made.inputs.size());
  made.outputs = std::move(traced.outputs);
  made.last_entry = static_cast<std::int64_t>(traced.record->tracer.entries().size());
  return std::make_shared<const FunctionBody>(traced.record, std::move(made));
}

Replay replay(const OpCall& call, std::span<const Tensor> drawn) {
  if (call.op.has(kStateful)) {
    if (&call.op == &stateful_cond_op) return replay_cond(call, drawn);
    return replay_loop(call, drawn);
  }
  return {&call.op, Attributes(call.attributes), Tensors(call.inputs.begin(), call.inputs.end())};
}

std::size_t draws_of(const OpDef& op, AttributesRef attributes, std::size_t outputs) {
  if (!op.has(kStateful)) return 0;
  if (&op == &stateful_cond_op) {
    std::size_t count = 0;
    for (const std::size_t draws : attributes.as<CondOptions>().draws) count += draws;
    return count;
  }
  if (&op == &stateful_while_loop_op || &op == &stateful_scan_op) {
    const auto& options = attributes.as<LoopOptions>();
    return options.draws + (options.counts ? 1 : 0);
  }
  return outputs;
}

Tensors renamed(Tensors outputs, std::span<const Tensor> inputs) {
  for (Tensor& output : outputs) {
    const bool handed_through = std::any_of(inputs.begin(), inputs.end(), [&](const Tensor& input) {
      return input.impl() == output.impl();
    });
    if (handed_through) output = identity(output);
  }
  return outputs;
}

}  // namespace saem
