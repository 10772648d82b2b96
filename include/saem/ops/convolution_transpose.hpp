#pragma once

#include <saem/ops/convolution.hpp>

/// Convolutions the other way: from windows to the input they were taken of.
namespace saem::nn {

/// How filters moved over what is to be made.
struct ConvolutionTransposeOptions {
  Window strides = 1;            ///< from one window to the next in the output
  Padding padding = "SAME";      ///< of the output: "SAME", "VALID" or pairs (before, after)
  std::string data_format = "";  ///< "NHWC" and its kind (default), or "NCHW" and its kind
  Window dilations = 1;          ///< from one element of a window to the next
};

/// The transpose of `convolution`, which spreads each element over a window of the output:
/// <convolution(z, f), x> = <z, conv_transpose(x, f)> for all z.
///
/// @param x             (batch, spatial axes..., input channels); floating point or int32
/// @param filters       (window..., output channels / groups, input channels)
/// @param output_shape  of the result, batch and channels too: several fit one stride
/// @param options       strides, padding ("SAME"), data_format, dilations
/// @return              `output_shape`
/// @throws ShapeError if a convolution of `output_shape` does not have the shape of `x`; else as
///         `convolution`
/// Gradient: convolutions.  Source: tf.nn.conv_transpose.
/// @code
/// auto x = tf::reshape(tf::constant({1.0, 2.0}), {1, 2, 1});
/// auto y = tf::nn::conv_transpose(x, tf::ones({2, 1, 1}), {1, 4, 1}, {.strides = 2});
/// std::cout << tf::reshape(y, {-1});
/// // tf.Tensor([1. 1. 2. 2.], shape=(4,), dtype=float32)
/// @endcode
SAEM_API Tensor conv_transpose(const Tensor& x, const Tensor& filters, const Shape& output_shape,
                               const ConvolutionTransposeOptions& options = {});

/// The transpose of `conv1d`: <conv1d(z, f), x> = <z, conv1d_transpose(x, f)> for all z.
///
/// @param x             (batch, length, input channels); floating point or int32
/// @param filters       (width, output channels, input channels)
/// @param output_shape  (batch, length, output channels)
/// @param options       strides, padding ("SAME"), data_format, dilations
/// @return              `output_shape`
/// @throws as `conv_transpose`
/// Gradient: convolutions.  Source: tf.nn.conv1d_transpose.
/// @code
/// auto x = tf::reshape(tf::constant({1.0, 2.0}), {1, 2, 1});
/// auto y = tf::nn::conv1d_transpose(x, tf::ones({3, 1, 1}), {1, 4, 1}, {.padding = "VALID"});
/// std::cout << tf::reshape(y, {-1});
/// // tf.Tensor([1. 3. 3. 2.], shape=(4,), dtype=float32)
/// @endcode
SAEM_API Tensor conv1d_transpose(const Tensor& x, const Tensor& filters, const Shape& output_shape,
                                 const ConvolutionTransposeOptions& options = {});

/// The transpose of `conv2d`: <conv2d(z, f), x> = <z, conv2d_transpose(x, f)> for all z.
///
/// @param x             (batch, height, width, input channels); floating point or int32
/// @param filters       (height, width, output channels, input channels)
/// @param output_shape  (batch, height, width, output channels)
/// @param options       strides, padding ("SAME"), data_format, dilations
/// @return              `output_shape`
/// @throws as `conv_transpose`
/// Gradient: convolutions.  Source: tf.nn.conv2d_transpose.
/// @code
/// auto x = tf::ones({1, 7, 7, 4});
/// auto f = tf::ones({3, 3, 2, 4});
/// std::cout << tf::nn::conv2d_transpose(x, f, {1, 14, 14, 2}, {.strides = 2}).shape();
/// // (1, 14, 14, 2)
/// @endcode
SAEM_API Tensor conv2d_transpose(const Tensor& x, const Tensor& filters, const Shape& output_shape,
                                 const ConvolutionTransposeOptions& options = {});

/// The transpose of `conv3d`: <conv3d(z, f), x> = <z, conv3d_transpose(x, f)> for all z.
///
/// @param x             (batch, depth, height, width, input channels); floating point or int32
/// @param filters       (depth, height, width, output channels, input channels)
/// @param output_shape  (batch, depth, height, width, output channels)
/// @param options       strides, padding ("SAME"), data_format, dilations
/// @return              `output_shape`
/// @throws as `conv_transpose`
/// Gradient: convolutions.  Source: tf.nn.conv3d_transpose.
/// @code
/// auto x = tf::ones({1, 2, 2, 2, 1});
/// auto f = tf::ones({2, 2, 2, 3, 1});
/// std::cout << tf::nn::conv3d_transpose(x, f, {1, 4, 4, 4, 3}, {.strides = 2}).shape();
/// // (1, 4, 4, 4, 3)
/// @endcode
SAEM_API Tensor conv3d_transpose(const Tensor& x, const Tensor& filters, const Shape& output_shape,
                                 const ConvolutionTransposeOptions& options = {});

/// The transpose of `atrous_conv2d`: conv2d_transpose(x, filters) with dilations = rate.
///
/// @param x             (batch, height, width, input channels); floating point or int32
/// @param filters       (height, width, output channels, input channels)
/// @param output_shape  (batch, height, width, output channels)
/// @param rate          from one element of a window to the next
/// @param padding       "VALID" or "SAME"
/// @return              `output_shape`
/// @throws as `conv_transpose`
/// Gradient: convolutions.  Source: tf.nn.atrous_conv2d_transpose.
/// @code
/// auto x = tf::ones({1, 4, 4, 2});
/// auto f = tf::ones({3, 3, 1, 2});
/// std::cout << tf::nn::atrous_conv2d_transpose(x, f, {1, 8, 8, 1}, 2, "VALID").shape();
/// // (1, 8, 8, 1)
/// @endcode
SAEM_API Tensor atrous_conv2d_transpose(const Tensor& x, const Tensor& filters,
                                        const Shape& output_shape, std::int64_t rate,
                                        const Padding& padding);

}  // namespace saem::nn
