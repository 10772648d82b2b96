#include <algorithm>
#include <atomic>
#include <saem/graph/function.hpp>

#include "autodiff/variable_state.hpp"
#include "base/message.hpp"
#include "core/thread_state.hpp"
#include "graph/concrete_function.hpp"
#include "graph/retracing.hpp"
#include "graph/trace_body.hpp"

namespace saem {

namespace {
std::atomic<bool> runs_eagerly{false};
}

void config::run_functions_eagerly(bool run_eagerly) { runs_eagerly = run_eagerly; }
bool config::functions_run_eagerly() { return runs_eagerly.load(std::memory_order_relaxed); }

struct InitScope::Frames {
  TracingScope outside{nullptr};
};
InitScope::InitScope() : frames_(std::make_unique<Frames>()) {}
InitScope::~InitScope() = default;
InitScope init_scope() { return InitScope(); }

namespace detail {

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

/// What a function has been called with so far.
struct FunctionCore::State {
  FunctionOptions options;
  std::source_location place;
  std::recursive_mutex mutex;
  std::vector<std::unique_ptr<Concrete>> concretes;
  std::atomic<Concrete*> latest{nullptr};        ///< what the latest call used
  std::atomic<const Concrete*> traced{nullptr};  ///< what was traced last
  std::atomic<int> traces{0};
  bool tracing = false;
  RetracingWatch retracing;
};

FunctionCore::FunctionCore(FunctionOptions options, std::source_location place)
    : state_(std::make_unique<State>()) {
  const std::vector<PassInfo> passes = graph_passes();
  for (const std::string& name : options.disabled_passes) {
    const bool known = std::any_of(passes.begin(), passes.end(),
                                   [&](const PassInfo& pass) { return pass.name == name; });
    if (!known) {
      raise<ValueError>("function",
                        "there is no pass '{}' to leave out; tf::graph_passes() lists them", name);
    }
  }
  state_->options = std::move(options);
  state_->place = place;
}

FunctionCore::~FunctionCore() = default;

const FunctionOptions& FunctionCore::options() const { return state_->options; }
int FunctionCore::trace_count() const { return state_->traces; }

namespace {

void check_signature(const FunctionOptions& options, const FunctionArguments& arguments) {
  const std::vector<TensorSpec>& wanted = options.input_signature;
  if (wanted.empty()) return;
  const char* name = options.name.c_str();
  if (arguments.tensors.size() != wanted.size()) {
    raise<ValueError>(name, "input_signature has {} tensors, the call has {}", wanted.size(),
                      arguments.tensors.size());
  }
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const Tensor& tensor = arguments.tensors[i];
    bool fits = tensor.dtype() == wanted[i].dtype && tensor.rank() == wanted[i].shape.rank();
    for (int axis = 0; fits && axis < tensor.rank(); ++axis) {
      fits = wanted[i].shape[axis] == -1 || wanted[i].shape[axis] == tensor.shape()[axis];
    }
    if (!fits) {
      raise<ValueError>(name, "argument {} is {} {}, input_signature says {} {}", i,
                        tensor.dtype().name(), tensor.shape().to_string(), wanted[i].dtype.name(),
                        wanted[i].shape.to_string());
    }
  }
}

/// Calls the user's function with symbolic tensors and makes a body of what it did.
std::unique_ptr<FunctionCore::Concrete> trace_concrete(const FunctionOptions& options,
                                                       const FunctionArguments& arguments,
                                                       const FunctionCore::Trace& trace) {
  auto concrete = std::make_unique<FunctionCore::Concrete>();
  concrete->statics = arguments.statics;
  std::vector<BodyInput> inputs;
  FunctionBody::Parts parts;
  parts.name = options.name;
  for (std::size_t i = 0; i < arguments.tensors.size(); ++i) {
    inputs.push_back(like(arguments.tensors[i]));
    concrete->specs.push_back(inputs.back().spec);
    concrete->devices.push_back(inputs.back().device);
    parts.input_names.push_back("x" + std::to_string(i));
  }
  TracedFunction traced = saem::trace_function(
      inputs, [&](std::span<const Tensor> symbolic) { return trace(symbolic, concrete->result); });
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

}  // namespace

FunctionCore::Concrete& FunctionCore::concrete_for(const FunctionArguments& arguments,
                                                   const Trace& trace) {
  Concrete* latest = state_->latest.load(std::memory_order_acquire);
  if (latest != nullptr && latest->fits(arguments)) [[likely]] {
    state_->retracing.hit();
    return *latest;
  }
  const std::scoped_lock lock(state_->mutex);
  for (const auto& concrete : state_->concretes) {
    if (concrete->fits(arguments)) {
      state_->latest = concrete.get();
      state_->retracing.hit();
      return *concrete;
    }
  }
  check_signature(state_->options, arguments);
  if (state_->tracing) {
    raise<ValueError>(state_->options.name.c_str(),
                      "calls itself while it is being traced, which would never end; write the "
                      "recursion as tf::while_loop");
  }
  std::unique_ptr<Concrete> concrete;
  {
    struct Mark {
      bool& flag;
      explicit Mark(bool& f) : flag(f) { flag = true; }
      ~Mark() { flag = false; }
    } const mark(state_->tracing);
    concrete = trace_concrete(state_->options, arguments, trace);
  }
  concrete->disabled_passes = state_->options.disabled_passes;
  ++state_->traces;
  if (!state_->concretes.empty()) {
    state_->retracing.missed(state_->options, *state_->concretes.back(), *concrete);
  }
  Concrete& added = *concrete;
  state_->concretes.push_back(std::move(concrete));
  state_->traced = &added;
  // A trace that uses tensors of a function around it is good for this call alone.
  if (added.captures.empty()) {
    state_->latest = &added;
  } else {
    added.statics += "\n used once";
  }
  return added;
}

FunctionCore::Outcome FunctionCore::call(const FunctionArguments& arguments, const Trace& trace) {
  Concrete& concrete = concrete_for(arguments, trace);
  Outcome outcome{{}, &concrete.result};
  if (thread_state.tracer == nullptr && !thread_state.heard()) [[likely]] {
    outcome.tensors = concrete.plan().run(arguments.tensors);
    return outcome;
  }
  const FunctionBody::Parts& parts = concrete.body->parts();
  Tensors inputs(arguments.tensors.begin(), arguments.tensors.end());
  for (const Tensor& capture : concrete.captures) inputs.push_back(capture);
  for (const Variable& variable : parts.variables) inputs.push_back(variable.value());
  outcome.tensors = call_body(concrete.body, inputs);
  const PauseListeners quiet;
  for (std::size_t i = 0; i < parts.updates.size(); ++i) {
    const auto variable = static_cast<std::size_t>(parts.updates[i].variable);
    Variable::State::of(parts.variables[variable])
        .set(outcome.tensors[parts.outputs.size() + i], "assign");
  }
  outcome.tensors.resize(parts.outputs.size());
  return outcome;
}

void FunctionCore::prepare(const FunctionArguments& arguments, const Trace& trace) {
  (void)concrete_for(arguments, trace).plan();
}

const Graph& FunctionCore::graph(bool optimized) const {
  const Concrete* traced = state_->traced;
  if (traced == nullptr) {
    raise<ValueError>(state_->options.name.c_str(),
                      "has not been traced yet, so there is no graph; call it first");
  }
  return optimized ? traced->plan().graph() : traced->traced_graph();
}

std::vector<const Graph*> FunctionCore::traced_graphs() const {
  const std::scoped_lock lock(state_->mutex);
  std::vector<const Graph*> graphs;
  for (const auto& concrete : state_->concretes) {
    if (concrete->captures.empty()) graphs.push_back(&concrete->traced_graph());
  }
  return graphs;
}

std::string FunctionCore::explain() const {
  (void)graph(true);  // throws if there is none
  return state_->traced.load()->explain();
}

Profile FunctionCore::profile(const FunctionArguments& arguments, const Trace& trace, int runs) {
  if (runs < 1) {
    raise<ValueError>(state_->options.name.c_str(), "profile needs at least one run, got {}", runs);
  }
  return concrete_for(arguments, trace).profile(arguments.tensors, runs);
}

}  // namespace detail
}  // namespace saem
