#pragma once

#include <saem/core/tensor.hpp>

/// Casts that look at bits, or end at a range.
namespace saem {

/// What bitcast makes of the bits.
struct BitcastOptions {
  static constexpr const char* kName = "BitcastOptions";
  DType dtype;  ///< what the bits are read as
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("dtype", self.dtype);
  }
};

/// The same bits read as another dtype.
///
/// @param x      any dtype but bool
/// @param dtype  any but bool. A narrower one splits each element along a new last axis (lowest
/// bits
///               first); a wider one joins the last axis, which must hold just one element's bits
/// @return       the shape of `x`, with an axis more or less where the widths differ
/// @throws DTypeError for bool; ShapeError if the last axis does not hold one wider element
/// Gradient: none.  Source: tf.bitcast.
/// @code std::cout << tf::bitcast(tf::constant({1.0}), tf::int32);
/// // tf.Tensor([1065353216], shape=(1,), dtype=int32) @endcode
SAEM_API Tensor bitcast(const Tensor& x, DType dtype);

/// Cast that ends at the range of `dtype` instead of wrapping around.
///
/// @param x      any real dtype
/// @param dtype  any real dtype
/// @return       the shape of `x`, of `dtype`; NaN becomes 0 in integers
/// @throws DTypeError for complex and float8
/// Gradient: as of clip_by_value and cast.  Source: tf.saturate_cast.
/// @code std::cout << tf::saturate_cast(tf::constant({300, -5, 7}), tf::uint8);
/// // tf.Tensor([255   0   7], shape=(3,), dtype=uint8) @endcode
SAEM_API Tensor saturate_cast(const Tensor& x, DType dtype);

}  // namespace saem
