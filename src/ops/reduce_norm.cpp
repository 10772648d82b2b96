// reduce_logsumexp, reduce_euclidean_norm; floor 2 of 5: meaning.
#include <saem/core/op.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/cast.hpp>
#include <saem/ops/compare.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/reduce_norm.hpp>
#include <saem/ops/reshape.hpp>
#include <saem/ops/unary_arith.hpp>
#include <saem/ops/unary_exp.hpp>
#include <saem/ops/where.hpp>

#include "base/message.hpp"
#include "ops/folding.hpp"

namespace saem {
namespace ops {
namespace {

TensorSpecs infer_folded(const OpCall& call) {
  const auto& options = call.options<ReduceOptions>();
  return {{call.input(0).dtype(),
           reduced_shape(call.input(0).shape(), options.axis, options.keepdims)}};
}

TensorSpecs infer_logsumexp(const OpCall& call) {
  if (!call.input(0).dtype().is_floating()) [[unlikely]] {
    raise<DTypeError>(call.op.name, "needs floating point, got {}; tf::cast it to tf::float32",
                      call.input(0).dtype().name());
  }
  return infer_folded(call);
}

TensorSpecs infer_norm(const OpCall& call) {
  if (!call.input(0).dtype().is_numeric()) [[unlikely]] {
    raise<DTypeError>(call.op.name, "needs numbers, got {}; tf::cast it first",
                      call.input(0).dtype().name());
  }
  return infer_folded(call);
}

DType wide_dtype(DType dtype) {
  if (dtype.is_integer()) return float64;
  return dtype.size() < 4 ? float32 : dtype;
}

Tensors compose_logsumexp(const OpCall& call) {
  const auto& options = call.options<ReduceOptions>();
  const DType dtype = call.input(0).dtype();
  const Tensor x = cast(call.input(0), wide_dtype(dtype));
  const Tensor largest = reduce_max(x, {.axis = options.axis, .keepdims = true});
  // An infinite or missing largest stays in: taken out, it would leave inf - inf.
  const Tensor shift = where(equal(largest - largest, zeros_like(largest)), largest, 0);
  const Tensor sum = reduce_sum(exp(x - shift), {.axis = options.axis, .keepdims = true});
  return {reshape(cast(log(sum) + shift, dtype), infer_folded(call)[0].shape)};
}

Tensors logsumexp_vjp(const VjpCall& call) {
  const Tensor y = with_folded_axes(call.output(), call);
  return {exp(call.input(0) - y) * with_folded_axes(call.gradient(), call)};
}

Tensors compose_norm(const OpCall& call) {
  const DType dtype = call.input(0).dtype();
  const Tensor x = cast(call.input(0), wide_dtype(dtype));
  return {cast(sqrt(reduce_sum(x * x, call.options<ReduceOptions>())), dtype)};
}

Tensors norm_vjp(const VjpCall& call) {
  const Tensor y = with_folded_axes(call.output(), call);
  return {call.input(0) * (with_folded_axes(call.gradient(), call) / y)};
}

}  // namespace

constinit OpDef reduce_logsumexp_op{.name = "reduce_logsumexp",
                                    .min_inputs = 1,
                                    .max_inputs = 1,
                                    .traits = kReduction,
                                    .infer = infer_logsumexp,
                                    .compose = compose_logsumexp,
                                    .vjp = logsumexp_vjp,
                                    .options = &kAttributesType<ReduceOptions>,
                                    .batch = batch_reduce};
constinit OpDef reduce_euclidean_norm_op{.name = "reduce_euclidean_norm",
                                         .min_inputs = 1,
                                         .max_inputs = 1,
                                         .traits = kReduction,
                                         .infer = infer_norm,
                                         .compose = compose_norm,
                                         .vjp = norm_vjp,
                                         .options = &kAttributesType<ReduceOptions>,
                                         .batch = batch_reduce};

}  // namespace ops

Tensor reduce_logsumexp(const Tensor& x, const ReduceOptions& options) {
  return ops::apply_reduction(ops::reduce_logsumexp_op, x, options);
}
Tensor reduce_euclidean_norm(const Tensor& x, const ReduceOptions& options) {
  return ops::apply_reduction(ops::reduce_euclidean_norm_op, x, options);
}

}  // namespace saem
