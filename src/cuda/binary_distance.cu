// squared_difference, atan2, nextafter; floor 4 of 5: CUDA.
#include "cuda/elementwise.cuh"

namespace saem::cuda {
namespace {

struct SquaredDifference {
  template <class C>
  __device__ __forceinline__ C operator()(C x, C y) const {
    const C difference = static_cast<C>(x - y);
    // 1u: uint16 * uint16 would be promoted to int and overflow it.
    if constexpr (std::is_integral_v<C>) return static_cast<C>(1u * difference * difference);
    return difference * difference;
  }
};

struct Atan2 {
  template <class C>
  __device__ __forceinline__ C operator()(C y, C x) const {
    return atan2(y, x);
  }
};

struct NextAfter {
  __device__ __forceinline__ float operator()(float x, float y) const { return nextafterf(x, y); }
  __device__ __forceinline__ double operator()(double x, double y) const { return nextafter(x, y); }
};

void run_squared_difference(const OpCall& call, std::span<Tensor> outputs) {
  dispatch_device(outputs[0].dtype(), [&]<class T>(Type<T>) {
    if constexpr (std::is_same_v<T, bool>) {
      return;  // never asked for: floor 2 refuses it
    } else {
      // Integers are calculated in their unsigned type: overflow wraps around.
      using U = typename std::conditional_t<std::is_integral_v<T>, std::make_unsigned<T>,
                                            std::type_identity<T>>::type;
      run_elementwise<U, U, U>(call, outputs[0], SquaredDifference{}, call.input(0), call.input(1));
    }
  });
}

void run_atan2(const OpCall& call, std::span<Tensor> outputs) {
  dispatch_floating(outputs[0].dtype(), [&]<class T>(Type<T>) {
    run_elementwise<T, T, T>(call, outputs[0], Atan2{}, call.input(0), call.input(1));
  });
}

void run_nextafter(const OpCall& call, std::span<Tensor> outputs) {
  const auto run = [&]<class T>(Type<T>) {
    run_elementwise<T, T, T>(call, outputs[0], NextAfter{}, call.input(0), call.input(1));
  };
  outputs[0].dtype() == DType::kFloat32 ? run(Type<float>{}) : run(Type<double>{});
}

}  // namespace

void register_binary_distance() {
  register_kernel("squared_difference", DeviceType::kGPU, {&run_squared_difference, true, true});
  register_kernel("atan2", DeviceType::kGPU, {&run_atan2, true, true});
  register_kernel("nextafter", DeviceType::kGPU, {&run_nextafter, true, true});
}

}  // namespace saem::cuda
