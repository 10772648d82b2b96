#pragma once

#include <saem/core/op.hpp>

/// What floor 2 of linear algebra shares: checks, and the moves that gradient rules are made of.
namespace saem::ops {

/// Throws unless `x` has a rank of at least 2 and is float32, float64,
/// complex64 or complex128.
void check_matrices(const OpCall& call, const Tensor& x);
/// Throws unless `x` is as above and its matrices are square.
void check_square(const OpCall& call, const Tensor& x);

/// The leading axes of matrices.
Shape batch_shape(const Tensor& x);
/// `batch` and more axes behind.
Shape with_axes(Shape batch, std::initializer_list<std::int64_t> sizes);

/// The last two axes swapped.
Tensor transpose_matrices(const Tensor& x);
/// The same of the conjugate; real matrices have none.
Tensor adjoint_matrices(const Tensor& x);
/// What lies on and below the diagonal, zeros elsewhere.
Tensor lower_triangle(const Tensor& x);
/// What lies on and above the diagonal, zeros elsewhere.
Tensor upper_triangle(const Tensor& x);
/// (..., n, n) without its diagonal.
Tensor without_diagonal(const Tensor& x);
/// (..., n, n): everything below the diagonal, and half of the diagonal.
Tensor lower_with_half_diagonal(const Tensor& x);
/// Matrices (..., n, n) with `x` (..., n) on the diagonal.
Tensor diagonal_matrices(const Tensor& x);

/// dL/d(output i), zeros if nothing depends on it.
Tensor gradient_or_zeros(const VjpCall& call, std::size_t i);

}  // namespace saem::ops
