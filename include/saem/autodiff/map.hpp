#pragma once

#include <functional>
#include <saem/core/tensor.hpp>
#include <type_traits>
#include <vector>

namespace saem {

/// How `vectorized_map` treats ops that have no rule for it.
struct VectorizedMapOptions {
  /// Whether such an op takes slice after slice; if not, it is an error.
  bool fallback_to_while_loop = true;
};

namespace detail {

using MapFunction = std::function<std::vector<Tensor>(const std::vector<Tensor>&)>;

SAEM_API std::vector<Tensor> vectorized_map(const MapFunction& function,
                                            const std::vector<Tensor>& elems,
                                            const VectorizedMapOptions& options);

inline std::vector<Tensor> as_list(Tensor value) { return {std::move(value)}; }
inline std::vector<Tensor> as_list(std::vector<Tensor> values) { return values; }

/// Results as the function gave them: one tensor, or a list.
template <class Result>
Result as_result(std::vector<Tensor> values) {
  if constexpr (std::is_same_v<Result, Tensor>) {
    return std::move(values[0]);
  } else {
    return values;
  }
}

/// What a function of one slice gives: a Tensor or a list of them.
template <class Function, class Elems>
using MapResult = std::conditional_t<
    std::is_same_v<std::invoke_result_t<Function&, const Elems&>, std::vector<Tensor>>,
    std::vector<Tensor>, Tensor>;

/// A function of one slice as a function of lists.
template <class Function, class Elems>
MapFunction map_function(Function& function) {
  return [&function](const std::vector<Tensor>& slices) {
    using Result = MapResult<Function, Elems>;
    if constexpr (std::is_same_v<Elems, Tensor>) {
      return as_list(Result(function(slices[0])));
    } else {
      return as_list(Result(function(slices)));
    }
  };
}

}  // namespace detail

/// `function` of each slice of `elems` along axis 0, stacked: y_i = function(x_i), computed for all
/// slices at once.
///
/// `function` is called once, with tensors that have the shape of one slice but no elements of
/// their own; each op it applies runs for all slices together. So it must not read elements in C++,
/// nor decide by them. An op without a rule for that is taken slice by slice. Random ops give each
/// slice its own numbers.
///
/// @param function  of a Tensor, or of a std::vector<Tensor> if `elems` is one; gives one or
/// several
/// @param elems     a tensor of rank >= 1, or several of one size along axis 0 (or of size 1, which
///                  every slice shares)
/// @param options   fallback_to_while_loop
/// @return          what `function` gives, with an axis in front
/// @throws ShapeError if sizes along axis 0 differ, or for a scalar; what `function` throws
/// Gradient: that of the ops.  Source: tf.vectorized_map.
/// @code
/// auto rows = tf::constant({{1.0, 2.0}, {3.0, 4.0}});
/// auto dot = [](const tf::Tensor& row) { return tf::reduce_sum(row * row); };
/// std::cout << tf::vectorized_map(dot, rows);
/// // tf.Tensor([5. 25.], shape=(2,), dtype=float32)
/// @endcode
template <class Function>
auto vectorized_map(Function&& function, const Tensor& elems,
                    const VectorizedMapOptions& options = {}) {
  return detail::as_result<detail::MapResult<Function, Tensor>>(detail::vectorized_map(
      detail::map_function<std::remove_reference_t<Function>, Tensor>(function), {elems}, options));
}
template <class Function>
auto vectorized_map(Function&& function, const std::vector<Tensor>& elems,
                    const VectorizedMapOptions& options = {}) {
  using Elems = std::vector<Tensor>;
  return detail::as_result<detail::MapResult<Function, Elems>>(detail::vectorized_map(
      detail::map_function<std::remove_reference_t<Function>, Elems>(function), elems, options));
}

}  // namespace saem
