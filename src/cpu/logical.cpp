// logical_and, logical_or, logical_xor, logical_not; floor 3 of 5: CPU.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/logical.cpp"
#include <hwy/foreach_target.h>
// Must come after foreach_target.h.
#include <hwy/highway.h>

#include <saem/core/op.hpp>

#include "cpu/elementwise.hpp"
#include "cpu/simd_transform-inl.hpp"

#ifndef SAEM_CPU_LOGICAL_ONCE
#define SAEM_CPU_LOGICAL_ONCE
namespace saem::cpu {
enum class Logical { kAnd, kOr, kXor, kNot };
}  // namespace saem::cpu
#endif

HWY_BEFORE_NAMESPACE();
namespace saem::cpu::HWY_NAMESPACE {
// Unnamed: kernel files name alike things alike (Add, block), and a linker would merge them.
namespace {

// A bool is a byte of 0 or 1, so that the logic of bits is the logic of truth.
struct And {
  template <class D, class V>
  HWY_INLINE V operator()(D, V a, V b) const {
    return hn::And(a, b);
  }
};

struct Or {
  template <class D, class V>
  HWY_INLINE V operator()(D, V a, V b) const {
    return hn::Or(a, b);
  }
};

struct Xor {
  template <class D, class V>
  HWY_INLINE V operator()(D, V a, V b) const {
    return hn::Xor(a, b);
  }
};

struct Not {
  template <class D, class V>
  HWY_INLINE V operator()(D d, V a) const {
    return hn::Xor(a, hn::Set(d, 1));
  }
};

template <class Op>
void binary_block(const void* const* inputs, void* output, std::int64_t count, const void*) {
  transform_vectors(Op{}, static_cast<std::uint8_t*>(output), count,
                    static_cast<const std::uint8_t*>(inputs[0]),
                    static_cast<const std::uint8_t*>(inputs[1]));
}

void not_block(const void* const* inputs, void* output, std::int64_t count, const void*) {
  transform_vectors(Not{}, static_cast<std::uint8_t*>(output), count,
                    static_cast<const std::uint8_t*>(inputs[0]));
}

BlockFunction LogicalBlock(Logical op) {
  switch (op) {
    case Logical::kAnd:
      return &binary_block<And>;
    case Logical::kOr:
      return &binary_block<Or>;
    case Logical::kXor:
      return &binary_block<Xor>;
    case Logical::kNot:
      return &not_block;
  }
  return nullptr;
}

}  // namespace
}  // namespace saem::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace saem::cpu {

HWY_EXPORT(LogicalBlock);

namespace {

template <Logical kOp>
void run(const OpCall& call, std::span<Tensor> outputs) {
  run_elementwise({.inputs = call.inputs,
                   .output = outputs[0],
                   .block = HWY_DYNAMIC_DISPATCH(LogicalBlock)(kOp),
                   .cheap = true});
}

}  // namespace

void register_logical() {
  register_kernel("logical_and", DeviceType::kCPU, {&run<Logical::kAnd>, true});
  register_kernel("logical_or", DeviceType::kCPU, {&run<Logical::kOr>, true});
  register_kernel("logical_xor", DeviceType::kCPU, {&run<Logical::kXor>, true});
  register_kernel("logical_not", DeviceType::kCPU, {&run<Logical::kNot>, true});
}

}  // namespace saem::cpu
#endif  // HWY_ONCE
