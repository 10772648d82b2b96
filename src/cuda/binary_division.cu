// floordiv, floormod, truncatediv, truncatemod; floor 4 of 5: CUDA. Division of integers by zero is
// reported and gives zero.
#include "cuda/elementwise.cuh"

namespace saem::cuda {
namespace {

struct TruncateDivision {
  template <class C>
  __device__ __forceinline__ C operator()(C x, C y) const {
    if constexpr (std::is_integral_v<C>) {
      // Wraps around: the least integer is its own negative.
      if (std::is_signed_v<C> && y == static_cast<C>(-1)) {
        return static_cast<C>(0u - static_cast<std::make_unsigned_t<C>>(x));
      }
      return static_cast<C>(x / y);
    } else {
      return trunc(x / y);
    }
  }
};

struct TruncateRemainder {
  template <class C>
  __device__ __forceinline__ C operator()(C x, C y) const {
    if constexpr (std::is_integral_v<C>) {
      return std::is_signed_v<C> && y == static_cast<C>(-1) ? C{0} : static_cast<C>(x % y);
    } else {
      return fmod(x, y);
    }
  }
};

struct FloorDivision {
  template <class C>
  __device__ __forceinline__ C operator()(C x, C y) const {
    if constexpr (std::is_unsigned_v<C>) {
      return static_cast<C>(x / y);
    } else if constexpr (std::is_integral_v<C>) {
      const C remainder = TruncateRemainder{}(x, y);
      const C quotient = TruncateDivision{}(x, y);
      const bool rounds_up = remainder != 0 && (remainder < 0) != (y < 0);
      return static_cast<C>(quotient - (rounds_up ? 1 : 0));
    } else {
      return floor(x / y);
    }
  }
};

struct FloorRemainder {
  template <class C>
  __device__ __forceinline__ C operator()(C x, C y) const {
    if constexpr (std::is_unsigned_v<C>) {
      return static_cast<C>(x % y);
    } else {
      const C remainder = TruncateRemainder{}(x, y);
      const bool other_side = remainder != C(0) && (remainder < C(0)) != (y < C(0));
      return other_side ? static_cast<C>(remainder + y) : remainder;
    }
  }
};

/// `Op`, but for zero divisors of integers.
template <class Op>
struct Guarded {
  const char* name;
  Finding* finding;

  template <class C>
  __device__ __forceinline__ C operator()(C x, C y) const {
    if constexpr (std::is_integral_v<C>) {
      if (y == C{0}) {
        report(finding, Finding::kZeroDivisor, name, 0, 0, 0);
        return C{0};
      }
    }
    return Op{}(x, y);
  }
};

template <class Op>
void run(const OpCall& call, std::span<Tensor> outputs) {
  const Guarded<Op> op{call.op.name, gpu().finding};
  dispatch_device(outputs[0].dtype(), [&]<class T>(Type<T>) {
    if constexpr (!std::is_same_v<T, bool>) {  // floor 2 refuses it
      run_elementwise<T, T, T>(call, outputs[0], op, call.input(0), call.input(1));
    }
  });
}

}  // namespace

void register_binary_division() {
  register_kernel("floordiv", DeviceType::kGPU, {&run<FloorDivision>, true, true});
  register_kernel("floormod", DeviceType::kGPU, {&run<FloorRemainder>, true, true});
  register_kernel("truncatediv", DeviceType::kGPU, {&run<TruncateDivision>, true, true});
  register_kernel("truncatemod", DeviceType::kGPU, {&run<TruncateRemainder>, true, true});
}

}  // namespace saem::cuda
