#pragma once

#include <saem/core/attributes.hpp>
#include <saem/core/tensor.hpp>

/// Numbers into probabilities.
namespace saem::nn {

/// The axis that sums to one. The last one is computed in place; another is brought there and back
/// by transposing.
struct SoftmaxOptions {
  int axis = -1;

  static constexpr const char* kName = "SoftmaxOptions";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("axis", self.axis);
  }
};

/// Softmax along an axis: y_i = exp(x_i - max x) / sum_j exp(x_j - max x). A row with a NaN or an
/// inf gives NaN; float32 weights below 2^-125 of the largest give 0.
///
/// @param x        rank >= 1, floating point; float16 and bfloat16 are computed in float32
/// @param options  `.axis`, the axis that sums to one (default -1)
/// @return         the shape and dtype of `x`
/// @throws DTypeError if `x` is not floating point; ShapeError if the axis is out of range
/// Gradient: dx = y * (dy - sum(dy * y)).  Source: tf.nn.softmax.
/// @code std::cout << tf::nn::softmax(tf::constant({1.0, 1.0}));
/// // tf.Tensor([0.5 0.5], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor softmax(const Tensor& x, const SoftmaxOptions& options = {});

/// Logarithm of softmax along an axis: y_i = x_i - max x - log(sum_j exp(x_j - max x)), exact also
/// where softmax itself would round to 0.
///
/// @param x        rank >= 1, floating point; float16 and bfloat16 are computed in float32
/// @param options  `.axis`, the axis whose softmax sums to one (default -1)
/// @return         the shape and dtype of `x`
/// @throws DTypeError if `x` is not floating point; ShapeError if the axis is out of range
/// Gradient: dx = dy - exp(y) * sum(dy).  Source: tf.nn.log_softmax.
/// @code std::cout << tf::nn::log_softmax(tf::constant({0.0, -1000.0}));
/// // tf.Tensor([    0. -1000.], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor log_softmax(const Tensor& x, const SoftmaxOptions& options = {});

}  // namespace saem::nn
