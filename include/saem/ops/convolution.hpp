#pragma once

#include <saem/core/attributes.hpp>
#include <saem/core/tensor.hpp>
#include <saem/ops/window.hpp>
#include <string>

/// Convolutions over one, two or three spatial axes. They run on oneDNN where it has the dtype;
/// how it splits a sum may depend on the number of threads. Channels-first data are looked at
/// through a transposed view, and so is the result.
namespace saem::nn {

/// How filters move over their input.
struct ConvolutionOptions {
  static constexpr const char* kName = "ConvolutionOptions";
  Window strides = 1;            ///< from one window to the next
  Padding padding = {};          ///< "VALID", "SAME", or pairs (before, after)
  std::string data_format = "";  ///< "NHWC" and its kind (default), or "NCHW" and its kind
  Window dilations = 1;          ///< from one element of a window to the next
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("strides", self.strides);
    visit("padding", self.padding.kind);
    visit("padding_pairs", self.padding.pairs);
    visit("data_format", self.data_format);
    visit("dilations", self.dilations);
  }
};

/// What the gradients of a convolution know besides.
struct ConvolutionGradOptions {
  static constexpr const char* kName = "ConvolutionGradOptions";
  ConvolutionOptions convolution;
  Shape shape;  ///< of the input or the filters, whichever the gradient is of
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    ConvolutionOptions::fields(self.convolution, visit);
    visit("shape", self.shape);
  }
};

/// Convolution over all axes between batch and channels: y[n, i, d] = sum over places k of the
/// window and channels c of x[n, i * stride + k * dilation - before, c] f[k, c, d].
///
/// @param x        (batch, spatial axes..., channels), one to three spatial axes; floating point or
///                 int32
/// @param filters  (window..., channels / groups, output channels); the groups follow from it
/// @param options  strides, padding ("VALID"), data_format, dilations
/// @return         (batch, windows..., output channels)
/// @throws ShapeError if ranks or channels do not match or no window fits; ValueError for an
///         unknown padding or format or wrong lists; DTypeError for other or two dtypes
/// Gradient: both of its own kind, and so on for every order.  Source: tf.nn.convolution.
/// @code
/// auto x = tf::reshape(tf::constant({1.0, 2.0, 3.0, 4.0}), {1, 4, 1});
/// auto f = tf::ones({2, 1, 1});
/// std::cout << tf::reshape(tf::nn::convolution(x, f), {-1});
/// // tf.Tensor([3. 5. 7.], shape=(3,), dtype=float32)
/// @endcode
SAEM_API Tensor convolution(const Tensor& x, const Tensor& filters,
                            const ConvolutionOptions& options = {});

/// Convolution over one axis: y[n, i, d] = sum_kc x[n, i * stride + k * dilation - before, c] *
/// f[k, c, d]. Further batch axes may stand in front of channels-last data.
///
/// @param x        (batch, length, channels); floating point or int32
/// @param filters  (width, channels / groups, output channels)
/// @param options  strides, padding ("VALID"), data_format ("NWC" or "NCW"), dilations
/// @return         (batch, windows, output channels)
/// @throws as `convolution`
/// Gradient: as `convolution`.  Source: tf.nn.conv1d.
/// @code
/// auto x = tf::reshape(tf::constant({1.0, 2.0, 3.0, 4.0}), {1, 4, 1});
/// std::cout << tf::reshape(tf::nn::conv1d(x, tf::ones({3, 1, 1}), {.padding = "SAME"}), {-1});
/// // tf.Tensor([3. 6. 9. 7.], shape=(4,), dtype=float32)
/// @endcode
SAEM_API Tensor conv1d(const Tensor& x, const Tensor& filters,
                       const ConvolutionOptions& options = {});

/// Convolution over two axes: y[n, i, j, d] = sum_abc x[n, i * s + a * r, j * s + b * r, c] *
/// f[a, b, c, d] for strides s and dilations r, moved by the padding. Further batch axes may stand
/// in front of channels-last data.
///
/// @param x        (batch, height, width, channels); floating point or int32
/// @param filters  (height, width, channels / groups, output channels)
/// @param options  strides, padding ("VALID"), data_format ("NHWC" or "NCHW"), dilations
/// @return         (batch, windows down, windows across, output channels)
/// @throws as `convolution`
/// Gradient: as `convolution`.  Source: tf.nn.conv2d.
/// @code
/// auto x = tf::ones({1, 28, 28, 1});
/// auto f = tf::ones({3, 3, 1, 8});
/// std::cout << tf::nn::conv2d(x, f, {.strides = 2, .padding = "SAME"}).shape();
/// // (1, 14, 14, 8)
/// @endcode
SAEM_API Tensor conv2d(const Tensor& x, const Tensor& filters,
                       const ConvolutionOptions& options = {});

/// Convolution over three axes, as `conv2d` over two: y[n, p, d] = sum_kc x[n, p * s + k * r, c] *
/// f[k, c, d] for places p and k in space.
///
/// @param x        (batch, depth, height, width, channels); floating point or int32
/// @param filters  (depth, height, width, channels / groups, output channels)
/// @param options  strides, padding ("VALID"), data_format ("NDHWC" or "NCDHW"), dilations
/// @return         (batch, windows..., output channels)
/// @throws as `convolution`
/// Gradient: as `convolution`.  Source: tf.nn.conv3d.
/// @code
/// std::cout << tf::nn::conv3d(tf::ones({1, 4, 8, 8, 3}), tf::ones({3, 3, 3, 3, 2})).shape();
/// // (1, 2, 6, 6, 2)
/// @endcode
SAEM_API Tensor conv3d(const Tensor& x, const Tensor& filters,
                       const ConvolutionOptions& options = {});

/// Each channel convolved by itself: y[n, i, j, c * m + k] = sum_ab x[n, i * s + a * r,
/// j * s + b * r, c] f[a, b, c, k] for m filters a channel.
///
/// @param x        (batch, height, width, channels); floating point or int32
/// @param filters  (height, width, channels, filters for each channel)
/// @param options  strides, padding ("VALID"), data_format ("NHWC" or "NCHW"), dilations
/// @return         (batch, windows down, windows across, channels * m)
/// @throws as `convolution`
/// Gradient: as `convolution`.  Source: tf.nn.depthwise_conv2d.
/// @code
/// auto x = tf::ones({1, 4, 4, 3});
/// std::cout << tf::nn::depthwise_conv2d(x, tf::ones({2, 2, 3, 2})).shape();
/// // (1, 3, 3, 6)
/// @endcode
SAEM_API Tensor depthwise_conv2d(const Tensor& x, const Tensor& filters,
                                 const ConvolutionOptions& options = {});

/// A depthwise convolution, its channels mixed by one of windows 1 x 1:
/// conv2d(depthwise_conv2d(x, depthwise), pointwise).
///
/// @param x          (batch, height, width, channels); floating point or int32
/// @param depthwise  (height, width, channels, m)
/// @param pointwise  (1, 1, channels * m, output channels)
/// @param options    of the depthwise one
/// @return           (batch, windows down, windows across, output channels)
/// @throws as `convolution`
/// Gradient: of that formula.  Source: tf.nn.separable_conv2d.
/// @code
/// auto x = tf::ones({1, 2, 2, 2});
/// auto y = tf::nn::separable_conv2d(x, tf::ones({2, 2, 2, 1}), tf::ones({1, 1, 2, 1}));
/// std::cout << tf::reshape(y, {-1});
/// // tf.Tensor([8.], shape=(1,), dtype=float32)
/// @endcode
SAEM_API Tensor separable_conv2d(const Tensor& x, const Tensor& depthwise, const Tensor& pointwise,
                                 const ConvolutionOptions& options = {});

/// `conv2d` with holes in its windows: conv2d(x, filters) with dilations = rate.
///
/// @param x        (batch, height, width, channels); floating point or int32
/// @param filters  (height, width, channels, output channels)
/// @param rate     from one element of a window to the next
/// @param padding  "VALID" or "SAME"
/// @return         (batch, windows down, windows across, output channels)
/// @throws as `convolution`
/// Gradient: as `convolution`.  Source: tf.nn.atrous_conv2d.
/// @code
/// auto x = tf::ones({1, 5, 5, 1});
/// std::cout << tf::nn::atrous_conv2d(x, tf::ones({3, 3, 1, 2}), 2, "VALID").shape();
/// // (1, 1, 1, 2)
/// @endcode
SAEM_API Tensor atrous_conv2d(const Tensor& x, const Tensor& filters, std::int64_t rate,
                              const Padding& padding);

}  // namespace saem::nn
