#pragma once

#include <saem/core/attributes.hpp>
#include <saem/core/tensor.hpp>

/// Singular values and eigenvalues. Every function takes a batch of matrices along the leading
/// axes. LAPACK does the work: batches give the same bits with any number of threads, one large
/// matrix gives the same bits with the same number. A singular vector or eigenvector is only
/// defined up to its sign (a complex one up to its phase), and vectors of equal values up to a
/// rotation: there gradients are meaningless, as in TensorFlow.
namespace saem::linalg {

/// What `svd` returns.
struct Svd {
  Tensor s;  ///< singular values, largest first
  Tensor u;  ///< left singular vectors in columns; undefined without compute_uv
  Tensor v;  ///< right singular vectors in columns; undefined without compute_uv
};

/// What `svd` computes.
struct SvdOptions {
  static constexpr const char* kName = "SvdOptions";
  bool full_matrices = false;  ///< square u and v
  bool compute_uv = true;      ///< u and v at all
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("full_matrices", self.full_matrices);
    visit("compute_uv", self.compute_uv);
  }
};

/// The singular value decomposition: a = u diag(s) v^H.
///
/// @param a        (..., m, n), float32, float64, complex64 or complex128
/// @param options  full_matrices: u (..., m, m) and v (..., n, n); compute_uv: false for s alone
/// @return         s (..., k) in falling order, u (..., m, k), v (..., n, k), k = min(m, n); the
///                 dtype of `a`, but s real. NaN where a matrix holds NaN or an infinity.
/// @throws ShapeError if the rank is below 2; DTypeError if `a` is of another dtype
/// Gradient: Giles 2008; none with full_matrices where |m - n| > 1.  Source: tf.linalg.svd.
/// @code std::cout << tf::linalg::svd(tf::constant({{0.0, 2.0}, {3.0, 0.0}})).s;
/// // tf.Tensor([3. 2.], shape=(2,), dtype=float32) @endcode
SAEM_API Svd svd(const Tensor& a, const SvdOptions& options = {});

/// What `eigh` returns.
struct Eigh {
  Tensor e;  ///< eigenvalues, smallest first
  Tensor v;  ///< eigenvectors in columns, of length one
};

/// Options of the op behind `eigh` and `eigvalsh`.
struct EighOptions {
  static constexpr const char* kName = "EighOptions";
  bool compute_v = true;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("compute_v", self.compute_v);
  }
};

/// The eigenvalues and eigenvectors of a symmetric (Hermitian) matrix: a v = v diag(e).
///
/// @param a  (..., n, n), float32, float64, complex64 or complex128; only the lower triangle is
///           read
/// @return   e (..., n) in rising order and v (..., n, n), the dtype of `a`
/// @throws ShapeError if the matrices are not square; DTypeError if `a` is of another dtype;
///         ValueError if a matrix holds NaN or an infinity
/// Gradient: v (diag(de) + f * (v^H dv)) v^H with f_ij = 1 / (e_j - e_i), folded into the lower
/// triangle.  Source: tf.linalg.eigh.
/// @code std::cout << tf::linalg::eigh(tf::constant({{5.0, 0.0}, {0.0, 3.0}})).e;
/// // tf.Tensor([3. 5.], shape=(2,), dtype=float32) @endcode
SAEM_API Eigh eigh(const Tensor& a);

/// The eigenvalues of a symmetric (Hermitian) matrix: the e of `eigh`, in about a third of its
/// time.
///
/// @param a  (..., n, n), float32, float64, complex64 or complex128; only the lower triangle is
///           read
/// @return   (..., n) in rising order, the dtype of `a`
/// @throws ShapeError if the matrices are not square; DTypeError if `a` is of another dtype;
///         ValueError if a matrix holds NaN or an infinity
/// Gradient: v diag(dy) v^H, folded into the lower triangle.  Source: tf.linalg.eigvalsh.
/// @code std::cout << tf::linalg::eigvalsh(tf::constant({{5.0, 0.0}, {0.0, 3.0}}));
/// // tf.Tensor([3. 5.], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor eigvalsh(const Tensor& a);

}  // namespace saem::linalg
