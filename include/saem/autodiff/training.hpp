#pragma once

#include <saem/autodiff/variable.hpp>
#include <saem/ops/adam.hpp>

namespace saem::raw_ops {

/// One step of Adam on variables, in place where nobody else holds their values; see `apply_adam`
/// for formula and parameters. Tapes do not hear of it.
///
/// @throws DTypeError or ShapeError unless they are alike, with nothing changed.
/// Source: tf.raw_ops.ResourceApplyAdam.
/// @code
/// tf::Variable w{tf::ones({1})}, m{tf::zeros({1})}, v{tf::zeros({1})};
/// tf::raw_ops::resource_apply_adam(w, m, v, tf::constant(0.5), tf::constant(0.75),
///                                  tf::constant(0.5), tf::constant(0.5), tf::constant(0.75),
///                                  tf::constant(0.0), tf::constant({2.0}));
/// std::cout << w.value();  // tf.Tensor([0.5], shape=(1,), dtype=float32)
/// @endcode
SAEM_API void resource_apply_adam(const Variable& var, const Variable& m, const Variable& v,
                                  const Tensor& beta1_power, const Tensor& beta2_power,
                                  const Tensor& lr, const Tensor& beta1, const Tensor& beta2,
                                  const Tensor& epsilon, const Tensor& grad,
                                  const ApplyAdamOptions& options = {});

}  // namespace saem::raw_ops
