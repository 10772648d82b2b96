// relu, relu6, leaky_relu and relu's backward; floor 3 of 5: CPU.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/relu.cpp"
#include <hwy/foreach_target.h>
// Must come after foreach_target.h.
#include <hwy/highway.h>

#include <saem/ops/relu.hpp>

#include "core/dispatch.hpp"
#include "cpu/elementwise.hpp"
#include "cpu/micro_op-inl.hpp"
#include "cpu/simd_transform-inl.hpp"

#ifndef SAEM_CPU_RELU_ONCE
#define SAEM_CPU_RELU_ONCE
namespace saem::cpu {
enum class Activation { kRelu, kRelu6, kLeakyRelu, kReluGrad };
}  // namespace saem::cpu
#endif

HWY_BEFORE_NAMESPACE();
namespace saem::cpu::HWY_NAMESPACE {
// Unnamed: kernel files name alike things alike (Add, block), and a linker would merge them.
namespace {

// Written so that NaN, of which no comparison is true, passes.
struct Relu {
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    return hn::IfThenZeroElse(hn::Le(x, hn::Zero(d)), x);
  }
  template <class T>
  HWY_INLINE T operator()(T x) const {
    return x > T{0} ? x : T{0};
  }
};

struct Relu6 {
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    const V six = hn::Set(d, 6);
    return Relu{}(d, hn::IfThenElse(hn::Ge(x, six), six, x));
  }
  template <class T>
  HWY_INLINE T operator()(T x) const {
    return x > T{6} ? T{6} : Relu{}(x);
  }
};

struct LeakyRelu {
  explicit LeakyRelu(const void* options)
      : alpha(static_cast<const nn::LeakyReluOptions*>(options)->alpha) {}
  double alpha;
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    const V slope = hn::Set(d, static_cast<hn::TFromD<D>>(alpha));
    return hn::IfThenElse(hn::Gt(x, hn::Zero(d)), x, hn::Mul(x, slope));
  }
};

struct ReluGrad {
  template <class D, class V>
  HWY_INLINE V operator()(D d, V dy, V y) const {
    return hn::IfThenElseZero(hn::Gt(y, hn::Zero(d)), dy);
  }
  template <class T>
  HWY_INLINE T operator()(T dy, T y) const {
    return y > T{0} ? dy : T{0};
  }
};

template <class Op, class T, class... In>
HWY_INLINE void transform(const Op& op, T* output, std::int64_t count, const In*... inputs) {
  if constexpr (kHasVectors<T>) {
    transform_vectors(op, output, count, inputs...);
  } else {
    transform_scalars(op, output, count, inputs...);
  }
}

template <class Op, class T>
void block(const void* const* inputs, void* output, std::int64_t count, const void* options) {
  const auto* x = static_cast<const T*>(inputs[0]);
  auto* out = static_cast<T*>(output);
  if constexpr (std::is_same_v<Op, LeakyRelu>) {
    transform(LeakyRelu(options), out, count, x);
  } else if constexpr (std::is_same_v<Op, ReluGrad>) {
    transform(ReluGrad{}, out, count, x, static_cast<const T*>(inputs[1]));
  } else {
    transform(Op{}, out, count, x);
  }
}

template <class Op>
BlockForms find_block(DType dtype) {
  return dispatch_numeric(compute_dtype(dtype), [&]<class T>(Type<T>) -> BlockForms {
    if constexpr (kHasVectors<T>) {
      constexpr std::size_t kOperands = std::is_same_v<Op, ReluGrad> ? 2 : 1;
      return {&block<Op, T>, micro_form<T, Op, kOperands>()};
    } else if constexpr (std::is_integral_v<T> && !std::is_same_v<Op, LeakyRelu>) {
      return {&block<Op, T>};
    } else {
      return {};  // never asked for: floor 2 refuses it, or compute_dtype widened it
    }
  });
}

BlockForms ActivationBlock(Activation op, DType dtype) {
  switch (op) {
    case Activation::kRelu:
      return find_block<Relu>(dtype);
    case Activation::kRelu6:
      return find_block<Relu6>(dtype);
    case Activation::kLeakyRelu:
      return find_block<LeakyRelu>(dtype);
    case Activation::kReluGrad:
      return find_block<ReluGrad>(dtype);
  }
  return {};
}

}  // namespace
}  // namespace saem::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace saem::cpu {

HWY_EXPORT(ActivationBlock);

namespace {

template <Activation kOp>
void run(const OpCall& call, std::span<Tensor> outputs) {
  const BlockForms forms = HWY_DYNAMIC_DISPATCH(ActivationBlock)(kOp, outputs[0].dtype());
  run_elementwise({.inputs = call.inputs,
                   .output = outputs[0],
                   .block = forms.block,
                   .options = call.attributes.data(),
                   .cheap = true},
                  forms.micro);
}

}  // namespace

void register_relu() {
  register_kernel("relu", DeviceType::kCPU, {&run<Activation::kRelu>, true});
  register_kernel("relu6", DeviceType::kCPU, {&run<Activation::kRelu6>, true});
  register_kernel("leaky_relu", DeviceType::kCPU, {&run<Activation::kLeakyRelu>, true});
  register_kernel("relu_grad", DeviceType::kCPU, {&run<Activation::kReluGrad>, true});
}

}  // namespace saem::cpu
#endif  // HWY_ONCE
