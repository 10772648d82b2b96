#pragma once

#include <saem/core/tensor.hpp>

/// The error function and its kin.
namespace saem::math {

/// The error function: z_i = 2 / sqrt(pi) * integral of e^(-t^2) from 0 to x_i. Error at most 1.5
/// ulp in float32.
///
/// @param x  any shape; floating point
/// @return   the shape and dtype of `x`
/// @throws DTypeError if `x` is not floating point
/// Gradient: dx = dz * 2 / sqrt(pi) * e^(-x^2).  Source: tf.math.erf.
/// @code std::cout << tf::math::erf(tf::constant({0.0, 1.0}));
/// // tf.Tensor([0. 0.84270084], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor erf(const Tensor& x);

/// What the error function lacks of one, without losing digits: z_i = 1 - erf(x_i).
///
/// @param x  any shape; floating point
/// @return   the shape and dtype of `x`
/// @throws DTypeError if `x` is not floating point
/// Gradient: dx = -dz * 2 / sqrt(pi) * e^(-x^2).  Source: tf.math.erfc.
/// @code std::cout << tf::math::erfc(tf::constant({0.0, 1.0}));
/// // tf.Tensor([1.        0.1572992], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor erfc(const Tensor& x);

/// The inverse of the error function: erf(z_i) = x_i; infinite at -1 and 1, NaN beyond.
///
/// @param x  any shape; floating point
/// @return   the shape and dtype of `x`
/// @throws DTypeError if `x` is not floating point
/// Gradient: dx = dz * sqrt(pi) / 2 * e^(z^2).  Source: tf.math.erfinv.
/// @code std::cout << tf::math::erfinv(tf::constant({0.0, 0.5}));
/// // tf.Tensor([0.         0.47693628], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor erfinv(const Tensor& x);

/// The quantile of the standard normal distribution: P(N <= z_i) = x_i; infinite at 0 and 1, NaN
/// beyond.
///
/// @param x  any shape; floating point
/// @return   the shape and dtype of `x`
/// @throws DTypeError if `x` is not floating point
/// Gradient: dx = dz * sqrt(2 pi) * e^(z^2 / 2).  Source: tf.math.ndtri.
/// @code std::cout << tf::math::ndtri(tf::constant({0.5, 0.9}));
/// // tf.Tensor([0. 1.2815515], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor ndtri(const Tensor& x);

/// The inverse of the complementary error function: erfc(z_i) = x_i; infinite at 0 and 2, NaN
/// beyond.
///
/// @param x  any shape; floating point
/// @return   the shape and dtype of `x`
/// @throws DTypeError if `x` is not floating point
/// Gradient: dx = -dz * sqrt(pi) / 2 * e^(z^2).  Source: tf.math.erfcinv.
/// @code std::cout << tf::math::erfcinv(tf::constant({0.5}));
/// // tf.Tensor([0.47693625], shape=(1,), dtype=float32) @endcode
SAEM_API Tensor erfcinv(const Tensor& x);

}  // namespace saem::math
