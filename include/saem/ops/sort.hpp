#pragma once

#include <saem/core/attributes.hpp>
#include <saem/core/tensor.hpp>
#include <string>

/// Order along an axis. Equal elements keep their order; NaN counts as larger than any number, so
/// it comes last, or first in descending order.
namespace saem {

/// Along which axis to sort, and which way.
struct SortOptions {
  int axis = -1;                        ///< negative counts from the end; default: the last
  std::string direction = "ASCENDING";  ///< or "DESCENDING"
  bool stable = true;                   ///< `argsort` alone; the order is stable either way

  static constexpr const char* kName = "SortOptions";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("axis", self.axis);
    visit("direction", self.direction);
    visit("stable", self.stable);
  }
};

/// The elements along an axis in order: y_0 <= y_1 <= ..., or >=.
///
/// @param values   rank >= 1, numeric
/// @param options  `.axis` (default: the last), `.direction` ("ASCENDING" or "DESCENDING")
/// @return         the dtype and shape of `values`
/// @throws DTypeError if `values` is bool; ShapeError if the axis is out of range; ValueError for
///         another direction
/// Gradient: dy back to where each element came from.  Source: tf.sort.
/// @code std::cout << tf::sort(tf::constant({3, 1, 2}));
/// // tf.Tensor([1 2 3], shape=(3,), dtype=int32) @endcode
SAEM_API Tensor sort(const Tensor& values, const SortOptions& options = {});

/// Where along an axis the elements of `sort` come from: y_i is the position of the i-th in order.
///
/// @param values   rank >= 1, numeric
/// @param options  `.axis` (default: the last), `.direction` ("ASCENDING" or "DESCENDING"),
///                 `.stable` (the order is stable in any case)
/// @return         int32; the shape of `values`
/// @throws DTypeError if `values` is bool; ShapeError if the axis is out of range or too long for
///         int32; ValueError for another direction
/// Gradient: none.  Source: tf.argsort.
/// @code std::cout << tf::argsort(tf::constant({3, 1, 2}));
/// // tf.Tensor([1 2 0], shape=(3,), dtype=int32) @endcode
SAEM_API Tensor argsort(const Tensor& values, const SortOptions& options = {});

/// How many of the largest `top_k` finds, and what it says of them.
struct TopKOptions {
  static constexpr const char* kName = "TopKOptions";
  bool sorted = true;        ///< largest first; else in the order in which they stand
  DType index_type = int32;  ///< int32 or int64
  std::int64_t k = 1;        ///< set by `top_k`
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("sorted", self.sorted);
    visit("index_type", self.index_type);
    visit("k", self.k);
  }
};

/// What `top_k` gives: `auto [values, indices] = tf::top_k(x, 3)`.
struct TopK {
  Tensor values;
  Tensor indices;
};

/// The `k` largest elements along the last axis, and where they are; of equal ones the first.
///
/// @param x        rank >= 1, numeric
/// @param k        at most the size of the last axis (default 1)
/// @param options  `.sorted` (default true), `.index_type` (int32 or int64)
/// @return         values in `x`'s dtype and their positions, of `x`'s shape with `k` last
/// @throws DTypeError if `x` is bool or `index_type` no index; ShapeError if `x` is a scalar;
///         ValueError for a negative or too large `k`
/// Gradient: dvalues back to where each came from.  Source: tf.math.top_k.
/// @code std::cout << tf::top_k(tf::constant({1, 7, 4}), 2).indices;
/// // tf.Tensor([1 2], shape=(2,), dtype=int32) @endcode
SAEM_API TopK top_k(const Tensor& x, std::int64_t k = 1, const TopKOptions& options = {});

/// The number of elements that may be larger.
struct InTopKOptions {
  static constexpr const char* kName = "InTopKOptions";
  std::int64_t k = 1;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("k", self.k);
  }
};

/// Whether the prediction for the right class is among the `k` best: fewer than `k` classes are
/// predicted higher. False where that cannot be said: the target is no class, or a number that
/// decides is not finite.
///
/// @param targets      int32 or int64, shape (n,)
/// @param predictions  floating point, shape (n, classes)
/// @param k            how many are the best
/// @return             bool, shape (n,)
/// @throws DTypeError for other dtypes; ShapeError for other shapes
/// Gradient: none.  Source: tf.math.in_top_k.
/// @code
/// std::cout << tf::in_top_k(tf::constant({1, 1}), tf::constant({{0.1, 0.9}, {0.8, 0.2}}), 1);
/// // tf.Tensor([ True False], shape=(2,), dtype=bool)
/// @endcode
SAEM_API Tensor in_top_k(const Tensor& targets, const Tensor& predictions, std::int64_t k);

namespace math {
using saem::in_top_k;
using saem::top_k;
}  // namespace math

namespace nn {
using saem::in_top_k;
using saem::top_k;
}  // namespace nn

}  // namespace saem
