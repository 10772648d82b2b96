// where, floor 4 of 5: CUDA. Moves elements by their width alone.
#include "cuda/elementwise.cuh"

namespace saem::cuda {
namespace {

struct Choose {
  template <class T>
  __device__ __forceinline__ T operator()(std::uint8_t condition, T x, T y) const {
    return condition != 0 ? x : y;
  }
};

void run(const OpCall& call, std::span<Tensor> outputs) {
  dispatch_width(outputs[0].dtype(), [&]<class T>(Type<T>) {
    run_elementwise<T, std::uint8_t, T, T>(call, outputs[0], Choose{}, call.input(0), call.input(1),
                                           call.input(2));
  });
}

}  // namespace

void register_where() { register_kernel("where", DeviceType::kGPU, {&run, true, false, true}); }

}  // namespace saem::cuda
