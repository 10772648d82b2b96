// clip_by_value; floor 2 of 5: meaning.
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/clip.hpp>

#include "base/message.hpp"
#include "ops/elementwise.hpp"

namespace saem {
namespace ops {
namespace {

TensorSpecs infer_clip_by_value(const OpCall& call) {
  TensorSpecs specs = infer_numeric_unary(call);
  for (const Tensor& limit : call.inputs.subspan(1)) {
    check_same_dtype(call, call.input(0), limit);
    if (broadcast_shapes(call.input(0).shape(), limit.shape(), call.op.name) != specs[0].shape)
        [[unlikely]] {
      raise<ShapeError>(call.op.name, "a limit of shape {} would enlarge a tensor of shape {}",
                        limit.shape().to_string(), specs[0].shape.to_string());
    }
  }
  return specs;
}

// Its gradient is this composition's: at a limit itself, dz goes to x.
Tensors compose_clip_by_value(const OpCall& call) {
  return {minimum(maximum(call.input(0), call.input(1)), call.input(2))};
}

}  // namespace

constinit OpDef clip_by_value_op{.name = "clip_by_value",
                                 .min_inputs = 3,
                                 .max_inputs = 3,
                                 .traits = kElementwise,
                                 .infer = infer_clip_by_value,
                                 .compose = compose_clip_by_value};

}  // namespace ops

Tensor clip_by_value(const Tensor& x, const Tensor& low, const Tensor& high) {
  return apply_one(ops::clip_by_value_op, {x, low, high});
}

Tensor clip_by_value(const Tensor& x, Scalar low, Scalar high) {
  return clip_by_value(x, ops::scalar_like(low, x, "clip_by_value"),
                       ops::scalar_like(high, x, "clip_by_value"));
}

}  // namespace saem
