// softmax_cross_entropy_with_logits, sparse_softmax_cross_entropy_with_logits, their backwards and
// sigmoid_cross_entropy_with_logits; floor 2 of 5: meaning.
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/broadcast.hpp>
#include <saem/ops/cast.hpp>
#include <saem/ops/cross_entropy.hpp>
#include <saem/ops/gather.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/reshape.hpp>
#include <saem/ops/softmax.hpp>
#include <saem/ops/transpose.hpp>
#include <saem/ops/unary_arith.hpp>
#include <saem/ops/unary_exp.hpp>

#include "base/message.hpp"
#include "ops/elementwise.hpp"
#include "ops/rules.hpp"

namespace saem {
namespace ops {

extern OpDef softmax_cross_entropy_grad_op;
extern OpDef sparse_softmax_cross_entropy_grad_op;

namespace {

// The softmax ops see classes along the last axis; the public function turns another axis there.

void check_floating_logits(const OpCall& call, const Tensor& logits) {
  if (!logits.dtype().is_floating()) [[unlikely]] {
    raise<DTypeError>(call.op.name, "logits must be floating point, got {}; tf::cast them",
                      logits.dtype().name());
  }
}

void check_same_shape(const OpCall& call, const Tensor& labels, const Tensor& logits) {
  if (labels.shape() != logits.shape()) [[unlikely]] {
    raise<ShapeError>(call.op.name, "labels have shape {}, logits {}; they must be the same",
                      labels.shape().to_string(), logits.shape().to_string());
  }
}

Shape without_classes(const OpCall& call, const Tensor& logits) {
  if (logits.rank() == 0) [[unlikely]] {
    raise<ShapeError>(call.op.name, "logits need an axis of classes, got a scalar");
  }
  return {logits.shape().begin(), logits.shape().end() - 1};
}

void check_gradient(const OpCall& call, const Tensor& logits, const Shape& rows) {
  const Tensor& gradient = call.input(2);
  check_same_dtype(call, logits, gradient);
  if (gradient.shape() != rows) [[unlikely]] {
    raise<ShapeError>(call.op.name, "the loss has shape {}, its gradient {}", rows.to_string(),
                      gradient.shape().to_string());
  }
}

TensorSpecs infer_dense(const OpCall& call) {
  const Tensor& logits = call.input(1);
  check_floating_logits(call, logits);
  check_same_dtype(call, call.input(0), logits);
  check_same_shape(call, call.input(0), logits);
  return {{logits.dtype(), without_classes(call, logits)}};
}

TensorSpecs infer_dense_grad(const OpCall& call) {
  check_gradient(call, call.input(1), infer_dense(call)[0].shape);
  return {{call.input(1).dtype(), call.input(1).shape()}};
}

TensorSpecs infer_sparse(const OpCall& call) {
  const Tensor& labels = call.input(0);
  const Tensor& logits = call.input(1);
  check_floating_logits(call, logits);
  if (labels.dtype() != int64) [[unlikely]] {  // the public function widens other integers
    raise<DTypeError>(call.op.name,
                      "labels are class numbers and must be integers, got {}; for probabilities "
                      "use softmax_cross_entropy_with_logits",
                      labels.dtype().name());
  }
  Shape rows = without_classes(call, logits);
  if (labels.shape() != rows) [[unlikely]] {
    raise<ShapeError>(call.op.name, "logits of shape {} need labels of shape {}, got {}",
                      logits.shape().to_string(), rows.to_string(), labels.shape().to_string());
  }
  return {{logits.dtype(), std::move(rows)}};
}

TensorSpecs infer_sparse_grad(const OpCall& call) {
  check_gradient(call, call.input(1), infer_sparse(call)[0].shape);
  return {{call.input(1).dtype(), call.input(1).shape()}};
}

TensorSpecs infer_sigmoid(const OpCall& call) {
  const Tensor& logits = call.input(1);
  check_floating_logits(call, logits);
  check_same_dtype(call, call.input(0), logits);
  check_same_shape(call, call.input(0), logits);
  return {{logits.dtype(), logits.shape()}};
}

/// One probability a class out of one class number a row.
Tensor one_hot_rows(const OpCall& call) {
  const Tensor& logits = call.input(1);
  return one_hot(call.input(0), logits.shape(-1), {.dtype = logits.dtype()});
}

Tensors compose_dense(const OpCall& call) {
  return {-reduce_sum(call.input(0) * nn::log_softmax(call.input(1)), {.axis = -1})};
}

Tensors compose_dense_grad(const OpCall& call) {
  const Tensor& labels = call.input(0);
  const Tensor mass = reduce_sum(labels, {.axis = -1, .keepdims = true});
  return {(nn::softmax(call.input(1)) * mass - labels) * expand_dims(call.input(2), -1)};
}

Tensors compose_sparse(const OpCall& call) {
  return {nn::softmax_cross_entropy_with_logits(one_hot_rows(call), call.input(1))};
}

Tensors compose_sparse_grad(const OpCall& call) {
  return {(nn::softmax(call.input(1)) - one_hot_rows(call)) * expand_dims(call.input(2), -1)};
}

Tensors compose_sigmoid(const OpCall& call) {
  const Tensor& labels = call.input(0);
  const Tensor& logits = call.input(1);
  return {maximum(logits, 0) - logits * labels + log1p(exp(-abs(logits)))};
}

Tensors dense_vjp(const VjpCall& call) {
  const Tensor& logits = call.input(1);
  Tensors gradients(2);
  if (call.needs(0)) gradients[0] = -expand_dims(call.gradient(), -1) * nn::log_softmax(logits);
  if (call.needs(1)) {
    gradients[1] =
        apply_one(softmax_cross_entropy_grad_op, {call.input(0), logits, call.gradient()});
  }
  return gradients;
}

Tensors sparse_vjp(const VjpCall& call) {
  return {{},
          apply_one(sparse_softmax_cross_entropy_grad_op,
                    {call.input(0), call.input(1), call.gradient()})};
}

Tensors sigmoid_vjp(const VjpCall& call) {
  const Tensor& logits = call.input(1);
  Tensors gradients(2);
  if (call.needs(0)) gradients[0] = -call.gradient() * logits;
  if (call.needs(1)) gradients[1] = call.gradient() * (sigmoid(logits) - call.input(0));
  return gradients;
}

}  // namespace

constinit OpDef softmax_cross_entropy_with_logits_op{.name = "softmax_cross_entropy_with_logits",
                                                     .min_inputs = 2,
                                                     .max_inputs = 2,
                                                     .traits = 0,
                                                     .infer = infer_dense,
                                                     .compose = compose_dense,
                                                     .vjp = dense_vjp,
                                                     .batch = batch_in_front};
constinit OpDef softmax_cross_entropy_grad_op{.name = "softmax_cross_entropy_grad",
                                              .min_inputs = 3,
                                              .max_inputs = 3,
                                              .traits = kBackward,
                                              .infer = infer_dense_grad,
                                              .compose = compose_dense_grad,
                                              .batch = batch_in_front};
constinit OpDef sparse_softmax_cross_entropy_with_logits_op{
    .name = "sparse_softmax_cross_entropy_with_logits",
    .min_inputs = 2,
    .max_inputs = 2,
    .traits = 0,
    .infer = infer_sparse,
    .compose = compose_sparse,
    .vjp = sparse_vjp,
    .batch = batch_in_front};
constinit OpDef sparse_softmax_cross_entropy_grad_op{.name = "sparse_softmax_cross_entropy_grad",
                                                     .min_inputs = 3,
                                                     .max_inputs = 3,
                                                     .traits = kBackward,
                                                     .infer = infer_sparse_grad,
                                                     .compose = compose_sparse_grad,
                                                     .batch = batch_in_front};
constinit OpDef sigmoid_cross_entropy_with_logits_op{.name = "sigmoid_cross_entropy_with_logits",
                                                     .min_inputs = 2,
                                                     .max_inputs = 2,
                                                     .traits = kElementwise,
                                                     .infer = infer_sigmoid,
                                                     .compose = compose_sigmoid,
                                                     .vjp = sigmoid_vjp,
                                                     .batch = batch_in_front};

}  // namespace ops

namespace nn {

Tensor softmax_cross_entropy_with_logits(const Tensor& labels, const Tensor& logits,
                                         const CrossEntropyOptions& options) {
  const OpDef& op = ops::softmax_cross_entropy_with_logits_op;
  if (labels.shape() != logits.shape()) {
    const Shape shape = broadcast_shapes(labels.shape(), logits.shape(), op.name);
    return softmax_cross_entropy_with_logits(broadcast_to(labels, shape),
                                             broadcast_to(logits, shape), options);
  }
  const int last = logits.rank() - 1;
  const int axis = normalize_axis(options.axis, logits.rank(), op.name);
  if (axis == last) return apply_one(op, {labels, logits});
  Dims perm;
  for (int i = 0; i <= last; ++i) {
    if (i != axis) perm.push_back(i);
  }
  perm.push_back(axis);
  return apply_one(op, {transpose(labels, {.perm = perm}), transpose(logits, {.perm = perm})});
}

Tensor sparse_softmax_cross_entropy_with_logits(const Tensor& labels, const Tensor& logits) {
  const Tensor numbers = labels.dtype().is_integer() ? cast(labels, int64) : labels;
  return apply_one(ops::sparse_softmax_cross_entropy_with_logits_op, {numbers, logits});
}

Tensor sigmoid_cross_entropy_with_logits(const Tensor& labels, const Tensor& logits) {
  return apply_one(ops::sigmoid_cross_entropy_with_logits_op, {labels, logits});
}

}  // namespace nn
}  // namespace saem
