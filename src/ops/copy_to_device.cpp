// copy_to_device, floor 2 of 5: meaning. It has no kernel of its own: backends give the copies.
#include <saem/core/op.hpp>
#include <saem/ops/copy_to_device.hpp>

#include "core/backend.hpp"
#include "ops/rules.hpp"

namespace saem {
namespace ops {
namespace {

Device target_of(const OpCall& call) {
  return Device::parse(call.options<CopyToDeviceOptions>().device);
}

TensorSpecs infer_copy(const OpCall& call) {
  check_device(target_of(call), call.op.name);
  return {{call.input(0).dtype(), call.input(0).shape()}};
}

Tensor run_copy(const OpCall& call) { return transfer(call.input(0), target_of(call)); }

Tensors copy_vjp(const VjpCall& call) {
  return {copy_to_device(call.gradient(), call.input(0).device())};
}

}  // namespace

constinit OpDef copy_to_device_op{.name = "copy_to_device",
                                  .min_inputs = 1,
                                  .max_inputs = 1,
                                  .traits = kView,
                                  .infer = infer_copy,
                                  .vjp = copy_vjp,
                                  .view = run_copy,
                                  .options = &kAttributesType<CopyToDeviceOptions>,
                                  .jvp = linear_jvp,
                                  .batch = batch_in_front,
                                  .place = target_of};

}  // namespace ops

Tensor copy_to_device(const Tensor& x, Device device) {
  return apply_one(ops::copy_to_device_op, {x}, CopyToDeviceOptions{device.to_string()});
}

Tensor Tensor::to(Device device) const {
  return this->device() == device ? *this : copy_to_device(*this, device);
}
Tensor Tensor::cpu() const { return to({}); }
Tensor Tensor::gpu(int index) const {
  return to({DeviceType::kGPU, static_cast<std::uint8_t>(index)});
}

}  // namespace saem
