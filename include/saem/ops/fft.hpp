#pragma once

#include <saem/core/tensor.hpp>
#include <vector>

/// Discrete Fourier transforms over the innermost axes.
namespace saem {

/// What the op behind all transforms does.
struct FftOptions {
  static constexpr const char* kName = "FftOptions";
  int rank = 1;          ///< how many of the last axes are transformed
  bool inverse = false;  ///< divides by the number of points and turns the other way
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("rank", self.rank);
    visit("inverse", self.inverse);
  }
};

namespace signal {

/// Fourier transform of the last axis: z_k = sum_n x_n e^(-2 pi i k n / N). Any N; N log N steps.
///
/// @param x  complex64 or complex128, rank at least 1
/// @return   the shape and dtype of `x`
/// @throws DTypeError if `x` is not complex; ShapeError for a rank that is too small
/// Gradient: dx = N * ifft(dz).  Source: tf.signal.fft.
/// @code std::cout << tf::signal::fft(tf::constant({1.0, 2.0}, tf::complex64));
/// // tf.Tensor([ 3.+0.j -1.+0.j], shape=(2,), dtype=complex64) @endcode
SAEM_API Tensor fft(const Tensor& x);

/// Inverse Fourier transform of the last axis: x_n = (1 / N) sum_k z_k e^(2 pi i k n / N).
///
/// @param x  complex64 or complex128, rank at least 1
/// @return   the shape and dtype of `x`
/// @throws DTypeError if `x` is not complex; ShapeError for a rank that is too small
/// Gradient: dx = fft(dz) / N.  Source: tf.signal.ifft.
/// @code std::cout << tf::signal::ifft(tf::constant({3.0, -1.0}, tf::complex64));
/// // tf.Tensor([1.-0.j 2.+0.j], shape=(2,), dtype=complex64) @endcode
SAEM_API Tensor ifft(const Tensor& x);

/// Fourier transform of the last two axes: that of one after that of the other.
///
/// @param x  complex64 or complex128, rank at least 2
/// @return   the shape and dtype of `x`
/// @throws DTypeError if `x` is not complex; ShapeError for a rank that is too small
/// Gradient: dx = N * ifft2d(dz).  Source: tf.signal.fft2d.
/// @code std::cout << tf::signal::fft2d(tf::constant({{1.0, 2.0}}, tf::complex64))(0);
/// // tf.Tensor([ 3.+0.j -1.+0.j], shape=(2,), dtype=complex64) @endcode
SAEM_API Tensor fft2d(const Tensor& x);

/// Inverse Fourier transform of the last two axes.
///
/// @param x  complex64 or complex128, rank at least 2
/// @return   the shape and dtype of `x`
/// @throws DTypeError if `x` is not complex; ShapeError for a rank that is too small
/// Gradient: dx = fft2d(dz) / N.  Source: tf.signal.ifft2d.
/// @code std::cout << tf::signal::ifft2d(tf::constant({{3.0, -1.0}}, tf::complex64))(0);
/// // tf.Tensor([1.-0.j 2.+0.j], shape=(2,), dtype=complex64) @endcode
SAEM_API Tensor ifft2d(const Tensor& x);

/// Fourier transform of the last three axes.
///
/// @param x  complex64 or complex128, rank at least 3
/// @return   the shape and dtype of `x`
/// @throws DTypeError if `x` is not complex; ShapeError for a rank that is too small
/// Gradient: dx = N * ifft3d(dz).  Source: tf.signal.fft3d.
/// @code std::cout << tf::signal::fft3d(tf::constant({{{1.0, 2.0}}}, tf::complex64))(0, 0);
/// // tf.Tensor([ 3.+0.j -1.+0.j], shape=(2,), dtype=complex64) @endcode
SAEM_API Tensor fft3d(const Tensor& x);

/// Inverse Fourier transform of the last three axes.
///
/// @param x  complex64 or complex128, rank at least 3
/// @return   the shape and dtype of `x`
/// @throws DTypeError if `x` is not complex; ShapeError for a rank that is too small
/// Gradient: dx = fft3d(dz) / N.  Source: tf.signal.ifft3d.
/// @code std::cout << tf::signal::ifft3d(tf::constant({{{3.0, -1.0}}}, tf::complex64))(0, 0);
/// // tf.Tensor([1.-0.j 2.+0.j], shape=(2,), dtype=complex64) @endcode
SAEM_API Tensor ifft3d(const Tensor& x);

/// Fourier transform of real numbers: the first N / 2 + 1 coefficients of the last axis; the others
/// are their conjugates.
///
/// @param x           float32 or float64, rank at least 1
/// @param fft_length  sizes to cut or fill up with zeros the last axes to first; default their own
/// @return            complex; the last axis has N / 2 + 1 entries
/// @throws DTypeError for other dtypes; ShapeError for a rank that is too small; ValueError for
///         another number of lengths or one below 1
/// Gradient: that of its definition.  Source: tf.signal.rfft.
/// @code std::cout << tf::signal::rfft(tf::constant({1.0, 2.0}));
/// // tf.Tensor([ 3.+0.j -1.+0.j], shape=(2,), dtype=complex64) @endcode
SAEM_API Tensor rfft(const Tensor& x, const std::vector<std::int64_t>& fft_length = {});
/// As `rfft`, of the last two axes. Source: tf.signal.rfft2d.
SAEM_API Tensor rfft2d(const Tensor& x, const std::vector<std::int64_t>& fft_length = {});
/// As `rfft`, of the last three axes. Source: tf.signal.rfft3d.
SAEM_API Tensor rfft3d(const Tensor& x, const std::vector<std::int64_t>& fft_length = {});

/// Inverse of `rfft`: real numbers from half of their coefficients.
///
/// @param x           complex64 or complex128, rank at least 1
/// @param fft_length  sizes of the result's last axes; default 2 (last size - 1)
/// @return            float32 or float64
/// @throws DTypeError for other dtypes; ShapeError for a rank that is too small; ValueError for
///         another number of lengths or one below 1
/// Gradient: that of its definition.  Source: tf.signal.irfft.
/// @code std::cout << tf::signal::irfft(tf::constant({3.0, -1.0}, tf::complex64));
/// // tf.Tensor([1. 2.], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor irfft(const Tensor& x, const std::vector<std::int64_t>& fft_length = {});
/// As `irfft`, of the last two axes. Source: tf.signal.irfft2d.
SAEM_API Tensor irfft2d(const Tensor& x, const std::vector<std::int64_t>& fft_length = {});
/// As `irfft`, of the last three axes. Source: tf.signal.irfft3d.
SAEM_API Tensor irfft3d(const Tensor& x, const std::vector<std::int64_t>& fft_length = {});

/// Moves frequency zero to the middle of each axis: a roll by half its size.
///
/// @param x     any tensor
/// @param axes  which axes, default all
/// @return      the shape and dtype of `x`
/// @throws ShapeError for an axis out of range
/// Gradient: ifftshift(dz).  Source: tf.signal.fftshift.
/// @code std::cout << tf::signal::fftshift(tf::constant({0, 1, 2, -2, -1}));
/// // tf.Tensor([-2 -1  0  1  2], shape=(5,), dtype=int32) @endcode
SAEM_API Tensor fftshift(const Tensor& x, const Axes& axes = {});

/// Takes `fftshift` back.
///
/// @param x     any tensor
/// @param axes  which axes, default all
/// @return      the shape and dtype of `x`
/// @throws ShapeError for an axis out of range
/// Gradient: fftshift(dz).  Source: tf.signal.ifftshift.
/// @code std::cout << tf::signal::ifftshift(tf::constant({-2, -1, 0, 1, 2}));
/// // tf.Tensor([ 0  1  2 -2 -1], shape=(5,), dtype=int32) @endcode
SAEM_API Tensor ifftshift(const Tensor& x, const Axes& axes = {});

}  // namespace signal
}  // namespace saem
