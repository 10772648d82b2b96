// fft and the transforms made of it; floor 5 of 5: what must be true. Values are TensorFlow's.
#include <cmath>
#include <numbers>
#include <saem/ops/complex.hpp>
#include <saem/ops/concat.hpp>
#include <saem/ops/fft.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/reshape.hpp>
#include <saem/ops/strided_slice.hpp>
#include <saem/ops/unary_arith.hpp>

#include "ops/pointwise.hpp"

namespace saem {
namespace {

using namespace saem::testing;
using namespace saem::signal;

const Tolerance kTight = {1e-12, 1e-12};

Tensor x() { return constant({1.0, 2.0, -1.0, 0.5, 3.0, 0.0}, float64); }
Tensor z() { return complex(x(), constant({0.0, 3.0, 0.5, -1.0, 2.0, 1.0}, float64)); }
Tensor both_parts(const Tensor& y) { return stack({math::real(y), math::imag(y)}); }

/// The definition: N^2 steps.
std::vector<double> slow_transform(const Tensor& line, bool inverse) {
  const std::vector<double> parts = values_of(line);
  const auto n = static_cast<std::int64_t>(parts.size() / 2);
  std::vector<double> result;
  for (std::int64_t k = 0; k < n; ++k) {
    std::complex<double> sum;
    for (std::int64_t i = 0; i < n; ++i) {
      const double angle = 2 * std::numbers::pi * static_cast<double>(i * k % n) / n;
      const auto at = static_cast<std::size_t>(2 * i);
      sum += std::complex<double>(parts[at], parts[at + 1]) *
             std::polar(1.0, inverse ? angle : -angle);
    }
    if (inverse) sum /= static_cast<double>(n);
    result.insert(result.end(), {sum.real(), sum.imag()});
  }
  return result;
}

TEST(fft, Values) {
  EXPECT_TRUE(has_values(
      fft(z()), {6},
      {5.5, 5.5, 0.93301270189222, 3.48205080756888, 2.53108891324554, -9.44615242270663, 0.5, -0.5,
       -3.53108891324554, 0.94615242270663, 0.06698729810778, 0.01794919243112},
      kTight));
  EXPECT_TRUE(has_values(ifft(z()), {6},
                         {0.91666666666667, 0.91666666666667, 0.01116454968463, 0.00299153207185,
                          -0.58851481887426, 0.15769207045111, 0.08333333333333, -0.08333333333333,
                          0.42184815220759, -1.57435873711777, 0.15550211698204, 0.58034180126148},
                         kTight));
  const std::vector<double> flat = {5.5,
                                    5.5,
                                    2.53108891324553,
                                    -9.44615242270663,
                                    -3.53108891324553,
                                    0.94615242270663,
                                    -1.5,
                                    1.5,
                                    2.79903810567666,
                                    0.75,
                                    0.20096189432334,
                                    0.75};
  EXPECT_TRUE(has_values(fft2d(reshape(z(), {2, 3})), {2, 3}, flat, kTight));
  EXPECT_TRUE(has_values(fft3d(reshape(z(), {1, 2, 3})), {1, 2, 3}, flat, kTight));
  EXPECT_TRUE(near(ifft2d(fft2d(reshape(z(), {2, 3}))), reshape(z(), {2, 3})));
  EXPECT_TRUE(near(ifft3d(fft3d(reshape(z(), {1, 2, 3}))), reshape(z(), {1, 2, 3})));
}

// Every way a length can be cut into factors, and lengths with large prime factors.
TEST(fft, EqualsItsDefinitionForEveryLength) {
  std::vector<std::int64_t> lengths;
  for (std::int64_t n = 1; n <= 70; ++n) lengths.push_back(n);
  for (const std::int64_t n : {127, 128, 134, 243, 256, 257, 360, 529, 1000, 1024}) {
    lengths.push_back(n);
  }
  for (const std::int64_t n : lengths) {
    SCOPED_TRACE(n);
    const Tensor line = complex(sample({n}, float64, -1, 1, 1), sample({n}, float64, -1, 1, 2));
    EXPECT_TRUE(has_values(fft(line), {n}, slow_transform(line, false), {1e-11, 1e-11}));
    EXPECT_TRUE(has_values(ifft(line), {n}, slow_transform(line, true), {1e-11, 1e-12}));
  }
}

TEST(fft, Gradient) {
  for (const bool inverse : {false, true}) {
    const Function function = [&](const std::vector<Tensor>& in) {
      const Tensor y = complex(in[0], in[1]);
      return both_parts(square(inverse ? ifft(y) : fft(y)));
    };
    EXPECT_TRUE(gradients_agree(function, {math::real(z()), math::imag(z())}));
    EXPECT_TRUE(second_gradients_agree(function, {math::real(z()), math::imag(z())}));
  }
  const Function plane = [](const std::vector<Tensor>& in) {
    return both_parts(ifft2d(square(fft2d(complex(in[0], in[1])))));
  };
  EXPECT_TRUE(gradients_agree(plane, {sample({2, 3}, float64), sample({2, 3}, float64, -2, 2, 2)}));
}

TEST(fft, Types) {
  for (const Shape& shape :
       {Shape{0}, Shape{1}, Shape{7}, Shape{3, 5, 2}, Shape{2, 0}, Shape{0, 4}, Shape{300, 250}}) {
    const Tensor wide = complex(sample(shape, float64), sample(shape, float64, -2, 2, 2));
    const Tensor narrow = cast(wide, complex64);
    EXPECT_EQ(fft(narrow).dtype(), complex64);
    EXPECT_TRUE(near(cast(fft(narrow), complex128), fft(wide), {2e-6, 1e-4}));
    EXPECT_TRUE(identical(fft(scattered(wide)), fft(wide)));
    EXPECT_TRUE(near(ifft(fft(wide)), wide));
  }
}

TEST(fft, Options) {
  const Tensor plane = reshape(z(), {2, 3});
  EXPECT_FALSE(near(fft2d(plane), fft(plane)));     // rank
  EXPECT_FALSE(near(ifft(plane), fft(plane)));      // inverse
  EXPECT_TRUE(near(fft(plane)(1), fft(plane(1))));  // axes before the last are a batch
}

TEST(fft, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { fft(x()); }),
            "fft: needs complex numbers, got float64; tf::cast it to tf::complex64 or take rfft");
  EXPECT_EQ(error_of<ShapeError>([] { fft2d(z()); }),
            "fft: transforms the last 2 axes, but the shape is (6,)");
}

TEST(rfft, Values) {
  EXPECT_TRUE(has_values(rfft(x()), {4},
                         {5.5, 0.0, 0.5, 1.73205080756888, -0.5, -5.19615242270663, 0.5, 0.0},
                         kTight));
  EXPECT_TRUE(has_values(rfft(x(), {4}), {3}, {2.5, 0.0, 2.0, -1.5, -2.5, 0.0}, kTight));
  EXPECT_TRUE(has_values(rfft(x(), {8}), {5},
                         {5.5, 0.0, -0.93933982822018, -0.76776695296637, 5.0, -1.5,
                          -3.06066017177982, -2.76776695296637, 0.5, 0.0},
                         kTight));
  const Tensor plane = reshape(x(), {2, 3});
  EXPECT_TRUE(has_values(rfft2d(plane), {2, 2},
                         {5.5, 0.0, -0.5, -5.19615242270663, -1.5, 0.0, 1.5, 0.0}, kTight));
  EXPECT_TRUE(has_values(rfft2d(plane, {3, 2}), {3, 2},
                         {6.5, 0.0, -3.5, 0.0, 1.25, -3.03108891324554, 0.25, 2.1650635094611, 1.25,
                          3.03108891324554, 0.25, -2.1650635094611},
                         kTight));
  EXPECT_TRUE(near(rfft3d(reshape(x(), {1, 2, 3})), reshape(rfft2d(plane), {1, 2, 2})));
}

TEST(irfft, Values) {
  const Tensor half = z()(slice(0, 4));
  EXPECT_TRUE(has_values(irfft(half), {6},
                         {0.58333333333333, -0.42702963774851, -0.6383545031537, -0.91666666666667,
                          0.80502116982037, 1.59369630441518},
                         kTight));
  EXPECT_TRUE(has_values(
      irfft(half, {5}), {5},
      {0.6, -0.48800447676274, -1.08595139274187, -0.055689393758, 2.02964526326262}, kTight));
  EXPECT_TRUE(has_values(irfft(half, {7}), {7},
                         {0.57142857142857, -0.25144530304425, -0.63485755672445, -0.56357016245102,
                          -0.60025155448711, 1.35924150010682, 1.11945450517143},
                         kTight));
  const Tensor plane = reshape(z(), {2, 3});
  const std::vector<double> flat = {1.3125,  -0.9375, -1.1875, 1.5625,
                                    -0.3125, -0.0625, 0.1875,  0.4375};
  EXPECT_TRUE(has_values(irfft2d(plane), {2, 4}, flat, kTight));
  EXPECT_TRUE(
      has_values(irfft2d(plane, {2, 5}), {2, 5},
                 {0.95, -0.50657169873296, -1.02328869065386, -0.41835209584601, 1.74821248523283,
                  -0.35, 0.01856722197022, -0.06266270208801, 0.36266270208801, 0.28143277802978},
                 kTight));
  EXPECT_TRUE(has_values(irfft3d(reshape(z(), {1, 2, 3})), {1, 2, 4}, flat, kTight));
  for (const std::int64_t n : {1, 2, 3, 8, 9, 30}) {
    const Tensor line = sample({4, n}, float64);
    EXPECT_TRUE(near(irfft(rfft(line), {n}), line)) << n;
    const Tensor cube = sample({4, 3, n}, float64);
    EXPECT_TRUE(near(irfft3d(rfft3d(cube), {4, 3, n}), cube)) << n;
  }
}

TEST(rfft, Gradient) {  // the first two are TensorFlow's
  const Tensor at = x();
  const Tensor half = z()(slice(0, 4));
  GradientTape tape{{.persistent = true}};
  tape.watch(at);
  tape.watch(half);
  const Tensor power = reduce_sum(square(abs(rfft(at))) * constant({1.0, 2.0, 3.0, 4.0}, float64));
  EXPECT_TRUE(has_values(tape.gradient(power, at), {6}, {14, 30.5, -17.5, 2, 48.5, -11.5}, kTight));
  const Tensor sum = reduce_sum(irfft(half) * constant({1.0, 2.0, 3.0, 4.0, 5.0, 6.0}, float64));
  EXPECT_TRUE(has_values(tape.gradient(sum, half), {4},
                         {3.5, 0, -1, 1.73205080756888, -1, 0.57735026918963, -0.5, 0}, kTight));
  EXPECT_TRUE(second_gradients_agree(
      [](const std::vector<Tensor>& in) { return square(irfft2d(square(rfft2d(in[0])))); },
      {sample({2, 4}, float64)}));
}

TEST(rfft, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { rfft(z()); }),
            "rfft: needs float32 or float64, got complex128; tf::cast it");
  EXPECT_EQ(error_of<DTypeError>([] { irfft(x()); }),
            "irfft: needs complex numbers, got float64; tf::cast it to tf::complex64");
  EXPECT_EQ(error_of<ShapeError>([] { rfft2d(x()); }),
            "rfft2d: transforms the last 2 axes, but the shape is (6,)");
  EXPECT_EQ(error_of<ValueError>([] {
              rfft(x(), {4, 4});
            }),
            "rfft: fft_length needs 1 sizes, one for each axis, got 2");
  EXPECT_EQ(error_of<ValueError>([] { irfft(z(), {0}); }),
            "irfft: fft_length must be positive, got 0");
}

TEST(fftshift, Values) {
  EXPECT_TRUE(has_values(fftshift(constant({0, 1, 2, -2, -1})), {5}, {-2, -1, 0, 1, 2}));
  EXPECT_TRUE(has_values(fftshift(constant({0, 1, -2, -1})), {4}, {-2, -1, 0, 1}));
  const Tensor plane = reshape(constant({0, 1, 2, 3, 4, 5}), {2, 3});
  EXPECT_TRUE(has_values(fftshift(plane), {2, 3}, {5, 3, 4, 2, 0, 1}));
  EXPECT_TRUE(has_values(fftshift(plane, {1}), {2, 3}, {2, 0, 1, 5, 3, 4}));
  EXPECT_TRUE(identical(ifftshift(fftshift(plane)), plane));
  EXPECT_TRUE(identical(ifftshift(fftshift(plane, {-1}), {-1}), plane));
}

}  // namespace
}  // namespace saem
