// logical_and, logical_or, logical_xor, logical_not; floor 4 of 5: CUDA. A bool is a byte of 0
// or 1.
#include "cuda/elementwise.cuh"

namespace saem::cuda {
namespace {

using Byte = std::uint8_t;

struct And {
  __device__ __forceinline__ Byte operator()(Byte a, Byte b) const { return a & b; }
};
struct Or {
  __device__ __forceinline__ Byte operator()(Byte a, Byte b) const { return a | b; }
};
struct Xor {
  __device__ __forceinline__ Byte operator()(Byte a, Byte b) const { return a ^ b; }
};
struct Not {
  __device__ __forceinline__ Byte operator()(Byte a) const {
    return a ^ Byte { 1 };
  }
};

template <class Op>
void run(const OpCall& call, std::span<Tensor> outputs) {
  if constexpr (std::is_same_v<Op, Not>) {
    run_elementwise<Byte, Byte>(call, outputs[0], Op{}, call.input(0));
  } else {
    run_elementwise<Byte, Byte, Byte>(call, outputs[0], Op{}, call.input(0), call.input(1));
  }
}

}  // namespace

void register_logical() {
  register_kernel("logical_and", DeviceType::kGPU, {&run<And>, true, true});
  register_kernel("logical_or", DeviceType::kGPU, {&run<Or>, true, true});
  register_kernel("logical_xor", DeviceType::kGPU, {&run<Xor>, true, true});
  register_kernel("logical_not", DeviceType::kGPU, {&run<Not>, true, true});
}

}  // namespace saem::cuda
