// How a derivative is carried forwards through an op that says only how it is carried back.
#include <algorithm>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/broadcast.hpp>
#include <saem/ops/creation.hpp>

#include "autodiff/forward_recorder.hpp"
#include "autodiff/recorder.hpp"

namespace saem {
namespace {

/// Whether output element i depends on the moving inputs' elements i alone, so that the Jacobian is
/// its own transpose. (Not for complex numbers, where the transpose is conjugated too.)
bool is_diagonal(const JvpCall& call) {
  if (!call.op.has(kElementwise) || call.op.vjp == nullptr || call.outputs.size() != 1 ||
      call.outputs[0].dtype().is_complex()) {
    return false;
  }
  for (std::size_t i = 0; i < call.inputs.size(); ++i) {
    if (call.tangents[i].defined() && call.input(i).dtype() != call.outputs[0].dtype()) {
      return false;
    }
  }
  return true;
}

/// The vjp of each moving input, of its tangent, added up. Moving inputs are broadcast first:
/// nothing is then left for the rule to sum over.
Tensors diagonal(const JvpCall& call) {
  const Shape& shape = call.outputs[0].shape();
  Tensors inputs(call.inputs.begin(), call.inputs.end());
  Tensors tangents(call.tangents.begin(), call.tangents.end());
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!tangents[i].defined() || inputs[i].shape() == shape) continue;
    inputs[i] = broadcast_to(inputs[i], shape);
    tangents[i] = broadcast_to(tangents[i], shape);
  }
  Tensor sum;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!tangents[i].defined()) continue;
    SmallVector<bool, 4> needed(inputs.size(), false);
    needed[i] = true;
    const Tensors moved = call.op.vjp({{call.op, inputs, call.attributes},
                                       call.outputs,
                                       std::span<const Tensor>(&tangents[i], 1),
                                       needed});
    if (!moved[i].defined()) continue;
    sum = sum.defined() ? sum + moved[i] : moved[i];
  }
  return {sum};
}

/// The op's composition, run once more with an accumulator of its own.
Tensors through_composition(const JvpCall& call) {
  ForwardAccumulator::Recorder inner;
  for (std::size_t i = 0; i < call.inputs.size(); ++i) {
    if (call.tangents[i].defined()) inner.watch(call.input(i), call.tangents[i]);
  }
  inner.start_listening();
  const Tensors outputs = call.op.compose(call);
  inner.stop_listening();
  Tensors moved;
  for (const Tensor& output : outputs) moved.push_back(inner.tangent(output));
  return moved;
}

/// vjp(u) = J^T u is linear in u, and the transpose of a linear map is its own vjp: so that of
/// u -> J^T u, of the tangent, is J times the tangent.
/// Source: J. Townsend, "A new trick for calculating Jacobian vector products" (2017).
Tensors transposed_twice(const JvpCall& call) {
  GradientTape::Recorder inner({.persistent = true, .watch_accessed_variables = false});
  Tensors cotangents;
  std::vector<Tensor> sources;
  for (const Tensor& output : call.outputs) {
    // Ones, not zeros: a rule may treat positive and negative gradients apart.
    cotangents.push_back(output.dtype().is_differentiable() ? ones_like(output) : Tensor());
    if (!cotangents.back().defined()) continue;
    inner.watch(cotangents.back(), "cotangent");
    sources.push_back(cotangents.back());
  }
  if (sources.empty()) return {};
  SmallVector<bool, 4> needed;
  for (const Tensor& tangent : call.tangents) needed.push_back(tangent.defined());
  inner.start_listening();
  const Tensors pulled =
      call.op.vjp({{call.op, call.inputs, call.attributes}, call.outputs, cotangents, needed});
  inner.stop_listening();
  GradientMap gradients;
  for (std::size_t i = 0; i < pulled.size(); ++i) {
    if (needed[i] && pulled[i].defined()) accumulate(gradients, pulled[i], call.tangents[i]);
  }
  inner.backward(gradients, sources);
  Tensors moved;
  for (const Tensor& cotangent : cotangents) {
    const auto found = cotangent.defined() ? gradients.find(cotangent.impl()) : gradients.end();
    moved.push_back(found == gradients.end() ? Tensor() : found->second);
  }
  return moved;
}

}  // namespace

Tensors forward_rule(const JvpCall& call) {
  if (std::none_of(call.outputs.begin(), call.outputs.end(),
                   [](const Tensor& output) { return output.dtype().is_differentiable(); })) {
    return {};
  }
  if (call.op.jvp != nullptr) return call.op.jvp(call);
  if (is_diagonal(call)) return diagonal(call);
  return call.op.vjp == nullptr ? through_composition(call) : transposed_twice(call);
}

}  // namespace saem
