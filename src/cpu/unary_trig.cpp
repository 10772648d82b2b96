// sin, cos, tan, asin, acos, atan, sinh, cosh, asinh, acosh, atanh; floor 3 of 5: CPU.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/unary_trig.cpp"
#include <hwy/foreach_target.h>
// Must come after foreach_target.h.
#include <hwy/highway.h>

#include <cmath>

#include "core/dispatch.hpp"
#include "cpu/complex.hpp"
#include "cpu/elementwise.hpp"
#include "cpu/floating_block.hpp"
#include "cpu/math-inl.hpp"
#include "cpu/simd_transform-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace saem::cpu::HWY_NAMESPACE {
// Unnamed: kernel files name alike things alike (Add, block), and a linker would merge them.
namespace {

/// kQuarter 0: sine, 1: cosine.
template <int kQuarter>
struct Sine {
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    // Angles beyond 2^27, infinities and NaN are rare and left to the C library, one by one.
    if (!hn::AllTrue(d, hn::Le(hn::Abs(x), hn::Set(d, 0x1p27f)))) [[unlikely]] {
      return one_by_one(d, x);
    }
    const V y = sine<kQuarter>(d, x);
    if (kQuarter == 1) return y;
    return hn::IfThenElse(hn::Eq(x, hn::Zero(d)), x, y);  // keeps -0
  }
  HWY_INLINE double operator()(double x) const { return kQuarter == 0 ? std::sin(x) : std::cos(x); }

 private:
  template <class D, class V>
  static HWY_NOINLINE V one_by_one(D d, V x) {
    HWY_ALIGN float buffer[hn::MaxLanes(d)];
    hn::Store(x, d, buffer);
    for (std::size_t i = 0; i < hn::Lanes(d); ++i) {
      const double angle = buffer[i];
      buffer[i] = static_cast<float>(kQuarter == 0 ? std::sin(angle) : std::cos(angle));
    }
    return hn::Load(d, buffer);
  }
};

BlockFunction UnaryTrigBlock(bool cosine, DType dtype) {
  const auto find = [dtype]<class Op>(Op) -> BlockFunction {
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
  };
  return cosine ? find(Sine<1>{}) : find(Sine<0>{});
}

}  // namespace
}  // namespace saem::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace saem::cpu {

HWY_EXPORT(UnaryTrigBlock);

namespace {

// The standard library's functions, of doubles and of complex numbers.
#define SAEM_UNARY(Name, function)                                 \
  struct Name {                                                    \
    double operator()(double x) const { return std::function(x); } \
    template <class T>                                             \
    std::complex<T> operator()(std::complex<T> z) const {          \
      return std::function(z);                                     \
    }                                                              \
  }
SAEM_UNARY(Sin, sin);
SAEM_UNARY(Cos, cos);
SAEM_UNARY(Tan, tan);
SAEM_UNARY(Asin, asin);
SAEM_UNARY(Acos, acos);
SAEM_UNARY(Atan, atan);
SAEM_UNARY(Sinh, sinh);
SAEM_UNARY(Cosh, cosh);
SAEM_UNARY(Asinh, asinh);
SAEM_UNARY(Acosh, acosh);
SAEM_UNARY(Atanh, atanh);
#undef SAEM_UNARY

template <class Op>
void run_standard(const OpCall& call, std::span<Tensor> outputs) {
  const DType dtype = outputs[0].dtype();
  if (!dtype.is_complex()) return run_floating<Op>(call, outputs);
  run_elementwise({call.inputs, outputs[0], complex_block(dtype, Op{})});
}

template <bool kCosine>
void run(const OpCall& call, std::span<Tensor> outputs) {
  if (outputs[0].dtype().is_complex()) {
    return run_standard<std::conditional_t<kCosine, Cos, Sin>>(call, outputs);
  }
  const BlockFunction block = HWY_DYNAMIC_DISPATCH(UnaryTrigBlock)(kCosine, outputs[0].dtype());
  run_elementwise({call.inputs, outputs[0], block});
}

}  // namespace

void register_unary_trig() {
  register_kernel("sin", DeviceType::kCPU, {&run<false>, true});
  register_kernel("cos", DeviceType::kCPU, {&run<true>, true});
  register_kernel("tan", DeviceType::kCPU, {&run_standard<Tan>, true});
  register_kernel("asin", DeviceType::kCPU, {&run_standard<Asin>, true});
  register_kernel("acos", DeviceType::kCPU, {&run_standard<Acos>, true});
  register_kernel("atan", DeviceType::kCPU, {&run_standard<Atan>, true});
  register_kernel("sinh", DeviceType::kCPU, {&run_standard<Sinh>, true});
  register_kernel("cosh", DeviceType::kCPU, {&run_standard<Cosh>, true});
  register_kernel("asinh", DeviceType::kCPU, {&run_standard<Asinh>, true});
  register_kernel("acosh", DeviceType::kCPU, {&run_standard<Acosh>, true});
  register_kernel("atanh", DeviceType::kCPU, {&run_standard<Atanh>, true});
}

}  // namespace saem::cpu
#endif  // HWY_ONCE
