#include "autodiff/recorder.hpp"

#include <algorithm>
#include <saem/ops/binary_arith.hpp>
#include <unordered_set>

#include "base/message.hpp"

namespace saem {

void GradientTape::Recorder::on_op(const OpCall& call, std::span<const Tensor> outputs) {
  if (!call.op.differentiable()) return;
  const bool depends = std::any_of(call.inputs.begin(), call.inputs.end(),
                                   [&](const Tensor& t) { return tracks(t); });
  if (!depends) return;
  for (const Tensor& output : outputs) {
    for (const Tensor& input : call.inputs) {
      if (output.impl() == input.impl())
        return;  // handed through: the same tensor, the same gradient
    }
  }
  entries_.push_back({&call.op, Attributes(call.attributes),
                      Tensors(call.inputs.begin(), call.inputs.end()),
                      Tensors(outputs.begin(), outputs.end())});
  for (const Tensor& output : outputs) {
    if (output.dtype().is_differentiable()) tracked_.emplace(output.impl(), true);
  }
}

void GradientTape::Recorder::on_read(const void* variable, const Tensor& value, bool trainable) {
  const auto known = reads_.find(variable);
  if (known == reads_.end()) {
    if (!trainable || !options_.watch_accessed_variables) return;
    watch(Variable::State::variable(variable));
    return;
  }
  std::vector<Tensor>& values = known->second;
  if (!values.empty() && values.back().impl() == value.impl()) return;
  values.push_back(value);
  track(value, Variable::State::variable(variable).name());
}

void GradientTape::Recorder::track(const Tensor& tensor, const std::string& name) {
  if (tracked_.emplace(tensor.impl(), true).second) leaves_.push_back({tensor, name});
}

void GradientTape::Recorder::watch(const Tensor& tensor, const std::string& name) {
  if (!tensor.dtype().is_differentiable()) {
    raise<DTypeError>("GradientTape.watch", "needs a floating-point tensor, got {}; tf::cast it",
                      tensor.dtype().name());
  }
  track(tensor, name);
}

void GradientTape::Recorder::watch(const Variable& variable) {
  if (reads_.contains(variable.id())) return;
  const PauseListeners quiet;
  const Tensor value = variable.value();
  if (!value.dtype().is_differentiable()) return;
  variables_.push_back(variable);  // keeps the identity from being used again
  reads_.emplace(variable.id(), std::vector<Tensor>{value});
  track(value, variable.name());
}

void GradientTape::Recorder::reset() {
  entries_.clear();
  leaves_.clear();
  variables_.clear();
  reads_.clear();
  tracked_.clear();
  used_ = false;
}

std::vector<Tensor> GradientTape::Recorder::values_read(const Variable& variable) const {
  const auto found = reads_.find(variable.id());
  return found == reads_.end() ? std::vector<Tensor>{} : found->second;
}

void accumulate(GradientMap& gradients, const Tensor& tensor, const Tensor& gradient) {
  Tensor& sum = gradients[tensor.impl()];
  sum = sum.defined() ? sum + gradient : gradient;
}

namespace {

using Entry = GradientTape::Recorder::Entry;
using TensorSet = std::unordered_set<const TensorImpl*>;

/// The gradient of an op that has no rule of its own: the rules of what it is composed of, applied
/// in turn.
Tensors differentiate_composition(const VjpCall& call) {
  GradientTape::Recorder inner({.persistent = true, .watch_accessed_variables = false});
  std::vector<Tensor> sources;
  for (std::size_t i = 0; i < call.inputs.size(); ++i) {
    if (!call.needs(i)) continue;
    inner.watch(call.input(i), "input");
    sources.push_back(call.input(i));
  }
  inner.start_listening();
  const Tensors outputs = call.op.compose(call);
  inner.stop_listening();
  GradientMap gradients;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (call.gradient(i).defined()) accumulate(gradients, outputs[i], call.gradient(i));
  }
  inner.backward(gradients, sources);
  Tensors result(call.inputs.size());
  for (std::size_t i = 0; i < call.inputs.size(); ++i) {
    if (!call.needs(i)) continue;
    const auto found = gradients.find(call.input(i).impl());
    if (found == gradients.end()) continue;
    result[i] = found->second;
    gradients.erase(found);  // one tensor in two places: its gradient is counted once
  }
  return result;
}

Tensors input_gradients(const Entry& entry, std::span<const Tensor> output_gradients,
                        std::span<const bool> needed) {
  const VjpCall call{
      {*entry.op, entry.inputs, entry.attributes}, entry.outputs, output_gradients, needed};
  return entry.op->vjp != nullptr ? entry.op->vjp(call) : differentiate_composition(call);
}

void check_gradient(const Entry& entry, const Tensor& input, const Tensor& gradient) {
  if (gradient.shape() != input.shape() || gradient.dtype() != input.dtype()) {
    raise<Error>(entry.op->name, "its gradient rule gave {} {} for an input that is {} {}",
                 gradient.dtype().name(), gradient.shape().to_string(), input.dtype().name(),
                 input.shape().to_string());
  }
}

/// Which tensors lie on a way from a source: others need no gradient.
TensorSet reachable(const std::deque<Entry>& entries, const std::vector<Tensor>& sources) {
  TensorSet set;
  for (const Tensor& source : sources) set.insert(source.impl());
  for (const Entry& entry : entries) {
    const bool depends = std::any_of(entry.inputs.begin(), entry.inputs.end(),
                                     [&](const Tensor& t) { return set.contains(t.impl()); });
    if (!depends) continue;
    for (const Tensor& output : entry.outputs) {
      if (output.dtype().is_differentiable()) set.insert(output.impl());
    }
  }
  return set;
}

}  // namespace

void GradientTape::Recorder::backward(GradientMap& gradients,
                                      const std::vector<Tensor>& sources) const {
  const TensorSet wanted = reachable(entries_, sources);
  TensorSet kept;
  for (const Tensor& source : sources) kept.insert(source.impl());
  for (std::size_t at = entries_.size(); at-- > 0;) {
    const Entry& entry = entries_[at];
    Tensors output_gradients(entry.outputs.size());
    bool any = false;
    for (std::size_t i = 0; i < entry.outputs.size(); ++i) {
      const TensorImpl* output = entry.outputs[i].impl();
      const auto found = gradients.find(output);
      if (found == gradients.end() || !wanted.contains(output)) continue;
      output_gradients[i] = found->second;
      any = true;
      if (!kept.contains(output)) gradients.erase(found);
    }
    if (any) {
      SmallVector<bool, 4> needed;
      for (const Tensor& input : entry.inputs) needed.push_back(wanted.contains(input.impl()));
      const Tensors results = input_gradients(entry, output_gradients, needed);
      for (std::size_t i = 0; i < results.size(); ++i) {
        if (!needed[i] || !results[i].defined()) continue;
        check_gradient(entry, entry.inputs[i], results[i]);
        accumulate(gradients, entry.inputs[i], results[i]);
      }
    }
  }
}

}  // namespace saem
