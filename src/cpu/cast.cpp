// cast; floor 3 of 5: CPU.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/cast.cpp"
#include <hwy/foreach_target.h>
// Must come after foreach_target.h.
#include <hwy/highway.h>

#include <limits>
#include <saem/core/op.hpp>

#include "base/parallel.hpp"
#include "core/dispatch.hpp"
#include "core/tensor_impl.hpp"
#include "cpu/elementwise.hpp"
#include "cpu/simd_transform-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace saem::cpu::HWY_NAMESPACE {
// Unnamed: kernel files name alike things alike (Add, block), and a linker would merge them.
namespace {

/// output[i] = op(d, input[i]) where the tag `d` of To has as many lanes as the wider type allows.
template <class To, class From, class Op>
HWY_INLINE void convert_vectors(const Op& op, const void* input, void* output, std::int64_t count) {
  using Wider = std::conditional_t<(sizeof(To) > sizeof(From)), To, From>;
  const hn::Rebind<To, hn::ScalableTag<Wider>> to;
  const hn::Rebind<From, hn::ScalableTag<Wider>> from;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(to));
  const auto* source = static_cast<const From*>(input);
  auto* target = static_cast<To*>(output);
  std::int64_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    hn::StoreU(op(to, hn::LoadU(from, source + i)), to, target + i);
  }
  if (i < count) {
    const auto rest = static_cast<std::size_t>(count - i);
    HWY_ALIGN From before[hn::MaxLanes(from)] = {};
    HWY_ALIGN To after[hn::MaxLanes(to)];
    std::memcpy(before, source + i, rest * sizeof(From));
    hn::StoreU(op(to, hn::LoadU(from, before)), to, after);
    std::memcpy(target + i, after, rest * sizeof(To));
  }
}

/// Cuts fractions off; Highway's conversion ends at the integer's range, but NaN is its own affair.
template <class D, class V>
HWY_INLINE hn::VFromD<hn::Rebind<std::int32_t, D>> to_int32(D, V x) {
  const hn::Rebind<std::int32_t, D> integers;
  return hn::ConvertTo(integers, hn::IfThenZeroElse(hn::IsNaN(x), x));
}

struct BytesToFloat {
  template <class D, class V>
  HWY_INLINE hn::VFromD<D> operator()(D d, V x) const {
    return hn::ConvertTo(d, hn::PromoteTo(hn::RebindToSigned<D>(), x));
  }
};

struct FloatToBytes {
  template <class D, class V>
  HWY_INLINE hn::VFromD<D> operator()(D d, V x) const {
    return hn::DemoteTo(d, to_int32(hn::Rebind<float, D>(), x));
  }
};

struct IntToFloat {
  template <class D, class V>
  HWY_INLINE hn::VFromD<D> operator()(D d, V x) const {
    return hn::ConvertTo(d, x);
  }
};

struct FloatToInt {
  template <class D, class V>
  HWY_INLINE hn::VFromD<D> operator()(D, V x) const {
    return to_int32(hn::Rebind<float, D>(), x);
  }
};

struct Promote {
  template <class D, class V>
  HWY_INLINE hn::VFromD<D> operator()(D d, V x) const {
    return hn::PromoteTo(d, x);
  }
};

struct Demote {
  template <class D, class V>
  HWY_INLINE hn::VFromD<D> operator()(D d, V x) const {
    return hn::DemoteTo(d, x);
  }
};

template <class To, class From, class Op>
void block(const void* const* inputs, void* output, std::int64_t count, const void*) {
  convert_vectors<To, From>(Op{}, inputs[0], output, count);
}

/// Vector forms of the conversions that programs live on; null for the others.
BlockFunction CastBlock(DType from, DType to) {
  const auto is = [&](DType::Code a, DType::Code b) { return from == a && to == b; };
  if (is(DType::kUInt8, DType::kFloat32) || is(DType::kBool, DType::kFloat32)) {
    return &block<float, std::uint8_t, BytesToFloat>;
  }
  if (is(DType::kFloat32, DType::kUInt8)) return &block<std::uint8_t, float, FloatToBytes>;
  if (is(DType::kInt32, DType::kFloat32)) return &block<float, std::int32_t, IntToFloat>;
  if (is(DType::kFloat32, DType::kInt32)) return &block<std::int32_t, float, FloatToInt>;
  if (is(DType::kInt32, DType::kInt64)) return &block<std::int64_t, std::int32_t, Promote>;
  if (is(DType::kFloat32, DType::kFloat64)) return &block<double, float, Promote>;
  // Highway's one-lane form ends at the largest float; C++'s and the vectors' goes on to infinity.
  if (HWY_TARGET != HWY_SCALAR && is(DType::kFloat64, DType::kFloat32)) {
    return &block<float, double, Demote>;
  }
  return nullptr;
}

}  // namespace
}  // namespace saem::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace saem::cpu {

HWY_EXPORT(CastBlock);

namespace {

template <class To, class From>
To convert(From x) {
  if constexpr (dtype_of<From>().is_complex()) {
    if constexpr (dtype_of<To>().is_complex()) {
      return static_cast<To>(x);
    } else {
      return convert<To>(x.real());  // as TensorFlow: the imaginary part is dropped
    }
  } else if constexpr (dtype_of<To>().is_complex()) {
    return {static_cast<typename To::value_type>(x), 0};
  } else if constexpr (std::is_same_v<To, bool>) {
    return x != From{0};
  } else if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    // C++ leaves what does not fit undefined; here it ends at the range, and NaN is 0.
    constexpr auto kLeast = std::numeric_limits<To>::min();
    constexpr auto kMost = std::numeric_limits<To>::max();
    // Above by one: kMost itself may not be a number of From, but the power of two after it is.
    constexpr From kEnd = static_cast<From>(kMost / 2 + 1) * 2;
    if (x >= kEnd) return kMost;
    if (x < static_cast<From>(kLeast)) return kLeast;
    return x == x ? static_cast<To>(x) : To{0};
  } else {
    return static_cast<To>(x);
  }
}

template <class To, class From>
void scalar_block(const void* const* inputs, void* output, std::int64_t count, const void*) {
  const auto* source = static_cast<const From*>(inputs[0]);
  auto* target = static_cast<To*>(output);
  for (std::int64_t i = 0; i < count; ++i) target[i] = convert<To>(source[i]);
}

/// From and to a compute dtype.
template <class T>
inline constexpr bool kComputes = compute_dtype(dtype_of<T>()) == dtype_of<T>();

BlockFunction find_block(DType from, DType to) {
  if (const BlockFunction block = HWY_DYNAMIC_DISPATCH(CastBlock)(from, to)) return block;
  return dispatch_any(from, [to]<class From>(Type<From>) {
    return dispatch_any(to, []<class To>(Type<To>) -> BlockFunction {
      if constexpr (kComputes<From> && kComputes<To>) {
        return &scalar_block<To, From>;
      } else {
        return nullptr;  // compute_dtype widened it
      }
    });
  });
}

/// From double at once: through float32 a number might be rounded twice.
BlockFunction float8_block(DType to) {
  const auto find = []<class To>(Type<To>) -> BlockFunction {
    return [](const void* const* inputs, void* output, std::int64_t count, const void*) {
      const auto* source = static_cast<const double*>(inputs[0]);
      for (std::int64_t i = 0; i < count; ++i) static_cast<To*>(output)[i] = To(source[i]);
    };
  };
  return to == DType::kFloat8E5M2 ? find(Type<float8_e5m2>{}) : find(Type<float8_e4m3fn>{});
}

/// Between float32 and a half-precision dtype nothing is left to compute: one pass, no block in
/// between. (Without elements it is asked for the block.)
bool run_half(const Tensor& input, Tensor& output) {
  const bool narrows = input.dtype() == DType::kFloat32 && compute_dtype(output.dtype()) == float32;
  const bool widens = output.dtype() == DType::kFloat32 && compute_dtype(input.dtype()) == float32;
  if (!input.is_contiguous() || input.size() == 0 || (!narrows && !widens)) return false;
  const auto* from = static_cast<const std::byte*>(input.data());
  auto* to = static_cast<std::byte*>(output.mutable_data());
  const auto from_width = static_cast<std::int64_t>(input.dtype().size());
  const auto to_width = static_cast<std::int64_t>(output.dtype().size());
  parallel_for(input.size(), 1 << 15, [&](std::int64_t begin, std::int64_t end) {
    const std::byte* source = from + begin * from_width;
    std::byte* target = to + begin * to_width;
    if (narrows) {
      narrow(output.dtype(), reinterpret_cast<const float*>(source), target, end - begin);
    } else {
      widen(input.dtype(), source, reinterpret_cast<float*>(target), end - begin);
    }
  });
  return true;
}

void run_cast(const OpCall& call, std::span<Tensor> outputs) {
  const Tensor& input = call.input(0);
  // Nobody casts so, but a graph that was written by hand may.
  if (input.dtype() == outputs[0].dtype()) return copy_elements(input, outputs[0]);
  if (run_half(input, outputs[0])) return;
  if (input.dtype() == DType::kFloat64 && outputs[0].dtype().is_float8()) {
    return run_elementwise({call.inputs, outputs[0], float8_block(outputs[0].dtype()), nullptr,
                            /*moves_only=*/true});
  }
  const BlockFunction block =
      find_block(compute_dtype(input.dtype()), compute_dtype(outputs[0].dtype()));
  run_elementwise({.inputs = call.inputs, .output = outputs[0], .block = block, .cheap = true});
}

}  // namespace

void register_cast() { register_kernel("cast", DeviceType::kCPU, {&run_cast, true}); }

}  // namespace saem::cpu
#endif  // HWY_ONCE
