#pragma once

#include <saem/core/attributes.hpp>
#include <saem/core/tensor.hpp>

/// What `x(...)` and `Tensor::at` are made of: `tf::Tensor::operator()` says how to write an index.
namespace saem {

/// A box cut out of a tensor, each axis with a step of its own. One entry an axis of the input,
/// counted from the front.
struct StridedSliceOptions {
  static constexpr const char* kName = "StridedSliceOptions";
  Dims begin;  ///< the first index taken along each axis
  Dims size;   ///< how many are taken
  Dims step;   ///< from one to the next; may be negative
  Dims axes;   ///< for each output axis the input axis it is, or -1 for a new axis of size 1
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("begin", self.begin);
    visit("size", self.size);
    visit("step", self.step);
    visit("axes", self.axes);
  }
};

/// The same box put back into zeros of the input's shape: the gradient of a strided slice.
struct StridedSliceGradOptions {
  static constexpr const char* kName = "StridedSliceGradOptions";
  StridedSliceOptions slice;
  Shape shape;  ///< of the tensor that was cut
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    StridedSliceOptions::fields(self.slice, visit);
    visit("shape", self.shape);
  }
};

}  // namespace saem
