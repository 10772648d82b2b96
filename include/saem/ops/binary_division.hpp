#pragma once

#include <saem/core/tensor.hpp>

/// Quotients that are whole, and their remainders.
namespace saem {

/// Quotient rounded down: z_i = floor(x_i / y_i), as Python's `//`.
///
/// @param x, y  numbers, of one dtype; shapes that broadcast
/// @return      the broadcast shape
/// @throws DTypeError for bool, complex or two different dtypes; ShapeError if the shapes do not
///         broadcast; ValueError for an integer divided by zero
/// Gradient: no gradient, as in TensorFlow.  Source: tf.math.floordiv.
/// @code std::cout << tf::floordiv(tf::constant({7, -7}), tf::constant({2, 2}));
/// // tf.Tensor([ 3 -4], shape=(2,), dtype=int32) @endcode
SAEM_API Tensor floordiv(const Tensor& x, const Tensor& y);

/// Remainder of the quotient rounded down: z_i = x_i - floor(x_i / y_i) * y_i; it has the sign of
/// y_i, as Python's `%`.
///
/// @param x, y  numbers, of one dtype; shapes that broadcast
/// @return      the broadcast shape
/// @throws DTypeError for bool, complex or two different dtypes; ShapeError if the shapes do not
///         broadcast; ValueError for an integer divided by zero
/// Gradient: dx = dz, dy = -dz * floor(x / y); none for integers.  Source: tf.math.floormod.
/// @code std::cout << tf::floormod(tf::constant({7, -7}), tf::constant({2, 2}));
/// // tf.Tensor([1 1], shape=(2,), dtype=int32) @endcode
SAEM_API Tensor floormod(const Tensor& x, const Tensor& y);

/// Quotient rounded towards zero, as C++'s `/` of integers.
///
/// @param x, y  numbers, of one dtype; shapes that broadcast
/// @return      the broadcast shape
/// @throws DTypeError for bool, complex or two different dtypes; ShapeError if the shapes do not
///         broadcast; ValueError for an integer divided by zero
/// Gradient: no gradient, as in TensorFlow.  Source: tf.truncatediv.
/// @code std::cout << tf::truncatediv(tf::constant({7, -7}), tf::constant({2, 2}));
/// // tf.Tensor([ 3 -3], shape=(2,), dtype=int32) @endcode
SAEM_API Tensor truncatediv(const Tensor& x, const Tensor& y);

/// Remainder of the quotient rounded towards zero, with the sign of x_i, as C++'s `%` and fmod.
///
/// @param x, y  numbers, of one dtype; shapes that broadcast
/// @return      the broadcast shape
/// @throws DTypeError for bool, complex or two different dtypes; ShapeError if the shapes do not
///         broadcast; ValueError for an integer divided by zero
/// Gradient: no gradient, as in TensorFlow.  Source: tf.truncatemod.
/// @code std::cout << tf::truncatemod(tf::constant({7, -7}), tf::constant({2, 2}));
/// // tf.Tensor([ 1 -1], shape=(2,), dtype=int32) @endcode
SAEM_API Tensor truncatemod(const Tensor& x, const Tensor& y);

/// As above, with one number in place of a tensor; it takes the tensor's dtype.
SAEM_API Tensor floordiv(const Tensor& x, Scalar y);
SAEM_API Tensor floormod(const Tensor& x, Scalar y);

}  // namespace saem
