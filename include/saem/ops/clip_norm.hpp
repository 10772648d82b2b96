#pragma once

#include <saem/core/index.hpp>
#include <saem/core/tensor.hpp>
#include <vector>

/// Tensors made no longer than a limit.
namespace saem {

/// Scales a tensor down to a length: z = x * clip_norm / max(|x|, clip_norm), with |x| its
/// Euclidean norm.
///
/// @param x          any shape; floating point
/// @param clip_norm  the greatest length allowed, positive
/// @param axes       the axes that a length is taken over, default all
/// @return           the shape and dtype of `x`
/// @throws DTypeError if `x` is not floating point; ShapeError for an axis out of range
/// Gradient: of that formula.  Source: tf.clip_by_norm.
/// @code std::cout << tf::clip_by_norm(tf::constant({3.0, 4.0}), 2.5);
/// // tf.Tensor([1.5 2. ], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor clip_by_norm(const Tensor& x, Scalar clip_norm, const Axes& axes = {});

namespace linalg {

/// The Euclidean norm of all elements of all tensors together: sqrt(sum_k |x_k|^2).
///
/// @param tensors  of one floating-point dtype; undefined ones (no gradient) are passed over
/// @return         a scalar
/// @throws ValueError if there is no tensor; DTypeError for other dtypes or two different ones
/// Gradient: of that formula.  Source: tf.linalg.global_norm.
/// @code std::cout << tf::linalg::global_norm({tf::constant({3.0}), tf::constant({4.0})});
/// // tf.Tensor(5.0, shape=(), dtype=float32) @endcode
SAEM_API Tensor global_norm(const std::vector<Tensor>& tensors);

}  // namespace linalg

/// What `clip_by_global_norm` gives.
struct ClippedTensors {
  std::vector<Tensor> tensors;  ///< the tensors scaled; undefined ones stay so
  Tensor global_norm;           ///< their norm before
};

/// Scales tensors, such as all gradients of a model, by one factor, so that their norm together is
/// no greater than a limit: z_k = x_k * clip_norm / max(global_norm, clip_norm).
///
/// @param tensors    of one floating-point dtype; undefined ones (no gradient) are passed over
/// @param clip_norm  the greatest length allowed, positive
/// @return           the scaled tensors and their norm before; if that is infinite or NaN, all are
///                   NaN
/// @throws ValueError if there is no tensor; DTypeError for other dtypes or two different ones
/// Gradient: of that formula.  Source: tf.clip_by_global_norm.
/// @code std::cout << tf::clip_by_global_norm({tf::constant({3.0, 4.0})}, 2.5).tensors[0];
/// // tf.Tensor([1.5 2. ], shape=(2,), dtype=float32) @endcode
SAEM_API ClippedTensors clip_by_global_norm(const std::vector<Tensor>& tensors, Scalar clip_norm);

}  // namespace saem
