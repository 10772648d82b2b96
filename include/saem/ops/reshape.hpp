#pragma once

#include <saem/core/attributes.hpp>
#include <saem/core/tensor.hpp>

/// The same elements in the same order under another shape. Nothing is copied where the elements
/// lie in an order that the new shape can describe.
namespace saem {

/// Options of the op behind `reshape`.
struct ReshapeOptions {
  static constexpr const char* kName = "ReshapeOptions";
  Shape shape;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("shape", self.shape);
  }
};

/// The elements of `x`, in row-major order, under another shape.
///
/// @param x      any
/// @param shape  as many elements as `x` has; one size may be -1 and is then what is left over
/// @return       that shape, the dtype of `x`; a view where possible
/// @throws ShapeError if the sizes do not fit, or more than one is -1
/// Gradient: dx = dy in the shape of x.  Source: tf.reshape.
/// @code
/// std::cout << tf::reshape(tf::constant({{1, 2}, {3, 4}}), {-1});
/// // tf.Tensor([1 2 3 4], shape=(4,), dtype=int32)
/// @endcode
SAEM_API Tensor reshape(const Tensor& x, const Shape& shape);

/// An axis of size 1 put in at `axis` of the result.
///
/// @param x     any
/// @param axis  in [-rank - 1, rank]; -1 puts it last
/// @return      one rank more; a view
/// @throws ShapeError if `axis` is out of range
/// Gradient: dx = dy without that axis.  Source: tf.expand_dims.
/// @code
/// std::cout << tf::expand_dims(tf::constant({1, 2}), 0).shape();
/// // (1, 2)
/// @endcode
SAEM_API Tensor expand_dims(const Tensor& x, int axis);

/// Which axes `squeeze` removes.
struct SqueezeOptions {
  Axes axis = {};  ///< default: every axis of size 1
};

/// Axes of size 1 left out.
///
/// @param x        any
/// @param options  axis: which ones; all of size 1 if none is named
/// @return         a view of lower rank
/// @throws ShapeError if an axis is out of range or its size is not 1
/// Gradient: dx = dy in the shape of x.  Source: tf.squeeze.
/// @code
/// std::cout << tf::squeeze(tf::constant({{1, 2}}));
/// // tf.Tensor([1 2], shape=(2,), dtype=int32)
/// @endcode
SAEM_API Tensor squeeze(const Tensor& x, const SqueezeOptions& options = {});

}  // namespace saem
