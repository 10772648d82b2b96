// concat, stack, unstack, split; floor 2 of 5: meaning.
#include <limits>
#include <saem/core/op.hpp>
#include <saem/ops/concat.hpp>
#include <saem/ops/reshape.hpp>

#include "base/message.hpp"
#include "ops/rules.hpp"

namespace saem {
namespace ops {
namespace {

TensorSpecs infer_concat(const OpCall& call) {
  const int axis = call.options<ConcatOptions>().axis;
  const Tensor& first = call.input(0);
  Shape shape = first.shape();
  for (std::size_t i = 1; i < call.inputs.size(); ++i) {
    const Tensor& next = call.input(i);
    if (next.dtype() != first.dtype()) {
      raise<DTypeError>("concat", "{} and {} do not mix; tf::cast values[{}]", first.dtype().name(),
                        next.dtype().name(), i);
    }
    bool fits = next.rank() == first.rank();
    for (int k = 0; fits && k < first.rank(); ++k) {
      fits = k == axis || next.shape()[k] == first.shape()[k];
    }
    if (!fits) {
      raise<ShapeError>("concat", "shapes {} and {} (values[{}]) differ on more than axis {}",
                        first.shape().to_string(), next.shape().to_string(), i, axis);
    }
    shape[axis] += next.shape()[axis];
  }
  return {{first.dtype(), shape}};
}

/// `x` cut to [begin, begin + size) along `axis`.
Tensor cut(const Tensor& x, int axis, std::int64_t begin, std::int64_t size) {
  SmallVector<Index, 6> indices(static_cast<std::size_t>(axis), Index(all));
  indices.push_back(slice(begin, begin + size));
  return x.at(indices);
}

Tensors concat_vjp(const VjpCall& call) {
  const int axis = call.options<ConcatOptions>().axis;
  Tensors gradients;
  std::int64_t begin = 0;
  for (std::size_t i = 0; i < call.inputs.size(); ++i) {
    const std::int64_t size = call.input(i).shape()[axis];
    gradients.push_back(call.needs(i) ? cut(call.gradient(), axis, begin, size) : Tensor());
    begin += size;
  }
  return gradients;
}

Tensors batch_concat(const BatchCall& call) {
  Tensors inputs;
  for (std::size_t i = 0; i < call.inputs.size(); ++i) inputs.push_back(batched_input(call, i));
  return apply(call.op, inputs, ConcatOptions{call.options<ConcatOptions>().axis + 1});
}

}  // namespace

constinit OpDef concat_op{.name = "concat",
                          .min_inputs = 1,
                          .max_inputs = std::numeric_limits<int>::max(),
                          .traits = 0,
                          .infer = infer_concat,
                          .vjp = concat_vjp,
                          .options = &kAttributesType<ConcatOptions>,
                          .jvp = linear_jvp,
                          .batch = batch_concat};

}  // namespace ops

Tensor concat(const std::vector<Tensor>& values, const ConcatOptions& options) {
  if (values.empty()) raise<ValueError>("concat", "the list is empty; give at least one tensor");
  const int axis = normalize_axis(options.axis, values[0].rank(), "concat");
  return apply_one(ops::concat_op, values, ConcatOptions{axis});
}

Tensor stack(const std::vector<Tensor>& values, const ConcatOptions& options) {
  if (values.empty()) raise<ValueError>("stack", "the list is empty; give at least one tensor");
  const int axis = normalize_axis(options.axis, values[0].rank() + 1, "stack");
  std::vector<Tensor> expanded;
  expanded.reserve(values.size());
  for (const Tensor& value : values) {
    if (value.shape() != values[0].shape()) {
      raise<ShapeError>("stack", "shapes {} and {} (values[{}]) differ; tf::concat joins such",
                        values[0].shape().to_string(), value.shape().to_string(), expanded.size());
    }
    expanded.push_back(expand_dims(value, axis));
  }
  return concat(expanded, {.axis = axis});
}

std::vector<Tensor> unstack(const Tensor& x, const ConcatOptions& options) {
  const int axis = normalize_axis(options.axis, x.rank(), "unstack");
  SmallVector<Index, 6> indices(static_cast<std::size_t>(axis + 1), Index(all));
  std::vector<Tensor> slices;
  for (std::int64_t i = 0; i < x.shape()[axis]; ++i) {
    indices.back() = i;
    slices.push_back(x.at(indices));
  }
  return slices;
}

std::vector<Tensor> split(const Tensor& x, std::int64_t pieces, const ConcatOptions& options) {
  const int axis = normalize_axis(options.axis, x.rank(), "split");
  const std::int64_t size = x.shape()[axis];
  if (pieces <= 0 || size % pieces != 0) {
    raise<ValueError>("split", "axis {} of shape {} has size {}, which {} pieces do not divide",
                      axis, x.shape().to_string(), size, pieces);
  }
  return split(x, std::vector<std::int64_t>(static_cast<std::size_t>(pieces), size / pieces),
               {.axis = axis});
}

std::vector<Tensor> split(const Tensor& x, const std::vector<std::int64_t>& sizes,
                          const ConcatOptions& options) {
  const int axis = normalize_axis(options.axis, x.rank(), "split");
  const std::int64_t whole = x.shape()[axis];
  std::int64_t known = 0;
  std::int64_t open = 0;
  bool fits = true;
  for (const std::int64_t size : sizes) {
    open += size == -1 ? 1 : 0;
    fits = fits && size >= -1 && size <= whole;
    known += fits && size > 0 ? size : 0;
    fits = fits && known <= whole;
  }
  if (!fits || open > 1 || (open == 0 && known != whole)) {
    raise<ValueError>("split",
                      "sizes [{}] do not cut axis {} of shape {}: they must add up to {}, and at "
                      "most one may be -1",
                      fmt::join(sizes, ", "), axis, x.shape().to_string(), whole);
  }
  std::vector<Tensor> parts;
  std::int64_t begin = 0;
  for (std::int64_t size : sizes) {
    if (size == -1) size = whole - known;
    parts.push_back(ops::cut(x, axis, begin, size));
    begin += size;
  }
  return parts;
}

std::vector<Tensor> split(const Tensor& x, std::initializer_list<std::int64_t> sizes,
                          const ConcatOptions& options) {
  return split(x, std::vector<std::int64_t>(sizes), options);
}

}  // namespace saem
