#pragma once

#include <saem/core/tensor.hpp>

/// Which floating-point numbers are numbers.
namespace saem::math {

/// Where an element is not a number: z_i = (x_i != x_i).
///
/// @param x  any shape; floating point
/// @return   bool, the shape of `x`
/// @throws DTypeError if `x` is not floating point
/// Gradient: none.  Source: tf.math.is_nan.
/// @code std::cout << tf::math::is_nan(tf::constant({1.0f, NAN}));
/// // tf.Tensor([False  True], shape=(2,), dtype=bool) @endcode
SAEM_API Tensor is_nan(const Tensor& x);

/// Where an element is positive or negative infinity.
///
/// @param x  any shape; floating point
/// @return   bool, the shape of `x`
/// @throws DTypeError if `x` is not floating point
/// Gradient: none.  Source: tf.math.is_inf.
/// @code std::cout << tf::math::is_inf(tf::constant({1.0f, -INFINITY}));
/// // tf.Tensor([False  True], shape=(2,), dtype=bool) @endcode
SAEM_API Tensor is_inf(const Tensor& x);

/// Where an element is neither infinite nor NaN.
///
/// @param x  any shape; floating point
/// @return   bool, the shape of `x`
/// @throws DTypeError if `x` is not floating point
/// Gradient: none.  Source: tf.math.is_finite.
/// @code std::cout << tf::math::is_finite(tf::constant({1.0f, -INFINITY}));
/// // tf.Tensor([ True False], shape=(2,), dtype=bool) @endcode
SAEM_API Tensor is_finite(const Tensor& x);

}  // namespace saem::math
