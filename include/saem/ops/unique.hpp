#pragma once

#include <saem/core/tensor.hpp>

/// Each value once. How many there are depends on the values, so these functions read their input
/// where they are called, and a traced function cannot hold them.
namespace saem {

/// The dtype of positions and counts.
struct UniqueOptions {
  DType out_idx = int32;  ///< int32 or int64
};

/// What `unique` gives: `auto [y, idx] = tf::unique(x)`.
struct Unique {
  Tensor y;    ///< each value once
  Tensor idx;  ///< where in `y` each element of `x` is
};

/// What `unique_with_counts` gives: `auto [y, idx, count] = tf::unique_with_counts(x)`.
struct UniqueWithCounts {
  Tensor y;
  Tensor idx;
  Tensor count;  ///< how often each value of `y` comes
};

/// The values of `x`, each once, in the order in which they first come, and where each element is
/// among them: x_i = y[idx_i]. NaN equals nothing; -0 is 0.
///
/// @param x        shape (n,), any dtype
/// @param options  `.out_idx` (int32 or int64)
/// @return         `y` in `x`'s dtype, `idx` of `x`'s shape
/// @throws ShapeError for another rank; DTypeError if `out_idx` is no index; ValueError in a traced
///         function
/// Gradient: dy, to where each value first comes.  Source: tf.unique.
/// @code std::cout << tf::unique(tf::constant({7, 7, 1, 7})).y;
/// // tf.Tensor([7 1], shape=(2,), dtype=int32) @endcode
SAEM_API Unique unique(const Tensor& x, const UniqueOptions& options = {});

/// As `unique`, and how often each value comes.
///
/// @param x        shape (n,), any dtype
/// @param options  `.out_idx` (int32 or int64), of positions and counts
/// @return         `y` in `x`'s dtype, `idx` of `x`'s shape, `count` of `y`'s
/// @throws ShapeError for another rank; DTypeError if `out_idx` is no index; ValueError in a traced
///         function
/// Gradient: dy, to where each value first comes.  Source: tf.unique_with_counts.
/// @code std::cout << tf::unique_with_counts(tf::constant({7, 7, 1, 7})).count;
/// // tf.Tensor([3 1], shape=(2,), dtype=int32) @endcode
SAEM_API UniqueWithCounts unique_with_counts(const Tensor& x, const UniqueOptions& options = {});

/// What `setdiff1d` gives.
struct SetDifference {
  Tensor out;  ///< what remains
  Tensor idx;  ///< where it stood in `x`
};

/// The elements of `x` that are not in `y`, in their order and as often as they come.
///
/// @param x, y     shapes (n,) and (m,), one dtype, any
/// @param options  `.out_idx` (int32 or int64)
/// @return         the elements, in `x`'s dtype, and their positions in `x`
/// @throws ShapeError for another rank; DTypeError if the dtypes differ or `out_idx` is no index;
///         ValueError in a traced function
/// Gradient: dout, back to where each came from.  Source: tf.compat.v1.setdiff1d.
/// @code std::cout << tf::setdiff1d(tf::constant({1, 2, 3, 2}), tf::constant({3})).out;
/// // tf.Tensor([1 2 2], shape=(3,), dtype=int32) @endcode
SAEM_API SetDifference setdiff1d(const Tensor& x, const Tensor& y,
                                 const UniqueOptions& options = {});

}  // namespace saem
