#pragma once

#include <saem/core/tensor.hpp>

/// Trigonometric functions, element by element, of angles in radians.
namespace saem {

/// Sine: z_i = sin x_i; NaN for infinities. Error at most 0.51 ulp in float32.
///
/// @param x  any shape; floating point
/// @return   the shape and dtype of `x`
/// @throws DTypeError if `x` is not floating point
/// Gradient: dx = dz * cos(x).  Source: tf.math.sin.
/// @code std::cout << tf::sin(tf::constant({0.0, 0.0}));
/// // tf.Tensor([0. 0.], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor sin(const Tensor& x);

/// Cosine: z_i = cos x_i; NaN for infinities. Error at most 0.51 ulp in float32.
///
/// @param x  any shape; floating point
/// @return   the shape and dtype of `x`
/// @throws DTypeError if `x` is not floating point
/// Gradient: dx = -dz * sin(x).  Source: tf.math.cos.
/// @code std::cout << tf::cos(tf::constant({0.0, 1.0}));
/// // tf.Tensor([1.        0.5403023], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor cos(const Tensor& x);

}  // namespace saem
