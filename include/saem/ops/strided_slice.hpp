#pragma once

#include <saem/core/attributes.hpp>
#include <saem/core/tensor.hpp>
#include <span>

/// Boxes of a tensor, as views. `tf::Tensor::operator()` says how to write an index.
namespace saem {

/// The box of `size` elements from `begin` on.
///
/// @param x      any
/// @param begin  the first index along each axis
/// @param size   how many along each axis; -1: all that are left
/// @return       a view of shape `size`
/// @throws ShapeError if begin or size do not have one entry an axis; IndexError if the box does
///         not lie in `x`
/// Gradient: dy put back into zeros.  Source: tf.slice.
/// @code
/// std::cout << tf::slice(tf::constant({{1, 2, 3}, {4, 5, 6}}), {0, 1}, {1, 2});
/// // tf.Tensor([[2 3]], shape=(1, 2), dtype=int32)
/// @endcode
SAEM_API Tensor slice(const Tensor& x, const Dims& begin, const Dims& size);

/// `x` read backwards along axes: y[..., i, ...] = x[..., size - 1 - i, ...].
///
/// @param x     any
/// @param axis  which axes, negative counted from the end
/// @return      a view
/// @throws ShapeError if an axis is out of range or named twice
/// Gradient: dx = dy reversed.  Source: tf.reverse.
/// @code
/// std::cout << tf::reverse(tf::constant({1, 2, 3}), {0});
/// // tf.Tensor([3 2 1], shape=(3,), dtype=int32)
/// @endcode
SAEM_API Tensor reverse(const Tensor& x, const Axes& axis);

/// A box cut out of a tensor, each axis with a step of its own. One entry an axis of the input,
/// counted from the front.
struct StridedSliceOptions {
  static constexpr const char* kName = "StridedSliceOptions";
  Dims begin;  ///< the first index taken along each axis
  Dims size;   ///< how many are taken
  Dims step;   ///< from one to the next; may be negative
  Dims axes;   ///< for each output axis the input axis it is, or -1 for a new axis of size 1
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("begin", self.begin);
    visit("size", self.size);
    visit("step", self.step);
    visit("axes", self.axes);
  }
};

/// The box that `indices` cut out of a tensor of `shape`. @throws IndexError as Tensor::operator()
SAEM_API StridedSliceOptions strided_slice_of(std::span<const Index> indices, const Shape& shape);

/// The same box put back into zeros of the input's shape: the gradient of a strided slice.
struct StridedSliceGradOptions {
  static constexpr const char* kName = "StridedSliceGradOptions";
  StridedSliceOptions slice;
  Shape shape;  ///< of the tensor that was cut
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    StridedSliceOptions::fields(self.slice, visit);
    visit("shape", self.shape);
  }
};

}  // namespace saem
