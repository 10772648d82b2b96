#pragma once

#include <saem/core/attributes.hpp>
#include <saem/core/tensor.hpp>
#include <tuple>

namespace saem::raw_ops {

/// How `apply_adam` steps.
struct ApplyAdamOptions {
  bool use_nesterov = false;  ///< step along where the mean will be after this gradient

  static constexpr const char* kName = "ApplyAdamOptions";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("use_nesterov", self.use_nesterov);
  }
};

/// Where the inputs of `apply_adam` stand in its calls: in TensorFlow's order.
enum ApplyAdamInput : std::size_t {
  kVar,
  kM,
  kV,
  kBeta1Power,
  kBeta2Power,
  kLr,
  kBeta1,
  kBeta2,
  kEpsilon,
  kGrad
};

/// One step of Adam: m' = b1 m + (1 - b1) g, v' = b2 v + (1 - b2) g^2,
/// var' = var - lr sqrt(1 - b2^t) / (1 - b1^t) * m' / (sqrt(v') + epsilon); with Nesterov,
/// b1 m' + (1 - b1) g stands for m'.
///
/// @param var          what is learnt, floating point
/// @param m            the running mean of the gradients, like `var`
/// @param v            the running mean of their squares, like `var`
/// @param beta1_power  b1^t, a scalar of var's dtype, as are those that follow
/// @param beta2_power  b2^t
/// @param lr           the learning rate
/// @param beta1        b1
/// @param beta2        b2
/// @param epsilon      keeps the step finite where there were no gradients
/// @param grad         the gradient, like `var`
/// @param options      use_nesterov
/// @return             the new var, m and v; `resource_apply_adam` puts them into variables in
/// place
/// @throws DTypeError or ShapeError unless they are alike
/// Gradient: none.  Source: tf.raw_ops.ApplyAdam; D. Kingma, J. Ba, arXiv:1412.6980.
/// @code
/// auto zero = tf::zeros({1});
/// auto [var, m, v] = tf::raw_ops::apply_adam(
///     tf::ones({1}), zero, zero, tf::constant(0.5), tf::constant(0.5), tf::constant(0.25),
///     tf::constant(0.5), tf::constant(0.5), tf::constant(0.0), tf::constant({2.0}));
/// std::cout << m;  // tf.Tensor([1.], shape=(1,), dtype=float32)
/// @endcode
SAEM_API std::tuple<Tensor, Tensor, Tensor> apply_adam(const Tensor& var, const Tensor& m,
                                                       const Tensor& v, const Tensor& beta1_power,
                                                       const Tensor& beta2_power, const Tensor& lr,
                                                       const Tensor& beta1, const Tensor& beta2,
                                                       const Tensor& epsilon, const Tensor& grad,
                                                       const ApplyAdamOptions& options = {});

}  // namespace saem::raw_ops
