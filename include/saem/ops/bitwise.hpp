#pragma once

#include <saem/core/tensor.hpp>

/// Integers as rows of bits.
namespace saem::bitwise {

/// Bits that are set in both: z_i = x_i & y_i.
///
/// @param x, y  integers of one dtype; shapes that broadcast
/// @return      the broadcast shape
/// @throws DTypeError for other dtypes or two different ones; ShapeError if the shapes do not
///         broadcast
/// Gradient: none.  Source: tf.bitwise.bitwise_and.
/// @code std::cout << tf::bitwise::bitwise_and(tf::constant({12, 5}), tf::constant({10, 1}));
/// // tf.Tensor([8 1], shape=(2,), dtype=int32) @endcode
SAEM_API Tensor bitwise_and(const Tensor& x, const Tensor& y);

/// Bits that are set in one or both: z_i = x_i | y_i.
///
/// @param x, y  integers of one dtype; shapes that broadcast
/// @return      the broadcast shape
/// @throws DTypeError for other dtypes or two different ones; ShapeError if the shapes do not
///         broadcast
/// Gradient: none.  Source: tf.bitwise.bitwise_or.
/// @code std::cout << tf::bitwise::bitwise_or(tf::constant({12, 5}), tf::constant({10, 1}));
/// // tf.Tensor([14  5], shape=(2,), dtype=int32) @endcode
SAEM_API Tensor bitwise_or(const Tensor& x, const Tensor& y);

/// Bits that are set in exactly one: z_i = x_i ^ y_i.
///
/// @param x, y  integers of one dtype; shapes that broadcast
/// @return      the broadcast shape
/// @throws DTypeError for other dtypes or two different ones; ShapeError if the shapes do not
///         broadcast
/// Gradient: none.  Source: tf.bitwise.bitwise_xor.
/// @code std::cout << tf::bitwise::bitwise_xor(tf::constant({12, 5}), tf::constant({10, 1}));
/// // tf.Tensor([6 4], shape=(2,), dtype=int32) @endcode
SAEM_API Tensor bitwise_xor(const Tensor& x, const Tensor& y);

/// All bits turned over: z_i = ~x_i.
///
/// @param x  integers, any shape
/// @return   the shape and dtype of `x`
/// @throws DTypeError for other dtypes
/// Gradient: none.  Source: tf.bitwise.invert.
/// @code std::cout << tf::bitwise::invert(tf::constant({0, 5}));
/// // tf.Tensor([-1 -6], shape=(2,), dtype=int32) @endcode
SAEM_API Tensor invert(const Tensor& x);

/// Bits moved up: z_i = x_i * 2^y_i, what leaves the width is lost. A y_i outside [0, width - 1]
/// counts as the nearer end of it, as in TensorFlow.
///
/// @param x, y  integers of one dtype; shapes that broadcast
/// @return      the broadcast shape
/// @throws DTypeError for other dtypes or two different ones; ShapeError if the shapes do not
///         broadcast
/// Gradient: none.  Source: tf.bitwise.left_shift.
/// @code std::cout << tf::bitwise::left_shift(tf::constant({1, 3}), tf::constant({4, 1}));
/// // tf.Tensor([16  6], shape=(2,), dtype=int32) @endcode
SAEM_API Tensor left_shift(const Tensor& x, const Tensor& y);

/// Bits moved down: z_i = floor(x_i / 2^y_i), so signs are kept. A y_i outside [0, width - 1]
/// counts as the nearer end of it, as in TensorFlow.
///
/// @param x, y  integers of one dtype; shapes that broadcast
/// @return      the broadcast shape
/// @throws DTypeError for other dtypes or two different ones; ShapeError if the shapes do not
///         broadcast
/// Gradient: none.  Source: tf.bitwise.right_shift.
/// @code std::cout << tf::bitwise::right_shift(tf::constant({16, -7}), tf::constant({3, 1}));
/// // tf.Tensor([ 2 -4], shape=(2,), dtype=int32) @endcode
SAEM_API Tensor right_shift(const Tensor& x, const Tensor& y);

/// How many bits of each integer are set.
///
/// @param x  integers, any shape
/// @return   uint8, the shape of `x`
/// @throws DTypeError for other dtypes
/// Gradient: none.  Source: tf.raw_ops.PopulationCount.
/// @code std::cout << tf::bitwise::population_count(tf::constant({7, -1}));
/// // tf.Tensor([ 3 32], shape=(2,), dtype=uint8) @endcode
SAEM_API Tensor population_count(const Tensor& x);

}  // namespace saem::bitwise
