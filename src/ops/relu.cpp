// relu, relu6, leaky_relu and relu's backward; floor 2 of 5: meaning.
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/clip.hpp>
#include <saem/ops/compare.hpp>
#include <saem/ops/logical.hpp>
#include <saem/ops/relu.hpp>
#include <saem/ops/where.hpp>

#include "base/message.hpp"
#include "ops/elementwise.hpp"

namespace saem {
namespace ops {

extern OpDef relu_grad_op;

namespace {

/// `dy` where the mask holds, elsewhere zero.
Tensor masked(const Tensor& mask, const Tensor& dy, const OpCall& call) {
  return where(mask, dy, scalar_like(0, dy, call.op.name));
}

Tensors compose_relu(const OpCall& call) { return {maximum(call.input(0), 0)}; }

// The output knows which way the input went: y > 0 exactly where x > 0.
Tensors relu_vjp(const VjpCall& call) {
  return {apply_one(relu_grad_op, {call.gradient(), call.output()})};
}

Tensors compose_relu6(const OpCall& call) { return {clip_by_value(call.input(0), 0, 6)}; }

Tensors relu6_vjp(const VjpCall& call) {
  const Tensor& y = call.output();
  return {masked((y > 0) & (y < 6), call.gradient(), call)};
}

Tensors compose_leaky_relu(const OpCall& call) {
  const Tensor& x = call.input(0);
  return {where(x > 0, x, x * call.options<nn::LeakyReluOptions>().alpha)};
}

Tensors leaky_relu_vjp(const VjpCall& call) {
  const Tensor& dy = call.gradient();
  return {where(call.input(0) > 0, dy, dy * call.options<nn::LeakyReluOptions>().alpha)};
}

/// Inputs: the gradient of relu's output, and that output.
TensorSpecs infer_relu_grad(const OpCall& call) {
  const Tensor& dy = call.input(0);
  const Tensor& y = call.input(1);
  check_same_dtype(call, dy, y);
  if (dy.shape() != y.shape()) [[unlikely]] {
    raise<ShapeError>(call.op.name, "the gradient has shape {}, relu's output {}",
                      dy.shape().to_string(), y.shape().to_string());
  }
  return {{y.dtype(), y.shape()}};
}

Tensors compose_relu_grad(const OpCall& call) {
  return {masked(call.input(1) > 0, call.input(0), call)};
}

}  // namespace

constinit OpDef relu_op{.name = "relu",
                        .min_inputs = 1,
                        .max_inputs = 1,
                        .traits = kElementwise,
                        .infer = infer_numeric_unary,
                        .compose = compose_relu,
                        .vjp = relu_vjp};
constinit OpDef relu6_op{.name = "relu6",
                         .min_inputs = 1,
                         .max_inputs = 1,
                         .traits = kElementwise,
                         .infer = infer_numeric_unary,
                         .compose = compose_relu6,
                         .vjp = relu6_vjp};
constinit OpDef leaky_relu_op{.name = "leaky_relu",
                              .min_inputs = 1,
                              .max_inputs = 1,
                              .traits = kElementwise,
                              .infer = infer_floating_unary,
                              .compose = compose_leaky_relu,
                              .vjp = leaky_relu_vjp,
                              .options = &kAttributesType<nn::LeakyReluOptions>};
constinit OpDef relu_grad_op{.name = "relu_grad",
                             .min_inputs = 2,
                             .max_inputs = 2,
                             .traits = kElementwise | kBackward,
                             .infer = infer_relu_grad,
                             .compose = compose_relu_grad};

}  // namespace ops

namespace nn {

Tensor relu(const Tensor& x) { return apply_one(ops::relu_op, {x}); }
Tensor relu6(const Tensor& x) { return apply_one(ops::relu6_op, {x}); }
Tensor leaky_relu(const Tensor& x, const LeakyReluOptions& options) {
  return apply_one(ops::leaky_relu_op, {x}, options);
}

}  // namespace nn
}  // namespace saem
