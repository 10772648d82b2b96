#pragma once

#include <saem/core/attributes.hpp>
#include <saem/core/tensor.hpp>

/// Products that a matrix is taken apart into. Every function takes a batch of matrices along the
/// leading axes. LAPACK does the work: batches give the same bits with any number of threads, one
/// large matrix gives the same bits with the same number.
namespace saem::linalg {

/// The Cholesky factor of a symmetric positive definite matrix: a = l l^T, l lower triangular with
/// a positive diagonal.
///
/// @param a  (..., n, n), float32, float64, complex64 or complex128; only the lower triangle is
///           read
/// @return   the shape and dtype of `a`; zeros above the diagonal. Where a matrix is not positive
///           definite, NaN on and below the diagonal.
/// @throws ShapeError if the matrices are not square; DTypeError if `a` is of another dtype
/// Gradient: da = sym(l^-T phi(l^T dl) l^-1), phi the lower triangle with half the diagonal.
/// Source: tf.linalg.cholesky.
/// @code std::cout << tf::linalg::cholesky(tf::constant({{4.0, 2.0}, {2.0, 5.0}}))(1);
/// // tf.Tensor([1. 2.], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor cholesky(const Tensor& a);

/// What `lu` returns.
struct Lu {
  Tensor lower_upper;  ///< u on and above the diagonal, l below it (its diagonal is all ones)
  Tensor permutation;  ///< row i of l u is row permutation[i] of the matrix
};

/// What `lu` does.
struct LuOptions {
  static constexpr const char* kName = "LuOptions";
  DType output_idx_type = int32;  ///< the dtype of the permutation: int32 or int64
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("output_idx_type", self.output_idx_type);
  }
};

/// The LU decomposition with row exchanges: p a = l u.
///
/// @param a        (..., n, n), float32, float64, complex64 or complex128
/// @param options  output_idx_type: the dtype of the permutation
/// @return         l and u in one matrix like `a`, and the permutation, (..., n)
/// @throws ShapeError if the matrices are not square; DTypeError if `a` is of another dtype;
///         ValueError if a matrix is not invertible
/// Gradient: da = p^T l^-T (phi_l(l^T dl) + phi_u(du u^T)) u^-T with the strictly lower and the
/// upper triangle. (TensorFlow has none.)  Source: tf.linalg.lu.
/// @code std::cout << tf::linalg::lu(tf::constant({{1.0, 2.0}, {4.0, 4.0}})).lower_upper(1);
/// // tf.Tensor([0.25 1.  ], shape=(2,), dtype=float32) @endcode
SAEM_API Lu lu(const Tensor& a, const LuOptions& options = {});

/// What `qr` returns.
struct Qr {
  Tensor q;  ///< orthonormal columns
  Tensor r;  ///< upper triangular
};

/// What `qr` does.
struct QrOptions {
  static constexpr const char* kName = "QrOptions";
  bool full_matrices = false;  ///< q square, r as large as the matrix
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("full_matrices", self.full_matrices);
  }
};

/// The QR decomposition by Householder reflections: a = q r.
///
/// @param a        (..., m, n), float16, float32, float64, complex64 or complex128
/// @param options  full_matrices: q (..., m, m) and r (..., m, n)
/// @return         q (..., m, k) with orthonormal columns and r (..., k, n) upper triangular,
///                 k = min(m, n); the dtype of `a`. float16 is computed in float32.
/// @throws ShapeError if the rank is below 2; DTypeError for another dtype
/// Gradient: arXiv 2009.10071; none with full_matrices where m > n.  Source: tf.linalg.qr.
/// @code std::cout << tf::abs(tf::linalg::qr(tf::constant({{3.0, 1.0}, {4.0, 2.0}})).r(0));
/// // tf.Tensor([5.  2.2], shape=(2,), dtype=float32) @endcode
SAEM_API Qr qr(const Tensor& a, const QrOptions& options = {});

}  // namespace saem::linalg
