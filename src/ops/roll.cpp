// roll, floor 2 of 5: meaning.
#include <saem/core/op.hpp>
#include <saem/ops/concat.hpp>
#include <saem/ops/roll.hpp>

#include "base/message.hpp"
#include "ops/rules.hpp"

namespace saem {
namespace ops {
namespace {

TensorSpecs infer_roll(const OpCall& call) {
  return {{call.input(0).dtype(), call.input(0).shape()}};
}

Tensors compose_roll(const OpCall& call) {
  const auto& options = call.options<RollOptions>();
  Tensor x = call.input(0);
  for (std::size_t i = 0; i < options.axis.size(); ++i) {
    const auto axis = static_cast<int>(options.axis[i]);
    const std::int64_t shift = options.shift[i];
    if (shift == 0) continue;
    const std::vector<Tensor> parts = split(x, {-1, shift}, {.axis = axis});
    x = concat({parts[1], parts[0]}, {.axis = axis});
  }
  return {x};
}

Tensors roll_vjp(const VjpCall& call) {
  const auto& options = call.options<RollOptions>();
  Dims back;
  for (const std::int64_t shift : options.shift) back.push_back(-shift);
  return {roll(call.gradient(), back, options.axis)};
}

/// Each axis once, counted from the front, its shift in [0, size).
RollOptions normalize(const Shape& shape, const Dims& shift, const Dims& axis) {
  if (shift.size() != axis.size()) {
    raise<ValueError>("roll", "{} shifts for {} axes; give one for each", shift.size(),
                      axis.size());
  }
  Dims total(static_cast<std::size_t>(shape.rank()), 0);
  for (std::size_t i = 0; i < axis.size(); ++i) {
    const int at = normalize_axis(axis[i], shape.rank(), "roll");
    const std::int64_t size = shape[at];
    if (size == 0) continue;
    std::int64_t& sum = total[static_cast<std::size_t>(at)];
    sum = (sum + shift[i] % size + size) % size;
  }
  RollOptions options;
  for (std::size_t at = 0; at < total.size(); ++at) {
    if (total[at] == 0) continue;
    options.shift.push_back(total[at]);
    options.axis.push_back(static_cast<std::int64_t>(at));
  }
  return options;
}

Tensors batch_roll(const BatchCall& call) {
  RollOptions options = call.options<RollOptions>();
  options.axis = shifted_axes(options.axis);
  return apply(call.op, call.inputs, options);
}

}  // namespace

constinit OpDef roll_op{.name = "roll",
                        .min_inputs = 1,
                        .max_inputs = 1,
                        .traits = 0,
                        .infer = infer_roll,
                        .compose = compose_roll,
                        .vjp = roll_vjp,
                        .options = &kAttributesType<RollOptions>,
                        .jvp = linear_jvp,
                        .batch = batch_roll};

}  // namespace ops

Tensor roll(const Tensor& x, const Dims& shift, const Dims& axis) {
  return apply_one(ops::roll_op, {x}, ops::normalize(x.shape(), shift, axis));
}

}  // namespace saem
