// Compiled once for each SIMD target: see Highway's foreach_target.h. The normal distribution and
// what gelu and its approximation make of it, float32 on vectors.
#if defined(SAEM_CPU_GELU_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef SAEM_CPU_GELU_INL_HPP
#undef SAEM_CPU_GELU_INL_HPP
#else
#define SAEM_CPU_GELU_INL_HPP
#endif

#include <hwy/highway.h>

#include <numbers>
#include <saem/ops/activation.hpp>

#include "cpu/math-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace saem::cpu::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// v - exponent * ln 2 for v = argument(d, x), all as doubles.
template <class D, class V, class F>
HWY_INLINE V reduced_argument(D d, V x, const F& argument, V& exponent) {
  const V v = argument(d, x);
  exponent = hn::Round(hn::Mul(v, hn::Set(d, std::numbers::log2e)));
  return hn::NegMulAdd(exponent, hn::Set(d, std::numbers::ln2), v);
}

/// e^v in parts, as `exp_parts`, for a v = argument(d, x) that a float would round: far from zero
/// that alone would cost as many units in the last place as v is great.
template <class D, class V, class F>
HWY_INLINE V exp_parts_of(D d, V x, const F& argument, V& exponent) {
#if HWY_TARGET == HWY_SCALAR  // one lane has no halves
  const hn::Rebind<double, D> wide;
  hn::Vec<decltype(wide)> n;
  const auto r = reduced_argument(wide, hn::PromoteTo(wide, x), argument, n);
  exponent = hn::DemoteTo(d, n);
  return exp_fraction(d, hn::DemoteTo(d, r));
#else
  const hn::Half<D> half;
  const hn::RepartitionToWide<D> wide;
  hn::Vec<decltype(wide)> n_low, n_high;
  const auto low =
      reduced_argument(wide, hn::PromoteTo(wide, hn::LowerHalf(half, x)), argument, n_low);
  const auto high =
      reduced_argument(wide, hn::PromoteTo(wide, hn::UpperHalf(half, x)), argument, n_high);
  exponent = hn::Combine(d, hn::DemoteTo(half, n_high), hn::DemoteTo(half, n_low));
  return exp_fraction(d, hn::Combine(d, hn::DemoteTo(half, high), hn::DemoteTo(half, low)));
#endif
}

/// x * s and x * s', with s = sigmoid(v) and e^-|v| = 2^exponent * (1 + fraction): the factor x
/// comes first, so that no subnormal number loses its digits.
template <class D, class V>
HWY_INLINE V times_sigmoid(D d, V x, hn::Mask<D> negative, V fraction, V exponent) {
  const V one = hn::Set(d, 1.0f);
  const V grown = hn::Add(fraction, one);
  const V e = hn::Mul(grown, power_of_two(d, hn::Max(exponent, hn::Set(d, -126.0f))));
  const V numerator = hn::IfThenElse(negative, hn::MulAdd(x, fraction, x), x);
  return scale(d, hn::Div(numerator, hn::Add(one, e)), hn::IfThenElseZero(negative, exponent));
}

struct HalfSquare {  // ln of the normal density, but for its constant
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    return hn::Mul(hn::Mul(x, x), hn::Set(d, -0.5));
  }
};

/// Of the approximation: -|v| where it is x * sigmoid(v). Takes |x|.
struct GeluArgument {
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    const V inner = hn::MulAdd(hn::Mul(x, x), hn::Set(d, nn::kGeluCubic), hn::Set(d, 1.0));
    return hn::Mul(hn::Mul(x, inner), hn::Set(d, -2.0 * nn::kSqrtTwoByPi));
  }
};

/// The normal density and its tail at |x|: density = 2^exponent (1 + fraction) / sqrt(2 pi), and
/// P(X > |x|) = 2^exponent (1 + corrected) ratio, in factors whose product each caller rounds but
/// once. Beyond 15, where both are less than any float, as at 15.
template <class V>
struct Normal {
  V exponent;
  V fraction;
  V corrected;
  V ratio;
};

template <class D, class V>
HWY_INLINE Normal<V> normal_at(D d, V x) {
  const V one = hn::Set(d, 1.0f);
  const V three = hn::Set(d, 3.0f);
  const V t = hn::Min(hn::Abs(x), hn::Set(d, 15.0f));
  Normal<V> normal;
  normal.fraction = exp_parts_of(d, t, HalfSquare{}, normal.exponent);
  // (t + 3) times Mills' ratio / sqrt(2 pi), a polynomial of q = (t - 3) / (t + 3): least squares
  // of the relative error, below 2^-28 in [0.5, 15]. A float has too few digits for the first
  // coefficient alone, so that has two parts.
  const V shifted = hn::Add(t, three);
  const V inverse = hn::Div(one, shifted);
  const V q = hn::Mul(hn::Sub(t, three), inverse);
  const V rest = polynomial(d, q, -2.6634194294e-08, -0.50933200121, 0.23001772165, -0.047262556851,
                            -0.010462825187, 0.0069688069634, 0.0010263209697, -0.0010319295106,
                            -0.00024817342637, 0.00013119223877, 5.7325363741e-5);
  const V p = hn::Add(rest, hn::Set(d, 0x1.754a76p-1f));
  normal.ratio = hn::Div(p, shifted);
  // What was lost in t + 3 makes the ratio less.
  const V lost = hn::Mul(hn::Sub(t, hn::Sub(shifted, three)), inverse);
  normal.corrected = hn::NegMulAdd(lost, hn::Add(normal.fraction, one), normal.fraction);
  return normal;
}

/// P(X <= x) for |x| < 0.5, by its series.
template <class D, class V>
HWY_INLINE V normal_distribution_near_zero(D d, V x) {
  constexpr double kDensity = std::numbers::inv_sqrtpi / std::numbers::sqrt2;
  const V p = polynomial(d, hn::Mul(x, x), kDensity, -kDensity / 6, kDensity / 40, -kDensity / 336,
                         kDensity / 3456);
  return hn::MulAdd(x, p, hn::Set(d, 0.5f));
}

/// x * P(X <= x).
template <class D, class V>
HWY_INLINE V gelu(D d, V x) {
  const V size = hn::Abs(x);
  const auto negative = hn::Lt(x, hn::Zero(d));
  const Normal<V> normal = normal_at(d, x);
  const V product = hn::Mul(x, normal.ratio);
  const V tail = scale(d, hn::MulAdd(product, normal.corrected, product), normal.exponent);
  const V near = hn::Mul(x, normal_distribution_near_zero(d, x));
  // x P(X > x) is all that a positive x lacks.
  const V far = hn::IfThenElse(negative, tail, hn::Sub(x, tail));
  const V y = hn::IfThenElse(hn::Lt(size, hn::Set(d, 0.5f)), near, far);
  const V end = hn::IfThenElse(negative, hn::Mul(x, hn::Zero(d)), x);  // NaN at minus infinity
  return hn::IfThenElse(hn::Gt(size, hn::Set(d, 15.0f)), end, y);
}

/// P(X <= x) + x * density(x).
template <class D, class V>
HWY_INLINE V gelu_slope(D d, V x) {
  const V size = hn::Abs(x);
  const auto negative = hn::Lt(x, hn::Zero(d));
  const Normal<V> normal = normal_at(d, x);
  const V e = scale(d, hn::Add(normal.fraction, hn::Set(d, 1.0f)), normal.exponent);
  const V tail = hn::Mul(normal.ratio, e);
  const V far = hn::IfThenElse(negative, tail, hn::Sub(hn::Set(d, 1.0f), tail));
  const V distribution =
      hn::IfThenElse(hn::Lt(size, hn::Set(d, 0.5f)), normal_distribution_near_zero(d, x), far);
  const V density =
      hn::Mul(e, hn::Set(d, static_cast<float>(std::numbers::inv_sqrtpi / std::numbers::sqrt2)));
  const auto vanishes = hn::Gt(size, hn::Set(d, 15.0f));
  return hn::Add(distribution, hn::Mul(x, hn::IfThenZeroElse(vanishes, density)));
}

/// x * sigmoid(2 sqrt(2 / pi) (x + 0.044715 x^3)), which is x / 2 * (1 + tanh(...)).
template <class D, class V>
HWY_INLINE V gelu_by_tanh(D d, V x) {
  const V size = hn::Abs(x);
  const auto negative = hn::Lt(x, hn::Zero(d));
  const V most = hn::Set(d, 11.0f);  // below -11 it is less than any float
  V n;
  const V fraction = exp_parts_of(d, hn::Min(size, most), GeluArgument{}, n);
  const V y = times_sigmoid(d, x, negative, fraction, n);
  return hn::IfThenElse(hn::And(negative, hn::Gt(size, most)), hn::Mul(x, hn::Zero(d)), y);
}

template <class D, class V>
HWY_INLINE V gelu_by_tanh_slope(D d, V x) {
  const V one = hn::Set(d, 1.0f);
  const V t = hn::Min(hn::Abs(x), hn::Set(d, 11.0f));
  V n;
  const V fraction = exp_parts_of(d, t, GeluArgument{}, n);
  const V e = scale(d, hn::Add(fraction, one), n);
  const V inverse = hn::Div(one, hn::Add(one, e));
  const V s = hn::IfThenElse(hn::Lt(x, hn::Zero(d)), hn::Mul(e, inverse), inverse);
  const V inner =
      hn::MulAdd(hn::Mul(t, t), hn::Set(d, static_cast<float>(3 * nn::kGeluCubic)), one);
  const V slope = hn::Mul(inner, hn::Set(d, static_cast<float>(2 * nn::kSqrtTwoByPi)));
  return hn::MulAdd(hn::Mul(x, hn::Mul(e, hn::Mul(inverse, inverse))), slope, s);
}

}  // namespace saem::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // per-target include guard
