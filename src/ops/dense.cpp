// dense, floor 2 of 5: meaning.
#include <saem/core/op.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/dense.hpp>
#include <saem/ops/matmul.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/relu.hpp>
#include <saem/ops/reshape.hpp>

#include "base/message.hpp"
#include "ops/elementwise.hpp"

namespace saem {
namespace ops {

extern OpDef relu_grad_op;

namespace {

void check_dtypes(const OpCall& call) {
  check_same_dtype(call, call.input(0), call.input(1));
  check_same_dtype(call, call.input(0), call.input(2));
  const DType dtype = call.input(0).dtype();
  if (!dtype.is_floating() || dtype.is_float8()) {
    raise<DTypeError>("dense", "needs floating point, got {}; tf::cast it first", dtype.name());
  }
}

TensorSpecs infer_dense(const OpCall& call) {
  const Tensor& x = call.input(0);
  const Tensor& kernel = call.input(1);
  const Tensor& bias = call.input(2);
  check_dtypes(call);
  if (x.rank() != 2 || kernel.rank() != 2 || bias.rank() != 1) {
    raise<ShapeError>("dense",
                      "needs x of shape (..., inputs), kernel (inputs, units) and bias (units,), "
                      "got {}, {} and {}",
                      x.shape().to_string(), kernel.shape().to_string(), bias.shape().to_string());
  }
  if (x.shape(1) != kernel.shape(0)) {
    raise<ShapeError>("dense", "x has {} inputs, kernel of shape {} takes {}", x.shape(1),
                      kernel.shape().to_string(), kernel.shape(0));
  }
  if (bias.shape(0) != kernel.shape(1)) {
    raise<ShapeError>("dense", "kernel of shape {} makes {} units, bias has {}",
                      kernel.shape().to_string(), kernel.shape(1), bias.shape(0));
  }
  const std::string& activation = call.options<nn::DenseOptions>().activation;
  if (activation != "linear" && activation != "relu") {
    raise<ValueError>("dense",
                      "activation is \"{}\", must be \"linear\" or \"relu\"; apply others to the "
                      "result",
                      activation);
  }
  return {{x.dtype(), {x.shape(0), kernel.shape(1)}}};
}

bool has_relu(const OpCall& call) { return call.options<nn::DenseOptions>().activation == "relu"; }

Tensors compose_dense(const OpCall& call) {
  const Tensor y = matmul(call.input(0), call.input(1)) + call.input(2);
  return {has_relu(call) ? nn::relu(y) : y};
}

Tensors dense_vjp(const VjpCall& call) {
  const bool relu = call.options<nn::DenseOptions>().activation == "relu";
  const Tensor dy =
      relu ? apply_one(relu_grad_op, {call.gradient(), call.output()}) : call.gradient();
  Tensors gradients(3);
  if (call.needs(0)) gradients[0] = matmul(dy, call.input(1), {.transpose_b = true});
  if (call.needs(1)) gradients[1] = matmul(call.input(0), dy, {.transpose_a = true});
  if (call.needs(2)) gradients[2] = reduce_sum(dy, {.axis = {0}});
  return gradients;
}

}  // namespace

constinit OpDef dense_op{.name = "dense",
                         .min_inputs = 3,
                         .max_inputs = 3,
                         .traits = 0,
                         .infer = infer_dense,
                         .compose = compose_dense,
                         .vjp = dense_vjp,
                         .options = &kAttributesType<nn::DenseOptions>};

}  // namespace ops

namespace nn {

Tensor dense(const Tensor& x, const Tensor& kernel, const Tensor& bias,
             const DenseOptions& options) {
  if (x.rank() <= 2 || kernel.rank() != 2 || x.shape(-1) != kernel.shape(0)) {
    return apply_one(ops::dense_op, {x, kernel, bias}, options);
  }
  const std::int64_t inputs = x.shape(-1);
  Shape shape(x.shape().begin(), x.shape().end() - 1);
  const std::int64_t rows = shape.size();
  shape.push_back(kernel.shape(1));
  const Tensor matrix = reshape(x, {rows, inputs});
  return reshape(apply_one(ops::dense_op, {matrix, kernel, bias}, options), shape);
}

}  // namespace nn
}  // namespace saem
