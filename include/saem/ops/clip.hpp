#pragma once

#include <saem/core/tensor.hpp>

namespace saem {

/// Limits: z_i = min(max(x_i, low), high); NaN stays NaN.
///
/// @param x          any shape; numeric
/// @param low, high  broadcast to the shape of `x`; its dtype. C++ numbers take it.
/// @return           the shape and dtype of `x`
/// @throws DTypeError if dtypes differ or are bool; ShapeError if a limit is larger than `x`
/// Gradient: dx = dz where low <= x <= high, else 0; dz goes to the limit where that was taken.
/// Source: tf.clip_by_value.
/// @code std::cout << tf::clip_by_value(tf::constant({-1, 5, 12}), 0, 10);
/// // tf.Tensor([ 0  5 10], shape=(3,), dtype=int32) @endcode
SAEM_API Tensor clip_by_value(const Tensor& x, const Tensor& low, const Tensor& high);
SAEM_API Tensor clip_by_value(const Tensor& x, Scalar low, Scalar high);

}  // namespace saem
