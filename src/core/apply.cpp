// The one door: every operation of saem passes through this file.
#include "base/message.hpp"
#include "core/registry.hpp"
#include "core/tensor_impl.hpp"
#include "core/thread_state.hpp"

namespace saem {
namespace {

[[gnu::cold]] void check_call(const OpCall& call) {
  const auto count = static_cast<int>(call.inputs.size());
  if (call.op.has_options == call.attributes.empty()) {
    raise<ValueError>(call.op.name, "{}",
                      call.op.has_options ? "needs its options struct"
                                          : "was given options; its OpDef must say has_options");
  }
  if (count < call.op.min_inputs || count > call.op.max_inputs) {
    raise<ValueError>(call.op.name, "takes {} to {} inputs, got {}", call.op.min_inputs,
                      call.op.max_inputs, count);
  }
}

/// The device that all inputs share; the default device for an op without inputs.
Device device_of(const OpCall& call) {
  if (call.inputs.empty()) return {};
  const Device device = call.inputs[0].device();
  for (const Tensor& input : call.inputs.subspan(1)) {
    if (input.device() != device) [[unlikely]] {
      raise<DeviceError>(call.op.name, "inputs lie on {} and {}; move one with .cpu() or .gpu()",
                         device.to_string(), input.device().to_string());
    }
  }
  return device;
}

const Kernel* kernel_for(const OpDef& op, DeviceType device) {
  if (op.kernel(device).run == nullptr) [[unlikely]] {
    ensure_backends();
    if (op.kernel(device).run == nullptr) return nullptr;
  }
  return &op.kernel(device);
}

Tensors run_composition(const OpCall& call) {
  if (call.op.compose == nullptr) {
    raise<DeviceError>(call.op.name, "has neither a kernel for {} nor a composition of other ops",
                       device_of(call).to_string());
  }
  const PauseListeners quiet;  // a tape remembers the op itself, not what it is made of
  return call.op.compose(call);
}

bool all_contiguous(std::span<const Tensor> inputs) {
  for (const Tensor& input : inputs) {
    if (!input.impl()->contiguous) return false;
  }
  return true;
}

Tensor contiguous_copy(const Tensor& tensor) {
  if (tensor.is_contiguous()) return tensor;
  Tensor copy = Tensor::empty(tensor.dtype(), tensor.shape(), tensor.device());
  copy_elements(tensor, copy);
  return copy;
}

Tensors run_kernel(const OpCall& call, TensorSpecs& specs, const Kernel& kernel, Device device) {
  Tensors outputs;
  for (TensorSpec& spec : specs) {
    outputs.push_back(Tensor::empty(spec.dtype, std::move(spec.shape), device));
  }
  if (kernel.takes_strided || all_contiguous(call.inputs)) [[likely]] {
    kernel.run(call, outputs);
    return outputs;
  }
  Tensors packed;
  for (const Tensor& input : call.inputs) packed.push_back(contiguous_copy(input));
  kernel.run({call.op, packed, call.attributes}, outputs);
  return outputs;
}

Tensors run(const OpCall& call, TensorSpecs& specs) {
  const Device device = device_of(call);
  if (call.op.view != nullptr) {
    if (Tensor view = call.op.view(call); view.defined()) return {std::move(view)};
  }
  if (const Kernel* kernel = kernel_for(call.op, device.type)) {
    return run_kernel(call, specs, *kernel, device);
  }
  return run_composition(call);
}

}  // namespace

Tensors apply(const OpDef& op, std::span<const Tensor> inputs, AttributesRef attributes) {
  const OpCall call{op, inputs, attributes};
  if (static_cast<int>(inputs.size()) < op.min_inputs ||
      static_cast<int>(inputs.size()) > op.max_inputs || op.has_options == attributes.empty())
      [[unlikely]] {
    check_call(call);
  }
  TensorSpecs specs = op.infer(call);
  if (thread_state.tracer != nullptr) [[unlikely]] {
    Tensors outputs = thread_state.tracer->on_op(call, specs);
    if (thread_state.heard()) {
      for (OpListener* listener : *thread_state.listeners) listener->on_op(call, outputs);
    }
    return outputs;
  }
  Tensors outputs = run(call, specs);
  if (thread_state.heard()) {
    for (OpListener* listener : *thread_state.listeners) listener->on_op(call, outputs);
  }
  return outputs;
}

Tensor apply_one(const OpDef& op, std::span<const Tensor> inputs, AttributesRef attributes) {
  return std::move(apply(op, inputs, attributes)[0]);
}

bool apply_in_place(const OpDef& op, Tensor& target, const Tensor& other) {
  TensorImpl& impl = *target.impl();
  if (thread_state.tracer != nullptr || !op.has(kElementwise) || impl.references != 1 ||
      impl.storage->references != 1 || impl.storage->block_bytes == 0 || !impl.contiguous) {
    return false;
  }
  const Tensor inputs[] = {target, other};
  const OpCall call{op, inputs, {}};
  const TensorSpecs specs = op.infer(call);
  const Kernel* kernel = kernel_for(op, device_of(call).type);
  if (kernel == nullptr || !kernel->takes_strided || specs[0].shape != impl.shape ||
      specs[0].dtype != impl.dtype) {
    return false;
  }
  kernel->run(call, std::span(&target, 1));
  return true;
}

Tensors apply_composition(const OpDef& op, std::span<const Tensor> inputs,
                          AttributesRef attributes) {
  const OpCall call{op, inputs, attributes};
  check_call(call);
  (void)op.infer(call);
  return run_composition(call);
}

}  // namespace saem
