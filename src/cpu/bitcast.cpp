// bitcast; floor 3 of 5: CPU.
#include <cstring>
#include <saem/core/op.hpp>

#include "base/parallel.hpp"

namespace saem::cpu {
namespace {

void run_bitcast(const OpCall& call, std::span<Tensor> outputs) {
  const auto* from = static_cast<const std::byte*>(call.input(0).data());
  auto* to = static_cast<std::byte*>(outputs[0].mutable_data());
  parallel_for(outputs[0].nbytes(), 1 << 17, [&](std::int64_t begin, std::int64_t end) {
    std::memcpy(to + begin, from + begin, static_cast<std::size_t>(end - begin));
  });
}

}  // namespace

void register_bitcast() { register_kernel("bitcast", DeviceType::kCPU, {&run_bitcast}); }

}  // namespace saem::cpu
