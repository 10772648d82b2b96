#pragma once

#include <saem/core/attributes.hpp>
#include <saem/core/tensor.hpp>

namespace saem {

/// Options of the op behind `broadcast_to`.
struct BroadcastOptions {
  static constexpr const char* kName = "BroadcastOptions";
  Shape shape;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("shape", self.shape);
  }
};

/// `x` repeated to `shape` by NumPy's rules: new axes in front, axes of size 1 repeated.
///
/// @param x      its shape must broadcast to `shape`
/// @param shape  the shape of the result
/// @return       `shape`, the dtype of `x`; a view that repeats elements without copying them
/// @throws ShapeError if a size of `x` is neither 1 nor the one asked for
/// Gradient: dx = dy summed over the repeated axes.  Source: tf.broadcast_to.
/// @code
/// std::cout << tf::broadcast_to(tf::constant({7}), {3});
/// // tf.Tensor([7 7 7], shape=(3,), dtype=int32)
/// @endcode
SAEM_API Tensor broadcast_to(const Tensor& x, const Shape& shape);

/// The shape that `x op y` has for operands of these shapes.
///
/// @param shape_x, shape_y  shapes that broadcast
/// @throws ShapeError if they do not
/// Source: tf.broadcast_static_shape.
/// @code
/// std::cout << tf::broadcast_static_shape({2, 1}, {3});
/// // (2, 3)
/// @endcode
SAEM_API Shape broadcast_static_shape(const Shape& shape_x, const Shape& shape_y);

/// The same for shapes that are tensors. They are read here: it cannot be traced.
///
/// @param shape_x, shape_y  rank 1, int32 or int64, both alike
/// @return                  rank 1, their dtype
/// @throws DTypeError or ShapeError if they are no shapes; ShapeError if they do not broadcast
/// Gradient: none.  Source: tf.broadcast_dynamic_shape.
/// @code
/// std::cout << tf::broadcast_dynamic_shape(tf::constant({2, 1}), tf::constant({3}));
/// // tf.Tensor([2 3], shape=(2,), dtype=int32)
/// @endcode
SAEM_API Tensor broadcast_dynamic_shape(const Tensor& shape_x, const Tensor& shape_y);

}  // namespace saem
