// elu, selu, gelu, silu, mish, softsign, log_sigmoid, hard_sigmoid, hard_silu and their backwards;
// floor 3 of 5: CPU. One pass over memory each: 8 bytes an element of float32, 12 backward.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/activation.cpp"
#include <hwy/foreach_target.h>
// Must come after foreach_target.h.
#include <hwy/highway.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <saem/ops/activation.hpp>

#include "cpu/elementwise.hpp"
#include "cpu/gelu-inl.hpp"
#include "cpu/math-inl.hpp"
#include "cpu/simd_transform-inl.hpp"

#ifndef SAEM_CPU_ACTIVATION_ONCE
#define SAEM_CPU_ACTIVATION_ONCE
/// Each with its backward, whose name ends in `Grad`.
#define SAEM_FOR_EACH_ACTIVATION(X) \
  X(Elu)                            \
  X(Selu)                           \
  X(Gelu)                           \
  X(GeluByTanh)                     \
  X(Silu)                           \
  X(Mish)                           \
  X(Softsign)                       \
  X(HardSigmoid)                    \
  X(HardSilu)
namespace saem::cpu {
#define SAEM_ENUMERATORS(Name) k##Name, k##Name##Grad,
enum class ActivationKind { SAEM_FOR_EACH_ACTIVATION(SAEM_ENUMERATORS) kLogSigmoid };
#undef SAEM_ENUMERATORS
}  // namespace saem::cpu
#endif

HWY_BEFORE_NAMESPACE();
namespace saem::cpu::HWY_NAMESPACE {
// Unnamed: kernel files name alike things alike (Add, block), and a linker would merge them.
namespace {

// float32 is calculated on vectors, float64 by the C library. What a struct's constructor takes is
// the call's options. A backward gives the factor of the output's gradient.

struct EluBase {
  double alpha;  // times scale
  double scale = 1.0;
  explicit EluBase(const void* options)
      : alpha(static_cast<const nn::EluOptions*>(options)->alpha) {}
  EluBase(double a, double s) : alpha(a * s), scale(s) {}
};

struct Elu : EluBase {
  using EluBase::EluBase;
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    const V below = hn::Mul(hn::Set(d, static_cast<float>(alpha)), expm1(d, x));
    return hn::IfThenElse(hn::Lt(x, hn::Zero(d)), below,
                          hn::Mul(x, hn::Set(d, static_cast<float>(scale))));
  }
  HWY_INLINE double operator()(double x) const { return x < 0 ? alpha * std::expm1(x) : scale * x; }
};

struct EluGrad : EluBase {
  using EluBase::EluBase;
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    const V below = hn::Mul(hn::Set(d, static_cast<float>(alpha)), exp(d, x));
    return hn::IfThenElse(hn::Lt(x, hn::Zero(d)), below, hn::Set(d, static_cast<float>(scale)));
  }
  HWY_INLINE double operator()(double x) const { return x < 0 ? alpha * std::exp(x) : scale; }
};

struct Selu : Elu {
  explicit Selu(const void*) : Elu(nn::kSeluAlpha, nn::kSeluScale) {}
};
struct SeluGrad : EluGrad {
  explicit SeluGrad(const void*) : EluGrad(nn::kSeluAlpha, nn::kSeluScale) {}
};

struct Plain {
  explicit Plain(const void*) {}
};

struct Gelu : Plain {
  using Plain::Plain;
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    return gelu(d, x);
  }
  HWY_INLINE double operator()(double x) const {
    return x * (0.5 * std::erfc(-x / std::numbers::sqrt2));
  }
};

struct GeluGrad : Plain {
  using Plain::Plain;
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    return gelu_slope(d, x);
  }
  HWY_INLINE double operator()(double x) const {
    constexpr double kDensity = std::numbers::inv_sqrtpi / std::numbers::sqrt2;
    return 0.5 * std::erfc(-x / std::numbers::sqrt2) + x * (kDensity * std::exp(-0.5 * x * x));
  }
};

HWY_INLINE double sigmoid(double x) {
  return (x < 0 ? std::exp(x) : 1.0) / (1.0 + std::exp(-std::abs(x)));
}

struct GeluByTanh : Plain {
  using Plain::Plain;
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    return gelu_by_tanh(d, x);
  }
  HWY_INLINE double operator()(double x) const {
    return x * sigmoid(2 * nn::kSqrtTwoByPi * x * (1 + nn::kGeluCubic * x * x));
  }
};

struct GeluByTanhGrad : Plain {
  using Plain::Plain;
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    return gelu_by_tanh_slope(d, x);
  }
  HWY_INLINE double operator()(double x) const {
    const double s = sigmoid(2 * nn::kSqrtTwoByPi * x * (1 + nn::kGeluCubic * x * x));
    const double slope = 2 * nn::kSqrtTwoByPi * (1 + 3 * nn::kGeluCubic * x * x);
    return s + x * (s * (1 - s)) * slope;
  }
};

struct SiluBase {
  double beta;
  explicit SiluBase(const void* options)
      : beta(static_cast<const nn::SiluOptions*>(options)->beta) {}
};

struct Silu : SiluBase {
  using SiluBase::SiluBase;
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    const V scaled = hn::Mul(x, hn::Set(d, static_cast<float>(beta)));
    const V most = hn::Set(d, 174.0f);  // `scale` ends at 2^-252, which is nothing times a float
    const V size = hn::Abs(scaled);
    const auto negative = hn::Lt(scaled, hn::Zero(d));
    V n;
    const V fraction = exp_parts(d, hn::Neg(hn::Min(size, most)), n);
    const V y = times_sigmoid(d, x, negative, fraction, n);
    return hn::IfThenElse(hn::And(negative, hn::Gt(size, most)), hn::Mul(x, hn::Zero(d)), y);
  }
  HWY_INLINE double operator()(double x) const { return x * sigmoid(beta * x); }
};

struct SiluGrad : SiluBase {
  using SiluBase::SiluBase;
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    const V one = hn::Set(d, 1.0f);
    const V scaled = hn::Mul(x, hn::Set(d, static_cast<float>(beta)));
    const V e = exp(d, hn::Neg(hn::Abs(scaled)));
    const V inverse = hn::Div(one, hn::Add(one, e));
    const V small = hn::Mul(e, inverse);  // sigmoid(-|scaled|)
    const V s = hn::IfThenElse(hn::Lt(scaled, hn::Zero(d)), small, inverse);
    return hn::MulAdd(scaled, hn::Mul(small, inverse), s);
  }
  HWY_INLINE double operator()(double x) const {
    const double s = sigmoid(beta * x);
    return s * (1 + beta * x * (1 - s));
  }
};

// With e = e^x and w = e (e + 2): tanh(ln(1 + e)) = w / (w + 2), without a difference.
// From 20 on that is 1.

struct Mish : Plain {
  using Plain::Plain;
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    const V one = hn::Set(d, 1.0f);
    const V most = hn::Set(d, 20.0f);
    const V least = hn::Set(d, -120.0f);
    V n;
    const V fraction = exp_parts(d, hn::Max(hn::Min(x, most), least), n);
    const V e = scale(d, hn::Add(fraction, one), n);
    // w / 2 over w / 2 + 1; the power of two last, so that no subnormal number loses its digits.
    const V half = hn::Mul(e, hn::Set(d, 0.5f));
    const V below = hn::MulAdd(e, hn::Add(half, one), one);
    const V grown = hn::MulAdd(x, fraction, x);
    const V ratio = hn::Div(hn::MulAdd(grown, half, grown), below);
    const V y = hn::IfThenElse(hn::Gt(x, most), x, scale(d, ratio, n));
    return hn::IfThenElse(hn::Lt(x, least), hn::Mul(x, hn::Zero(d)), y);
  }
  HWY_INLINE double operator()(double x) const {
    if (x > 40) return x;
    const double e = std::exp(x);
    return x * ((e * (e + 2)) / (e * (e + 2) + 2));
  }
};

struct MishGrad : Plain {
  using Plain::Plain;
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    const V one = hn::Set(d, 1.0f);
    const V two = hn::Set(d, 2.0f);
    const V most = hn::Set(d, 20.0f);
    const V e = exp(d, hn::Min(x, most));
    const V w = hn::Mul(e, hn::Add(e, two));
    const V inverse = hn::Div(one, hn::Add(w, two));
    const V peak = hn::Mul(hn::Mul(e, hn::Add(e, one)), hn::Mul(inverse, inverse));
    const V slope = hn::MulAdd(hn::Mul(x, hn::Set(d, 4.0f)), peak, hn::Mul(w, inverse));
    return hn::IfThenElse(hn::Gt(x, most), one, slope);
  }
  HWY_INLINE double operator()(double x) const {
    if (x > 40) return 1;
    const double e = std::exp(x);
    const double w = e * (e + 2);
    return w / (w + 2) + 4 * x * (e * (e + 1) / ((w + 2) * (w + 2)));
  }
};

struct Softsign : Plain {
  using Plain::Plain;
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    return hn::Div(x, hn::Add(hn::Abs(x), hn::Set(d, 1.0f)));
  }
  HWY_INLINE double operator()(double x) const { return x / (1 + std::abs(x)); }
};

struct SoftsignGrad : Plain {
  using Plain::Plain;
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    const V sum = hn::Add(hn::Abs(x), hn::Set(d, 1.0f));
    return hn::Div(hn::Set(d, 1.0f), hn::Mul(sum, sum));
  }
  HWY_INLINE double operator()(double x) const {
    return 1 / ((1 + std::abs(x)) * (1 + std::abs(x)));
  }
};

struct LogSigmoid : Plain {
  using Plain::Plain;
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    return hn::Neg(softplus(d, hn::Neg(x)));
  }
  HWY_INLINE double operator()(double x) const {
    return (x > 0 ? 0.0 : x) - std::log1p(std::exp(-std::abs(x)));
  }
};

// Written so that NaN, of which no comparison is true, passes.
struct HardSigmoid : Plain {
  using Plain::Plain;
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    const V six = hn::Set(d, 6.0f);
    V y = hn::Add(x, hn::Set(d, 3.0f));
    y = hn::IfThenZeroElse(hn::Le(y, hn::Zero(d)), y);
    return hn::Div(hn::IfThenElse(hn::Ge(y, six), six, y), six);
  }
  HWY_INLINE double operator()(double x) const {
    return x <= -3 ? 0.0 : x >= 3 ? 1.0 : (x + 3) / 6;
  }
};

struct HardSigmoidGrad : Plain {
  using Plain::Plain;
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    const auto inside = hn::Lt(hn::Abs(x), hn::Set(d, 3.0f));
    return hn::IfThenElseZero(inside, hn::Set(d, 1.0f / 6.0f));
  }
  HWY_INLINE double operator()(double x) const { return std::abs(x) < 3 ? 1.0 / 6.0 : 0.0; }
};

struct HardSilu : Plain {
  using Plain::Plain;
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    return hn::Mul(x, HardSigmoid(nullptr)(d, x));
  }
  HWY_INLINE double operator()(double x) const { return x * HardSigmoid(nullptr)(x); }
};

struct HardSiluGrad : Plain {
  using Plain::Plain;
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    const V three = hn::Set(d, 3.0f);
    const V inner = hn::Div(hn::MulAdd(x, hn::Set(d, 2.0f), three), hn::Set(d, 6.0f));
    const V y = hn::IfThenElse(hn::Ge(x, three), hn::Set(d, 1.0f), inner);
    return hn::IfThenZeroElse(hn::Le(x, hn::Neg(three)), y);
  }
  HWY_INLINE double operator()(double x) const {
    return x <= -3 ? 0.0 : x >= 3 ? 1.0 : (2 * x + 3) / 6;
  }
};

/// The factor that `Op` gives of x, times dz.
template <class Op>
struct Backward {
  Op op;
  template <class D, class V>
  HWY_INLINE V operator()(D d, V dz, V x) const {
    return hn::Mul(dz, op(d, x));
  }
  HWY_INLINE double operator()(double dz, double x) const { return dz * op(x); }
};

template <class Op>
BlockFunction forward_block(DType dtype) {
  if (dtype == DType::kFloat64) {
    return [](const void* const* inputs, void* output, std::int64_t count, const void* options) {
      transform_scalars(Op(options), static_cast<double*>(output), count,
                        static_cast<const double*>(inputs[0]));
    };
  }
  return [](const void* const* inputs, void* output, std::int64_t count, const void* options) {
    transform_vectors(Op(options), static_cast<float*>(output), count,
                      static_cast<const float*>(inputs[0]));
  };
}

template <class Op>
BlockFunction backward_block(DType dtype) {
  if (dtype == DType::kFloat64) {
    return [](const void* const* inputs, void* output, std::int64_t count, const void* options) {
      transform_scalars(Backward<Op>{Op(options)}, static_cast<double*>(output), count,
                        static_cast<const double*>(inputs[0]),
                        static_cast<const double*>(inputs[1]));
    };
  }
  return [](const void* const* inputs, void* output, std::int64_t count, const void* options) {
    transform_vectors(Backward<Op>{Op(options)}, static_cast<float*>(output), count,
                      static_cast<const float*>(inputs[0]), static_cast<const float*>(inputs[1]));
  };
}

BlockFunction ActivationKindBlock(ActivationKind op, DType dtype) {
  switch (op) {
#define SAEM_CASES(Name)               \
  case ActivationKind::k##Name:        \
    return forward_block<Name>(dtype); \
  case ActivationKind::k##Name##Grad:  \
    return backward_block<Name##Grad>(dtype);
    SAEM_FOR_EACH_ACTIVATION(SAEM_CASES)
#undef SAEM_CASES
    case ActivationKind::kLogSigmoid:
      return forward_block<LogSigmoid>(dtype);
  }
  return nullptr;
}

}  // namespace
}  // namespace saem::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace saem::cpu {

HWY_EXPORT(ActivationKindBlock);

namespace {

void run_as(ActivationKind op, const OpCall& call, Tensor& output) {
  const BlockFunction block = HWY_DYNAMIC_DISPATCH(ActivationKindBlock)(op, output.dtype());
  run_elementwise({call.inputs, output, block, call.attributes.data()});
}

template <ActivationKind kOp>
void run(const OpCall& call, std::span<Tensor> outputs) {
  run_as(kOp, call, outputs[0]);
}

template <ActivationKind kExact, ActivationKind kByTanh>
void run_gelu(const OpCall& call, std::span<Tensor> outputs) {
  const bool approximate = call.options<nn::GeluOptions>().approximate;
  run_as(approximate ? kByTanh : kExact, call, outputs[0]);
}

}  // namespace

void register_activation() {
  using enum ActivationKind;
  register_kernel("elu", DeviceType::kCPU, {&run<kElu>, true});
  register_kernel("elu_grad", DeviceType::kCPU, {&run<kEluGrad>, true});
  register_kernel("selu", DeviceType::kCPU, {&run<kSelu>, true});
  register_kernel("selu_grad", DeviceType::kCPU, {&run<kSeluGrad>, true});
  register_kernel("gelu", DeviceType::kCPU, {&run_gelu<kGelu, kGeluByTanh>, true});
  register_kernel("gelu_grad", DeviceType::kCPU, {&run_gelu<kGeluGrad, kGeluByTanhGrad>, true});
  register_kernel("silu", DeviceType::kCPU, {&run<kSilu>, true});
  register_kernel("silu_grad", DeviceType::kCPU, {&run<kSiluGrad>, true});
  register_kernel("mish", DeviceType::kCPU, {&run<kMish>, true});
  register_kernel("mish_grad", DeviceType::kCPU, {&run<kMishGrad>, true});
  register_kernel("softsign", DeviceType::kCPU, {&run<kSoftsign>, true});
  register_kernel("softsign_grad", DeviceType::kCPU, {&run<kSoftsignGrad>, true});
  register_kernel("log_sigmoid", DeviceType::kCPU, {&run<kLogSigmoid>, true});
  register_kernel("hard_sigmoid", DeviceType::kCPU, {&run<kHardSigmoid>, true});
  register_kernel("hard_sigmoid_grad", DeviceType::kCPU, {&run<kHardSigmoidGrad>, true});
  register_kernel("hard_silu", DeviceType::kCPU, {&run<kHardSilu>, true});
  register_kernel("hard_silu_grad", DeviceType::kCPU, {&run<kHardSiluGrad>, true});
}

}  // namespace saem::cpu
#endif  // HWY_ONCE
