#pragma once

#include <optional>
#include <saem/core/tensor.hpp>
#include <saem/ops/random.hpp>

namespace saem::nn {

/// What `dropout` draws.
struct DropoutOptions {
  /// The shape of the draw, which broadcasts to that of `x`: along an axis of size 1 all or nothing
  /// is dropped. -1 stands for the size of `x`. Default: the shape of `x`.
  std::optional<Shape> noise_shape = {};
  std::optional<std::int64_t> seed = {};  ///< as in `tf::random::uniform`
};

/// Drops elements at random and scales the others up, so that the mean stays: y_i = 0 with
/// probability `rate`, else x_i / (1 - rate).
///
/// @param x        any shape; floating point
/// @param rate     in [0, 1)
/// @param options  `noise_shape`, `seed`
/// @return         the shape and dtype of `x`; `x` itself if `rate` is 0
/// @throws ValueError if `rate` is outside [0, 1); DTypeError if `x` is not floating point;
///         ShapeError for a noise shape that does not broadcast to that of `x`
/// Gradient: dx = dy / (1 - rate) where x was kept, else 0.  Source: tf.nn.dropout; N. Srivastava
/// et al., Dropout, 2014.
/// @code
/// auto y = tf::nn::dropout(tf::ones({1000}), 0.5);
/// std::cout << tf::reduce_max(y);
/// // tf.Tensor(2.0, shape=(), dtype=float32)
/// @endcode
SAEM_API Tensor dropout(const Tensor& x, double rate, const DropoutOptions& options = {});

namespace experimental {

/// As `dropout`, but a function of `seed` alone: y_i = 0 with probability `rate`, else x_i / (1 -
/// rate). TensorFlow's numbers.
///
/// @param x        any shape; floating point
/// @param rate     in [0, 1)
/// @param seed     `{1, 2}`, or a tensor of shape (2,), int32 or int64
/// @param options  `noise_shape`; `seed` in them is not used
/// @return         the shape and dtype of `x`; `x` itself if `rate` is 0
/// @throws as `dropout`, and ShapeError for a seed that is not (2,) integers
/// Gradient: as `dropout`.  Source: tf.nn.experimental.stateless_dropout.
/// @code
/// std::cout << tf::nn::experimental::stateless_dropout(tf::ones({5}), 0.5, {1, 2});
/// // tf.Tensor([2. 0. 2. 0. 0.], shape=(5,), dtype=float32)
/// @endcode
SAEM_API Tensor stateless_dropout(const Tensor& x, double rate, const Tensor& seed,
                                  const DropoutOptions& options = {});
SAEM_API Tensor stateless_dropout(const Tensor& x, double rate, const random::Seed& seed,
                                  const DropoutOptions& options = {});

}  // namespace experimental
}  // namespace saem::nn
