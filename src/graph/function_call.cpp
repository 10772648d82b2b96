// function_call: a traced function as one op, with gradients of every order.
#include <algorithm>
#include <limits>
#include <saem/autodiff/forward.hpp>
#include <saem/ops/creation.hpp>

#include "base/message.hpp"
#include "core/tensor_impl.hpp"
#include "core/thread_state.hpp"
#include "graph/executable.hpp"
#include "graph/function_body.hpp"
#include "graph/trace_body.hpp"
#include "ops/rules.hpp"

namespace saem {
namespace {

const std::shared_ptr<const FunctionBody>& body_of(const OpCall& call) {
  return call.options<FunctionCallOptions>().body;
}

TensorSpecs infer_function_call(const OpCall& call) {
  TensorSpecs specs;
  const FunctionBody::Parts& parts = body_of(call)->parts();
  const char* name = parts.name.c_str();
  if (call.inputs.size() != parts.inputs.size()) {
    raise<ValueError>(name, "takes {} tensors, got {}", parts.inputs.size(), call.inputs.size());
  }
  for (std::size_t i = 0; i < parts.inputs.size(); ++i) {
    const Tensor& given = call.input(i);
    const Tensor& wanted = parts.inputs[i];
    if (given.dtype() == wanted.dtype() && given.shape() == wanted.shape()) continue;
    raise<ValueError>(name, "takes {} {} as tensor {}, got {} {}", wanted.dtype().name(),
                      wanted.shape().to_string(), i, given.dtype().name(),
                      given.shape().to_string());
  }
  for (const Tensor& output : parts.outputs) specs.push_back({output.dtype(), output.shape()});
  for (const FunctionBody::Update& update : parts.updates) {
    specs.push_back({update.value.dtype(), update.value.shape()});
  }
  return specs;
}

Tensors run_function_call(const OpCall& call) {
  return renamed(body_of(call)->executable().run(call.inputs), call.inputs);
}

/// The gradients of the inputs from those of the outputs that are no residuals.
Tensors pull_back(const FunctionBody& body, std::span<const Tensor> inputs,
                  std::span<const Tensor> outputs, std::span<const Tensor> output_gradients,
                  std::span<const bool> needed) {
  const FunctionBody::Backward backward = body.backward(needed);
  Tensors gradients(inputs.size());
  if (backward.body->parts().outputs.empty()) return gradients;
  Tensors given;
  for (const FunctionBody::Backward::Residual& residual : backward.residuals) {
    given.push_back(residual.is_input ? inputs[residual.index] : outputs[residual.index]);
  }
  for (const std::size_t output : backward.outputs) {
    const Tensor& gradient = output_gradients[output];
    given.push_back(gradient.defined() ? gradient : zeros_like(outputs[output]));
  }
  const Tensors results = call_body(backward.body, given);
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    const int from = backward.gradients[i];
    if (from >= 0) gradients[i] = results[static_cast<std::size_t>(from)];
  }
  return gradients;
}

Tensors function_call_vjp(const VjpCall& call) {
  const std::shared_ptr<const FunctionBody>& body = body_of(call);
  if (!body->is_differentiable()) {
    // A call within a trace: what the gradient needs is computed again, unless it is there already,
    // which the optimiser finds out.
    const std::shared_ptr<const FunctionBody> whole = body->differentiable();
    const Tensors outputs = apply(function_call_op, call.inputs, FunctionCallOptions{whole});
    return pull_back(*whole, call.inputs, outputs, call.output_gradients, call.needed);
  }
  const auto residual_gradients = call.output_gradients.last(body->parts().residuals);
  const bool higher = std::any_of(residual_gradients.begin(), residual_gradients.end(),
                                  [](const Tensor& gradient) { return gradient.defined(); });
  if (!higher) {
    return pull_back(*body, call.inputs, call.outputs, call.output_gradients, call.needed);
  }
  // A derivative of the gradient: its residuals were not kept in the first place, so the function
  // runs once more.
  const std::shared_ptr<const FunctionBody> whole = body->with_residuals();
  const Tensors outputs = apply(function_call_op, call.inputs, FunctionCallOptions{whole});
  return pull_back(*whole, call.inputs, outputs, call.output_gradients, call.needed);
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
  const bool stateful = body->is_stateful();
  // In a trace side effects stand where they are, op by op, so that control flow around finds them.
  if (traced && stateful) return body->interpret(inputs);
  // Nothing with side effects may run a second time for the sake of a gradient.
  const bool taped = thread_state.heard();
  const bool higher = taped && thread_state.listeners->size() > 1;
  const std::shared_ptr<const FunctionBody> called = stateful && higher  ? body->closed()
                                                     : stateful || taped ? body->differentiable()
                                                                         : body->with_captures();
  Tensors given(inputs.begin(), inputs.end());
  for (const Tensor& capture : called->captures()) given.push_back(capture);
  Tensors outputs = apply(function_call_op, given, FunctionCallOptions{called});
  outputs.resize(body->parts().outputs.size() + body->parts().updates.size());
  return outputs;
}

}  // namespace saem
