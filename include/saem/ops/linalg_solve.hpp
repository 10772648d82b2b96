#pragma once

#include <saem/core/attributes.hpp>
#include <saem/core/tensor.hpp>

/// Determinants, inverses and systems of linear equations. Every function takes a batch of matrices
/// along the leading axes. LAPACK does the work: batches give the same bits with any number of
/// threads, one large matrix gives the same bits with the same number.
namespace saem::linalg {

/// The determinant: the product of the pivots of an LU decomposition; 1 for a matrix without
/// elements.
///
/// @param a  (..., n, n), float32, float64, complex64 or complex128
/// @return   (...), the dtype of `a`
/// @throws ShapeError if the matrices are not square; DTypeError if `a` is of another dtype
/// Gradient: da = dy conj(det(a)) a^-H (ValueError where `a` is not invertible).
/// Source: tf.linalg.det.
/// @code std::cout << tf::linalg::det(tf::constant({{2.0, 1.0}, {4.0, 5.0}}));
/// // tf.Tensor(6.0, shape=(), dtype=float32) @endcode
SAEM_API Tensor det(const Tensor& a);

/// What `slogdet` returns.
struct Slogdet {
  Tensor sign;                 ///< -1, 0 or 1; of a complex matrix det(a) / |det(a)|
  Tensor log_abs_determinant;  ///< -infinity where the determinant is 0
};

/// The sign and log|det(a)| of a determinant that may be too large or too small for its dtype.
///
/// @param a  (..., n, n), float32, float64, complex64 or complex128
/// @return   sign and log_abs_determinant, each (...), the dtype of `a`
/// @throws ShapeError if the matrices are not square; DTypeError if `a` is of another dtype
/// Gradient: da = d(log_abs_determinant) a^-H; of a complex matrix its real part plus
/// i imag(d(sign) conj(sign)) times a^-H.  Source: tf.linalg.slogdet.
/// @code std::cout << tf::linalg::slogdet(tf::constant({{0.0, 1.0}, {1.0, 0.0}})).sign;
/// // tf.Tensor(-1.0, shape=(), dtype=float32) @endcode
SAEM_API Slogdet slogdet(const Tensor& a);

/// Whether a matrix is taken transposed and conjugated.
struct AdjointOptions {
  bool adjoint = false;  ///< transpose the matrices first, and conjugate complex ones
};

/// The inverse: a y = 1.
///
/// @param a        (..., n, n), float16, float32, float64, complex64 or complex128; float16 is
///                 computed in float32
/// @param options  adjoint: the inverse of the transposed matrices
/// @return         the shape and dtype of `a`
/// @throws ShapeError if the matrices are not square; DTypeError for another dtype; ValueError if a
///         matrix is not invertible
/// Gradient: da = -y^H dy y^H.  Source: tf.linalg.inv.
/// @code std::cout << tf::linalg::inv(tf::constant({{2.0, 0.0}, {0.0, 4.0}}))(1);
/// // tf.Tensor([-0. 0.25], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor inv(const Tensor& a, const AdjointOptions& options = {});

/// The solution of a y = b, by LU decomposition.
///
/// @param a        (..., n, n), float32, float64, complex64 or complex128
/// @param b        (..., n, k) with the leading axes and the dtype of `a`
/// @param options  adjoint: solve a^H y = b
/// @return         the shape and dtype of `b`
/// @throws ShapeError if shapes do not fit; DTypeError for other dtypes, and for two that differ;
/// ValueError
///         if a matrix is not invertible
/// Gradient: db = a^-H dy, da = -db y^H.  Source: tf.linalg.solve.
/// @code
/// std::cout << tf::linalg::solve(tf::constant({{2.0, 0.0}, {0.0, 4.0}}),
///                                tf::constant({{1.0}, {1.0}}))(tf::all, 0);
/// // tf.Tensor([0.5  0.25], shape=(2,), dtype=float32)
/// @endcode
SAEM_API Tensor solve(const Tensor& a, const Tensor& b, const AdjointOptions& options = {});

/// Which triangle `triangular_solve` reads, and which way round.
struct TriangularSolveOptions {
  static constexpr const char* kName = "TriangularSolveOptions";
  bool lower = true;     ///< the lower triangle; else the upper one
  bool adjoint = false;  ///< transpose the matrices first
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("lower", self.lower);
    visit("adjoint", self.adjoint);
  }
};

/// The solution of a y = b with a triangular matrix, by substitution. A zero on the diagonal gives
/// infinities or NaN, no error.
///
/// @param a        (..., n, n), float32, float64, complex64 or complex128; the other triangle is
///                 not read
/// @param b        (..., n, k), the dtype of `a`; leading axes broadcast
/// @param options  lower: which triangle (default the lower one); adjoint: solve a^H y = b
/// @return         (..., n, k), the dtype of `a`
/// @throws ShapeError if shapes do not fit; DTypeError for other dtypes, and for two that differ
/// Gradient: db = a^-T dy, da = -db y^T within the triangle.  Source: tf.linalg.triangular_solve.
/// @code
/// std::cout << tf::linalg::triangular_solve(tf::constant({{2.0, 0.0}, {1.0, 1.0}}),
///                                           tf::constant({{4.0}, {5.0}}))(tf::all, 0);
/// // tf.Tensor([2. 3.], shape=(2,), dtype=float32)
/// @endcode
SAEM_API Tensor triangular_solve(const Tensor& a, const Tensor& b,
                                 const TriangularSolveOptions& options = {});

/// The matrix exponential: y = sum_k a^k / k!, by scaling, a Pade approximant and squaring (Higham,
/// SIAM J. Matrix Anal. Appl. 26, 2005).
///
/// @param a  (..., n, n), float32, float64, complex64 or complex128
/// @return   the shape and dtype of `a`; NaN where a matrix holds NaN or an infinity
/// @throws ShapeError if the matrices are not square; DTypeError if `a` is of another dtype
/// Gradient: da = the upper right block of exp([[a^T, dy], [0, a^T]]).  Source: tf.linalg.expm.
/// @code std::cout << tf::linalg::expm(tf::constant({{0.0, 2.0}, {0.0, 0.0}}))(0);
/// // tf.Tensor([1. 2.], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor expm(const Tensor& a);

}  // namespace saem::linalg
