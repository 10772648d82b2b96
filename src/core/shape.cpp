#include <ostream>
#include <saem/core/shape.hpp>

#include "base/message.hpp"

namespace saem {

std::int64_t Shape::at(int axis) const { return (*this)[normalize_axis(axis, rank(), "shape")]; }

std::string Shape::to_string() const {
  std::string text = "(";
  for (const std::int64_t size : sizes_) {
    if (text.size() > 1) text += ", ";
    text += std::to_string(size);
  }
  return text + (rank() == 1 ? ",)" : ")");
}

std::ostream& operator<<(std::ostream& out, const Shape& shape) { return out << shape.to_string(); }

Shape broadcast_shapes(const Shape& a, const Shape& b, const char* op) {
  const Shape& longer = a.rank() >= b.rank() ? a : b;
  const Shape& shorter = a.rank() >= b.rank() ? b : a;
  Shape result = longer;
  const int lead = longer.rank() - shorter.rank();
  for (int i = 0; i < shorter.rank(); ++i) {
    const std::int64_t x = longer[lead + i];
    const std::int64_t y = shorter[i];
    if (x == y) continue;
    if (x != 1 && y != 1) {
      raise<ShapeError>(
          op,
          "shapes {} and {} do not broadcast: axis {} has {} and {}; sizes must be equal or 1, "
          "see tf::reshape and tf::newaxis",
          a.to_string(), b.to_string(), lead + i, a.rank() >= b.rank() ? x : y,
          a.rank() >= b.rank() ? y : x);
    }
    result[lead + i] = x == 1 ? y : x;
  }
  return result;
}

Dims row_major_strides(const Shape& shape) {
  Dims strides = shape.dims();
  std::int64_t step = 1;
  for (std::size_t i = strides.size(); i-- > 0;) {
    const std::int64_t size = strides[i];
    strides[i] = step;
    step *= size;
  }
  return strides;
}

int normalize_axis(std::int64_t axis, int rank, const char* op) {
  if (axis < -rank || axis >= rank) {
    raise<ShapeError>(op, "axis {} is out of range for rank {}; it must be in [{}, {})", axis, rank,
                      -rank, rank);
  }
  return static_cast<int>(axis < 0 ? axis + rank : axis);
}

std::int64_t checked_size(const Shape& shape, const char* op) {
  std::int64_t product = 1;
  for (const std::int64_t size : shape) {
    if (size < 0) raise<ShapeError>(op, "shape {} has a negative size", shape.to_string());
    if (__builtin_mul_overflow(product, size, &product)) {
      raise<ShapeError>(op, "shape {} has more elements than 64 bits can count", shape.to_string());
    }
  }
  return product;
}

Axes Axes::normalized(int rank, const char* op) const {
  Dims axes;
  if (all_) {
    for (int axis = 0; axis < rank; ++axis) axes.push_back(axis);
    return Axes(std::move(axes));
  }
  for (const std::int64_t axis : axes_) axes.push_back(normalize_axis(axis, rank, op));
  std::sort(axes.begin(), axes.end());
  for (std::size_t i = 1; i < axes.size(); ++i) {
    if (axes[i] == axes[i - 1]) {
      raise<ShapeError>(op, "axis {} is named twice in {}", axes[i], to_string());
    }
  }
  return Axes(std::move(axes));
}

bool Axes::contains(int axis) const noexcept {
  return all_ || std::find(axes_.begin(), axes_.end(), axis) != axes_.end();
}

std::string Axes::to_string() const {
  if (all_) return "all";
  std::string text = "[";
  for (const std::int64_t axis : axes_) {
    if (text.size() > 1) text += ", ";
    text += std::to_string(axis);
  }
  return text + "]";
}

}  // namespace saem
