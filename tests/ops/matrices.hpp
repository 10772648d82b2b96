#pragma once

#include <saem/ops/binary_arith.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/diag.hpp>
#include <saem/ops/grid.hpp>
#include <saem/ops/linalg_factor.hpp>
#include <saem/ops/matmul.hpp>
#include <saem/ops/strided_slice.hpp>
#include <saem/ops/transpose.hpp>

#include "support/op_test.hpp"

/// Matrices that the tests of linear algebra start from.
namespace saem::testing {

/// The example of the reference numbers.
inline Tensor square_example() {
  return constant({{4.0, -2.0, 1.0}, {1.0, 3.0, -1.0}, {2.0, 0.5, 5.0}}, float64);
}
inline Tensor symmetric_example() {
  return constant({{4.0, 2.0, -1.0}, {2.0, 5.0, 0.5}, {-1.0, 0.5, 3.0}}, float64);
}
inline Tensor wide_example() { return constant({{1.0, 2.0, 3.0}, {4.0, 5.0, 7.0}}, float64); }
inline Tensor sides_example() { return constant({{1.0, 2.0}, {0.0, -1.0}, {3.0, 0.5}}, float64); }

/// The last two axes swapped.
inline Tensor turned(const Tensor& x) {
  Dims perm;
  for (int axis = 0; axis < x.rank(); ++axis) perm.push_back(axis);
  std::swap(perm[perm.size() - 1], perm[perm.size() - 2]);
  return transpose(x, {.perm = perm});
}

/// Matrices (..., n, n) far from singular, with eigenvalues and singular values apart.
inline Tensor well_conditioned(const Shape& shape, DType dtype = float64, std::uint32_t seed = 1) {
  std::vector<double> values = values_of(sample(shape, float64, -0.5, 0.5, seed));
  const std::int64_t n = shape.at(-1);
  const std::int64_t m = shape.at(-2);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto at = static_cast<std::int64_t>(i);
    if (at % n == at / n % m) values[i] += 2.0 + static_cast<double>(at % n) * 0.75;
  }
  return cast(constant(values, shape), dtype);
}

/// Symmetric positive definite matrices.
inline Tensor positive_definite(const Shape& shape, DType dtype = float64) {
  const Tensor x = well_conditioned(shape);
  return cast(matmul(x, x, {.transpose_b = true}), dtype);
}

/// What rounding leaves of a decomposition of matrices with n rows.
inline Tolerance rounding(DType dtype, std::int64_t n) {
  const double unit = dtype == float64 ? 1e-14 : 5e-6;
  const double size = unit * static_cast<double>(n + 4);
  return {size, size};
}

/// Shapes of batches of square matrices: empty, 1, odd, and large enough for every thread.
inline const std::vector<Shape> kSquares = {{0, 0}, {0, 3, 3},    {1, 1},       {3, 3},
                                            {7, 7}, {2, 5, 4, 4}, {40, 13, 13}, {150, 150}};

}  // namespace saem::testing
