#include "graph/concrete_function.hpp"

#include "autodiff/variable_state.hpp"
#include "graph/passes.hpp"
#include "graph/trace_body.hpp"

namespace saem::detail {

FunctionCore::Concrete::Concrete(const FunctionArguments& arguments) : statics(arguments.statics) {
  for (const Tensor& tensor : arguments.tensors) {
    specs.push_back({tensor.dtype(), tensor.shape()});
    devices.push_back(tensor.device());
  }
}

bool FunctionCore::Concrete::fits(const FunctionArguments& arguments) const {
  if (arguments.tensors.size() != specs.size() || arguments.statics != statics) return false;
  for (std::size_t i = 0; i < specs.size(); ++i) {
    const Tensor& tensor = arguments.tensors[i];
    if (tensor.dtype() != specs[i].dtype || tensor.device() != devices[i] ||
        tensor.shape() != specs[i].shape) {
      return false;
    }
  }
  return true;
}

void FunctionCore::Concrete::trim() const {
  if (const Executable* made = made_plan_.load(std::memory_order_acquire)) made->trim();
}

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

namespace saem {

std::shared_ptr<detail::FunctionCore::Concrete> trace_concrete(
    const FunctionOptions& options, const detail::FunctionArguments& arguments,
    const detail::FunctionCore::Trace& trace) {
  auto concrete = std::make_shared<detail::FunctionCore::Concrete>(arguments);
  concrete->disabled_passes = options.disabled_passes;
  std::vector<BodyInput> inputs;
  FunctionBody::Parts parts;
  parts.name = options.name;
  for (std::size_t i = 0; i < arguments.tensors.size(); ++i) {
    inputs.push_back(like(arguments.tensors[i]));
    parts.input_names.push_back("x" + std::to_string(i));
  }
  TracedFunction traced = trace_function(inputs, [&](std::span<const Tensor> symbolic) {
    detail::FunctionCore::Traced result = trace(symbolic);
    concrete->result = std::move(result.result);
    concrete->result_statics = std::move(result.statics);
    return std::move(result.tensors);
  });
  GraphTracer& tracer = traced.record->tracer;
  parts.inputs = std::move(traced.inputs);
  parts.outputs = std::move(traced.outputs);
  for (const GraphTracer::Capture& capture : tracer.captures()) {
    concrete->captures.push_back(capture.outer);
    parts.inputs.push_back(capture.inner);
    parts.input_names.push_back("captured");
  }
  for (const GraphTracer::TracedVariable& state : tracer.variables()) {
    const Variable& variable = state.variable;
    if (state.assigned) {
      parts.updates.push_back({static_cast<int>(parts.variables.size()), state.current});
    }
    for (const Tensor& later : state.later) {
      parts.later_values.emplace_back(parts.inputs.size(), later);
    }
    parts.variables.push_back(variable);
    parts.inputs.push_back(
        state.entry.defined()
            ? state.entry
            : tracer.add_input({variable.dtype(), variable.shape()}, variable.device()));
    parts.input_names.push_back(variable.name());
  }
  parts.last_entry = static_cast<std::int64_t>(tracer.entries().size());
  concrete->body = std::make_shared<const FunctionBody>(traced.record, std::move(parts));
  return concrete;
}

}  // namespace saem
