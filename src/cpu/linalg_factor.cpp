// cholesky, lu, qr; floor 3 of 5: CPU. LAPACK.
#include <cstring>
#include <numeric>
#include <saem/core/op.hpp>
#include <saem/ops/linalg_factor.hpp>

#include "cpu/lapack.hpp"

namespace saem::cpu {
namespace {

using linalg::LuOptions;
using linalg::QrOptions;

/// l of one matrix (n, n), in place. By columns the lower triangle is the upper one of the
/// conjugate of `a`, and u^H u = conj(a) is l l^H = a by rows.
template <class T>
void cholesky_in_place(int n, T* a) {
  int info = n == 0 ? 0 : Lapack<T>::potrf(LAPACK_COL_MAJOR, 'U', n, a, n);
  // OpenBLAS takes NaN for a positive pivot; a NaN anywhere ends up in some diagonal element.
  for (std::int64_t i = 0; i < n && info == 0; ++i) {
    info = std::isnan(std::real(a[i * n + i])) ? 1 : 0;
  }
  for (std::int64_t i = 0; i < n; ++i) {
    if (info != 0) std::fill_n(a + i * n, i + 1, T(std::numeric_limits<RealOf<T>>::quiet_NaN()));
    std::fill_n(a + i * n + i + 1, n - i - 1, T(0));
  }
}

void run_cholesky(const OpCall& call, std::span<Tensor> outputs) {
  Tensor& l = outputs[0];
  if (l.size() == 0) return;
  std::memcpy(l.mutable_data(), call.input(0).data(), static_cast<std::size_t>(l.nbytes()));
  const std::int64_t n = l.shape(-1);
  dispatch_matrix(l.dtype(), [&]<class T>(Type<T>) {
    T* data = l.mutable_data_as<T>();  // (..., n, n)
    for_each_matrix(l.size() / (n * n), n * n * n / 3, [&](std::int64_t i) {
      cholesky_in_place(static_cast<int>(n), data + i * n * n);
      return true;
    });
  });
}

/// p a = l u for one matrix by rows; `scratch` (n, n) holds it by columns meanwhile.
template <class T, class Index>
bool lu_of(int n, const T* a, T* scratch, int* pivots, T* lower_upper, Index* permutation) {
  transpose_matrix(a, n, n, scratch);
  if (!factorize(n, scratch, pivots)) return false;
  transpose_matrix(scratch, n, n, lower_upper);
  std::iota(permutation, permutation + n, Index{0});
  for (int i = 0; i < n; ++i) std::swap(permutation[i], permutation[pivots[i] - 1]);
  return true;
}

void run_lu(const OpCall& call, std::span<Tensor> outputs) {
  const Tensor& a = call.input(0);
  if (a.size() == 0) return;
  const std::int64_t n = a.shape(-1);
  const auto run = [&]<class T, class Index>(Type<T>, Type<Index>) {
    const T* from = a.data_as<T>();                            // (..., n, n)
    T* lower_upper = outputs[0].mutable_data_as<T>();          // (..., n, n)
    Index* permutation = outputs[1].mutable_data_as<Index>();  // (..., n)
    return for_each_matrix(a.size() / (n * n), n * n * n, [&](std::int64_t i) {
      std::vector<T> scratch(static_cast<std::size_t>(n * n));
      std::vector<int> pivots(static_cast<std::size_t>(n));
      return lu_of(static_cast<int>(n), from + i * n * n, scratch.data(), pivots.data(),
                   lower_upper + i * n * n, permutation + i * n);
    });
  };
  const std::int64_t failed = dispatch_matrix(a.dtype(), [&]<class T>(Type<T> type) {
    return call.options<LuOptions>().output_idx_type == int64 ? run(type, Type<std::int64_t>{})
                                                              : run(type, Type<std::int32_t>{});
  });
  if (failed >= 0) raise_not_invertible("lu", a, failed);
}

/// a = q r for one matrix (m, n) by rows, which `scratch` holds and loses. By columns it is a^T =
/// l q', so r = l^T and q = q'^T: by rows both lie where they should.
template <class T>
void qr_of(int m, int n, int q_columns, T* scratch, T* q, T* r) {
  const int k = std::min(m, n);
  std::vector<T> tau(static_cast<std::size_t>(k));
  T wanted[2] = {0, 0};
  Lapack<T>::gelqf(LAPACK_COL_MAJOR, n, m, scratch, n, tau.data(), &wanted[0], -1);
  Lapack<T>::orglq(LAPACK_COL_MAJOR, q_columns, m, k, q, q_columns, tau.data(), &wanted[1], -1);
  std::vector<T> work =
      workspace<T>(std::real(wanted[0]) > std::real(wanted[1]) ? wanted[0] : wanted[1]);
  const int size = static_cast<int>(work.size());
  Lapack<T>::gelqf(LAPACK_COL_MAJOR, n, m, scratch, n, tau.data(), work.data(), size);
  for (std::int64_t i = 0; i < q_columns; ++i) {  // r (q_columns, n)
    for (std::int64_t j = 0; j < n; ++j) r[i * n + j] = i <= j && i < k ? scratch[i * n + j] : T(0);
  }
  for (std::int64_t j = 0; j < m; ++j) {  // the reflections, (q_columns, m) by columns
    for (std::int64_t i = 0; i < k; ++i) q[j * q_columns + i] = scratch[j * n + i];
  }
  Lapack<T>::orglq(LAPACK_COL_MAJOR, q_columns, m, k, q, q_columns, tau.data(), work.data(), size);
}

template <class T>
void fill_identity(T* y, std::int64_t count, std::int64_t n) {
  std::fill_n(y, count * n * n, T(0));
  for (std::int64_t i = 0; i < count * n; ++i) y[i * n + i % n] = T(1);
}

void run_qr(const OpCall& call, std::span<Tensor> outputs) {
  const Tensor& a = call.input(0);
  Tensor& q = outputs[0];
  Tensor& r = outputs[1];
  const std::int64_t m = a.shape(-2);
  const std::int64_t n = a.shape(-1);
  const std::int64_t columns = q.shape(-1);
  dispatch_matrix(a.dtype(), [&]<class T>(Type<T>) {
    const T* from = a.data_as<T>();    // (..., m, n)
    T* to_q = q.mutable_data_as<T>();  // (..., m, columns)
    T* to_r = r.mutable_data_as<T>();  // (..., columns, n)
    if (a.size() == 0) {               // no columns: q of full_matrices is all there is
      if (q.size() != 0) fill_identity(to_q, q.size() / (m * m), m);
      return;
    }
    for_each_matrix(a.size() / (m * n), 2 * m * n * std::min(m, n), [&](std::int64_t i) {
      std::vector<T> scratch(from + i * m * n, from + (i + 1) * m * n);
      qr_of(static_cast<int>(m), static_cast<int>(n), static_cast<int>(columns), scratch.data(),
            to_q + i * m * columns, to_r + i * columns * n);
      return true;
    });
  });
}

}  // namespace

void register_linalg_factor() {
  register_kernel("cholesky", DeviceType::kCPU, {&run_cholesky});
  register_kernel("lu", DeviceType::kCPU, {&run_lu});
  register_kernel("qr", DeviceType::kCPU, {&run_qr});
}

}  // namespace saem::cpu
