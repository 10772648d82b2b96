// negative, abs, sign, square, sqrt, rsqrt, reciprocal, floor, ceil, round; floor 4 of 5: CUDA.
#include "cuda/elementwise.cuh"

namespace saem::cuda {
namespace {

// Integers are calculated in their unsigned type: overflow wraps around, as in TensorFlow.
struct Negative {
  static constexpr bool kIntegers = true;
  template <class C>
  __device__ __forceinline__ C operator()(C x) const {
    if constexpr (std::is_integral_v<C>) {
      return static_cast<C>(0u - static_cast<std::make_unsigned_t<C>>(x));
    } else {
      return -x;
    }
  }
};

struct Abs {
  static constexpr bool kIntegers = true;
  template <class C>
  __device__ __forceinline__ C operator()(C x) const {
    if constexpr (std::is_unsigned_v<C>) {
      return x;
    } else if constexpr (std::is_integral_v<C>) {
      return x < C{0} ? Negative{}(x) : x;
    } else {
      return fabs(x);
    }
  }
};

struct Sign {
  static constexpr bool kIntegers = true;
  template <class C>
  __device__ __forceinline__ C operator()(C x) const {
    if constexpr (std::is_unsigned_v<C>) {
      return static_cast<C>(x != C{0});
    } else if constexpr (std::is_integral_v<C>) {
      return static_cast<C>((x > C{0}) - (x < C{0}));
    } else {
      return x != x ? x : static_cast<C>((x > C{0}) - (x < C{0}));
    }
  }
};

struct Square {
  static constexpr bool kIntegers = true;
  template <class C>
  __device__ __forceinline__ C operator()(C x) const {
    if constexpr (std::is_integral_v<C>) {
      const auto wrapping = static_cast<std::make_unsigned_t<C>>(x);
      return static_cast<C>(1u * wrapping * wrapping);
    } else {
      return x * x;
    }
  }
};

struct Same {
  template <class C>
  __device__ __forceinline__ C operator()(C x) const {
    return x;
  }
};

/// In floating point alone; `expression` in x.
#define SAEM_FLOATING(Name, expression)                  \
  struct Name {                                          \
    static constexpr bool kIntegers = false;             \
    template <class C>                                   \
    __device__ __forceinline__ C operator()(C x) const { \
      return expression;                                 \
    }                                                    \
  }
SAEM_FLOATING(Sqrt, sqrt(x));
SAEM_FLOATING(Rsqrt, C(1) / sqrt(x));
SAEM_FLOATING(Reciprocal, C(1) / x);
SAEM_FLOATING(Floor, floor(x));
SAEM_FLOATING(Ceil, ceil(x));
SAEM_FLOATING(Round, rint(x));  // halves to the even number
#undef SAEM_FLOATING

template <class Op>
void run(const OpCall& call, std::span<Tensor> outputs) {
  dispatch_device(outputs[0].dtype(), [&]<class T>(Type<T>) {
    if constexpr (std::is_same_v<T, bool>) {
      return;  // never asked for: floor 2 refuses it
    } else if constexpr (std::is_integral_v<T> && !Op::kIntegers) {
      run_elementwise<T, T>(call, outputs[0], Same{}, call.input(0));  // whole numbers are round
    } else {
      run_elementwise<T, T>(call, outputs[0], Op{}, call.input(0));
    }
  });
}

}  // namespace

void register_unary_arith() {
  register_kernel("negative", DeviceType::kGPU, {&run<Negative>, true, true});
  register_kernel("abs", DeviceType::kGPU, {&run<Abs>, true, true});
  register_kernel("sign", DeviceType::kGPU, {&run<Sign>, true, true});
  register_kernel("square", DeviceType::kGPU, {&run<Square>, true, true});
  register_kernel("sqrt", DeviceType::kGPU, {&run<Sqrt>, true, true});
  register_kernel("rsqrt", DeviceType::kGPU, {&run<Rsqrt>, true, true});
  register_kernel("reciprocal", DeviceType::kGPU, {&run<Reciprocal>, true, true});
  register_kernel("floor", DeviceType::kGPU, {&run<Floor>, true, true});
  register_kernel("ceil", DeviceType::kGPU, {&run<Ceil>, true, true});
  register_kernel("round", DeviceType::kGPU, {&run<Round>, true, true});
}

}  // namespace saem::cuda
