#include "core/registry.hpp"

#include <array>
#include <mutex>
#include <string>
#include <unordered_map>

#include "base/message.hpp"
#include "core/backend.hpp"

namespace saem {

namespace {

std::once_flag backends_once;
LoadedBackend cuda;
std::array<FusionFunction, kDeviceTypes> fusion_functions{};

}  // namespace

void set_fusion_function(DeviceType device, FusionFunction function) {
  fusion_functions[static_cast<std::size_t>(device)] = function;
}

Fusing can_fuse(DeviceType device, const OpCall& call, const TensorSpec& output) {
  ensure_backends();
  const FusionFunction function = fusion_functions[static_cast<std::size_t>(device)];
  return function == nullptr ? Fusing::kNot : function(call, output);
}

std::atomic<bool> detail::backends_ready{false};

void detail::fill_kernel_table() {
  std::call_once(backends_once, [] {
    register_generated_kernels();
    cuda = load_cuda_backend();
    backends_ready.store(true, std::memory_order_release);
  });
}

namespace config {

std::string explain_gpus() {
  ensure_backends();
  return cuda.explain;
}

}  // namespace config

std::span<OpDef* const> all_ops() {
  ensure_backends();
  return generated_ops();
}

OpDef* find_op(std::string_view name) {
  // generated_ops, not all_ops: kernels are registered by name while the backends are being filled.
  static const auto* by_name = [] {
    auto* map = new std::unordered_map<std::string_view, OpDef*>;
    for (OpDef* op : generated_ops()) map->emplace(op->name, op);
    return map;
  }();
  const auto found = by_name->find(name);
  return found == by_name->end() ? nullptr : found->second;
}

void register_kernel(std::string_view name, DeviceType device, Kernel kernel) {
  OpDef* op = find_op(name);
  if (op == nullptr) {
    raise<ValueError>("register_kernel", "there is no op named {}; is it in ops.list?", name);
  }
  op->kernels[static_cast<std::size_t>(device)] = kernel;
}

}  // namespace saem
