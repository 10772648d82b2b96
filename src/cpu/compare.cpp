// equal, not_equal, less, less_equal, greater, greater_equal; floor 3 of 5: CPU.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/compare.cpp"
#include <hwy/foreach_target.h>
// Must come after foreach_target.h.
#include <hwy/highway.h>

#include "core/dispatch.hpp"
#include "cpu/complex.hpp"
#include "cpu/elementwise.hpp"
#include "cpu/simd_transform-inl.hpp"

#ifndef SAEM_CPU_COMPARE_ONCE
#define SAEM_CPU_COMPARE_ONCE
namespace saem::cpu {
enum class Comparison { kEqual, kNotEqual, kLess, kLessEqual };
}  // namespace saem::cpu
#endif

HWY_BEFORE_NAMESPACE();
namespace saem::cpu::HWY_NAMESPACE {
// Unnamed: kernel files name alike things alike (Add, block), and a linker would merge them.
namespace {

template <Comparison kOp, class T, class V>
HWY_INLINE auto compare(V a, V b) {
  if constexpr (kOp == Comparison::kEqual) {
    return hn::Eq(a, b);
  } else if constexpr (kOp == Comparison::kNotEqual) {
    return hn::Not(hn::Eq(a, b));  // Highway 1.0 calls NaN equal to NaN in AVX-512's Ne
  } else if constexpr (kOp == Comparison::kLess) {
    return hn::Lt(a, b);
  } else if constexpr (std::is_integral_v<T>) {
    return hn::Not(hn::Lt(b, a));  // Highway 1.0 has no Le of integers
  } else {
    return hn::Le(a, b);
  }
}

/// output[i] = a[i] op b[i] as bytes of 0 and 1: bytes moved are 2 sizeof(T) + 1 an element.
template <Comparison kOp, class T>
void block(const void* const* inputs, void* output, std::int64_t count, const void*) {
  const auto* a = static_cast<const T*>(inputs[0]);
  const auto* b = static_cast<const T*>(inputs[1]);
  auto* out = static_cast<std::uint8_t*>(output);
  const hn::ScalableTag<T> d;
  const hn::RebindToUnsigned<decltype(d)> wide;
  const hn::Rebind<std::uint8_t, decltype(d)> bytes;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  const auto ones = hn::Set(wide, 1);
  const auto compare_vectors = [&](const T* x, const T* y, std::uint8_t* to) HWY_ATTR {
    const auto mask = hn::RebindMask(wide, compare<kOp, T>(hn::LoadU(d, x), hn::LoadU(d, y)));
    const auto truth = hn::IfThenElseZero(mask, ones);
    if constexpr (sizeof(T) == 1) {
      hn::StoreU(truth, bytes, to);
    } else {
      hn::StoreU(hn::TruncateTo(bytes, truth), bytes, to);
    }
  };
  std::int64_t i = 0;
  for (; i + lanes <= count; i += lanes) compare_vectors(a + i, b + i, out + i);
  if (i < count) {
    const auto rest = static_cast<std::size_t>(count - i);
    HWY_ALIGN T left[hn::MaxLanes(d)] = {};
    HWY_ALIGN T right[hn::MaxLanes(d)] = {};
    HWY_ALIGN std::uint8_t truth[hn::MaxLanes(d)];
    std::memcpy(left, a + i, rest * sizeof(T));
    std::memcpy(right, b + i, rest * sizeof(T));
    compare_vectors(left, right, truth);
    std::memcpy(out + i, truth, rest);
  }
}

template <Comparison kOp>
BlockFunction find_block(DType dtype) {
  return dispatch(compute_dtype(dtype), [&]<class T>(Type<T>) -> BlockFunction {
    if constexpr (std::is_same_v<T, bool>) {
      return &block<kOp, std::uint8_t>;
    } else if constexpr (std::is_integral_v<T> || kHasVectors<T>) {
      return &block<kOp, T>;
    } else {
      return nullptr;  // compute_dtype widened it
    }
  });
}

BlockFunction ComparisonBlock(Comparison op, DType dtype) {
  switch (op) {
    case Comparison::kEqual:
      return find_block<Comparison::kEqual>(dtype);
    case Comparison::kNotEqual:
      return find_block<Comparison::kNotEqual>(dtype);
    case Comparison::kLess:
      return find_block<Comparison::kLess>(dtype);
    case Comparison::kLessEqual:
      return find_block<Comparison::kLessEqual>(dtype);
  }
  return nullptr;
}

}  // namespace
}  // namespace saem::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace saem::cpu {

HWY_EXPORT(ComparisonBlock);

namespace {

struct EqualComplex {
  template <class T>
  bool operator()(std::complex<T> a, std::complex<T> b) const {
    return a == b;
  }
};

struct NotEqualComplex {
  template <class T>
  bool operator()(std::complex<T> a, std::complex<T> b) const {
    return a != b;
  }
};

template <Comparison kOp>
void run(const OpCall& call, std::span<Tensor> outputs) {
  if (call.input(0).dtype().is_complex()) {
    const DType dtype = call.input(0).dtype();
    const BlockFunction block = kOp == Comparison::kEqual ? complex_block(dtype, EqualComplex{})
                                                          : complex_block(dtype, NotEqualComplex{});
    return run_elementwise({call.inputs, outputs[0], block});
  }
  const BlockFunction block = HWY_DYNAMIC_DISPATCH(ComparisonBlock)(kOp, call.input(0).dtype());
  run_elementwise({.inputs = call.inputs, .output = outputs[0], .block = block, .cheap = true});
}

/// a > b is b < a.
template <Comparison kOp>
void run_swapped(const OpCall& call, std::span<Tensor> outputs) {
  const Tensor swapped[] = {call.input(1), call.input(0)};
  run<kOp>({call.op, swapped, call.attributes}, outputs);
}

}  // namespace

void register_compare() {
  register_kernel("equal", DeviceType::kCPU, {&run<Comparison::kEqual>, true});
  register_kernel("not_equal", DeviceType::kCPU, {&run<Comparison::kNotEqual>, true});
  register_kernel("less", DeviceType::kCPU, {&run<Comparison::kLess>, true});
  register_kernel("less_equal", DeviceType::kCPU, {&run<Comparison::kLessEqual>, true});
  register_kernel("greater", DeviceType::kCPU, {&run_swapped<Comparison::kLess>, true});
  register_kernel("greater_equal", DeviceType::kCPU, {&run_swapped<Comparison::kLessEqual>, true});
}

}  // namespace saem::cpu
#endif  // HWY_ONCE
