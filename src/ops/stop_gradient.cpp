// stop_gradient, prevent_gradient; floor 2 of 5: meaning.
#include <saem/core/op.hpp>
#include <saem/ops/stop_gradient.hpp>

#include "base/message.hpp"
#include "ops/rules.hpp"

namespace saem {
namespace ops {
namespace {

TensorSpecs infer_same(const OpCall& call) {
  return {{call.input(0).dtype(), call.input(0).shape()}};
}

Tensor view_all(const OpCall& call) {
  return call.input(0).view(call.input(0).shape(), call.input(0).strides());
}

[[noreturn]] void raise_prevented(const OpCall& call) {
  const std::string& message = call.options<PreventGradientOptions>().message;
  raise<ValueError>(call.op.name, "a gradient was asked for{}{}", message.empty() ? "" : ": ",
                    message);
}

Tensors prevent_gradient_vjp(const VjpCall& call) { raise_prevented(call); }
Tensors prevent_gradient_jvp(const JvpCall& call) { raise_prevented(call); }

}  // namespace

constinit OpDef stop_gradient_op{.name = "stop_gradient",
                                 .min_inputs = 1,
                                 .max_inputs = 1,
                                 .traits = kView | kNoGradient,
                                 .infer = infer_same,
                                 .view = view_all,
                                 .batch = batch_in_front};
constinit OpDef prevent_gradient_op{.name = "prevent_gradient",
                                    .min_inputs = 1,
                                    .max_inputs = 1,
                                    .traits = kView,
                                    .infer = infer_same,
                                    .vjp = prevent_gradient_vjp,
                                    .view = view_all,
                                    .options = &kAttributesType<PreventGradientOptions>,
                                    .jvp = prevent_gradient_jvp,
                                    .batch = batch_in_front};

}  // namespace ops

Tensor stop_gradient(const Tensor& x) { return apply_one(ops::stop_gradient_op, {x}); }

Tensor prevent_gradient(const Tensor& x, const PreventGradientOptions& options) {
  return apply_one(ops::prevent_gradient_op, {x}, options);
}

}  // namespace saem
