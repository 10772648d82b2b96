// Linear algebra of complex matrices: what each decomposition promises, products against those of
// their parts, and gradients against central differences along real and imaginary parts.
#include <cmath>
#include <limits>
#include <saem/ops/complex.hpp>
#include <saem/ops/concat.hpp>
#include <saem/ops/einsum.hpp>
#include <saem/ops/gather.hpp>
#include <saem/ops/linalg_products.hpp>
#include <saem/ops/linalg_solve.hpp>
#include <saem/ops/linalg_spectral.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/reshape.hpp>
#include <saem/ops/unary_arith.hpp>
#include <saem/ops/unary_exp.hpp>

#include "ops/matrices.hpp"

namespace saem {
namespace {

using namespace testing;  // NOLINT: a test file
using linalg::adjoint;
using math::imag;
using math::real;

const std::vector<DType> kComplex = {complex64, complex128};

Tensor make_complex(const Tensor& x, const Tensor& y, DType dtype = complex128) {
  return cast(complex(x, y), dtype);
}

/// Complex numbers of a shape.
Tensor numbers(const Shape& shape, DType dtype = complex128, std::uint32_t seed = 1) {
  return make_complex(sample(shape, float64, -1, 1, seed), sample(shape, float64, -1, 1, seed + 9),
                      dtype);
}

/// Matrices far from singular.
Tensor regular(const Shape& shape, DType dtype = complex128) {
  return make_complex(well_conditioned(shape), sample(shape, float64, -0.4, 0.4, 5), dtype);
}

Tensor hermitian(const Shape& shape, DType dtype = complex128) {
  const Tensor x = regular(shape);
  return cast(matmul(x, x, {.adjoint_b = true}), dtype);
}

Tensor identity_like(const Tensor& x) {
  return cast(eye(static_cast<int>(x.shape(-1)), {.dtype = float64}), x.dtype());
}

Tolerance limit(DType dtype, double n) {
  const double unit = dtype == complex128 ? 1e-13 : 3e-5;
  return {unit * n, unit * n};
}

::testing::AssertionResult is_identity(const Tensor& x) {
  return near(x, identity_like(x) + zeros_like(x), limit(x.dtype(), 40));
}

TEST(ComplexMatmul, IsTheProductOfItsParts) {
  struct Case {
    Shape a;
    Shape b;
    MatmulOptions options;
  };
  const Case cases[] = {{{2, 3}, {3, 4}, {}},
                        {{1, 1}, {1, 1}, {}},
                        {{1, 5}, {5, 1}, {}},
                        {{5, 1}, {1, 7}, {}},
                        {{2, 0}, {0, 3}, {}},
                        {{0, 2}, {2, 3}, {}},
                        {{3, 2}, {3, 4}, {.transpose_a = true}},
                        {{2, 3}, {4, 3}, {.transpose_b = true}},
                        {{3, 2}, {4, 3}, {.transpose_a = true, .transpose_b = true}},
                        {{4, 2, 3}, {3, 5}, {}},
                        {{3, 5}, {4, 5, 2}, {}},
                        {{2, 1, 2, 3}, {4, 3, 2}, {}},
                        {{4, 3, 2}, {4, 5, 3}, {.transpose_a = true, .transpose_b = true}},
                        {{65, 33}, {33, 130}, {}}};
  for (const DType dtype : kComplex) {
    for (const Case& each : cases) {
      const Tensor a = numbers(each.a, dtype, 3);
      const Tensor b = numbers(each.b, dtype, 4);
      const auto product = [&](const Tensor& x, const Tensor& y) {
        return matmul(x, y, each.options);
      };
      const Tensor expected = complex(product(real(a), real(b)) - product(imag(a), imag(b)),
                                      product(real(a), imag(b)) + product(imag(a), real(b)));
      for (const Tensor& left : {a, scattered(a)}) {
        for (const Tensor& right : {b, scattered(b)}) {
          EXPECT_TRUE(near(product(left, right), expected, limit(dtype, 10)))
              << dtype << each.a << each.b;
        }
      }
    }
  }
}

TEST(ComplexMatmul, AdjointsAreConjugated) {
  const Tensor a = numbers({3, 2});
  const Tensor b = numbers({3, 4}, complex128, 2);
  EXPECT_TRUE(near(matmul(a, b, {.adjoint_a = true}), matmul(adjoint(a), b)));
  EXPECT_TRUE(near(matmul(adjoint(a), adjoint(b), {.adjoint_b = true}), matmul(adjoint(a), b)));
  EXPECT_TRUE(near(linalg::matvec(a, numbers({3}), {.adjoint_a = true}),
                   linalg::matvec(adjoint(a), numbers({3}))));
  EXPECT_TRUE(has_values(adjoint(constant({{std::complex<double>(1, 2)}})), {1, 1}, {1, -2}));
  EXPECT_TRUE(has_values(adjoint(constant({{1.0, 2.0}})), {2, 1}, {1, 2}));
  EXPECT_THROW(adjoint(constant({1.0})), ShapeError);
}

TEST(ComplexMatmul, SumsOfProducts) {
  const Tensor a = numbers({2, 3, 4});
  const Tensor b = numbers({4, 3, 5}, complex128, 2);
  Tensor expected = zeros({2, 5}, complex128);
  for (int j = 0; j < 3; ++j) expected = expected + matmul(a(all, j), b(all, j));
  EXPECT_TRUE(near(einsum("ijk,kjl->il", a, b), expected, limit(complex128, 1)));
  EXPECT_TRUE(near(tensordot(a, b, {1, 2}, {1, 0}), expected, limit(complex128, 1)));
}

TEST(ComplexLinearAlgebra, DecompositionsGiveTheMatrixBack) {
  for (const DType dtype : kComplex) {
    for (const Shape& shape : kSquares) {
      const Tensor a = regular(shape, dtype);
      const double n = static_cast<double>(shape.at(-1) * shape.at(-1));
      const Tolerance near_enough = limit(dtype, n + 4);
      const Tensor h = hermitian(shape, dtype);
      const Tensor l = linalg::cholesky(h);
      EXPECT_TRUE(near(matmul(l, l, {.adjoint_b = true}), h, near_enough)) << dtype << shape;
      const auto [e, v] = linalg::eigh(h);
      EXPECT_EQ(e.dtype(), dtype) << "as in TensorFlow";
      EXPECT_TRUE(near(matmul(v * expand_dims(e, -2), v, {.adjoint_b = true}), h, near_enough))
          << dtype << shape;
      EXPECT_TRUE(near(linalg::eigvalsh(h), e, near_enough)) << dtype << shape;
      for (const bool full : {false, true}) {
        const auto [q, r] = linalg::qr(a, {.full_matrices = full});
        EXPECT_TRUE(near(matmul(q, r), a, near_enough)) << dtype << shape;
        EXPECT_TRUE(is_identity(matmul(q, q, {.adjoint_a = true}))) << dtype << shape;
        const auto [s, left, right] = linalg::svd(a, {.full_matrices = full});
        EXPECT_EQ(s.dtype(), dtype.real_dtype());
        EXPECT_TRUE(near(matmul(left * cast(expand_dims(s, -2), dtype), right, {.adjoint_b = true}),
                         a, near_enough))
            << dtype << shape;
      }
      const auto [lower_upper, p] = linalg::lu(a);
      const Tensor lower = linalg::band_part(lower_upper, -1, 0) -
                           linalg::band_part(lower_upper, 0, 0) + zeros_like(a) +
                           (shape.at(-1) == 0 ? zeros_like(a) : identity_like(a));
      EXPECT_TRUE(near(matmul(lower, linalg::band_part(lower_upper, 0, -1)),
                       gather(a, p, {.axis = -2, .batch_dims = shape.rank() - 2}), near_enough))
          << dtype << shape;
    }
  }
}

TEST(ComplexLinearAlgebra, RectanglesToo) {
  for (const DType dtype : kComplex) {
    for (const Shape& shape :
         {Shape{2, 5}, Shape{5, 2}, Shape{3, 4, 6}, Shape{1, 3}, Shape{3, 1}}) {
      const Tensor a = numbers(shape, dtype);
      for (const bool full : {false, true}) {
        const auto [q, r] = linalg::qr(a, {.full_matrices = full});
        EXPECT_TRUE(near(matmul(q, r), a, limit(dtype, 10))) << dtype << shape;
        EXPECT_TRUE(is_identity(matmul(q, q, {.adjoint_a = true})));
        const auto [s, u, v] = linalg::svd(a, {.full_matrices = full});
        EXPECT_TRUE(is_identity(matmul(u, u, {.adjoint_a = true})));
        EXPECT_TRUE(is_identity(matmul(v, v, {.adjoint_a = true})));
        const Index kept = slice(0, s.shape(-1));
        EXPECT_TRUE(near(matmul(u(ellipsis, kept) * cast(expand_dims(s, -2), dtype),
                                v(ellipsis, kept), {.adjoint_b = true}),
                         a, limit(dtype, 10)))
            << dtype << shape;
        EXPECT_TRUE(near(linalg::svd(a, {.compute_uv = false}).s, s, limit(dtype, 10)));
      }
      EXPECT_TRUE(near(matmul(matmul(a, linalg::pinv(a)), a), a, limit(dtype, 40)));
    }
  }
}

TEST(ComplexLinearAlgebra, SystemsAndInverses) {
  for (const DType dtype : kComplex) {
    for (const Shape& shape : kSquares) {
      const Tensor a = regular(shape, dtype);
      Shape side = shape;
      side[side.rank() - 1] = 2;
      const Tensor b = numbers(side, dtype, 8);
      const Tolerance near_enough = limit(dtype, static_cast<double>(shape.at(-1)) + 10);
      EXPECT_TRUE(near(matmul(a, linalg::solve(a, b)), b, near_enough)) << dtype << shape;
      EXPECT_TRUE(near(matmul(adjoint(a), linalg::solve(a, b, {.adjoint = true})), b, near_enough));
      EXPECT_TRUE(is_identity(matmul(a, linalg::inv(a)))) << dtype << shape;
      EXPECT_TRUE(near(linalg::inv(a, {.adjoint = true}), adjoint(linalg::inv(a)), near_enough));
      for (const bool lower : {false, true}) {
        const Tensor triangle = lower ? linalg::band_part(a, -1, 0) : linalg::band_part(a, 0, -1);
        EXPECT_TRUE(near(matmul(triangle, linalg::triangular_solve(a, b, {.lower = lower})), b,
                         near_enough));
        EXPECT_TRUE(near(matmul(adjoint(triangle),
                                linalg::triangular_solve(a, b, {.lower = lower, .adjoint = true})),
                         b, near_enough));
      }
      const Tensor h = hermitian(shape, dtype);
      EXPECT_TRUE(near(linalg::cholesky_solve(linalg::cholesky(h), b), linalg::solve(h, b),
                       limit(dtype, 200)));
    }
  }
  EXPECT_THROW(linalg::inv(zeros({2, 2}, complex64)), ValueError);
}

TEST(ComplexLinearAlgebra, Determinants) {
  using C = std::complex<double>;
  const Tensor a = constant({{C(1, 2), C(0, 1)}, {C(3, 0), C(1, -1)}});
  EXPECT_TRUE(has_values(linalg::det(a), {}, {3, -2}));  // (1 + 2i)(1 - i) - 3i
  const auto [sign, log] = linalg::slogdet(a);
  EXPECT_TRUE(has_values(sign, {}, {3 / std::sqrt(13), -2 / std::sqrt(13)}));
  EXPECT_TRUE(has_values(log, {}, {std::log(13) / 2, 0}));
  EXPECT_TRUE(has_values(linalg::slogdet(zeros({2, 2}, complex128)).sign, {}, {0, 0}));
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  EXPECT_TRUE(has_values(linalg::slogdet(zeros({2, 2}, complex128)).log_abs_determinant, {},
                         {-kInfinity, 0}));
  const Tensor h = hermitian({2, 3, 3});
  EXPECT_TRUE(near(linalg::logdet(h), real(saem::log(linalg::det(h))), limit(complex128, 1)));
}

TEST(ComplexLinearAlgebra, ExponentialsAndNorms) {
  // exp(i t) of a rotation's generator.
  const Tensor a = complex(zeros({2, 2}, float64), constant({{0.0, 0.5}, {0.5, 0.0}}, float64));
  EXPECT_TRUE(has_values(linalg::expm(a), {2, 2},
                         {std::cos(0.5), 0, 0, std::sin(0.5), 0, std::sin(0.5), std::cos(0.5), 0}));
  for (const DType dtype : kComplex) {
    const Tensor x = regular({2, 3, 3}, dtype);
    EXPECT_TRUE(near(matmul(linalg::expm(x), linalg::expm(negative(x))),
                     identity_like(x) + zeros_like(x), limit(dtype, 2000)));
  }
  const Tensor z = constant({{std::complex<double>(3, 4), std::complex<double>(0, 0)}});
  EXPECT_TRUE(has_values(norm(z), {}, {5, 0}));
  EXPECT_TRUE(has_values(norm(z, {.ord = 1.0, .axis = 1}), {1}, {5}));
  EXPECT_TRUE(has_values(norm(z, {.ord = 2.0, .axis = {0, 1}}), {}, {5}));
}

TEST(ComplexLinearAlgebra, WhatCannotBeDecomposedIsNaN) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const Tensor indefinite = cast(constant({{1.0, 2.0}, {2.0, 1.0}}), complex64);
  EXPECT_TRUE(std::isnan(values_of(linalg::cholesky(indefinite))[0]));
  const Tensor broken =
      complex(constant({{nan, 0.0}, {0.0, 1.0}}, float64), zeros({2, 2}, float64));
  EXPECT_TRUE(std::isnan(values_of(linalg::svd(broken).s)[0]));
  EXPECT_THROW(linalg::eigh(broken), ValueError);
}

/// Real and imaginary part one after the other.
Tensor parts(const Tensor& z) {
  if (!z.dtype().is_complex()) return reshape(z, {-1});
  return concat({reshape(real(z), {-1}), reshape(imag(z), {-1})}, {.axis = 0});
}

/// The gradient of `function`, of matrices given by their parts.
template <class Body>
void expect_gradients(Body&& function, const std::vector<Tensor>& matrices) {
  std::vector<Tensor> inputs;
  for (const Tensor& z : matrices) {
    inputs.push_back(real(z));
    inputs.push_back(imag(z));
  }
  EXPECT_TRUE(gradients_agree(
      [&](const std::vector<Tensor>& x) {
        std::vector<Tensor> z;
        for (std::size_t i = 0; i < x.size(); i += 2) z.push_back(complex(x[i], x[i + 1]));
        return function(z);
      },
      inputs));
}

using Matrices = std::vector<Tensor>;

TEST(ComplexLinearAlgebra, GradientsOfProducts) {
  const Tensor a = numbers({2, 3});
  const Tensor b = numbers({3, 2}, complex128, 2);
  for (const bool turn_a : {false, true}) {
    for (const bool turn_b : {false, true}) {
      expect_gradients(
          [&](const Matrices& z) {
            return parts(matmul(z[0], z[1], {.transpose_a = turn_a, .transpose_b = turn_b}));
          },
          {turn_a ? numbers({3, 2}) : a, turn_b ? numbers({2, 3}, complex128, 2) : b});
      expect_gradients(
          [&](const Matrices& z) {
            return parts(matmul(z[0], z[1], {.adjoint_a = turn_a, .adjoint_b = turn_b}));
          },
          {turn_a ? numbers({3, 2}) : a, turn_b ? numbers({2, 3}, complex128, 2) : b});
    }
  }
  expect_gradients([](const Matrices& z) { return parts(matmul(z[0], z[1])); },
                   {numbers({2, 1, 2, 3}), numbers({3, 3, 2}, complex128, 2)});
  expect_gradients([](const Matrices& z) { return parts(einsum("ij,jk,ik->i", z[0], z[1], z[2])); },
                   {a, b, numbers({2, 2})});
}

TEST(ComplexLinearAlgebra, GradientsOfSystems) {
  const Tensor a = regular({2, 3, 3});
  const Tensor b = numbers({2, 3, 2}, complex128, 8);
  for (const bool turn : {false, true}) {
    expect_gradients([&](const Matrices& z) { return parts(linalg::inv(z[0], {.adjoint = turn})); },
                     {a});
    expect_gradients(
        [&](const Matrices& z) { return parts(linalg::solve(z[0], z[1], {.adjoint = turn})); },
        {a, b});
    for (const bool lower : {false, true}) {
      expect_gradients(
          [&](const Matrices& z) {
            return parts(linalg::triangular_solve(z[0], z[1], {.lower = lower, .adjoint = turn}));
          },
          {a, b});
    }
  }
  expect_gradients([](const Matrices& z) { return parts(linalg::det(z[0])); }, {a});
  expect_gradients([](const Matrices& z) { return parts(linalg::slogdet(z[0]).sign); }, {a});
  expect_gradients(
      [](const Matrices& z) { return parts(linalg::slogdet(z[0]).log_abs_determinant); }, {a});
  expect_gradients([](const Matrices& z) { return parts(linalg::expm(z[0])); }, {a});
}

TEST(ComplexLinearAlgebra, GradientsOfDecompositions) {
  const Tensor a = regular({2, 3, 3});
  expect_gradients(
      [](const Matrices& z) {
        return parts(linalg::cholesky(matmul(z[0], z[0], {.adjoint_b = true})));
      },
      {a});
  expect_gradients([](const Matrices& z) { return parts(linalg::lu(z[0]).lower_upper); }, {a});
  for (const Shape& shape : {Shape{2, 3, 3}, Shape{4, 2}, Shape{2, 4}}) {
    const Tensor x = shape == Shape{2, 3, 3} ? a : regular(shape);
    expect_gradients(
        [](const Matrices& z) {
          const auto [q, r] = linalg::qr(z[0]);
          return concat({parts(q), parts(r)}, {.axis = 0});
        },
        {x});
    // What does not depend on the phases of the vectors.
    expect_gradients(
        [](const Matrices& z) {
          const auto [s, u, v] = linalg::svd(z[0]);
          return concat({parts(s), parts(abs(u)), parts(matmul(u, v, {.adjoint_b = true}))},
                        {.axis = 0});
        },
        {x});
    expect_gradients([](const Matrices& z) { return linalg::svd(z[0], {.compute_uv = false}).s; },
                     {x});
  }
  expect_gradients(
      [](const Matrices& z) {
        const auto [e, v] = linalg::eigh(z[0] + adjoint(z[0]));
        return concat({parts(e), parts(abs(v))}, {.axis = 0});
      },
      {a});
}

}  // namespace
}  // namespace saem
