#include <algorithm>
#include <saem/autodiff/forward.hpp>
#include <saem/ops/creation.hpp>

#include "autodiff/forward_recorder.hpp"
#include "autodiff/variable_state.hpp"
#include "base/message.hpp"
#include "core/tensor_impl.hpp"
#include "core/thread_state.hpp"

namespace saem {
namespace {

constexpr const char* kName = "ForwardAccumulator";

void check_tangent(DType dtype, const Shape& shape, const Tensor& tangent) {
  if (!dtype.is_differentiable()) {
    raise<DTypeError>(kName, "needs a floating-point primal, got {}; tf::cast it", dtype.name());
  }
  if (tangent.dtype() != dtype) {
    raise<DTypeError>(kName, "the tangent is {}, its primal {}; they must be alike",
                      tangent.dtype().name(), dtype.name());
  }
  if (tangent.shape() != shape) {
    raise<ShapeError>(kName, "the tangent has shape {}, its primal {}; they must be alike",
                      tangent.shape().to_string(), shape.to_string());
  }
}

void check_count(std::size_t primals, std::size_t tangents) {
  if (primals != tangents) {
    raise<ValueError>(kName, "{} tangents for {} primals; give one for each", tangents, primals);
  }
}

/// Those who hear the ops that `self` computes tangents with: tapes, and the accumulators around
/// it. Not `self` and those inside it, or they would differentiate each other for ever.
ListenerList outside_of(const OpListener* self) {
  ListenerList listeners = ListenerFrame::present();
  const auto* place = std::find(listeners.begin(), listeners.end(), self);
  listeners.resize(static_cast<std::size_t>(place - listeners.begin()));
  return listeners;
}

}  // namespace

void ForwardAccumulator::Recorder::on_op(const OpCall& call, std::span<const Tensor> outputs) {
  if (!call.op.differentiable()) return;
  Tensors tangents;
  bool any = false;
  for (const Tensor& input : call.inputs) {
    tangents.push_back(tangent(input));
    any = any || tangents.back().defined();
  }
  if (!any) return;
  const ListenerFrame frame(outside_of(this));
  const Tensors moved = forward_rule({{call.op, call.inputs, call.attributes}, outputs, tangents});
  for (std::size_t i = 0; i < moved.size(); ++i) {
    if (moved[i].defined()) remember(outputs[i], moved[i]);
  }
}

void ForwardAccumulator::Recorder::on_read(const void* variable, const Tensor& value, bool) {
  const auto found = variables_.find(variable);
  if (found != variables_.end()) remember(value, found->second.tangent);
}

void ForwardAccumulator::Recorder::watch(const Tensor& primal, const Tensor& tangent) {
  check_tangent(primal.dtype(), primal.shape(), tangent);
  remember(primal, tangent);
}

void ForwardAccumulator::Recorder::watch(const Variable& primal, const Tensor& tangent) {
  check_tangent(primal.dtype(), primal.shape(), tangent);
  variables_.emplace(primal.id(), MovingVariable{primal, tangent});
}

Tensor ForwardAccumulator::Recorder::tangent(const Tensor& tensor) const {
  const auto found = tensors_.find(tensor.impl());
  return found == tensors_.end() ? Tensor() : found->second.tangent;
}

void ForwardAccumulator::Recorder::remember(const Tensor& primal, const Tensor& tangent) {
  tensors_.insert_or_assign(primal.impl(), Moving{primal, tangent});
  if (tensors_.size() >= next_sweep_) forget_unreachable();
}

void ForwardAccumulator::Recorder::forget_unreachable() {
  std::erase_if(tensors_, [](const auto& entry) { return entry.first->references == 1; });
  next_sweep_ = std::max<std::size_t>(64, 2 * tensors_.size());
}

ForwardAccumulator::ForwardAccumulator(const Tensor& primal, const Tensor& tangent)
    : recorder_(std::make_unique<Recorder>()) {
  recorder_->watch(primal, tangent);
  recorder_->start_listening();
}

ForwardAccumulator::ForwardAccumulator(const Variable& primal, const Tensor& tangent)
    : recorder_(std::make_unique<Recorder>()) {
  recorder_->watch(primal, tangent);
  recorder_->start_listening();
}

ForwardAccumulator::ForwardAccumulator(const std::vector<Tensor>& primals,
                                       const std::vector<Tensor>& tangents)
    : recorder_(std::make_unique<Recorder>()) {
  check_count(primals.size(), tangents.size());
  for (std::size_t i = 0; i < primals.size(); ++i) recorder_->watch(primals[i], tangents[i]);
  recorder_->start_listening();
}

ForwardAccumulator::ForwardAccumulator(const std::vector<Variable>& primals,
                                       const std::vector<Tensor>& tangents)
    : recorder_(std::make_unique<Recorder>()) {
  check_count(primals.size(), tangents.size());
  for (std::size_t i = 0; i < primals.size(); ++i) recorder_->watch(primals[i], tangents[i]);
  recorder_->start_listening();
}

ForwardAccumulator::~ForwardAccumulator() = default;

Tensor ForwardAccumulator::jvp(const Tensor& value,
                               UnconnectedGradients unconnected_gradients) const {
  Tensor tangent = recorder_->tangent(value);
  if (!tangent.defined() && unconnected_gradients == UnconnectedGradients::kZero) {
    const PauseListeners quiet;
    tangent = zeros_like(value);
  }
  return tangent;
}

std::vector<Tensor> ForwardAccumulator::jvp(const std::vector<Tensor>& values,
                                            UnconnectedGradients unconnected_gradients) const {
  std::vector<Tensor> tangents;
  tangents.reserve(values.size());
  for (const Tensor& value : values) tangents.push_back(jvp(value, unconnected_gradients));
  return tangents;
}

void ForwardAccumulator::stop_recording() noexcept { recorder_->stop_listening(); }

}  // namespace saem
