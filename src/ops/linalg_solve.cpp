// det, slogdet, inv, solve, triangular_solve; floor 2 of 5: meaning.
#include <saem/core/op.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/cast.hpp>
#include <saem/ops/complex.hpp>
#include <saem/ops/linalg_solve.hpp>
#include <saem/ops/matmul.hpp>
#include <saem/ops/reshape.hpp>
#include <saem/ops/unary_arith.hpp>

#include "base/message.hpp"
#include "ops/elementwise.hpp"
#include "ops/matrix.hpp"

namespace saem {
namespace ops {
namespace {

using linalg::TriangularSolveOptions;

TensorSpecs infer_square_to_square(const OpCall& call) {
  check_square(call, call.input(0));
  return {{call.input(0).dtype(), call.input(0).shape()}};
}

TensorSpecs infer_det(const OpCall& call) {
  check_square(call, call.input(0));
  return {{call.input(0).dtype(), batch_shape(call.input(0))}};
}

TensorSpecs infer_slogdet(const OpCall& call) {
  TensorSpecs specs = infer_det(call);
  specs.push_back(specs[0]);
  return specs;
}

/// x (...) times a^-H (..., n, n).
Tensor times_inverse(const Tensor& x, const Tensor& a) {
  return multiply(reshape(x, with_axes(x.shape(), {1, 1})), linalg::inv(a, {.adjoint = true}));
}

Tensors det_vjp(const VjpCall& call) {
  return {times_inverse(multiply(call.gradient(), math::conj(call.output())), call.input(0))};
}

/// A real sign is constant wherever it has a derivative. A complex one turns with the imaginary
/// part of log(det(a)), as log|det(a)| grows with the real one.
Tensors slogdet_vjp(const VjpCall& call) {
  if (!call.input(0).dtype().is_complex()) {
    if (!call.gradient(1).defined()) return Tensors(1);
    return {times_inverse(call.gradient(1), call.input(0))};
  }
  const Tensor turning =
      math::imag(multiply(gradient_or_zeros(call, 0), math::conj(call.output(0))));
  return {times_inverse(complex(math::real(gradient_or_zeros(call, 1)), turning), call.input(0))};
}

Tensors inv_vjp(const VjpCall& call) {
  const Tensor& y = call.output();
  return {
      negative(matmul(y, matmul(call.gradient(), y, {.adjoint_b = true}), {.adjoint_a = true}))};
}

void check_right_hand_side(const OpCall& call, const Tensor& a, const Tensor& b) {
  check_same_dtype(call, a, b);
  check_square(call, a);
  check_matrices(call, b);
  if (a.shape(-1) != b.shape(-2)) {
    raise<ShapeError>(call.op.name, "a {} and b {} have different numbers of rows",
                      a.shape().to_string(), b.shape().to_string());
  }
}

TensorSpecs infer_solve(const OpCall& call) {
  const Tensor& a = call.input(0);
  const Tensor& b = call.input(1);
  check_right_hand_side(call, a, b);
  if (batch_shape(a) != batch_shape(b)) {
    raise<ShapeError>("solve", "the leading axes of a {} and b {} differ; see tf::broadcast_to",
                      a.shape().to_string(), b.shape().to_string());
  }
  return {{b.dtype(), b.shape()}};
}

Tensors solve_vjp(const VjpCall& call) {
  const Tensor db = linalg::solve(call.input(0), call.gradient(), {.adjoint = true});
  Tensors gradients(2);
  if (call.needs(0)) gradients[0] = negative(matmul(db, call.output(), {.adjoint_b = true}));
  if (call.needs(1)) gradients[1] = db;
  return gradients;
}

TensorSpecs infer_triangular_solve(const OpCall& call) {
  const Tensor& a = call.input(0);
  const Tensor& b = call.input(1);
  check_right_hand_side(call, a, b);
  Shape batch = broadcast_shapes(batch_shape(a), batch_shape(b), "triangular_solve");
  return {{b.dtype(), with_axes(std::move(batch), {b.shape(-2), b.shape(-1)})}};
}

Tensors triangular_solve_vjp(const VjpCall& call) {
  const auto [lower, adjoint] = call.options<TriangularSolveOptions>();
  const Tensor& a = call.input(0);
  const Tensor& y = call.output();
  const Tensor db =
      linalg::triangular_solve(a, call.gradient(), {.lower = lower, .adjoint = !adjoint});
  Tensors gradients(2);
  if (call.needs(0)) {
    const Tensor da =
        negative(adjoint ? matmul(y, db, {.adjoint_b = true}) : matmul(db, y, {.adjoint_b = true}));
    gradients[0] = sum_to_shape(lower ? lower_triangle(da) : upper_triangle(da), a.shape());
  }
  if (call.needs(1)) gradients[1] = sum_to_shape(db, call.input(1).shape());
  return gradients;
}

}  // namespace

constinit OpDef det_op{.name = "det",
                       .min_inputs = 1,
                       .max_inputs = 1,
                       .traits = 0,
                       .infer = infer_det,
                       .vjp = det_vjp};
constinit OpDef slogdet_op{.name = "slogdet",
                           .min_inputs = 1,
                           .max_inputs = 1,
                           .traits = 0,
                           .infer = infer_slogdet,
                           .vjp = slogdet_vjp};
constinit OpDef inv_op{.name = "inv",
                       .min_inputs = 1,
                       .max_inputs = 1,
                       .traits = 0,
                       .infer = infer_square_to_square,
                       .vjp = inv_vjp};
constinit OpDef solve_op{.name = "solve",
                         .min_inputs = 2,
                         .max_inputs = 2,
                         .traits = 0,
                         .infer = infer_solve,
                         .vjp = solve_vjp};
constinit OpDef triangular_solve_op{.name = "triangular_solve",
                                    .min_inputs = 2,
                                    .max_inputs = 2,
                                    .traits = 0,
                                    .infer = infer_triangular_solve,
                                    .vjp = triangular_solve_vjp,
                                    .options = &kAttributesType<TriangularSolveOptions>};

}  // namespace ops

namespace linalg {

Tensor det(const Tensor& a) { return apply_one(ops::det_op, {a}); }

Slogdet slogdet(const Tensor& a) {
  const Tensors outputs = apply(ops::slogdet_op, BorrowedTensors<1>(a));
  return {outputs[0], outputs[1]};
}

Tensor inv(const Tensor& a, const AdjointOptions& options) {
  if (a.dtype() == half) return cast(inv(cast(a, float32), options), half);
  const bool turn = options.adjoint && a.rank() >= 2;
  return apply_one(ops::inv_op, {turn ? ops::adjoint_matrices(a) : a});
}

Tensor solve(const Tensor& a, const Tensor& b, const AdjointOptions& options) {
  const bool turn = options.adjoint && a.rank() >= 2;
  return apply_one(ops::solve_op, {turn ? ops::adjoint_matrices(a) : a, b});
}

Tensor triangular_solve(const Tensor& a, const Tensor& b, const TriangularSolveOptions& options) {
  return apply_one(ops::triangular_solve_op, {a, b}, options);
}

}  // namespace linalg
}  // namespace saem
