#pragma once

#include <optional>
#include <saem/core/attributes.hpp>
#include <saem/core/tensor.hpp>

namespace saem {

/// Where slices are taken.
struct GatherOptions {
  static constexpr const char* kName = "GatherOptions";
  std::optional<int> axis = {};  ///< the axis of `params` that is indexed; default: batch_dims
  int batch_dims = 0;            ///< leading axes that `params` and `indices` share
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("axis", self.axis);
    visit("batch_dims", self.batch_dims);
  }
};

/// What `gather` did, turned around: each slice of the gradient is added where it was taken from.
struct GatherGradOptions {
  static constexpr const char* kName = "GatherGradOptions";
  Shape shape;  ///< of `params`
  int axis = 0;
  int batch_dims = 0;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("shape", self.shape);
    visit("axis", self.axis);
    visit("batch_dims", self.batch_dims);
  }
};

/// Slices of `params` along an axis, in the order of `indices`: y[i, j, ...] = params[indices[i],
/// j, ...] for axis 0.
///
/// @param params   any
/// @param indices  int32 or int64, each in [0, size of the axis)
/// @param options  axis: which axis is indexed, negative from the end; batch_dims: leading axes
/// that belong together
/// @return         params.shape[:axis] + indices.shape[batch_dims:] + params.shape[axis + 1:]
/// @throws DTypeError if `indices` are not int32 or int64; IndexError if one is out of range;
/// ShapeError for an
///         axis out of range or batch axes that differ
/// Gradient: each slice of dy added into zeros where it came from, in a fixed order.  Source:
/// tf.gather.
/// @code
/// std::cout << tf::gather(tf::constant({10, 20, 30}), {2, 0});
/// // tf.Tensor([30 10], shape=(2,), dtype=int32)
/// @endcode
SAEM_API Tensor gather(const Tensor& params, const Tensor& indices,
                       const GatherOptions& options = {});
SAEM_API Tensor gather(const Tensor& params, std::initializer_list<std::int64_t> indices,
                       const GatherOptions& options = {});

/// What `one_hot` writes, and where.
struct OneHotOptions {
  static constexpr const char* kName = "OneHotOptions";
  std::optional<Scalar> on_value = {};   ///< default 1, or true
  std::optional<Scalar> off_value = {};  ///< default 0, or false
  int axis = -1;                         ///< where the new axis goes; -1: last
  DType dtype = {};                      ///< default: that of the values given, else float32
  std::int64_t depth = 0;                ///< set by `one_hot`
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("on_value", self.on_value);
    visit("off_value", self.off_value);
    visit("axis", self.axis);
    visit("dtype", self.dtype);
    visit("depth", self.depth);
  }
};

/// Classes as rows of zeros with a one: y[i, c] = 1 if indices[i] = c, else 0.
///
/// @param indices  integers; one outside [0, depth) gives a row without a one
/// @param depth    the size of the new axis
/// @param options  on_value, off_value instead of 1 and 0; axis: where the new axis goes (default
///                 last); dtype of the result (default that of the values given, else float32)
/// @return         rank one more than that of `indices`
/// @throws DTypeError if `indices` are not integers, a value does not fit, or both are given and
///         differ in kind; ShapeError if depth is negative or the axis out of range
/// Gradient: none.  Source: tf.one_hot.
/// @code
/// std::cout << tf::one_hot(tf::constant(1), 3);
/// // tf.Tensor([0. 1. 0.], shape=(3,), dtype=float32)
/// @endcode
SAEM_API Tensor one_hot(const Tensor& indices, std::int64_t depth,
                        const OneHotOptions& options = {});

}  // namespace saem
