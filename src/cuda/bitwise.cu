// bitwise_and, bitwise_or, bitwise_xor, invert, left_shift, right_shift, population_count; floor 4
// of 5: CUDA.
#include "cuda/elementwise.cuh"

namespace saem::cuda {
namespace {

struct And {
  template <class T>
  __device__ __forceinline__ T operator()(T x, T y) const {
    return static_cast<T>(x & y);
  }
};

struct Or {
  template <class T>
  __device__ __forceinline__ T operator()(T x, T y) const {
    return static_cast<T>(x | y);
  }
};

struct Xor {
  template <class T>
  __device__ __forceinline__ T operator()(T x, T y) const {
    return static_cast<T>(x ^ y);
  }
};

struct Invert {
  template <class T>
  __device__ __forceinline__ T operator()(T x) const {
    return static_cast<T>(~x);
  }
};

struct PopulationCount {
  template <class T>
  __device__ __forceinline__ std::uint8_t operator()(T x) const {
    return static_cast<std::uint8_t>(__popcll(x));
  }
};

/// C++ leaves shifts by less than nothing or by the width and more undefined.
template <class T>
__device__ __forceinline__ int checked_shift(T by) {
  constexpr int kMost = 8 * static_cast<int>(sizeof(T)) - 1;
  if constexpr (std::is_signed_v<T>) {
    if (by < T{0}) return 0;
  }
  return by > static_cast<T>(kMost) ? kMost : static_cast<int>(by);
}

struct LeftShift {
  template <class T>
  __device__ __forceinline__ T operator()(T x, T y) const {
    using Wide = std::common_type_t<std::make_unsigned_t<T>, unsigned>;
    return static_cast<T>(static_cast<Wide>(x) << checked_shift(y));
  }
};

struct RightShift {
  template <class T>
  __device__ __forceinline__ T operator()(T x, T y) const {
    return static_cast<T>(x >> checked_shift(y));
  }
};

/// Signed and unsigned integers share a kernel: only their bits count.
template <class Op>
void run(const OpCall& call, std::span<Tensor> outputs) {
  dispatch_width(call.input(0).dtype(), [&]<class T>(Type<T>) {
    if constexpr (!std::is_integral_v<T>) {
      return;  // never asked for: floor 2 refuses it
    } else if constexpr (std::is_same_v<Op, PopulationCount>) {
      run_elementwise<std::uint8_t, T>(call, outputs[0], Op{}, call.input(0));
    } else if constexpr (std::is_same_v<Op, Invert>) {
      run_elementwise<T, T>(call, outputs[0], Op{}, call.input(0));
    } else {
      run_elementwise<T, T, T>(call, outputs[0], Op{}, call.input(0), call.input(1));
    }
  });
}

template <class Op>
void run_shift(const OpCall& call, std::span<Tensor> outputs) {
  dispatch_device(outputs[0].dtype(), [&]<class T>(Type<T>) {
    if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
      run_elementwise<T, T, T>(call, outputs[0], Op{}, call.input(0), call.input(1));
    }
  });
}

}  // namespace

void register_bitwise() {
  register_kernel("bitwise_and", DeviceType::kGPU, {&run<And>, true, true});
  register_kernel("bitwise_or", DeviceType::kGPU, {&run<Or>, true, true});
  register_kernel("bitwise_xor", DeviceType::kGPU, {&run<Xor>, true, true});
  register_kernel("invert", DeviceType::kGPU, {&run<Invert>, true, true});
  register_kernel("population_count", DeviceType::kGPU, {&run<PopulationCount>, true, true});
  register_kernel("left_shift", DeviceType::kGPU, {&run_shift<LeftShift>, true, true});
  register_kernel("right_shift", DeviceType::kGPU, {&run_shift<RightShift>, true, true});
}

}  // namespace saem::cuda
