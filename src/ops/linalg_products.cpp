// tensordot, norm and what is made of decompositions: functions over ops, which need no kernel.
#include <algorithm>
#include <cmath>
#include <limits>
#include <saem/core/op.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/cast.hpp>
#include <saem/ops/compare.hpp>
#include <saem/ops/complex.hpp>
#include <saem/ops/concat.hpp>
#include <saem/ops/diag.hpp>
#include <saem/ops/linalg_factor.hpp>
#include <saem/ops/linalg_products.hpp>
#include <saem/ops/linalg_solve.hpp>
#include <saem/ops/linalg_spectral.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/reshape.hpp>
#include <saem/ops/strided_slice.hpp>
#include <saem/ops/transpose.hpp>
#include <saem/ops/unary_arith.hpp>
#include <saem/ops/unary_exp.hpp>
#include <saem/ops/where.hpp>

#include "base/message.hpp"
#include "ops/elementwise.hpp"
#include "ops/matrix.hpp"

namespace saem {
namespace {

/// `x` as a matrix: the axes that are summed over last (or first), the others in their order.
struct Folded {
  Tensor matrix;
  Shape others;
};

Folded fold_axes(const Tensor& x, const Dims& summed, bool summed_last) {
  Dims perm;
  Shape others;
  std::int64_t inner = 1;
  for (int axis = 0; axis < x.rank(); ++axis) {
    if (std::find(summed.begin(), summed.end(), axis) != summed.end()) continue;
    perm.push_back(axis);
    others.push_back(x.shape()[axis]);
  }
  for (std::size_t i = 0; i < summed.size(); ++i) {
    inner *= x.shape()[static_cast<int>(summed[i])];
    if (summed_last) {
      perm.push_back(summed[i]);
    } else {
      perm.insert(perm.begin() + i, summed[i]);
    }
  }
  const Tensor moved = x.rank() == 0 ? x : transpose(x, {.perm = perm});
  const std::int64_t outer = others.size();
  return {reshape(moved, summed_last ? Shape{outer, inner} : Shape{inner, outer}), others};
}

Dims checked_axes(const Dims& axes, const Tensor& x) {
  Dims result;
  for (const std::int64_t axis : axes) {
    const int at = normalize_axis(axis, x.rank(), "tensordot");
    if (std::find(result.begin(), result.end(), at) != result.end()) {
      raise<ShapeError>("tensordot", "axis {} of shape {} is named twice", at,
                        x.shape().to_string());
    }
    result.push_back(at);
  }
  return result;
}

double epsilon_of(DType dtype) {
  return dtype.real_dtype() == float64 ? std::numeric_limits<double>::epsilon()
                                       : static_cast<double>(std::numeric_limits<float>::epsilon());
}

Tensor largest_singular_value(const Tensor& x, const Dims& axes) {
  Dims perm;
  for (int axis = 0; axis < x.rank(); ++axis) {
    if (axis != axes[0] && axis != axes[1]) perm.push_back(axis);
  }
  perm.push_back(axes[0]);
  perm.push_back(axes[1]);
  const Tensor s = linalg::svd(transpose(x, {.perm = perm}), {.compute_uv = false}).s;
  Tensor y = reduce_max(s, {.axis = -1});
  for (const std::int64_t axis : {std::min(axes[0], axes[1]), std::max(axes[0], axes[1])}) {
    y = expand_dims(y, static_cast<int>(axis));
  }
  return y;
}

/// |x|^2 elementwise, in the dtype of `x`, as TensorFlow's norms of complex numbers are complex.
Tensor squared_size(const Tensor& x) {
  return x.dtype().is_complex() ? multiply(x, math::conj(x)) : square(x);
}

Tensor matrix_norm(const Tensor& x, const NormOptions& options, const Dims& axes) {
  if (!options.ord)
    return sqrt(reduce_sum(squared_size(x), {.axis = Axes(axes), .keepdims = true}));
  const double ord = *options.ord;
  if (ord == 2.0) return largest_singular_value(x, axes);
  if (ord != 1.0 && !(std::isinf(ord) && ord > 0)) {
    raise<ValueError>("norm", "a matrix norm has order 1, 2, infinity or none (Euclidean), got {}",
                      ord);
  }
  const bool columns = ord == 1.0;
  const Tensor sums = reduce_sum(abs(x), {.axis = axes[columns ? 0 : 1], .keepdims = true});
  return reduce_max(sums, {.axis = axes[columns ? 1 : 0], .keepdims = true});
}

Tensor vector_norm(const Tensor& x, const NormOptions& options) {
  const double ord = options.ord.value_or(2.0);
  if (!(ord > 0.0)) {
    raise<ValueError>("norm", "a vector norm has a positive order, got {}", ord);
  }
  const ReduceOptions along{.axis = options.axis, .keepdims = true};
  if (ord == 2.0) return sqrt(reduce_sum(squared_size(x), along));
  if (ord == 1.0) return reduce_sum(abs(x), along);
  if (std::isinf(ord)) return reduce_max(abs(x), along);
  return pow(reduce_sum(pow(abs(x), ord), along), 1.0 / ord);
}

}  // namespace

Tensor tensordot(const Tensor& a, const Tensor& b, int axes) {
  if (axes < 0 || axes > a.rank() || axes > b.rank()) {
    raise<ShapeError>("tensordot", "cannot sum over {} axes of shapes {} and {}", axes,
                      a.shape().to_string(), b.shape().to_string());
  }
  Dims of_a;
  Dims of_b;
  for (int i = 0; i < axes; ++i) {
    of_a.push_back(a.rank() - axes + i);
    of_b.push_back(i);
  }
  return tensordot(a, b, of_a, of_b);
}

Tensor tensordot(const Tensor& a, const Tensor& b, const Dims& axes_a, const Dims& axes_b) {
  if (axes_a.size() != axes_b.size()) {
    raise<ShapeError>("tensordot", "{} axes of a cannot meet {} axes of b", axes_a.size(),
                      axes_b.size());
  }
  const Dims of_a = checked_axes(axes_a, a);
  const Dims of_b = checked_axes(axes_b, b);
  for (std::size_t i = 0; i < of_a.size(); ++i) {
    const std::int64_t size_a = a.shape()[static_cast<int>(of_a[i])];
    const std::int64_t size_b = b.shape()[static_cast<int>(of_b[i])];
    if (size_a != size_b) {
      raise<ShapeError>("tensordot", "axis {} of a {} has {} elements, axis {} of b {} has {}",
                        of_a[i], a.shape().to_string(), size_a, of_b[i], b.shape().to_string(),
                        size_b);
    }
  }
  const Folded left = fold_axes(a, of_a, true);
  const Folded right = fold_axes(b, of_b, false);
  Shape shape = left.others;
  for (const std::int64_t size : right.others) shape.push_back(size);
  return reshape(matmul(left.matrix, right.matrix), shape);
}

Tensor norm(const Tensor& x, const NormOptions& options) {
  if (!x.dtype().is_differentiable()) {
    raise<DTypeError>("norm", "needs floating point, real or complex, got {}; tf::cast it first",
                      x.dtype().name());
  }
  const bool matrices = options.axis.dims().size() == 2;
  if (!matrices && options.axis.dims().size() > 2) {
    raise<ShapeError>("norm", "takes one axis for vectors or two for matrices, got {}",
                      options.axis.to_string());
  }
  Tensor y;
  if (matrices) {
    (void)options.axis.normalized(x.rank(), "norm");
    Dims axes;  // in the order given: rows, columns
    for (const std::int64_t axis : options.axis.dims()) {
      axes.push_back(normalize_axis(axis, x.rank(), "norm"));
    }
    y = matrix_norm(x, options, axes);
  } else {
    y = vector_norm(x, options);
  }
  if (options.keepdims) return y;
  return options.axis.all() ? reshape(y, {}) : squeeze(y, {.axis = options.axis});
}

namespace linalg {

Tensor matrix_transpose(const Tensor& a) {
  if (a.rank() < 2) {
    raise<ShapeError>("matrix_transpose", "needs matrices, got shape {}", a.shape().to_string());
  }
  return ops::transpose_matrices(a);
}

Tensor adjoint(const Tensor& a) {
  if (a.rank() < 2) {
    raise<ShapeError>("adjoint", "needs matrices, got shape {}", a.shape().to_string());
  }
  return ops::adjoint_matrices(a);
}

Tensor matvec(const Tensor& a, const Tensor& x, const MatmulOptions& options) {
  if (a.rank() < 2 || x.rank() < 1) {
    raise<ShapeError>("matvec", "needs matrices and vectors, got {} x {}", a.shape().to_string(),
                      x.shape().to_string());
  }
  return squeeze(matmul(a, expand_dims(x, -1), options), {.axis = -1});
}

Tensor cross(const Tensor& a, const Tensor& b) {
  if (a.shape() != b.shape()) {
    raise<ShapeError>("cross", "shapes {} and {} differ; see tf::broadcast_to",
                      a.shape().to_string(), b.shape().to_string());
  }
  if (a.rank() == 0 || a.shape(-1) != 3) {
    raise<ShapeError>("cross", "needs three elements along the last axis, got shape {}",
                      a.shape().to_string());
  }
  const auto part = [](const Tensor& x, int i) { return x(ellipsis, slice(i, i + 1)); };
  const auto component = [&](int i, int j) {
    return part(a, i) * part(b, j) - part(a, j) * part(b, i);
  };
  return concat({component(1, 2), component(2, 0), component(0, 1)}, {.axis = -1});
}

Tensor logdet(const Tensor& a) {
  return reduce_sum(log(math::real(diag_part(cholesky(a)))), {.axis = -1}) * 2.0;
}

Tensor cholesky_solve(const Tensor& chol, const Tensor& b) {
  return triangular_solve(chol, triangular_solve(chol, b), {.adjoint = true});
}

Tensor pinv(const Tensor& a, const PinvOptions& options) {
  const auto [s, u, v] = svd(a);
  const auto larger = static_cast<double>(std::max(a.shape(-1), a.shape(-2)));
  const double rcond = options.rcond >= 0 ? options.rcond : 10.0 * larger * epsilon_of(a.dtype());
  const Tensor cutoff = reduce_max(s, {.axis = -1, .keepdims = true}) * rcond;
  // 1 / infinity is 0, and so is its gradient.
  const Tensor infinity = ops::scalar_like(std::numeric_limits<double>::infinity(), s, "pinv");
  const Tensor kept = cast(where(s > cutoff, s, infinity), a.dtype());
  return matmul(v / expand_dims(kept, -2), u, {.adjoint_b = true});
}

Tensor lstsq(const Tensor& a, const Tensor& b, const LstsqOptions& options) {
  if (a.rank() < 2 || b.rank() < 2 || a.shape(-2) != b.shape(-2)) {
    raise<ShapeError>("lstsq", "needs matrices with as many rows, got a {} and b {}",
                      a.shape().to_string(), b.shape().to_string());
  }
  if (!options.fast) {
    const auto smaller = static_cast<double>(std::min(a.shape(-1), a.shape(-2)));
    return matmul(pinv(a, {.rcond = smaller * epsilon_of(a.dtype())}), b);
  }
  const bool tall = a.shape(-2) >= a.shape(-1);
  Tensor gram = matmul(a, a, {.adjoint_a = tall, .adjoint_b = !tall});
  if (options.l2_regularizer != 0.0) {
    gram = set_diag(gram, diag_part(gram) + options.l2_regularizer);
  }
  const Tensor chol = cholesky(gram);
  if (tall) return cholesky_solve(chol, matmul(a, b, {.adjoint_a = true}));
  return matmul(a, cholesky_solve(chol, b), {.adjoint_a = true});
}

}  // namespace linalg
}  // namespace saem
