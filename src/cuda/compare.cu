// equal, not_equal, less, less_equal, greater, greater_equal; floor 4 of 5: CUDA.
#include "cuda/elementwise.cuh"

namespace saem::cuda {
namespace {

struct Equal {
  template <class C>
  __device__ __forceinline__ bool operator()(C a, C b) const {
    return a == b;
  }
};
struct NotEqual {
  template <class C>
  __device__ __forceinline__ bool operator()(C a, C b) const {
    return a != b;
  }
};
struct Less {
  template <class C>
  __device__ __forceinline__ bool operator()(C a, C b) const {
    return a < b;
  }
};
struct LessEqual {
  template <class C>
  __device__ __forceinline__ bool operator()(C a, C b) const {
    return a <= b;
  }
};

template <class Op, bool kSwapped>
void run(const OpCall& call, std::span<Tensor> outputs) {
  const Tensor& a = call.input(kSwapped ? 1 : 0);
  const Tensor& b = call.input(kSwapped ? 0 : 1);
  dispatch_device(a.dtype(), [&]<class T>(Type<T>) {
    // Equality of integers is that of their bits, so signed and unsigned share a kernel.
    constexpr bool kBits = std::is_same_v<Op, Equal> || std::is_same_v<Op, NotEqual>;
    if constexpr (std::is_same_v<T, bool>) {
      run_elementwise<bool, std::uint8_t, std::uint8_t>(call, outputs[0], Op{}, a, b);
    } else if constexpr (kBits && std::is_integral_v<T>) {
      using U = std::make_unsigned_t<T>;
      run_elementwise<bool, U, U>(call, outputs[0], Op{}, a, b);
    } else {
      run_elementwise<bool, T, T>(call, outputs[0], Op{}, a, b);
    }
  });
}

}  // namespace

void register_compare() {
  register_kernel("equal", DeviceType::kGPU, {&run<Equal, false>, true, true});
  register_kernel("not_equal", DeviceType::kGPU, {&run<NotEqual, false>, true, true});
  register_kernel("less", DeviceType::kGPU, {&run<Less, false>, true, true});
  register_kernel("less_equal", DeviceType::kGPU, {&run<LessEqual, false>, true, true});
  register_kernel("greater", DeviceType::kGPU, {&run<Less, true>, true, true});
  register_kernel("greater_equal", DeviceType::kGPU, {&run<LessEqual, true>, true, true});
}

}  // namespace saem::cuda
