#pragma once

#include <saem/core/attributes.hpp>
#include <saem/core/tensor.hpp>

/// Normalisations: elements brought to mean 0 and variance 1, or length 1, over some axes.
/// float16 and bfloat16 are computed in float32, unless it says otherwise.
namespace saem {

namespace nn {

/// Over which axes a layer normalisation goes.
struct LayerNormalizationOptions {
  static constexpr const char* kName = "LayerNormalizationOptions";
  Axes axis = -1;         ///< the last axes are computed in place; others are brought there
  double epsilon = 1e-7;  ///< added to the variance

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("axis", self.axis);
    visit("epsilon", self.epsilon);
  }
};

/// Over which axes a normalisation by the root mean square goes.
struct RmsNormalizationOptions {
  static constexpr const char* kName = "RmsNormalizationOptions";
  Axes axis = -1;         ///< the last axes are computed in place; others are brought there
  double epsilon = 1e-7;  ///< added to the mean of the squares

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("axis", self.axis);
    visit("epsilon", self.epsilon);
  }
};

/// The axis that is divided into groups.
struct GroupNormalizationOptions {
  int axis = -1;          ///< that of the channels
  double epsilon = 1e-3;  ///< added to the variance
};

/// Normalises every example by itself: y = gamma * (x - mean) / sqrt(variance + epsilon) + beta,
/// with mean and variance over the axes.
///
/// @param x        any shape; floating point
/// @param gamma    the scale, of the sizes of the axes; cast as `x` is computed; default 1
/// @param beta     the offset, as `gamma`; default 0
/// @param options  `axis`, one or several (default -1), `epsilon` (default 1e-7)
/// @return         the shape and dtype of `x`
/// @throws DTypeError if `x` is not floating point; ShapeError if an axis is out of range or a
///         shape does not fit
/// Gradient: with r = 1 / sqrt(variance + epsilon), n = (x - mean) r and g = gamma dy:
///           dx = r (g - mean(g) - n mean(g n)), dgamma = sum dy n, dbeta = sum dy.
/// Source: keras.ops.layer_normalization; J. Ba et al., Layer Normalization, 2016.
/// @code std::cout << tf::nn::layer_normalization(tf::constant({1.0, 2.0, 3.0, 6.0}));
/// // tf.Tensor([-1.069045   -0.5345225   0.          1.6035674], shape=(4,), dtype=float32)
/// @endcode
SAEM_API Tensor layer_normalization(const Tensor& x, const Tensor& gamma = {},
                                    const Tensor& beta = {},
                                    const LayerNormalizationOptions& options = {});

/// Divides every example by its root mean square: y = scale * x / sqrt(mean(x^2) + epsilon).
///
/// @param x        any shape; floating point
/// @param scale    of the sizes of the axes; cast as `x` is computed; default 1
/// @param options  `axis`, one or several (default -1), `epsilon` (default 1e-7)
/// @return         the shape and dtype of `x`
/// @throws DTypeError if `x` is not floating point; ShapeError if an axis is out of range or a
///         shape does not fit
/// Gradient: with r = 1 / sqrt(mean(x^2) + epsilon), n = x r and g = scale dy:
///           dx = r (g - n mean(g n)), dscale = sum dy n.
/// Source: keras.ops.rms_normalization; B. Zhang and R. Sennrich, Root Mean Square Layer
/// Normalization, 2019.
/// @code std::cout << tf::nn::rms_normalization(tf::constant({3.0, 4.0}));
/// // tf.Tensor([0.84852815 1.1313709 ], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor rms_normalization(const Tensor& x, const Tensor& scale = {},
                                  const RmsNormalizationOptions& options = {});

/// Normalises groups of channels of every example: y = gamma * (x - mean) / sqrt(variance +
/// epsilon) + beta, with mean and variance over a group's channels and all axes but the first.
///
/// @param x        (batch, ...), rank >= 2; floating point
/// @param groups   how many groups; divides the number of channels
/// @param gamma    (channels); the scale, cast as `x` is computed; default 1
/// @param beta     (channels); the offset, as `gamma`; default 0
/// @param options  `axis`, that of the channels (default -1), `epsilon` (default 1e-3)
/// @return         the shape and dtype of `x`
/// @throws DTypeError if `x` is not floating point; ValueError if `groups` does not divide the
///         channels; ShapeError if an axis is out of range or a shape does not fit
/// Gradient: as `layer_normalization` over a group.
/// Source: tf.keras.layers.GroupNormalization; Y. Wu and K. He, Group Normalization, 2018.
/// @code
/// auto x = tf::constant({{1.0, 3.0, 10.0, 30.0}});
/// std::cout << tf::nn::group_normalization(x, 2, {}, {}, {.epsilon = 0.0});
/// // tf.Tensor([[-1.  1. -1.  1.]], shape=(1, 4), dtype=float32)
/// @endcode
SAEM_API Tensor group_normalization(const Tensor& x, std::int64_t groups, const Tensor& gamma = {},
                                    const Tensor& beta = {},
                                    const GroupNormalizationOptions& options = {});

/// Normalises by a mean and a variance that are given: y = scale * (x - mean) / sqrt(variance +
/// variance_epsilon) + offset. With `moments` over the batch it is batch normalisation.
///
/// @param x                 any shape; floating point
/// @param mean              broadcasts against `x`
/// @param variance          as `mean`, of its dtype
/// @param offset            as `mean`; undefined: 0
/// @param scale             as `mean`; undefined: 1
/// @param variance_epsilon  added to the variance
/// @return                  the dtype of `x`; factor and summand are computed in that of `variance`
/// @throws DTypeError if a dtype does not fit; ShapeError if shapes do not broadcast
/// Gradient: of that formula.  Source: tf.nn.batch_normalization; S. Ioffe and C. Szegedy, Batch
/// Normalization, 2015.
/// @code
/// auto x = tf::constant({{1.0, 10.0}, {3.0, 30.0}});
/// auto [mean, variance] = tf::nn::moments(x, 0);
/// std::cout << tf::nn::batch_normalization(x, mean, variance, {}, {}, 0.0);
/// // tf.Tensor([[-1. -1.]
/// //  [ 1.  1.]], shape=(2, 2), dtype=float32)
/// @endcode
SAEM_API Tensor batch_normalization(const Tensor& x, const Tensor& mean, const Tensor& variance,
                                    const Tensor& offset, const Tensor& scale,
                                    double variance_epsilon);

/// How wide and how strong `local_response_normalization` is.
struct LocalResponseNormalizationOptions {
  std::int64_t depth_radius = 5;  ///< how many channels on either side count
  double bias = 1.0;              ///< added to the sum: no division by zero
  double alpha = 1.0;             ///< the factor of the sum
  double beta = 0.5;              ///< the exponent
};

/// Divides by what the neighbouring channels have: y_c = x_c / (bias + alpha * sum_k x_k^2)^beta,
/// over the channels k from c - depth_radius to c + depth_radius.
///
/// @param x        (batch, height, width, channels); floating point; half precision is summed so
/// @param options  `depth_radius` (5), `bias` (1), `alpha` (1), `beta` (0.5)
/// @return         the shape and dtype of `x`
/// @throws ShapeError for another rank; DTypeError if `x` is not floating point; ValueError for a
///         negative radius
/// Gradient: of that formula.  Source: tf.nn.local_response_normalization; A. Krizhevsky et al.,
/// ImageNet Classification with Deep Convolutional Neural Networks, 2012.
/// @code
/// auto x = tf::reshape(tf::constant({3.0, 4.0}), {1, 1, 1, 2});
/// auto y = tf::nn::local_response_normalization(x, {.depth_radius = 1, .bias = 0.0});
/// std::cout << tf::reshape(y, {-1});
/// // tf.Tensor([0.6 0.8], shape=(2,), dtype=float32)
/// @endcode
SAEM_API Tensor local_response_normalization(const Tensor& x,
                                             const LocalResponseNormalizationOptions& options = {});

}  // namespace nn

namespace math {

/// What `l2_normalize` makes 1 long.
struct L2NormalizeOptions {
  Axes axis = {};          ///< none named: all of them
  double epsilon = 1e-12;  ///< no square of a length counts as less
};

/// Makes a tensor 1 long: y = x / sqrt(max(sum_i |x_i|^2, epsilon)).
///
/// @param x        any shape; floating point or complex
/// @param options  `axis`, over which a length goes (default all), `epsilon` (default 1e-12)
/// @return         the shape and dtype of `x`
/// @throws DTypeError if `x` is neither; ShapeError if an axis is out of range
/// Gradient: of that formula: dx = (dy - y (y . dy)) / |x|.  Source: tf.math.l2_normalize.
/// @code std::cout << tf::math::l2_normalize(tf::constant({3.0, 4.0}));
/// // tf.Tensor([0.6 0.8], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor l2_normalize(const Tensor& x, const L2NormalizeOptions& options = {});

}  // namespace math

namespace nn {

using math::l2_normalize;
using math::L2NormalizeOptions;

}  // namespace nn
}  // namespace saem
