#pragma once

#include <saem/core/tensor.hpp>

/// Logic of bool tensors, element by element, with broadcasting. They have no gradient.
namespace saem {

/// Both: z_i = x_i and y_i. Also written `x & y`.
///
/// @param x, y  shapes that broadcast; bool
/// @return      the broadcast shape, bool
/// @throws DTypeError if a dtype is not bool; ShapeError if shapes do not broadcast
/// Gradient: none.  Source: tf.math.logical_and.
/// @code std::cout << tf::logical_and(tf::constant({true, false}), tf::constant({true, true}));
/// // tf.Tensor([ True False], shape=(2,), dtype=bool) @endcode
SAEM_API Tensor logical_and(const Tensor& x, const Tensor& y);

/// Either or both: z_i = x_i or y_i. Also written `x | y`.
///
/// @param x, y  shapes that broadcast; bool
/// @return      the broadcast shape, bool
/// @throws DTypeError if a dtype is not bool; ShapeError if shapes do not broadcast
/// Gradient: none.  Source: tf.math.logical_or.
/// @code std::cout << tf::logical_or(tf::constant({true, false}), tf::constant({true, true}));
/// // tf.Tensor([ True  True], shape=(2,), dtype=bool) @endcode
SAEM_API Tensor logical_or(const Tensor& x, const Tensor& y);

/// Exactly one: z_i = (x_i != y_i). Also written `x ^ y`.
///
/// @param x, y  shapes that broadcast; bool
/// @return      the broadcast shape, bool
/// @throws DTypeError if a dtype is not bool; ShapeError if shapes do not broadcast
/// Gradient: none.  Source: tf.math.logical_xor.
/// @code std::cout << tf::logical_xor(tf::constant({true, false}), tf::constant({true, true}));
/// // tf.Tensor([False  True], shape=(2,), dtype=bool) @endcode
SAEM_API Tensor logical_xor(const Tensor& x, const Tensor& y);

/// Negation: z_i = not x_i. Also written `!x`.
///
/// @param x  any shape; bool
/// @return   the shape of `x`, bool
/// @throws DTypeError if `x` is not bool
/// Gradient: none.  Source: tf.math.logical_not.
/// @code std::cout << tf::logical_not(tf::constant({true, false}));
/// // tf.Tensor([False  True], shape=(2,), dtype=bool) @endcode
SAEM_API Tensor logical_not(const Tensor& x);

SAEM_API Tensor operator&(const Tensor& x, const Tensor& y);
SAEM_API Tensor operator|(const Tensor& x, const Tensor& y);
SAEM_API Tensor operator^(const Tensor& x, const Tensor& y);
SAEM_API Tensor operator!(const Tensor& x);

}  // namespace saem
