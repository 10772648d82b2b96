// divide_no_nan, multiply_no_nan, xdivy, xlogy, xlog1py; floor 4 of 5: CUDA.
#include "cuda/elementwise.cuh"

namespace saem::cuda {
namespace {

struct DivideNoNan {
  template <class C>
  __device__ __forceinline__ C operator()(C x, C y) const {
    return y == C(0) ? C(0) : x / y;
  }
};

struct MultiplyNoNan {
  template <class C>
  __device__ __forceinline__ C operator()(C x, C y) const {
    return y == C(0) ? C(0) : x * y;
  }
};

struct Xdivy {
  template <class C>
  __device__ __forceinline__ C operator()(C x, C y) const {
    return x == C(0) ? C(0) : x / y;
  }
};

struct Xlogy {
  template <class C>
  __device__ __forceinline__ C operator()(C x, C y) const {
    return x == C(0) ? C(0) : x * log(y);
  }
};

struct Xlog1py {
  template <class C>
  __device__ __forceinline__ C operator()(C x, C y) const {
    return x == C(0) ? C(0) : x * log1p(y);
  }
};

template <class Op>
void run(const OpCall& call, std::span<Tensor> outputs) {
  dispatch_floating(outputs[0].dtype(), [&]<class T>(Type<T>) {
    run_elementwise<T, T, T>(call, outputs[0], Op{}, call.input(0), call.input(1));
  });
}

}  // namespace

void register_binary_guarded() {
  register_kernel("divide_no_nan", DeviceType::kGPU, {&run<DivideNoNan>, true, true});
  register_kernel("multiply_no_nan", DeviceType::kGPU, {&run<MultiplyNoNan>, true, true});
  register_kernel("xdivy", DeviceType::kGPU, {&run<Xdivy>, true, true});
  register_kernel("xlogy", DeviceType::kGPU, {&run<Xlogy>, true, true});
  register_kernel("xlog1py", DeviceType::kGPU, {&run<Xlog1py>, true, true});
}

}  // namespace saem::cuda
