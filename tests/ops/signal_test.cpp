// frame, overlap_and_add, windows, stft, inverse_stft: what must be true. Values are TensorFlow's.
#include <cmath>
#include <saem/ops/complex.hpp>
#include <saem/ops/concat.hpp>
#include <saem/ops/reshape.hpp>
#include <saem/ops/signal.hpp>
#include <saem/ops/strided_slice.hpp>
#include <saem/ops/unary_arith.hpp>
#include <saem/ops/unary_trig.hpp>

#include "ops/pointwise.hpp"

namespace saem {
namespace {

using namespace saem::testing;
using namespace saem::signal;

Tensor wave() { return sin(cast(range(12), float64)); }

TEST(hann_window, Values) {
  EXPECT_TRUE(has_values(hann_window(5), {5}, {0, 0.5, 1, 0.5, 0}));
  EXPECT_TRUE(has_values(hann_window(4), {4}, {0, 0.5, 1, 0.5}));
  EXPECT_TRUE(has_values(hann_window(4, {.periodic = false}), {4}, {0, 0.75, 0.75, 0}));
  EXPECT_TRUE(has_values(hann_window(1), {1}, {1}));
  EXPECT_EQ(hann_window(3, {.dtype = half}).dtype(), half);
  EXPECT_TRUE(has_values(hamming_window(4), {4}, {0.08, 0.54, 1, 0.54}));
  EXPECT_TRUE(has_values(hamming_window(4, {.periodic = false}), {4}, {0.08, 0.77, 0.77, 0.08}));
  EXPECT_EQ(error_of<ValueError>([] { hann_window(0); }),
            "hann_window: window_length must be positive, got 0");
  EXPECT_EQ(error_of<DTypeError>([] { hamming_window(4, {.dtype = int32}); }),
            "hamming_window: needs a floating-point dtype, got int32");
}

TEST(frame, Values) {
  const Tensor x = range(7);
  EXPECT_TRUE(has_values(frame(x, 3, 2), {3, 3}, {0, 1, 2, 2, 3, 4, 4, 5, 6}));
  EXPECT_TRUE(has_values(frame(x, 3, 2, {.pad_end = true, .pad_value = -1}), {4, 3},
                         {0, 1, 2, 2, 3, 4, 4, 5, 6, 6, -1, -1}));
  EXPECT_TRUE(has_values(frame(reshape(range(8), {4, 2}), 2, 1, {.axis = 0}), {3, 2, 2},
                         {0, 1, 2, 3, 2, 3, 4, 5, 4, 5, 6, 7}));
  EXPECT_EQ(frame(x, 9, 2).shape(), Shape({0, 9}));
  EXPECT_EQ(frame(x, 9, 2, {.pad_end = true}).shape(), Shape({4, 9}));
  EXPECT_EQ(error_of<ValueError>([&] { frame(x, 0, 1); }),
            "frame: frame_length must be positive, got 0");
}

TEST(frame, Gradient) {
  for (const bool pad_end : {false, true}) {
    const auto squared_frames = [&](const std::vector<Tensor>& in) {
      return square(frame(in[0], 3, 2, {.pad_end = pad_end}));
    };
    EXPECT_TRUE(gradients_agree(squared_frames, {sample({2, 7}, float64)}));
    EXPECT_TRUE(second_gradients_agree(squared_frames, {sample({2, 7}, float64)}));
  }
}

TEST(overlap_and_add, Values) {
  const Tensor two = reshape(range(6), {2, 3});
  EXPECT_TRUE(has_values(overlap_and_add(two, 2), {5}, {0, 1, 5, 4, 5}));
  EXPECT_TRUE(has_values(overlap_and_add(two, 5), {8}, {0, 1, 2, 0, 0, 3, 4, 5}));
  EXPECT_TRUE(
      has_values(overlap_and_add(reshape(range(12), {3, 4}), 1), {6}, {0, 5, 15, 18, 17, 11}));
  EXPECT_EQ(overlap_and_add(zeros({2, 0, 4}), 2).shape(), Shape({2, 0}));
  EXPECT_EQ(error_of<ShapeError>([] { overlap_and_add(range(3), 1); }),
            "overlap_and_add: needs (..., frames, frame_length), got (3,)");
}

TEST(overlap_and_add, Gradient) {
  const auto squared = [](const std::vector<Tensor>& in) {
    return square(overlap_and_add(in[0], 2));
  };
  EXPECT_TRUE(gradients_agree(squared, {sample({2, 3, 5}, float64)}));
  EXPECT_TRUE(second_gradients_agree(squared, {sample({3, 3}, float64)}));
}

TEST(stft, Values) {
  const Tensor spectrum = stft(wave(), 4, 2);
  EXPECT_EQ(spectrum.shape(), Shape({5, 3}));
  EXPECT_TRUE(has_values(
      spectrum(0), {3},
      {1.40059292325956, 0.0, -0.90929742682568, -0.35017548837401, 0.4180019303918, 0.0},
      {1e-12, 1e-12}));
  const Tensor padded = stft(wave(), 5, 3, {.fft_length = 8, .pad_end = true});
  EXPECT_TRUE(
      has_values(padded(3), {5},
                 {-1.27200076199539, 0.0, -0.19234050830926, 1.19233071485996, 0.9999902065507,
                  0.27201055544468, 0.19234050830926, -0.80764969824145, -0.72797965110602, 0.0},
                 {1e-12, 1e-12}));
  const StftOptions flat{.window_fn = [](std::int64_t n, DType t) { return ones({n}, t); }};
  EXPECT_FALSE(near(stft(wave(), 4, 2, flat), spectrum));
  EXPECT_EQ(error_of<DTypeError>([] { stft(range(8), 4, 2); }),
            "stft: needs float32 or float64, got int32; tf::cast it");
}

TEST(stft, Gradient) {
  const auto power = [](const std::vector<Tensor>& in) {
    const Tensor spectrum = stft(in[0], 4, 2);
    return square(math::real(spectrum)) + square(math::imag(spectrum));
  };
  EXPECT_TRUE(gradients_agree(power, {sample({2, 9}, float64)}));
}

TEST(inverse_stft, Values) {
  const Tensor spectrum = stft(wave(), 4, 2);
  EXPECT_TRUE(has_values(inverse_stft_window_fn(2)(4, float64), {4}, {0, 1, 1, 1}));
  EXPECT_TRUE(has_values(inverse_stft_window_fn(3)(8, float64), {8},
                         {0.0, 0.14042339787514, 0.51095832358913, 0.87226041910272,
                          0.95887093899963, 0.87226041910272, 0.51095832358913, 0.14042339787514},
                         {1e-12, 1e-12}));
  const StftOptions back{.window_fn = inverse_stft_window_fn(2)};
  const Tensor signal = inverse_stft(spectrum, 4, 2, back);
  // Where two frames overlap the signal is back; its ends lie in one frame alone.
  EXPECT_TRUE(near(signal(slice(2, 10)), wave()(slice(2, 10)), {1e-12, 1e-12}));
  EXPECT_TRUE(has_values(inverse_stft(spectrum, 4, 2)(slice(0, 3)), {3},
                         {0.0, 0.21036774620197, 0.90929742682568}, {1e-12, 1e-12}));
}

TEST(inverse_stft, Gradient) {
  const auto signal = [](const std::vector<Tensor>& in) {
    return square(inverse_stft(complex(in[0], in[1]), 3, 2));
  };
  EXPECT_TRUE(
      gradients_agree(signal, {sample({4, 3}, float64), sample({4, 3}, float64, -2, 2, 2)}));
}

}  // namespace
}  // namespace saem
