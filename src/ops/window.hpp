#pragma once

#include <saem/core/tensor.hpp>
#include <saem/ops/window.hpp>

/// What floor 2 of convolutions and pooling shares.
namespace saem::ops {

using nn::WindowAxis;

/// `window` with one number for each of `count` spatial axes. @throws ValueError unless it has 1,
/// count or count + 2 positive numbers
Dims spatial_sizes(const char* op, const char* name, const nn::Window& window, int count);

/// `padding` with two numbers for each axis, for an input of `spatial` sizes. @throws ValueError if
/// it is none of the three kinds, or negative
nn::Padding spatial_padding(const char* op, const nn::Padding& padding, const Dims& spatial,
                            const Dims& sizes, const Dims& strides, const Dims& dilations);

/// Sizes of the axes between batch and channels of a channels-last shape.
Dims spatial_of(const Shape& shape);

/// Whether `format` puts channels before the spatial axes. @throws ValueError unless it is "" or
/// one of the two names for this many axes
bool channels_first(const char* op, const std::string& format, int spatial_rank);

/// From channels first to channels last, and back: views.
Tensor to_channels_last(const Tensor& x);
Tensor to_channels_first(const Tensor& x);

/// The places in a window, the last axis fastest.
std::vector<Dims> window_places(const Dims& sizes);

/// Of padded `x` (channels last), the element that each window has at `place`.
Tensor elements_at(const Tensor& padded, const std::vector<WindowAxis>& axes, const Dims& place);

/// The other way: zeros of the padded shape, with `part` where `elements_at` found it.
Tensor spread_at(const Tensor& part, const std::vector<WindowAxis>& axes, const Dims& place);

/// `x` (channels last) with `value` around it, and what lies within the border.
Tensor pad_windows(const Tensor& x, const std::vector<WindowAxis>& axes, Scalar value);
Tensor unpad_windows(const Tensor& padded, const std::vector<WindowAxis>& axes);

}  // namespace saem::ops
