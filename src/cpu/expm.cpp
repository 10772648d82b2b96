// expm, floor 3 of 5: CPU. Scaling and squaring with Pade approximants: N. J. Higham, "The scaling
// and squaring method for the matrix exponential revisited", SIAM J. Matrix Anal. Appl. 26 (2005).
#include <saem/core/op.hpp>
#include <saem/ops/linalg_solve.hpp>
#include <span>

#include "cpu/lapack.hpp"

namespace saem::cpu {
namespace {

/// A Pade approximant of exp: numerator p(x), denominator p(-x), and the largest 1-norm for which
/// its relative error stays below the rounding error (Higham 2005, table 2.3).
struct Pade {
  double largest_norm;
  std::span<const double> coefficients;  ///< of x^0, x^1, ...
};

constexpr double kPade3[] = {120, 60, 12, 1};
constexpr double kPade5[] = {30240, 15120, 3360, 420, 30, 1};
constexpr double kPade7[] = {17297280, 8648640, 1995840, 277200, 25200, 1512, 56, 1};
constexpr double kPade9[] = {17643225600, 8821612800, 2075673600, 302702400, 30270240,
                             2162160,     110880,     3960,       90,        1};
constexpr double kPade13[] = {64764752532480000,
                              32382376266240000,
                              7771770303897600,
                              1187353796428800,
                              129060195264000,
                              10559470521600,
                              670442572800,
                              33522128640,
                              1323241920,
                              40840800,
                              960960,
                              16380,
                              182,
                              1};

constexpr Pade kFloat64Pades[] = {{1.495585217958292e-2, kPade3},
                                  {2.539398330063230e-1, kPade5},
                                  {9.504178996162932e-1, kPade7},
                                  {2.097847961257068, kPade9},
                                  {5.371920351148152, kPade13}};
constexpr Pade kFloat32Pades[] = {
    {4.258730016922831e-1, kPade3}, {1.880152677804762, kPade5}, {3.925724783138660, kPade7}};

template <class T>
class Exponential {
 public:
  explicit Exponential(int n) : n_(n), size_(static_cast<std::size_t>(n) * n) {}

  void operator()(const T* a, T* y) {
    const double norm = one_norm(a);
    if (!std::isfinite(norm)) {
      std::fill_n(y, size_, T(std::numeric_limits<RealOf<T>>::quiet_NaN()));
      return;
    }
    const std::span<const Pade> pades =
        sizeof(RealOf<T>) == sizeof(double) ? std::span<const Pade>(kFloat64Pades) : kFloat32Pades;
    const auto* pade = &pades.back();
    int squarings = 0;
    for (const Pade& each : pades) {
      if (norm <= each.largest_norm && each.largest_norm < pade->largest_norm) pade = &each;
    }
    if (norm > pade->largest_norm) {
      squarings = static_cast<int>(std::ceil(std::log2(norm / pade->largest_norm)));
    }
    std::vector<T> x(a, a + size_);
    const RealOf<T> scale = std::ldexp(RealOf<T>(1), -squarings);
    for (T& value : x) value *= scale;
    approximate(x, pade->coefficients, y);
    for (int i = 0; i < squarings; ++i) {
      multiply(y, y, x.data());
      std::copy(x.begin(), x.end(), y);
    }
  }

 private:
  static auto wide(T x) {
    if constexpr (kIsComplex<T>) {
      return std::complex<double>(x);
    } else {
      return static_cast<double>(x);
    }
  }

  [[nodiscard]] double one_norm(const T* a) const {
    double norm = 0;
    for (int j = 0; j < n_; ++j) {
      double sum = 0;
      for (int i = 0; i < n_; ++i) sum += std::abs(wide(a[i * std::int64_t{n_} + j]));
      norm = sum > norm || std::isnan(sum) ? sum : norm;
      if (!std::isfinite(norm)) break;
    }
    return norm;
  }

  void multiply(const T* a, const T* b, T* y) const {
    gemm(CblasNoTrans, CblasNoTrans, n_, n_, n_, a, n_, b, n_, y, n_);
  }

  /// y = p(-x)^-1 p(x) with the even part v and the odd part u = x w of p: (v - u) y = v + u.
  void approximate(const std::vector<T>& x, std::span<const double> p, T* y) {
    std::vector<T> square(size_);
    multiply(x.data(), x.data(), square.data());
    std::vector<T> v = even_polynomial(square, p, 0);
    const std::vector<T> w = even_polynomial(square, p, 1);
    std::vector<T> u(size_);
    multiply(x.data(), w.data(), u.data());
    for (std::size_t i = 0; i < size_; ++i) {
      y[i] = v[i] + u[i];
      v[i] -= u[i];
    }
    std::vector<int> pivots(static_cast<std::size_t>(n_));
    factorize(n_, v.data(), pivots.data());  // never singular at these norms
    solve_factorized(n_, v.data(), pivots.data(), y, n_);
  }

  /// sum_i p[2 i + odd] square^i. Three powers are enough for degree 13: the rest is one product.
  std::vector<T> even_polynomial(const std::vector<T>& square, std::span<const double> p, int odd) {
    std::vector<T> low(size_, T(0));
    std::vector<T> high(size_, T(0));
    const auto degree = static_cast<int>(p.size()) - 1;
    const int terms = (degree - odd) / 2 + 1;
    const auto add = [&](std::vector<T>& to, int term, int power, const std::vector<T>& x) {
      if (term >= terms) return;
      const auto factor = static_cast<RealOf<T>>(p[static_cast<std::size_t>(2 * term + odd)]);
      if (power == 0) {
        for (int i = 0; i < n_; ++i) to[static_cast<std::size_t>(i) * (n_ + 1)] += factor;
        return;
      }
      for (std::size_t i = 0; i < size_; ++i) to[i] += factor * x[i];
    };
    std::vector<T> power = square;
    std::vector<T> next(size_);
    for (int i = 0; i <= 3; ++i) {
      add(low, i, i, power);
      if (i > 0) add(high, i + 3, i, power);
      if (i == 0 || i == 3 || i + 1 >= terms) continue;
      multiply(power.data(), square.data(), next.data());
      power.swap(next);
    }
    if (terms > 4) {
      multiply(power.data(), high.data(), next.data());
      for (std::size_t i = 0; i < size_; ++i) low[i] += next[i];
    }
    return low;
  }

  int n_;
  std::size_t size_;
};

void run_expm(const OpCall& call, std::span<Tensor> outputs) {
  const Tensor& a = call.input(0);
  if (a.size() == 0) return;
  const std::int64_t n = a.shape(-1);
  dispatch_matrix(a.dtype(), [&]<class T>(Type<T>) {
    const T* from = a.data_as<T>();           // (..., n, n)
    T* to = outputs[0].mutable_data_as<T>();  // (..., n, n)
    for_each_matrix(a.size() / (n * n), 10 * n * n * n, [&](std::int64_t i) {
      Exponential<T>(static_cast<int>(n))(from + i * n * n, to + i * n * n);
      return true;
    });
  });
}

}  // namespace

void register_expm() { register_kernel("expm", DeviceType::kCPU, {&run_expm}); }

}  // namespace saem::cpu
