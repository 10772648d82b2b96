#pragma once

#include <concepts>
#include <iosfwd>
#include <saem/base/export.hpp>
#include <saem/base/small_vector.hpp>
#include <string>

namespace saem {

/// Sizes, strides or axes, one a dimension.
using Dims = SmallVector<std::int64_t, 6>;

/// The sizes of a tensor along its axes, outermost first. A scalar has rank 0 and one element.
/// Printed as in Python: `(2, 3)`, `(2,)`, `()`.
class SAEM_API Shape {
 public:
  Shape() = default;
  Shape(std::initializer_list<std::int64_t> sizes) : sizes_(sizes) {}
  explicit Shape(Dims sizes) : sizes_(std::move(sizes)) {}
  template <std::forward_iterator Iterator>
  Shape(Iterator first, Iterator last) : sizes_(first, last) {}

  [[nodiscard]] int rank() const noexcept { return static_cast<int>(sizes_.size()); }
  /// The number of elements: the product of the sizes, 1 for a scalar.
  [[nodiscard]] std::int64_t size() const noexcept {
    std::int64_t product = 1;
    for (const std::int64_t size : sizes_) product *= size;
    return product;
  }
  /// The size along `axis`, which may be negative (-1 is the last). Throws ShapeError out of range.
  [[nodiscard]] std::int64_t at(int axis) const;
  [[nodiscard]] std::int64_t operator[](int axis) const noexcept {
    return sizes_[static_cast<std::size_t>(axis)];
  }
  [[nodiscard]] std::int64_t& operator[](int axis) noexcept {
    return sizes_[static_cast<std::size_t>(axis)];
  }
  [[nodiscard]] const Dims& dims() const noexcept { return sizes_; }
  [[nodiscard]] Dims& dims() noexcept { return sizes_; }
  [[nodiscard]] const std::int64_t* begin() const noexcept { return sizes_.begin(); }
  [[nodiscard]] const std::int64_t* end() const noexcept { return sizes_.end(); }
  void push_back(std::int64_t size) { sizes_.push_back(size); }

  [[nodiscard]] std::string to_string() const;
  friend bool operator==(const Shape&, const Shape&) = default;

 private:
  Dims sizes_;
};

SAEM_API std::ostream& operator<<(std::ostream& out, const Shape& shape);

/// The shape of `a op b` under NumPy's broadcasting rules. Throws ShapeError in the name of `op`.
SAEM_API Shape broadcast_shapes(const Shape& a, const Shape& b, const char* op = "broadcast");

/// Strides in elements of a row-major tensor of this shape.
SAEM_API Dims row_major_strides(const Shape& shape);

/// `axis` counted from the front. Throws ShapeError in the name of `op` if it is not in [-rank,
/// rank).
SAEM_API int normalize_axis(std::int64_t axis, int rank, const char* op);

/// The number of elements of `shape`; throws ShapeError in the name of `op` for a negative size and
/// for a product that does not fit 64 bits.
SAEM_API std::int64_t checked_size(const Shape& shape, const char* op);

/// The axes an op works along: none given means all of them. Written as a number or a list:
/// `{.axis = 0}`, `{.axis = {0, -1}}`.
class SAEM_API Axes {
 public:
  Axes() = default;
  template <std::integral Integer>
  Axes(Integer axis)
      : axes_{static_cast<std::int64_t>(axis)}, all_(false) {}  // NOLINT: {.axis = 0}
  Axes(std::initializer_list<std::int64_t> axes) : axes_(axes), all_(false) {}
  explicit Axes(Dims axes) : axes_(std::move(axes)), all_(false) {}

  /// True if no axis was named, which means every axis.
  [[nodiscard]] bool all() const noexcept { return all_; }
  [[nodiscard]] const Dims& dims() const noexcept { return axes_; }
  /// Sorted, counted from the front, every axis named. Throws ShapeError for one out of range or
  /// named twice.
  [[nodiscard]] Axes normalized(int rank, const char* op) const;
  [[nodiscard]] bool contains(int axis) const noexcept;
  [[nodiscard]] std::string to_string() const;
  friend bool operator==(const Axes&, const Axes&) = default;

 private:
  Dims axes_;
  bool all_ = true;
};

}  // namespace saem
