#pragma once

#include <saem/core/op.hpp>

namespace saem {

/// Has the backends fill the kernel table, once. Called where a kernel is found missing, so that
/// the usual call pays nothing for it and no static constructor is needed.
void ensure_backends();

/// Where the outputs of a call will lie. @throws DeviceError if its inputs lie on different devices
Device device_of_outputs(const OpCall& call);

/// Whether a device's kernels of `fused` and `fused_reduction` run this call as one instruction.
using FusionFunction = bool (*)(const OpCall& call, const TensorSpec& output);
void set_fusion_function(DeviceType device, FusionFunction function);
/// False where a device fuses nothing.
bool can_fuse(DeviceType device, const OpCall& call, const TensorSpec& output);

/// Generated from ops.list: every op, and the calls that register every kernel.
std::span<OpDef* const> generated_ops();
void register_generated_kernels();

}  // namespace saem
