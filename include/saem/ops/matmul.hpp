#pragma once

#include <optional>
#include <saem/core/attributes.hpp>
#include <saem/core/tensor.hpp>

namespace saem {

/// Which operands are taken transposed, and what comes out.
struct MatmulOptions {
  static constexpr const char* kName = "MatmulOptions";
  bool transpose_a = false;  ///< swap the last two axes of `a` first
  bool transpose_b = false;  ///< swap the last two axes of `b` first
  bool adjoint_a = false;    ///< the conjugate transpose of `a`; a real one is transpose_a
  bool adjoint_b = false;    ///< the conjugate transpose of `b`; a real one is transpose_b
  std::optional<DType> output_type = {};  ///< int32 for products of int8 and uint8
  /// A hint: `b` comes again as it is, so that a copy in the layout that products like best may be
  /// kept with it, until it is written. Same bits.
  bool constant_b = false;
  /// What the op sees: `matmul` has turned the rest into transposes and casts.
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("transpose_a", self.transpose_a);
    visit("transpose_b", self.transpose_b);
    visit("constant_b", self.constant_b);
  }
};

/// Matrix product: y_ij = sum_k a_ik b_kj, for each pair of matrices along the leading axes.
///
/// float16 and bfloat16 are summed in float32 and rounded once; integers wrap around. A transposed
/// view costs no copy. The order of summation in float32, float16 and bfloat16 is oneDNN's: the
/// same number of threads gives the same bits; so is that of complex numbers BLAS'. float64 and
/// integers give the same bits with any number.
///
/// @param a        (..., n, k), numbers but 8- and 16-bit integers; (..., k, n) with transpose_a
/// @param b        (..., k, m), the dtype of `a`; (..., m, k) with transpose_b
/// @param options  transpose_a, transpose_b: swap the last two axes first; adjoint_a, adjoint_b:
///                 and conjugate complex numbers; output_type: int32 lets int8 and uint8 meet;
///                 constant_b: b comes again, which may make later products faster
/// @return         (..., n, m), leading axes broadcast, zeros where k is 0; the dtype of `a`, or
///                 output_type
/// @throws ShapeError if a rank is below 2, inner sizes differ or leading axes do not broadcast;
///         DTypeError if dtypes differ or are not supported; ValueError for an operand that is to
///         be transposed and adjoint
/// Gradient: da = dy b^H, db = a^H dy, summed over broadcast axes.  Source: tf.linalg.matmul.
/// @code
/// std::cout << tf::matmul(tf::constant({{1, 2}}), tf::constant({{3}, {4}}))(0);
/// // tf.Tensor([11], shape=(1,), dtype=int32)
/// @endcode
SAEM_API Tensor matmul(const Tensor& a, const Tensor& b, const MatmulOptions& options = {});

}  // namespace saem
