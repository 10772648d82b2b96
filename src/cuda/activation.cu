// elu, selu, gelu, silu, mish, softsign, log_sigmoid, hard_sigmoid, hard_silu and their backwards;
// floor 4 of 5: CUDA. One pass over memory each, which is the limit.
#include <numbers>
#include <saem/ops/activation.hpp>

#include "cuda/elementwise.cuh"

// The header declares functions of tensors of these names: `::exp` is CUDA's.
namespace saem::cuda {
namespace {

// A backward gives the factor of the output's gradient. C is float or double.

/// 1 / (1 + e^-x); where it is small, without a difference.
template <class C>
__device__ __forceinline__ C logistic(C x) {
  return (x < C(0) ? ::exp(x) : C(1)) / (C(1) + ::exp(-fabs(x)));
}

struct Elu {
  double alpha;  // times scale
  double scale;
  template <class C>
  __device__ __forceinline__ C operator()(C x) const {
    return x < C(0) ? static_cast<C>(alpha) * ::expm1(x) : static_cast<C>(scale) * x;
  }
};

struct EluGrad {
  double alpha;
  double scale;
  template <class C>
  __device__ __forceinline__ C operator()(C x) const {
    return x < C(0) ? static_cast<C>(alpha) * ::exp(x) : static_cast<C>(scale);
  }
};

constexpr double kNormalDensity = std::numbers::inv_sqrtpi / std::numbers::sqrt2;

struct Gelu {
  template <class C>
  __device__ __forceinline__ C operator()(C x) const {
    return x * normcdf(x);
  }
};

struct GeluGrad {
  template <class C>
  __device__ __forceinline__ C operator()(C x) const {
    return normcdf(x) + x * (static_cast<C>(kNormalDensity) * ::exp(C(-0.5) * x * x));
  }
};

/// 2 u, where tanh(u) is in the approximation of gelu, which is then x sigmoid(2 u).
template <class C>
__device__ __forceinline__ C gelu_argument(C x) {
  return static_cast<C>(2 * nn::kSqrtTwoByPi) * x * (C(1) + static_cast<C>(nn::kGeluCubic) * x * x);
}

struct GeluByTanh {
  template <class C>
  __device__ __forceinline__ C operator()(C x) const {
    return x * logistic(gelu_argument(x));
  }
};

struct GeluByTanhGrad {
  template <class C>
  __device__ __forceinline__ C operator()(C x) const {
    const C v = gelu_argument(x);
    const C s = logistic(v);
    // Where the other factors overflow the sigmoid has long ended.
    const C peak = s * logistic(-v);
    const C slope =
        static_cast<C>(2 * nn::kSqrtTwoByPi) * (C(1) + static_cast<C>(3 * nn::kGeluCubic) * x * x);
    return peak > C(0) ? s + x * peak * slope : s;
  }
};

struct Silu {
  double beta;
  template <class C>
  __device__ __forceinline__ C operator()(C x) const {
    return x * logistic(static_cast<C>(beta) * x);
  }
};

struct SiluGrad {
  double beta;
  template <class C>
  __device__ __forceinline__ C operator()(C x) const {
    const C scaled = static_cast<C>(beta) * x;
    const C s = logistic(scaled);
    return s + scaled * (s * logistic(-scaled));
  }
};

// With e = e^x and w = e (e + 2): tanh(ln(1 + e)) = w / (w + 2), without a difference. It is 1 from
// 40 on; w^2, in its slope, overflows a float from 22 on, where that is 1 too.

struct Mish {
  template <class C>
  __device__ __forceinline__ C operator()(C x) const {
    if (x > C(40)) return x;
    const C e = ::exp(x);
    const C w = e * (e + C(2));
    return x * (w / (w + C(2)));
  }
};

struct MishGrad {
  template <class C>
  __device__ __forceinline__ C operator()(C x) const {
    if (x > (sizeof(C) == sizeof(float) ? C(20) : C(40))) return C(1);
    const C e = ::exp(x);
    const C w = e * (e + C(2));
    return w / (w + C(2)) + C(4) * x * (e * (e + C(1)) / ((w + C(2)) * (w + C(2))));
  }
};

struct Softsign {
  template <class C>
  __device__ __forceinline__ C operator()(C x) const {
    return x / (C(1) + fabs(x));
  }
};

struct SoftsignGrad {
  template <class C>
  __device__ __forceinline__ C operator()(C x) const {
    const C sum = C(1) + fabs(x);
    return C(1) / (sum * sum);
  }
};

struct LogSigmoid {
  template <class C>
  __device__ __forceinline__ C operator()(C x) const {
    return (x > C(0) ? C(0) : x) - ::log1p(::exp(-fabs(x)));
  }
};

// Written so that NaN, of which no comparison is true, passes.
struct HardSigmoid {
  template <class C>
  __device__ __forceinline__ C operator()(C x) const {
    return x <= C(-3) ? C(0) : x >= C(3) ? C(1) : (x + C(3)) / C(6);
  }
};

struct HardSigmoidGrad {
  template <class C>
  __device__ __forceinline__ C operator()(C x) const {
    return fabs(x) < C(3) ? C(1) / C(6) : C(0);
  }
};

struct HardSilu {
  template <class C>
  __device__ __forceinline__ C operator()(C x) const {
    return x * HardSigmoid{}(x);
  }
};

struct HardSiluGrad {
  template <class C>
  __device__ __forceinline__ C operator()(C x) const {
    return x <= C(-3) ? C(0) : x >= C(3) ? C(1) : (C(2) * x + C(3)) / C(6);
  }
};

/// The factor that `Op` gives of x, times dz.
template <class Op>
struct Backward {
  Op op;
  template <class C>
  __device__ __forceinline__ C operator()(C dz, C x) const {
    return dz * op(x);
  }
};

template <class Op>
void run_forward(const OpCall& call, Tensor& output, const Op& op) {
  dispatch_floating(output.dtype(), [&]<class T>(Type<T>) {
    run_elementwise<T, T>(call, output, op, call.input(0));
  });
}

template <class Op>
void run_backward(const OpCall& call, Tensor& output, const Op& op) {
  dispatch_floating(output.dtype(), [&]<class T>(Type<T>) {
    run_elementwise<T, T, T>(call, output, Backward<Op>{op}, call.input(0), call.input(1));
  });
}

template <class Op>
void forward(const OpCall& call, std::span<Tensor> outputs) {
  run_forward(call, outputs[0], Op{});
}

template <class Op>
void backward(const OpCall& call, std::span<Tensor> outputs) {
  run_backward(call, outputs[0], Op{});
}

void run_elu(const OpCall& call, std::span<Tensor> outputs) {
  run_forward(call, outputs[0], Elu{call.options<nn::EluOptions>().alpha, 1.0});
}
void run_elu_grad(const OpCall& call, std::span<Tensor> outputs) {
  run_backward(call, outputs[0], EluGrad{call.options<nn::EluOptions>().alpha, 1.0});
}
void run_selu(const OpCall& call, std::span<Tensor> outputs) {
  run_forward(call, outputs[0], Elu{nn::kSeluAlpha * nn::kSeluScale, nn::kSeluScale});
}
void run_selu_grad(const OpCall& call, std::span<Tensor> outputs) {
  run_backward(call, outputs[0], EluGrad{nn::kSeluAlpha * nn::kSeluScale, nn::kSeluScale});
}
void run_gelu(const OpCall& call, std::span<Tensor> outputs) {
  if (call.options<nn::GeluOptions>().approximate) return forward<GeluByTanh>(call, outputs);
  forward<Gelu>(call, outputs);
}
void run_gelu_grad(const OpCall& call, std::span<Tensor> outputs) {
  if (call.options<nn::GeluOptions>().approximate) return backward<GeluByTanhGrad>(call, outputs);
  backward<GeluGrad>(call, outputs);
}
void run_silu(const OpCall& call, std::span<Tensor> outputs) {
  run_forward(call, outputs[0], Silu{call.options<nn::SiluOptions>().beta});
}
void run_silu_grad(const OpCall& call, std::span<Tensor> outputs) {
  run_backward(call, outputs[0], SiluGrad{call.options<nn::SiluOptions>().beta});
}

}  // namespace

void register_activation() {
  register_kernel("elu", DeviceType::kGPU, {&run_elu, true, true});
  register_kernel("elu_grad", DeviceType::kGPU, {&run_elu_grad, true, true});
  register_kernel("selu", DeviceType::kGPU, {&run_selu, true, true});
  register_kernel("selu_grad", DeviceType::kGPU, {&run_selu_grad, true, true});
  register_kernel("gelu", DeviceType::kGPU, {&run_gelu, true, true});
  register_kernel("gelu_grad", DeviceType::kGPU, {&run_gelu_grad, true, true});
  register_kernel("silu", DeviceType::kGPU, {&run_silu, true, true});
  register_kernel("silu_grad", DeviceType::kGPU, {&run_silu_grad, true, true});
  register_kernel("mish", DeviceType::kGPU, {&forward<Mish>, true, true});
  register_kernel("mish_grad", DeviceType::kGPU, {&backward<MishGrad>, true, true});
  register_kernel("softsign", DeviceType::kGPU, {&forward<Softsign>, true, true});
  register_kernel("softsign_grad", DeviceType::kGPU, {&backward<SoftsignGrad>, true, true});
  register_kernel("log_sigmoid", DeviceType::kGPU, {&forward<LogSigmoid>, true, true});
  register_kernel("hard_sigmoid", DeviceType::kGPU, {&forward<HardSigmoid>, true, true});
  register_kernel("hard_sigmoid_grad", DeviceType::kGPU, {&backward<HardSigmoidGrad>, true, true});
  register_kernel("hard_silu", DeviceType::kGPU, {&forward<HardSilu>, true, true});
  register_kernel("hard_silu_grad", DeviceType::kGPU, {&backward<HardSiluGrad>, true, true});
}

}  // namespace saem::cuda
