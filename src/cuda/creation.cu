// fill, floor 4 of 5: CUDA.
#include <saem/ops/creation.hpp>

#include "cuda/elementwise.cuh"

namespace saem::cuda {
namespace {

struct Same {
  template <class T>
  __device__ __forceinline__ T operator()(T x) const {
    return x;
  }
};

/// Bytes of the value, moved by the element's width.
void run_fill(const OpCall& call, std::span<Tensor> outputs) {
  Tensor& output = outputs[0];
  if (output.size() == 0) return;
  const Scalar& value = call.options<FillOptions>().value;
  dispatch(output.dtype(), [&]<class T>(Type<T>) {
    const T element = value.to<T>();
    dispatch_width(output.dtype(), [&]<class U>(Type<U>) {
      if constexpr (sizeof(T) == sizeof(U)) {
        Operand<U> operand;
        std::memcpy(&operand.value, &element, sizeof(U));
        operand.repeats = true;
        launch_flat(call.op.name, Same{}, static_cast<U*>(output.mutable_data()), output.size(),
                    operand);
      }
    });
  });
}

}  // namespace

void register_creation() { register_kernel("fill", DeviceType::kGPU, {&run_fill}); }

}  // namespace saem::cuda
