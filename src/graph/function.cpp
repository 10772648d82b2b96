#include <algorithm>
#include <atomic>
#include <saem/graph/function.hpp>

#include "autodiff/variable_state.hpp"
#include "base/message.hpp"
#include "core/thread_state.hpp"
#include "graph/concrete_function.hpp"
#include "graph/concrete_functions.hpp"
#include "graph/retracing.hpp"

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

/// What a function has been called with so far.
struct FunctionCore::State {
  FunctionOptions options;
  std::source_location place;
  std::recursive_mutex mutex;
  ConcreteFunctions concretes;
  std::atomic<const Concrete*> latest{nullptr};  ///< what the latest call used, if it is kept
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

/// Whether other sizes than those that were traced are to be expected.
bool sizes_vary(const FunctionOptions& options) {
  const auto is_open = [](const TensorSpec& spec) {
    return std::ranges::find(spec.shape, -1) != spec.shape.end();
  };
  return options.reduce_retracing || std::ranges::any_of(options.input_signature, is_open);
}

}  // namespace

FunctionCore::Found FunctionCore::concrete_for(const FunctionArguments& arguments,
                                               const Trace& trace) {
  const Concrete* latest = state_->latest.load(std::memory_order_acquire);
  if (latest != nullptr && latest->fits(arguments)) [[likely]] {
    state_->retracing.hit();
    return {*latest};
  }
  const std::scoped_lock lock(state_->mutex);
  const FunctionOptions& options = state_->options;
  std::shared_ptr<const Concrete> known = state_->concretes.find(arguments);
  if (known == nullptr) {
    check_signature(options, arguments);
    if (sizes_vary(options)) {
      known = state_->concretes.from_traces(arguments, options.disabled_passes);
    }
  }
  if (known != nullptr) {
    state_->retracing.hit();
    if (!known->from_traces) state_->latest = known.get();
    return {*known, known};
  }
  if (state_->tracing) {
    raise<ValueError>(options.name.c_str(),
                      "calls itself while it is being traced, which would never end; write the "
                      "recursion as tf::while_loop");
  }
  std::shared_ptr<Concrete> added;
  {
    struct Mark {
      bool& flag;
      explicit Mark(bool& f) : flag(f) { flag = true; }
      ~Mark() { flag = false; }
    } const mark(state_->tracing);
    added = trace_concrete(options, arguments, trace);
  }
  ++state_->traces;
  const std::string obstacle =
      sizes_vary(options) ? state_->concretes.learn_from(added) : std::string();
  if (state_->traced != nullptr) {
    state_->retracing.missed(options, *state_->traced, *added, obstacle);
  }
  state_->concretes.add(added);
  state_->traced = added.get();
  // A trace that uses tensors of a function around it is good for this call alone.
  if (added->captures.empty()) {
    state_->latest = added.get();
  } else {
    added->statics += "\n used once";
  }
  return {*added};
}

FunctionCore::Outcome FunctionCore::call(const FunctionArguments& arguments, const Trace& trace) {
  Found found = concrete_for(arguments, trace);
  const Concrete& concrete = found.concrete;
  Outcome outcome{{}, &concrete.result, std::move(found.owner)};
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

void FunctionCore::trace(const FunctionArguments& arguments, const Trace& trace) {
  (void)concrete_for(arguments, trace);
}

void FunctionCore::prepare(const FunctionArguments& arguments, const Trace& trace) {
  (void)concrete_for(arguments, trace).concrete.plan();
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
  for (const auto& concrete : state_->concretes.traced()) {
    if (concrete->captures.empty()) graphs.push_back(&concrete->traced_graph());
  }
  return graphs;
}

std::string FunctionCore::explain() const {
  (void)graph(true);  // throws if there is none
  const std::scoped_lock lock(state_->mutex);
  return state_->traced.load()->explain() + state_->concretes.explain();
}

Profile FunctionCore::profile(const FunctionArguments& arguments, const Trace& trace, int runs) {
  if (runs < 1) {
    raise<ValueError>(state_->options.name.c_str(), "profile needs at least one run, got {}", runs);
  }
  return concrete_for(arguments, trace).concrete.profile(arguments.tensors, runs);
}

}  // namespace detail
}  // namespace saem
