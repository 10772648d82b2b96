#pragma once

#include <saem/core/tensor.hpp>

/// Arithmetic of two tensors, element by element, with broadcasting. Both must have one dtype; a
/// C++ number takes the tensor's. Integers wrap around on overflow, as in TensorFlow.
namespace saem {

/// Sum: z_i = x_i + y_i. Also written `x + y`.
///
/// @param x, y  shapes that broadcast; numeric or complex, one dtype
/// @return      the broadcast shape, the dtype of `x`
/// @throws DTypeError if dtypes differ or are bool; ShapeError if shapes do not broadcast
/// Gradient: dx = dz, dy = dz, summed over broadcast axes.  Source: tf.math.add.
/// @code std::cout << tf::add(tf::constant({1, 2}), tf::constant({10}));  // tf.Tensor([11 12],
/// shape=(2,), dtype=int32) @endcode
SAEM_API Tensor add(const Tensor& x, const Tensor& y);

/// Difference: z_i = x_i - y_i. Also written `x - y`.
///
/// @param x, y  shapes that broadcast; numeric or complex, one dtype
/// @return      the broadcast shape, the dtype of `x`
/// @throws DTypeError if dtypes differ or are bool; ShapeError if shapes do not broadcast
/// Gradient: dx = dz, dy = -dz, summed over broadcast axes.  Source: tf.math.subtract.
/// @code std::cout << tf::subtract(tf::constant({5, 7}), tf::constant({1}));  // tf.Tensor([4 6],
/// shape=(2,), dtype=int32) @endcode
SAEM_API Tensor subtract(const Tensor& x, const Tensor& y);

/// Product: z_i = x_i * y_i. Also written `x * y`.
///
/// @param x, y  shapes that broadcast; numeric or complex, one dtype
/// @return      the broadcast shape, the dtype of `x`
/// @throws DTypeError if dtypes differ or are bool; ShapeError if shapes do not broadcast
/// Gradient: dx = dz * y, dy = dz * x, summed over broadcast axes.  Source: tf.math.multiply.
/// @code std::cout << tf::multiply(tf::constant({2, 3}), tf::constant({4, 5}));  // tf.Tensor([ 8
/// 15], shape=(2,), dtype=int32) @endcode
SAEM_API Tensor multiply(const Tensor& x, const Tensor& y);

/// Quotient: z_i = x_i / y_i. Also written `x / y`. Integers give a fraction, as in Python: 8- and
/// 16-bit ones float32, wider ones float64.
///
/// @param x, y  shapes that broadcast; numeric or complex, one dtype
/// @return      the broadcast shape; the dtype of `x` if that is floating point
/// @throws DTypeError if dtypes differ or are bool; ShapeError if shapes do not broadcast
/// Gradient: dx = dz / y, dy = -dz * x / y^2, summed over broadcast axes.  Source: tf.math.divide.
/// @code
/// std::cout << tf::divide(tf::constant({1.0, 3.0}), tf::constant(2.0));
/// // tf.Tensor([0.5 1.5], shape=(2,), dtype=float32)
/// @endcode
SAEM_API Tensor divide(const Tensor& x, const Tensor& y);

/// Larger of two: z_i = max(x_i, y_i); NaN if either is NaN.
///
/// @param x, y  shapes that broadcast; numeric, one dtype
/// @return      the broadcast shape, the dtype of `x`
/// @throws DTypeError if dtypes differ or are bool; ShapeError if shapes do not broadcast
/// Gradient: dz where x >= y for x, elsewhere for y.  Source: tf.math.maximum.
/// @code std::cout << tf::maximum(tf::constant({1, 5}), tf::constant({3, 2}));  // tf.Tensor([3 5],
/// shape=(2,), dtype=int32) @endcode
SAEM_API Tensor maximum(const Tensor& x, const Tensor& y);

/// Smaller of two: z_i = min(x_i, y_i); NaN if either is NaN.
///
/// @param x, y  shapes that broadcast; numeric, one dtype
/// @return      the broadcast shape, the dtype of `x`
/// @throws DTypeError if dtypes differ or are bool; ShapeError if shapes do not broadcast
/// Gradient: dz where x <= y for x, elsewhere for y.  Source: tf.math.minimum.
/// @code std::cout << tf::minimum(tf::constant({1, 5}), tf::constant({3, 2}));  // tf.Tensor([1 2],
/// shape=(2,), dtype=int32) @endcode
SAEM_API Tensor minimum(const Tensor& x, const Tensor& y);

/// Power: z_i = x_i ^ y_i.
///
/// @param x, y  shapes that broadcast; floating point or complex, one dtype
/// @return      the broadcast shape, the dtype of `x`
/// @throws DTypeError if dtypes differ or are not floating point; ShapeError if shapes do not
/// broadcast Gradient: dx = dz * y * x^(y-1); dy = dz * z * log(x) where x > 0, else 0.  Source:
/// tf.math.pow.
/// @code std::cout << tf::pow(tf::constant({2.0, 3.0}), tf::constant(2.0));  // tf.Tensor([4. 9.],
/// shape=(2,), dtype=float32) @endcode
SAEM_API Tensor pow(const Tensor& x, const Tensor& y);

SAEM_API Tensor operator+(const Tensor& x, const Tensor& y);
SAEM_API Tensor operator-(const Tensor& x, const Tensor& y);
SAEM_API Tensor operator*(const Tensor& x, const Tensor& y);
SAEM_API Tensor operator/(const Tensor& x, const Tensor& y);
SAEM_API Tensor operator+(const Tensor& x, Scalar y);
SAEM_API Tensor operator-(const Tensor& x, Scalar y);
SAEM_API Tensor operator*(const Tensor& x, Scalar y);
SAEM_API Tensor operator/(const Tensor& x, Scalar y);
SAEM_API Tensor operator+(Scalar x, const Tensor& y);
SAEM_API Tensor operator-(Scalar x, const Tensor& y);
SAEM_API Tensor operator*(Scalar x, const Tensor& y);
SAEM_API Tensor operator/(Scalar x, const Tensor& y);
SAEM_API Tensor pow(const Tensor& x, Scalar y);
SAEM_API Tensor maximum(const Tensor& x, Scalar y);
SAEM_API Tensor minimum(const Tensor& x, Scalar y);

}  // namespace saem
