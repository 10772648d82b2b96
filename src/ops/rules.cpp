#include "ops/rules.hpp"

#include <algorithm>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/broadcast.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/reshape.hpp>

namespace saem::ops {

Tensors linear_jvp(const JvpCall& call) {
  Tensors inputs;
  for (std::size_t i = 0; i < call.inputs.size(); ++i) {
    const Tensor& input = call.input(i);
    if (!input.dtype().is_differentiable()) {
      inputs.push_back(input);
    } else {
      inputs.push_back(call.tangents[i].defined() ? call.tangents[i] : zeros_like(input));
    }
  }
  return apply(call.op, inputs, call.attributes);
}

Tensors multilinear_jvp(const JvpCall& call) {
  Tensor sum;
  for (std::size_t i = 0; i < call.inputs.size(); ++i) {
    if (!call.tangents[i].defined()) continue;
    Tensors inputs(call.inputs.begin(), call.inputs.end());
    inputs[i] = call.tangents[i];
    const Tensor part = apply_one(call.op, inputs, call.attributes);
    sum = sum.defined() ? sum + part : part;
  }
  return {sum};
}

Shape batched_shape(const BatchCall& call, const Shape& shape) {
  Shape batched{call.count};
  for (const std::int64_t size : shape) batched.push_back(size);
  return batched;
}

Dims shifted_axes(const Dims& axes) {
  Dims shifted = axes;
  for (std::int64_t& axis : shifted) ++axis;
  return shifted;
}

Tensor batched_input(const BatchCall& call, std::size_t i) {
  const Tensor& input = call.input(i);
  return call.batched[i] ? input : broadcast_to(input, batched_shape(call, input.shape()));
}

Tensors aligned_inputs(const BatchCall& call) {
  int rank = 0;
  for (std::size_t i = 0; i < call.inputs.size(); ++i) {
    rank = std::max(rank, call.input(i).rank() - (call.batched[i] ? 1 : 0));
  }
  Tensors aligned;
  for (std::size_t i = 0; i < call.inputs.size(); ++i) {
    const Tensor& input = call.input(i);
    if (!call.batched[i] || input.rank() == rank + 1) {
      aligned.push_back(input);
      continue;
    }
    Shape shape{call.count};
    for (int axis = input.rank() - 1; axis < rank; ++axis) shape.push_back(1);
    for (int axis = 1; axis < input.rank(); ++axis) shape.push_back(input.shape()[axis]);
    aligned.push_back(reshape(input, shape));
  }
  return aligned;
}

Tensor fold_batch(const Tensor& slices) {
  const Shape slice(slices.shape().begin() + 1, slices.shape().end());
  return reshape(slices, folded_shape(slice, slices.shape(0)));
}

Shape folded_shape(const Shape& slice, std::int64_t count) {
  Shape shape{count * slice[0]};
  for (auto size = slice.begin() + 1; size != slice.end(); ++size) shape.push_back(*size);
  return shape;
}

Tensor unfold_batch(const Tensor& x, std::int64_t count, std::int64_t batch) {
  Shape shape{count, batch};
  for (auto size = x.shape().begin() + 1; size != x.shape().end(); ++size) shape.push_back(*size);
  return reshape(x, shape);
}

Tensors batch_in_front(const BatchCall& call) {
  Tensors inputs;
  for (std::size_t i = 0; i < call.inputs.size(); ++i) inputs.push_back(batched_input(call, i));
  return apply(call.op, inputs, call.attributes);
}

Tensors batch_by_broadcasting(const BatchCall& call) {
  return apply(call.op, aligned_inputs(call), call.attributes);
}

}  // namespace saem::ops
