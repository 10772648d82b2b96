// reduce_sum, reduce_mean, reduce_max, reduce_min, reduce_prod, reduce_any, reduce_all;
// floor 2 of 5: meaning.
#include <algorithm>
#include <saem/core/op.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/broadcast.hpp>
#include <saem/ops/cast.hpp>
#include <saem/ops/compare.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/reshape.hpp>
#include <saem/ops/transpose.hpp>

#include "base/message.hpp"
#include "ops/folding.hpp"
#include "ops/rules.hpp"

namespace saem {
namespace ops {

Shape reduced_shape(const Shape& shape, const Axes& axes, bool keepdims) {
  Shape folded;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    if (!axes.contains(axis)) {
      folded.push_back(shape[axis]);
    } else if (keepdims) {
      folded.push_back(1);
    }
  }
  return folded;
}

Tensor with_folded_axes(const Tensor& folded, const OpCall& call) {
  const auto& options = call.options<ReduceOptions>();
  if (options.keepdims) return folded;
  return reshape(folded, reduced_shape(call.input(0).shape(), options.axis, true));
}

Tensor apply_reduction(const OpDef& op, const Tensor& x, const ReduceOptions& options) {
  const ReduceOptions front{.axis = options.axis.normalized(x.rank(), op.name),
                            .keepdims = options.keepdims};
  return apply_one(op, BorrowedTensors<1>(x), front);
}

namespace {

TensorSpecs infer(const OpCall& call) {
  const auto& options = call.options<ReduceOptions>();
  return {{call.input(0).dtype(),
           reduced_shape(call.input(0).shape(), options.axis, options.keepdims)}};
}

TensorSpecs infer_numeric(const OpCall& call) {
  if (!call.input(0).dtype().is_numeric()) [[unlikely]] {
    if (call.input(0).dtype().is_bool()) {
      raise<DTypeError>(call.op.name, "needs numbers, got bool; tf::cast it to tf::int32 to count");
    }
    raise<DTypeError>(call.op.name, "needs real numbers, got {}; tf::cast it",
                      call.input(0).dtype().name());
  }
  return infer(call);
}

/// Sums and means: of complex numbers too.
TensorSpecs infer_summable(const OpCall& call) {
  return call.input(0).dtype().is_complex() ? infer(call) : infer_numeric(call);
}

TensorSpecs infer_bool(const OpCall& call) {
  if (!call.input(0).dtype().is_bool()) [[unlikely]] {
    raise<DTypeError>(call.op.name, "needs bool, got {}; compare it first, as in x != 0",
                      call.input(0).dtype().name());
  }
  return infer(call);
}

/// How many elements fold into one.
std::int64_t folded_count(const OpCall& call) {
  std::int64_t count = 1;
  for (const std::int64_t axis : call.options<ReduceOptions>().axis.dims()) {
    count *= call.input(0).shape()[static_cast<int>(axis)];
  }
  return count;
}

Tensors reduce_sum_vjp(const VjpCall& call) {
  return {broadcast_to(with_folded_axes(call.gradient(), call), call.input(0).shape())};
}

Tensors reduce_mean_vjp(const VjpCall& call) {
  // Times 1/n: n itself may be more than a float16 holds.
  const double share = 1.0 / static_cast<double>(std::max<std::int64_t>(folded_count(call), 1));
  return {broadcast_to(with_folded_axes(call.gradient() * share, call), call.input(0).shape())};
}

/// Of maximum and minimum: ties share the gradient equally, as in TensorFlow.
Tensors extremum_vjp(const VjpCall& call) {
  const Tensor& x = call.input(0);
  const Tensor wins = cast(equal(x, with_folded_axes(call.output(), call)), x.dtype());
  const Tensor ties =
      reduce_sum(wins, {.axis = call.options<ReduceOptions>().axis, .keepdims = true});
  return {wins / ties * with_folded_axes(call.gradient(), call)};
}

Tensors compose_reduce_mean(const OpCall& call) {
  const DType dtype = call.input(0).dtype();
  const auto count = static_cast<double>(folded_count(call));
  if (dtype.is_integer() && count == 0) {
    const TensorSpec spec = infer(call)[0];
    return {zeros(spec.shape, spec.dtype)};
  }
  // Integers: the quotient of sums below 2^53 is exact enough in float64 to be cut off right.
  const DType wide = dtype.is_integer()                                      ? float64
                     : dtype == DType::kFloat16 || dtype == DType::kBFloat16 ? float32
                                                                             : dtype;
  const Tensor sum = reduce_sum(cast(call.input(0), wide), call.options<ReduceOptions>());
  return {cast(sum / count, dtype)};
}

/// Halves multiplied together until one is left. Needs no division, so its own gradient, which is
/// reduce_prod's, is exact where factors are zero, and so are the higher ones.
Tensors compose_reduce_prod(const OpCall& call) {
  const Tensor& x = call.input(0);
  const Axes& axes = call.options<ReduceOptions>().axis;
  const Shape result = infer(call)[0].shape;
  Dims perm;
  for (int axis = 0; axis < x.rank(); ++axis) {
    if (!axes.contains(axis)) perm.push_back(axis);
  }
  for (const std::int64_t axis : axes.dims()) perm.push_back(axis);
  std::int64_t count = folded_count(call);
  // One, and yet of x: the gradient is there, and empty.
  if (count == 0) return {reduce_sum(x, call.options<ReduceOptions>()) + 1};
  Tensor factors = reshape(transpose(x, {.perm = perm}), {result.size(), count});
  Tensor odd;  // what did not find a partner
  while (count > 1) {
    const std::int64_t half = count / 2;
    if (count % 2 != 0) {
      const Tensor last = factors(all, slice(count - 1, count));
      odd = odd.defined() ? odd * last : last;
    }
    factors = factors(all, slice(0, half)) * factors(all, slice(half, 2 * half));
    count = half;
  }
  return {reshape(odd.defined() ? factors * odd : factors, result)};
}

Tensors compose_reduce_any(const OpCall& call) {
  const Tensor bits = cast(call.input(0), uint8);
  return {cast(reduce_max(bits, call.options<ReduceOptions>()), bool_)};
}

Tensors compose_reduce_all(const OpCall& call) {
  const Tensor bits = cast(call.input(0), uint8);
  return {cast(reduce_min(bits, call.options<ReduceOptions>()), bool_)};
}

}  // namespace

Tensors batch_reduce(const BatchCall& call) {
  const auto& options = call.options<ReduceOptions>();
  return apply(call.op, call.inputs,
               ReduceOptions{Axes(shifted_axes(options.axis.dims())), options.keepdims});
}

constinit OpDef reduce_sum_op{.name = "reduce_sum",
                              .min_inputs = 1,
                              .max_inputs = 1,
                              .traits = kReduction,
                              .infer = infer_summable,
                              .vjp = reduce_sum_vjp,
                              .options = &kAttributesType<ReduceOptions>,
                              .jvp = linear_jvp,
                              .batch = batch_reduce};
constinit OpDef reduce_mean_op{.name = "reduce_mean",
                               .min_inputs = 1,
                               .max_inputs = 1,
                               .traits = kReduction,
                               .infer = infer_summable,
                               .compose = compose_reduce_mean,
                               .vjp = reduce_mean_vjp,
                               .options = &kAttributesType<ReduceOptions>,
                               .jvp = linear_jvp,
                               .batch = batch_reduce};
constinit OpDef reduce_max_op{.name = "reduce_max",
                              .min_inputs = 1,
                              .max_inputs = 1,
                              .traits = kReduction,
                              .infer = infer_numeric,
                              .vjp = extremum_vjp,
                              .options = &kAttributesType<ReduceOptions>,
                              .batch = batch_reduce};
constinit OpDef reduce_min_op{.name = "reduce_min",
                              .min_inputs = 1,
                              .max_inputs = 1,
                              .traits = kReduction,
                              .infer = infer_numeric,
                              .vjp = extremum_vjp,
                              .options = &kAttributesType<ReduceOptions>,
                              .batch = batch_reduce};
constinit OpDef reduce_prod_op{.name = "reduce_prod",
                               .min_inputs = 1,
                               .max_inputs = 1,
                               .traits = kReduction,
                               .infer = infer_numeric,
                               .compose = compose_reduce_prod,
                               .options = &kAttributesType<ReduceOptions>,
                               .batch = batch_reduce};
constinit OpDef reduce_any_op{.name = "reduce_any",
                              .min_inputs = 1,
                              .max_inputs = 1,
                              .traits = kReduction | kNoGradient,
                              .infer = infer_bool,
                              .compose = compose_reduce_any,
                              .options = &kAttributesType<ReduceOptions>,
                              .batch = batch_reduce};
constinit OpDef reduce_all_op{.name = "reduce_all",
                              .min_inputs = 1,
                              .max_inputs = 1,
                              .traits = kReduction | kNoGradient,
                              .infer = infer_bool,
                              .compose = compose_reduce_all,
                              .options = &kAttributesType<ReduceOptions>,
                              .batch = batch_reduce};

}  // namespace ops

Tensor reduce_sum(const Tensor& x, const ReduceOptions& options) {
  return ops::apply_reduction(ops::reduce_sum_op, x, options);
}
Tensor reduce_mean(const Tensor& x, const ReduceOptions& options) {
  return ops::apply_reduction(ops::reduce_mean_op, x, options);
}
Tensor reduce_max(const Tensor& x, const ReduceOptions& options) {
  return ops::apply_reduction(ops::reduce_max_op, x, options);
}
Tensor reduce_min(const Tensor& x, const ReduceOptions& options) {
  return ops::apply_reduction(ops::reduce_min_op, x, options);
}
Tensor reduce_prod(const Tensor& x, const ReduceOptions& options) {
  return ops::apply_reduction(ops::reduce_prod_op, x, options);
}
Tensor reduce_any(const Tensor& x, const ReduceOptions& options) {
  return ops::apply_reduction(ops::reduce_any_op, x, options);
}
Tensor reduce_all(const Tensor& x, const ReduceOptions& options) {
  return ops::apply_reduction(ops::reduce_all_op, x, options);
}

}  // namespace saem
