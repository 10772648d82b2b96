#pragma once

#include <saem/core/attributes.hpp>
#include <saem/core/tensor.hpp>

/// How far predicted probabilities are from the truth. Predictions come as logits, the numbers
/// before softmax or sigmoid: only so can losses be exact where probabilities round to 0 or 1.
namespace saem::nn {

/// The axis of the classes. The last one is computed in place; another is brought there by
/// transposing.
struct CrossEntropyOptions {
  int axis = -1;

  static constexpr const char* kName = "CrossEntropyOptions";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("axis", self.axis);
  }
};

/// Cross entropy of label probabilities p and softmax(x): loss = -sum_i p_i * log_softmax(x)_i.
///
/// @param labels   p, one distribution a row; broadcasts against `logits`; the dtype of `logits`
/// @param logits   x, rank >= 1, floating point; float16 and bfloat16 are computed in float32
/// @param options  `.axis`, the axis of the classes (default -1)
/// @return         the dtype of `logits`, their shape without the axis
/// @throws DTypeError if dtypes differ or are not floating point; ShapeError if shapes do not
///         broadcast or the axis is out of range
/// Gradient: dx = dloss * (softmax(x) * sum(p) - p), TensorFlow's where p sums to 1 and exact
/// elsewhere too; dp = -dloss * log_softmax(x).  Source: tf.nn.softmax_cross_entropy_with_logits.
/// @code std::cout << tf::nn::softmax_cross_entropy_with_logits(tf::constant({1.0, 0.0}),
///                                                        tf::constant({0.0, -1000.0}));
/// // tf.Tensor(0.0, shape=(), dtype=float32) @endcode
SAEM_API Tensor softmax_cross_entropy_with_logits(const Tensor& labels, const Tensor& logits,
                                                  const CrossEntropyOptions& options = {});

/// Cross entropy of class numbers c and softmax(x): loss = -log_softmax(x)_c.
///
/// @param labels  c, an integer dtype, the shape of `logits` without the last axis;
///                0 <= c < classes
/// @param logits  x, rank >= 1, floating point, classes along the last axis; float16 and bfloat16
///                are computed in float32
/// @return        the dtype of `logits`, the shape of `labels`
/// @throws DTypeError if `labels` are not integers or `logits` not floating point; ShapeError if
///         shapes do not fit; ValueError if a label is outside [0, classes)
/// Gradient: dx = dloss * (softmax(x) - one_hot(c)).
/// Source: tf.nn.sparse_softmax_cross_entropy_with_logits.
/// @code std::cout << tf::nn::sparse_softmax_cross_entropy_with_logits(tf::constant({1}),
///                                                               tf::constant({{1000.0, 0.0}}));
/// // tf.Tensor([1000.], shape=(1,), dtype=float32) @endcode
SAEM_API Tensor sparse_softmax_cross_entropy_with_logits(const Tensor& labels,
                                                         const Tensor& logits);

/// Cross entropy of independent yes/no probabilities p and sigmoid(x), element by element:
/// loss = max(x, 0) - x * p + log(1 + exp(-|x|)).
///
/// @param labels  p, the shape and dtype of `logits`
/// @param logits  x, any shape, floating point
/// @return        the shape and dtype of `logits`
/// @throws DTypeError if dtypes differ or are not floating point; ShapeError if shapes differ
/// Gradient: dx = dloss * (sigmoid(x) - p); dp = -dloss * x.
/// Source: tf.nn.sigmoid_cross_entropy_with_logits.
/// @code std::cout << tf::nn::sigmoid_cross_entropy_with_logits(tf::constant({1.0, 0.0}),
///                                                        tf::constant({1000.0, 1000.0}));
/// // tf.Tensor([   0. 1000.], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor sigmoid_cross_entropy_with_logits(const Tensor& labels, const Tensor& logits);

}  // namespace saem::nn
