#pragma once

#include <saem/core/attributes.hpp>
#include <saem/core/tensor.hpp>
#include <vector>

namespace saem {

/// Along which axis tensors are joined.
struct ConcatOptions {
  static constexpr const char* kName = "ConcatOptions";
  int axis = 0;  ///< the axis that grows; negative counts from the end
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("axis", self.axis);
  }
};

/// Tensors one after another along an axis that they have.
///
/// @param values   at least one; one dtype, shapes equal but for `axis`
/// @param options  axis (default 0)
/// @return         the size along `axis` is the sum of theirs
/// @throws ValueError for an empty list; ShapeError, DTypeError if they do not fit together
/// Gradient: the pieces of dy.  Source: tf.concat.
/// @code
/// std::cout << tf::concat({tf::constant({1, 2}), tf::constant({3})});
/// // tf.Tensor([1 2 3], shape=(3,), dtype=int32)
/// @endcode
SAEM_API Tensor concat(const std::vector<Tensor>& values, const ConcatOptions& options = {});

/// Tensors of one shape laid along a new axis.
///
/// @param values   at least one; one dtype and shape
/// @param options  axis: where the new axis goes, in [-rank - 1, rank] (default 0)
/// @return         rank one more
/// @throws ValueError for an empty list; ShapeError, DTypeError if they do not fit together
/// Gradient: the slices of dy.  Source: tf.stack.
/// @code
/// std::cout << tf::stack({tf::constant(1), tf::constant(2)});
/// // tf.Tensor([1 2], shape=(2,), dtype=int32)
/// @endcode
SAEM_API Tensor stack(const std::vector<Tensor>& values, const ConcatOptions& options = {});

/// The slices of `x` along an axis, which they no longer have: the inverse of `stack`.
///
/// @param x        rank >= 1
/// @param options  axis (default 0)
/// @return         one view a slice
/// @throws ShapeError if `x` is a scalar or the axis is out of range
/// Gradient: the slices' gradients, stacked.  Source: tf.unstack.
/// @code
/// std::cout << tf::unstack(tf::constant({5, 6}))[1];
/// // tf.Tensor(6, shape=(), dtype=int32)
/// @endcode
SAEM_API std::vector<Tensor> unstack(const Tensor& x, const ConcatOptions& options = {});

/// `x` cut along an axis into pieces of equal size, or of the sizes given.
///
/// @param x        rank >= 1
/// @param pieces   how many; must divide the size of the axis
/// @param sizes    one a piece, together the size of the axis; one may be -1 and is what is left
/// @param options  axis (default 0)
/// @return         views
/// @throws ShapeError if the axis is out of range; ValueError if its size is not a multiple of
///         `pieces`, or not the sum of `sizes`
/// Gradient: the pieces' gradients, concatenated.  Source: tf.split.
/// @code
/// std::cout << tf::split(tf::constant({1, 2, 3, 4}), 2)[1];
/// // tf.Tensor([3 4], shape=(2,), dtype=int32)
/// @endcode
SAEM_API std::vector<Tensor> split(const Tensor& x, std::int64_t pieces,
                                   const ConcatOptions& options = {});
SAEM_API std::vector<Tensor> split(const Tensor& x, const std::vector<std::int64_t>& sizes,
                                   const ConcatOptions& options = {});
SAEM_API std::vector<Tensor> split(const Tensor& x, std::initializer_list<std::int64_t> sizes,
                                   const ConcatOptions& options = {});

}  // namespace saem
