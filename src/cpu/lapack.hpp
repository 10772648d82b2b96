#pragma once

// What the kernels of linear algebra share: LAPACK and BLAS for a type, and loops over a batch.
//
// Tensors are stored by rows and LAPACK reads by columns, so LAPACK sees every matrix transposed.
// The kernels turn that to account instead of copying: an LU decomposition of a^T solves systems
// with `a`, the LQ decomposition of a^T is the QR decomposition of `a`.
#include <complex>
#define lapack_complex_float std::complex<float>
#define lapack_complex_double std::complex<double>
#include <cblas.h>
#include <lapacke.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <limits>
#include <saem/core/tensor.hpp>
#include <type_traits>
#include <vector>

#include "base/parallel.hpp"
#include "core/dispatch.hpp"

namespace saem::cpu {

/// The routines of one type under one name. All take matrices by columns without gaps.
template <class T>
struct Lapack;

#define SAEM_LAPACK_COMMON(T, letter)                         \
  static constexpr auto potrf = LAPACKE_##letter##potrf_work; \
  static constexpr auto getrf = LAPACKE_##letter##getrf_work; \
  static constexpr auto getri = LAPACKE_##letter##getri_work; \
  static constexpr auto gelqf = LAPACKE_##letter##gelqf_work; \
  static constexpr auto blas_trsm = cblas_##letter##trsm;     \
  static constexpr auto blas_gemm = cblas_##letter##gemm;
#define SAEM_LAPACK_REAL(T, letter)                             \
  template <>                                                   \
  struct Lapack<T> {                                            \
    SAEM_LAPACK_COMMON(T, letter)                               \
    static constexpr auto orglq = LAPACKE_##letter##orglq_work; \
    static constexpr auto gesdd = LAPACKE_##letter##gesdd_work; \
    static constexpr auto gesvd = LAPACKE_##letter##gesvd_work; \
    static constexpr auto syevd = LAPACKE_##letter##syevd_work; \
  };
#define SAEM_LAPACK_COMPLEX(T, letter)                          \
  template <>                                                   \
  struct Lapack<T> {                                            \
    SAEM_LAPACK_COMMON(T, letter)                               \
    static constexpr auto orglq = LAPACKE_##letter##unglq_work; \
    static constexpr auto gesdd = LAPACKE_##letter##gesdd_work; \
    static constexpr auto gesvd = LAPACKE_##letter##gesvd_work; \
    static constexpr auto syevd = LAPACKE_##letter##heevd_work; \
  };
SAEM_LAPACK_REAL(float, s)
SAEM_LAPACK_REAL(double, d)
SAEM_LAPACK_COMPLEX(std::complex<float>, c)
SAEM_LAPACK_COMPLEX(std::complex<double>, z)
#undef SAEM_LAPACK_COMPLEX
#undef SAEM_LAPACK_REAL
#undef SAEM_LAPACK_COMMON

/// The type of the real and imaginary parts; a real type itself.
template <class T>
using RealOf = decltype(std::real(T{}));
template <class T>
inline constexpr bool kIsComplex = !std::is_same_v<T, RealOf<T>>;

/// The conjugate, a real number itself (std::conj would make it complex).
template <class T>
T conjugate(T x) {
  if constexpr (kIsComplex<T>) return std::conj(x);
  return x;
}

/// y (m, n) = op(a) op(b), all by rows; BLAS takes complex scales by their addresses.
template <class T>
void gemm(CBLAS_TRANSPOSE op_a, CBLAS_TRANSPOSE op_b, int m, int n, int k, const T* a, int lda,
          const T* b, int ldb, T* y, int ldy) {
  const T one = 1;
  const T zero = 0;
  if constexpr (kIsComplex<T>) {
    Lapack<T>::blas_gemm(CblasRowMajor, op_a, op_b, m, n, k, &one, a, lda, b, ldb, &zero, y, ldy);
  } else {
    Lapack<T>::blas_gemm(CblasRowMajor, op_a, op_b, m, n, k, one, a, lda, b, ldb, zero, y, ldy);
  }
}

/// b (n, columns) by rows becomes the solution of op(a) y = b for triangular a.
template <class T>
void trsm(CBLAS_UPLO triangle, CBLAS_TRANSPOSE op, CBLAS_DIAG diagonal, int n, int columns,
          const T* a, T* b) {
  const T one = 1;
  if constexpr (kIsComplex<T>) {
    Lapack<T>::blas_trsm(CblasRowMajor, CblasLeft, triangle, op, diagonal, n, columns, &one, a, n,
                         b, columns);
  } else {
    Lapack<T>::blas_trsm(CblasRowMajor, CblasLeft, triangle, op, diagonal, n, columns, one, a, n, b,
                         columns);
  }
}

/// Calls `body(Type<T>{})` for float32, float64, complex64 or complex128, which is what the ops let
/// through.
template <class Body>
decltype(auto) dispatch_matrix(DType dtype, Body&& body) {
  if (dtype.is_complex()) return dispatch_complex(dtype, body);
  return dtype == float64 ? body(Type<double>{}) : body(Type<float>{});
}

/// Throws ValueError for matrix `index` of the batch `a`.
[[noreturn, gnu::cold]] inline void raise_not_invertible(const char* op, const Tensor& a,
                                                         std::int64_t index) {
  const std::string which =
      a.rank() == 2 ? "the matrix" : fmt::format("matrix {} of the batch", index);
  raise<ValueError>(op,
                    "{} is not invertible; add a small multiple of the identity, or use "
                    "tf::linalg::pinv",
                    which);
}

/// Multiplications that are worth a second thread.
inline constexpr std::int64_t kMatrixGrain = 1 << 14;

/// Calls `body(i)` for each of `count` matrices that cost `work` multiplications, on all threads.
/// A body that returns false says that matrix i cannot be had; the answer is the first such i, or
/// -1. Matrices are never divided between threads here: LAPACK itself does that for a single one,
/// and notices that it must not inside a parallel loop.
template <class Body>
std::int64_t for_each_matrix(std::int64_t count, std::int64_t work, Body&& body) {
  std::atomic<std::int64_t> failed{std::numeric_limits<std::int64_t>::max()};
  const std::int64_t grain =
      std::max<std::int64_t>(1, kMatrixGrain / std::max<std::int64_t>(work, 1));
  parallel_for(count, grain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      if (body(i)) continue;
      std::int64_t first = failed.load();
      while (i < first && !failed.compare_exchange_weak(first, i)) {
      }
    }
  });
  const std::int64_t first = failed.load();
  return first == std::numeric_limits<std::int64_t>::max() ? -1 : first;
}

/// a^T = p l u in the place of `a` (n, n) by rows; false if a pivot is 0 or NaN.
template <class T>
bool factorize(int n, T* a, int* pivots) {
  if (n == 0) return true;
  const int info = Lapack<T>::getrf(LAPACK_COL_MAJOR, n, n, a, n, pivots);
  if (info < 0) return false;
  for (int i = 0; i < n; ++i) {
    if (!(std::abs(a[static_cast<std::size_t>(i) * (static_cast<std::size_t>(n) + 1)]) >
          RealOf<T>(0))) {
      return false;
    }
  }
  return true;
}

/// b (n, columns) by rows becomes the solution of a y = b for the `a` that `factorize` was given:
/// a = u^T l^T p^T, and by rows the buffer holds u^T below and on the diagonal, l^T above it.
template <class T>
void solve_factorized(int n, const T* factors, const int* pivots, T* b, int columns) {
  if (n == 0 || columns == 0) return;
  trsm(CblasLower, CblasNoTrans, CblasNonUnit, n, columns, factors, b);
  trsm(CblasUpper, CblasNoTrans, CblasUnit, n, columns, factors, b);
  for (int i = n; i-- > 0;) {
    const int j = pivots[i] - 1;
    if (j == i) continue;
    std::swap_ranges(b + std::int64_t{i} * columns, b + std::int64_t{i + 1} * columns,
                     b + std::int64_t{j} * columns);
  }
}

/// The workspace that a LAPACK routine asked for as a number of its own type, which float32 rounds.
template <class T>
std::vector<T> workspace(T wanted) {
  constexpr double kRounding = 1.0 + 2.0 * std::numeric_limits<RealOf<T>>::epsilon();
  const auto size = static_cast<double>(std::real(wanted));
  return std::vector<T>(static_cast<std::size_t>(size * kRounding) + 1);
}

/// to (columns, rows) = from (rows, columns)^T.
template <class T>
void transpose_matrix(const T* from, std::int64_t rows, std::int64_t columns, T* to) {
  for (std::int64_t i = 0; i < rows; ++i) {
    for (std::int64_t j = 0; j < columns; ++j) to[j * rows + i] = from[i * columns + j];
  }
}

/// The same, and conjugated.
template <class T>
void adjoint_matrix(const T* from, std::int64_t rows, std::int64_t columns, T* to) {
  for (std::int64_t i = 0; i < rows; ++i) {
    for (std::int64_t j = 0; j < columns; ++j) to[j * rows + i] = conjugate(from[i * columns + j]);
  }
}

/// Whether no element is NaN or infinite.
template <class T>
bool is_finite(const T* values, std::int64_t count) {
  return std::all_of(values, values + count, [](T value) {
    return std::isfinite(std::real(value)) && std::isfinite(std::imag(value));
  });
}

}  // namespace saem::cpu
