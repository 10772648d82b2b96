// relu, relu6, leaky_relu, relu_grad; floor 4 of 5: CUDA.
#include <saem/ops/relu.hpp>

#include "cuda/elementwise.cuh"

namespace saem::cuda {
namespace {

// Written so that NaN, of which no comparison is true, passes.
struct Relu {
  template <class C>
  __device__ __forceinline__ C operator()(C x) const {
    return x <= C(0) ? C(0) : x;
  }
};

struct Relu6 {
  template <class C>
  __device__ __forceinline__ C operator()(C x) const {
    return Relu{}(x >= C(6) ? C(6) : x);
  }
};

struct LeakyRelu {
  double alpha;
  template <class C>
  __device__ __forceinline__ C operator()(C x) const {
    return x > C(0) ? x : x * static_cast<C>(alpha);
  }
};

struct ReluGrad {
  template <class C>
  __device__ __forceinline__ C operator()(C dy, C y) const {
    return y > C(0) ? dy : C(0);
  }
};

template <class Op>
void run(const OpCall& call, std::span<Tensor> outputs) {
  dispatch_device(outputs[0].dtype(), [&]<class T>(Type<T>) {
    if constexpr (std::is_same_v<T, bool>) {
      return;  // never asked for: floor 2 refuses it
    } else if constexpr (std::is_same_v<Op, ReluGrad>) {
      run_elementwise<T, T, T>(call, outputs[0], Op{}, call.input(0), call.input(1));
    } else {
      run_elementwise<T, T>(call, outputs[0], Op{}, call.input(0));
    }
  });
}

void run_leaky(const OpCall& call, std::span<Tensor> outputs) {
  const LeakyRelu op{call.options<nn::LeakyReluOptions>().alpha};
  dispatch_floating(outputs[0].dtype(), [&]<class T>(Type<T>) {
    run_elementwise<T, T>(call, outputs[0], op, call.input(0));
  });
}

}  // namespace

void register_relu() {
  register_kernel("relu", DeviceType::kGPU, {&run<Relu>, true, true});
  register_kernel("relu6", DeviceType::kGPU, {&run<Relu6>, true, true});
  register_kernel("leaky_relu", DeviceType::kGPU, {&run_leaky, true, true});
  register_kernel("relu_grad", DeviceType::kGPU, {&run<ReluGrad>, true, true});
}

}  // namespace saem::cuda
