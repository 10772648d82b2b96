// softmax, log_softmax and their backwards; floor 2 of 5: meaning.
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/softmax.hpp>
#include <saem/ops/transpose.hpp>
#include <saem/ops/unary_exp.hpp>

#include "base/message.hpp"
#include "ops/elementwise.hpp"
#include "ops/rules.hpp"

namespace saem {
namespace ops {

extern OpDef softmax_grad_op;
extern OpDef log_softmax_grad_op;

namespace {

// All four ops work along the last axis; the public functions turn another axis to the end and
// back.

Tensor sum_of_rows(const Tensor& x) { return reduce_sum(x, {.axis = -1, .keepdims = true}); }

Tensor below_maximum(const Tensor& x) { return x - reduce_max(x, {.axis = -1, .keepdims = true}); }

Tensors compose_softmax(const OpCall& call) {
  const Tensor weights = exp(below_maximum(call.input(0)));
  return {weights / sum_of_rows(weights)};
}

Tensors compose_log_softmax(const OpCall& call) {
  const Tensor shifted = below_maximum(call.input(0));
  return {shifted - log(sum_of_rows(exp(shifted)))};
}

Tensors softmax_vjp(const VjpCall& call) {
  return {apply_one(softmax_grad_op, {call.output(), call.gradient()})};
}

Tensors log_softmax_vjp(const VjpCall& call) {
  return {apply_one(log_softmax_grad_op, {call.output(), call.gradient()})};
}

/// Inputs: the output of the forward op, and its gradient.
TensorSpecs infer_grad(const OpCall& call) {
  const Tensor& y = call.input(0);
  const Tensor& dy = call.input(1);
  check_same_dtype(call, y, dy);
  if (y.shape() != dy.shape()) [[unlikely]] {
    raise<ShapeError>(call.op.name, "the output has shape {}, its gradient {}",
                      y.shape().to_string(), dy.shape().to_string());
  }
  return infer_floating_unary(call);
}

Tensors compose_softmax_grad(const OpCall& call) {
  const Tensor& y = call.input(0);
  const Tensor& dy = call.input(1);
  return {(dy - sum_of_rows(dy * y)) * y};
}

Tensors compose_log_softmax_grad(const OpCall& call) {
  const Tensor& dy = call.input(1);
  return {dy - exp(call.input(0)) * sum_of_rows(dy)};
}

Tensor along_axis(const OpDef& op, const Tensor& x, int axis) {
  const int last = x.rank() - 1;
  axis = normalize_axis(axis, x.rank(), op.name);
  if (axis == last) return apply_one(op, {x});
  Dims perm;
  for (int i = 0; i <= last; ++i) perm.push_back(i == axis ? last : i == last ? axis : i);
  return transpose(apply_one(op, {transpose(x, {.perm = perm})}), {.perm = perm});
}

}  // namespace

constinit OpDef softmax_op{.name = "softmax",
                           .min_inputs = 1,
                           .max_inputs = 1,
                           .traits = 0,
                           .infer = infer_floating_unary,
                           .compose = compose_softmax,
                           .vjp = softmax_vjp,
                           .batch = batch_in_front};
constinit OpDef log_softmax_op{.name = "log_softmax",
                               .min_inputs = 1,
                               .max_inputs = 1,
                               .traits = 0,
                               .infer = infer_floating_unary,
                               .compose = compose_log_softmax,
                               .vjp = log_softmax_vjp,
                               .batch = batch_in_front};
constinit OpDef softmax_grad_op{.name = "softmax_grad",
                                .min_inputs = 2,
                                .max_inputs = 2,
                                .traits = kBackward,
                                .infer = infer_grad,
                                .compose = compose_softmax_grad,
                                .batch = batch_in_front};
constinit OpDef log_softmax_grad_op{.name = "log_softmax_grad",
                                    .min_inputs = 2,
                                    .max_inputs = 2,
                                    .traits = kBackward,
                                    .infer = infer_grad,
                                    .compose = compose_log_softmax_grad,
                                    .batch = batch_in_front};

}  // namespace ops

namespace nn {

Tensor softmax(const Tensor& x, const SoftmaxOptions& options) {
  return ops::along_axis(ops::softmax_op, x, options.axis);
}
Tensor log_softmax(const Tensor& x, const SoftmaxOptions& options) {
  return ops::along_axis(ops::log_softmax_op, x, options.axis);
}

}  // namespace nn
}  // namespace saem
