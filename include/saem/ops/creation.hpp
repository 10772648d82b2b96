#pragma once

#include <algorithm>
#include <optional>
#include <saem/core/tensor.hpp>
#include <vector>

/// Tensors from C++ values.
namespace saem {

namespace detail {

/// What a C++ literal becomes: TensorFlow's default for that kind of number, not C++'s. `1.5` is a
/// double in C++ but float32 in every TensorFlow program, and `1` is int32.
template <class T>
using LiteralElement = std::conditional_t<std::is_same_v<T, double>, float, T>;

template <class T>
concept Number = Element<std::remove_cv_t<T>>;

/// Copies `values` into a new tensor, converting to `dtype`. Throws DTypeError where a number does
/// not fit.
SAEM_API Tensor tensor_from(const void* values, DType given, const Shape& shape, DType dtype);

template <class T, int depth>
struct Nested {
  using List = std::initializer_list<typename Nested<T, depth - 1>::List>;
};
template <class T>
struct Nested<T, 0> {
  using List = T;
};

[[noreturn]] SAEM_API void raise_ragged(std::size_t expected, std::size_t got);

template <class T>
void flatten(const T& value, int, Shape&, std::vector<T>& values) {
  values.push_back(value);
}
template <class T, class List>
void flatten(const std::initializer_list<List>& list, int axis, Shape& shape,
             std::vector<T>& values) {
  if (shape.rank() <= axis) shape.push_back(static_cast<std::int64_t>(list.size()));
  if (shape[axis] != static_cast<std::int64_t>(list.size())) {
    raise_ragged(static_cast<std::size_t>(shape[axis]), list.size());
  }
  for (const auto& item : list) flatten<T>(item, axis + 1, shape, values);
}

template <class T, class List>
Tensor constant_from_list(const List& list, DType dtype) {
  Shape shape;
  if constexpr (std::is_same_v<T, bool>) {  // std::vector<bool> has no elements to point to
    std::vector<bool> bits;
    flatten<bool>(list, 0, shape, bits);
    const std::vector<std::uint8_t> bytes(bits.begin(), bits.end());
    return tensor_from(bytes.data(), bool_, shape, dtype == DType() ? bool_ : dtype);
  } else {
    std::vector<T> values;
    flatten<T>(list, 0, shape, values);
    return tensor_from(values.data(), dtype_of<T>(), shape,
                       dtype == DType() ? dtype_of<LiteralElement<T>>() : dtype);
  }
}

}  // namespace detail

/// A tensor with the given elements: a number, or lists of numbers nested as the shape is.
///
/// @param value  a number, or a braced list of up to five levels, all sublists of one length
/// @param dtype  default: bool for bool, int32 for int, float32 for float and double literals
/// @return       rank = levels of braces
/// @throws ShapeError for a ragged list; DTypeError for a number that `dtype` cannot hold
/// Source: tf.constant.
/// @code std::cout << tf::constant({1.5, 2.5});  // tf.Tensor([1.5 2.5], shape=(2,), dtype=float32)
/// @endcode
template <detail::Number T>
Tensor constant(T value, DType dtype = {}) {
  return detail::tensor_from(&value, dtype_of<T>(), {},
                             dtype == DType() ? dtype_of<detail::LiteralElement<T>>() : dtype);
}
template <detail::Number T>
Tensor constant(std::initializer_list<T> values, DType dtype = {}) {
  return detail::constant_from_list<T>(values, dtype);
}
template <detail::Number T>
Tensor constant(std::initializer_list<std::initializer_list<T>> values, DType dtype = {}) {
  return detail::constant_from_list<T>(values, dtype);
}
template <detail::Number T>
Tensor constant(
    typename std::initializer_list<std::initializer_list<std::initializer_list<T>>> values,
    DType dtype = {}) {
  return detail::constant_from_list<T>(values, dtype);
}
template <detail::Number T>
Tensor constant(
    std::initializer_list<std::initializer_list<std::initializer_list<std::initializer_list<T>>>>
        values,
    DType dtype = {}) {
  return detail::constant_from_list<T>(values, dtype);
}
template <detail::Number T>
Tensor constant(std::initializer_list<std::initializer_list<
                    std::initializer_list<std::initializer_list<std::initializer_list<T>>>>>
                    values,
                DType dtype = {}) {
  return detail::constant_from_list<T>(values, dtype);
}

/// A tensor with a copy of the elements of `values`, in row-major order.
///
/// @param values  as many as `shape` has elements
/// @param shape   default: rank 1
/// @param dtype   default: the dtype of `T` itself, so doubles stay float64
/// @throws ShapeError if the sizes differ
/// @code std::cout << tf::constant(std::vector<float>{1, 2, 3});  // tf.Tensor([1. 2. 3.],
/// shape=(3,), dtype=float32) @endcode
template <detail::Number T>
Tensor constant(std::span<const T> values, std::optional<Shape> shape = {}, DType dtype = {}) {
  const Shape flat{static_cast<std::int64_t>(values.size())};
  if (shape && shape->size() != flat.size()) {
    throw ShapeError("constant: " + std::to_string(values.size()) + " values do not fill shape " +
                     shape->to_string());
  }
  return detail::tensor_from(values.data(), dtype_of<T>(), shape ? *shape : flat,
                             dtype == DType() ? dtype_of<T>() : dtype);
}
template <detail::Number T>
requires(!std::is_same_v<T, bool>) Tensor
    constant(const std::vector<T>& values, std::optional<Shape> shape = {}, DType dtype = {}) {
  return constant(std::span<const T>(values), std::move(shape), dtype);
}

/// What the tensor's elements are.
struct CreationOptions {
  DType dtype = {};  ///< default: float32, or what the values are
};

/// All elements zero.
///
/// @param shape  any; an empty list of sizes makes a scalar
/// @param dtype  default float32
/// @throws ShapeError for a negative size; OutOfMemoryError if it is too large
/// Source: tf.zeros.
/// @code std::cout << tf::zeros({2});  // tf.Tensor([0. 0.], shape=(2,), dtype=float32) @endcode
SAEM_API Tensor zeros(const Shape& shape, DType dtype = float32);

/// All elements one.
///
/// @param shape  any; an empty list of sizes makes a scalar
/// @param dtype  default float32
/// @throws ShapeError for a negative size; OutOfMemoryError if it is too large
/// Source: tf.ones.
/// @code std::cout << tf::ones({2}, tf::int32);  // tf.Tensor([1 1], shape=(2,), dtype=int32)
/// @endcode
SAEM_API Tensor ones(const Shape& shape, DType dtype = float32);

/// All elements `value`.
///
/// @param shape  any; an empty list of sizes makes a scalar
/// @param value  a number that the dtype can hold
/// @param options  `dtype`, default: float32 for a fraction, int32 for an integer, bool for a bool
/// @throws ShapeError for a negative size; DTypeError if the number does not fit
/// Source: tf.fill.
/// @code std::cout << tf::fill({3}, 7);  // tf.Tensor([7 7 7], shape=(3,), dtype=int32) @endcode
SAEM_API Tensor fill(const Shape& shape, Scalar value, CreationOptions options = {});

/// Zeros in the shape and (unless given) the dtype of `x`.
///
/// @param x  any tensor
/// Source: tf.zeros_like.
/// @code std::cout << tf::zeros_like(tf::constant({5, 6}));  // tf.Tensor([0 0], shape=(2,),
/// dtype=int32) @endcode
SAEM_API Tensor zeros_like(const Tensor& x, CreationOptions options = {});

/// Ones in the shape and (unless given) the dtype of `x`.
///
/// @param x  any tensor
/// Source: tf.ones_like.
/// @code std::cout << tf::ones_like(tf::constant({5, 6}));  // tf.Tensor([1 1], shape=(2,),
/// dtype=int32) @endcode
SAEM_API Tensor ones_like(const Tensor& x, CreationOptions options = {});

/// Evenly spaced numbers: start, start + delta, ... before `limit`.
///
/// @param start, limit  the half-open interval
/// @param delta         the step, not zero; may be negative (default 1)
/// @param options       `dtype`, default: int32 if all three are integers, else float32
/// @return              rank 1, ceil((limit - start) / delta) elements, none if that is negative
/// @throws ValueError for a zero step
/// Source: tf.range.
/// @code std::cout << tf::range(2, 9, 3);  // tf.Tensor([2 5 8], shape=(3,), dtype=int32) @endcode
SAEM_API Tensor range(Scalar start, Scalar limit, Scalar delta = 1, CreationOptions options = {});
/// `range(0, limit)`.
SAEM_API Tensor range(Scalar limit);

/// Options of the op behind `fill`, `zeros` and `ones`.
struct FillOptions {
  static constexpr const char* kName = "FillOptions";
  Shape shape;
  Scalar value = 0;
  DType dtype = float32;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("shape", self.shape);
    visit("value", self.value);
    visit("dtype", self.dtype);
  }
};

}  // namespace saem
