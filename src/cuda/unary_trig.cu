// sin, cos; floor 4 of 5: CUDA.
#include "cuda/elementwise.cuh"

namespace saem::cuda {
namespace {

struct Sin {
  template <class C>
  __device__ __forceinline__ C operator()(C x) const {
    return sin(x);
  }
};
struct Cos {
  template <class C>
  __device__ __forceinline__ C operator()(C x) const {
    return cos(x);
  }
};

template <class Op>
void run(const OpCall& call, std::span<Tensor> outputs) {
  dispatch_floating(outputs[0].dtype(), [&]<class T>(Type<T>) {
    run_elementwise<T, T>(call, outputs[0], Op{}, call.input(0));
  });
}

}  // namespace

void register_unary_trig() {
  register_kernel("sin", DeviceType::kGPU, {&run<Sin>, true, true});
  register_kernel("cos", DeviceType::kGPU, {&run<Cos>, true, true});
}

}  // namespace saem::cuda
