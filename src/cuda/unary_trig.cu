// sin, cos, tan, asin, acos, atan, sinh, cosh, asinh, acosh, atanh; floor 4 of 5: CUDA. float32 by
// CUDA's own functions, which are within 4 ulp (CUDA C++ Programming Guide, "Mathematical
// Functions"): float64's would cost more time than memory does.
#include "cuda/elementwise.cuh"

namespace saem::cuda {
namespace {

#define SAEM_UNARY(Name, function)                       \
  struct Name {                                          \
    template <class C>                                   \
    __device__ __forceinline__ C operator()(C x) const { \
      return function(x);                                \
    }                                                    \
  }
SAEM_UNARY(Sin, sin);
SAEM_UNARY(Cos, cos);
SAEM_UNARY(Tan, tan);
SAEM_UNARY(Asin, asin);
SAEM_UNARY(Acos, acos);
SAEM_UNARY(Atan, atan);
SAEM_UNARY(Sinh, sinh);
SAEM_UNARY(Cosh, cosh);
SAEM_UNARY(Asinh, asinh);
SAEM_UNARY(Acosh, acosh);
SAEM_UNARY(Atanh, atanh);
#undef SAEM_UNARY

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
  register_kernel("tan", DeviceType::kGPU, {&run<Tan>, true, true});
  register_kernel("asin", DeviceType::kGPU, {&run<Asin>, true, true});
  register_kernel("acos", DeviceType::kGPU, {&run<Acos>, true, true});
  register_kernel("atan", DeviceType::kGPU, {&run<Atan>, true, true});
  register_kernel("sinh", DeviceType::kGPU, {&run<Sinh>, true, true});
  register_kernel("cosh", DeviceType::kGPU, {&run<Cosh>, true, true});
  register_kernel("asinh", DeviceType::kGPU, {&run<Asinh>, true, true});
  register_kernel("acosh", DeviceType::kGPU, {&run<Acosh>, true, true});
  register_kernel("atanh", DeviceType::kGPU, {&run<Atanh>, true, true});
}

}  // namespace saem::cuda
