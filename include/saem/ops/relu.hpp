#pragma once

#include <saem/core/attributes.hpp>
#include <saem/core/tensor.hpp>

namespace saem::nn {

/// The slope of `leaky_relu` below zero.
struct LeakyReluOptions {
  static constexpr const char* kName = "LeakyReluOptions";
  double alpha = 0.2;  ///< the slope below zero

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("alpha", self.alpha);
  }
};

/// Rectified linear unit: z_i = max(x_i, 0); NaN stays NaN.
///
/// @param x  any shape; numeric
/// @return   the shape and dtype of `x`
/// @throws DTypeError if `x` is bool
/// Gradient: dx = dz where x > 0, else 0.  Source: tf.nn.relu.
/// @code std::cout << tf::nn::relu(tf::constant({-1.0, 2.0}));
/// // tf.Tensor([0. 2.], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor relu(const Tensor& x);

/// Relu that ends at six: z_i = min(max(x_i, 0), 6).
///
/// @param x  any shape; numeric
/// @return   the shape and dtype of `x`
/// @throws DTypeError if `x` is bool
/// Gradient: dx = dz where 0 < x < 6, else 0.  Source: tf.nn.relu6.
/// @code std::cout << tf::nn::relu6(tf::constant({-1.0, 2.0, 8.0}));
/// // tf.Tensor([0. 2. 6.], shape=(3,), dtype=float32) @endcode
SAEM_API Tensor relu6(const Tensor& x);

/// Relu that lets something through below zero: z_i = x_i if x_i > 0, else alpha * x_i.
///
/// @param x        any shape; floating point
/// @param options  `alpha`, the slope below zero (default 0.2)
/// @return         the shape and dtype of `x`
/// @throws DTypeError if `x` is not floating point
/// Gradient: dx = dz where x > 0, else alpha * dz.  Source: tf.nn.leaky_relu.
/// @code std::cout << tf::nn::leaky_relu(tf::constant({-1.0, 2.0}));
/// // tf.Tensor([-0.2  2. ], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor leaky_relu(const Tensor& x, const LeakyReluOptions& options = {});

}  // namespace saem::nn
