#pragma once

#include <saem/core/tensor.hpp>

/// Trigonometric and hyperbolic functions, element by element; angles are in radians.
namespace saem {

/// Sine: z_i = sin x_i; NaN for infinities. Error at most 0.51 ulp in float32.
///
/// @param x  any shape; floating point or complex
/// @return   the shape and dtype of `x`
/// @throws DTypeError if `x` is neither floating point nor complex
/// Gradient: dx = dz * cos(x).  Source: tf.math.sin.
/// @code std::cout << tf::sin(tf::constant({0.0, 0.0}));
/// // tf.Tensor([0. 0.], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor sin(const Tensor& x);

/// Cosine: z_i = cos x_i; NaN for infinities. Error at most 0.51 ulp in float32.
///
/// @param x  any shape; floating point or complex
/// @return   the shape and dtype of `x`
/// @throws DTypeError if `x` is neither floating point nor complex
/// Gradient: dx = -dz * sin(x).  Source: tf.math.cos.
/// @code std::cout << tf::cos(tf::constant({0.0, 1.0}));
/// // tf.Tensor([1.        0.5403023], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor cos(const Tensor& x);

/// Tangent: z_i = tan x_i; NaN for infinities.
/// Error at most 0.51 ulp in float32.
///
/// @param x  any shape; floating point or complex
/// @return   the shape and dtype of `x`
/// @throws DTypeError if `x` is neither floating point nor complex
/// Gradient: dx = dz * (1 + z^2).  Source: tf.math.tan.
/// @code std::cout << tf::tan(tf::constant({0.0, 1.0}));
/// // tf.Tensor([0.        1.5574077], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor tan(const Tensor& x);

/// Inverse sine, in [-pi/2, pi/2]: z_i = arcsin x_i; NaN outside [-1, 1].
/// Error at most 0.51 ulp in float32.
///
/// @param x  any shape; floating point or complex
/// @return   the shape and dtype of `x`
/// @throws DTypeError if `x` is neither floating point nor complex
/// Gradient: dx = dz / sqrt(1 - x^2).  Source: tf.math.asin.
/// @code std::cout << tf::asin(tf::constant({0.0, 1.0}));
/// // tf.Tensor([0.        1.5707964], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor asin(const Tensor& x);

/// Inverse cosine, in [0, pi]: z_i = arccos x_i; NaN outside [-1, 1].
/// Error at most 0.51 ulp in float32.
///
/// @param x  any shape; floating point or complex
/// @return   the shape and dtype of `x`
/// @throws DTypeError if `x` is neither floating point nor complex
/// Gradient: dx = -dz / sqrt(1 - x^2).  Source: tf.math.acos.
/// @code std::cout << tf::acos(tf::constant({0.0, 1.0}));
/// // tf.Tensor([1.5707964 0.       ], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor acos(const Tensor& x);

/// Inverse tangent, in [-pi/2, pi/2]: z_i = arctan x_i.
/// Error at most 0.51 ulp in float32.
///
/// @param x  any shape; floating point or complex
/// @return   the shape and dtype of `x`
/// @throws DTypeError if `x` is neither floating point nor complex
/// Gradient: dx = dz / (1 + x^2).  Source: tf.math.atan.
/// @code std::cout << tf::atan(tf::constant({0.0, 1.0}));
/// // tf.Tensor([0.        0.7853982], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor atan(const Tensor& x);

/// Hyperbolic sine: z_i = (e^x_i - e^-x_i) / 2.
/// Error at most 0.51 ulp in float32.
///
/// @param x  any shape; floating point or complex
/// @return   the shape and dtype of `x`
/// @throws DTypeError if `x` is neither floating point nor complex
/// Gradient: dx = dz * cosh(x).  Source: tf.math.sinh.
/// @code std::cout << tf::sinh(tf::constant({0.0, 1.0}));
/// // tf.Tensor([0.        1.1752012], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor sinh(const Tensor& x);

/// Hyperbolic cosine: z_i = (e^x_i + e^-x_i) / 2.
/// Error at most 0.51 ulp in float32.
///
/// @param x  any shape; floating point or complex
/// @return   the shape and dtype of `x`
/// @throws DTypeError if `x` is neither floating point nor complex
/// Gradient: dx = dz * sinh(x).  Source: tf.math.cosh.
/// @code std::cout << tf::cosh(tf::constant({0.0, 1.0}));
/// // tf.Tensor([1.        1.5430807], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor cosh(const Tensor& x);

/// Inverse hyperbolic sine: z_i = ln(x_i + sqrt(x_i^2 + 1)).
/// Error at most 0.51 ulp in float32.
///
/// @param x  any shape; floating point or complex
/// @return   the shape and dtype of `x`
/// @throws DTypeError if `x` is neither floating point nor complex
/// Gradient: dx = dz / cosh(z).  Source: tf.math.asinh.
/// @code std::cout << tf::asinh(tf::constant({0.0, 1.0}));
/// // tf.Tensor([0.        0.8813736], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor asinh(const Tensor& x);

/// Inverse hyperbolic cosine: z_i = ln(x_i + sqrt(x_i^2 - 1)); NaN below 1.
/// Error at most 0.51 ulp in float32.
///
/// @param x  any shape; floating point or complex
/// @return   the shape and dtype of `x`
/// @throws DTypeError if `x` is neither floating point nor complex
/// Gradient: dx = dz / sinh(z).  Source: tf.math.acosh.
/// @code std::cout << tf::acosh(tf::constant({1.0, 2.0}));
/// // tf.Tensor([0.       1.316958], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor acosh(const Tensor& x);

/// Inverse hyperbolic tangent: z_i = ln((1 + x_i) / (1 - x_i)) / 2; NaN outside [-1, 1].
/// Error at most 0.51 ulp in float32.
///
/// @param x  any shape; floating point or complex
/// @return   the shape and dtype of `x`
/// @throws DTypeError if `x` is neither floating point nor complex
/// Gradient: dx = dz / (1 - x^2).  Source: tf.math.atanh.
/// @code std::cout << tf::atanh(tf::constant({0.0, 0.5}));
/// // tf.Tensor([0.         0.54930615], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor atanh(const Tensor& x);

}  // namespace saem
