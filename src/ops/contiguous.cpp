// contiguous, floor 2 of 5: meaning. Floor 1 is Tensor::contiguous.
#include <saem/core/op.hpp>

#include "ops/rules.hpp"

namespace saem {
namespace ops {
namespace {

TensorSpecs infer_contiguous(const OpCall& call) {
  return {{call.input(0).dtype(), call.input(0).shape()}};
}

Tensor view_contiguous(const OpCall& call) {
  const Tensor& x = call.input(0);
  return x.is_contiguous() ? x.view(x.shape(), x.strides()) : Tensor();
}

Tensors contiguous_vjp(const VjpCall& call) { return {call.gradient()}; }

}  // namespace

constinit OpDef contiguous_op{.name = "contiguous",
                              .min_inputs = 1,
                              .max_inputs = 1,
                              .traits = kView,
                              .infer = infer_contiguous,
                              .vjp = contiguous_vjp,
                              .view = view_contiguous,
                              .jvp = linear_jvp,
                              .batch = batch_in_front};

}  // namespace ops

Tensor Tensor::contiguous() const {
  return is_contiguous() ? *this : apply_one(ops::contiguous_op, {*this});
}

}  // namespace saem
