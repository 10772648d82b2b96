// where; floor 2 of 5: meaning.
#include <saem/ops/creation.hpp>
#include <saem/ops/where.hpp>

#include "base/message.hpp"
#include "ops/elementwise.hpp"
#include "ops/host.hpp"

namespace saem {
namespace ops {
namespace {

TensorSpecs infer_where(const OpCall& call) {
  const Tensor& condition = call.input(0);
  const Tensor& x = call.input(1);
  const Tensor& y = call.input(2);
  if (!condition.dtype().is_bool()) [[unlikely]] {
    raise<DTypeError>(call.op.name, "the condition must be bool, got {}; compare it with something",
                      condition.dtype().name());
  }
  check_same_dtype(call, x, y);
  Shape shape =
      x.shape() == y.shape() ? x.shape() : broadcast_shapes(x.shape(), y.shape(), call.op.name);
  if (condition.shape() != shape) {
    shape = broadcast_shapes(condition.shape(), shape, call.op.name);
  }
  return {{x.dtype(), std::move(shape)}};
}

Tensors where_vjp(const VjpCall& call) {
  const Tensor& condition = call.input(0);
  const Tensor zero = scalar_like(0, call.gradient(), call.op.name);
  Tensors gradients(3);
  if (call.needs(1)) {
    gradients[1] = sum_to_shape(where(condition, call.gradient(), zero), call.input(1).shape());
  }
  if (call.needs(2)) {
    gradients[2] = sum_to_shape(where(condition, zero, call.gradient()), call.input(2).shape());
  }
  return gradients;
}

}  // namespace

constinit OpDef where_op{.name = "where",
                         .min_inputs = 3,
                         .max_inputs = 3,
                         .traits = kElementwise,
                         .infer = infer_where,
                         .vjp = where_vjp};

}  // namespace ops

Tensor where(const Tensor& condition, const Tensor& x, const Tensor& y) {
  return apply_one(ops::where_op, {condition, x, y});
}
Tensor where(const Tensor& condition, const Tensor& x, Scalar y) {
  return where(condition, x, ops::scalar_like(y, x, "where"));
}
Tensor where(const Tensor& condition, Scalar x, const Tensor& y) {
  return where(condition, ops::scalar_like(x, y, "where"), y);
}

Tensor where(const Tensor& condition) {
  if (condition.rank() == 0) {
    raise<ShapeError>("where", "a scalar has no coordinates; give x and y to choose between");
  }
  const std::vector<bool> truths = ops::host_truths(condition, "where", "condition");
  Dims at(static_cast<std::size_t>(condition.rank()), 0);
  std::vector<std::int64_t> coordinates;
  std::int64_t count = 0;
  for (const bool truth : truths) {
    if (truth) {
      coordinates.insert(coordinates.end(), at.begin(), at.end());
      ++count;
    }
    for (int axis = condition.rank(); axis-- > 0;) {
      std::int64_t& index = at[static_cast<std::size_t>(axis)];
      if (++index < condition.shape()[axis]) break;
      index = 0;
    }
  }
  return constant(coordinates, Shape{count, condition.rank()});
}

}  // namespace saem
