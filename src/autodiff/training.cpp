#include <algorithm>
#include <saem/autodiff/training.hpp>
#include <saem/core/op.hpp>

#include "autodiff/variable_state.hpp"
#include "core/registry.hpp"
#include "core/tensor_impl.hpp"
#include "core/thread_state.hpp"

namespace saem {
namespace {

/// variables = the outputs of `call`, whose first inputs are the variables' values; written over
/// them where that can be.
void update_variables(const OpCall& call, std::span<Variable::State* const> states) {
  ensure_backends();
  const KernelFunction run = call.op.kernel(DeviceType::kCPU).run;
  const bool in_place =
      run != nullptr && thread_state.tracer == nullptr &&
      std::all_of(states.begin(), states.end(),
                  [](const Variable::State* s) {
                    return s->value.device() == Device{} && Variable::State::is_exclusive(s->value);
                  }) &&
      std::all_of(call.inputs.begin(), call.inputs.end(), [](const Tensor& input) {
        return input.device() == Device{} && input.is_contiguous();
      });
  if (in_place) {
    (void)call.op.infer(call);
    Tensors outputs;
    for (const Variable::State* state : states) outputs.push_back(state->value);
    run(call, outputs);
    return;
  }
  const PauseListeners quiet;
  Tensors inputs(call.inputs.begin(), call.inputs.end());
  for (std::size_t i = 0; i < states.size(); ++i) inputs[i] = states[i]->current();
  const Tensors outputs = apply(call.op, inputs, call.attributes);
  for (std::size_t i = 0; i < states.size(); ++i) states[i]->set(outputs[i], call.op.name);
}

}  // namespace

void raw_ops::resource_apply_adam(const Variable& var, const Variable& m, const Variable& v,
                                  const Tensor& beta1_power, const Tensor& beta2_power,
                                  const Tensor& lr, const Tensor& beta1, const Tensor& beta2,
                                  const Tensor& epsilon, const Tensor& grad,
                                  const ApplyAdamOptions& options) {
  static const OpDef& op = *find_op("apply_adam");
  Variable::State* const states[] = {&Variable::State::of(var), &Variable::State::of(m),
                                     &Variable::State::of(v)};
  // Borrowed: counted references would make the values look shared.
  const BorrowedTensors<10> inputs(states[0]->value, states[1]->value, states[2]->value,
                                   beta1_power, beta2_power, lr, beta1, beta2, epsilon, grad);
  update_variables({op, inputs, options}, states);
}

}  // namespace saem
