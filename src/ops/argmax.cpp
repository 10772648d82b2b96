// argmax, argmin; floor 2 of 5: meaning.
#include <saem/core/op.hpp>
#include <saem/ops/argmax.hpp>

#include "base/message.hpp"
#include "ops/rules.hpp"

namespace saem {
namespace ops {
namespace {

TensorSpecs infer(const OpCall& call) {
  const auto& options = call.options<ArgOptions>();
  const Shape& shape = call.input(0).shape();
  if (options.output_type != int32 && options.output_type != int64) [[unlikely]] {
    raise<DTypeError>(call.op.name, "positions are int32 or int64, not {}",
                      options.output_type.name());
  }
  if (shape[options.axis] == 0) [[unlikely]] {
    raise<ShapeError>(call.op.name, "axis {} of shape {} has no elements to choose from",
                      options.axis, shape.to_string());
  }
  Shape result;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    if (axis != options.axis) result.push_back(shape[axis]);
  }
  return {{options.output_type, std::move(result)}};
}

Tensor position(const OpDef& op, const Tensor& x, const ArgOptions& options) {
  const ArgOptions front{.axis = normalize_axis(options.axis, x.rank(), op.name),
                         .output_type = options.output_type};
  return apply_one(op, {x}, front);
}

Tensors batch_position(const BatchCall& call) {
  ArgOptions options = call.options<ArgOptions>();
  ++options.axis;
  return apply(call.op, call.inputs, options);
}

}  // namespace

constinit OpDef argmax_op{.name = "argmax",
                          .min_inputs = 1,
                          .max_inputs = 1,
                          .traits = kReduction | kNoGradient,
                          .infer = infer,
                          .options = &kAttributesType<ArgOptions>,
                          .batch = batch_position};
constinit OpDef argmin_op{.name = "argmin",
                          .min_inputs = 1,
                          .max_inputs = 1,
                          .traits = kReduction | kNoGradient,
                          .infer = infer,
                          .options = &kAttributesType<ArgOptions>,
                          .batch = batch_position};

}  // namespace ops

Tensor argmax(const Tensor& x, const ArgOptions& options) {
  return ops::position(ops::argmax_op, x, options);
}
Tensor argmin(const Tensor& x, const ArgOptions& options) {
  return ops::position(ops::argmin_op, x, options);
}

}  // namespace saem
