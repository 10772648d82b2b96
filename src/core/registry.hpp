#pragma once

#include <atomic>
#include <cstdint>
#include <saem/core/op.hpp>

namespace saem {

namespace detail {
extern std::atomic<bool> backends_ready;
void fill_kernel_table();
}  // namespace detail

/// Has the backends fill the kernel table, once; so no static constructor is needed. Whoever reads
/// the table asks first: another thread may be filling it, and a kernel that it has half written is
/// worse than none. Costs a load and a branch.
inline void ensure_backends() {
  if (!detail::backends_ready.load(std::memory_order_acquire)) [[unlikely]] {
    detail::fill_kernel_table();
  }
}

/// Where the outputs of a call will lie. @throws DeviceError if its inputs lie on different devices
Device device_of_outputs(const OpCall& call);

/// Whether a device's kernels of `fused` and `fused_reduction` run a call as one instruction, and
/// if so, whether to compute it again costs less than to read what it reads.
enum class Fusing : std::uint8_t { kNot, kCostly, kCheap };
using FusionFunction = Fusing (*)(const OpCall& call, const TensorSpec& output);
void set_fusion_function(DeviceType device, FusionFunction function);
/// `kNot` where a device fuses nothing.
Fusing can_fuse(DeviceType device, const OpCall& call, const TensorSpec& output);

/// Generated from ops.list: every op, and the calls that register every kernel.
std::span<OpDef* const> generated_ops();
void register_generated_kernels();

}  // namespace saem
