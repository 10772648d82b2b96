#pragma once

#include <saem/core/attributes.hpp>
#include <saem/core/tensor.hpp>

/// Running totals along an axis. float16 and bfloat16 are accumulated in float32; any number of
/// threads gives the same bits.
namespace saem {

/// Where a running total goes, and what it includes.
struct ScanOptions {
  int axis = 0;            ///< along which; negative counts from the end
  bool exclusive = false;  ///< leaves element i out of total i: the first total is that of nothing
  bool reverse = false;    ///< runs from the last element to the first

  static constexpr const char* kName = "ScanOptions";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("axis", self.axis);
    visit("exclusive", self.exclusive);
    visit("reverse", self.reverse);
  }
};

/// Running sums along an axis: y_i = x_0 + ... + x_i.
///
/// @param x        rank >= 1, numeric; integers wrap around on overflow
/// @param options  `.axis` (default 0), `.exclusive` (sum before x_i), `.reverse` (from the end)
/// @return         `x`'s dtype and shape
/// @throws DTypeError if `x` is bool; ShapeError if the axis is out of range
/// Gradient: the sums of dy, run the other way.  Source: tf.math.cumsum.
/// @code std::cout << tf::cumsum(tf::constant({1, 2, 3}));
/// // tf.Tensor([1 3 6], shape=(3,), dtype=int32) @endcode
SAEM_API Tensor cumsum(const Tensor& x, const ScanOptions& options = {});

/// Running products along an axis: y_i = x_0 * ... * x_i.
///
/// @param x        rank >= 1, numeric; integers wrap around on overflow
/// @param options  `.axis` (default 0), `.exclusive` (product before x_i), `.reverse` (from the
///                 end)
/// @return         `x`'s dtype and shape
/// @throws DTypeError if `x` is bool; ShapeError if the axis is out of range
/// Gradient: of products of neighbours, doubled until they reach across: exact at zeros too, where
/// TensorFlow's is 0.  Source: tf.math.cumprod.
/// @code std::cout << tf::cumprod(tf::constant({1, 2, 3}), {.reverse = true});
/// // tf.Tensor([6 6 3], shape=(3,), dtype=int32) @endcode
SAEM_API Tensor cumprod(const Tensor& x, const ScanOptions& options = {});

/// Running logarithms of sums of exponentials along an axis: y_i = ln(exp(x_0) + ... + exp(x_i)),
/// without overflow.
///
/// @param x        rank >= 1, floating point
/// @param options  `.axis` (default 0), `.exclusive` (total before x_i; that of nothing is -inf),
///                 `.reverse` (from the end)
/// @return         `x`'s dtype and shape
/// @throws DTypeError if `x` is not floating point; ShapeError if the axis is out of range
/// Gradient: dx_i = sum_j dy_j exp(x_i - y_j) over the j that include i.
/// Source: tf.math.cumulative_logsumexp.
/// @code std::cout << tf::cumulative_logsumexp(tf::constant({1000.0, 1000.0}));
/// // tf.Tensor([1000.     1000.6932], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor cumulative_logsumexp(const Tensor& x, const ScanOptions& options = {});

}  // namespace saem
