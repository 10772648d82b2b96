#pragma once

#include <saem/core/attributes.hpp>
#include <saem/core/tensor.hpp>
#include <saem/ops/window.hpp>
#include <string>

/// Pooling: one number for each window of each channel. Pooling over whole axes is a reduction:
/// `tf::reduce_max(x, {.axis = {1, 2}})`, `tf::reduce_mean`.
namespace saem::nn {

/// How windows move over their input.
struct PoolOptions {
  static constexpr const char* kName = "PoolOptions";
  Window strides = 1;            ///< from one window to the next
  Padding padding = {};          ///< "VALID", "SAME", or pairs (before, after)
  std::string data_format = "";  ///< "NHWC" and its kind (default), or "NCHW" and its kind
  Window dilations = 1;          ///< from one element of a window to the next
  Window window = 1;             ///< set by the functions from their argument `ksize`
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("window", self.window);
    visit("strides", self.strides);
    visit("padding", self.padding.kind);
    visit("padding_pairs", self.padding.pairs);
    visit("data_format", self.data_format);
    visit("dilations", self.dilations);
  }
};

/// What the gradient of `avg_pool` knows besides.
struct AvgPoolGradOptions {
  static constexpr const char* kName = "AvgPoolGradOptions";
  PoolOptions pool;
  Shape shape;  ///< of the input
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    PoolOptions::fields(self.pool, visit);
    visit("shape", self.shape);
  }
};

/// The greatest element of each window of each channel: y[n, p, c] = max over places k of the
/// window of x[n, p * stride + k * dilation - before, c]. Padding is no element; NaN is the
/// greatest.
///
/// @param x        (batch, spatial axes..., channels), one to three spatial axes; numbers
/// @param ksize    the window's size, one for all axes or one for each
/// @param options  strides (1), padding ("VALID"), data_format, dilations
/// @return         (batch, windows..., channels)
/// @throws ShapeError for another rank or a window that does not fit; ValueError for an unknown
///         padding or format or wrong lists; DTypeError for bool and complex
/// Gradient: dy, to the first greatest element of each window.  Source: tf.nn.max_pool.
/// @code
/// auto x = tf::reshape(tf::constant({1.0, 5.0, 2.0, 3.0}), {1, 4, 1});
/// std::cout << tf::reshape(tf::nn::max_pool(x, 2, {.strides = 2}), {-1});
/// // tf.Tensor([5. 3.], shape=(2,), dtype=float32)
/// @endcode
SAEM_API Tensor max_pool(const Tensor& x, const Window& ksize, const PoolOptions& options = {});

/// `max_pool` over one axis: y[n, i, c] = max_k x[n, i * stride + k, c].
///
/// @param x        (batch, length, channels); numbers
/// @param ksize    the window's width
/// @param options  strides (1), padding ("VALID"), data_format ("NWC" or "NCW"), dilations
/// @return         (batch, windows, channels)
/// @throws as `max_pool`
/// Gradient: as `max_pool`.  Source: tf.nn.max_pool1d.
/// @code
/// auto x = tf::reshape(tf::constant({1.0, 5.0, 2.0}), {1, 3, 1});
/// std::cout << tf::reshape(tf::nn::max_pool1d(x, 2), {-1});
/// // tf.Tensor([5. 5.], shape=(2,), dtype=float32)
/// @endcode
SAEM_API Tensor max_pool1d(const Tensor& x, const Window& ksize, const PoolOptions& options = {});

/// `max_pool` over two axes: y[n, i, j, c] = max_ab x[n, i * s + a, j * s + b, c].
///
/// @param x        (batch, height, width, channels); numbers
/// @param ksize    the window's height and width, or one number for both
/// @param options  strides (1), padding ("VALID"), data_format ("NHWC" or "NCHW"), dilations
/// @return         (batch, windows down, windows across, channels)
/// @throws as `max_pool`
/// Gradient: as `max_pool`.  Source: tf.nn.max_pool2d.
/// @code
/// auto x = tf::ones({1, 28, 28, 3});
/// std::cout << tf::nn::max_pool2d(x, 2, {.strides = 2}).shape();
/// // (1, 14, 14, 3)
/// @endcode
SAEM_API Tensor max_pool2d(const Tensor& x, const Window& ksize, const PoolOptions& options = {});

/// `max_pool` over three axes: y[n, p, c] = max_k x[n, p * s + k, c] for places p and k in space.
///
/// @param x        (batch, depth, height, width, channels); numbers
/// @param ksize    the window's depth, height and width, or one number for all
/// @param options  strides (1), padding ("VALID"), data_format ("NDHWC" or "NCDHW"), dilations
/// @return         (batch, windows..., channels)
/// @throws as `max_pool`
/// Gradient: as `max_pool`.  Source: tf.nn.max_pool3d.
/// @code
/// auto x = tf::ones({1, 4, 4, 4, 3});
/// std::cout << tf::nn::max_pool3d(x, 2, {.strides = 2}).shape();
/// // (1, 2, 2, 2, 3)
/// @endcode
SAEM_API Tensor max_pool3d(const Tensor& x, const Window& ksize, const PoolOptions& options = {});

/// Where `max_pool_with_argmax` says that the greatest elements are.
struct MaxPoolWithArgmaxOptions {
  Window strides = 1;                   ///< from one window to the next
  Padding padding = {};                 ///< "VALID", "SAME", or pairs (before, after)
  DType output_dtype = int64;           ///< of `argmax`: int32 or int64
  bool include_batch_in_index = false;  ///< counts from the first example, not from each
};

/// What `max_pool_with_argmax` gives.
struct MaxPoolWithArgmax {
  Tensor output;  ///< as `max_pool2d`
  Tensor argmax;  ///< of the shape of `output`
};

/// `max_pool2d`, and where the elements are that it takes: argmax = (row * width + column) *
/// channels + channel, or with `include_batch_in_index` ((example * height + row) * width + column)
/// * channels + channel.
///
/// @param x        (batch, height, width, channels); numbers
/// @param ksize    the window's height and width, or one number for both
/// @param options  strides (1), padding ("VALID"), output_dtype (int64), include_batch_in_index
/// @return         `output` and `argmax`, both (batch, windows down, windows across, channels)
/// @throws as `max_pool`; DTypeError for another output_dtype
/// Gradient: as `max_pool`; none of `argmax`.  Source: tf.nn.max_pool_with_argmax.
/// @code
/// auto x = tf::reshape(tf::constant({1.0, 5.0, 2.0, 3.0}), {1, 2, 2, 1});
/// std::cout << tf::nn::max_pool_with_argmax(x, 2).argmax;
/// // tf.Tensor([[[[1]]]], shape=(1, 1, 1, 1), dtype=int64)
/// @endcode
SAEM_API MaxPoolWithArgmax max_pool_with_argmax(const Tensor& x, const Window& ksize,
                                                const MaxPoolWithArgmaxOptions& options = {});

/// The mean of each window of each channel: y[n, p, c] = mean over places k of the window of
/// x[n, p * stride + k * dilation - before, c]. Padding does not count.
///
/// @param x        (batch, spatial axes..., channels), one to three spatial axes; floating point
/// @param ksize    the window's size, one for all axes or one for each
/// @param options  strides (1), padding ("VALID"), data_format, dilations
/// @return         (batch, windows..., channels)
/// @throws as `max_pool`; DTypeError if `x` is not floating point
/// Gradient: dy / count, to each element of the window.  Source: tf.nn.avg_pool.
/// @code
/// auto x = tf::reshape(tf::constant({1.0, 5.0, 2.0, 4.0}), {1, 4, 1});
/// std::cout << tf::reshape(tf::nn::avg_pool(x, 2, {.strides = 2}), {-1});
/// // tf.Tensor([3. 3.], shape=(2,), dtype=float32)
/// @endcode
SAEM_API Tensor avg_pool(const Tensor& x, const Window& ksize, const PoolOptions& options = {});

/// `avg_pool` over one axis: y[n, i, c] = mean_k x[n, i * stride + k, c].
///
/// @param x        (batch, length, channels); floating point
/// @param ksize    the window's width
/// @param options  strides (1), padding ("VALID"), data_format ("NWC" or "NCW"), dilations
/// @return         (batch, windows, channels)
/// @throws as `avg_pool`
/// Gradient: as `avg_pool`.  Source: tf.nn.avg_pool1d.
/// @code
/// auto x = tf::reshape(tf::constant({1.0, 5.0, 2.0}), {1, 3, 1});
/// std::cout << tf::reshape(tf::nn::avg_pool1d(x, 2, {.padding = "SAME"}), {-1});
/// // tf.Tensor([3.  3.5 2. ], shape=(3,), dtype=float32)
/// @endcode
SAEM_API Tensor avg_pool1d(const Tensor& x, const Window& ksize, const PoolOptions& options = {});

/// `avg_pool` over two axes: y[n, i, j, c] = mean_ab x[n, i * s + a, j * s + b, c].
///
/// @param x        (batch, height, width, channels); floating point
/// @param ksize    the window's height and width, or one number for both
/// @param options  strides (1), padding ("VALID"), data_format ("NHWC" or "NCHW"), dilations
/// @return         (batch, windows down, windows across, channels)
/// @throws as `avg_pool`
/// Gradient: as `avg_pool`.  Source: tf.nn.avg_pool2d.
/// @code
/// auto x = tf::ones({1, 28, 28, 3});
/// std::cout << tf::nn::avg_pool2d(x, {2, 4}, {.strides = {2, 4}}).shape();
/// // (1, 14, 7, 3)
/// @endcode
SAEM_API Tensor avg_pool2d(const Tensor& x, const Window& ksize, const PoolOptions& options = {});

/// `avg_pool` over three axes: y[n, p, c] = mean_k x[n, p * s + k, c] for places p and k in space.
///
/// @param x        (batch, depth, height, width, channels); floating point
/// @param ksize    the window's depth, height and width, or one number for all
/// @param options  strides (1), padding ("VALID"), data_format ("NDHWC" or "NCDHW"), dilations
/// @return         (batch, windows..., channels)
/// @throws as `avg_pool`
/// Gradient: as `avg_pool`.  Source: tf.nn.avg_pool3d.
/// @code
/// auto x = tf::ones({1, 4, 4, 4, 3});
/// std::cout << tf::nn::avg_pool3d(x, 2, {.strides = 2}).shape();
/// // (1, 2, 2, 2, 3)
/// @endcode
SAEM_API Tensor avg_pool3d(const Tensor& x, const Window& ksize, const PoolOptions& options = {});

/// `max_pool` or `avg_pool`, by name: y[n, p, c] = max or mean over the window at p.
///
/// @param x        (batch, spatial axes..., channels), one to three spatial axes
/// @param window   the window's size, one for all axes or one for each
/// @param type     "MAX" or "AVG"
/// @param options  strides (1), padding ("VALID"), data_format, dilations
/// @return         (batch, windows..., channels)
/// @throws ValueError for another type; else as `max_pool` and `avg_pool`
/// Gradient: theirs.  Source: tf.nn.pool.
/// @code
/// auto x = tf::reshape(tf::constant({1.0, 5.0, 2.0, 4.0}), {1, 4, 1});
/// std::cout << tf::reshape(tf::nn::pool(x, 2, "AVG", {.dilations = 2}), {-1});
/// // tf.Tensor([1.5 4.5], shape=(2,), dtype=float32)
/// @endcode
SAEM_API Tensor pool(const Tensor& x, const Window& window, const std::string& type,
                     const PoolOptions& options = {});

}  // namespace saem::nn
