#pragma once

#include <saem/core/tensor.hpp>

/// Functions of two real numbers that tell how they lie to each other.
namespace saem {

/// Squared difference: z_i = (x_i - y_i)^2.
///
/// @param x, y  numbers, of one dtype; shapes that broadcast
/// @return      the broadcast shape
/// @throws DTypeError for bool, complex or two different dtypes; ShapeError if the shapes do not
///         broadcast
/// Gradient: dx = 2 dz * (x - y), dy = -dx.  Source: tf.math.squared_difference.
/// @code std::cout << tf::squared_difference(tf::constant({1, 2}), tf::constant({4, 2}));
/// // tf.Tensor([9 0], shape=(2,), dtype=int32) @endcode
SAEM_API Tensor squared_difference(const Tensor& x, const Tensor& y);

/// Angle of the point (x_i, y_i), in [-pi, pi]: z_i = arctan(y_i / x_i) in the point's quadrant.
///
/// @param y, x  floating point, of one dtype, in this order; shapes that broadcast
/// @return      the broadcast shape
/// @throws DTypeError for other dtypes or two different ones; ShapeError if the shapes do not
///         broadcast
/// Gradient: dy = dz * x / (x^2 + y^2), dx = -dz * y / (x^2 + y^2).  Source: tf.math.atan2.
/// @code std::cout << tf::atan2(tf::constant({0.0, 1.0}), tf::constant({1.0, 0.0}));
/// // tf.Tensor([0.        1.5707964], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor atan2(const Tensor& y, const Tensor& x);

namespace math {

/// The neighbour of each number on its way to another: z_i is the next number of the dtype after
/// x_i towards y_i.
///
/// @param x, y  float32 or float64, of one dtype; shapes that broadcast
/// @return      the broadcast shape
/// @throws DTypeError for other dtypes or two different ones; ShapeError if the shapes do not
///         broadcast
/// Gradient: dx = dz, dy = 0.  Source: tf.math.nextafter.
/// @code std::cout << tf::math::nextafter(tf::constant({1.0}), tf::constant({2.0}));
/// // tf.Tensor([1.0000001], shape=(1,), dtype=float32) @endcode
SAEM_API Tensor nextafter(const Tensor& x, const Tensor& y);

}  // namespace math
}  // namespace saem
