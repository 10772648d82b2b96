// is_nan, is_inf, is_finite; floor 4 of 5: CUDA.
#include "cuda/elementwise.cuh"

namespace saem::cuda {
namespace {

struct IsNaN {
  template <class C>
  __device__ __forceinline__ bool operator()(C x) const {
    return isnan(x);
  }
};

struct IsInf {
  template <class C>
  __device__ __forceinline__ bool operator()(C x) const {
    return isinf(x);
  }
};

struct IsFinite {
  template <class C>
  __device__ __forceinline__ bool operator()(C x) const {
    return isfinite(x);
  }
};

template <class Op>
void run(const OpCall& call, std::span<Tensor> outputs) {
  dispatch_floating(call.input(0).dtype(), [&]<class T>(Type<T>) {
    run_elementwise<bool, T>(call, outputs[0], Op{}, call.input(0));
  });
}

}  // namespace

void register_classify() {
  register_kernel("is_nan", DeviceType::kGPU, {&run<IsNaN>, true, true});
  register_kernel("is_inf", DeviceType::kGPU, {&run<IsInf>, true, true});
  register_kernel("is_finite", DeviceType::kGPU, {&run<IsFinite>, true, true});
}

}  // namespace saem::cuda
