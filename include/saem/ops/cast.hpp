#pragma once

#include <saem/core/attributes.hpp>
#include <saem/core/tensor.hpp>

namespace saem {

/// Options of the op behind `cast`.
struct CastOptions {
  static constexpr const char* kName = "CastOptions";
  DType dtype;  ///< of the result

  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("dtype", self.dtype);
  }
};

/// The same numbers in another dtype; `x` itself if it already has `dtype`.
///
/// Fractions are cut off towards zero on the way to an integer; what lies outside the integer's
/// range becomes its nearest end and NaN becomes 0, on every device. Integers wrap around into
/// narrower integers. To bool, whatever is not zero is true (NaN too). Floating point rounds to
/// nearest even.
///
/// @param x      any shape, any dtype
/// @param dtype  what the result has
/// @return       the shape of `x`
/// @throws DTypeError if `dtype` is no dtype
/// Gradient: dx = cast(dz, dtype of x) between floating-point dtypes, else none.  Source: tf.cast.
/// @code std::cout << tf::cast(tf::constant({1.8, -1.8}), tf::int32);
/// // tf.Tensor([ 1 -1], shape=(2,), dtype=int32) @endcode
SAEM_API Tensor cast(const Tensor& x, DType dtype);

}  // namespace saem
