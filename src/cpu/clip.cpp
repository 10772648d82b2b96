// clip_by_value; floor 3 of 5: CPU.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/clip.cpp"
#include <hwy/foreach_target.h>
// Must come after foreach_target.h.
#include <hwy/highway.h>

#include "core/dispatch.hpp"
#include "cpu/elementwise.hpp"
#include "cpu/micro_op-inl.hpp"
#include "cpu/simd_transform-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace saem::cpu::HWY_NAMESPACE {
// Unnamed: kernel files name alike things alike (Add, block), and a linker would merge them.
namespace {

/// min(max(x, low), high); NaN in any of them wins, as in maximum and minimum.
struct Clip {
  template <class D, class V>
  HWY_INLINE V operator()(D, V x, V low, V high) const {
    const V raised = hn::IfThenElse(hn::Or(hn::IsNaN(x), hn::Gt(x, low)), x, low);
    return hn::IfThenElse(hn::Or(hn::IsNaN(raised), hn::Lt(raised, high)), raised, high);
  }
  template <class T>
  HWY_INLINE T operator()(T x, T low, T high) const {
    const T raised = x > low ? x : low;
    return raised < high ? raised : high;
  }
};

template <class T>
void block(const void* const* inputs, void* output, std::int64_t count, const void*) {
  const auto* x = static_cast<const T*>(inputs[0]);
  const auto* low = static_cast<const T*>(inputs[1]);
  const auto* high = static_cast<const T*>(inputs[2]);
  auto* out = static_cast<T*>(output);
  if constexpr (kHasVectors<T>) {
    transform_vectors(Clip{}, out, count, x, low, high);
  } else {
    transform_scalars(Clip{}, out, count, x, low, high);
  }
}

BlockForms ClipBlock(DType dtype) {
  return dispatch_numeric(compute_dtype(dtype), []<class T>(Type<T>) -> BlockForms {
    if constexpr (kHasVectors<T>) {
      return {&block<T>, micro_form<T, Clip, 3>()};
    } else if constexpr (std::is_integral_v<T>) {
      return {&block<T>};
    } else {
      return {};  // compute_dtype widened it
    }
  });
}

}  // namespace
}  // namespace saem::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace saem::cpu {

HWY_EXPORT(ClipBlock);

namespace {

void run_clip(const OpCall& call, std::span<Tensor> outputs) {
  const BlockForms forms = HWY_DYNAMIC_DISPATCH(ClipBlock)(outputs[0].dtype());
  run_elementwise(
      {.inputs = call.inputs, .output = outputs[0], .block = forms.block, .cheap = true},
      forms.micro);
}

}  // namespace

void register_clip() { register_kernel("clip_by_value", DeviceType::kCPU, {&run_clip, true}); }

}  // namespace saem::cpu
#endif  // HWY_ONCE
