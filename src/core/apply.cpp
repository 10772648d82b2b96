// The one door: every operation of saem passes through this file.
#include <new>
#include <optional>

#include "base/message.hpp"
#include "core/backend.hpp"
#include "core/op_timer.hpp"
#include "core/registry.hpp"
#include "core/tensor_impl.hpp"
#include "core/thread_state.hpp"

namespace saem {
namespace {

[[gnu::cold]] void check_call(const OpCall& call) {
  const auto count = static_cast<int>(call.inputs.size());
  const AttributesType* needed = call.op.options;
  const AttributesType* given = call.attributes.type();
  if (needed == nullptr && given != nullptr) {
    raise<ValueError>(call.op.name, "was given {}; its OpDef names no options", given->name);
  }
  if (needed != nullptr && given == nullptr) {
    raise<ValueError>(call.op.name, "needs its options struct, {}", needed->name);
  }
  if (needed != nullptr && !(*needed == *given)) {
    raise<ValueError>(call.op.name, "was given {}; it needs {}", given->name, needed->name);
  }
  if (count < call.op.min_inputs || count > call.op.max_inputs) {
    raise<ValueError>(call.op.name, "takes {} to {} inputs, got {}", call.op.min_inputs,
                      call.op.max_inputs, count);
  }
}

/// A number may meet tensors on any device: it travels with the launch.
bool is_host_scalar(const Tensor& tensor) {
  return tensor.device().type == DeviceType::kCPU && tensor.rank() == 0;
}

/// The device that the inputs decide on where they are not simply all on one.
[[gnu::noinline]] Device meeting_device(const OpCall& call) {
  if (call.op.has(kOnHost)) return {};
  const Tensor* decides = nullptr;
  bool scalars = false;
  for (std::size_t i = 0; i < call.inputs.size(); ++i) {
    const Tensor& input = call.input(i);
    if (call.op.reads_on_host(i)) continue;
    if (is_host_scalar(input)) {
      scalars = true;
    } else if (decides == nullptr) {
      decides = &input;
    } else if (input.device() != decides->device()) {
      // The nodes of a called graph have places of their own: seeds, for one, lie on the host.
      if (!call.op.has(kCallsGraph)) {
        raise<DeviceError>(call.op.name, "inputs lie on {} and {}; move one with .cpu() or .gpu()",
                           decides->device().to_string(), input.device().to_string());
      }
      if (input.device().type == DeviceType::kGPU) decides = &input;
    }
  }
  if (decides != nullptr) return decides->device();
  return scalars ? Device{} : default_device();
}

/// The device that all inputs share; the default device for an op without inputs.
Device device_of(const OpCall& call) {
  if (call.inputs.empty() || call.op.host_inputs != 0) [[unlikely]]
    return meeting_device(call);
  const Device device = call.inputs[0].device();
  for (const Tensor& input : call.inputs.subspan(1)) {
    if (input.device() != device) [[unlikely]]
      return meeting_device(call);
  }
  return device;
}

const Kernel* kernel_for(const OpDef& op, DeviceType device) {
  ensure_backends();
  const Kernel& kernel = op.kernel(device);
  return kernel.run != nullptr ? &kernel : nullptr;
}

/// While it lives, what is made from nothing lies where an op's inputs do.
class PlaceLike {
 public:
  explicit PlaceLike(Device device) {
    if (device != default_device()) scope_.emplace(device);
  }

 private:
  std::optional<DeviceScope> scope_;
};

Tensors run_composition(const OpCall& call, Device device) {
  if (call.op.compose == nullptr) {
    raise<DeviceError>(call.op.name, "has neither a kernel for {} nor a composition of other ops",
                       device.to_string());
  }
  const PauseListeners quiet;  // a tape remembers the op itself, not what it is made of
  const PlaceLike place_like(device);
  return call.op.compose(call);
}

bool all_contiguous(std::span<const Tensor> inputs) {
  for (const Tensor& input : inputs) {
    if (!input.impl()->contiguous) return false;
  }
  return true;
}

Tensors allocate(TensorSpecs& specs, Device device) {
  Tensors outputs;
  for (TensorSpec& spec : specs) {
    outputs.push_back(Tensor::empty(spec.dtype, std::move(spec.shape), device));
  }
  return outputs;
}

Tensors run_kernel(const OpCall& call, TensorSpecs& specs, const Kernel& kernel) {
  Tensors outputs = allocate(specs, {});
  if (kernel.takes_strided || all_contiguous(call.inputs)) [[likely]] {
    kernel.run(call, outputs);
    return outputs;
  }
  Tensors packed;
  for (const Tensor& input : call.inputs) packed.push_back(contiguous_copy(input));
  kernel.run({call.op, packed, call.attributes}, outputs);
  return outputs;
}

/// Whether all inputs lie in host memory.
bool is_on_host(const OpCall& call) {
  for (std::size_t i = 0; i < call.inputs.size(); ++i) {
    if (call.input(i).device().type != DeviceType::kCPU) return false;
  }
  return true;
}

/// As `run_kernel` for a device with memory of its own: each input is brought where the kernel
/// reads it.
Tensors run_device_kernel(const OpCall& call, TensorSpecs& specs, const Kernel& kernel,
                          Device device) {
  bool ready = call.op.host_inputs == 0;
  for (const Tensor& input : call.inputs) {
    ready = ready && input.device() == device && (kernel.takes_strided || input.is_contiguous());
  }
  if (ready) [[likely]] {
    Tensors outputs = allocate(specs, device);
    backend_of(device.type)->enter(device);
    kernel.run(call, outputs);
    return outputs;
  }
  Tensors inputs;
  for (std::size_t i = 0; i < call.inputs.size(); ++i) {
    const Tensor& input = call.input(i);
    if (call.op.reads_on_host(i)) {
      inputs.push_back(contiguous_copy(to_host(input)));
    } else if (input.device() != device) {
      inputs.push_back(kernel.takes_host_scalars ? input : transfer(input, device));
    } else {
      inputs.push_back(kernel.takes_strided ? input : contiguous_copy(input));
    }
  }
  Tensors outputs = allocate(specs, device);
  backend_of(device.type)->enter(device);
  kernel.run({call.op, inputs, call.attributes}, outputs);
  return outputs;
}

/// For an op that the device can neither compute nor compose: the CPU does, between two copies.
Tensors run_on_host(const OpCall& call, TensorSpecs& specs, const Kernel& kernel, Device device) {
  Tensors inputs;
  for (const Tensor& input : call.inputs) inputs.push_back(to_host(input));
  Tensors outputs = run_kernel({call.op, inputs, call.attributes}, specs, kernel);
  for (Tensor& output : outputs) output = transfer(output, device);
  return outputs;
}

bool is_common(DType dtype) { return !dtype.is_complex() && dtype.code() <= DType::kFloat64; }

/// Whether every element is of a dtype that all kernels of a device are made for.
bool has_common_dtypes(const OpCall& call, const TensorSpecs& specs) {
  for (const Tensor& input : call.inputs) {
    if (!is_common(input.dtype())) return false;
  }
  for (const TensorSpec& spec : specs) {
    if (!is_common(spec.dtype)) return false;
  }
  return true;
}

Tensors run(const OpCall& call, TensorSpecs& specs, Route& route) {
  if (call.op.view != nullptr) {
    if (Tensor view = call.op.view(call); view.defined()) {
      route = Route::kView;
      return {std::move(view)};
    }
  }
  const Device device = device_of(call);
  const bool on_cpu = device.type == DeviceType::kCPU;
  const Kernel* kernel = kernel_for(call.op, device.type);
  if (kernel != nullptr && on_cpu) [[likely]] {
    route = Route::kKernel;
    // A seed on a GPU does not decide where the numbers are drawn.
    if (call.op.host_inputs != 0 && !is_on_host(call)) [[unlikely]] {
      return run_on_host(call, specs, *kernel, device);
    }
    return run_kernel(call, specs, *kernel);
  }
  const Kernel& host = call.op.kernel(DeviceType::kCPU);
  if (kernel != nullptr) {
    const bool takes = kernel->takes_every_dtype || has_common_dtypes(call, specs);
    route = takes ? Route::kKernel : Route::kHost;
    return takes ? run_device_kernel(call, specs, *kernel, device)
                 : run_on_host(call, specs, host, device);
  }
  const bool composes = call.op.compose != nullptr && !call.op.has(kPrefersHost);
  if (!on_cpu && !composes && host.run != nullptr) {
    route = Route::kHost;
    return run_on_host(call, specs, host, device);
  }
  route = Route::kComposition;
  return run_composition(call, device);
}

[[noreturn, gnu::cold]] void raise_no_memory(const OpCall& call) {
  raise<OutOfMemoryError>(call.op.name,
                          "the system has no memory left for what it needs besides "
                          "its outputs");
}

Tensors run(const OpCall& call, TensorSpecs& specs) try {
  Route route{};
  if (thread_state.log == nullptr) [[likely]]
    return run(call, specs, route);
  OpTimer timer(*thread_state.log, call);
  Tensors outputs = run(call, specs, route);
  timer.finish(outputs, route);
  return outputs;
} catch (const std::bad_alloc&) {  // of a container in a kernel or composition
  raise_no_memory(call);
}

}  // namespace

Device device_of_outputs(const OpCall& call) {
  return call.op.place != nullptr ? call.op.place(call) : device_of(call);
}

Tensors apply(const OpDef& op, std::span<const Tensor> inputs, AttributesRef attributes) {
  const OpCall call{op, inputs, attributes};
  if (static_cast<int>(inputs.size()) < op.min_inputs ||
      static_cast<int>(inputs.size()) > op.max_inputs || attributes.type() != op.options)
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

bool apply_in_place(const OpDef& op, Tensor& target, std::span<const Tensor> others,
                    AttributesRef attributes) {
  TensorImpl& impl = *target.impl();
  if (thread_state.tracer != nullptr || !(op.has(kElementwise) || op.has(kUpdate)) ||
      impl.references != 1 || impl.storage->references != 1 || impl.storage->block_bytes == 0 ||
      !impl.contiguous) {
    return false;
  }
  Tensors inputs{target};
  for (const Tensor& other : others) inputs.push_back(other);
  const OpCall call{op, inputs, attributes};
  const TensorSpecs specs = op.infer(call);
  const Device device = device_of(call);
  const Kernel* kernel = kernel_for(op, device.type);
  if (device != impl.device || kernel == nullptr || specs.size() != 1 ||
      specs[0].shape != impl.shape || specs[0].dtype != impl.dtype) {
    return false;
  }
  for (std::size_t i = 1; i < inputs.size(); ++i) {
    if (inputs[i].device() != device && !kernel->takes_host_scalars) return false;
    if (!kernel->takes_strided) inputs[i] = contiguous_copy(inputs[i]);
  }
  if (device.type != DeviceType::kCPU) backend_of(device.type)->enter(device);
  kernel->run(call, std::span(&target, 1));
  return true;
}

Tensors apply_composition(const OpDef& op, std::span<const Tensor> inputs,
                          AttributesRef attributes) {
  const OpCall call{op, inputs, attributes};
  check_call(call);
  (void)op.infer(call);
  return run_composition(call, device_of(call));
}

}  // namespace saem
