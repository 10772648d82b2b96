// svd, eigh; floor 2 of 5: meaning.
#include <cstdlib>
#include <saem/core/op.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/cast.hpp>
#include <saem/ops/complex.hpp>
#include <saem/ops/diag.hpp>
#include <saem/ops/linalg_spectral.hpp>
#include <saem/ops/matmul.hpp>
#include <saem/ops/reshape.hpp>
#include <saem/ops/unary_arith.hpp>

#include "base/message.hpp"
#include "ops/matrix.hpp"

namespace saem {
namespace ops {
namespace {

using linalg::EighOptions;
using linalg::SvdOptions;

/// 1 / x, and 0 instead of infinity: TensorFlow's gradients have the same broadening.
Tensor safe_reciprocal(const Tensor& x) { return x / (x * x + 1e-20); }

/// f_ij = 1 / (x_j - x_i), zeros on the diagonal.
Tensor differences_inverted(const Tensor& x) {
  return without_diagonal(safe_reciprocal(subtract(expand_dims(x, -2), expand_dims(x, -1))));
}

/// x^H y
Tensor inner(const Tensor& x, const Tensor& y) { return matmul(x, y, {.adjoint_a = true}); }
/// x y^H
Tensor outer(const Tensor& x, const Tensor& y) { return matmul(x, y, {.adjoint_b = true}); }

TensorSpecs infer_svd(const OpCall& call) {
  const auto [full, vectors] = call.options<SvdOptions>();
  const Tensor& a = call.input(0);
  check_matrices(call, a);
  const std::int64_t m = a.shape(-2);
  const std::int64_t n = a.shape(-1);
  const std::int64_t k = std::min(m, n);
  TensorSpecs specs{{a.dtype().real_dtype(), with_axes(batch_shape(a), {k})}};
  if (vectors) {
    specs.push_back({a.dtype(), with_axes(batch_shape(a), {m, full ? m : k})});
    specs.push_back({a.dtype(), with_axes(batch_shape(a), {n, full ? n : k})});
  }
  return specs;
}

/// What the rule for vectors works on: a = u diag(s) v^H with no more rows than columns.
struct SvdParts {
  Tensor s;
  Tensor u;
  Tensor v;
  Tensor du;
  Tensor dv;
};

/// Giles 2008 for u and v of full_matrices; J. Townsend, "Differentiating the singular value
/// decomposition" (2016) without; what complex vectors add, whose phase is free, is Z. Wan and
/// S. Zhang's, arXiv 1909.02659; as in TensorFlow.
Tensor wide_svd_vjp(const SvdParts& x, const Tensor& ds, bool full) {
  const std::int64_t m = x.s.shape(-1);
  const std::int64_t n = x.v.shape(-2);
  const Tensor f = differences_inverted(square(x.s));
  const Tensor s_rows = expand_dims(x.s, -2);     // scales columns, as a product by diag(s)
  const Tensor s_columns = expand_dims(x.s, -1);  // scales rows
  const Tensor v1 = x.v(ellipsis, slice(0, m));
  const Tensor dv1 = x.dv(ellipsis, slice(0, m));
  const Tensor f_u = multiply(f, inner(x.u, x.du));
  const Tensor v_dv = inner(v1, dv1);
  const Tensor f_v = multiply(f, v_dv);
  const Tensor middle =
      add(add(diagonal_matrices(ds), multiply(add(f_u, adjoint_matrices(f_u)), s_rows)),
          multiply(s_columns, add(f_v, adjoint_matrices(f_v))));
  Tensor within = matmul(x.u, outer(middle, v1));
  if (v_dv.dtype().is_complex()) {
    const Tensor phases = linalg::diag_part(v_dv);
    const Tensor turned = multiply(safe_reciprocal(x.s), math::conj(phases) - phases) * 0.5;
    within = add(within, matmul(multiply(x.u, expand_dims(turned, -2)), v1, {.adjoint_b = true}));
  }
  if (m == n) return within;
  // The part of dv outside the space of v1.
  const Tensor dv1_turned = adjoint_matrices(dv1);
  Tensor beside = subtract(dv1_turned, outer(matmul(dv1_turned, v1), v1));
  if (full) {
    const Tensor v2 = x.v(ellipsis, slice(m, n));
    const Tensor dv2 = x.dv(ellipsis, slice(m, n));
    beside = subtract(beside, outer(inner(v1, dv2), v2));
  }
  return add(within, matmul(multiply(x.u, safe_reciprocal(s_rows)), beside));
}

Tensors svd_vjp(const VjpCall& call) {
  const auto [full, vectors] = call.options<SvdOptions>();
  const Tensor& a = call.input(0);
  const Tensor ds = cast(gradient_or_zeros(call, 0), a.dtype());
  const bool only_s = !vectors || (!call.gradient(1).defined() && !call.gradient(2).defined());
  if (only_s) {
    const linalg::Svd thin = linalg::svd(a);
    return {outer(multiply(thin.u, expand_dims(ds, -2)), thin.v)};
  }
  const std::int64_t m = a.shape(-2);
  const std::int64_t n = a.shape(-1);
  if (full && std::abs(m - n) > 1) {
    raise<ValueError>("svd",
                      "has no gradient with full_matrices where rows and columns differ by more "
                      "than one, got shape {}; leave full_matrices out",
                      a.shape().to_string());
  }
  const SvdParts parts{cast(call.output(0), a.dtype()), call.output(1), call.output(2),
                       gradient_or_zeros(call, 1), gradient_or_zeros(call, 2)};
  if (m <= n) return {wide_svd_vjp(parts, ds, full)};
  return {
      adjoint_matrices(wide_svd_vjp({parts.s, parts.v, parts.u, parts.dv, parts.du}, ds, full))};
}

TensorSpecs infer_eigh(const OpCall& call) {
  const Tensor& a = call.input(0);
  check_square(call, a);
  TensorSpecs specs{{a.dtype(), Shape(a.shape().begin(), a.shape().end() - 1)}};
  if (call.options<EighOptions>().compute_v) specs.push_back({a.dtype(), a.shape()});
  return specs;
}

Tensors eigh_vjp(const VjpCall& call) {
  const bool vectors = call.options<EighOptions>().compute_v;
  const Tensor e = call.output(0);
  const Tensor v = vectors ? call.output(1) : linalg::eigh(call.input(0)).v;
  Tensor middle = diagonal_matrices(gradient_or_zeros(call, 0));
  if (vectors && call.gradient(1).defined()) {
    middle = add(middle, multiply(differences_inverted(e), inner(v, call.gradient(1))));
  }
  const Tensor da = matmul(v, outer(middle, v));
  // Only the lower triangle was read: what belongs to the upper one is added to it.
  return {lower_with_half_diagonal(add(da, adjoint_matrices(da)))};
}

}  // namespace

constinit OpDef svd_op{.name = "svd",
                       .min_inputs = 1,
                       .max_inputs = 1,
                       .traits = 0,
                       .infer = infer_svd,
                       .vjp = svd_vjp,
                       .options = &kAttributesType<SvdOptions>};
constinit OpDef eigh_op{.name = "eigh",
                        .min_inputs = 1,
                        .max_inputs = 1,
                        .traits = 0,
                        .infer = infer_eigh,
                        .vjp = eigh_vjp,
                        .options = &kAttributesType<EighOptions>};

}  // namespace ops

namespace linalg {

Svd svd(const Tensor& a, const SvdOptions& options) {
  const Tensors outputs = apply(ops::svd_op, BorrowedTensors<1>(a), options);
  if (!options.compute_uv) return {outputs[0], {}, {}};
  return {outputs[0], outputs[1], outputs[2]};
}

Eigh eigh(const Tensor& a) {
  const Tensors outputs = apply(ops::eigh_op, BorrowedTensors<1>(a), EighOptions{});
  return {outputs[0], outputs[1]};
}

Tensor eigvalsh(const Tensor& a) {
  return apply_one(ops::eigh_op, {a}, EighOptions{.compute_v = false});
}

}  // namespace linalg
}  // namespace saem
