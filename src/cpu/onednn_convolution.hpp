#pragma once

#include "cpu/onednn.hpp"

/// Convolutions in either API of oneDNN.
namespace saem::cpu::onednn {

/// What a convolution computes: its output, or the gradient of one of its inputs.
enum class Pass { kForward, kInput, kFilter };

/// One convolution as oneDNN sees it. The layout of `filter` is left to it.
struct ConvolutionShape {
  dnnl::memory::desc input;
  dnnl::memory::desc filter;
  dnnl::memory::desc output;
  dnnl::memory::dims strides;
  dnnl::memory::dims gaps;  ///< dilations - 1
  dnnl::memory::dims before;
  dnnl::memory::dims after;
};

struct ConvolutionPlan {
  dnnl::primitive primitive;
  dnnl::memory::desc filter;  ///< the layout that the primitive wants, or leaves
};

/// Whether the library has more for it than its reference loop.
template <class Description>
bool is_fast(const Description& description) {
  const std::string_view name = description.impl_info_str();
  return name.find("ref") == std::string_view::npos;
}

#if DNNL_VERSION_MAJOR >= 3

inline dnnl::convolution_forward::primitive_desc forward_description(const ConvolutionShape& shape,
                                                                     dnnl::prop_kind kind) {
  return {engine(),      kind,         dnnl::algorithm::convolution_direct,
          shape.input,   shape.filter, shape.output,
          shape.strides, shape.gaps,   shape.before,
          shape.after};
}

inline auto input_description(const ConvolutionShape& shape) {
  return dnnl::convolution_backward_data::primitive_desc(
      engine(), dnnl::algorithm::convolution_direct, shape.input, shape.filter, shape.output,
      shape.strides, shape.gaps, shape.before, shape.after,
      forward_description(shape, dnnl::prop_kind::forward_training));
}

inline auto filter_description(const ConvolutionShape& shape) {
  return dnnl::convolution_backward_weights::primitive_desc(
      engine(), dnnl::algorithm::convolution_direct, shape.input, shape.filter, shape.output,
      shape.strides, shape.gaps, shape.before, shape.after,
      forward_description(shape, dnnl::prop_kind::forward_training));
}

#else

inline dnnl::convolution_forward::primitive_desc forward_description(const ConvolutionShape& shape,
                                                                     dnnl::prop_kind kind) {
  return {dnnl::convolution_forward::desc(kind, dnnl::algorithm::convolution_direct, shape.input,
                                          shape.filter, shape.output, shape.strides, shape.gaps,
                                          shape.before, shape.after),
          engine()};
}

inline auto input_description(const ConvolutionShape& shape) {
  return dnnl::convolution_backward_data::primitive_desc(
      dnnl::convolution_backward_data::desc(dnnl::algorithm::convolution_direct, shape.input,
                                            shape.filter, shape.output, shape.strides, shape.gaps,
                                            shape.before, shape.after),
      engine(), forward_description(shape, dnnl::prop_kind::forward_training));
}

inline auto filter_description(const ConvolutionShape& shape) {
  return dnnl::convolution_backward_weights::primitive_desc(
      dnnl::convolution_backward_weights::desc(dnnl::algorithm::convolution_direct, shape.input,
                                               shape.filter, shape.output, shape.strides,
                                               shape.gaps, shape.before, shape.after),
      engine(), forward_description(shape, dnnl::prop_kind::forward_training));
}

#endif

/// The library's plan; empty if it has none, or only its slow reference loop.
inline std::optional<ConvolutionPlan> convolution_plan(Pass pass, const ConvolutionShape& shape) {
  try {
    if (pass == Pass::kForward) {
      const auto plan = forward_description(shape, dnnl::prop_kind::forward_inference);
      if (!is_fast(plan)) return std::nullopt;
      return ConvolutionPlan{dnnl::convolution_forward(plan), plan.weights_desc()};
    }
    if (pass == Pass::kInput) {
      const auto plan = input_description(shape);
      if (!is_fast(plan)) return std::nullopt;
      return ConvolutionPlan{dnnl::convolution_backward_data(plan), plan.weights_desc()};
    }
    const auto plan = filter_description(shape);
    if (!is_fast(plan)) return std::nullopt;
    return ConvolutionPlan{dnnl::convolution_backward_weights(plan), plan.diff_weights_desc()};
  } catch (const dnnl::error&) {
    return std::nullopt;
  }
}

}  // namespace saem::cpu::onednn
