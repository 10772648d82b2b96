#pragma once

#include <saem/core/tensor.hpp>

/// Modified Bessel functions of the first kind. The names that end in e are scaled by e^-|x|, which
/// keeps them finite.
namespace saem::math {

/// Modified Bessel function of order 0: z_i = I_0(x_i) = sum_k (x_i / 2)^2k / (k!)^2.
///
/// @param x  any shape; floating point
/// @return   the shape and dtype of `x`
/// @throws DTypeError if `x` is not floating point
/// Gradient: dx = dz * I_1(x).  Source: tf.math.bessel_i0.
/// @code std::cout << tf::math::bessel_i0(tf::constant({0.0, 1.0}));
/// // tf.Tensor([1.        1.2660658], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor bessel_i0(const Tensor& x);

/// Modified Bessel function of order 1: z_i = I_1(x_i), the derivative of I_0.
///
/// @param x  any shape; floating point
/// @return   the shape and dtype of `x`
/// @throws DTypeError if `x` is not floating point
/// Gradient: dx = dz * (I_0(x) - I_1(x) / x), 1/2 at zero.  Source: tf.math.bessel_i1.
/// @code std::cout << tf::math::bessel_i1(tf::constant({0.0, 1.0}));
/// // tf.Tensor([0.        0.5651591], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor bessel_i1(const Tensor& x);

/// Scaled modified Bessel function of order 0: z_i = e^-|x_i| I_0(x_i).
///
/// @param x  any shape; floating point
/// @return   the shape and dtype of `x`
/// @throws DTypeError if `x` is not floating point
/// Gradient: dx = dz * (I_1e(x) - sign(x) I_0e(x)).  Source: tf.math.bessel_i0e.
/// @code std::cout << tf::math::bessel_i0e(tf::constant({0.0, 1.0}));
/// // tf.Tensor([1.        0.4657596], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor bessel_i0e(const Tensor& x);

/// Scaled modified Bessel function of order 1: z_i = e^-|x_i| I_1(x_i).
///
/// @param x  any shape; floating point
/// @return   the shape and dtype of `x`
/// @throws DTypeError if `x` is not floating point
/// Gradient: dx = dz * (I_0e(x) - I_1e(x) (sign(x) + 1 / x)), 1/2 at zero.  Source:
/// tf.math.bessel_i1e.
/// @code std::cout << tf::math::bessel_i1e(tf::constant({0.0, 1.0}));
/// // tf.Tensor([0.         0.20791042], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor bessel_i1e(const Tensor& x);

}  // namespace saem::math
