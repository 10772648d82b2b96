#pragma once

#include <saem/core/tensor.hpp>
#include <saem/ops/creation.hpp>

/// A tensor again, and what its shape says as tensors.
namespace saem {

/// `x` under a new name: the same elements, and a place of its own on a tape.
///
/// @param x  any
/// @return   a view of all of `x`
/// Gradient: dx = dy.  Source: tf.identity.
/// @code
/// std::cout << tf::identity(tf::constant({1, 2}));
/// // tf.Tensor([1 2], shape=(2,), dtype=int32)
/// @endcode
SAEM_API Tensor identity(const Tensor& x);

/// `x`, if it has the shape that the program counts on.
///
/// @param x      any
/// @param shape  what it must be; a size of -1 stands for any
/// @return       a view of all of `x`
/// @throws ShapeError if the shape is another
/// Gradient: dx = dy.  Source: tf.ensure_shape.
/// @code
/// std::cout << tf::ensure_shape(tf::constant({1, 2}), {-1});
/// // tf.Tensor([1 2], shape=(2,), dtype=int32)
/// @endcode
SAEM_API Tensor ensure_shape(const Tensor& x, const Shape& shape);

/// The sizes of `x` as a tensor of rank 1. In C++, `x.shape()` is at hand.
///
/// @param x        any
/// @param options  dtype (default int32)
/// @throws DTypeError if a size does not fit the dtype
/// Gradient: none.  Source: tf.shape.
/// @code
/// std::cout << tf::shape(tf::zeros({2, 3}));
/// // tf.Tensor([2 3], shape=(2,), dtype=int32)
/// @endcode
SAEM_API Tensor shape(const Tensor& x, CreationOptions options = {});

/// The number of elements of `x` as a scalar tensor.
///
/// @param x        any
/// @param options  dtype (default int32)
/// @throws DTypeError if the number does not fit the dtype
/// Gradient: none.  Source: tf.size.
/// @code
/// std::cout << tf::size(tf::zeros({2, 3}));
/// // tf.Tensor(6, shape=(), dtype=int32)
/// @endcode
SAEM_API Tensor size(const Tensor& x, CreationOptions options = {});

/// The number of axes of `x` as a scalar tensor of int32.
///
/// @param x  any
/// Gradient: none.  Source: tf.rank.
/// @code
/// std::cout << tf::rank(tf::zeros({2, 3}));
/// // tf.Tensor(2, shape=(), dtype=int32)
/// @endcode
SAEM_API Tensor rank(const Tensor& x);

}  // namespace saem
