#pragma once

/// Special functions of doubles, for kernels; errors are a few ulp unless said otherwise.
namespace saem::cpu {

/// x with erf(x) = y; infinite at -1 and 1, NaN beyond.
double erfinv(double y);
/// x with Phi(x) = p, Phi the standard normal distribution; infinite at 0 and 1, NaN beyond.
double ndtri(double p);

/// ln |Gamma(x)|; infinite at zero and the negative whole numbers.
double log_gamma(double x);
/// Gamma'(x) / Gamma(x); NaN at zero and the negative whole numbers.
double digamma(double x);
/// The Hurwitz zeta function: sum over k >= 0 of (k + q)^-x. Infinite for x = 1, NaN for x < 1
/// and for q < -10^6.
double zeta(double x, double q);
/// The n-th derivative of digamma for a whole n >= 0; NaN for other n.
double polygamma(double n, double x);

/// Regularised incomplete gamma functions P(a, x) and Q(a, x) = 1 - P(a, x); NaN for x < 0 or a <=
/// 0.
double igamma(double a, double x);
double igammac(double a, double x);
/// dP(a, x) / da, to 1e-13 absolutely.
double igamma_grad_a(double a, double x);
/// Regularised incomplete beta function I_x(a, b); NaN for x outside [0, 1] or a, b <= 0.
double betainc(double a, double b, double x);

/// Modified Bessel functions of the first kind, and those times e^-|x|.
double bessel_i0(double x);
double bessel_i1(double x);
double bessel_i0e(double x);
double bessel_i1e(double x);

}  // namespace saem::cpu
