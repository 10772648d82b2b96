// convolution and its two gradients, floor 3 of 5: CPU. oneDNN, which lays the filters out as it
// likes best; what it has no fast way for runs as the composition, on its matrix products.
//
// Laying out costs as much as the convolution itself where filters are large and images few (512 of
// 3x3x512 over one 7x7 image: 0.8 ms of 1.6 on a core). Filters that come a second time as they
// were are therefore kept laid out, with their own elements: whoever writes those drops the copy.

#include <algorithm>
#include <saem/core/op.hpp>
#include <saem/ops/convolution.hpp>
#include <vector>

#include "cpu/elementwise.hpp"
#include "cpu/laid_out.hpp"
#include "cpu/onednn_convolution.hpp"

namespace saem::cpu {
namespace {

using nn::ConvolutionGradOptions;
using nn::ConvolutionOptions;
using onednn::Pass;

/// All that a primitive depends on.
struct Geometry {
  DType dtype;
  Shape input;    // (N, spatial..., C)
  Shape filters;  // (window..., C / groups, O)
  Shape output;   // (N, windows..., O)
  const ConvolutionOptions& options;
};

std::vector<nn::WindowAxis> axes_of(const Geometry& geometry) {
  const Dims window(geometry.filters.begin(), geometry.filters.end() - 2);
  const ConvolutionOptions& options = geometry.options;
  return nn::WindowAxis::of(geometry.input, window, options.strides, options.dilations,
                            options.padding);
}

using Descriptor = dnnl::memory::desc;
using DnnlDims = dnnl::memory::dims;

/// A primitive, and the way between TensorFlow's layout of filters and its own.
struct Layer {
  onednn::Primitive primitive;
  std::optional<Relayout> layout;
};

/// (N, spatial..., C) as oneDNN names its axes: (N, C, spatial...).
Descriptor batch_descriptor(const Shape& shape, dnnl::memory::data_type type) {
  DnnlDims sizes{shape[0], shape.at(-1)};
  DnnlDims strides{shape.size() / shape[0], 1};
  std::int64_t stride = strides[0];
  for (int axis = 1; axis + 1 < shape.rank(); ++axis) {
    sizes.push_back(shape[axis]);
    stride /= shape[axis];
    strides.push_back(stride);
  }
  return {sizes, type, strides};
}

/// (window..., C / groups, O) as (groups, O / groups, C / groups, window...), the first only if
/// there are several.
struct FilterDims {
  DnnlDims sizes;
  DnnlDims strides;
};

FilterDims filter_dims(const Shape& filters, std::int64_t groups) {
  const std::int64_t outputs = filters.at(-1);
  FilterDims dims{{outputs / groups, filters.at(-2)}, {1, outputs}};
  if (groups > 1) {
    dims.sizes.insert(dims.sizes.begin(), groups);
    dims.strides.insert(dims.strides.begin(), outputs / groups);
  }
  std::int64_t stride = filters.size();
  for (int axis = 0; axis + 2 < filters.rank(); ++axis) {
    stride /= filters[axis];
    dims.sizes.push_back(filters[axis]);
    dims.strides.push_back(stride);
  }
  return dims;
}

std::optional<Layer> make_layer(Pass pass, const Geometry& geometry) {
  const auto type = onednn::data_type(geometry.dtype);
  if (!type) return std::nullopt;
  const FilterDims filter =
      filter_dims(geometry.filters, geometry.input.at(-1) / geometry.filters.at(-2));
  onednn::ConvolutionShape shape{batch_descriptor(geometry.input, *type),
                                 Descriptor(filter.sizes, *type, dnnl::memory::format_tag::any),
                                 batch_descriptor(geometry.output, *type),
                                 {},
                                 {},
                                 {},
                                 {}};
  for (const nn::WindowAxis& axis : axes_of(geometry)) {
    shape.strides.push_back(axis.stride);
    shape.gaps.push_back(axis.dilation - 1);
    shape.before.push_back(axis.before);
    // Where the last stride goes beyond the last window, oneDNN wants that window's own end.
    shape.after.push_back((axis.output() - 1) * axis.stride + axis.reach() - axis.input -
                          axis.before);
  }
  const auto plan = onednn::convolution_plan(pass, shape);
  if (!plan) return std::nullopt;
  const Descriptor plain(filter.sizes, *type, filter.strides);
  using Argument = onednn::Primitive::Argument;
  std::array<Argument, 3> arguments;
  if (pass == Pass::kForward) {
    arguments = {Argument{DNNL_ARG_SRC, shape.input}, Argument{DNNL_ARG_WEIGHTS, plan->filter},
                 Argument{DNNL_ARG_DST, shape.output}};
  } else if (pass == Pass::kInput) {
    arguments = {Argument{DNNL_ARG_DIFF_SRC, shape.input}, Argument{DNNL_ARG_WEIGHTS, plan->filter},
                 Argument{DNNL_ARG_DIFF_DST, shape.output}};
  } else {
    arguments = {Argument{DNNL_ARG_SRC, shape.input}, Argument{DNNL_ARG_DIFF_WEIGHTS, plan->filter},
                 Argument{DNNL_ARG_DIFF_DST, shape.output}};
  }
  Layer layer{onednn::Primitive(plan->primitive, arguments), std::nullopt};
  if (plan->filter != plain) {
    const bool is_result = pass == Pass::kFilter;
    layer.layout.emplace(is_result ? plan->filter : plain, is_result ? plain : plan->filter);
  }
  return layer;
}

constexpr std::size_t kKeySize = 33;

const std::optional<Layer>& find_layer(Pass pass, const Geometry& geometry) {
  thread_local onednn::Cache<kKeySize, Layer> cache;
  onednn::Cache<kKeySize, Layer>::Key key{};
  std::size_t at = 0;
  const auto add = [&](std::int64_t part) { key[at++] = part; };
  add(static_cast<std::int64_t>(pass));
  add(static_cast<std::int64_t>(geometry.dtype.code()));
  add(geometry.input.rank());
  for (const std::int64_t size : geometry.input) add(size);
  for (const std::int64_t size : geometry.filters) add(size);
  for (const std::int64_t size : geometry.options.strides) add(size);
  for (const std::int64_t size : geometry.options.dilations) add(size);
  for (const std::int64_t size : geometry.options.padding.pairs) add(size);
  return cache.find(key, [&] { return make_layer(pass, geometry); });
}

/// The operands, whichever is the output.
struct Operands {
  void* input;
  void* filters;
  void* output;
  Storage* filter_storage;  ///< of filters that are read and that only tensors write
};

void* data_of(const Tensor& x) { return const_cast<void*>(x.data()); }  // NOLINT: oneDNN's way

bool run_onednn(Pass pass, const Geometry& geometry, const Operands& operands) {
  const auto& layer = find_layer(pass, geometry);
  if (!layer) return false;
  if (!layer->layout) {
    layer->primitive.run({operands.input, operands.filters, operands.output});
    return true;
  }
  const Relayout& layout = *layer->layout;
  if (pass == Pass::kFilter) {
    Tensor laid_out = Relayout::space(layout.from);
    void* own = laid_out.mutable_data();
    layer->primitive.run({operands.input, own, operands.output});
    layout.reorder.run({own, operands.filters});
    return true;
  }
  Tensor laid_out;
  if (operands.filter_storage != nullptr) {
    laid_out = operands.filter_storage->keep<LaidOut>().find(operands.filters, layout);
  }
  if (!laid_out.defined()) laid_out = layout.copy(operands.filters);
  layer->primitive.run({operands.input, data_of(laid_out), operands.output});
  return true;
}

Operands operands_of(Pass pass, const Tensor& a, const Tensor& b, Tensor& result) {
  switch (pass) {
    case Pass::kForward:
      return {data_of(a), data_of(b), result.mutable_data(), LaidOut::storage_of(b)};
    case Pass::kInput:
      return {result.mutable_data(), data_of(b), data_of(a), LaidOut::storage_of(b)};
    case Pass::kFilter:
      break;
  }
  return {data_of(a), result.mutable_data(), data_of(b), nullptr};
}

Geometry geometry_of(Pass pass, const OpCall& call, const Tensor& result) {
  const Tensor& a = call.input(0);
  const Tensor& b = call.input(1);
  switch (pass) {
    case Pass::kForward:
      return {a.dtype(), a.shape(), b.shape(), result.shape(), call.options<ConvolutionOptions>()};
    case Pass::kInput:
      return {a.dtype(), result.shape(), b.shape(), a.shape(),
              call.options<ConvolutionGradOptions>().convolution};
    case Pass::kFilter:
      break;
  }
  return {a.dtype(), a.shape(), result.shape(), b.shape(),
          call.options<ConvolutionGradOptions>().convolution};
}

Tensor to_float32(const Tensor& x) {
  Tensor wide = Tensor::empty(float32, x.shape());
  widen(x.dtype(), x.data(), wide.mutable_data_as<float>(), x.size());
  return wide;
}

void run_composition(const OpCall& call, Tensor& result) {
  const Tensor composed = apply_composition(call.op, call.inputs, call.attributes)[0];
  copy_elements(composed, result);
}

template <Pass kPass>
void run_convolution(const OpCall& call, std::span<Tensor> outputs) {
  Tensor& result = outputs[0];
  if (result.size() == 0) return;
  if (call.input(0).size() == 0 || call.input(1).size() == 0) {  // sums of nothing
    std::fill_n(static_cast<std::byte*>(result.mutable_data()), result.nbytes(), std::byte{0});
    return;
  }
  Geometry geometry = geometry_of(kPass, call, result);
  const Operands operands = operands_of(kPass, call.input(0), call.input(1), result);
  if (run_onednn(kPass, geometry, operands)) return;
  if (geometry.dtype.size() == 2) {
    // Half precision where oneDNN has no fast way: in float32, rounded once.
    geometry.dtype = float32;
    const Tensor a = to_float32(call.input(0));
    const Tensor b = to_float32(call.input(1));
    Tensor wide = Tensor::empty(float32, result.shape());
    if (run_onednn(kPass, geometry, operands_of(kPass, a, b, wide))) {
      narrow(result.dtype(), wide.data_as<float>(), result.mutable_data(), result.size());
      return;
    }
  }
  run_composition(call, result);
}

}  // namespace

void register_convolution() {
  register_kernel("convolution", DeviceType::kCPU, {&run_convolution<Pass::kForward>});
  register_kernel("convolution_grad_input", DeviceType::kCPU, {&run_convolution<Pass::kInput>});
  register_kernel("convolution_grad_filter", DeviceType::kCPU, {&run_convolution<Pass::kFilter>});
}

}  // namespace saem::cpu
