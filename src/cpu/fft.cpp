// fft; floor 3 of 5: CPU.
//
// A line of any length N: prime factors up to 61 by mixed-radix decimation in time (Cooley and
// Tukey), other lengths as a convolution of a power of two (Bluestein). complex64 is calculated in
// complex128 too, so that its result is right to an ulp or two whatever the length.
#include <algorithm>
#include <cmath>
#include <numbers>
#include <saem/core/op.hpp>
#include <saem/ops/fft.hpp>
#include <vector>

#include "base/parallel.hpp"
#include "core/dispatch.hpp"
#include "cpu/complex.hpp"

namespace saem::cpu {
namespace {

using Complex = std::complex<double>;

/// Points that one thread transforms at a time.
constexpr std::int64_t kGrain = 1 << 13;
/// Beyond this prime, N^2 within a factor costs more than Bluestein's three longer transforms.
constexpr std::int64_t kLargestRadix = 61;

/// e^(-2 pi i k / n)
Complex turn(std::int64_t k, std::int64_t n) {
  return std::polar(1.0, -2.0 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(n));
}

std::vector<std::int64_t> factors_of(std::int64_t n) {
  std::vector<std::int64_t> factors;
  for (; n % 4 == 0; n /= 4) factors.push_back(4);
  for (std::int64_t p = 2; p * p <= n; ++p) {
    for (; n % p == 0; n /= p) factors.push_back(p);
  }
  if (n > 1) factors.push_back(n);
  return factors;
}

/// Everything about one length that does not depend on the numbers.
class Plan {
 public:
  explicit Plan(std::int64_t n) : n_(n), factors_(factors_of(n)) {
    const bool direct =
        factors_.empty() || *std::max_element(factors_.begin(), factors_.end()) <= kLargestRadix;
    if (!direct) {
      prepare_convolution();
      return;
    }
    turns_.resize(static_cast<std::size_t>(n));
    for (std::int64_t k = 0; k < n; ++k) turns_[static_cast<std::size_t>(k)] = turn(k, n);
  }

  /// Complex numbers of working space that `run` needs.
  [[nodiscard]] std::size_t space() const {
    return chirp_.empty() ? 0 : 2 * static_cast<std::size_t>(convolution_[0].n_);
  }

  /// output = transform of input, both (n); they must not overlap.
  void run(const Complex* input, Complex* output, Complex* space) const {
    if (chirp_.empty()) {
      mixed_radix(input, output, n_, 1, 0);
    } else {
      convolve(input, output, space);
    }
  }

 private:
  void mixed_radix(const Complex* input, Complex* output, std::int64_t n, std::int64_t stride,
                   std::size_t level) const {
    if (n == 1) {
      output[0] = input[0];
      return;
    }
    const std::int64_t radix = factors_[level];
    const std::int64_t part = n / radix;
    for (std::int64_t r = 0; r < radix; ++r) {
      mixed_radix(input + r * stride, output + r * part, part, stride * radix, level + 1);
    }
    if (radix == 4) {
      combine_four(output, part, stride);
    } else if (radix == 2) {
      combine_two(output, part, stride);
    } else {
      combine(output, radix, part, stride);
    }
  }

  [[nodiscard]] const Complex& turned(std::int64_t k) const {
    return turns_[static_cast<std::size_t>(k)];
  }

  void combine_two(Complex* output, std::int64_t part, std::int64_t stride) const {
    for (std::int64_t k = 0; k < part; ++k) {
      const Complex odd = product(output[part + k], turned(k * stride));
      output[part + k] = output[k] - odd;
      output[k] += odd;
    }
  }

  void combine_four(Complex* output, std::int64_t part, std::int64_t stride) const {
    for (std::int64_t k = 0; k < part; ++k) {
      const Complex a = output[k];
      const Complex b = product(output[part + k], turned(k * stride));
      const Complex c = product(output[2 * part + k], turned(2 * k * stride));
      const Complex d = product(output[3 * part + k], turned(3 * k * stride));
      const Complex sum = b + d;
      const Complex difference = {(b - d).imag(), -(b - d).real()};  // -i (b - d)
      output[k] = a + c + sum;
      output[part + k] = a - c + difference;
      output[2 * part + k] = a + c - sum;
      output[3 * part + k] = a - c - difference;
    }
  }

  void combine(Complex* output, std::int64_t radix, std::int64_t part, std::int64_t stride) const {
    Complex terms[kLargestRadix];
    for (std::int64_t k = 0; k < part; ++k) {
      for (std::int64_t r = 0; r < radix; ++r) {
        terms[r] = product(output[r * part + k], turned(r * k * stride));
      }
      for (std::int64_t q = 0; q < radix; ++q) {
        Complex sum = terms[0];
        for (std::int64_t r = 1; r < radix; ++r) {
          sum += product(terms[r], turned(r * q % radix * (n_ / radix)));
        }
        output[q * part + k] = sum;
      }
    }
  }

  // Bluestein: nk = (n^2 + k^2 - (k - n)^2) / 2 makes the transform a convolution with a chirp.
  void prepare_convolution() {
    std::int64_t length = 1;
    while (length < 2 * n_ - 1) length *= 2;
    convolution_.emplace_back(length);
    chirp_.resize(static_cast<std::size_t>(n_));
    std::vector<Complex> filter(static_cast<std::size_t>(length));
    std::int64_t square = 0;  // k^2 modulo 2 n, so that the angle keeps its digits
    for (std::int64_t k = 0; k < n_; ++k) {
      const Complex chirp = turn(square, 2 * n_);
      chirp_[static_cast<std::size_t>(k)] = chirp;
      filter[static_cast<std::size_t>(k)] = std::conj(chirp);
      if (k > 0) filter[static_cast<std::size_t>(length - k)] = std::conj(chirp);
      square = (square + 2 * k + 1) % (2 * n_);
    }
    filter_.resize(filter.size());
    convolution_[0].run(filter.data(), filter_.data(), nullptr);
  }

  void convolve(const Complex* input, Complex* output, Complex* space) const {
    const Plan& inner = convolution_[0];
    const auto length = static_cast<std::size_t>(inner.n_);
    const auto points = static_cast<std::size_t>(n_);
    Complex* a = space;
    Complex* b = space + length;
    for (std::size_t k = 0; k < points; ++k) a[k] = product(input[k], chirp_[k]);
    std::fill(a + points, a + length, Complex());
    inner.run(a, b, nullptr);
    // The inverse transform is the conjugate of the transform of the conjugate, over the length.
    for (std::size_t k = 0; k < length; ++k) b[k] = std::conj(product(b[k], filter_[k]));
    inner.run(b, a, nullptr);
    const double share = 1.0 / static_cast<double>(length);
    for (std::size_t k = 0; k < points; ++k) {
      output[k] = product(std::conj(a[k]) * share, chirp_[k]);
    }
  }

  std::int64_t n_;
  std::vector<std::int64_t> factors_;
  std::vector<Complex> turns_;     // (n)
  std::vector<Complex> chirp_;     // (n), if factors are too large
  std::vector<Complex> filter_;    // (length of the convolution)
  std::vector<Plan> convolution_;  // none or one
};

/// Transforms every line along one axis of `data`: (outer, n, inner), in place.
template <class T>
void transform_axis(std::complex<T>* data, std::int64_t outer, std::int64_t n, std::int64_t inner,
                    bool inverse) {
  const Plan plan(n);
  const double share = inverse ? 1.0 / static_cast<double>(n) : 1.0;
  const std::int64_t grain = std::max<std::int64_t>(1, kGrain / n);
  parallel_for(outer * inner, grain, [&](std::int64_t begin, std::int64_t end) {
    std::vector<Complex> buffers(2 * static_cast<std::size_t>(n) + plan.space());
    Complex* line = buffers.data();
    Complex* result = line + n;
    for (; begin < end; ++begin) {
      std::complex<T>* at = data + begin / inner * n * inner + begin % inner;
      for (std::int64_t k = 0; k < n; ++k) {
        const Complex value(at[k * inner]);
        line[k] = inverse ? std::conj(value) : value;
      }
      plan.run(line, result, result + n);
      for (std::int64_t k = 0; k < n; ++k) {
        const Complex value = inverse ? std::conj(result[k]) * share : result[k];
        at[k * inner] = std::complex<T>(value);
      }
    }
  });
}

void run_fft(const OpCall& call, std::span<Tensor> outputs) {
  const auto& options = call.options<FftOptions>();
  const Tensor& x = call.input(0);
  if (x.size() == 0) return;
  dispatch_complex(x.dtype(), [&]<class T>(Type<T>) {
    T* data = outputs[0].mutable_data_as<T>();
    std::copy_n(x.data_as<T>(), x.size(), data);
    std::int64_t inner = 1;
    for (int axis = 1; axis <= options.rank; ++axis) {
      const std::int64_t n = x.shape(-axis);
      transform_axis(data, x.size() / (n * inner), n, inner, options.inverse);
      inner *= n;
    }
  });
}

}  // namespace

void register_fft() { register_kernel("fft", DeviceType::kCPU, {&run_fft}); }

}  // namespace saem::cpu
