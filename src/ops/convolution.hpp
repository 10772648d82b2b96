#pragma once

#include <saem/ops/convolution.hpp>
#include <vector>

#include "ops/window.hpp"

/// What the floors of convolutions share. Tensors are channels last here, options normalised: a
/// number for each spatial axis, padding in pairs.
namespace saem::ops {

/// The sizes of the window of filters (window..., channels / groups, output channels).
Dims window_sizes(const Shape& filters);

/// Windows of `filters` on the spatial axes of an input of shape `x`.
std::vector<WindowAxis> convolution_axes(const Shape& x, const Shape& filters,
                                         const nn::ConvolutionOptions& options);

/// How many groups of channels do not see each other.
std::int64_t group_count(const Shape& x, const Shape& filters);

/// The shape of the convolution of an input of shape `x`.
Shape convolution_shape(const Shape& x, const Shape& filters,
                        const nn::ConvolutionOptions& options);

/// `options` as a user gave them, normalised for an input of shape `x`, channels last.
nn::ConvolutionOptions normalized(const char* op, const nn::ConvolutionOptions& options,
                                  const Shape& x, const Shape& filters);

/// Checks that `x` and `filters` have `spatial_rank` spatial axes; `x` may have more in front if
/// `more_batch_axes`.
void check_ranks(const char* op, const Tensor& x, const Tensor& filters, int spatial_rank,
                 bool more_batch_axes);

}  // namespace saem::ops
