#pragma once

#include <optional>
#include <saem/core/attributes.hpp>
#include <saem/core/tensor.hpp>

namespace saem {

/// How often `tile` repeats.
struct TileOptions {
  static constexpr const char* kName = "TileOptions";
  Dims multiples;  ///< one an axis; set by `tile`
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("multiples", self.multiples);
  }
};

/// `x` laid side by side: y[i, ...] = x[i mod size, ...] along each axis.
///
/// @param x          any
/// @param multiples  how often along each axis, one an axis of `x`, not negative
/// @return           each size times its multiple
/// @throws ShapeError if there are not as many multiples as axes, or one is negative
/// Gradient: the sum of the tiles of dy.  Source: tf.tile.
/// @code
/// std::cout << tf::tile(tf::constant({1, 2}), {2});
/// // tf.Tensor([1 2 1 2], shape=(4,), dtype=int32)
/// @endcode
SAEM_API Tensor tile(const Tensor& x, const Dims& multiples);

/// Along which axis elements are repeated.
struct RepeatOptions {
  std::optional<int> axis = {};  ///< default: `x` is taken as rank 1
};

/// Each element repeated next to itself.
///
/// @param x        any
/// @param repeats  how often: one number for all, or one for each element along the axis, not
///                 negative. A tensor of repeats is read here: it cannot be traced.
/// @param options  axis; default: of `x` flattened to rank 1
/// @return         the size along the axis is the sum of the repeats
/// @throws ValueError for a negative repeat; ShapeError if their number does not fit the axis
/// Gradient: the sum over each element's copies.  Source: tf.repeat.
/// @code
/// std::cout << tf::repeat(tf::constant({5, 6}), {1, 2});
/// // tf.Tensor([5 6 6], shape=(3,), dtype=int32)
/// @endcode
SAEM_API Tensor repeat(const Tensor& x, std::int64_t repeats, const RepeatOptions& options = {});
SAEM_API Tensor repeat(const Tensor& x, const Tensor& repeats, const RepeatOptions& options = {});
SAEM_API Tensor repeat(const Tensor& x, std::initializer_list<std::int64_t> repeats,
                       const RepeatOptions& options = {});

}  // namespace saem
