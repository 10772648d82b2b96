#pragma once

#include <saem/core/attributes.hpp>
#include <saem/core/tensor.hpp>
#include <string>
#include <utility>
#include <vector>

namespace saem {

/// How many elements are put before and after each axis.
using Paddings = std::vector<std::pair<std::int64_t, std::int64_t>>;

/// What `pad` puts around a tensor.
struct PadOptions {
  static constexpr const char* kName = "PadOptions";
  /// "CONSTANT"; "REFLECT": the mirror stands on the first and last element, which is not repeated;
  /// "SYMMETRIC": it stands beside them, so that they are.
  std::string mode = "CONSTANT";
  Scalar constant_values = 0;  ///< what CONSTANT puts there; false in a bool tensor
  Dims before = {};            ///< set by `pad`
  Dims after = {};             ///< set by `pad`
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("mode", self.mode);
    visit("constant_values", self.constant_values);
    visit("before", self.before);
    visit("after", self.after);
  }
};

/// `x` with a margin on each side of each axis.
///
/// @param x         any
/// @param paddings  (before, after) for each axis, not negative; REFLECT takes less than the size
///                  of the axis, SYMMETRIC no more than it
/// @param options   mode: "CONSTANT" (default), "REFLECT" or "SYMMETRIC"; constant_values
/// @return          each size with its paddings added
/// @throws ValueError for an unknown mode; ShapeError for paddings that do not fit; DTypeError for
///         a value that the dtype cannot hold
/// Gradient: dy without the margin, to which the mirrored margins are added.  Source: tf.pad.
/// @code
/// std::cout << tf::pad(tf::constant({1, 2, 3}), {{2, 1}}, {.mode = "REFLECT"});
/// // tf.Tensor([3 2 1 2 3 2], shape=(6,), dtype=int32)
/// @endcode
SAEM_API Tensor pad(const Tensor& x, const Paddings& paddings, const PadOptions& options = {});

}  // namespace saem
