// where; floor 3 of 5: CPU.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/where.cpp"
#include <hwy/foreach_target.h>
// Must come after foreach_target.h.
#include <hwy/highway.h>

#include "core/dispatch.hpp"
#include "cpu/elementwise.hpp"
#include "cpu/simd_transform-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace saem::cpu::HWY_NAMESPACE {
// Unnamed: kernel files name alike things alike (Add, block), and a linker would merge them.
namespace {

/// A byte of 0 or 1 as wide as an element.
template <class D, class Bytes>
HWY_INLINE hn::VFromD<D> widen_truth(D d, Bytes truth) {
  if constexpr (sizeof(hn::TFromD<D>) == 1) {
    return truth;
  } else if constexpr (sizeof(hn::TFromD<D>) == 8) {
    return hn::PromoteTo(d, hn::PromoteTo(hn::Rebind<std::uint32_t, D>(), truth));
  } else {
    return hn::PromoteTo(d, truth);
  }
}

/// output[i] = condition[i] ? x[i] : y[i]; moves elements by their width alone.
template <class T>
void block(const void* const* inputs, void* output, std::int64_t count, const void*) {
  const auto* condition = static_cast<const std::uint8_t*>(inputs[0]);
  const auto* x = static_cast<const T*>(inputs[1]);
  const auto* y = static_cast<const T*>(inputs[2]);
  auto* out = static_cast<T*>(output);
  const hn::ScalableTag<T> d;
  const hn::Rebind<std::uint8_t, decltype(d)> bytes;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  std::int64_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    const auto truth = widen_truth(d, hn::LoadU(bytes, condition + i));
    const auto chosen =
        hn::IfThenElse(hn::Ne(truth, hn::Zero(d)), hn::LoadU(d, x + i), hn::LoadU(d, y + i));
    hn::StoreU(chosen, d, out + i);
  }
  for (; i < count; ++i) out[i] = condition[i] != 0 ? x[i] : y[i];
}

/// Elements wider than a vector's lane.
template <class T>
void wide_block(const void* const* inputs, void* output, std::int64_t count, const void*) {
  const auto* condition = static_cast<const std::uint8_t*>(inputs[0]);
  const auto* x = static_cast<const T*>(inputs[1]);
  const auto* y = static_cast<const T*>(inputs[2]);
  auto* out = static_cast<T*>(output);
  for (std::int64_t i = 0; i < count; ++i) out[i] = condition[i] != 0 ? x[i] : y[i];
}

BlockFunction WhereBlock(DType dtype) {
  return dispatch_width(dtype, []<class T>(Type<T>) -> BlockFunction {
    if constexpr (std::is_integral_v<T>) {
      return &block<T>;
    } else {
      return &wide_block<T>;
    }
  });
}

}  // namespace
}  // namespace saem::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace saem::cpu {

HWY_EXPORT(WhereBlock);

namespace {

void run_where(const OpCall& call, std::span<Tensor> outputs) {
  const BlockFunction block = HWY_DYNAMIC_DISPATCH(WhereBlock)(outputs[0].dtype());
  run_elementwise({.inputs = call.inputs,
                   .output = outputs[0],
                   .block = block,
                   .moves_only = true,
                   .cheap = true});
}

}  // namespace

void register_where() { register_kernel("where", DeviceType::kCPU, {&run_where, true}); }

}  // namespace saem::cpu
#endif  // HWY_ONCE
