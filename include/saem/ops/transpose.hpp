#pragma once

#include <saem/core/attributes.hpp>
#include <saem/core/tensor.hpp>

namespace saem {

/// The order that axes take.
struct TransposeOptions {
  static constexpr const char* kName = "TransposeOptions";
  Dims perm = {};  ///< output axis i is input axis perm[i]; default: all axes in reverse
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("perm", self.perm);
  }
};

/// The axes of `x` in another order: y[i_perm[0], i_perm[1], ...] = x[i_0, i_1, ...].
///
/// @param x        any
/// @param options  perm: each axis of `x` once, negative counted from the end; default all axes in
/// reverse
/// @return         a view with the axes in that order
/// @throws ShapeError if perm does not name each axis once
/// Gradient: dy with the axes put back.  Source: tf.transpose.
/// @code
/// std::cout << tf::transpose(tf::zeros({2, 3, 4}), {.perm = {0, 2, 1}}).shape();
/// // (2, 4, 3)
/// @endcode
SAEM_API Tensor transpose(const Tensor& x, const TransposeOptions& options = {});

}  // namespace saem
