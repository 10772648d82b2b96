// apply_adam, floor 2 of 5: meaning.
#include <saem/core/op.hpp>
#include <saem/ops/adam.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/unary_arith.hpp>

#include "base/message.hpp"

namespace saem {
namespace ops {
namespace {

using namespace raw_ops;  // NOLINT: the names of the inputs

constexpr const char* kInputNames[] = {"var", "m",     "v",     "beta1_power", "beta2_power",
                                       "lr",  "beta1", "beta2", "epsilon",     "grad"};

TensorSpecs infer_apply_adam(const OpCall& call) {
  const Tensor& var = call.input(kVar);
  if (!var.dtype().is_floating()) [[unlikely]] {
    raise<DTypeError>(call.op.name, "var must be floating point, got {}", var.dtype().name());
  }
  for (std::size_t i = 1; i < call.inputs.size(); ++i) {
    const Tensor& input = call.input(i);
    const bool is_scalar = i >= kBeta1Power && i <= kEpsilon;
    if (input.dtype() != var.dtype()) [[unlikely]] {
      raise<DTypeError>(call.op.name, "var is {}, {} is {}; tf::cast one of them",
                        var.dtype().name(), kInputNames[i], input.dtype().name());
    }
    if (input.shape() != (is_scalar ? Shape() : var.shape())) [[unlikely]] {
      raise<ShapeError>(call.op.name, "{} has shape {}, but must have {}", kInputNames[i],
                        input.shape().to_string(),
                        is_scalar ? std::string("()") : var.shape().to_string());
    }
  }
  return TensorSpecs(3, TensorSpec{var.dtype(), var.shape()});
}

Tensors compose_apply_adam(const OpCall& call) {
  const Tensor& grad = call.input(kGrad);
  const Tensor& beta1 = call.input(kBeta1);
  const Tensor m = call.input(kM) + (grad - call.input(kM)) * (1 - beta1);
  const Tensor v = call.input(kV) + (square(grad) - call.input(kV)) * (1 - call.input(kBeta2));
  const Tensor rate =
      call.input(kLr) * sqrt(1 - call.input(kBeta2Power)) / (1 - call.input(kBeta1Power));
  const bool nesterov = call.options<raw_ops::ApplyAdamOptions>().use_nesterov;
  const Tensor direction = nesterov ? beta1 * m + (1 - beta1) * grad : m;
  return {call.input(kVar) - rate * direction / (sqrt(v) + call.input(kEpsilon)), m, v};
}

}  // namespace

constinit OpDef apply_adam_op{.name = "apply_adam",
                              .min_inputs = 10,
                              .max_inputs = 10,
                              .traits = kNoGradient | kUpdate,
                              .infer = infer_apply_adam,
                              .compose = compose_apply_adam,
                              .options = &kAttributesType<ApplyAdamOptions>};

}  // namespace ops

std::tuple<Tensor, Tensor, Tensor> raw_ops::apply_adam(const Tensor& var, const Tensor& m,
                                                       const Tensor& v, const Tensor& beta1_power,
                                                       const Tensor& beta2_power, const Tensor& lr,
                                                       const Tensor& beta1, const Tensor& beta2,
                                                       const Tensor& epsilon, const Tensor& grad,
                                                       const ApplyAdamOptions& options) {
  const Tensor inputs[] = {var, m, v, beta1_power, beta2_power, lr, beta1, beta2, epsilon, grad};
  Tensors outputs = apply(ops::apply_adam_op, inputs, options);
  return {outputs[0], outputs[1], outputs[2]};
}

}  // namespace saem
