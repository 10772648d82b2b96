// add, subtract, multiply, divide, maximum, minimum, pow; floor 3 of 5: CPU.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/binary_arith.cpp"
#include <hwy/foreach_target.h>
// Must come after foreach_target.h.
#include <hwy/highway.h>

#include <cmath>

#include "core/dispatch.hpp"
#include "cpu/complex.hpp"
#include "cpu/elementwise.hpp"
#include "cpu/micro_op-inl.hpp"
#include "cpu/simd_transform-inl.hpp"

#ifndef SAEM_CPU_BINARY_ARITH_ONCE
#define SAEM_CPU_BINARY_ARITH_ONCE
namespace saem::cpu {
enum class BinaryArith { kAdd, kSubtract, kMultiply, kDivide, kMaximum, kMinimum, kPow };
}  // namespace saem::cpu
#endif

HWY_BEFORE_NAMESPACE();
namespace saem::cpu::HWY_NAMESPACE {
// Unnamed: kernel files name alike things alike (Add, block), and a linker would merge them.
namespace {

// Integers are calculated in their unsigned type: overflow wraps around, as in TensorFlow, and is
// defined.
template <class T>
using Wrapping = std::make_unsigned_t<std::conditional_t<std::is_integral_v<T>, T, int>>;

struct Add {
  template <class D, class V>
  HWY_INLINE V operator()(D, V a, V b) const {
    return hn::Add(a, b);
  }
  template <class T>
  HWY_INLINE T operator()(T a, T b) const {
    return static_cast<T>(static_cast<Wrapping<T>>(a) + static_cast<Wrapping<T>>(b));
  }
};

struct Subtract {
  template <class D, class V>
  HWY_INLINE V operator()(D, V a, V b) const {
    return hn::Sub(a, b);
  }
  template <class T>
  HWY_INLINE T operator()(T a, T b) const {
    return static_cast<T>(static_cast<Wrapping<T>>(a) - static_cast<Wrapping<T>>(b));
  }
};

struct Multiply {
  template <class D, class V>
  HWY_INLINE V operator()(D, V a, V b) const {
    return hn::Mul(a, b);
  }
  template <class T>
  HWY_INLINE T operator()(T a, T b) const {
    // 1u: uint16 * uint16 would be promoted to int and overflow it.
    return static_cast<T>(1u * static_cast<Wrapping<T>>(a) * static_cast<Wrapping<T>>(b));
  }
};

struct Divide {
  template <class D, class V>
  HWY_INLINE V operator()(D, V a, V b) const {
    return hn::Div(a, b);
  }
};

struct Maximum {
  template <class D, class V>
  HWY_INLINE V operator()(D, V a, V b) const {
    if constexpr (std::is_integral_v<hn::TFromV<V>>) {
      return hn::Max(a, b);
    } else {
      // x86's max gives the second operand if either is NaN; a NaN in `a` must win too.
      return hn::IfThenElse(hn::IsNaN(a), a, hn::IfThenElse(hn::Gt(a, b), a, b));
    }
  }
  template <class T>
  HWY_INLINE T operator()(T a, T b) const {
    return a > b ? a : b;
  }
};

struct Minimum {
  template <class D, class V>
  HWY_INLINE V operator()(D, V a, V b) const {
    if constexpr (std::is_integral_v<hn::TFromV<V>>) {
      return hn::Min(a, b);
    } else {
      return hn::IfThenElse(hn::IsNaN(a), a, hn::IfThenElse(hn::Lt(a, b), a, b));
    }
  }
  template <class T>
  HWY_INLINE T operator()(T a, T b) const {
    return a < b ? a : b;
  }
};

struct Pow {  // the C library's: correct to 1 ulp with all its special cases
  template <class T>
  HWY_INLINE T operator()(T a, T b) const {
    return std::pow(a, b);
  }
};

/// Integers that every target calculates on vectors. There they wrap around too; what has no vector
/// product (8 and 64 bits) stays with the scalar form.
template <class Op, class T>
constexpr bool has_vectors() {
  if constexpr (std::is_floating_point_v<T>) return kHasVectors<T> && !std::is_same_v<Op, Pow>;
  if constexpr (std::is_same_v<Op, Multiply>) return sizeof(T) == 2 || sizeof(T) == 4;
  return std::is_same_v<Op, Add> || std::is_same_v<Op, Subtract> || std::is_same_v<Op, Maximum> ||
         std::is_same_v<Op, Minimum>;
}

template <class Op, class T>
void block(const void* const* inputs, void* output, std::int64_t count, const void*) {
  const auto* a = static_cast<const T*>(inputs[0]);
  const auto* b = static_cast<const T*>(inputs[1]);
  auto* out = static_cast<T*>(output);
  if constexpr (has_vectors<Op, T>()) {
    transform_vectors(Op{}, out, count, a, b);
  } else {
    transform_scalars(Op{}, out, count, a, b);
  }
}

template <class Op>
BlockForms find_block(DType dtype) {
  constexpr bool kFloatingOnly = std::is_same_v<Op, Divide> || std::is_same_v<Op, Pow>;
  return dispatch_numeric(compute_dtype(dtype), [&]<class T>(Type<T>) -> BlockForms {
    if constexpr (kHasVectors<T> && !std::is_same_v<Op, Pow>) {
      return {&block<Op, T>, micro_form<T, Op, 2>()};
    } else if constexpr (kHasVectors<T> || (std::is_integral_v<T> && !kFloatingOnly)) {
      return {&block<Op, T>};
    } else {
      return {};  // never asked for: floor 2 refuses it, or compute_dtype widened it
    }
  });
}

BlockForms BinaryArithBlock(BinaryArith op, DType dtype) {
  switch (op) {
    case BinaryArith::kAdd:
      return find_block<Add>(dtype);
    case BinaryArith::kSubtract:
      return find_block<Subtract>(dtype);
    case BinaryArith::kMultiply:
      return find_block<Multiply>(dtype);
    case BinaryArith::kDivide:
      return find_block<Divide>(dtype);
    case BinaryArith::kMaximum:
      return find_block<Maximum>(dtype);
    case BinaryArith::kMinimum:
      return find_block<Minimum>(dtype);
    case BinaryArith::kPow:
      return find_block<Pow>(dtype);
  }
  return {};
}

}  // namespace
}  // namespace saem::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace saem::cpu {

HWY_EXPORT(BinaryArithBlock);

namespace {

/// One of them on complex numbers.
template <BinaryArith kOp>
struct ComplexArith {
  template <class T>
  std::complex<T> operator()(std::complex<T> a, std::complex<T> b) const {
    if constexpr (kOp == BinaryArith::kAdd) return a + b;
    if constexpr (kOp == BinaryArith::kSubtract) return a - b;
    if constexpr (kOp == BinaryArith::kMultiply) return product(a, b);
    if constexpr (kOp == BinaryArith::kDivide) return a / b;
    return std::pow(a, b);  // maximum and minimum of complex numbers are refused
  }
};

template <BinaryArith kOp>
void run(const OpCall& call, std::span<Tensor> outputs) {
  if (outputs[0].dtype().is_complex()) {
    return run_elementwise(
        {call.inputs, outputs[0], complex_block(outputs[0].dtype(), ComplexArith<kOp>{})});
  }
  const BlockForms forms = HWY_DYNAMIC_DISPATCH(BinaryArithBlock)(kOp, outputs[0].dtype());
  run_elementwise({.inputs = call.inputs,
                   .output = outputs[0],
                   .block = forms.block,
                   .cheap = kOp != BinaryArith::kPow && kOp != BinaryArith::kDivide},
                  forms.micro);
}

}  // namespace

void register_binary_arith() {
  register_kernel("add", DeviceType::kCPU, {&run<BinaryArith::kAdd>, true});
  register_kernel("subtract", DeviceType::kCPU, {&run<BinaryArith::kSubtract>, true});
  register_kernel("multiply", DeviceType::kCPU, {&run<BinaryArith::kMultiply>, true});
  register_kernel("divide", DeviceType::kCPU, {&run<BinaryArith::kDivide>, true});
  register_kernel("maximum", DeviceType::kCPU, {&run<BinaryArith::kMaximum>, true});
  register_kernel("minimum", DeviceType::kCPU, {&run<BinaryArith::kMinimum>, true});
  register_kernel("pow", DeviceType::kCPU, {&run<BinaryArith::kPow>, true});
}

}  // namespace saem::cpu
#endif  // HWY_ONCE
