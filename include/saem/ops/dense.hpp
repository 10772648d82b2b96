#pragma once

#include <saem/core/attributes.hpp>
#include <saem/core/tensor.hpp>
#include <string>

namespace saem::nn {

/// What follows the product.
struct DenseOptions {
  static constexpr const char* kName = "DenseOptions";
  std::string activation = "linear";  ///< "linear": nothing; "relu": max(., 0)
  bool constant_kernel = false;       ///< a hint, as `MatmulOptions::constant_b`

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("activation", self.activation);
    visit("constant_kernel", self.constant_kernel);
  }
};

/// A densely connected layer in one call: y = activation(x kernel + bias), that is
/// y_ij = activation(sum_k x_ik kernel_kj + bias_j).
///
/// A GPU adds the bias while the product is still in its registers; relu takes one pass over the
/// product, as on the CPU.
///
/// @param x        (..., inputs), floating point
/// @param kernel   (inputs, units), the dtype of `x`
/// @param bias     (units), the dtype of `x`
/// @param options  activation; constant_kernel: it comes again, which may make later calls faster
/// @return         (..., units), the dtype of `x`
/// @throws ShapeError if a rank or a size does not fit; DTypeError if dtypes differ or are not
///         floating point; ValueError for another activation
/// Gradient: with g = dy, or dy where y > 0 for relu: dx = g kernel^T, dkernel = x^T g,
///           dbias = sum_i g_i.  Source: tf.keras.layers.Dense, its call.
/// @code
/// auto x = tf::constant({{1.0, 2.0}});
/// auto kernel = tf::constant({{1.0, 0.0}, {0.0, -1.0}});
/// std::cout << tf::nn::dense(x, kernel, tf::ones({2}), {.activation = "relu"})(0);
/// // tf.Tensor([2. 0.], shape=(2,), dtype=float32)
/// @endcode
SAEM_API Tensor dense(const Tensor& x, const Tensor& kernel, const Tensor& bias,
                      const DenseOptions& options = {});

}  // namespace saem::nn
