// call_vjp, call_jvp: derivatives of ops that call bodies, found by a tape or an accumulator when
// the graph runs.
//
// A tape at run time sees the branch that was taken and each turn of a loop as one function_call,
// which keeps what its gradient needs, so the forward pass is run once more and nothing is computed
// twice on the way back. That holds for any order: a derivative's derivative is the same op again.
#include <limits>
#include <optional>
#include <saem/ops/concat.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/identity.hpp>

#include "autodiff/forward_recorder.hpp"
#include "autodiff/recorder.hpp"
#include "base/message.hpp"
#include "core/thread_state.hpp"
#include "graph/control_flow_ops.hpp"
#include "ops/rules.hpp"

namespace saem {
namespace {

struct DerivativeOptions {
  static constexpr const char* kName = "DerivativeOptions";
  static constexpr bool kSerializable = false;
  const OpDef* op = nullptr;
  Attributes attributes = {};
  std::size_t inputs = 0;            ///< of the op; what follows are gradients or tangents
  std::vector<bool> moves = {};      ///< inputs whose gradients are wanted, or that have tangents
  std::vector<bool> gradients = {};  ///< outputs whose gradients are given; call_vjp alone
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    const std::string op = self.op->name;
    const std::string options = self.attributes.ref().to_string();
    visit("op", op);
    visit("options", options);
    visit("inputs", self.inputs);
    visit("moves", self.moves);
    visit("gradients", self.gradients);
  }
};

OpCall inner_call(const OpCall& call) {
  const auto& options = call.options<DerivativeOptions>();
  return {*options.op, call.inputs.first(options.inputs), options.attributes};
}

/// Runs a call's composition where `listener` hears its ops; inside another derivative, the
/// listener of that one does too.
template <class Listener>
Tensors compose_heard(const OpCall& call, Listener& listener) {
  listener.start_listening();
  Tensors outputs = call.op.compose(call);
  listener.stop_listening();
  return outputs;
}

/// Where ops are unheard because an op runs as its composition, a new place where they are heard.
class PlaceToListen {
 public:
  PlaceToListen() {
    if (thread_state.paused > 0) scope_.emplace(nullptr);
  }

 private:
  std::optional<TracingScope> scope_;
};

TensorSpecs infer_call_vjp(const OpCall& call) {
  const auto& options = call.options<DerivativeOptions>();
  TensorSpecs specs;
  for (std::size_t i = 0; i < options.inputs; ++i) {
    if (options.moves[i]) specs.push_back({call.input(i).dtype(), call.input(i).shape()});
  }
  return specs;
}

Tensors run_call_vjp(const OpCall& call) {
  const PlaceToListen heard;
  const auto& options = call.options<DerivativeOptions>();
  const OpCall inner = inner_call(call);
  GradientTape::Recorder recorder({.persistent = true, .watch_accessed_variables = false});
  std::vector<Tensor> sources;
  for (std::size_t i = 0; i < options.inputs; ++i) {
    if (!options.moves[i]) continue;
    recorder.watch(inner.input(i), "input");
    sources.push_back(inner.input(i));
  }
  const Tensors outputs = compose_heard(inner, recorder);
  GradientMap gradients;
  std::size_t next = options.inputs;
  for (std::size_t i = 0; i < options.gradients.size(); ++i) {
    if (options.gradients[i]) accumulate(gradients, outputs[i], call.input(next++));
  }
  recorder.backward(gradients, sources);
  Tensors results;
  for (const Tensor& source : sources) {
    const auto found = gradients.find(source.impl());
    if (found == gradients.end()) {
      results.push_back(zeros_like(source));
      continue;
    }
    results.push_back(found->second);
    gradients.erase(found);  // one tensor in two places: its gradient is counted once
  }
  return renamed(std::move(results), call.inputs);
}

TensorSpecs infer_call_jvp(const OpCall& call) {
  const OpCall inner = inner_call(call);
  TensorSpecs specs;
  for (const TensorSpec& spec : inner.op.infer(inner)) {
    if (spec.dtype.is_differentiable()) specs.push_back(spec);
  }
  return specs;
}

Tensors run_call_jvp(const OpCall& call) {
  const PlaceToListen heard;
  const auto& options = call.options<DerivativeOptions>();
  const OpCall inner = inner_call(call);
  ForwardAccumulator::Recorder accumulator;
  std::size_t next = options.inputs;
  for (std::size_t i = 0; i < options.inputs; ++i) {
    if (options.moves[i]) accumulator.watch(inner.input(i), call.input(next++));
  }
  const Tensors outputs = compose_heard(inner, accumulator);
  Tensors results;
  for (const Tensor& output : outputs) {
    if (!output.dtype().is_differentiable()) continue;
    const Tensor tangent = accumulator.tangent(output);
    results.push_back(tangent.defined() ? tangent : zeros_like(output));
  }
  return renamed(std::move(results), call.inputs);
}

}  // namespace

#define SAEM_DERIVATIVE(title, infer_function, compose_function)                    \
  constinit OpDef title##_op {                                                      \
    .name = #title, .min_inputs = 0, .max_inputs = std::numeric_limits<int>::max(), \
    .traits = kCallsGraph, .infer = infer_function, .compose = compose_function,    \
    .vjp = vjp_at_run_time, .options = &kAttributesType<DerivativeOptions>,         \
    .jvp = jvp_at_run_time, .batch = batch_by_slices                                \
  }
SAEM_DERIVATIVE(call_vjp, infer_call_vjp, run_call_vjp);
SAEM_DERIVATIVE(call_jvp, infer_call_jvp, run_call_jvp);
#undef SAEM_DERIVATIVE

namespace {

/// The call that is differentiated: without side effects.
Replay without_effects(const OpCall& call, std::span<const Tensor> outputs) {
  return replay(call, outputs.last(draws_of(call.op, call.attributes, outputs.size())));
}

}  // namespace

Tensors vjp_at_run_time(const VjpCall& call) {
  const Replay called = without_effects(call, call.outputs);
  DerivativeOptions options{called.op, called.attributes, called.inputs.size()};
  Tensors inputs = called.inputs;
  const std::size_t results =
      call.outputs.size() - draws_of(call.op, call.attributes, call.outputs.size());
  for (std::size_t i = 0; i < called.inputs.size(); ++i) {
    options.moves.push_back(i < call.inputs.size() && call.needs(i) &&
                            call.input(i).dtype().is_differentiable());
  }
  for (std::size_t i = 0; i < results; ++i) {
    options.gradients.push_back(call.gradient(i).defined());
    if (call.gradient(i).defined()) inputs.push_back(call.gradient(i));
  }
  const Tensors found = apply(call_vjp_op, inputs, options);
  Tensors gradients(call.inputs.size());
  std::size_t next = 0;
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    if (options.moves[i]) gradients[i] = found[next++];
  }
  return gradients;
}

Tensors jvp_at_run_time(const JvpCall& call) {
  const Replay called = without_effects(call, call.outputs);
  DerivativeOptions options{called.op, called.attributes, called.inputs.size()};
  Tensors inputs = called.inputs;
  for (std::size_t i = 0; i < called.inputs.size(); ++i) {
    options.moves.push_back(i < call.inputs.size() && call.tangents[i].defined());
    if (options.moves.back()) inputs.push_back(call.tangents[i]);
  }
  const Tensors found = apply(call_jvp_op, inputs, options);
  const std::size_t results =
      call.outputs.size() - draws_of(call.op, call.attributes, call.outputs.size());
  Tensors moved(call.outputs.size());
  std::size_t next = 0;
  for (std::size_t i = 0; i < results; ++i) {
    if (call.outputs[i].dtype().is_differentiable()) moved[i] = found[next++];
  }
  return moved;
}

Tensors batch_by_slices(const BatchCall& call) {
  std::vector<std::vector<Tensor>> results;
  // Of no slices, only the shapes of the results can be had.
  const std::int64_t runs = std::max<std::int64_t>(call.count, 1);
  for (std::int64_t at = 0; at < runs; ++at) {
    Tensors inputs;
    for (std::size_t i = 0; i < call.inputs.size(); ++i) {
      const Tensor& input = call.input(i);
      if (!call.batched[i]) {
        inputs.push_back(input);
      } else if (call.count > 0) {
        inputs.push_back(input(at));
      } else {
        inputs.push_back(
            zeros(Shape(input.shape().begin() + 1, input.shape().end()), input.dtype()));
      }
    }
    const Tensors outputs = apply(call.op, inputs, call.attributes);
    results.resize(outputs.size());
    for (std::size_t k = 0; k < outputs.size(); ++k) results[k].push_back(outputs[k]);
  }
  Tensors stacked;
  for (const std::vector<Tensor>& values : results) {
    const Tensor rows = stack(values);
    stacked.push_back(call.count > 0 ? rows : rows(slice(0, 0)));
  }
  return stacked;
}

std::shared_ptr<const FunctionBody> batched_body(const std::shared_ptr<const FunctionBody>& body,
                                                 const BatchCall& call) {
  std::vector<BodyInput> inputs;
  for (const Tensor& input : body->parts().inputs) {
    inputs.push_back({{input.dtype(), ops::batched_shape(call, input.shape())}, input.device()});
  }
  TracedFunction traced = trace_function(inputs, [&](std::span<const Tensor> symbolic) {
    const SliceFunction of_slices = [&](std::span<const Tensor> slices) {
      return body->interpret(slices);
    };
    const Tensors outputs = (*call.lift)(of_slices)(symbolic);
    return std::vector<Tensor>(outputs.begin(), outputs.end());
  });
  FunctionBody::Parts parts;
  parts.name = body->name();
  parts.inputs = std::move(traced.inputs);
  parts.input_names.resize(parts.inputs.size());
  parts.outputs = std::move(traced.outputs);
  parts.last_entry = static_cast<std::int64_t>(traced.record->tracer.entries().size());
  return std::make_shared<const FunctionBody>(traced.record, std::move(parts));
}

}  // namespace saem
