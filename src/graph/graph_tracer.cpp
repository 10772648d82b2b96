#include "graph/graph_tracer.hpp"

#include <algorithm>
#include <atomic>

#include "autodiff/variable_state.hpp"
#include "base/message.hpp"
#include "core/registry.hpp"
#include "core/tensor_impl.hpp"
#include "core/thread_state.hpp"

namespace saem {
namespace {

/// Marks of all graph tracers are different, and below those of batch tracers: whose a symbolic
/// tensor is can be asked.
std::int64_t fresh_symbol() {
  static std::atomic<std::int64_t> next{0};
  return next.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace

Tensor GraphTracer::make(const TensorSpec& spec, Device device) {
  const std::int64_t symbol = fresh_symbol();
  Tensor tensor = make_symbolic(spec, symbol);
  tensor.impl()->device = device;
  return tensor;
}

Tensor GraphTracer::add_input(const TensorSpec& spec, Device device) {
  Tensor input = make(spec, device);
  makers_.emplace(input.impl()->symbol, -1);
  return input;
}

bool GraphTracer::is_own(const Tensor& tensor) const {
  return makers_.contains(tensor.impl()->symbol);
}

std::int64_t GraphTracer::maker_index(const Tensor& tensor) const {
  if (!tensor.is_symbolic()) return -1;
  const auto found = makers_.find(tensor.impl()->symbol);
  return found == makers_.end() ? -1 : found->second;
}

const GraphTracer::Entry* GraphTracer::maker(const Tensor& tensor) const {
  const std::int64_t index = maker_index(tensor);
  return index < 0 ? nullptr : &entries_[static_cast<std::size_t>(index)];
}

Tensor GraphTracer::own(const Tensor& tensor) {
  if (!tensor.defined() || !tensor.is_symbolic() || is_own(tensor)) return tensor;
  for (const Capture& capture : captures_) {
    if (capture.outer.impl() == tensor.impl()) return capture.inner;
  }
  Tensor inner = add_input({tensor.dtype(), tensor.shape()}, tensor.device());
  captures_.push_back({tensor, inner});
  return inner;
}

Tensors GraphTracer::on_op(const OpCall& call, const TensorSpecs& specs) {
  const auto index = static_cast<std::int64_t>(entries_.size());
  Tensors inputs;
  for (const Tensor& input : call.inputs) inputs.push_back(own(input));
  const Device device = device_of_outputs(call);
  Tensors outputs;
  for (const TensorSpec& spec : specs) outputs.push_back(make(spec, device));
  entries_.push_back({&call.op, Attributes(call.attributes), std::move(inputs), outputs,
                      current_scope(), calling_code()});
  for (const Tensor& output : outputs) makers_.emplace(output.impl()->symbol, index);
  return outputs;
}

GraphTracer::TracedVariable& GraphTracer::traced(const void* variable) {
  const auto [place, fresh] = variable_places_.emplace(variable, variables_.size());
  if (fresh) variables_.push_back({Variable::State::variable(variable), {}, {}, false, {}});
  return variables_[place->second];
}

Tensor GraphTracer::on_read(const void* variable, const Tensor& value) {
  TracedVariable& state = traced(variable);
  if (!state.current.defined()) {
    state.entry = add_input({value.dtype(), value.shape()}, value.device());
    state.current = state.entry;
  }
  const auto is_current = [&](const Tensor& tensor) {
    return tensor.impl() == state.current.impl();
  };
  const bool known = (state.entry.defined() && is_current(state.entry)) ||
                     std::any_of(state.later.begin(), state.later.end(), is_current);
  if (!known) state.later.push_back(state.current);
  return state.current;
}

bool GraphTracer::on_assign(const void* variable, const Tensor&, const Tensor& value) {
  // As in eager calls no gradient flows through an assignment: the variable's value is a new one.
  static const OpDef& cut = *find_op("stop_gradient");
  const Tensor given[] = {own(value)};
  Tensor fresh = on_op({cut, given, {}}, {{value.dtype(), value.shape()}})[0];
  TracedVariable& state = traced(variable);
  state.current = std::move(fresh);
  state.assigned = true;
  return true;
}

}  // namespace saem
