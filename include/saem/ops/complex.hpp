#pragma once

#include <saem/core/tensor.hpp>

/// Complex numbers: made of real ones, and taken apart. They calculate by the ops of real numbers
/// (`+`, `exp`, `matmul` of their parts, ...). A gradient is conjugated as TensorFlow conjugates
/// it: dL/dx + i dL/dy for x + i y, so that a step against it descends.
namespace saem {

/// Complex numbers of two real tensors: z_i = real_i + i imag_i.
///
/// @param real, imag  float32 or float64, both alike; shapes that broadcast
/// @return            complex64 or complex128, of the broadcast shape
/// @throws DTypeError for other dtypes; ShapeError if the shapes do not broadcast
/// Gradient: real(dz) and imag(dz), summed over broadcast axes.  Source: tf.complex.
/// @code std::cout << tf::complex(tf::constant({1.0, 2.0}), tf::constant({3.0, -4.0}));
/// // tf.Tensor([1.+3.j 2.-4.j], shape=(2,), dtype=complex64) @endcode
SAEM_API Tensor complex(const Tensor& real, const Tensor& imag);

namespace math {

/// The real parts; a real tensor itself.
///
/// @param x  any shape; a number dtype
/// @return   the shape of `x`; float32 of complex64, float64 of complex128
/// @throws DTypeError for bool and float8
/// Gradient: complex(dz, 0).  Source: tf.math.real.
/// @code std::cout << tf::math::real(tf::constant({std::complex<float>(1, 2)}));
/// // tf.Tensor([1.], shape=(1,), dtype=float32) @endcode
SAEM_API Tensor real(const Tensor& x);

/// The imaginary parts; zeros for a real tensor.
///
/// @param x  any shape; a number dtype
/// @return   the shape of `x`; float32 of complex64, float64 of complex128
/// @throws DTypeError for bool and float8
/// Gradient: complex(0, dz).  Source: tf.math.imag.
/// @code std::cout << tf::math::imag(tf::constant({std::complex<float>(1, 2)}));
/// // tf.Tensor([2.], shape=(1,), dtype=float32) @endcode
SAEM_API Tensor imag(const Tensor& x);

/// The conjugate: real_i - i imag_i; a real tensor itself.
///
/// @param x  any shape; a number dtype
/// @return   the shape and dtype of `x`
/// @throws DTypeError for bool and float8
/// Gradient: conj(dz).  Source: tf.math.conj.
/// @code std::cout << tf::math::conj(tf::constant({std::complex<float>(1, 2)}));
/// // tf.Tensor([1.-2.j], shape=(1,), dtype=complex64) @endcode
SAEM_API Tensor conj(const Tensor& x);

/// The angle of each number in the complex plane: atan2(imag_i, real_i), in (-pi, pi].
///
/// @param x  any shape; complex, or real floating point (whose angle is 0, or pi below zero)
/// @return   the shape of `x`; the dtype of its parts
/// @throws DTypeError for other dtypes
/// Gradient: dz * i x / |x|^2; none for real x.  Source: tf.math.angle.
/// @code std::cout << tf::math::angle(tf::constant({std::complex<float>(0, 2)}));
/// // tf.Tensor([1.5707964], shape=(1,), dtype=float32) @endcode
SAEM_API Tensor angle(const Tensor& x);

}  // namespace math

namespace ops {

/// The magnitude of complex numbers as an op of its own: its dtype is not its input's. `abs` calls
/// it.
SAEM_API Tensor complex_abs(const Tensor& x);

}  // namespace ops
}  // namespace saem
