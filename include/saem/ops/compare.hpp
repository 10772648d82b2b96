#pragma once

#include <saem/core/tensor.hpp>

/// Comparisons of two tensors, element by element, with broadcasting; the results are bool tensors.
/// Both must have one dtype; a C++ number takes the tensor's. They have no gradient.
namespace saem {

/// Equality: z_i = (x_i == y_i; NaN equals nothing). Also written `x == y`.
///
/// @param x, y  shapes that broadcast; any dtype, the same for both
/// @return      the broadcast shape, bool
/// @throws DTypeError if dtypes differ; ShapeError if shapes do not broadcast
/// Gradient: none.  Source: tf.math.equal.
/// @code std::cout << tf::equal(tf::constant({1, 2}), tf::constant({1, 3}));
/// // tf.Tensor([ True False], shape=(2,), dtype=bool) @endcode
SAEM_API Tensor equal(const Tensor& x, const Tensor& y);

/// Inequality: z_i = (x_i != y_i; NaN differs from everything). Also written `x != y`.
///
/// @param x, y  shapes that broadcast; any dtype, the same for both
/// @return      the broadcast shape, bool
/// @throws DTypeError if dtypes differ; ShapeError if shapes do not broadcast
/// Gradient: none.  Source: tf.math.not_equal.
/// @code std::cout << tf::not_equal(tf::constant({1, 2}), tf::constant({1, 3}));
/// // tf.Tensor([False  True], shape=(2,), dtype=bool) @endcode
SAEM_API Tensor not_equal(const Tensor& x, const Tensor& y);

/// Order: z_i = (x_i < y_i; false if either is NaN). Also written `x < y`.
///
/// @param x, y  shapes that broadcast; numeric, one dtype
/// @return      the broadcast shape, bool
/// @throws DTypeError if dtypes differ or are bool; ShapeError if shapes do not broadcast
/// Gradient: none.  Source: tf.math.less.
/// @code std::cout << tf::less(tf::constant({1, 2, 3}), tf::constant({2}));
/// // tf.Tensor([ True False False], shape=(3,), dtype=bool) @endcode
SAEM_API Tensor less(const Tensor& x, const Tensor& y);

/// Order: z_i = (x_i <= y_i; false if either is NaN). Also written `x <= y`.
///
/// @param x, y  shapes that broadcast; numeric, one dtype
/// @return      the broadcast shape, bool
/// @throws DTypeError if dtypes differ or are bool; ShapeError if shapes do not broadcast
/// Gradient: none.  Source: tf.math.less_equal.
/// @code std::cout << tf::less_equal(tf::constant({1, 2, 3}), tf::constant({2}));
/// // tf.Tensor([ True  True False], shape=(3,), dtype=bool) @endcode
SAEM_API Tensor less_equal(const Tensor& x, const Tensor& y);

/// Order: z_i = (x_i > y_i; false if either is NaN). Also written `x > y`.
///
/// @param x, y  shapes that broadcast; numeric, one dtype
/// @return      the broadcast shape, bool
/// @throws DTypeError if dtypes differ or are bool; ShapeError if shapes do not broadcast
/// Gradient: none.  Source: tf.math.greater.
/// @code std::cout << tf::greater(tf::constant({1, 2, 3}), tf::constant({2}));
/// // tf.Tensor([False False  True], shape=(3,), dtype=bool) @endcode
SAEM_API Tensor greater(const Tensor& x, const Tensor& y);

/// Order: z_i = (x_i >= y_i; false if either is NaN). Also written `x >= y`.
///
/// @param x, y  shapes that broadcast; numeric, one dtype
/// @return      the broadcast shape, bool
/// @throws DTypeError if dtypes differ or are bool; ShapeError if shapes do not broadcast
/// Gradient: none.  Source: tf.math.greater_equal.
/// @code std::cout << tf::greater_equal(tf::constant({1, 2, 3}), tf::constant({2}));
/// // tf.Tensor([False  True  True], shape=(3,), dtype=bool) @endcode
SAEM_API Tensor greater_equal(const Tensor& x, const Tensor& y);

SAEM_API Tensor operator==(const Tensor& x, const Tensor& y);
SAEM_API Tensor operator==(const Tensor& x, Scalar y);
SAEM_API Tensor operator==(Scalar x, const Tensor& y);
SAEM_API Tensor operator!=(const Tensor& x, const Tensor& y);
SAEM_API Tensor operator!=(const Tensor& x, Scalar y);
SAEM_API Tensor operator!=(Scalar x, const Tensor& y);
SAEM_API Tensor operator<(const Tensor& x, const Tensor& y);
SAEM_API Tensor operator<(const Tensor& x, Scalar y);
SAEM_API Tensor operator<(Scalar x, const Tensor& y);
SAEM_API Tensor operator<=(const Tensor& x, const Tensor& y);
SAEM_API Tensor operator<=(const Tensor& x, Scalar y);
SAEM_API Tensor operator<=(Scalar x, const Tensor& y);
SAEM_API Tensor operator>(const Tensor& x, const Tensor& y);
SAEM_API Tensor operator>(const Tensor& x, Scalar y);
SAEM_API Tensor operator>(Scalar x, const Tensor& y);
SAEM_API Tensor operator>=(const Tensor& x, const Tensor& y);
SAEM_API Tensor operator>=(const Tensor& x, Scalar y);
SAEM_API Tensor operator>=(Scalar x, const Tensor& y);

}  // namespace saem
