#pragma once

#include <saem/core/attributes.hpp>
#include <saem/core/tensor.hpp>
#include <string>

/// Tensors that gradients do not pass.
namespace saem {

/// `x`, as a constant to every tape and accumulator: y = x, dy/dx = 0.
///
/// @param x  any
/// @return   a view of all of `x`
/// Gradient: none; `x` counts as unconnected.  Source: tf.stop_gradient.
/// @code
/// auto x = tf::constant(3.0);
/// tf::GradientTape tape;
/// tape.watch(x);
/// std::cout << tape.gradient(x * tf::stop_gradient(x), x);
/// // tf.Tensor(3.0, shape=(), dtype=float32)
/// @endcode
SAEM_API Tensor stop_gradient(const Tensor& x);

/// What `prevent_gradient` says.
struct PreventGradientOptions {
  static constexpr const char* kName = "PreventGradientOptions";
  std::string message = "";  ///< why nobody should ask
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("message", self.message);
  }
};

/// `x`, of which a gradient must not be asked: an error where one is, so that a gradient that would
/// be wrong is not taken for one.
///
/// @param x        any
/// @param options  message
/// @return         a view of all of `x`
/// @throws ValueError when a gradient is asked for
/// Gradient: an error.  Source: tf.raw_ops.PreventGradient.
/// @code
/// std::cout << tf::prevent_gradient(tf::constant({1, 2}));
/// // tf.Tensor([1 2], shape=(2,), dtype=int32)
/// @endcode
SAEM_API Tensor prevent_gradient(const Tensor& x, const PreventGradientOptions& options = {});

}  // namespace saem
