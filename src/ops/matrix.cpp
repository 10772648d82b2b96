#include "ops/matrix.hpp"

#include <limits>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/compare.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/reshape.hpp>
#include <saem/ops/transpose.hpp>
#include <saem/ops/where.hpp>

#include "base/message.hpp"
#include "ops/elementwise.hpp"

namespace saem::ops {
namespace {

/// LAPACK counts in int.
constexpr std::int64_t kMostRows = std::numeric_limits<int>::max();

/// (rows, columns): row number minus column number.
Tensor offsets(const Tensor& x) {
  const DeviceScope beside(x.device());
  return subtract(expand_dims(range(x.shape(-2)), 1), range(x.shape(-1)));
}

Tensor zero_like(const Tensor& x) { return scalar_like(0, x, "where"); }

}  // namespace

void check_matrices(const OpCall& call, const Tensor& x) {
  if (x.dtype() != float32 && x.dtype() != float64) {
    raise<DTypeError>(call.op.name, "needs float32 or float64, got {}; tf::cast it first",
                      x.dtype().name());
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

Tensor lower_triangle(const Tensor& x) {
  return where(offsets(x) >= 0, x, zero_like(x));
}

Tensor upper_triangle(const Tensor& x) {
  return where(offsets(x) <= 0, x, zero_like(x));
}

Tensor without_diagonal(const Tensor& x) { return where(offsets(x) == 0, zero_like(x), x); }

Tensor lower_with_half_diagonal(const Tensor& x) {
  const Tensor lower = lower_triangle(x);
  return where(offsets(x) == 0, lower * 0.5, lower);
}

Tensor diagonal_matrices(const Tensor& x) {
  const Tensor rows = expand_dims(x, -2);
  const DeviceScope beside(x.device());
  const Tensor n = range(x.shape(-1));
  return where(expand_dims(n, 1) == n, rows, zero_like(x));
}

Tensor gradient_or_zeros(const VjpCall& call, std::size_t i) {
  return call.gradient(i).defined() ? call.gradient(i) : zeros_like(call.output(i));
}

}  // namespace saem::ops
