#pragma once

#include <saem/core/attributes.hpp>
#include <saem/core/tensor.hpp>

namespace saem {

/// How far `roll` turns each axis.
struct RollOptions {
  static constexpr const char* kName = "RollOptions";
  Dims shift;  ///< one for each of `axis`; set by `roll`
  Dims axis;   ///< each axis at most once; set by `roll`
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("shift", self.shift);
    visit("axis", self.axis);
  }
};

/// The elements moved along axes; what leaves at the end comes in at the front:
/// y[(i + shift) mod size] = x[i].
///
/// @param x      any
/// @param shift  how far, one for each of `axis`; may be negative or larger than the axis
/// @param axis   which axes; the shifts of an axis named twice add up
/// @return       the shape and dtype of `x`
/// @throws ShapeError if an axis is out of range; ValueError if there are not as many shifts as
///         axes
/// Gradient: dy moved back.  Source: tf.roll.
/// @code
/// std::cout << tf::roll(tf::constant({1, 2, 3}), {1}, {0});
/// // tf.Tensor([3 1 2], shape=(3,), dtype=int32)
/// @endcode
SAEM_API Tensor roll(const Tensor& x, const Dims& shift, const Dims& axis);

}  // namespace saem
