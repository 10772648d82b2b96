// fill; floor 3 of 5: CPU.
#include <algorithm>
#include <saem/core/op.hpp>
#include <saem/ops/creation.hpp>

#include "base/parallel.hpp"
#include "core/dispatch.hpp"

namespace saem::cpu {
namespace {

void run_fill(const OpCall& call, std::span<Tensor> outputs) {
  Tensor& output = outputs[0];
  dispatch_any(output.dtype(), [&]<class T>(Type<T>) {
    const T value = call.options<FillOptions>().value.to<T>();
    T* elements = output.mutable_data_as<T>();  // (size)
    parallel_for(output.size(), 1 << 17, [&](std::int64_t begin, std::int64_t end) {
      std::fill(elements + begin, elements + end, value);
    });
  });
}

}  // namespace

void register_creation() { register_kernel("fill", DeviceType::kCPU, {&run_fill}); }

}  // namespace saem::cpu
