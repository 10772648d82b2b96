#pragma once

#include <saem/core/attributes.hpp>
#include <saem/core/tensor.hpp>
#include <saem/ops/unary_exp.hpp>

/// Activations: what follows a layer's sum, element by element. `relu` and its kind are in
/// relu.hpp; `sigmoid`, `tanh` and `softplus` have a second name here, as in TensorFlow.
///
/// float16 and bfloat16 are computed in float32 and rounded once at the end.
namespace saem {

namespace nn {

using saem::sigmoid;
using saem::softplus;
using saem::tanh;

/// The constants of `selu`: those of its paper, in full.
inline constexpr double kSeluAlpha = 1.6732632423543772848170429916717;
inline constexpr double kSeluScale = 1.0507009873554804934193349852946;
/// The constants of gelu's approximation: sqrt(2 / pi), and the share of the cube.
inline constexpr double kSqrtTwoByPi = 0.79788456080286535587989211986876;
inline constexpr double kGeluCubic = 0.044715;

/// Where `elu` ends.
struct EluOptions {
  static constexpr const char* kName = "EluOptions";
  double alpha = 1.0;  ///< minus the limit for small x

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("alpha", self.alpha);
  }
};

/// Which `gelu`.
struct GeluOptions {
  static constexpr const char* kName = "GeluOptions";
  bool approximate = false;  ///< by tanh, instead of the normal distribution itself

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("approximate", self.approximate);
  }
};

/// How steep `silu` is.
struct SiluOptions {
  static constexpr const char* kName = "SiluOptions";
  double beta = 1.0;  ///< the factor within the sigmoid

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("beta", self.beta);
  }
};

/// Exponential linear unit: z_i = x_i if x_i >= 0, else alpha * (e^x_i - 1).
///
/// @param x        any shape; floating point
/// @param options  `alpha` (default 1)
/// @return         the shape and dtype of `x`
/// @throws DTypeError if `x` is not floating point
/// Gradient: dx = dz where x >= 0, else alpha * e^x * dz.  Source: tf.nn.elu,
/// tf.keras.activations.elu.
/// @code std::cout << tf::nn::elu(tf::constant({-1.0, 2.0}));
/// // tf.Tensor([-0.63212055  2.        ], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor elu(const Tensor& x, const EluOptions& options = {});

/// Scaled exponential linear unit: z_i = s * x_i if x_i >= 0, else s * a * (e^x_i - 1), with
/// s = 1.0507 and a = 1.6733, which keep mean 0 and variance 1 from layer to layer.
///
/// @param x  any shape; floating point
/// @return   the shape and dtype of `x`
/// @throws DTypeError if `x` is not floating point
/// Gradient: dx = s * dz where x >= 0, else s * a * e^x * dz.  Source: tf.nn.selu; G. Klambauer et
/// al., Self-Normalizing Neural Networks, 2017.
/// @code std::cout << tf::nn::selu(tf::constant({-1.0, 2.0}));
/// // tf.Tensor([-1.1113307  2.101402 ], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor selu(const Tensor& x);

/// Gaussian error linear unit: z_i = x_i * P(X <= x_i) for a standard normal X, that is
/// x / 2 * (1 + erf(x / sqrt(2))); with `approximate` x / 2 * (1 + tanh(sqrt(2 / pi) * (x +
/// 0.044715 x^3))). Within 4 units in the last place in float32, far below zero too.
///
/// @param x        any shape; floating point
/// @param options  `approximate` (default false)
/// @return         the shape and dtype of `x`
/// @throws DTypeError if `x` is not floating point
/// Gradient: dx = dz * (P(X <= x) + x * density(x)), or the slope of the approximation.
/// Source: tf.nn.gelu; D. Hendrycks and K. Gimpel, Gaussian Error Linear Units, 2016.
/// @code std::cout << tf::nn::gelu(tf::constant({-1.0, 2.0}));
/// // tf.Tensor([-0.15865526  1.9544997 ], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor gelu(const Tensor& x, const GeluOptions& options = {});

/// Sigmoid linear unit: z_i = x_i / (1 + e^(-beta * x_i)).
///
/// @param x        any shape; floating point
/// @param options  `beta` (default 1); for a beta that learns write `x * tf::sigmoid(beta * x)`
/// @return         the shape and dtype of `x`
/// @throws DTypeError if `x` is not floating point
/// Gradient: dx = dz * s * (1 + beta * x * (1 - s)) with s = sigmoid(beta * x).
/// Source: tf.nn.silu; P. Ramachandran et al., Searching for Activation Functions, 2017.
/// @code std::cout << tf::nn::silu(tf::constant({-1.0, 2.0}));
/// // tf.Tensor([-0.26894143  1.761594  ], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor silu(const Tensor& x, const SiluOptions& options = {});

/// TensorFlow's second name for `silu`: z_i = x_i / (1 + e^(-beta * x_i)).
///
/// @param x        any shape; floating point
/// @param options  `beta` (default 1)
/// @return         the shape and dtype of `x`
/// @throws DTypeError if `x` is not floating point
/// Gradient: as `silu`.  Source: tf.nn.swish.
/// @code std::cout << tf::nn::swish(tf::constant({-1.0, 2.0}), {.beta = 2.0});
/// // tf.Tensor([-0.11920292  1.9640275 ], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor swish(const Tensor& x, const SiluOptions& options = {});

/// z_i = x_i * tanh(ln(1 + e^x_i)).
///
/// @param x  any shape; floating point
/// @return   the shape and dtype of `x`
/// @throws DTypeError if `x` is not floating point
/// Gradient: dx = dz * (t + x * (1 - t^2) * sigmoid(x)) with t = tanh(softplus(x)).
/// Source: tf.keras.activations.mish; D. Misra, Mish, 2019.
/// @code std::cout << tf::nn::mish(tf::constant({-1.0, 2.0}));
/// // tf.Tensor([-0.30340147  1.943959  ], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor mish(const Tensor& x);

/// z_i = x_i / (1 + |x_i|).
///
/// @param x  any shape; floating point
/// @return   the shape and dtype of `x`
/// @throws DTypeError if `x` is not floating point
/// Gradient: dx = dz / (1 + |x|)^2.  Source: tf.nn.softsign.
/// @code std::cout << tf::nn::softsign(tf::constant({-1.0, 3.0}));
/// // tf.Tensor([-0.5   0.75], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor softsign(const Tensor& x);

/// A sigmoid of three straight pieces: z_i = min(max(x_i + 3, 0), 6) / 6.
///
/// @param x  any shape; floating point
/// @return   the shape and dtype of `x`
/// @throws DTypeError if `x` is not floating point
/// Gradient: dx = dz / 6 where -3 < x < 3, else 0.  Source: tf.keras.activations.hard_sigmoid.
/// @code std::cout << tf::nn::hard_sigmoid(tf::constant({-4.0, 0.0, 1.5}));
/// // tf.Tensor([0.   0.5  0.75], shape=(3,), dtype=float32) @endcode
SAEM_API Tensor hard_sigmoid(const Tensor& x);

/// `silu` with a sigmoid of three straight pieces: z_i = x_i * min(max(x_i + 3, 0), 6) / 6.
///
/// @param x  any shape; floating point
/// @return   the shape and dtype of `x`
/// @throws DTypeError if `x` is not floating point
/// Gradient: dx = 0 where x <= -3, dz where x >= 3, else dz * (2 x + 3) / 6.
/// Source: tf.keras.activations.hard_silu; A. Howard et al., Searching for MobileNetV3, 2019.
/// @code std::cout << tf::nn::hard_silu(tf::constant({-4.0, 1.5, 5.0}));
/// // tf.Tensor([-0.     1.125  5.   ], shape=(3,), dtype=float32) @endcode
SAEM_API Tensor hard_silu(const Tensor& x);

/// Keras' second name for `hard_silu`: z_i = x_i * min(max(x_i + 3, 0), 6) / 6.
///
/// @param x  any shape; floating point
/// @return   the shape and dtype of `x`
/// @throws DTypeError if `x` is not floating point
/// Gradient: as `hard_silu`.  Source: tf.keras.activations.hard_swish.
/// @code std::cout << tf::nn::hard_swish(tf::constant({1.5, 5.0}));
/// // tf.Tensor([1.125 5.   ], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor hard_swish(const Tensor& x);

/// A tanh of three straight pieces: z_i = min(max(x_i, -1), 1).
///
/// @param x  any shape; floating point
/// @return   the shape and dtype of `x`
/// @throws DTypeError if `x` is not floating point
/// Gradient: that of `clip_by_value`.  Source: tf.keras.activations.hard_tanh.
/// @code std::cout << tf::nn::hard_tanh(tf::constant({-4.0, 0.25, 5.0}));
/// // tf.Tensor([-1.    0.25  1.  ], shape=(3,), dtype=float32) @endcode
SAEM_API Tensor hard_tanh(const Tensor& x);

/// The axis along which `crelu` puts its two halves.
struct CreluOptions {
  int axis = -1;
};

/// Concatenated relu: relu(x) and relu(-x) one after the other, z = concat([max(x, 0), max(-x,
/// 0)]).
///
/// @param x        rank >= 1; numbers with a sign
/// @param options  `axis` (default -1)
/// @return         the dtype of `x`; its shape with the axis twice as long
/// @throws DTypeError if `x` is bool; ShapeError if the axis is out of range
/// Gradient: dx = dz of the first half where x > 0, minus that of the second where x < 0.
/// Source: tf.nn.crelu; W. Shang et al., Concatenated Rectified Linear Units, 2016.
/// @code std::cout << tf::nn::crelu(tf::constant({-1.0, 2.0}));
/// // tf.Tensor([0. 2. 1. 0.], shape=(4,), dtype=float32) @endcode
SAEM_API Tensor crelu(const Tensor& x, const CreluOptions& options = {});

}  // namespace nn

namespace math {

/// Logarithm of the sigmoid: z_i = -ln(1 + e^(-x_i)); does not overflow.
///
/// @param x  any shape; floating point
/// @return   the shape and dtype of `x`
/// @throws DTypeError if `x` is not floating point
/// Gradient: dx = dz * sigmoid(-x).  Source: tf.math.log_sigmoid.
/// @code std::cout << tf::math::log_sigmoid(tf::constant({-100.0, 0.0}));
/// // tf.Tensor([-100.           -0.6931472], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor log_sigmoid(const Tensor& x);

}  // namespace math
}  // namespace saem
