#pragma once

#include <saem/core/tensor.hpp>

/// Arithmetic of one tensor, element by element.
namespace saem {

/// Sign changed: z_i = -x_i; integers wrap around. Also written `-x`.
///
/// @param x  any shape; numeric or complex
/// @return   the shape and dtype of `x`
/// @throws DTypeError if `x` is bool
/// Gradient: dx = -dz.  Source: tf.math.negative.
/// @code std::cout << tf::negative(tf::constant({1, -2}));
/// // tf.Tensor([-1  2], shape=(2,), dtype=int32) @endcode
SAEM_API Tensor negative(const Tensor& x);

/// Magnitude: z_i = |x_i|; the least integer of a dtype wraps around to itself.
///
/// @param x  any shape; numeric or complex
/// @return   the shape of `x` and its dtype; float32 of complex64, float64 of complex128
/// @throws DTypeError if `x` is bool
/// Gradient: dx = dz * sign(x).  Source: tf.math.abs.
/// @code std::cout << tf::abs(tf::constant({1, -2}));
/// // tf.Tensor([1 2], shape=(2,), dtype=int32) @endcode
SAEM_API Tensor abs(const Tensor& x);

/// Sign: z_i = -1, 0 or 1 with x_i below, at or above zero; NaN stays NaN. Of a complex number its
/// direction: x_i / |x_i|, or 0.
///
/// @param x  any shape; numeric or complex
/// @return   the shape and dtype of `x`
/// @throws DTypeError if `x` is bool
/// Gradient: zero.  Source: tf.math.sign.
/// @code std::cout << tf::sign(tf::constant({7, 0, -2}));
/// // tf.Tensor([ 1  0 -1], shape=(3,), dtype=int32) @endcode
SAEM_API Tensor sign(const Tensor& x);

/// Square: z_i = x_i^2; integers wrap around.
///
/// @param x  any shape; numeric or complex
/// @return   the shape and dtype of `x`
/// @throws DTypeError if `x` is bool
/// Gradient: dx = 2 * x * dz.  Source: tf.math.square.
/// @code std::cout << tf::square(tf::constant({3, -4}));
/// // tf.Tensor([ 9 16], shape=(2,), dtype=int32) @endcode
SAEM_API Tensor square(const Tensor& x);

/// Square root: z_i = sqrt(x_i), correctly rounded; NaN below zero.
///
/// @param x  any shape; floating point or complex
/// @return   the shape and dtype of `x`
/// @throws DTypeError if `x` is neither floating point nor complex
/// Gradient: dx = dz / (2 * z).  Source: tf.math.sqrt.
/// @code std::cout << tf::sqrt(tf::constant({4.0, 9.0}));
/// // tf.Tensor([2. 3.], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor sqrt(const Tensor& x);

/// Reciprocal of the square root: z_i = 1 / sqrt(x_i); infinite at zero, NaN below.
///
/// @param x  any shape; floating point or complex
/// @return   the shape and dtype of `x`
/// @throws DTypeError if `x` is neither floating point nor complex
/// Gradient: dx = -dz * z^3 / 2.  Source: tf.math.rsqrt.
/// @code std::cout << tf::rsqrt(tf::constant({4.0, 0.25}));
/// // tf.Tensor([0.5 2. ], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor rsqrt(const Tensor& x);

/// Reciprocal: z_i = 1 / x_i; infinite at zero.
///
/// @param x  any shape; floating point or complex
/// @return   the shape and dtype of `x`
/// @throws DTypeError if `x` is neither floating point nor complex
/// Gradient: dx = -dz * z^2.  Source: tf.math.reciprocal.
/// @code std::cout << tf::reciprocal(tf::constant({2.0, 4.0}));
/// // tf.Tensor([0.5  0.25], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor reciprocal(const Tensor& x);

/// Rounded down: the largest whole number that is not above x_i.
///
/// @param x  any shape; floating point
/// @return   the shape and dtype of `x`
/// @throws DTypeError if `x` is not floating point
/// Gradient: none.  Source: tf.math.floor.
/// @code std::cout << tf::floor(tf::constant({1.7, -1.2}));
/// // tf.Tensor([ 1. -2.], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor floor(const Tensor& x);

/// Rounded up: the smallest whole number that is not below x_i.
///
/// @param x  any shape; floating point
/// @return   the shape and dtype of `x`
/// @throws DTypeError if `x` is not floating point
/// Gradient: none.  Source: tf.math.ceil.
/// @code std::cout << tf::ceil(tf::constant({1.2, -1.7}));
/// // tf.Tensor([ 2. -1.], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor ceil(const Tensor& x);

/// Rounded to the nearest whole number, halves to the even one; integers as they are.
///
/// @param x  any shape; numeric
/// @return   the shape and dtype of `x`
/// @throws DTypeError if `x` is bool
/// Gradient: none.  Source: tf.math.round.
/// @code std::cout << tf::round(tf::constant({0.5, 1.5, -1.7}));
/// // tf.Tensor([ 0.  2. -2.], shape=(3,), dtype=float32) @endcode
SAEM_API Tensor round(const Tensor& x);

SAEM_API Tensor operator-(const Tensor& x);

namespace math {

/// Nearest whole number, halves to the even one: z_i = round(x_i).
///
/// @param x  any shape; floating point
/// @return   the shape and dtype of `x`
/// @throws DTypeError if `x` is not floating point
/// Gradient: none.  Source: tf.math.rint.
/// @code std::cout << tf::math::rint(tf::constant({0.5, 1.5}));
/// // tf.Tensor([0. 2.], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor rint(const Tensor& x);

}  // namespace math
}  // namespace saem
