#pragma once

#include <saem/core/tensor.hpp>
#include <string>

namespace saem::nn {

/// Where the channels are.
struct BiasAddOptions {
  std::string data_format = "N...C";  ///< "N...C", "NHWC" and its kind, or "NC...", "NCHW"
};

/// Adds one number a channel: y = value + bias, with bias along the axis of the channels.
///
/// @param value    rank >= 2; numbers or complex
/// @param bias     (channels), the dtype of `value`
/// @param options  `data_format`: channels along the last axis (default) or along axis 1
/// @return         the shape and dtype of `value`
/// @throws ShapeError if a rank or a size does not fit; DTypeError if dtypes differ; ValueError for
///         another format
/// Gradient: dvalue = dy; dbias = the sum of dy over all other axes.  Source: tf.nn.bias_add.
/// @code
/// auto x = tf::constant({{1.0, 2.0}, {3.0, 4.0}});
/// std::cout << tf::nn::bias_add(x, tf::constant({10.0, 20.0}));
/// // tf.Tensor([[11. 22.]
/// //  [13. 24.]], shape=(2, 2), dtype=float32)
/// @endcode
SAEM_API Tensor bias_add(const Tensor& value, const Tensor& bias,
                         const BiasAddOptions& options = {});

}  // namespace saem::nn
