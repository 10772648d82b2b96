#pragma once

#include <saem/core/tensor.hpp>

namespace saem {

/// Where the mask lies in the tensor.
struct BooleanMaskOptions {
  int axis = 0;  ///< the first axis of `x` that the mask lies on
};

/// The elements or slices of `x` where `mask` is true, in order, as rank 1 along the masked axes.
///
/// How many there are is known only when it runs, so it cannot be traced: in a traced function use
/// `tf::where`.
///
/// @param x        its axes from `axis` on must have the sizes of `mask`
/// @param mask     bool, rank >= 1
/// @param options  axis (default 0)
/// @return         x.shape[:axis] + (number of true,) + x.shape[axis + mask.rank:]
/// @throws DTypeError if `mask` is not bool; ShapeError if the shapes do not fit or `mask` is a
/// scalar Gradient: dy put where the mask is true, zero elsewhere.  Source: tf.boolean_mask.
/// @code
/// auto x = tf::constant({1, 2, 3});
/// std::cout << tf::boolean_mask(x, tf::constant({true, false, true}));
/// // tf.Tensor([1 3], shape=(2,), dtype=int32)
/// @endcode
SAEM_API Tensor boolean_mask(const Tensor& x, const Tensor& mask,
                             const BooleanMaskOptions& options = {});

}  // namespace saem
