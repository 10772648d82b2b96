// What users call of convolutions: names, formats and ranks, all of it the same three ops.
#include <saem/core/op.hpp>
#include <saem/ops/convolution_transpose.hpp>
#include <saem/ops/reshape.hpp>

#include "base/message.hpp"
#include "ops/convolution.hpp"

namespace saem {
namespace ops {

extern OpDef convolution_op;
extern OpDef convolution_grad_input_op;

namespace {

using nn::ConvolutionOptions;
using nn::ConvolutionTransposeOptions;

Tensor convolve(const char* op, const Tensor& x, const Tensor& filters, int spatial_rank,
                const ConvolutionOptions& options) {
  const bool first = channels_first(op, options.data_format, spatial_rank);
  check_ranks(op, x, filters, spatial_rank, !first);
  if (first) {
    const Tensor last = to_channels_last(x);
    const ConvolutionOptions normal = normalized(op, options, last.shape(), filters.shape());
    return to_channels_first(apply_one(convolution_op, {last, filters}, normal));
  }
  const int more = x.rank() - spatial_rank - 2;
  if (more == 0) {
    const ConvolutionOptions normal = normalized(op, options, x.shape(), filters.shape());
    return apply_one(convolution_op, {x, filters}, normal);
  }
  Shape lead(x.shape().begin(), x.shape().begin() + more + 1);
  Shape folded{lead.size()};
  for (auto size = x.shape().begin() + more + 1; size != x.shape().end(); ++size) {
    folded.push_back(*size);
  }
  const ConvolutionOptions normal = normalized(op, options, folded, filters.shape());
  const Tensor y = apply_one(convolution_op, {reshape(x, folded), filters}, normal);
  for (auto size = y.shape().begin() + 1; size != y.shape().end(); ++size) lead.push_back(*size);
  return reshape(y, lead);
}

Tensor convolve_back(const char* op, const Tensor& x, const Tensor& filters,
                     const Shape& output_shape, int spatial_rank,
                     const ConvolutionTransposeOptions& given) {
  const bool first = channels_first(op, given.data_format, spatial_rank);
  check_ranks(op, x, filters, spatial_rank, false);
  if (output_shape.rank() != x.rank()) {
    raise<ShapeError>(op, "output_shape is {}; needs {} sizes, those of batch and channels too",
                      output_shape.to_string(), x.rank());
  }
  for (const std::int64_t size : output_shape) {
    if (size < 0) raise<ShapeError>(op, "output_shape is {}", output_shape.to_string());
  }
  Shape shape = output_shape;
  if (first) {
    shape = {output_shape[0]};
    for (int axis = 2; axis < output_shape.rank(); ++axis) shape.push_back(output_shape[axis]);
    shape.push_back(output_shape[1]);
  }
  const ConvolutionOptions options =
      normalized(op, {given.strides, given.padding, "", given.dilations}, shape, filters.shape());
  const Tensor dy = first ? to_channels_last(x) : x;
  const Shape expected = convolution_shape(shape, filters.shape(), options);
  if (dy.shape() != expected) {
    raise<ShapeError>(op,
                      "an output {} has windows {} (channels last), not those of the input, {}; "
                      "output_shape, strides or filters {} do not match it",
                      shape.to_string(), expected.to_string(), dy.shape().to_string(),
                      filters.shape().to_string());
  }
  const Tensor y = apply_one(convolution_grad_input_op, {dy, filters},
                             nn::ConvolutionGradOptions{options, shape});
  return first ? to_channels_first(y) : y;
}

/// The number of spatial axes where no name says it.
int spatial_rank_of(const char* op, const Tensor& x) {
  if (x.rank() < 3 || x.rank() > 5) {
    raise<ShapeError>(op, "needs an input of rank 3, 4 or 5, got {}", x.shape().to_string());
  }
  return x.rank() - 2;
}

}  // namespace
}  // namespace ops

namespace nn {

Tensor convolution(const Tensor& x, const Tensor& filters, const ConvolutionOptions& options) {
  const int spatial_rank = ops::spatial_rank_of("convolution", x);
  return ops::convolve("convolution", x, filters, spatial_rank, options);
}

Tensor conv1d(const Tensor& x, const Tensor& filters, const ConvolutionOptions& options) {
  return ops::convolve("conv1d", x, filters, 1, options);
}

Tensor conv2d(const Tensor& x, const Tensor& filters, const ConvolutionOptions& options) {
  return ops::convolve("conv2d", x, filters, 2, options);
}

Tensor conv3d(const Tensor& x, const Tensor& filters, const ConvolutionOptions& options) {
  return ops::convolve("conv3d", x, filters, 3, options);
}

Tensor depthwise_conv2d(const Tensor& x, const Tensor& filters, const ConvolutionOptions& options) {
  ops::check_ranks("depthwise_conv2d", x, filters, 2, false);
  const bool first = ops::channels_first("depthwise_conv2d", options.data_format, 2);
  const std::int64_t channels = x.shape(first ? 1 : 3);
  if (filters.shape(2) != channels) {
    raise<ShapeError>("depthwise_conv2d", "filters {} are for {} channels, the input {} has {}",
                      filters.shape().to_string(), filters.shape(2), x.shape().to_string(),
                      channels);
  }
  const Tensor grouped = reshape(filters, {filters.shape(0), filters.shape(1),
                                           channels == 0 ? 0 : 1, channels * filters.shape(3)});
  return ops::convolve("depthwise_conv2d", x, grouped, 2, options);
}

Tensor separable_conv2d(const Tensor& x, const Tensor& depthwise, const Tensor& pointwise,
                        const ConvolutionOptions& options) {
  if (pointwise.rank() != 4 || pointwise.shape(0) != 1 || pointwise.shape(1) != 1) {
    raise<ShapeError>("separable_conv2d", "the pointwise filters are {}; their window must be 1, 1",
                      pointwise.shape().to_string());
  }
  return conv2d(depthwise_conv2d(x, depthwise, options), pointwise,
                {.data_format = options.data_format});
}

Tensor atrous_conv2d(const Tensor& x, const Tensor& filters, std::int64_t rate,
                     const Padding& padding) {
  return ops::convolve("atrous_conv2d", x, filters, 2, {.padding = padding, .dilations = rate});
}

Tensor conv_transpose(const Tensor& x, const Tensor& filters, const Shape& output_shape,
                      const ConvolutionTransposeOptions& options) {
  const int spatial_rank = ops::spatial_rank_of("conv_transpose", x);
  return ops::convolve_back("conv_transpose", x, filters, output_shape, spatial_rank, options);
}

Tensor conv1d_transpose(const Tensor& x, const Tensor& filters, const Shape& output_shape,
                        const ConvolutionTransposeOptions& options) {
  return ops::convolve_back("conv1d_transpose", x, filters, output_shape, 1, options);
}

Tensor conv2d_transpose(const Tensor& x, const Tensor& filters, const Shape& output_shape,
                        const ConvolutionTransposeOptions& options) {
  return ops::convolve_back("conv2d_transpose", x, filters, output_shape, 2, options);
}

Tensor conv3d_transpose(const Tensor& x, const Tensor& filters, const Shape& output_shape,
                        const ConvolutionTransposeOptions& options) {
  return ops::convolve_back("conv3d_transpose", x, filters, output_shape, 3, options);
}

Tensor atrous_conv2d_transpose(const Tensor& x, const Tensor& filters, const Shape& output_shape,
                               std::int64_t rate, const Padding& padding) {
  return ops::convolve_back("atrous_conv2d_transpose", x, filters, output_shape, 2,
                            {.padding = padding, .dilations = rate});
}

}  // namespace nn
}  // namespace saem
