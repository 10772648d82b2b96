#pragma once

#include <saem/core/attributes.hpp>
#include <saem/core/tensor.hpp>

/// Folding axes away: sums, means, products, extremes. float16 and bfloat16 are accumulated in
/// float32; floating sums are pairwise over short blocks in a fixed order, so any number of threads
/// gives the same bits.
namespace saem {

/// Which axes a reduction folds away, and whether they stay with size one.
struct ReduceOptions {
  Axes axis = {};         ///< none named: all of them
  bool keepdims = false;  ///< keeps folded axes with size 1: the result broadcasts against `x`

  static constexpr const char* kName = "ReduceOptions";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("axis", self.axis);
    visit("keepdims", self.keepdims);
  }
};

/// Sum along axes: y = sum_i x_i; 0 over no elements.
///
/// @param x        any shape, numeric; integers wrap around on overflow
/// @param options  `.axis` (default: all axes), `.keepdims` (default false)
/// @return         `x`'s dtype; `x`'s shape without the folded axes, or with size 1 there
/// @throws DTypeError if `x` is bool; ShapeError if an axis is out of range or named twice
/// Gradient: dx_i = dy.  Source: tf.math.reduce_sum.
/// @code std::cout << tf::reduce_sum(tf::constant({{1, 2}, {3, 4}}), {.axis = 0});
/// // tf.Tensor([4 6], shape=(2,), dtype=int32) @endcode
SAEM_API Tensor reduce_sum(const Tensor& x, const ReduceOptions& options = {});

/// Mean along axes: y = sum_i x_i / n; NaN (integers: 0) over no elements. Integers are summed in
/// 64 bits and their quotient is rounded towards zero; cast them to floating point for the
/// fraction.
///
/// @param x        any shape, numeric
/// @param options  `.axis` (default: all axes), `.keepdims` (default false)
/// @return         `x`'s dtype; `x`'s shape without the folded axes, or with size 1 there
/// @throws DTypeError if `x` is bool; ShapeError if an axis is out of range or named twice
/// Gradient: dx_i = dy / n.  Source: tf.math.reduce_mean.
/// @code std::cout << tf::reduce_mean(tf::constant({{1.0, 2.0}, {3.0, 5.0}}), {.axis = 1});
/// // tf.Tensor([1.5 4. ], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor reduce_mean(const Tensor& x, const ReduceOptions& options = {});

/// Largest along axes: y = max_i x_i; NaN if any is NaN; over no elements -inf, or an integer
/// dtype's lowest.
///
/// @param x        any shape, numeric
/// @param options  `.axis` (default: all axes), `.keepdims` (default false)
/// @return         `x`'s dtype; `x`'s shape without the folded axes, or with size 1 there
/// @throws DTypeError if `x` is bool; ShapeError if an axis is out of range or named twice
/// Gradient: dy, shared equally between elements equal to y.  Source: tf.math.reduce_max.
/// @code std::cout << tf::reduce_max(tf::constant({{1, 7}, {3, 4}}), {.axis = 1});
/// // tf.Tensor([7 4], shape=(2,), dtype=int32) @endcode
SAEM_API Tensor reduce_max(const Tensor& x, const ReduceOptions& options = {});

/// Smallest along axes: y = min_i x_i; NaN if any is NaN; over no elements inf, or an integer
/// dtype's highest.
///
/// @param x        any shape, numeric
/// @param options  `.axis` (default: all axes), `.keepdims` (default false)
/// @return         `x`'s dtype; `x`'s shape without the folded axes, or with size 1 there
/// @throws DTypeError if `x` is bool; ShapeError if an axis is out of range or named twice
/// Gradient: dy, shared equally between elements equal to y.  Source: tf.math.reduce_min.
/// @code std::cout << tf::reduce_min(tf::constant({{1, 7}, {3, 4}}), {.axis = 1});
/// // tf.Tensor([1 3], shape=(2,), dtype=int32) @endcode
SAEM_API Tensor reduce_min(const Tensor& x, const ReduceOptions& options = {});

/// Product along axes: y = prod_i x_i; 1 over no elements.
///
/// @param x        any shape, numeric; integers wrap around on overflow
/// @param options  `.axis` (default: all axes), `.keepdims` (default false)
/// @return         `x`'s dtype; `x`'s shape without the folded axes, or with size 1 there
/// @throws DTypeError if `x` is bool; ShapeError if an axis is out of range or named twice
/// Gradient: dx_i = dy * prod_{j != i} x_j, exact also where some x_j are 0.
/// Source: tf.math.reduce_prod.
/// @code std::cout << tf::reduce_prod(tf::constant({{1, 2}, {3, 4}}), {.axis = 0});
/// // tf.Tensor([3 8], shape=(2,), dtype=int32) @endcode
SAEM_API Tensor reduce_prod(const Tensor& x, const ReduceOptions& options = {});

/// Whether any is true: y = x_1 or x_2 or ...; false over no elements.
///
/// @param x        any shape, bool
/// @param options  `.axis` (default: all axes), `.keepdims` (default false)
/// @return         bool; `x`'s shape without the folded axes, or with size 1 there
/// @throws DTypeError if `x` is not bool; ShapeError if an axis is out of range or named twice
/// Gradient: none.  Source: tf.math.reduce_any.
/// @code std::cout << tf::reduce_any(tf::constant({{true, false}, {false, false}}), {.axis = 1});
/// // tf.Tensor([ True False], shape=(2,), dtype=bool) @endcode
SAEM_API Tensor reduce_any(const Tensor& x, const ReduceOptions& options = {});

/// Whether all are true: y = x_1 and x_2 and ...; true over no elements.
///
/// @param x        any shape, bool
/// @param options  `.axis` (default: all axes), `.keepdims` (default false)
/// @return         bool; `x`'s shape without the folded axes, or with size 1 there
/// @throws DTypeError if `x` is not bool; ShapeError if an axis is out of range or named twice
/// Gradient: none.  Source: tf.math.reduce_all.
/// @code std::cout << tf::reduce_all(tf::constant({{true, false}, {true, true}}), {.axis = 1});
/// // tf.Tensor([False  True], shape=(2,), dtype=bool) @endcode
SAEM_API Tensor reduce_all(const Tensor& x, const ReduceOptions& options = {});

}  // namespace saem
