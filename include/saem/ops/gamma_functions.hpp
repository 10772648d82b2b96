#pragma once

#include <saem/core/tensor.hpp>

/// The gamma function and its kin.
namespace saem::math {

/// Logarithm of the gamma function: z_i = ln |Gamma(x_i)|; infinite at zero and the negative whole
/// numbers.
///
/// @param x  any shape; floating point
/// @return   the shape and dtype of `x`
/// @throws DTypeError if `x` is not floating point
/// Gradient: dx = dz * digamma(x).  Source: tf.math.lgamma.
/// @code std::cout << tf::math::lgamma(tf::constant({1.0, 4.0}));
/// // tf.Tensor([0.        1.7917595], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor lgamma(const Tensor& x);

/// Logarithmic derivative of the gamma function: z_i = Gamma'(x_i) / Gamma(x_i); NaN at zero and
/// the negative whole numbers.
///
/// @param x  any shape; floating point
/// @return   the shape and dtype of `x`
/// @throws DTypeError if `x` is not floating point
/// Gradient: dx = dz * polygamma(1, x).  Source: tf.math.digamma.
/// @code std::cout << tf::math::digamma(tf::constant({1.0, 4.0}));
/// // tf.Tensor([-0.5772157  1.2561177], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor digamma(const Tensor& x);

/// The n-th derivative of digamma: z_i = (-1)^(n_i + 1) n_i! zeta(n_i + 1, x_i), digamma itself for
/// n_i = 0; NaN unless n_i is whole and not negative.
///
/// @param n, x  floating point, of one dtype; shapes that broadcast
/// @return      the broadcast shape
/// @throws DTypeError for other dtypes or two different ones; ShapeError if the shapes do not
///         broadcast
/// Gradient: dx = dz * polygamma(n + 1, x), none for n.  Source: tf.math.polygamma.
/// @code std::cout << tf::math::polygamma(tf::constant({1.0}), tf::constant({1.0}));
/// // tf.Tensor([1.644934], shape=(1,), dtype=float32) @endcode
SAEM_API Tensor polygamma(const Tensor& n, const Tensor& x);

/// The Hurwitz zeta function: z_i = sum over k >= 0 of (k + q_i)^-x_i; infinite for x_i = 1, NaN
/// below.
///
/// @param x, q  floating point, of one dtype; shapes that broadcast
/// @return      the broadcast shape
/// @throws DTypeError for other dtypes or two different ones; ShapeError if the shapes do not
///         broadcast
/// Gradient: dq = -dz * x * zeta(x + 1, q), none for x.  Source: tf.math.zeta.
/// @code std::cout << tf::math::zeta(tf::constant({2.0}), tf::constant({1.0}));
/// // tf.Tensor([1.644934], shape=(1,), dtype=float32) @endcode
SAEM_API Tensor zeta(const Tensor& x, const Tensor& q);

/// The regularised lower incomplete gamma function: z_i = P(a_i, x_i), the integral of
/// t^(a_i - 1) e^-t from 0 to x_i by Gamma(a_i); NaN for a_i <= 0 or x_i < 0.
///
/// @param a, x  floating point, of one dtype; shapes that broadcast
/// @return      the broadcast shape
/// @throws DTypeError for other dtypes or two different ones; ShapeError if the shapes do not
///         broadcast
/// Gradient: dx = dz * x^(a - 1) e^-x / Gamma(a); da by its series (once: it has no gradient of
/// its own).  Source: tf.math.igamma.
/// @code std::cout << tf::math::igamma(tf::constant({1.0}), tf::constant({0.5}));
/// // tf.Tensor([0.39346933], shape=(1,), dtype=float32) @endcode
SAEM_API Tensor igamma(const Tensor& a, const Tensor& x);

/// The regularised upper incomplete gamma function: z_i = 1 - P(a_i, x_i), without losing digits.
///
/// @param a, x  floating point, of one dtype; shapes that broadcast
/// @return      the broadcast shape
/// @throws DTypeError for other dtypes or two different ones; ShapeError if the shapes do not
///         broadcast
/// Gradient: that of igamma, negative.  Source: tf.math.igammac.
/// @code std::cout << tf::math::igammac(tf::constant({1.0}), tf::constant({0.5}));
/// // tf.Tensor([0.60653067], shape=(1,), dtype=float32) @endcode
SAEM_API Tensor igammac(const Tensor& a, const Tensor& x);

/// The regularised incomplete beta function: z_i = I_x(a, b), the integral of t^(a - 1) (1 - t)^(b
/// - 1) from 0 to x_i by its value at 1; NaN for x outside [0, 1] or a, b <= 0.
///
/// @param a, b, x  floating point, of one dtype; shapes that broadcast
/// @return      the broadcast shape
/// @throws DTypeError for other dtypes or two different ones; ShapeError if the shapes do not
///         broadcast
/// Gradient: dx = dz * x^(a - 1) (1 - x)^(b - 1) / B(a, b), none for a and b.  Source:
/// tf.math.betainc.
/// @code std::cout << tf::math::betainc(
///     tf::constant({1.0}), tf::constant({3.0}), tf::constant({0.25}));
/// // tf.Tensor([0.578125], shape=(1,), dtype=float32) @endcode
SAEM_API Tensor betainc(const Tensor& a, const Tensor& b, const Tensor& x);

}  // namespace saem::math
