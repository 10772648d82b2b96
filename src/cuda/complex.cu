// complex, real, imag, conj, angle, complex_abs; floor 4 of 5: CUDA. A complex number is a float2
// or a double2.
#include "cuda/elementwise.cuh"

namespace saem::cuda {
namespace {

template <class T>
using Part = decltype(T::x);

struct Join {
  __device__ __forceinline__ float2 operator()(float x, float y) const { return {x, y}; }
  __device__ __forceinline__ double2 operator()(double x, double y) const { return {x, y}; }
};

struct Real {
  template <class T>
  __device__ __forceinline__ Part<T> operator()(T z) const {
    return z.x;
  }
};

struct Imag {
  template <class T>
  __device__ __forceinline__ Part<T> operator()(T z) const {
    return z.y;
  }
};

struct Conj {
  template <class T>
  __device__ __forceinline__ T operator()(T z) const {
    return {z.x, -z.y};
  }
};

struct Angle {
  template <class T>
  __device__ __forceinline__ Part<T> operator()(T z) const {
    return atan2(z.y, z.x);
  }
};

struct Abs {  // hypot: neither overflows nor loses what is small
  template <class T>
  __device__ __forceinline__ Part<T> operator()(T z) const {
    return hypot(z.x, z.y);
  }
};

template <class Body>
void dispatch_complex_device(DType dtype, Body&& body) {
  dtype == DType::kComplex64 ? body(Type<float2>{}) : body(Type<double2>{});
}

void run_join(const OpCall& call, std::span<Tensor> outputs) {
  dispatch_complex_device(outputs[0].dtype(), [&]<class T>(Type<T>) {
    run_elementwise<T, Part<T>, Part<T>>(call, outputs[0], Join{}, call.input(0), call.input(1));
  });
}

template <class Op>
void run(const OpCall& call, std::span<Tensor> outputs) {
  dispatch_complex_device(call.input(0).dtype(), [&]<class T>(Type<T>) {
    using Out = std::conditional_t<std::is_same_v<Op, Conj>, T, Part<T>>;
    run_elementwise<Out, T>(call, outputs[0], Op{}, call.input(0));
  });
}

}  // namespace

void register_complex() {
  register_kernel("complex", DeviceType::kGPU, {&run_join, true, true, true});
  register_kernel("real", DeviceType::kGPU, {&run<Real>, true, true, true});
  register_kernel("imag", DeviceType::kGPU, {&run<Imag>, true, true, true});
  register_kernel("conj", DeviceType::kGPU, {&run<Conj>, true, true, true});
  register_kernel("angle", DeviceType::kGPU, {&run<Angle>, true, true, true});
  register_kernel("complex_abs", DeviceType::kGPU, {&run<Abs>, true, true, true});
}

}  // namespace saem::cuda
