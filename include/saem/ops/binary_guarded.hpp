#pragma once

#include <saem/core/tensor.hpp>

/// Products and quotients with a guard: zero where one side is zero, even if the other is infinite
/// or NaN.
namespace saem::math {

/// Quotient that is 0 where the divisor is: z_i = x_i / y_i, or 0 if y_i = 0.
///
/// @param x, y  floating point or complex, of one dtype; shapes that broadcast
/// @return      the broadcast shape
/// @throws DTypeError for other dtypes or two different ones; ShapeError if the shapes do not
///         broadcast
/// Gradient: dx = dz / y and dy = -dz * x / y^2, both 0 where y is; conjugated for complex numbers.
/// Source: tf.math.divide_no_nan.
/// @code std::cout << tf::math::divide_no_nan(tf::constant({1.0, 6.0}), tf::constant({0.0, 2.0}));
/// // tf.Tensor([0. 3.], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor divide_no_nan(const Tensor& x, const Tensor& y);

/// Product that is 0 where the second factor is, whatever the first: z_i = x_i * y_i, or 0 if
/// y_i = 0.
///
/// @param x, y  floating point, of one dtype; shapes that broadcast
/// @return      the broadcast shape
/// @throws DTypeError for other dtypes or two different ones; ShapeError if the shapes do not
///         broadcast
/// Gradient: dx = dz * y and dy = dz * x, by this product too.
/// Source: tf.math.multiply_no_nan.
/// @code std::cout << tf::math::multiply_no_nan(tf::constant({1.0, 6.0}),
/// tf::constant({0.0, 2.0}));
/// // tf.Tensor([ 0. 12.], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor multiply_no_nan(const Tensor& x, const Tensor& y);

/// Quotient that is 0 where the dividend is, whatever the divisor: z_i = x_i / y_i, or 0 if
/// x_i = 0.
///
/// @param x, y  floating point, of one dtype; shapes that broadcast
/// @return      the broadcast shape
/// @throws DTypeError for other dtypes or two different ones; ShapeError if the shapes do not
///         broadcast
/// Gradient: dx = dz / y (0 where x is) and dy = -dz * x / y^2.
/// Source: tf.math.xdivy.
/// @code std::cout << tf::math::xdivy(tf::constant({0.0, 6.0}), tf::constant({0.0, 2.0}));
/// // tf.Tensor([0. 3.], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor xdivy(const Tensor& x, const Tensor& y);

/// Product with a logarithm: z_i = x_i ln y_i, or 0 if x_i = 0.
///
/// @param x, y  floating point, of one dtype; shapes that broadcast
/// @return      the broadcast shape
/// @throws DTypeError for other dtypes or two different ones; ShapeError if the shapes do not
///         broadcast
/// Gradient: dx = dz * ln y (0 where x is) and dy = dz * x / y.
/// Source: tf.math.xlogy.
/// @code std::cout << tf::math::xlogy(tf::constant({0.0, 2.0}), tf::constant({0.0, 1.0}));
/// // tf.Tensor([0. 0.], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor xlogy(const Tensor& x, const Tensor& y);

/// Product with a logarithm of what lies near one: z_i = x_i ln(1 + y_i), or 0 if x_i = 0.
///
/// @param x, y  floating point, of one dtype; shapes that broadcast
/// @return      the broadcast shape
/// @throws DTypeError for other dtypes or two different ones; ShapeError if the shapes do not
///         broadcast
/// Gradient: dx = dz * ln(1 + y) (0 where x is) and dy = dz * x / (1 + y).
/// Source: tf.math.xlog1py.
/// @code std::cout << tf::math::xlog1py(tf::constant({0.0, 2.0}), tf::constant({-1.0, 0.0}));
/// // tf.Tensor([0. 0.], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor xlog1py(const Tensor& x, const Tensor& y);

/// Reciprocal that is 0 where its argument is: z_i = 1 / x_i, or 0 if x_i = 0.
///
/// @param x  floating point or complex
/// @return   the shape and dtype of `x`
/// @throws DTypeError for other dtypes
/// Gradient: dx = -dz * z^2.  Source: tf.math.reciprocal_no_nan.
/// @code std::cout << tf::math::reciprocal_no_nan(tf::constant({0.0, 2.0}));
/// // tf.Tensor([0.  0.5], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor reciprocal_no_nan(const Tensor& x);

}  // namespace saem::math
