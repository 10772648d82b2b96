#pragma once

#include <saem/core/attributes.hpp>
#include <saem/core/tensor.hpp>

/// Where the extremes of an axis lie.
namespace saem {

/// Along which axis to look, and the dtype of the positions.
struct ArgOptions {
  int axis = 0;                       ///< one axis; TensorFlow's default is the first
  DType output_type = DType::kInt64;  ///< int32 or int64

  static constexpr const char* kName = "ArgOptions";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("axis", self.axis);
    visit("output_type", self.output_type);
  }
};

/// Position of the largest element along one axis; the first of them where several are equal. NaNs
/// are passed over; a line of nothing but NaN gives 0.
///
/// @param x        rank >= 1, any dtype
/// @param options  `.axis` (default 0), `.output_type` (int32 or int64, the default)
/// @return         `output_type`; `x`'s shape without the axis
/// @throws DTypeError if `output_type` is neither; ShapeError if the axis is out of range or empty
/// Gradient: none.  Source: tf.math.argmax.
/// @code std::cout << tf::argmax(tf::constant({{1, 9}, {5, 2}}), {.axis = 1});
/// // tf.Tensor([1 0], shape=(2,), dtype=int64) @endcode
SAEM_API Tensor argmax(const Tensor& x, const ArgOptions& options = {});

/// Position of the smallest element along one axis; the first of them where several are equal. NaNs
/// are passed over; a line of nothing but NaN gives 0.
///
/// @param x        rank >= 1, any dtype
/// @param options  `.axis` (default 0), `.output_type` (int32 or int64, the default)
/// @return         `output_type`; `x`'s shape without the axis
/// @throws DTypeError if `output_type` is neither; ShapeError if the axis is out of range or empty
/// Gradient: none.  Source: tf.math.argmin.
/// @code std::cout << tf::argmin(tf::constant({{1, 9}, {5, 2}}), {.axis = 1});
/// // tf.Tensor([0 1], shape=(2,), dtype=int64) @endcode
SAEM_API Tensor argmin(const Tensor& x, const ArgOptions& options = {});

}  // namespace saem
