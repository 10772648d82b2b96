// function_call: a traced function as one op, with gradients of every order.
#include <limits>
#include <saem/autodiff/forward.hpp>
#include <saem/ops/creation.hpp>

#include "core/tensor_impl.hpp"
#include "core/thread_state.hpp"
#include "graph/executable.hpp"
#include "graph/function_body.hpp"
#include "ops/rules.hpp"

namespace saem {
namespace {

const std::shared_ptr<const FunctionBody>& body_of(const OpCall& call) {
  return call.options<FunctionCallOptions>().body;
}

TensorSpecs infer_function_call(const OpCall& call) {
  TensorSpecs specs;
  const FunctionBody::Parts& parts = body_of(call)->parts();
  for (const Tensor& output : parts.outputs) specs.push_back({output.dtype(), output.shape()});
  for (const FunctionBody::Update& update : parts.updates) {
    specs.push_back({update.value.dtype(), update.value.shape()});
  }
  return specs;
}

/// Runs the plan. What is handed through gets a new name, or a tape would take input and output for
/// one value.
Tensors run_function_call(const OpCall& call) {
  Tensors outputs = body_of(call)->executable().run(call.inputs);
  for (Tensor& output : outputs) {
    for (const Tensor& input : call.inputs) {
      if (output.impl() == input.impl()) {
        output = output.view(output.shape(), output.strides());
        break;
      }
    }
  }
  return outputs;
}

Tensors function_call_vjp(const VjpCall& call) {
  const FunctionBody::Backward backward = body_of(call)->backward(call.needed);
  Tensors gradients(call.inputs.size());
  if (backward.body->parts().outputs.empty()) return gradients;
  Tensors inputs;
  for (const FunctionBody::Backward::Residual& residual : backward.residuals) {
    inputs.push_back(residual.is_input ? call.input(residual.index) : call.output(residual.index));
  }
  for (const std::size_t output : backward.outputs) {
    const Tensor& gradient = call.gradient(output);
    inputs.push_back(gradient.defined() ? gradient : zeros_like(call.output(output)));
  }
  const Tensors results = call_body(backward.body, inputs);
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    const int from = backward.gradients[i];
    if (from >= 0) gradients[i] = results[static_cast<std::size_t>(from)];
  }
  return gradients;
}

Tensors function_call_jvp(const JvpCall& call) {
  std::vector<Tensor> primals;
  std::vector<Tensor> tangents;
  for (std::size_t i = 0; i < call.inputs.size(); ++i) {
    if (!call.tangents[i].defined()) continue;
    primals.push_back(call.input(i));
    tangents.push_back(call.tangents[i]);
  }
  const ForwardAccumulator accumulator(primals, tangents);
  const Tensors outputs = body_of(call)->interpret(call.inputs);
  Tensors moved;
  for (const Tensor& output : outputs) moved.push_back(accumulator.jvp(output));
  return moved;
}

Tensors batch_function_call(const BatchCall& call) {
  Tensors batches;
  for (std::size_t i = 0; i < call.inputs.size(); ++i) {
    batches.push_back(ops::batched_input(call, i));
  }
  const SliceFunction function = [body = body_of(call)](std::span<const Tensor> slices) {
    return body->interpret(slices);
  };
  return (*call.lift)(function)(batches);
}

}  // namespace

constinit OpDef function_call_op{.name = "function_call",
                                 .min_inputs = 0,
                                 .max_inputs = std::numeric_limits<int>::max(),
                                 .traits = kCallsGraph,
                                 .infer = infer_function_call,
                                 .compose = run_function_call,
                                 .vjp = function_call_vjp,
                                 .options = &kAttributesType<FunctionCallOptions>,
                                 .jvp = function_call_jvp,
                                 .batch = batch_function_call};

Tensors call_body(const std::shared_ptr<const FunctionBody>& body, std::span<const Tensor> inputs) {
  const bool traced = thread_state.tracer != nullptr;
  if (!traced && !thread_state.heard()) return body->executable().run(inputs);
  std::shared_ptr<const FunctionBody> called = body;
  Tensors given(inputs.begin(), inputs.end());
  if (thread_state.heard()) {
    called = body->differentiable();
    for (const Tensor& capture : called->captures()) given.push_back(capture);
  }
  Tensors outputs = apply(function_call_op, given, FunctionCallOptions{called});
  outputs.resize(body->parts().outputs.size() + body->parts().updates.size());
  return outputs;
}

}  // namespace saem
