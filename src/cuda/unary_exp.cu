// exp, expm1, log, log1p, tanh, sigmoid, softplus; floor 4 of 5: CUDA. float32 by CUDA's own
// functions, which are within 2 ulp (CUDA C++ Programming Guide, "Mathematical Functions").
#include "cuda/elementwise.cuh"

namespace saem::cuda {
namespace {

#define SAEM_UNARY(Name, expression)                     \
  struct Name {                                          \
    template <class C>                                   \
    __device__ __forceinline__ C operator()(C x) const { \
      return expression;                                 \
    }                                                    \
  }
SAEM_UNARY(Exp, exp(x));
SAEM_UNARY(Expm1, expm1(x));
SAEM_UNARY(Log, log(x));
SAEM_UNARY(Log1p, log1p(x));
SAEM_UNARY(Tanh, tanh(x));
SAEM_UNARY(Sigmoid, (x < C(0) ? exp(x) : C(1)) / (C(1) + exp(-fabs(x))));
SAEM_UNARY(Softplus, (x < C(0) ? C(0) : x) + log1p(exp(-fabs(x))));
#undef SAEM_UNARY

template <class Op>
void run(const OpCall& call, std::span<Tensor> outputs) {
  dispatch_floating(outputs[0].dtype(), [&]<class T>(Type<T>) {
    run_elementwise<T, T>(call, outputs[0], Op{}, call.input(0));
  });
}

}  // namespace

void register_unary_exp() {
  register_kernel("exp", DeviceType::kGPU, {&run<Exp>, true, true});
  register_kernel("expm1", DeviceType::kGPU, {&run<Expm1>, true, true});
  register_kernel("log", DeviceType::kGPU, {&run<Log>, true, true});
  register_kernel("log1p", DeviceType::kGPU, {&run<Log1p>, true, true});
  register_kernel("tanh", DeviceType::kGPU, {&run<Tanh>, true, true});
  register_kernel("sigmoid", DeviceType::kGPU, {&run<Sigmoid>, true, true});
  register_kernel("softplus", DeviceType::kGPU, {&run<Softplus>, true, true});
}

}  // namespace saem::cuda
