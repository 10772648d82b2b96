// add, subtract, multiply, divide, maximum, minimum, pow; floor 4 of 5: CUDA.
#include "cuda/elementwise.cuh"

namespace saem::cuda {
namespace {

// Integers come as their unsigned type where overflow wraps around (see run), and as they are where
// their order matters.

struct Add {
  static constexpr bool kWraps = true;
  static constexpr bool kIntegers = true;
  template <class C>
  __device__ __forceinline__ C operator()(C a, C b) const {
    return static_cast<C>(a + b);
  }
};

struct Subtract {
  static constexpr bool kWraps = true;
  static constexpr bool kIntegers = true;
  template <class C>
  __device__ __forceinline__ C operator()(C a, C b) const {
    return static_cast<C>(a - b);
  }
};

struct Multiply {
  static constexpr bool kWraps = true;
  static constexpr bool kIntegers = true;
  template <class C>
  __device__ __forceinline__ C operator()(C a, C b) const {
    // 1u: uint16 * uint16 would be promoted to int and overflow it.
    if constexpr (std::is_integral_v<C>) return static_cast<C>(1u * a * b);
    return a * b;
  }
};

struct Divide {
  static constexpr bool kWraps = false;
  static constexpr bool kIntegers = false;
  template <class C>
  __device__ __forceinline__ C operator()(C a, C b) const {
    return a / b;
  }
};

struct Maximum {
  static constexpr bool kWraps = false;
  static constexpr bool kIntegers = true;
  template <class C>
  __device__ __forceinline__ C operator()(C a, C b) const {
    return a != a || a > b ? a : b;  // a NaN wins, on either side
  }
};

struct Minimum {
  static constexpr bool kWraps = false;
  static constexpr bool kIntegers = true;
  template <class C>
  __device__ __forceinline__ C operator()(C a, C b) const {
    return a != a || a < b ? a : b;
  }
};

struct Pow {
  static constexpr bool kWraps = false;
  static constexpr bool kIntegers = false;
  template <class C>
  __device__ __forceinline__ C operator()(C a, C b) const {
    return pow(a, b);
  }
};

template <class Op>
void run(const OpCall& call, std::span<Tensor> outputs) {
  dispatch_device(outputs[0].dtype(), [&]<class T>(Type<T>) {
    if constexpr (std::is_same_v<T, bool> || (std::is_integral_v<T> && !Op::kIntegers)) {
      return;  // never asked for: floor 2 refuses it
    } else if constexpr (std::is_integral_v<T> && Op::kWraps) {
      using U = std::make_unsigned_t<T>;
      run_elementwise<U, U, U>(call, outputs[0], Op{}, call.input(0), call.input(1));
    } else {
      run_elementwise<T, T, T>(call, outputs[0], Op{}, call.input(0), call.input(1));
    }
  });
}

}  // namespace

void register_binary_arith() {
  register_kernel("add", DeviceType::kGPU, {&run<Add>, true, true});
  register_kernel("subtract", DeviceType::kGPU, {&run<Subtract>, true, true});
  register_kernel("multiply", DeviceType::kGPU, {&run<Multiply>, true, true});
  register_kernel("divide", DeviceType::kGPU, {&run<Divide>, true, true});
  register_kernel("maximum", DeviceType::kGPU, {&run<Maximum>, true, true});
  register_kernel("minimum", DeviceType::kGPU, {&run<Minimum>, true, true});
  register_kernel("pow", DeviceType::kGPU, {&run<Pow>, true, true});
}

}  // namespace saem::cuda
