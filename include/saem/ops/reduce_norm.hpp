#pragma once

#include <saem/ops/reduce.hpp>

/// Reductions that are more than a fold: a root or a logarithm comes after it.
namespace saem {

/// Logarithm of a sum of exponentials along axes: y = ln sum_i exp(x_i), with the largest x taken
/// out first, so that nothing overflows; -inf over no elements.
///
/// @param x        any shape, floating point; float16 and bfloat16 are computed in float32
/// @param options  `.axis` (default: all axes), `.keepdims` (default false)
/// @return         `x`'s dtype; `x`'s shape without the folded axes, or with size 1 there
/// @throws DTypeError if `x` is not floating point; ShapeError if an axis is out of range or named
///         twice
/// Gradient: dx_i = dy exp(x_i - y).  Source: tf.math.reduce_logsumexp.
/// @code std::cout << tf::reduce_logsumexp(tf::constant({1000.0, 1000.0}));
/// // tf.Tensor(1000.6932, shape=(), dtype=float32) @endcode
SAEM_API Tensor reduce_logsumexp(const Tensor& x, const ReduceOptions& options = {});

/// Euclidean norm along axes: y = sqrt(sum_i x_i^2); 0 over no elements.
///
/// @param x        any shape, numeric; float16 and bfloat16 are computed in float32, integers in
///                 float64 and their root is cut off
/// @param options  `.axis` (default: all axes), `.keepdims` (default false)
/// @return         `x`'s dtype; `x`'s shape without the folded axes, or with size 1 there
/// @throws DTypeError if `x` is bool; ShapeError if an axis is out of range or named twice
/// Gradient: dx_i = x_i dy / y, NaN where y is 0.  Source: tf.math.reduce_euclidean_norm.
/// @code std::cout << tf::reduce_euclidean_norm(tf::constant({3.0, 4.0}));
/// // tf.Tensor(5.0, shape=(), dtype=float32) @endcode
SAEM_API Tensor reduce_euclidean_norm(const Tensor& x, const ReduceOptions& options = {});

}  // namespace saem
