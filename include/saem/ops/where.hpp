#pragma once

#include <saem/core/tensor.hpp>

namespace saem {

/// Choice, element by element: z_i = x_i where condition_i, else y_i. All three broadcast.
///
/// @param condition  bool
/// @param x, y       shapes that broadcast; one dtype, any. A C++ number takes the other's dtype.
/// @return           the broadcast shape, the dtype of `x`
/// @throws DTypeError if `condition` is not bool or the dtypes of `x` and `y` differ; ShapeError if
///         the shapes do not broadcast
/// Gradient: dx = dz where condition, else 0; dy the other way round.  Source: tf.where.
/// @code std::cout << tf::where(tf::constant({true, false}), tf::constant({1, 2}), 0);
/// // tf.Tensor([1 0], shape=(2,), dtype=int32) @endcode
SAEM_API Tensor where(const Tensor& condition, const Tensor& x, const Tensor& y);
SAEM_API Tensor where(const Tensor& condition, const Tensor& x, Scalar y);
SAEM_API Tensor where(const Tensor& condition, Scalar x, const Tensor& y);

/// Where a tensor is true or not zero: the coordinates of those elements, in row-major order.
///
/// How many there are is known only when it runs, so it cannot be traced.
///
/// @param condition  any dtype, rank >= 1; NaN is not zero
/// @return           int64, (number of them, rank of `condition`)
/// @throws ShapeError for a scalar; ValueError in a traced function
/// Gradient: none.  Source: tf.where with one argument.
/// @code
/// std::cout << tf::where(tf::constant({{false, true}}));
/// // tf.Tensor([[0 1]], shape=(1, 2), dtype=int64)
/// @endcode
SAEM_API Tensor where(const Tensor& condition);

}  // namespace saem
