#pragma once

#include <functional>
#include <optional>
#include <saem/core/tensor.hpp>

/// Signals in frames, and their spectra over time.
namespace saem::signal {

/// How a window begins and ends, and its dtype.
struct WindowOptions {
  bool periodic = true;   ///< one sample more would begin the next period; else symmetric
  DType dtype = float32;  ///< float32 or float64
};

/// The Hann window: w_k = 1/2 - 1/2 cos(2 pi k / n), n the length (less one if symmetric or odd).
///
/// @param window_length  how many samples, at least 1
/// @param options        `periodic`, `dtype`
/// @return               shape (window_length)
/// @throws ValueError for a length below 1; DTypeError if `dtype` is not floating point
/// Source: tf.signal.hann_window.
/// @code std::cout << tf::signal::hann_window(4);
/// // tf.Tensor([0.  0.5 1.  0.5], shape=(4,), dtype=float32) @endcode
SAEM_API Tensor hann_window(std::int64_t window_length, WindowOptions options = {});

/// The Hamming window: w_k = 0.54 - 0.46 cos(2 pi k / n), n the length (less one if symmetric or
/// odd).
///
/// @param window_length  how many samples, at least 1
/// @param options        `periodic`, `dtype`
/// @return               shape (window_length)
/// @throws ValueError for a length below 1; DTypeError if `dtype` is not floating point
/// Source: tf.signal.hamming_window.
/// @code std::cout << tf::signal::hamming_window(2);
/// // tf.Tensor([0.08 1.  ], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor hamming_window(std::int64_t window_length, WindowOptions options = {});

/// What `frame` does at the end.
struct FrameOptions {
  bool pad_end = false;  ///< whether frames that begin in the signal may end behind it
  Scalar pad_value = 0;  ///< what lies there
  int axis = -1;         ///< the axis that is cut
};

/// Cuts a signal into frames that may overlap: z[..., i, j, ...] = x[..., i * frame_step + j, ...].
///
/// @param x             any dtype, rank at least 1
/// @param frame_length  samples of a frame, positive
/// @param frame_step    samples from one frame's begin to the next's, positive
/// @param options       `pad_end`, `pad_value`, `axis`
/// @return              the axis becomes two: (frames, frame_length)
/// @throws ValueError for a length or step below 1; ShapeError for an axis out of range
/// Gradient: frames are added where they lay.  Source: tf.signal.frame.
/// @code std::cout << tf::signal::frame(tf::constant({1, 2, 3, 4, 5}), 3, 2)(1);
/// // tf.Tensor([3 4 5], shape=(3,), dtype=int32) @endcode
SAEM_API Tensor frame(const Tensor& x, std::int64_t frame_length, std::int64_t frame_step,
                      const FrameOptions& options = {});

/// Adds frames up to a signal: y[i * frame_step + j] is the sum of all x[..., i, j].
///
/// @param x           numbers, (..., frames, frame_length)
/// @param frame_step  samples from one frame's begin to the next's, positive
/// @return            (..., (frames - 1) * frame_step + frame_length)
/// @throws ShapeError for a rank below 2; ValueError for a step below 1
/// Gradient: frame(dy).  Source: tf.signal.overlap_and_add.
/// @code std::cout << tf::signal::overlap_and_add(tf::constant({{1, 2, 3}, {4, 5, 6}}), 2);
/// // tf.Tensor([1 2 7 5 6], shape=(5,), dtype=int32) @endcode
SAEM_API Tensor overlap_and_add(const Tensor& x, std::int64_t frame_step);

/// A window of a length and dtype, such as `[](auto n, auto t) { return hann_window(n, {.dtype =
/// t}); }`.
using WindowFunction = std::function<Tensor(std::int64_t window_length, DType dtype)>;

/// Choices of the short-time Fourier transforms.
struct StftOptions {
  std::optional<std::int64_t> fft_length = {};  ///< default: the power of two that holds a frame
  WindowFunction window_fn = {};                ///< default: the periodic Hann window
  bool pad_end = false;                         ///< as of `frame`; not used by the inverse
};

/// Short-time Fourier transform: rfft(frame(x) * window).
///
/// @param x             float32 or float64, (..., samples)
/// @param frame_length  samples of a frame, positive
/// @param frame_step    samples from one frame's begin to the next's, positive
/// @param options       `fft_length`, `window_fn`, `pad_end`
/// @return              complex, (..., frames, fft_length / 2 + 1)
/// @throws DTypeError for other dtypes; ValueError for lengths below 1; ShapeError for a scalar
/// Gradient: of that formula.  Source: tf.signal.stft.
/// @code std::cout << tf::signal::stft(tf::ones({8}), 4, 2).shape();  // (3, 3) @endcode
SAEM_API Tensor stft(const Tensor& x, std::int64_t frame_length, std::int64_t frame_step,
                     const StftOptions& options = {});

/// Inverse of `stft`: overlap_and_add(irfft(x) * window). Gives the signal back where frames
/// overlap, if the window is `inverse_stft_window_fn` of the forward one.
///
/// @param x             complex, (..., frames, fft_length / 2 + 1)
/// @param frame_length  samples of a frame, positive
/// @param frame_step    samples from one frame's begin to the next's, positive
/// @param options       `fft_length`, `window_fn`
/// @return              real, (..., (frames - 1) * frame_step + frame_length)
/// @throws DTypeError for other dtypes; ValueError for lengths below 1; ShapeError for a rank below
///         2
/// Gradient: of that formula.  Source: tf.signal.inverse_stft.
/// @code std::cout << tf::signal::inverse_stft(tf::ones({3, 3}, tf::complex64), 4, 2).shape();
/// // (8,) @endcode
SAEM_API Tensor inverse_stft(const Tensor& x, std::int64_t frame_length, std::int64_t frame_step,
                             const StftOptions& options = {});

/// The window with which `inverse_stft` takes `stft` with `forward` back: forward over the sum of
/// its squares in all frames that overlap.
///
/// @param frame_step  samples from one frame's begin to the next's, positive
/// @param forward     default: the periodic Hann window
/// @return            a window for `StftOptions`
/// @throws ValueError for a step below 1
/// Source: tf.signal.inverse_stft_window_fn.
/// @code std::cout << tf::signal::inverse_stft_window_fn(2)(4, tf::float32);
/// // tf.Tensor([0. 1. 1. 1.], shape=(4,), dtype=float32) @endcode
SAEM_API WindowFunction inverse_stft_window_fn(std::int64_t frame_step,
                                               WindowFunction forward = {});

}  // namespace saem::signal
