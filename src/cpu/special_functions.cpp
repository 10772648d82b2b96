#include "cpu/special_functions.hpp"

#include <math.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace saem::cpu {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
constexpr double kSqrtPi = 1.7724538509055160273;

/// c_0 + c_1 x + c_2 x^2 + ..., by Horner's rule.
template <std::size_t N>
double polynomial(const double (&c)[N], double x) {
  double sum = c[N - 1];
  for (std::size_t i = N - 1; i-- > 0;) sum = sum * x + c[i];
  return sum;
}

/// ndtri(p) for p in (0, 1/2], good to 1.2e-9. Source: P. J. Acklam's rational approximations.
double rough_ndtri(double p) {
  constexpr double kCentralTop[] = {2.506628277459239,  -30.66479806614716, 138.3577518672690,
                                    -275.9285104469687, 220.9460984245205,  -39.69683028665376};
  constexpr double kCentralBottom[] = {1.0,
                                       -13.28068155288572,
                                       66.80131188771972,
                                       -155.6989798598866,
                                       161.5858368580409,
                                       -54.47609879822406};
  constexpr double kTailTop[] = {2.938163982698783,  4.374664141464968,   -2.549732539343734,
                                 -2.400758277161838, -0.3223964580411365, -0.007784894002430293};
  constexpr double kTailBottom[] = {1.0, 3.754408661907416, 2.445134137142996, 0.3224671290700398,
                                    0.007784695709041462};
  if (p < 0.02425) {
    const double q = std::sqrt(-2.0 * std::log(p));
    return polynomial(kTailTop, q) / polynomial(kTailBottom, q);
  }
  const double q = p - 0.5;
  return q * polynomial(kCentralTop, q * q) / polynomial(kCentralBottom, q * q);
}

/// x >= 0 with erfc(x) = c, for c in (0, 1/2]: one step of Halley's rule from the rough one, which
/// triples its digits.
double tail_erfcinv(double c) {
  const double x = -rough_ndtri(c / 2) / std::numbers::sqrt2;
  const double root = std::exp(x * x / 2);  // twice, for e^(x^2) alone may overflow
  const double step = (std::erfc(x) - c) * root * root * (kSqrtPi / 2);
  return x + step / (1.0 + x * step);
}

/// erfinv(y) for |y| <= 1/2.
double central_erfinv(double y) {
  const double x = -rough_ndtri((1.0 - std::abs(y)) / 2) / std::numbers::sqrt2;
  const double step = (std::erf(x) - std::abs(y)) * std::exp(x * x) * (kSqrtPi / 2);
  return std::copysign(x - step / (1.0 + x * step), y);
}

/// Cephes' sum of digamma's asymptotic series, B_2k / 2k x^-2k, for x >= 10.
double digamma_tail(double x) {
  constexpr double kTerms[] = {1.0 / 12,  -1.0 / 120,       1.0 / 252, -1.0 / 240,
                               1.0 / 132, -691.0 / 32760.0, 1.0 / 12};
  const double square = 1.0 / (x * x);
  return polynomial(kTerms, square) * square;
}

bool is_whole(double x) { return x == std::floor(x); }

/// x^a e^-x / Gamma(a), the scale of both incomplete gamma functions.
double gamma_scale(double a, double x) { return std::exp(a * std::log(x) - x - log_gamma(a)); }

/// P(a, x) = x^a e^-x sum_n x^n / Gamma(a + n + 1): no term is negative.
double igamma_series(double a, double x) {
  double term = 1.0 / a;
  double sum = term;
  for (double n = 1.0; term > sum * kEpsilon; n += 1.0) {
    term *= x / (a + n);
    sum += term;
  }
  return sum * gamma_scale(a, x);
}

/// Above this, series and fraction would take some 10 sqrt(a) terms, and the first term of an
/// asymptotic expansion is as good as a double: its error is below a^-1.5 / 500.
constexpr double kLargeShape = 1e8;

/// P(a, x) (`lower`) or Q(a, x) for large a, by the expansion that holds for all x. Source: Temme,
/// "The asymptotic expansion of the incomplete gamma functions", SIAM J. Math. Anal. 10 (1979).
double igamma_of_large(double a, double x, bool lower) {
  const double mu = (x - a) / a;
  const bool near = std::abs(mu) < 1e-3;
  // mu - ln(1 + mu), by its series where the difference would lose digits.
  const double half_square =
      near ? mu * mu * (1.0 / 2 - mu * (1.0 / 3 - mu * (1.0 / 4 - mu * (1.0 / 5 - mu / 6))))
           : mu - std::log1p(mu);
  const double eta = std::copysign(std::sqrt(2.0 * half_square), mu);
  const double first =
      near ? -1.0 / 3 + eta * (1.0 / 12 - eta * (2.0 / 135 - eta / 864)) : 1.0 / mu - 1.0 / eta;
  const double rest = std::exp(-a * half_square) / std::sqrt(2.0 * std::numbers::pi * a) * first;
  const double z = eta * std::sqrt(a / 2.0);
  return lower ? 0.5 * std::erfc(-z) - rest : 0.5 * std::erfc(z) + rest;
}

/// Q(a, x) by Legendre's continued fraction, evaluated by Lentz's rule; for x > a + 1.
double igammac_fraction(double a, double x) {
  constexpr double kTiny = 1e-300;
  double b = x + 1.0 - a;
  double c = 1.0 / kTiny;
  double d = 1.0 / b;
  double fraction = d;
  for (double i = 1.0; i < 100000.0; i += 1.0) {
    const double factor = -i * (i - a);
    b += 2.0;
    d = factor * d + b;
    if (std::abs(d) < kTiny) d = kTiny;
    c = b + factor / c;
    if (std::abs(c) < kTiny) c = kTiny;
    d = 1.0 / d;
    const double change = d * c;
    fraction *= change;
    if (std::abs(change - 1.0) < kEpsilon) break;
  }
  return fraction * gamma_scale(a, x);
}

/// The continued fraction of I_x(a, b), by Lentz's rule; for x < (a + 1) / (a + b + 2). Source:
/// Abramowitz and Stegun, 26.5.8.
double betainc_fraction(double a, double b, double x) {
  constexpr double kTiny = 1e-300;
  const auto away_from_zero = [](double v) { return std::abs(v) < kTiny ? kTiny : v; };
  double c = 1.0;
  double d = 1.0 / away_from_zero(1.0 - (a + b) * x / (a + 1.0));
  double fraction = d;
  for (double m = 1.0; m < 10000.0; m += 1.0) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1.0 / away_from_zero(1.0 + even * d);
    c = away_from_zero(1.0 + even / c);
    fraction *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1.0 / away_from_zero(1.0 + odd * d);
    c = away_from_zero(1.0 + odd / c);
    const double change = d * c;
    fraction *= change;
    if (std::abs(change - 1.0) < kEpsilon) break;
  }
  return fraction;
}

/// I_order(x) for 0 <= x, times e^-x. Up to 30 the power series, of which no term is negative;
/// beyond, the asymptotic one, whose least term is then below e^-60. Source: Abramowitz and Stegun,
/// 9.6.10 and 9.7.1.
double scaled_bessel(int order, double x) {
  if (std::isinf(x)) return 0.0;
  if (x <= 30.0) {
    double term = order == 0 ? 1.0 : x / 2;
    double sum = term;
    for (double k = 1.0; term > sum * (kEpsilon / 4); k += 1.0) {
      term *= x * x / 4 / (k * (k + order));
      sum += term;
    }
    return sum * std::exp(-x);
  }
  const double mu = 4.0 * order * order;
  double term = 1.0;
  double sum = 1.0;
  for (double k = 1.0; std::abs(term) > kEpsilon / 4 && k < 2 * x; k += 1.0) {
    const double odd = 2 * k - 1;
    term *= -(mu - odd * odd) / (k * 8 * x);
    sum += term;
  }
  return sum / std::sqrt(2 * std::numbers::pi * x);
}

}  // namespace

double erfinv(double y) {
  const double size = std::abs(y);
  if (!(size < 1.0)) return size == 1.0 ? std::copysign(kInfinity, y) : kNaN;
  if (size <= 0.5) return y == 0.0 ? y : central_erfinv(y);
  return std::copysign(tail_erfcinv(1.0 - size), y);
}

double ndtri(double p) {
  if (!(p > 0.0 && p < 1.0)) return p == 0.0 ? -kInfinity : p == 1.0 ? kInfinity : kNaN;
  if (p < 0.25) return -std::numbers::sqrt2 * tail_erfcinv(2 * p);
  if (p > 0.75) return std::numbers::sqrt2 * tail_erfcinv(2 * (1.0 - p));
  return std::numbers::sqrt2 * erfinv(2 * p - 1.0);
}

double log_gamma(double x) {
  int sign = 0;  // std::lgamma would write it into a global, where threads race
  return ::lgamma_r(x, &sign);
}

double digamma(double x) {
  if (std::isinf(x)) return x > 0 ? x : kNaN;
  double reflected = 0.0;
  if (x <= 0.0) {
    if (is_whole(x)) return kNaN;
    // digamma(1 - x) - digamma(x) = pi / tan(pi x); the tangent's period is taken off exactly.
    reflected = std::numbers::pi / std::tan(std::numbers::pi * (x - std::round(x)));
    x = 1.0 - x;
  }
  double below = 0.0;
  for (; x < 10.0; x += 1.0) below += 1.0 / x;
  return std::log(x) - 0.5 / x - digamma_tail(x) - below - reflected;
}

double zeta(double x, double q) {
  if (x == 1.0) return kInfinity;
  if (!(x > 1.0)) return kNaN;
  if (q <= 0.0) {
    if (is_whole(q)) return kInfinity;
    if (q < -1e6) return kNaN;      // the sum from there to zero would take too long
    if (!is_whole(x)) return kNaN;  // a negative number to a broken power
  }
  if (std::isinf(q)) return 0.0;  // below, zero times infinity
  // Euler-Maclaurin summation; (2j)! / B_2j as in S. Moshier, Cephes (zeta).
  constexpr double kDivisors[] = {12.0,
                                  -720.0,
                                  30240.0,
                                  -1209600.0,
                                  47900160.0,
                                  -1.8924375803183791606e9,
                                  7.47242496e10,
                                  -2.950130727918164224e12,
                                  1.1646782814350067249e14,
                                  -4.5979787224074726105e15,
                                  1.8152105401943546773e17,
                                  -7.1661652561756670113e18};
  double sum = std::pow(q, -x);
  double at = q;
  double term = 0.0;
  for (int i = 0; i < 9 || at <= 9.0; ++i) {
    at += 1.0;
    term = std::pow(at, -x);
    sum += term;
    if (std::abs(term) < kEpsilon / 2 * std::abs(sum)) return sum;
  }
  sum += term * at / (x - 1.0) - 0.5 * term;
  double factor = 1.0;
  double k = 0.0;
  for (const double divisor : kDivisors) {
    factor *= x + k;
    term /= at;
    const double part = factor * term / divisor;
    sum += part;
    if (std::abs(part) < kEpsilon / 2 * std::abs(sum)) return sum;
    k += 1.0;
    factor *= x + k;
    term /= at;
    k += 1.0;
  }
  return sum;
}

double polygamma(double n, double x) {
  if (!(n >= 0.0) || !is_whole(n)) return kNaN;
  if (n == 0.0) return digamma(x);
  const double size = std::exp(log_gamma(n + 1.0)) * zeta(n + 1.0, x);
  return std::fmod(n, 2.0) == 0.0 ? -size : size;
}

double igamma(double a, double x) {
  if (!(x >= 0.0 && a > 0.0)) return kNaN;
  if (x == 0.0) return 0.0;
  if (std::isinf(x)) return 1.0;
  if (std::isinf(a)) return 0.0;
  if (a > kLargeShape) return igamma_of_large(a, x, true);
  return x > 1.0 && x > a ? 1.0 - igammac(a, x) : igamma_series(a, x);
}

double igammac(double a, double x) {
  if (!(x >= 0.0 && a > 0.0)) return kNaN;
  if (x == 0.0) return 1.0;
  if (std::isinf(x)) return 0.0;
  if (std::isinf(a)) return 1.0;
  if (a > kLargeShape) return igamma_of_large(a, x, false);
  if (x < 1.0 || x < a) return 1.0 - igamma(a, x);
  return x < a + 1.0 ? 1.0 - igamma_series(a, x) : igammac_fraction(a, x);
}

// Term by term: d/da ln(x^(a+n) / Gamma(a+n+1)) = ln x - digamma(a + n + 1).
double igamma_grad_a(double a, double x) {
  if (!(x >= 0.0 && a > 0.0)) return kNaN;
  if (x == 0.0 || std::isinf(x)) return 0.0;
  if (x > 1e6) {  // where the sum would have as many terms: a difference, to six digits
    const double step = 1e-3 * std::sqrt(a);
    return (igamma(a + step, x) - igamma(a - step, x)) / (2 * step);
  }
  const double log_x = std::log(x);
  double weight = std::exp(a * log_x - x - log_gamma(a + 1.0));
  double slope = log_x - digamma(a + 1.0);
  double sum = weight * slope;
  // Weights grow until a + n passes x, then fall faster than any power.
  for (double n = 1.0; a + n < x || weight > 1e-18; n += 1.0) {
    slope -= 1.0 / (a + n);
    weight *= x / (a + n);
    sum += weight * slope;
  }
  return sum;
}

double betainc(double a, double b, double x) {
  if (!(a > 0.0 && b > 0.0 && x >= 0.0 && x <= 1.0)) return kNaN;
  if (x == 0.0 || x == 1.0) return x;
  const double log_beta = log_gamma(a) + log_gamma(b) - log_gamma(a + b);
  const double scale = std::exp(a * std::log(x) + b * std::log1p(-x) - log_beta);
  if (x < (a + 1.0) / (a + b + 2.0)) return scale * betainc_fraction(a, b, x) / a;
  return 1.0 - scale * betainc_fraction(b, a, 1.0 - x) / b;
}

double bessel_i0e(double x) { return scaled_bessel(0, std::abs(x)); }
double bessel_i1e(double x) { return std::copysign(scaled_bessel(1, std::abs(x)), x); }

double bessel_i0(double x) {
  const double root = std::exp(std::abs(x) / 2);  // twice: e^x overflows before the result does
  return bessel_i0e(x) * root * root;
}

double bessel_i1(double x) {
  const double root = std::exp(std::abs(x) / 2);
  return bessel_i1e(x) * root * root;
}

}  // namespace saem::cpu
