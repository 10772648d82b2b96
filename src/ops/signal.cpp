// frame, overlap_and_add, windows, stft, inverse_stft: functions over ops, as in TensorFlow.
#include <bit>
#include <numbers>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/cast.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/fft.hpp>
#include <saem/ops/gather.hpp>
#include <saem/ops/pad.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/reshape.hpp>
#include <saem/ops/signal.hpp>
#include <saem/ops/strided_slice.hpp>
#include <saem/ops/tile.hpp>
#include <saem/ops/transpose.hpp>
#include <saem/ops/unary_arith.hpp>
#include <saem/ops/unary_trig.hpp>

#include "base/message.hpp"

namespace saem::signal {
namespace {

void check_positive(std::int64_t value, const char* name, const char* op) {
  if (value < 1) raise<ValueError>(op, "{} must be positive, got {}", name, value);
}

/// mean - (1 - mean) cos(2 pi k / n).
Tensor raised_cosine(std::int64_t length, WindowOptions options, double mean, const char* op) {
  check_positive(length, "window_length", op);
  if (!options.dtype.is_floating()) {
    raise<DTypeError>(op, "needs a floating-point dtype, got {}", options.dtype.name());
  }
  if (length == 1) return ones({1}, options.dtype);
  const bool whole = options.periodic && length % 2 == 0;
  const double step = 2 * std::numbers::pi / static_cast<double>(whole ? length : length - 1);
  // In float64 first: an angle in half precision would have three digits.
  const Tensor angles = cast(range(length), float64) * step;
  return cast(mean - (1 - mean) * cos(angles), options.dtype);
}

/// `before` and `after` entries filled in on `axis`, counted from the end.
Tensor pad_axis(const Tensor& x, int axis_from_end, std::int64_t after, Scalar value = 0) {
  Paddings paddings(static_cast<std::size_t>(x.rank()));
  paddings[static_cast<std::size_t>(x.rank() - axis_from_end)].second = after;
  return pad(x, paddings, {.constant_values = value});
}

Shape leading(const Tensor& x, int dropped) {
  Shape shape;
  for (int axis = 0; axis < x.rank() - dropped; ++axis) shape.push_back(x.shape()[axis]);
  return shape;
}

Shape with(Shape shape, std::initializer_list<std::int64_t> sizes) {
  for (const std::int64_t size : sizes) shape.push_back(size);
  return shape;
}

std::int64_t ceil_divide(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

Tensor window_of(const StftOptions& options, std::int64_t length, DType dtype) {
  if (options.window_fn) return options.window_fn(length, dtype);
  return hann_window(length, {.dtype = dtype});
}

std::int64_t fft_length_of(const StftOptions& options, std::int64_t frame_length) {
  if (options.fft_length) return *options.fft_length;
  return static_cast<std::int64_t>(std::bit_ceil(static_cast<std::uint64_t>(frame_length)));
}

}  // namespace

Tensor hann_window(std::int64_t window_length, WindowOptions options) {
  return raised_cosine(window_length, options, 0.5, "hann_window");
}

Tensor hamming_window(std::int64_t window_length, WindowOptions options) {
  return raised_cosine(window_length, options, 0.54, "hamming_window");
}

Tensor frame(const Tensor& x, std::int64_t frame_length, std::int64_t frame_step,
             const FrameOptions& options) {
  check_positive(frame_length, "frame_length", "frame");
  check_positive(frame_step, "frame_step", "frame");
  const Axes axes = Axes{options.axis}.normalized(x.rank(), "frame");
  const auto axis = static_cast<int>(axes.dims()[0]);
  const std::int64_t samples = x.shape()[axis];
  Tensor padded = x;
  std::int64_t frames = 0;
  if (options.pad_end) {
    frames = ceil_divide(samples, frame_step);
    const std::int64_t needed = frames == 0 ? 0 : (frames - 1) * frame_step + frame_length;
    if (needed > samples) {
      padded = pad_axis(x, x.rank() - axis, needed - samples, options.pad_value);
    }
  } else {
    frames = samples < frame_length ? 0 : 1 + (samples - frame_length) / frame_step;
  }
  const Tensor begins = reshape(range(frames) * frame_step, {frames, 1});
  return gather(padded, begins + range(frame_length), {.axis = axis});
}

// Frames are cut into pieces of frame_step, which lie in rows that are shifted by one entry each:
// filling up rows with zeros and reading them with one entry less a row shifts them.
Tensor overlap_and_add(const Tensor& x, std::int64_t frame_step) {
  check_positive(frame_step, "frame_step", "overlap_and_add");
  if (x.rank() < 2) {
    raise<ShapeError>("overlap_and_add", "needs (..., frames, frame_length), got {}",
                      x.shape().to_string());
  }
  const Shape batch = leading(x, 2);
  const std::int64_t frames = x.shape(-2);
  const std::int64_t length = x.shape(-1);
  if (frames == 0 || length == 0) {
    const std::int64_t samples = frames == 0 ? 0 : (frames - 1) * frame_step + length;
    return zeros(with(batch, {samples}), x.dtype());
  }
  const std::int64_t pieces = ceil_divide(length, frame_step);
  Tensor y = pad_axis(x, 1, pieces * frame_step - length);
  y = reshape(y, with(batch, {frames, pieces, frame_step}));
  Dims perm;
  for (int axis = 0; axis < batch.rank(); ++axis) perm.push_back(axis);
  for (const int axis : {1, 0, 2}) perm.push_back(batch.rank() + axis);
  y = transpose(y, {.perm = perm});  // (..., pieces, frames, frame_step)
  y = pad_axis(y, 2, pieces);
  y = reshape(y, with(batch, {(frames + pieces) * pieces, frame_step}));
  y = y(ellipsis, slice(0, (frames + pieces - 1) * pieces), all);
  y = reshape(y, with(batch, {pieces, frames + pieces - 1, frame_step}));
  y = reduce_sum(y, {.axis = -3});
  y = reshape(y, with(batch, {(frames + pieces - 1) * frame_step}));
  return y(ellipsis, slice(0, (frames - 1) * frame_step + length));
}

Tensor stft(const Tensor& x, std::int64_t frame_length, std::int64_t frame_step,
            const StftOptions& options) {
  if (x.dtype() != float32 && x.dtype() != float64) {
    raise<DTypeError>("stft", "needs float32 or float64, got {}; tf::cast it", x.dtype().name());
  }
  const Tensor frames = frame(x, frame_length, frame_step, {.pad_end = options.pad_end});
  const Tensor window = window_of(options, frame_length, x.dtype());
  return rfft(frames * window, {fft_length_of(options, frame_length)});
}

Tensor inverse_stft(const Tensor& x, std::int64_t frame_length, std::int64_t frame_step,
                    const StftOptions& options) {
  check_positive(frame_length, "frame_length", "inverse_stft");
  if (x.rank() < 2) {
    raise<ShapeError>("inverse_stft", "needs (..., frames, coefficients), got {}",
                      x.shape().to_string());
  }
  Tensor frames = irfft(x, {fft_length_of(options, frame_length)});
  const std::int64_t length = frames.shape(-1);
  if (length > frame_length) frames = frames(ellipsis, slice(0, frame_length));
  if (length < frame_length) frames = pad_axis(frames, 1, frame_length - length);
  return overlap_and_add(frames * window_of(options, frame_length, frames.dtype()), frame_step);
}

WindowFunction inverse_stft_window_fn(std::int64_t frame_step, WindowFunction forward) {
  check_positive(frame_step, "frame_step", "inverse_stft_window_fn");
  return [frame_step, forward = std::move(forward)](std::int64_t length, DType dtype) {
    const Tensor window = forward ? forward(length, dtype) : hann_window(length, {.dtype = dtype});
    const std::int64_t overlaps = ceil_divide(length, frame_step);
    const Tensor squares = pad_axis(square(window), 1, overlaps * frame_step - length);
    const Tensor sums = reduce_sum(reshape(squares, {overlaps, frame_step}), {.axis = 0});
    return window / tile(sums, {overlaps})(slice(0, length));
  };
}

}  // namespace saem::signal
