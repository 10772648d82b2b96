// det, slogdet, inv, solve, triangular_solve; floor 3 of 5: CPU. LAPACK.
#include <cstring>
#include <saem/core/op.hpp>
#include <saem/ops/linalg_solve.hpp>

#include "cpu/lapack.hpp"

namespace saem::cpu {
namespace {

using linalg::TriangularSolveOptions;

/// What the pivots of one matrix say; the determinant of a^T is that of `a`.
template <class T>
struct Pivots {
  bool negative = false;
  std::vector<T> values;
};

template <class T>
Pivots<T> pivots_of(std::int64_t n, const T* a) {
  std::vector<T> scratch(a, a + n * n);
  std::vector<int> exchanges(static_cast<std::size_t>(n));
  const int size = static_cast<int>(n);
  if (n > 0) Lapack<T>::getrf(LAPACK_COL_MAJOR, size, size, scratch.data(), size, exchanges.data());
  Pivots<T> pivots;
  for (std::int64_t i = 0; i < n; ++i) {
    pivots.values.push_back(scratch[static_cast<std::size_t>(i * n + i)]);
    if (exchanges[static_cast<std::size_t>(i)] != i + 1) pivots.negative = !pivots.negative;
  }
  return pivots;
}

void run_det(const OpCall& call, std::span<Tensor> outputs) {
  const Tensor& a = call.input(0);
  Tensor& y = outputs[0];
  const std::int64_t n = a.shape(-1);
  dispatch_matrix(a.dtype(), [&]<class T>(Type<T>) {
    const T* from = a.data_as<T>();  // (..., n, n)
    T* to = y.mutable_data_as<T>();  // (...)
    for_each_matrix(y.size(), n * n * n / 3, [&](std::int64_t i) {
      const Pivots<T> pivots = pivots_of(n, from + i * n * n);
      T product = pivots.negative ? T(-1) : T(1);
      for (const T pivot : pivots.values) product *= pivot;
      to[i] = product;
      return true;
    });
  });
}

/// x / |x|, which is -1 or 1 for a real number, infinite or not.
template <class T>
T sign_of(T x, RealOf<T> size) {
  if constexpr (kIsComplex<T>) {
    return x / size;
  } else {
    return std::copysign(T(1), x);
  }
}

void run_slogdet(const OpCall& call, std::span<Tensor> outputs) {
  const Tensor& a = call.input(0);
  const std::int64_t n = a.shape(-1);
  dispatch_matrix(a.dtype(), [&]<class T>(Type<T>) {
    const T* from = a.data_as<T>();                // (..., n, n)
    T* to_sign = outputs[0].mutable_data_as<T>();  // (...)
    T* to_log = outputs[1].mutable_data_as<T>();   // (...)
    for_each_matrix(outputs[0].size(), n * n * n / 3, [&](std::int64_t i) {
      const Pivots<T> pivots = pivots_of(n, from + i * n * n);
      T sign = pivots.negative ? T(-1) : T(1);
      RealOf<T> log = 0;
      for (const T pivot : pivots.values) {
        const RealOf<T> size = std::abs(pivot);
        log += std::log(size);
        sign = size > RealOf<T>(0) ? sign * sign_of(pivot, size) : pivot;  // 0 and NaN stay
        if (!(size > RealOf<T>(0))) break;
      }
      to_sign[i] = sign;
      to_log[i] = log;
      return true;
    });
  });
}

/// The inverse of a^T is that of `a`, transposed: in place, by rows or by columns.
template <class T>
bool invert(int n, T* a) {
  std::vector<int> pivots(static_cast<std::size_t>(n));
  if (!factorize(n, a, pivots.data())) return false;
  if (n == 0) return true;
  T wanted = 0;
  Lapack<T>::getri(LAPACK_COL_MAJOR, n, a, n, pivots.data(), &wanted, -1);
  std::vector<T> work = workspace<T>(wanted);
  return Lapack<T>::getri(LAPACK_COL_MAJOR, n, a, n, pivots.data(), work.data(),
                          static_cast<int>(work.size())) == 0;
}

void run_inv(const OpCall& call, std::span<Tensor> outputs) {
  const Tensor& a = call.input(0);
  Tensor& y = outputs[0];
  if (a.size() == 0) return;
  std::memcpy(y.mutable_data(), a.data(), static_cast<std::size_t>(a.nbytes()));
  const std::int64_t n = a.shape(-1);
  const std::int64_t failed = dispatch_matrix(a.dtype(), [&]<class T>(Type<T>) {
    T* data = y.mutable_data_as<T>();  // (..., n, n)
    return for_each_matrix(a.size() / (n * n), n * n * n, [&](std::int64_t i) {
      return invert(static_cast<int>(n), data + i * n * n);
    });
  });
  if (failed >= 0) raise_not_invertible("inv", a, failed);
}

void run_solve(const OpCall& call, std::span<Tensor> outputs) {
  const Tensor& a = call.input(0);
  const Tensor& b = call.input(1);
  Tensor& y = outputs[0];
  if (a.size() == 0) return;
  if (y.size() != 0) {
    std::memcpy(y.mutable_data(), b.data(), static_cast<std::size_t>(b.nbytes()));
  }
  const std::int64_t n = a.shape(-1);
  const std::int64_t columns = b.shape(-1);
  const std::int64_t failed = dispatch_matrix(a.dtype(), [&]<class T>(Type<T>) {
    const T* from = a.data_as<T>();  // (..., n, n)
    T* to = y.mutable_data_as<T>();  // (..., n, columns)
    return for_each_matrix(a.size() / (n * n), n * n * (n / 3 + columns), [&](std::int64_t i) {
      std::vector<T> factors(from + i * n * n, from + (i + 1) * n * n);
      std::vector<int> pivots(static_cast<std::size_t>(n));
      if (!factorize(static_cast<int>(n), factors.data(), pivots.data())) return false;
      solve_factorized(static_cast<int>(n), factors.data(), pivots.data(), to + i * n * columns,
                       static_cast<int>(columns));
      return true;
    });
  });
  if (failed >= 0) raise_not_invertible("solve", a, failed);
}

/// For matrix i of a batch of shape `batch`, which matrix of `x` it is by broadcasting.
std::vector<std::int64_t> broadcast_matrices(const Tensor& x, const Shape& batch) {
  std::vector<std::int64_t> numbers(static_cast<std::size_t>(batch.size()));
  const int lead = batch.rank() - (x.rank() - 2);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    auto rest = static_cast<std::int64_t>(i);
    std::int64_t step = 1;
    for (int axis = batch.rank(); axis-- > 0;) {
      const std::int64_t size = axis < lead ? 1 : x.shape()[axis - lead];
      if (size != 1) numbers[i] += rest % batch[axis] * step;
      step *= size;
      rest /= batch[axis];
    }
  }
  return numbers;
}

void run_triangular_solve(const OpCall& call, std::span<Tensor> outputs) {
  const auto& options = call.options<TriangularSolveOptions>();
  const Tensor& a = call.input(0);
  const Tensor& b = call.input(1);
  Tensor& y = outputs[0];
  if (y.size() == 0) return;
  const std::int64_t n = a.shape(-1);
  const std::int64_t columns = b.shape(-1);
  const Shape batch(y.shape().begin(), y.shape().end() - 2);
  const std::vector<std::int64_t> of_a = broadcast_matrices(a, batch);
  const std::vector<std::int64_t> of_b = broadcast_matrices(b, batch);
  dispatch_matrix(a.dtype(), [&]<class T>(Type<T>) {
    const T* matrices = a.data_as<T>();  // (..., n, n)
    const T* sides = b.data_as<T>();     // (..., n, columns)
    T* to = y.mutable_data_as<T>();      // (..., n, columns)
    for_each_matrix(batch.size(), n * n * columns / 2, [&](std::int64_t i) {
      const auto at = static_cast<std::size_t>(i);
      T* solution = std::copy_n(sides + of_b[at] * n * columns, n * columns, to + i * n * columns) -
                    n * columns;
      trsm(options.lower ? CblasLower : CblasUpper, options.adjoint ? CblasConjTrans : CblasNoTrans,
           CblasNonUnit, static_cast<int>(n), static_cast<int>(columns),
           matrices + of_a[at] * n * n, solution);
      return true;
    });
  });
}

}  // namespace

void register_linalg_solve() {
  register_kernel("det", DeviceType::kCPU, {&run_det});
  register_kernel("slogdet", DeviceType::kCPU, {&run_slogdet});
  register_kernel("inv", DeviceType::kCPU, {&run_inv});
  register_kernel("solve", DeviceType::kCPU, {&run_solve});
  register_kernel("triangular_solve", DeviceType::kCPU, {&run_triangular_solve});
}

}  // namespace saem::cpu
