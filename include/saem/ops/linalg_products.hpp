#pragma once

#include <limits>
#include <optional>
#include <saem/core/attributes.hpp>
#include <saem/core/tensor.hpp>
#include <saem/ops/matmul.hpp>
#include <utility>

namespace saem {

/// Sums of products over chosen axes: `axes` last axes of `a` with as many first axes of `b`.
///
/// @param a, b  any shapes, of one dtype that `matmul` takes
/// @param axes  how many axes are summed over; 0 gives the outer product
/// @return      the other axes of `a`, then those of `b`
/// @throws ShapeError if sizes differ or there are too few axes; DTypeError if dtypes differ
/// Gradient: that of `matmul`.  Source: tf.tensordot.
/// @code std::cout << tf::tensordot(tf::constant({1, 2}), tf::constant({3, 4}), 1);
/// // tf.Tensor(11, shape=(), dtype=int32) @endcode
SAEM_API Tensor tensordot(const Tensor& a, const Tensor& b, int axes);

/// Sums of products over pairs of axes: axes_a[i] of `a` with axes_b[i] of `b`.
///
/// @param a, b            any shapes, of one dtype that `matmul` takes
/// @param axes_a, axes_b  as many of each; negative counts from the end
/// @return                the other axes of `a`, then those of `b`
/// @throws ShapeError if sizes differ, an axis is out of range or named twice; DTypeError if dtypes
///         differ
/// Gradient: that of `matmul`.  Source: tf.tensordot.
/// @code std::cout << tf::tensordot(tf::constant({{1, 2}}), tf::constant({{3, 4}}), {1}, {1})(0);
/// // tf.Tensor([11], shape=(1,), dtype=int32) @endcode
SAEM_API Tensor tensordot(const Tensor& a, const Tensor& b, const Dims& axes_a, const Dims& axes_b);

namespace linalg {

using saem::matmul;
using saem::tensordot;

/// The last two axes swapped; see `adjoint` for the conjugate.
///
/// @param a  (..., m, n), any dtype
/// @return   (..., n, m), a view
/// @throws ShapeError if the rank is below 2
/// Gradient: dy with the axes swapped.  Source: tf.linalg.matrix_transpose.
/// @code std::cout << tf::linalg::matrix_transpose(tf::constant({{1, 2}, {3, 4}}))(0);
/// // tf.Tensor([1 3], shape=(2,), dtype=int32) @endcode
SAEM_API Tensor matrix_transpose(const Tensor& a);

/// The last two axes swapped, and each element conjugated: a^H.
///
/// @param a  (..., m, n), any dtype; what is not complex is only transposed
/// @return   (..., n, m)
/// @throws ShapeError if the rank is below 2
/// Gradient: dy^H.  Source: tf.linalg.adjoint.
/// @code std::cout << tf::linalg::adjoint(tf::constant({{std::complex<float>(1, 2)}}))(0);
/// // tf.Tensor([1.-2.j], shape=(1,), dtype=complex64) @endcode
SAEM_API Tensor adjoint(const Tensor& a);

/// Matrix times vector: y_i = sum_j a_ij x_j.
///
/// @param a        (..., n, m); (..., m, n) with transpose_a
/// @param x        (..., m), the dtype of `a`; leading axes broadcast
/// @param options  transpose_a: swap the last two axes of `a` first
/// @return         (..., n)
/// @throws ShapeError if shapes do not fit; DTypeError if dtypes differ or are not supported
/// Gradient: that of `matmul`.  Source: tf.linalg.matvec.
/// @code std::cout << tf::linalg::matvec(tf::constant({{1, 2}, {3, 4}}), tf::constant({1, 1}));
/// // tf.Tensor([3 7], shape=(2,), dtype=int32) @endcode
SAEM_API Tensor matvec(const Tensor& a, const Tensor& x, const MatmulOptions& options = {});

/// The cross product of vectors of three elements along the last axis.
///
/// @param a, b  (..., 3), one shape and one numeric dtype
/// @return      the shape and dtype of `a`
/// @throws ShapeError if the shapes differ or the last axis is not 3; DTypeError if dtypes differ
/// Gradient: da = b x dy, db = dy x a.  Source: tf.linalg.cross.
/// @code std::cout << tf::linalg::cross(tf::constant({1, 2, 3}), tf::constant({4, 5, 6}));
/// // tf.Tensor([-3  6 -3], shape=(3,), dtype=int32) @endcode
SAEM_API Tensor cross(const Tensor& a, const Tensor& b);

/// log(det(a)) of a symmetric (Hermitian) positive definite matrix: twice the sum of the logarithms
/// of its Cholesky factor's diagonal.
///
/// @param a  (..., n, n), float32, float64, complex64 or complex128
/// @return   (...), real; NaN where a matrix is not positive definite
/// @throws ShapeError if the matrices are not square; DTypeError if `a` is of another dtype
/// Gradient: that of `cholesky`.  Source: tf.linalg.logdet.
/// @code std::cout << tf::linalg::logdet(tf::constant({{1.0, 0.0}, {0.0, 1.0}}));
/// // tf.Tensor(0.0, shape=(), dtype=float32) @endcode
SAEM_API Tensor logdet(const Tensor& a);

/// The solution of a y = b from the Cholesky factor of `a`: l l^H y = b.
///
/// @param chol  (..., n, n), what `cholesky` returned
/// @param b     (..., n, k), its dtype; leading axes broadcast
/// @return      (..., n, k)
/// @throws ShapeError if shapes do not fit; DTypeError for other dtypes, and for two that differ
/// Gradient: that of `triangular_solve`.  Source: tf.linalg.cholesky_solve.
/// @code
/// std::cout << tf::linalg::cholesky_solve(tf::constant({{2.0}}), tf::constant({{8.0}}))(0);
/// // tf.Tensor([2.], shape=(1,), dtype=float32)
/// @endcode
SAEM_API Tensor cholesky_solve(const Tensor& chol, const Tensor& b);

/// Where `pinv` cuts off.
struct PinvOptions {
  double rcond = -1.0;  ///< relative to the largest singular value; below 0: 10 max(m, n) epsilon
};

/// The Moore-Penrose inverse: v diag(1/s) u^H, small singular values left out.
///
/// @param a        (..., m, n), float32, float64, complex64 or complex128
/// @param options  rcond: singular values up to rcond times the largest count as zero
/// @return         (..., n, m)
/// @throws ShapeError if the rank is below 2; DTypeError if `a` is of another dtype
/// Gradient: that of `svd`.  Source: tf.linalg.pinv.
/// @code std::cout << tf::linalg::pinv(tf::constant({{2.0}, {0.0}}))(0);
/// // tf.Tensor([0.5 0. ], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor pinv(const Tensor& a, const PinvOptions& options = {});

/// How `lstsq` goes about it.
struct LstsqOptions {
  double l2_regularizer = 0.0;  ///< adds this times ||y||^2 to what is minimised
  bool fast = true;             ///< by the normal equations; else by singular values
};

/// The y that minimises ||a y - b||^2, the shortest if there are many.
///
/// @param a        (..., m, n), float32, float64, complex64 or complex128
/// @param b        (..., m, k), the dtype of `a`
/// @param options  l2_regularizer: with fast only; fast: the normal equations, which need full rank
///                 (else NaN), instead of singular values, which do not
/// @return         (..., n, k)
/// @throws ShapeError if shapes do not fit; DTypeError for other dtypes, and for two that differ
/// Gradient: that of the ops it is made of.  Source: tf.linalg.lstsq.
/// @code
/// std::cout << tf::linalg::lstsq(tf::constant({{1.0}, {1.0}}), tf::constant({{1.0}, {3.0}}))(0);
/// // tf.Tensor([1.9999999], shape=(1,), dtype=float32)
/// @endcode
SAEM_API Tensor lstsq(const Tensor& a, const Tensor& b, const LstsqOptions& options = {});

}  // namespace linalg

/// Which norm, and of what.
struct NormOptions {
  /// The order: 1, 2, infinity, or another positive number for vectors. None: TensorFlow's
  /// 'euclidean', the root of the sum of squares, of matrices too.
  std::optional<double> ord = {};
  Axes axis = {};         ///< none: all elements as one vector; one: vectors; two: matrices
  bool keepdims = false;  ///< keeps the axes with size 1
};

/// Norms of vectors, (sum_i |x_i|^ord)^(1/ord), or of matrices: the largest column sum (ord 1), row
/// sum (infinity) or singular value (2). Without an order it is the root of the sum of squares,
/// sqrt(sum |x_i|^2), of both.
///
/// @param x        any shape, floating point or complex
/// @param options  ord, axis, keepdims
/// @return         `x` without the axes, or with size 1 there; the dtype of `x`. Of a
///                 complex `x` the root of the sum of squares is complex too, as in TensorFlow;
///                 other norms are real
/// @throws ValueError for an order that there is not; ShapeError for a wrong axis; DTypeError if
///         `x` is neither floating point nor complex
/// Gradient: that of the ops it is made of.  Source: tf.norm.
/// @code std::cout << tf::norm(tf::constant({3.0, 4.0}));
/// // tf.Tensor(5.0, shape=(), dtype=float32) @endcode
SAEM_API Tensor norm(const Tensor& x, const NormOptions& options = {});

namespace linalg {
using saem::norm;
}

}  // namespace saem
