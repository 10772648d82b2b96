// Compiled once for each SIMD target: see Highway's foreach_target.h. float32 functions on vectors.
//
// Highway's own (contrib/math) are good to 3 or 4 ulp, end before float32's range does and lose
// NaN; these are measured over all floats (tests/cpu/math_test.cpp has the bounds). Where a target
// has no fused multiply-add the bounds hold too: constants that are multiplied by whole numbers
// have trailing zeros.
#if defined(SAEM_CPU_MATH_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef SAEM_CPU_MATH_INL_HPP
#undef SAEM_CPU_MATH_INL_HPP
#else
#define SAEM_CPU_MATH_INL_HPP
#endif

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace saem::cpu::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// c_0 + c_1 x + c_2 x^2 + ..., by Horner's rule.
template <class D, class V>
HWY_INLINE V polynomial(D d, V, double last) {
  return hn::Set(d, static_cast<hn::TFromD<D>>(last));
}
template <class D, class V, class... Rest>
HWY_INLINE V polynomial(D d, V x, double first, Rest... rest) {
  return hn::MulAdd(polynomial(d, x, rest...), x, hn::Set(d, static_cast<hn::TFromD<D>>(first)));
}

// ln 2 in two parts; the first has 9 trailing zeros, so that its product with an exponent is exact.
inline constexpr float kLn2High = 0x1.62e4p-1f;
inline constexpr float kLn2Low = 0x1.7f7d1cp-20f;

/// e^r - 1 for r in [-0.347, 0.347]. Coefficients: S. Moshier, Cephes (expf), of (e^r - 1 - r) /
/// r^2.
template <class D, class V>
HWY_INLINE V exp_fraction(D d, V r) {
  const V p = polynomial(d, r, 5.0000001201e-1, 1.6666665459e-1, 4.1665795894e-2, 8.3334519073e-3,
                         1.3981999507e-3, 1.9875691500e-4);
  return hn::MulAdd(hn::Mul(r, r), p, r);
}

/// e^x = 2^exponent * (1 + fraction): returns the fraction, in [-0.293, 0.415].
template <class D, class V>
HWY_INLINE V exp_parts(D d, V x, V& exponent) {
  exponent = hn::Round(hn::Mul(x, hn::Set(d, 0x1.715476p+0f)));
  const V r = hn::NegMulAdd(exponent, hn::Set(d, kLn2Low),
                            hn::NegMulAdd(exponent, hn::Set(d, kLn2High), x));
  return exp_fraction(d, r);
}

/// 2^n for a whole number n in [-126, 127].
template <class D, class V>
HWY_INLINE V power_of_two(D d, V n) {
  const hn::RebindToSigned<D> di;
  const auto exponent = hn::Add(hn::ConvertTo(di, n), hn::Set(di, 127));
  return hn::BitCast(d, hn::ShiftLeft<23>(exponent));
}

/// x * 2^n for a whole number n in [-252, 254]: in two steps, for 2^n alone may overflow or
/// underflow.
template <class D, class V>
HWY_INLINE V scale(D d, V x, V n) {
  const V half = hn::Floor(hn::Mul(n, hn::Set(d, 0.5f)));
  return hn::Mul(hn::Mul(x, power_of_two(d, half)), power_of_two(d, hn::Sub(n, half)));
}

template <class D, class V>
HWY_INLINE V exp(D d, V x) {
  const V clamped = hn::Max(hn::Min(x, hn::Set(d, 89.0f)), hn::Set(d, -105.0f));
  V n;
  const V fraction = exp_parts(d, clamped, n);
  const V y = scale(d, hn::Add(fraction, hn::Set(d, 1.0f)), n);
  return hn::IfThenElse(hn::IsNaN(x), x, y);
}

template <class D, class V>
HWY_INLINE V expm1(D d, V x) {
  const V one = hn::Set(d, 1.0f);
  const V clamped = hn::Max(hn::Min(x, hn::Set(d, 89.0f)), hn::Set(d, -25.0f));
  V n;
  const V fraction = exp_parts(d, clamped, n);
  // 2^n (1 + fraction) - 1 = 2^n (fraction + (1 - 2^-n)); what is in the inner brackets is exact or
  // harmless.
  const V inverse = power_of_two(d, hn::Neg(hn::Min(n, hn::Set(d, 126.0f))));
  const V y = scale(d, hn::Add(fraction, hn::Sub(one, inverse)), n);
  // Where the square no longer counts, x itself: keeps -0, and NaN.
  return hn::IfThenElse(hn::Ge(hn::Abs(x), hn::Set(d, 0x1p-25f)), y, x);
}

/// x = 2^exponent * mantissa for positive normal x: returns the mantissa, in [sqrt(1/2), sqrt(2)).
template <class D, class V>
HWY_INLINE V log_parts(D d, V x, V& exponent) {
  const hn::RebindToSigned<D> di;
  const auto bits = hn::BitCast(di, x);
  const auto whole = hn::ShiftRight<23>(hn::Sub(bits, hn::Set(di, 0x3f3504f3)));
  exponent = hn::ConvertTo(d, whole);
  return hn::BitCast(d, hn::Sub(bits, hn::ShiftLeft<23>(whole)));
}

/// ln(1 + f) + exponent * ln 2 + correction, for f in [sqrt(1/2) - 1, sqrt(2) - 1].
template <class D, class V>
HWY_INLINE V log_of_parts(D d, V f, V exponent, V correction) {
  const V square = hn::Mul(f, f);
  // (ln(1 + f) - f + f^2 / 2) / f^3; coefficients: S. Moshier, Cephes (logf).
  const V p = polynomial(d, f, 3.3333331174e-1, -2.4999993993e-1, 2.0000714765e-1, -1.6668057665e-1,
                         1.4249322787e-1, -1.2420140846e-1, 1.1676998740e-1, -1.1514610310e-1,
                         7.0376836292e-2);
  V small = hn::MulAdd(hn::Mul(square, f), p, correction);
  small = hn::MulAdd(exponent, hn::Set(d, kLn2Low), small);
  small = hn::NegMulAdd(hn::Set(d, 0.5f), square, small);
  return hn::MulAdd(exponent, hn::Set(d, kLn2High), hn::Add(f, small));
}

/// What `y` = ln(x) is outside the positive finite numbers.
template <class D, class V>
HWY_INLINE V log_edges(D d, V x, V y) {
  const V infinity = hn::Inf(d);
  const V zero = hn::Zero(d);
  y = hn::IfThenElse(hn::Eq(x, infinity), infinity, y);
  y = hn::IfThenElse(hn::Eq(x, zero), hn::Neg(infinity), y);
  // Below zero; and NaN, of which no comparison is true.
  return hn::IfThenElse(hn::Ge(x, zero), y, hn::NaN(d));
}

template <class D, class V>
HWY_INLINE V log(D d, V x) {
  // Subnormals have no exponent of their own: scaled into the normal range first.
  const auto tiny = hn::Lt(x, hn::Set(d, 0x1p-126f));
  const V scaled = hn::IfThenElse(tiny, hn::Mul(x, hn::Set(d, 0x1p24f)), x);
  V exponent;
  const V f = hn::Sub(log_parts(d, scaled, exponent), hn::Set(d, 1.0f));
  exponent = hn::Sub(exponent, hn::IfThenElseZero(tiny, hn::Set(d, 24.0f)));
  return log_edges(d, x, log_of_parts(d, f, exponent, hn::Zero(d)));
}

template <class D, class V>
HWY_INLINE V log1p(D d, V x) {
  const V one = hn::Set(d, 1.0f);
  const V u = hn::Add(one, x);
  V exponent;
  const V mantissa = log_parts(d, u, exponent);
  const auto near = hn::Eq(exponent, hn::Zero(d));
  // What was lost in u = 1 + x, and its share of ln(u); nothing is lost where x itself is the
  // fraction.
  const V lost =
      hn::IfThenElse(hn::Ge(x, one), hn::Sub(one, hn::Sub(u, x)), hn::Sub(x, hn::Sub(u, one)));
  const V correction = hn::IfThenZeroElse(near, hn::Div(lost, u));
  const V f = hn::IfThenElse(near, x, hn::Sub(mantissa, one));
  const V y = log_edges(d, u, log_of_parts(d, f, exponent, correction));
  return hn::IfThenElse(hn::Ge(hn::Abs(x), hn::Set(d, 0x1p-25f)), y, x);
}

template <class D, class V>
HWY_INLINE V tanh(D d, V x) {
  const V one = hn::Set(d, 1.0f);
  const V size = hn::Abs(x);
  // Near zero an odd polynomial; coefficients: S. Moshier, Cephes (tanhf).
  const V square = hn::Mul(x, x);
  const V p = polynomial(d, square, -3.33332819422e-1, 1.33314422036e-1, -5.37397155531e-2,
                         2.06390887954e-2, -5.70498872745e-3);
  const V near = hn::MulAdd(hn::Mul(square, x), p, x);
  // Elsewhere 1 - 2 / (e^2|x| + 1), which has become 1 at 9.02.
  const V twice = hn::Min(hn::Add(size, size), hn::Set(d, 20.0f));
  V n;
  const V fraction = exp_parts(d, twice, n);
  const V power = power_of_two(d, n);
  const V e = hn::MulAdd(fraction, power, power);
  const V far = hn::Sub(one, hn::Div(hn::Set(d, 2.0f), hn::Add(e, one)));
  const V y = hn::IfThenElse(hn::Lt(size, hn::Set(d, 0.625f)), near, hn::CopySign(far, x));
  // Where the cube no longer counts, x itself: keeps -0, and NaN.
  return hn::IfThenElse(hn::Ge(size, hn::Set(d, 0x1p-13f)), y, x);
}

/// The error function. Coefficients: N. Juffa, two minimax polynomials that meet at 475/512; the
/// outer one is of ln(1 - erf), so that its error shrinks with the tail.
template <class D, class V>
HWY_INLINE V erf(D d, V x) {
  const V size = hn::Abs(x);
  const V square = hn::Mul(x, x);
  const V inner = polynomial(d, square, 1.28379166e-1, -3.76125336e-1, 1.12819925e-1,
                             -2.67681349e-2, 4.99119423e-3, -5.96761703e-4);
  const V near = hn::MulAdd(inner, x, x);
  const V high = hn::MulAdd(hn::Set(d, -1.72853470e-5f), size, hn::Set(d, 3.83197126e-4f));
  const V low = hn::MulAdd(hn::Set(d, -3.88396438e-3f), size, hn::Set(d, 2.42546219e-2f));
  V p = hn::MulAdd(high, square, low);
  p = hn::MulAdd(p, size, hn::Set(d, -1.06777877e-1f));
  p = hn::MulAdd(p, size, hn::Set(d, -6.34846687e-1f));
  p = hn::MulAdd(p, size, hn::Set(d, -1.28717512e-1f));
  p = hn::MulAdd(p, size, hn::Neg(size));
  // Beyond 4 the rest is less than half an ulp of one; the polynomial bends up again behind 10.
  const V tail = exp(d, hn::IfThenElse(hn::Lt(size, hn::Set(d, 4.0f)), p, hn::Set(d, -20.0f)));
  const V far = hn::CopySign(hn::Sub(hn::Set(d, 1.0f), tail), x);
  const V y = hn::IfThenElse(hn::Lt(size, hn::Set(d, 0.927734375f)), near, far);
  return hn::IfThenElse(hn::IsNaN(x), x, y);
}

template <class D, class V>
HWY_INLINE V sigmoid(D d, V x) {
  const V one = hn::Set(d, 1.0f);
  const V e = exp(d, hn::Neg(hn::Abs(x)));  // never overflows
  return hn::Div(hn::IfThenElse(hn::Lt(x, hn::Zero(d)), e, one), hn::Add(one, e));
}

template <class D, class V>
HWY_INLINE V softplus(D d, V x) {
  const V positive = hn::IfThenElse(hn::Lt(x, hn::Zero(d)), hn::Zero(d), x);  // keeps NaN
  return hn::Add(positive, log1p(d, exp(d, hn::Neg(hn::Abs(x)))));
}

/// How sin and cos see a float's angle: as doubles, so that what is left after whole quarter turns
/// is good to a float's last bit. `kQuarter` 0: sine, 1: cosine. |x| <= 2^27.
template <int kQuarter, class D, class V>
HWY_INLINE V sine_of_doubles(D d, V x) {
  const hn::RebindToSigned<D> di;
  // Adding 1.5 * 2^52 rounds to a whole number and leaves it in the low bits.
  const V magic = hn::Set(d, 0x1.8p52);
  const V shifted = hn::MulAdd(x, hn::Set(d, 0x1.45f306dc9c883p-1), magic);
  const V turns = hn::Sub(shifted, magic);
  const auto quarter = hn::Add(hn::BitCast(di, shifted), hn::Set(di, kQuarter));
  // pi / 2 in two parts of which the first has 25 bits: its product with `turns` is exact.
  const V r = hn::NegMulAdd(turns, hn::Set(d, 0x1.110b4611a6263p-26),
                            hn::NegMulAdd(turns, hn::Set(d, 0x1.921fb5p+0), x));
  const V z = hn::Mul(r, r);
  // Coefficients: FreeBSD msun, k_sinf.c and k_cosf.c, errors below 2^-37.5 and 2^-34.1.
  const V sine = hn::MulAdd(hn::Mul(z, r),
                            polynomial(d, z, -0x15555554cbac77.0p-55, 0x111110896efbb2.0p-59,
                                       -0x1a00f9e2cae774.0p-65, 0x16cd878c3b46a7.0p-71),
                            r);
  const V cosine = polynomial(d, z, 1.0, -0x1ffffffd0c5e81.0p-54, 0x155553e1053a42.0p-57,
                              -0x16c087e80f1e27.0p-62, 0x199342e0ee5069.0p-68);
  const auto odd = hn::RebindMask(d, hn::TestBit(quarter, hn::Set(di, 1)));
  const auto sign = hn::ShiftLeft<62>(hn::And(quarter, hn::Set(di, 2)));
  return hn::Xor(hn::IfThenElse(odd, cosine, sine), hn::BitCast(d, sign));
}

/// sin (kQuarter 0) or cos (1) of floats up to 2^27 in magnitude.
template <int kQuarter, class D, class V>
HWY_INLINE V sine(D d, V x) {
#if HWY_TARGET == HWY_SCALAR  // one lane has no halves
  const hn::Rebind<double, D> wide;
  return hn::DemoteTo(d, sine_of_doubles<kQuarter>(wide, hn::PromoteTo(wide, x)));
#else
  const hn::Half<D> half;
  const hn::RepartitionToWide<D> wide;
  const auto low = hn::PromoteTo(wide, hn::LowerHalf(half, x));
  const auto high = hn::PromoteTo(wide, hn::UpperHalf(half, x));
  return hn::Combine(d, hn::DemoteTo(half, sine_of_doubles<kQuarter>(wide, high)),
                     hn::DemoteTo(half, sine_of_doubles<kQuarter>(wide, low)));
#endif
}

}  // namespace saem::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // per-target include guard
