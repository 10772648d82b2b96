// bitcast, floor 4 of 5: CUDA.
#include "cuda/runtime.hpp"

namespace saem::cuda {
namespace {

void run(const OpCall& call, std::span<Tensor> outputs) {
  if (outputs[0].size() == 0) return;
  check(cudaMemcpyAsync(outputs[0].mutable_data(), call.input(0).data(),
                        static_cast<std::size_t>(outputs[0].nbytes()), cudaMemcpyDeviceToDevice,
                        gpu().stream),
        call.op.name, "copying");
}

}  // namespace

void register_bitcast() {
  register_kernel("bitcast", DeviceType::kGPU, {&run, false, false, true});
}

}  // namespace saem::cuda
