// clip_by_norm, global_norm, clip_by_global_norm: functions over ops, as in TensorFlow.
#include <limits>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/clip_norm.hpp>
#include <saem/ops/compare.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/unary_arith.hpp>
#include <saem/ops/where.hpp>

#include "base/message.hpp"

namespace saem {

Tensor clip_by_norm(const Tensor& x, Scalar clip_norm, const Axes& axes) {
  if (!x.dtype().is_floating()) {
    raise<DTypeError>("clip_by_norm", "needs floating point, got {}; tf::cast it to tf::float32",
                      x.dtype().name());
  }
  const Tensor squares = reduce_sum(square(x), {.axis = axes, .keepdims = true});
  // The root has no slope at zero: there another number is put in, and zero put back.
  const Tensor positive = squares > 0;
  const Tensor safe = where(positive, squares, ones_like(squares));
  const Tensor norm = where(positive, sqrt(safe), squares);
  return x * clip_norm / maximum(norm, clip_norm);
}

namespace linalg {

Tensor global_norm(const std::vector<Tensor>& tensors) {
  Tensor sum;
  for (const Tensor& tensor : tensors) {
    if (!tensor.defined()) continue;
    if (!tensor.dtype().is_floating()) {
      raise<DTypeError>("global_norm", "needs floating point, got {}; tf::cast it to tf::float32",
                        tensor.dtype().name());
    }
    const Tensor squares = reduce_sum(square(tensor));
    sum = sum.defined() ? sum + squares : squares;
  }
  if (!sum.defined()) raise<ValueError>("global_norm", "there is no tensor to take the norm of");
  return sqrt(sum);
}

}  // namespace linalg

ClippedTensors clip_by_global_norm(const std::vector<Tensor>& tensors, Scalar clip_norm) {
  ClippedTensors result;
  result.global_norm = linalg::global_norm(tensors);
  const Tensor scale = clip_norm / maximum(result.global_norm, clip_norm);
  // Infinite gradients must be seen: TensorFlow makes everything NaN rather than zero.
  const Tensor finite = result.global_norm < std::numeric_limits<double>::infinity();
  const Tensor factor = where(finite, scale, std::numeric_limits<double>::quiet_NaN());
  for (const Tensor& tensor : tensors) {
    result.tensors.push_back(tensor.defined() ? tensor * factor : Tensor());
  }
  return result;
}

}  // namespace saem
