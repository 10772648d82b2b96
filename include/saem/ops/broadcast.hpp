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

}  // namespace saem
