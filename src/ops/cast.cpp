// cast; floor 2 of 5: meaning.
#include <saem/core/op.hpp>
#include <saem/ops/cast.hpp>

#include "base/message.hpp"
#include "ops/rules.hpp"

namespace saem {
namespace ops {
namespace {

TensorSpecs infer_cast(const OpCall& call) {
  const DType dtype = call.options<CastOptions>().dtype;
  if (dtype == DType()) [[unlikely]] {
    raise<DTypeError>(call.op.name, "needs a dtype to cast to, such as tf::float32");
  }
  return {{dtype, call.input(0).shape()}};
}

Tensors cast_vjp(const VjpCall& call) {
  const DType from = call.input(0).dtype();
  if (!from.is_differentiable() || !call.output().dtype().is_differentiable()) return {Tensor()};
  return {cast(call.gradient(), from)};
}

}  // namespace

constinit OpDef cast_op{.name = "cast",
                        .min_inputs = 1,
                        .max_inputs = 1,
                        .traits = kElementwise,
                        .infer = infer_cast,
                        .vjp = cast_vjp,
                        .options = &kAttributesType<CastOptions>,
                        .jvp = linear_jvp};

}  // namespace ops

Tensor cast(const Tensor& x, DType dtype) {
  if (x.dtype() == dtype) return x;
  return apply_one(ops::cast_op, {x}, CastOptions{.dtype = dtype});
}

}  // namespace saem
