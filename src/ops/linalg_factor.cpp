// cholesky, lu, qr; floor 2 of 5: meaning.
#include <saem/core/op.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/cast.hpp>
#include <saem/ops/complex.hpp>
#include <saem/ops/concat.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/diag.hpp>
#include <saem/ops/gather.hpp>
#include <saem/ops/linalg_factor.hpp>
#include <saem/ops/linalg_solve.hpp>
#include <saem/ops/matmul.hpp>
#include <saem/ops/unary_arith.hpp>

#include "base/message.hpp"
#include "ops/matrix.hpp"

namespace saem {
namespace ops {
namespace {

using linalg::LuOptions;
using linalg::QrOptions;
using linalg::triangular_solve;

TensorSpecs infer_cholesky(const OpCall& call) {
  check_square(call, call.input(0));
  return {{call.input(0).dtype(), call.input(0).shape()}};
}

/// I. Murray, "Differentiation of the Cholesky decomposition", arXiv 1602.07527, equation 9, with
/// two solves for the products by l^-1.
Tensors cholesky_vjp(const VjpCall& call) {
  const Tensor& l = call.output();
  const Tensor middle = lower_with_half_diagonal(matmul(l, call.gradient(), {.adjoint_a = true}));
  const Tensor left = triangular_solve(l, middle, {.adjoint = true});
  const Tensor da =
      adjoint_matrices(triangular_solve(l, adjoint_matrices(left), {.adjoint = true}));
  return {(da + adjoint_matrices(da)) * 0.5};
}

TensorSpecs infer_lu(const OpCall& call) {
  const Tensor& a = call.input(0);
  check_square(call, a);
  const DType index = call.options<LuOptions>().output_idx_type;
  if (index != int32 && index != int64) {
    raise<DTypeError>("lu", "output_idx_type is {}; it can be int32 or int64", index.name());
  }
  return {{a.dtype(), a.shape()}, {index, Shape(a.shape().begin(), a.shape().end() - 1)}};
}

/// a = p^T l u gives p da = dl u + l du; l^-1 dl is strictly lower and du u^-1 upper triangular.
/// The rows are put back by a product with p^T, which works for batches as well.
Tensors lu_vjp(const VjpCall& call) {
  const Tensor& lower_upper = call.output(0);
  const Tensor dy = gradient_or_zeros(call, 0);
  const Tensor eye = diagonal_matrices(ones_like(lower_upper(ellipsis, 0)));
  const Tensor l = add(without_diagonal(lower_triangle(lower_upper)), eye);
  const Tensor u = upper_triangle(lower_upper);
  const Tensor dl = without_diagonal(lower_triangle(dy));
  const Tensor du = upper_triangle(dy);
  const Tensor middle = add(without_diagonal(lower_triangle(matmul(l, dl, {.adjoint_a = true}))),
                            upper_triangle(matmul(du, u, {.adjoint_b = true})));
  const Tensor left = triangular_solve(l, middle, {.adjoint = true});
  const Tensor turned = triangular_solve(u, adjoint_matrices(left), {.lower = false});
  const Tensor p = one_hot(call.output(1), static_cast<int>(l.shape(-1)), {.dtype = l.dtype()});
  return {matmul(p, turned, {.transpose_a = true, .adjoint_b = true})};
}

TensorSpecs infer_qr(const OpCall& call) {
  const Tensor& a = call.input(0);
  check_matrices(call, a);
  const std::int64_t m = a.shape(-2);
  const std::int64_t n = a.shape(-1);
  const std::int64_t k = call.options<QrOptions>().full_matrices ? m : std::min(m, n);
  return {{a.dtype(), with_axes(batch_shape(a), {m, k})},
          {a.dtype(), with_axes(batch_shape(a), {k, n})}};
}

/// x r^-H for upper triangular r.
Tensor times_inverse_adjoint(const Tensor& x, const Tensor& r) {
  return adjoint_matrices(triangular_solve(r, adjoint_matrices(x), {.lower = false}));
}

/// What the diagonal of r, which stays real, takes away from the gradient of a complex q.
Tensor imaginary_diagonal(const Tensor& x) {
  const Tensor diagonal = linalg::diag_part(x);
  return diagonal_matrices(complex(zeros_like(math::real(diagonal)), math::imag(diagonal)));
}

/// For as many rows as columns, or more: arXiv 2009.10071.
Tensor qr_vjp_deep(const Tensor& q, const Tensor& r, const Tensor& dq, const Tensor& dr) {
  const Tensor q_dq = matmul(q, dq, {.adjoint_a = true});
  const Tensor r_dr = matmul(r, dr, {.adjoint_b = true});
  const Tensor lower =
      lower_triangle(add(q_dq - adjoint_matrices(q_dq), r_dr - adjoint_matrices(r_dr)));
  const Tensor within = matmul(q, add(dr, times_inverse_adjoint(lower, r)));
  const Tensor beside = times_inverse_adjoint(subtract(dq, matmul(q, q_dq)), r);
  if (q.dtype().is_complex()) {
    const Tensor turned = imaginary_diagonal(r_dr - adjoint_matrices(q_dq));
    return add(add(within, beside),
               times_inverse_adjoint(matmul(q, turned, {.adjoint_b = true}), r));
  }
  return add(within, beside);
}

Tensors qr_vjp(const VjpCall& call) {
  const Tensor& a = call.input(0);
  const Tensor& q = call.output(0);
  const Tensor& r = call.output(1);
  const std::int64_t rows = r.shape(-2);
  const std::int64_t columns = r.shape(-1);
  if (rows > columns && q.shape(-1) == q.shape(-2)) {
    raise<ValueError>("qr",
                      "has no gradient with full_matrices for more rows than columns, got shape "
                      "{}; leave full_matrices out",
                      a.shape().to_string());
  }
  const Tensor dq = gradient_or_zeros(call, 0);
  const Tensor dr = gradient_or_zeros(call, 1);
  const std::int64_t height = q.shape(-2);
  if (height >= columns) return {qr_vjp_deep(q, r, dq, dr)};
  // a = [x, y] and r = [u, v]: x = q u is square, y = q v.
  const Index left = slice(0, height);
  const Index right = slice(height, columns);
  const Tensor y = a(ellipsis, right);
  const Tensor dv = dr(ellipsis, right);
  const Tensor dx = qr_vjp_deep(q, r(ellipsis, left), add(dq, matmul(y, dv, {.adjoint_b = true})),
                                dr(ellipsis, left));
  return {concat({dx, matmul(q, dv)}, {.axis = -1})};
}

}  // namespace

constinit OpDef cholesky_op{.name = "cholesky",
                            .min_inputs = 1,
                            .max_inputs = 1,
                            .traits = 0,
                            .infer = infer_cholesky,
                            .vjp = cholesky_vjp};
constinit OpDef lu_op{.name = "lu",
                      .min_inputs = 1,
                      .max_inputs = 1,
                      .traits = 0,
                      .infer = infer_lu,
                      .vjp = lu_vjp,
                      .options = &kAttributesType<LuOptions>};
constinit OpDef qr_op{.name = "qr",
                      .min_inputs = 1,
                      .max_inputs = 1,
                      .traits = 0,
                      .infer = infer_qr,
                      .vjp = qr_vjp,
                      .options = &kAttributesType<QrOptions>};

}  // namespace ops

namespace linalg {

Tensor cholesky(const Tensor& a) { return apply_one(ops::cholesky_op, {a}); }

Lu lu(const Tensor& a, const LuOptions& options) {
  const Tensors outputs = apply(ops::lu_op, BorrowedTensors<1>(a), options);
  return {outputs[0], outputs[1]};
}

Qr qr(const Tensor& a, const QrOptions& options) {
  const bool is_half = a.dtype() == half;
  const Tensor wide = is_half ? cast(a, float32) : a;
  const Tensors outputs = apply(ops::qr_op, BorrowedTensors<1>(wide), options);
  if (!is_half) return {outputs[0], outputs[1]};
  return {cast(outputs[0], half), cast(outputs[1], half)};
}

}  // namespace linalg
}  // namespace saem
