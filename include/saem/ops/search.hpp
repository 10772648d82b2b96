#pragma once

#include <saem/core/attributes.hpp>
#include <saem/core/tensor.hpp>
#include <string>
#include <vector>

/// Finding places in sorted sequences, and turning orders around.
namespace saem {

/// Which side of equal elements `searchsorted` takes, and the dtype of the places.
struct SearchSortedOptions {
  std::string side = "left";  ///< "left": before equal elements; "right": behind them
  DType out_type = int32;     ///< int32 or int64

  static constexpr const char* kName = "SearchSortedOptions";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("side", self.side);
    visit("out_type", self.out_type);
  }
};

/// Where each value would be put into a sorted sequence so that it stays sorted: the number of
/// elements less than the value ("left"), or not greater ("right").
///
/// @param sorted_sequence  (..., n), ascending along the last axis, numeric
/// @param values           (..., m), the same leading sizes and dtype
/// @param options          `.side` ("left" or "right"), `.out_type` (int32 or int64)
/// @return                 `out_type`, the shape of `values`
/// @throws DTypeError if the dtypes differ or are bool; ShapeError if leading sizes differ or one
///         is a scalar; ValueError for another side
/// Gradient: none.  Source: tf.searchsorted.
/// @code std::cout << tf::searchsorted(tf::constant({1, 3, 5}), tf::constant({3, 4, 9}));
/// // tf.Tensor([1 2 3], shape=(3,), dtype=int32) @endcode
SAEM_API Tensor searchsorted(const Tensor& sorted_sequence, const Tensor& values,
                             const SearchSortedOptions& options = {});

/// Which interval between boundaries each element lies in: y_i is the number of boundaries that are
/// not greater than x_i.
///
/// @param x           any shape, numeric; compared in float64
/// @param boundaries  ascending
/// @return            int32, the shape of `x`
/// @throws DTypeError if `x` is bool; ValueError if the boundaries are not ascending
/// Gradient: none.  Source: tf.raw_ops.Bucketize.
/// @code std::cout << tf::bucketize(tf::constant({-5, 10, 150}), {0, 10, 100});
/// // tf.Tensor([0 2 3], shape=(3,), dtype=int32) @endcode
SAEM_API Tensor bucketize(const Tensor& x, const std::vector<double>& boundaries);

/// The order that undoes an order: y[x[i]] = i.
///
/// @param x  int32 or int64, shape (n,), each of 0 ... n - 1 once
/// @return   the dtype and shape of `x`
/// @throws DTypeError for another dtype; ShapeError for another rank; IndexError for a number out
///         of range; ValueError for one that comes twice
/// Gradient: none.  Source: tf.math.invert_permutation.
/// @code std::cout << tf::invert_permutation(tf::constant({2, 0, 1}));
/// // tf.Tensor([1 2 0], shape=(3,), dtype=int32) @endcode
SAEM_API Tensor invert_permutation(const Tensor& x);

namespace math {
using saem::invert_permutation;
}  // namespace math

}  // namespace saem
