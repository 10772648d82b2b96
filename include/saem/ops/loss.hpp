#pragma once

#include <saem/core/tensor.hpp>

/// Losses beside the cross entropies of cross_entropy.hpp.
namespace saem::nn {

/// Cross entropy of independent yes/no probabilities where a yes counts `pos_weight` times as much:
/// loss = (1 - p) x + (1 + (q - 1) p) ln(1 + e^-x), for p = labels, x = logits, q = pos_weight.
///
/// @param labels      p, the shape and dtype of `logits`
/// @param logits      x, any shape, floating point
/// @param pos_weight  q, a number, or a tensor that broadcasts against `logits`
/// @return            the dtype of `logits`, their shape
/// @throws DTypeError if dtypes differ or are not floating point; ShapeError if shapes do not fit
/// Gradient: dx = dloss (1 - p - (1 + (q - 1) p) sigmoid(-x)); dp, dq of that formula.
/// Source: tf.nn.weighted_cross_entropy_with_logits.
/// @code
/// auto labels = tf::constant({1.0, 0.0});
/// auto logits = tf::constant({-1000.0, 1000.0});
/// std::cout << tf::nn::weighted_cross_entropy_with_logits(labels, logits, 2.0);
/// // tf.Tensor([2000. 1000.], shape=(2,), dtype=float32)
/// @endcode
SAEM_API Tensor weighted_cross_entropy_with_logits(const Tensor& labels, const Tensor& logits,
                                                   const Tensor& pos_weight);
SAEM_API Tensor weighted_cross_entropy_with_logits(const Tensor& labels, const Tensor& logits,
                                                   double pos_weight);

/// Half the sum of all squares: loss = sum_i x_i^2 / 2.
///
/// @param x  any shape; floating point; float16 and bfloat16 are computed in float32
/// @return   a scalar of the dtype of `x`
/// @throws DTypeError if `x` is not floating point
/// Gradient: dx = x dloss.  Source: tf.nn.l2_loss.
/// @code std::cout << tf::nn::l2_loss(tf::constant({3.0, 4.0}));
/// // tf.Tensor(12.5, shape=(), dtype=float32) @endcode
SAEM_API Tensor l2_loss(const Tensor& x);

/// Whether `log_poisson_loss` is complete.
struct LogPoissonLossOptions {
  bool compute_full_loss = false;  ///< adds what does not depend on the prediction
};

/// Minus the logarithm of the likelihood that a Poisson distribution of mean e^c gives to z:
/// loss = e^c - z c, for c = log_input, z = targets; with `compute_full_loss` also ln(z!), by
/// Stirling's approximation z ln z - z + ln(2 pi z) / 2, or 0 where 0 <= z <= 1.
///
/// @param targets    z, the shape and dtype of `log_input`
/// @param log_input  c, any shape, floating point
/// @param options    `compute_full_loss` (default false)
/// @return           the shape and dtype of `log_input`
/// @throws DTypeError if dtypes differ or are not floating point; ShapeError if shapes differ
/// Gradient: dc = dloss (e^c - z); dz of that formula.  Source: tf.nn.log_poisson_loss.
/// @code
/// std::cout << tf::nn::log_poisson_loss(tf::constant({2.0}), tf::constant({0.0}));
/// // tf.Tensor([1.], shape=(1,), dtype=float32)
/// @endcode
SAEM_API Tensor log_poisson_loss(const Tensor& targets, const Tensor& log_input,
                                 const LogPoissonLossOptions& options = {});

}  // namespace saem::nn
