// transpose, floor 2 of 5: meaning.
#include <saem/core/op.hpp>
#include <saem/ops/transpose.hpp>

#include "base/message.hpp"
#include "ops/rules.hpp"

namespace saem {
namespace ops {
namespace {

TensorSpecs infer_transpose(const OpCall& call) {
  const Tensor& x = call.input(0);
  Shape shape;
  for (const std::int64_t axis : call.options<TransposeOptions>().perm) {
    shape.push_back(x.shape()[static_cast<int>(axis)]);
  }
  return {{x.dtype(), shape}};
}

Tensor view_transpose(const OpCall& call) {
  const Tensor& x = call.input(0);
  Shape shape;
  Dims strides;
  for (const std::int64_t axis : call.options<TransposeOptions>().perm) {
    shape.push_back(x.shape()[static_cast<int>(axis)]);
    strides.push_back(x.strides()[static_cast<std::size_t>(axis)]);
  }
  return x.view(std::move(shape), std::move(strides));
}

Tensors transpose_vjp(const VjpCall& call) {
  const Dims& perm = call.options<TransposeOptions>().perm;
  Dims inverse(perm.size());
  for (std::size_t i = 0; i < perm.size(); ++i) {
    inverse[static_cast<std::size_t>(perm[i])] = static_cast<std::int64_t>(i);
  }
  return {transpose(call.gradient(), {.perm = std::move(inverse)})};
}

/// perm counted from the front and checked; all axes in reverse if none was given.
Dims normalize_perm(const Dims& perm, const Shape& shape) {
  const int rank = shape.rank();
  Dims result(static_cast<std::size_t>(rank));
  if (perm.empty()) {
    for (int i = 0; i < rank; ++i) result[static_cast<std::size_t>(i)] = rank - 1 - i;
    return result;
  }
  const auto text = [&] { return Axes(perm).to_string(); };
  if (perm.size() != result.size()) {
    raise<ShapeError>("transpose", "perm {} has {} axes, shape {} has {}; name each axis once",
                      text(), perm.size(), shape.to_string(), rank);
  }
  Dims seen(perm.size(), 0);
  for (std::size_t i = 0; i < perm.size(); ++i) {
    const int axis = normalize_axis(perm[i], rank, "transpose");
    if (seen[static_cast<std::size_t>(axis)]++ != 0) {
      raise<ShapeError>("transpose", "perm {} names axis {} twice; name each axis once", text(),
                        axis);
    }
    result[i] = axis;
  }
  return result;
}

Tensors batch_transpose(const BatchCall& call) {
  Dims perm = shifted_axes(call.options<TransposeOptions>().perm);
  perm.insert(perm.begin(), 0);
  return apply(call.op, call.inputs, TransposeOptions{std::move(perm)});
}

}  // namespace

constinit OpDef transpose_op{.name = "transpose",
                             .min_inputs = 1,
                             .max_inputs = 1,
                             .traits = kView,
                             .infer = infer_transpose,
                             .vjp = transpose_vjp,
                             .view = view_transpose,
                             .options = &kAttributesType<TransposeOptions>,
                             .jvp = linear_jvp,
                             .batch = batch_transpose};

}  // namespace ops

Tensor transpose(const Tensor& x, const TransposeOptions& options) {
  return apply_one(ops::transpose_op, {x},
                   TransposeOptions{ops::normalize_perm(options.perm, x.shape())});
}

}  // namespace saem
