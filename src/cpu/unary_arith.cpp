// negative, abs, sign, square, sqrt, rsqrt, reciprocal, floor, ceil, round; floor 3 of 5: CPU.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/unary_arith.cpp"
#include <hwy/foreach_target.h>
// Must come after foreach_target.h.
#include <hwy/highway.h>

#include "core/dispatch.hpp"
#include "cpu/complex.hpp"
#include "cpu/elementwise.hpp"
#include "cpu/micro_op-inl.hpp"
#include "cpu/simd_transform-inl.hpp"

#ifndef SAEM_CPU_UNARY_ARITH_ONCE
#define SAEM_CPU_UNARY_ARITH_ONCE
namespace saem::cpu {
enum class UnaryArith {
  kNegative,
  kAbs,
  kSign,
  kSquare,
  kSqrt,
  kRsqrt,
  kReciprocal,
  kFloor,
  kCeil,
  kRound
};
}  // namespace saem::cpu
#endif

HWY_BEFORE_NAMESPACE();
namespace saem::cpu::HWY_NAMESPACE {
// Unnamed: kernel files name alike things alike (Add, block), and a linker would merge them.
namespace {

// Integers are calculated in their unsigned type: overflow wraps around, as in TensorFlow.
struct Negative {
  template <class D, class V>
  HWY_INLINE V operator()(D, V x) const {
    return hn::Neg(x);
  }
  template <class T>
  HWY_INLINE T operator()(T x) const {
    return static_cast<T>(0u - static_cast<std::make_unsigned_t<T>>(x));
  }
};

struct Abs {
  template <class D, class V>
  HWY_INLINE V operator()(D, V x) const {
    return hn::Abs(x);
  }
  template <class T>
  HWY_INLINE T operator()(T x) const {
    return x < T{0} ? Negative{}(x) : x;
  }
};

struct Sign {
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    const V one = hn::CopySign(hn::Set(d, 1), x);
    const V sign = hn::IfThenZeroElse(hn::Eq(x, hn::Zero(d)), one);
    return hn::IfThenElse(hn::IsNaN(x), x, sign);
  }
  template <class T>
  HWY_INLINE T operator()(T x) const {
    return static_cast<T>((x > T{0}) - (x < T{0}));
  }
};

struct Square {
  template <class D, class V>
  HWY_INLINE V operator()(D, V x) const {
    return hn::Mul(x, x);
  }
  template <class T>
  HWY_INLINE T operator()(T x) const {
    const auto wrapping = static_cast<std::make_unsigned_t<T>>(x);
    return static_cast<T>(1u * wrapping * wrapping);  // 1u: uint16 would be promoted to int
  }
};

struct Sqrt {
  template <class D, class V>
  HWY_INLINE V operator()(D, V x) const {
    return hn::Sqrt(x);
  }
};

struct Rsqrt {  // not the hardware's estimate: that has 12 bits, or 14
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    return hn::Div(hn::Set(d, 1), hn::Sqrt(x));
  }
};

struct Reciprocal {
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    return hn::Div(hn::Set(d, 1), x);
  }
};

struct Floor {
  template <class D, class V>
  HWY_INLINE V operator()(D, V x) const {
    return hn::Floor(x);
  }
};

struct Ceil {
  template <class D, class V>
  HWY_INLINE V operator()(D, V x) const {
    return hn::Ceil(x);
  }
};

struct Round {  // halves to the even number
  template <class D, class V>
  HWY_INLINE V operator()(D, V x) const {
    return hn::Round(x);
  }
  template <class T>
  HWY_INLINE T operator()(T x) const {
    return x;
  }
};

template <class Op, class T>
void block(const void* const* inputs, void* output, std::int64_t count, const void*) {
  const auto* x = static_cast<const T*>(inputs[0]);
  auto* out = static_cast<T*>(output);
  if constexpr (kHasVectors<T>) {
    transform_vectors(Op{}, out, count, x);
  } else {
    transform_scalars(Op{}, out, count, x);
  }
}

template <class Op>
BlockForms find_block(DType dtype) {
  return dispatch_numeric(compute_dtype(dtype), [&]<class T>(Type<T>) -> BlockForms {
    if constexpr (kHasVectors<T>) {
      return {&block<Op, T>, micro_form<T, Op, 1>()};
    } else if constexpr (std::is_integral_v<T> && std::is_invocable_v<Op, T>) {
      return {&block<Op, T>};
    } else {
      return {};  // never asked for: floor 2 refuses it, or compute_dtype widened it
    }
  });
}

BlockForms UnaryArithBlock(UnaryArith op, DType dtype) {
  switch (op) {
    case UnaryArith::kNegative:
      return find_block<Negative>(dtype);
    case UnaryArith::kAbs:
      return find_block<Abs>(dtype);
    case UnaryArith::kSign:
      return find_block<Sign>(dtype);
    case UnaryArith::kSquare:
      return find_block<Square>(dtype);
    case UnaryArith::kSqrt:
      return find_block<Sqrt>(dtype);
    case UnaryArith::kRsqrt:
      return find_block<Rsqrt>(dtype);
    case UnaryArith::kReciprocal:
      return find_block<Reciprocal>(dtype);
    case UnaryArith::kFloor:
      return find_block<Floor>(dtype);
    case UnaryArith::kCeil:
      return find_block<Ceil>(dtype);
    case UnaryArith::kRound:
      return find_block<Round>(dtype);
  }
  return {};
}

}  // namespace
}  // namespace saem::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace saem::cpu {

HWY_EXPORT(UnaryArithBlock);

namespace {

/// One of them on complex numbers: those that have no order between them have no other.
template <UnaryArith kOp>
struct ComplexArith {
  template <class T>
  std::complex<T> operator()(std::complex<T> z) const {
    if constexpr (kOp == UnaryArith::kNegative) return -z;
    if constexpr (kOp == UnaryArith::kSquare) return product(z, z);
    if constexpr (kOp == UnaryArith::kSqrt) return std::sqrt(z);
    if constexpr (kOp == UnaryArith::kRsqrt) return T{1} / std::sqrt(z);
    return T{1} / z;
  }
};

template <UnaryArith kOp>
void run(const OpCall& call, std::span<Tensor> outputs) {
  if (outputs[0].dtype().is_complex()) {
    return run_elementwise(
        {call.inputs, outputs[0], complex_block(outputs[0].dtype(), ComplexArith<kOp>{})});
  }
  const BlockForms forms = HWY_DYNAMIC_DISPATCH(UnaryArithBlock)(kOp, outputs[0].dtype());
  constexpr bool kCheap =
      kOp != UnaryArith::kSqrt && kOp != UnaryArith::kRsqrt && kOp != UnaryArith::kReciprocal;
  run_elementwise(
      {.inputs = call.inputs, .output = outputs[0], .block = forms.block, .cheap = kCheap},
      forms.micro);
}

}  // namespace

void register_unary_arith() {
  register_kernel("negative", DeviceType::kCPU, {&run<UnaryArith::kNegative>, true});
  register_kernel("abs", DeviceType::kCPU, {&run<UnaryArith::kAbs>, true});
  register_kernel("sign", DeviceType::kCPU, {&run<UnaryArith::kSign>, true});
  register_kernel("square", DeviceType::kCPU, {&run<UnaryArith::kSquare>, true});
  register_kernel("sqrt", DeviceType::kCPU, {&run<UnaryArith::kSqrt>, true});
  register_kernel("rsqrt", DeviceType::kCPU, {&run<UnaryArith::kRsqrt>, true});
  register_kernel("reciprocal", DeviceType::kCPU, {&run<UnaryArith::kReciprocal>, true});
  register_kernel("floor", DeviceType::kCPU, {&run<UnaryArith::kFloor>, true});
  register_kernel("ceil", DeviceType::kCPU, {&run<UnaryArith::kCeil>, true});
  register_kernel("round", DeviceType::kCPU, {&run<UnaryArith::kRound>, true});
}

}  // namespace saem::cpu
#endif  // HWY_ONCE
