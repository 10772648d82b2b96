#pragma once

#include <saem/ops/reduce.hpp>

/// Counts, variances and other moments.
namespace saem {

/// Variance along axes: y = sum_i (x_i - mean x)^2 / n; NaN over no elements.
///
/// @param x        any shape, floating point
/// @param options  `.axis` (default: all axes), `.keepdims` (default false)
/// @return         `x`'s dtype; `x`'s shape without the folded axes, or with size 1 there
/// @throws DTypeError if `x` is not floating point; ShapeError if an axis is out of range or named
///         twice
/// Gradient: dx_i = 2 (x_i - mean x) dy / n.  Source: tf.math.reduce_variance.
/// @code std::cout << tf::reduce_variance(tf::constant({1.0, 2.0, 3.0, 6.0}));
/// // tf.Tensor(3.5, shape=(), dtype=float32) @endcode
SAEM_API Tensor reduce_variance(const Tensor& x, const ReduceOptions& options = {});

/// Standard deviation along axes: the root of the variance; NaN over no elements.
///
/// @param x        any shape, floating point
/// @param options  `.axis` (default: all axes), `.keepdims` (default false)
/// @return         `x`'s dtype; `x`'s shape without the folded axes, or with size 1 there
/// @throws DTypeError if `x` is not floating point; ShapeError if an axis is out of range or named
///         twice
/// Gradient: dx_i = (x_i - mean x) dy / (n y), NaN where all x are equal.
/// Source: tf.math.reduce_std.
/// @code std::cout << tf::reduce_std(tf::constant({1.0, 3.0}));
/// // tf.Tensor(1.0, shape=(), dtype=float32) @endcode
SAEM_API Tensor reduce_std(const Tensor& x, const ReduceOptions& options = {});

/// Along which axes `count_nonzero` counts, and in what.
struct CountOptions {
  Axes axis = {};         ///< none named: all of them
  bool keepdims = false;  ///< keeps counted axes with size 1
  DType dtype = int64;    ///< of the counts
};

/// How many elements along axes are not zero: y = sum_i [x_i != 0]. NaN counts, -0 does not.
///
/// @param x        any shape, any dtype; of bool, `true` counts
/// @param options  `.axis` (default: all axes), `.keepdims` (default false), `.dtype` (int64)
/// @return         `dtype`; `x`'s shape without the counted axes, or with size 1 there
/// @throws ShapeError if an axis is out of range or named twice
/// Gradient: none.  Source: tf.math.count_nonzero.
/// @code std::cout << tf::count_nonzero(tf::constant({{0, 7}, {3, 4}}), {.axis = 1});
/// // tf.Tensor([1 2], shape=(2,), dtype=int64) @endcode
SAEM_API Tensor count_nonzero(const Tensor& x, const CountOptions& options = {});

namespace math {

/// Which share of the elements is zero: y = (number of x_i = 0) / n; NaN of no elements.
///
/// @param x  any shape, any dtype; of bool, `false` counts
/// @return   a float32 scalar
/// Gradient: none.  Source: tf.math.zero_fraction.
/// @code std::cout << tf::math::zero_fraction(tf::constant({0, 7, 0, 3}));
/// // tf.Tensor(0.5, shape=(), dtype=float32) @endcode
SAEM_API Tensor zero_fraction(const Tensor& x);

}  // namespace math

namespace nn {

using math::zero_fraction;

/// What `moments` gives: `auto [mean, variance] = tf::nn::moments(x, 0)`.
struct Moments {
  Tensor mean;
  Tensor variance;
};

/// Whether folded axes stay.
struct MomentsOptions {
  bool keepdims = false;  ///< keeps folded axes with size 1
};

/// Mean and variance along axes: mean = sum_i x_i / n, variance = sum_i (x_i - mean)^2 / n.
///
/// @param x        any shape, numeric; float16 and bfloat16 are computed in float32
/// @param axes     one or several axes: `0`, `{0, 1}`
/// @param options  `.keepdims` (default false)
/// @return         both in `x`'s dtype and in its shape without the axes, or with size 1 there
/// @throws DTypeError if `x` is bool; ShapeError if an axis is out of range or named twice
/// Gradient: dx_i = dmean / n + 2 (x_i - mean) dvariance / n.  Source: tf.nn.moments.
/// @code std::cout << tf::nn::moments(tf::constant({1.0, 2.0, 3.0, 6.0}), 0).variance;
/// // tf.Tensor(3.5, shape=(), dtype=float32) @endcode
SAEM_API Moments moments(const Tensor& x, const Axes& axes, const MomentsOptions& options = {});

/// Mean and variance along axes where some elements count more than others: mean = sum_i w_i x_i /
/// sum_i w_i, variance = sum_i w_i (x_i - mean)^2 / sum_i w_i.
///
/// @param x                  any shape, floating point; float16 and bfloat16 are computed in
///                           float32
/// @param axes               one or several axes
/// @param frequency_weights  weights that broadcast against `x`; cast to its dtype
/// @param options            `.keepdims` (default false)
/// @return                   both in `x`'s dtype; the broadcast shape without the axes, or with
///                           size 1 there
/// @throws DTypeError if `x` is not floating point; ShapeError if the shapes do not broadcast or an
///         axis is out of range
/// Gradient: that of the formula.  Source: tf.nn.weighted_moments.
/// @code
/// std::cout << tf::nn::weighted_moments(tf::constant({1.0, 5.0}), 0, tf::constant({3, 1})).mean;
/// // tf.Tensor(2.0, shape=(), dtype=float32)
/// @endcode
SAEM_API Moments weighted_moments(const Tensor& x, const Axes& axes,
                                  const Tensor& frequency_weights,
                                  const MomentsOptions& options = {});

}  // namespace nn
}  // namespace saem
