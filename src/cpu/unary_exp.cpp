// exp, expm1, log, log1p, tanh, sigmoid, softplus; floor 3 of 5: CPU.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/unary_exp.cpp"
#include <hwy/foreach_target.h>
// Must come after foreach_target.h.
#include <hwy/highway.h>

#include <cmath>

#include "core/dispatch.hpp"
#include "cpu/complex.hpp"
#include "cpu/elementwise.hpp"
#include "cpu/math-inl.hpp"
#include "cpu/simd_transform-inl.hpp"

#ifndef SAEM_CPU_UNARY_EXP_ONCE
#define SAEM_CPU_UNARY_EXP_ONCE
namespace saem::cpu {
enum class UnaryExp { kExp, kExpm1, kLog, kLog1p, kTanh, kSigmoid, kSoftplus };
}  // namespace saem::cpu
#endif

HWY_BEFORE_NAMESPACE();
namespace saem::cpu::HWY_NAMESPACE {
// Unnamed: kernel files name alike things alike (Add, block), and a linker would merge them.
namespace {

// float32 is calculated on vectors, float64 by the C library.
#define SAEM_UNARY(Name, function, scalar)                          \
  struct Name {                                                     \
    template <class D, class V>                                     \
    HWY_INLINE V operator()(D d, V x) const {                       \
      return function(d, x);                                        \
    }                                                               \
    HWY_INLINE double operator()(double x) const { return scalar; } \
  }
SAEM_UNARY(Exp, exp, std::exp(x));
SAEM_UNARY(Expm1, expm1, std::expm1(x));
SAEM_UNARY(Log, log, std::log(x));
SAEM_UNARY(Log1p, log1p, std::log1p(x));
SAEM_UNARY(Tanh, tanh, std::tanh(x));
SAEM_UNARY(Sigmoid, sigmoid, (x < 0 ? std::exp(x) : 1.0) / (1.0 + std::exp(-std::abs(x))));
SAEM_UNARY(Softplus, softplus, (x < 0 ? 0.0 : x) + std::log1p(std::exp(-std::abs(x))));
#undef SAEM_UNARY

template <class Op>
BlockFunction find_block(DType dtype) {
  if (dtype == DType::kFloat64) {
    return [](const void* const* inputs, void* output, std::int64_t count, const void*) {
      transform_scalars(Op{}, static_cast<double*>(output), count,
                        static_cast<const double*>(inputs[0]));
    };
  }
  return [](const void* const* inputs, void* output, std::int64_t count, const void*) {
    transform_vectors(Op{}, static_cast<float*>(output), count,
                      static_cast<const float*>(inputs[0]));
  };
}

BlockFunction UnaryExpBlock(UnaryExp op, DType dtype) {
  switch (op) {
    case UnaryExp::kExp:
      return find_block<Exp>(dtype);
    case UnaryExp::kExpm1:
      return find_block<Expm1>(dtype);
    case UnaryExp::kLog:
      return find_block<Log>(dtype);
    case UnaryExp::kLog1p:
      return find_block<Log1p>(dtype);
    case UnaryExp::kTanh:
      return find_block<Tanh>(dtype);
    case UnaryExp::kSigmoid:
      return find_block<Sigmoid>(dtype);
    case UnaryExp::kSoftplus:
      return find_block<Softplus>(dtype);
  }
  return nullptr;
}

}  // namespace
}  // namespace saem::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace saem::cpu {

HWY_EXPORT(UnaryExpBlock);

namespace {

/// One of them on complex numbers.
template <UnaryExp kOp>
struct ComplexExp {
  template <class T>
  std::complex<T> operator()(std::complex<T> z) const {
    if constexpr (kOp == UnaryExp::kExp) return std::exp(z);
    if constexpr (kOp == UnaryExp::kExpm1) return std::exp(z) - T{1};
    if constexpr (kOp == UnaryExp::kLog) return std::log(z);
    if constexpr (kOp == UnaryExp::kLog1p) return std::log(z + T{1});
    if constexpr (kOp == UnaryExp::kTanh) return std::tanh(z);
    return T{1} / (T{1} + std::exp(-z));  // sigmoid; softplus of complex numbers is refused
  }
};

template <UnaryExp kOp>
void run(const OpCall& call, std::span<Tensor> outputs) {
  if (outputs[0].dtype().is_complex()) {
    return run_elementwise(
        {call.inputs, outputs[0], complex_block(outputs[0].dtype(), ComplexExp<kOp>{})});
  }
  const BlockFunction block = HWY_DYNAMIC_DISPATCH(UnaryExpBlock)(kOp, outputs[0].dtype());
  run_elementwise({call.inputs, outputs[0], block});
}

}  // namespace

void register_unary_exp() {
  register_kernel("exp", DeviceType::kCPU, {&run<UnaryExp::kExp>, true});
  register_kernel("expm1", DeviceType::kCPU, {&run<UnaryExp::kExpm1>, true});
  register_kernel("log", DeviceType::kCPU, {&run<UnaryExp::kLog>, true});
  register_kernel("log1p", DeviceType::kCPU, {&run<UnaryExp::kLog1p>, true});
  register_kernel("tanh", DeviceType::kCPU, {&run<UnaryExp::kTanh>, true});
  register_kernel("sigmoid", DeviceType::kCPU, {&run<UnaryExp::kSigmoid>, true});
  register_kernel("softplus", DeviceType::kCPU, {&run<UnaryExp::kSoftplus>, true});
}

}  // namespace saem::cpu
#endif  // HWY_ONCE
