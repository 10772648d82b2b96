#include "ops/matrix.hpp"

#include <limits>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/complex.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/diag.hpp>
#include <saem/ops/transpose.hpp>

#include "base/message.hpp"

namespace saem::ops {
namespace {

/// LAPACK counts in int.
constexpr std::int64_t kMostRows = std::numeric_limits<int>::max();

}  // namespace

void check_matrices(const OpCall& call, const Tensor& x) {
  const DType dtype = x.dtype();
  if (dtype != float32 && dtype != float64 && !dtype.is_complex()) {
    raise<DTypeError>(call.op.name,
                      "needs float32, float64, complex64 or complex128, got {}; tf::cast it first",
                      dtype.name());
  }
  if (x.rank() < 2) {
    raise<ShapeError>(call.op.name, "needs matrices, got shape {}", x.shape().to_string());
  }
  if (x.shape(-1) > kMostRows || x.shape(-2) > kMostRows) {
    raise<ShapeError>(call.op.name, "matrices of shape {} are too large; LAPACK takes 2^31 - 1",
                      x.shape().to_string());
  }
}

void check_square(const OpCall& call, const Tensor& x) {
  check_matrices(call, x);
  if (x.shape(-1) != x.shape(-2)) {
    raise<ShapeError>(call.op.name, "needs square matrices, got shape {}", x.shape().to_string());
  }
}

Shape batch_shape(const Tensor& x) { return {x.shape().begin(), x.shape().end() - 2}; }

Shape with_axes(Shape batch, std::initializer_list<std::int64_t> sizes) {
  for (const std::int64_t size : sizes) batch.push_back(size);
  return batch;
}

Tensor transpose_matrices(const Tensor& x) {
  Dims perm;
  for (int axis = 0; axis < x.rank(); ++axis) perm.push_back(axis);
  std::swap(perm[perm.size() - 1], perm[perm.size() - 2]);
  return transpose(x, {.perm = perm});
}

Tensor adjoint_matrices(const Tensor& x) {
  return transpose_matrices(x.dtype().is_complex() ? math::conj(x) : x);
}

Tensor lower_triangle(const Tensor& x) { return linalg::band_part(x, -1, 0); }

Tensor upper_triangle(const Tensor& x) { return linalg::band_part(x, 0, -1); }

Tensor without_diagonal(const Tensor& x) {
  return linalg::set_diag(x, zeros_like(linalg::diag_part(x)));
}

Tensor lower_with_half_diagonal(const Tensor& x) {
  return linalg::set_diag(lower_triangle(x), linalg::diag_part(x) * 0.5);
}

Tensor diagonal_matrices(const Tensor& x) { return linalg::diag(x); }

Tensor gradient_or_zeros(const VjpCall& call, std::size_t i) {
  return call.gradient(i).defined() ? call.gradient(i) : zeros_like(call.output(i));
}

}  // namespace saem::ops
