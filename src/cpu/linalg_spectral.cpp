// svd, eigh; floor 3 of 5: CPU. LAPACK's divide and conquer.
#include <cstring>
#include <saem/core/op.hpp>
#include <saem/ops/linalg_spectral.hpp>

#include "cpu/lapack.hpp"

namespace saem::cpu {
namespace {

using linalg::EighOptions;
using linalg::SvdOptions;

/// The matrices of one decomposition, by rows. a (m, n) by rows is a^T = u' s v'^H by columns, so
/// that u = conj(v') and v = conj(u'); LAPACK writes v'^H by columns, which is u by rows as it
/// should be.
template <class T>
struct SvdOutput {
  RealOf<T>* s;  ///< (k)
  T* u;          ///< (m, u_columns); null if not wanted
  T* v;          ///< (n, v_columns)
  std::int64_t u_columns;
  std::int64_t v_columns;
};

/// Divide and conquer.
template <class T>
bool run_gesdd(char job, int m, int n, T* a, RealOf<T>* s, T* u, int ldu, T* vt, int ldvt) {
  const auto least = static_cast<std::size_t>(std::min(m, n));
  std::vector<int> integers(8 * least);
  const auto run = [&](T* work, int size) {
    if constexpr (kIsComplex<T>) {
      // What LAPACK's documentation of cgesdd asks for, for every job.
      const auto most = static_cast<std::size_t>(std::max(m, n));
      std::vector<RealOf<T>> reals(
          std::max(5 * least * least + 7 * least, 2 * most * least + 2 * least * least + least));
      return Lapack<T>::gesdd(LAPACK_COL_MAJOR, job, n, m, a, n, s, u, ldu, vt, ldvt, work, size,
                              reals.data(), integers.data());
    } else {
      return Lapack<T>::gesdd(LAPACK_COL_MAJOR, job, n, m, a, n, s, u, ldu, vt, ldvt, work, size,
                              integers.data());
    }
  };
  T wanted = 0;
  run(&wanted, -1);
  std::vector<T> work = workspace<T>(wanted);
  return run(work.data(), static_cast<int>(work.size())) == 0;
}

/// Slower, and converges where divide and conquer gives up.
template <class T>
bool run_gesvd(char job, int m, int n, T* a, RealOf<T>* s, T* u, int ldu, T* vt, int ldvt) {
  const auto run = [&](T* work, int size) {
    if constexpr (kIsComplex<T>) {
      std::vector<RealOf<T>> reals(5 * static_cast<std::size_t>(std::min(m, n)));
      return Lapack<T>::gesvd(LAPACK_COL_MAJOR, job, job, n, m, a, n, s, u, ldu, vt, ldvt, work,
                              size, reals.data());
    } else {
      return Lapack<T>::gesvd(LAPACK_COL_MAJOR, job, job, n, m, a, n, s, u, ldu, vt, ldvt, work,
                              size);
    }
  };
  T wanted = 0;
  run(&wanted, -1);
  std::vector<T> work = workspace<T>(wanted);
  return run(work.data(), static_cast<int>(work.size())) == 0;
}

template <class T>
void svd_of(std::int64_t m, std::int64_t n, const T* a, const SvdOutput<T>& output) {
  const std::int64_t k = std::min(m, n);
  std::vector<T> left(static_cast<std::size_t>(output.u == nullptr ? 0 : n * output.v_columns));
  bool found = false;
  if (is_finite(a, m * n)) {
    const char job = output.u == nullptr                              ? 'N'
                     : output.u_columns == k && output.v_columns == k ? 'S'
                                                                      : 'A';
    const int rows = static_cast<int>(m);
    const int columns = static_cast<int>(n);
    const int leading = static_cast<int>(std::max<std::int64_t>(1, output.u_columns));
    std::vector<T> scratch(a, a + m * n);
    found = run_gesdd(job, rows, columns, scratch.data(), output.s, left.data(), columns, output.u,
                      leading);
    if (!found) {
      scratch.assign(a, a + m * n);
      found = run_gesvd(job, rows, columns, scratch.data(), output.s, left.data(), columns,
                        output.u, leading);
    }
  }
  constexpr RealOf<T> kNan = std::numeric_limits<RealOf<T>>::quiet_NaN();
  if (!found) std::fill_n(output.s, k, kNan);
  if (output.u == nullptr) return;
  if (found) {
    adjoint_matrix(left.data(), output.v_columns, n, output.v);
  } else {
    std::fill_n(output.u, m * output.u_columns, T(kNan));
    std::fill_n(output.v, n * output.v_columns, T(kNan));
  }
}

/// The vectors of a matrix without elements: any orthonormal ones.
template <class T>
void fill_identity(Tensor& y) {
  const std::int64_t rows = y.shape(-2);
  const std::int64_t columns = y.shape(-1);
  T* data = y.mutable_data_as<T>();
  for (std::int64_t i = 0; i < y.size(); ++i) {
    data[i] = i / columns % rows == i % columns ? T(1) : T(0);
  }
}

void run_svd(const OpCall& call, std::span<Tensor> outputs) {
  const Tensor& a = call.input(0);
  const std::int64_t m = a.shape(-2);
  const std::int64_t n = a.shape(-1);
  const std::int64_t k = std::min(m, n);
  const bool vectors = call.options<SvdOptions>().compute_uv;
  dispatch_matrix(a.dtype(), [&]<class T>(Type<T>) {
    if (a.size() == 0) {
      for (std::size_t i = 1; i < outputs.size(); ++i) {
        if (outputs[i].size() != 0) fill_identity<T>(outputs[i]);
      }
      return;
    }
    const T* from = a.data_as<T>();                              // (..., m, n)
    auto* s = outputs[0].mutable_data_as<RealOf<T>>();           // (..., k)
    T* u = vectors ? outputs[1].mutable_data_as<T>() : nullptr;  // (..., m, columns)
    T* v = vectors ? outputs[2].mutable_data_as<T>() : nullptr;  // (..., n, columns)
    const std::int64_t u_columns = vectors ? outputs[1].shape(-1) : 0;
    const std::int64_t v_columns = vectors ? outputs[2].shape(-1) : 0;
    for_each_matrix(a.size() / (m * n), 10 * m * n * k, [&](std::int64_t i) {
      svd_of<T>(m, n, from + i * m * n,
                {s + i * k, vectors ? u + i * m * u_columns : nullptr,
                 vectors ? v + i * n * v_columns : nullptr, u_columns, v_columns});
      return true;
    });
  });
}

/// e (n) and v (n, n) of one matrix, which `scratch` holds and loses; the lower triangle by rows is
/// the upper one of the conjugate by columns. A conjugated eigenvector comes as a row.
template <class T>
bool eigh_of(int n, T* scratch, RealOf<T>* e, T* v) {
  for (std::int64_t i = 0; i < n; ++i) {
    if (!is_finite(scratch + i * n, i + 1)) return false;
  }
  const char job = v == nullptr ? 'N' : 'V';
  T wanted = 0;
  int wanted_integers = 0;
  if constexpr (kIsComplex<T>) {
    RealOf<T> wanted_reals = 0;
    Lapack<T>::syevd(LAPACK_COL_MAJOR, job, 'U', n, scratch, n, e, &wanted, -1, &wanted_reals, -1,
                     &wanted_integers, -1);
    std::vector<T> work = workspace<T>(wanted);
    std::vector<RealOf<T>> reals = workspace<RealOf<T>>(wanted_reals);
    std::vector<int> integers(static_cast<std::size_t>(wanted_integers));
    if (Lapack<T>::syevd(LAPACK_COL_MAJOR, job, 'U', n, scratch, n, e, work.data(),
                         static_cast<int>(work.size()), reals.data(),
                         static_cast<int>(reals.size()), integers.data(), wanted_integers) != 0) {
      return false;
    }
  } else {
    Lapack<T>::syevd(LAPACK_COL_MAJOR, job, 'U', n, scratch, n, e, &wanted, -1, &wanted_integers,
                     -1);
    std::vector<T> work = workspace<T>(wanted);
    std::vector<int> integers(static_cast<std::size_t>(wanted_integers));
    if (Lapack<T>::syevd(LAPACK_COL_MAJOR, job, 'U', n, scratch, n, e, work.data(),
                         static_cast<int>(work.size()), integers.data(), wanted_integers) != 0) {
      return false;
    }
  }
  if (v != nullptr) adjoint_matrix(scratch, n, n, v);
  return true;
}

void run_eigh(const OpCall& call, std::span<Tensor> outputs) {
  const Tensor& a = call.input(0);
  if (a.size() == 0) return;
  const std::int64_t n = a.shape(-1);
  const bool vectors = call.options<EighOptions>().compute_v;
  const std::int64_t failed = dispatch_matrix(a.dtype(), [&]<class T>(Type<T>) {
    const T* from = a.data_as<T>();                              // (..., n, n)
    T* e = outputs[0].mutable_data_as<T>();                      // (..., n)
    T* v = vectors ? outputs[1].mutable_data_as<T>() : nullptr;  // (..., n, n)
    return for_each_matrix(a.size() / (n * n), 5 * n * n * n, [&](std::int64_t i) {
      std::vector<T> scratch(from + i * n * n, from + (i + 1) * n * n);
      std::vector<RealOf<T>> values(static_cast<std::size_t>(n));
      if (!eigh_of(static_cast<int>(n), scratch.data(), values.data(),
                   vectors ? v + i * n * n : nullptr)) {
        return false;
      }
      std::copy(values.begin(), values.end(), e + i * n);  // real numbers, of the dtype of `a`
      return true;
    });
  });
  if (failed >= 0) {
    raise<ValueError>("eigh", "matrix {} of {} has no eigenvalues: it holds NaN or an infinity",
                      failed, a.size() / (n * n));
  }
}

}  // namespace

void register_linalg_spectral() {
  register_kernel("svd", DeviceType::kCPU, {&run_svd});
  register_kernel("eigh", DeviceType::kCPU, {&run_eigh});
}

}  // namespace saem::cpu
