#pragma once

// What the kernels of linear algebra share: LAPACK and BLAS for a type, and loops over a batch.
//
// Tensors are stored by rows and LAPACK reads by columns, so LAPACK sees every matrix transposed.
// The kernels turn that to account instead of copying: an LU decomposition of a^T solves systems
// with `a`, the LQ decomposition of a^T is the QR decomposition of `a`.
#include <cblas.h>
#include <lapacke.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <limits>
#include <saem/core/tensor.hpp>
#include <vector>

#include "base/parallel.hpp"
#include "core/dispatch.hpp"

namespace saem::cpu {

/// The routines of one type under one name. All take matrices by columns without gaps.
template <class T>
struct Lapack;

#define SAEM_LAPACK(T, letter)                                  \
  template <>                                                   \
  struct Lapack<T> {                                            \
    static constexpr auto potrf = LAPACKE_##letter##potrf_work; \
    static constexpr auto getrf = LAPACKE_##letter##getrf_work; \
    static constexpr auto getri = LAPACKE_##letter##getri_work; \
    static constexpr auto gelqf = LAPACKE_##letter##gelqf_work; \
    static constexpr auto orglq = LAPACKE_##letter##orglq_work; \
    static constexpr auto gesdd = LAPACKE_##letter##gesdd_work; \
    static constexpr auto gesvd = LAPACKE_##letter##gesvd_work; \
    static constexpr auto syevd = LAPACKE_##letter##syevd_work; \
    static constexpr auto trsm = cblas_##letter##trsm;          \
    static constexpr auto gemm = cblas_##letter##gemm;          \
  };
SAEM_LAPACK(float, s)
SAEM_LAPACK(double, d)
#undef SAEM_LAPACK

/// Calls `body(Type<T>{})` for float32 or float64, which is what the ops let through.
template <class Body>
decltype(auto) dispatch_real(DType dtype, Body&& body) {
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
    if (!(std::abs(a[static_cast<std::size_t>(i) * (static_cast<std::size_t>(n) + 1)]) > T(0))) {
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
  Lapack<T>::trsm(CblasRowMajor, CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, n, columns,
                  T(1), factors, n, b, columns);
  Lapack<T>::trsm(CblasRowMajor, CblasLeft, CblasUpper, CblasNoTrans, CblasUnit, n, columns, T(1),
                  factors, n, b, columns);
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
  constexpr double kRounding = 1.0 + 2.0 * std::numeric_limits<T>::epsilon();
  return std::vector<T>(static_cast<std::size_t>(static_cast<double>(wanted) * kRounding) + 1);
}

/// to (columns, rows) = from (rows, columns)^T.
template <class T>
void transpose_matrix(const T* from, std::int64_t rows, std::int64_t columns, T* to) {
  for (std::int64_t i = 0; i < rows; ++i) {
    for (std::int64_t j = 0; j < columns; ++j) to[j * rows + i] = from[i * columns + j];
  }
}

/// Whether no element is NaN or infinite.
template <class T>
bool is_finite(const T* values, std::int64_t count) {
  return std::all_of(values, values + count, [](T value) { return std::isfinite(value); });
}

}  // namespace saem::cpu
