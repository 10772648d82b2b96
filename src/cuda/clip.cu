// clip_by_value, floor 4 of 5: CUDA.
#include "cuda/elementwise.cuh"

namespace saem::cuda {
namespace {

/// min(max(x, low), high); NaN in any of them wins, as in maximum and minimum.
struct Clip {
  template <class C>
  __device__ __forceinline__ C operator()(C x, C low, C high) const {
    const C raised = x != x || x > low ? x : low;
    return raised != raised || raised < high ? raised : high;
  }
};

void run(const OpCall& call, std::span<Tensor> outputs) {
  dispatch_device(outputs[0].dtype(), [&]<class T>(Type<T>) {
    if constexpr (!std::is_same_v<T, bool>) {
      run_elementwise<T, T, T, T>(call, outputs[0], Clip{}, call.input(0), call.input(1),
                                  call.input(2));
    }
  });
}

}  // namespace

void register_clip() { register_kernel("clip_by_value", DeviceType::kGPU, {&run, true, true}); }

}  // namespace saem::cuda
