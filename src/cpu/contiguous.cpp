// contiguous, floor 3 of 5: CPU. Every copy between layouts on the CPU ends here.
#include <algorithm>
#include <cstring>
#include <saem/core/op.hpp>

#include "base/parallel.hpp"
#include "core/dispatch.hpp"
#include "core/tensor_impl.hpp"
#include "cpu/strided_copy.hpp"
#include "cpu/transpose_block.hpp"

namespace saem::cpu {
namespace {

/// Elements that one thread takes at a time: 128 KiB of float32, about 5 us.
constexpr std::int64_t kGrain = 1 << 15;
constexpr std::size_t kCacheLine = 64;
/// A block of a transpose: what is read in one go along the source's contiguous axis, and how many
/// elements along the target's.
constexpr std::int64_t kBlockBytes = 1024;
constexpr std::int64_t kBlockColumns = 1024;
/// Bytes of a transposed copy that no cache keeps for whoever reads it next.
constexpr std::int64_t kPastCaches = 1 << 23;

/// Axes of size 1 left out, neighbours merged where both sides step through them as through one.
StridedCopy merge_axes(const StridedCopy& copy) {
  StridedCopy merged{copy.from, copy.to, copy.width, {}, {}, {}};
  for (std::size_t axis = 0; axis < copy.sizes.size(); ++axis) {
    const std::int64_t size = copy.sizes[axis];
    if (size == 1) continue;
    if (!merged.sizes.empty() && merged.from_strides.back() == copy.from_strides[axis] * size &&
        merged.to_strides.back() == copy.to_strides[axis] * size) {
      merged.sizes.back() *= size;
      merged.from_strides.back() = copy.from_strides[axis];
      merged.to_strides.back() = copy.to_strides[axis];
    } else {
      merged.sizes.push_back(size);
      merged.from_strides.push_back(copy.from_strides[axis]);
      merged.to_strides.push_back(copy.to_strides[axis]);
    }
  }
  if (merged.sizes.empty()) {
    merged.sizes.push_back(1);
    merged.from_strides.push_back(1);
    merged.to_strides.push_back(1);
  }
  return merged;
}

/// Walks the axes of a copy like the wheels of a counter, and knows where both sides are.
class Odometer {
 public:
  Odometer(const StridedCopy& copy, std::int64_t position) : copy_(copy), at_(copy.sizes.size()) {
    for (std::size_t axis = at_.size(); axis-- > 0;) {
      at_[axis] = position % copy.sizes[axis];
      position /= copy.sizes[axis];
      from_ += at_[axis] * copy.from_strides[axis];
      to_ += at_[axis] * copy.to_strides[axis];
    }
  }

  [[nodiscard]] std::int64_t from() const { return from_; }
  [[nodiscard]] std::int64_t to() const { return to_; }
  /// Elements left on the innermost axis.
  [[nodiscard]] std::int64_t rest() const { return copy_.sizes.back() - at_.back(); }

  /// Goes on along the innermost axis, at most to its end, and carries.
  void advance(std::int64_t count) {
    std::size_t axis = at_.size() - 1;
    at_[axis] += count;
    from_ += count * copy_.from_strides[axis];
    to_ += count * copy_.to_strides[axis];
    for (; axis > 0 && at_[axis] == copy_.sizes[axis]; --axis) {
      at_[axis] = 0;
      ++at_[axis - 1];
      from_ += copy_.from_strides[axis - 1] - copy_.sizes[axis] * copy_.from_strides[axis];
      to_ += copy_.to_strides[axis - 1] - copy_.sizes[axis] * copy_.to_strides[axis];
    }
  }

 private:
  const StridedCopy& copy_;
  Dims at_;
  std::int64_t from_ = 0;
  std::int64_t to_ = 0;
};

template <class T>
void copy_run(const T* from, std::int64_t from_stride, T* to, std::int64_t to_stride,
              std::int64_t count) {
  if (to_stride == 1 && from_stride == 1) {
    std::memcpy(to, from, static_cast<std::size_t>(count) * sizeof(T));
  } else if (to_stride == 1 && from_stride == 0) {
    std::fill_n(to, count, *from);
  } else {
    for (std::int64_t i = 0; i < count; ++i) to[i * to_stride] = from[i * from_stride];
  }
}

template <class T>
void copy_rows(const StridedCopy& copy) {
  const T* from = reinterpret_cast<const T*>(copy.from);
  T* to = reinterpret_cast<T*>(copy.to);
  const std::int64_t from_stride = copy.from_strides.back();
  const std::int64_t to_stride = copy.to_strides.back();
  parallel_for(Shape(copy.sizes).size(), kGrain, [&](std::int64_t begin, std::int64_t end) {
    Odometer at(copy, begin);
    for (std::int64_t count = 0; begin < end; begin += count) {
      count = std::min(end - begin, at.rest());
      copy_run(from + at.from(), from_stride, to + at.to(), to_stride, count);
      at.advance(count);
    }
  });
}

/// Axis `row` is contiguous in the source, the last axis in the target: a transpose for each
/// position on the others, in blocks.
void copy_transposed(const StridedCopy& copy, std::size_t row) {
  const TransposeFunction transpose = transpose_function(copy.width);
  const auto width = static_cast<std::int64_t>(copy.width);
  const std::int64_t side = kBlockBytes / width;
  const std::int64_t rows = copy.sizes[row];
  const std::int64_t columns = copy.sizes.back();
  const std::int64_t row_blocks = (rows + side - 1) / side;
  const std::int64_t column_blocks = (columns + kBlockColumns - 1) / kBlockColumns;
  StridedCopy outer{copy.from, copy.to, copy.width, {}, {}, {}};
  for (std::size_t axis = 0; axis + 1 < copy.sizes.size(); ++axis) {
    if (axis == row) continue;
    outer.sizes.push_back(copy.sizes[axis]);
    outer.from_strides.push_back(copy.from_strides[axis]);
    outer.to_strides.push_back(copy.to_strides[axis]);
  }
  outer.sizes.push_back(row_blocks * column_blocks);
  outer.from_strides.push_back(0);
  outer.to_strides.push_back(0);
  const bool past_caches = Shape(copy.sizes).size() * width >= kPastCaches;
  const std::int64_t work = std::min(side, rows) * std::min(kBlockColumns, columns);
  const std::int64_t grain = std::max<std::int64_t>(1, kGrain / work);
  parallel_for(Shape(outer.sizes).size(), grain, [&](std::int64_t begin, std::int64_t end) {
    Odometer at(outer, begin);
    for (; begin < end; ++begin) {
      const std::int64_t block = row_blocks * column_blocks - at.rest();
      const std::int64_t first_row = block / column_blocks * side;
      const std::int64_t first_column = block % column_blocks * kBlockColumns;
      const std::int64_t from_stride = copy.from_strides.back();
      const std::int64_t to_stride = copy.to_strides[row];
      transpose({copy.from + (at.from() + first_column * from_stride + first_row) * width,
                 from_stride, copy.to + (at.to() + first_row * to_stride + first_column) * width,
                 to_stride, std::min(side, rows - first_row),
                 std::min(kBlockColumns, columns - first_column), past_caches});
      at.advance(1);
    }
  });
}

/// The axis along which the source is contiguous, if it is worth tiles; the last axis if there is
/// none.
std::size_t tiled_axis(const StridedCopy& copy) {
  const std::size_t last = copy.sizes.size() - 1;
  if (copy.to_strides[last] != 1 || copy.from_strides[last] == 1 || copy.from_strides[last] == 0) {
    return last;
  }
  const auto worth = static_cast<std::int64_t>(kCacheLine / copy.width / 2);
  if (copy.sizes[last] < worth) return last;
  for (std::size_t axis = last; axis-- > 0;) {
    if (copy.from_strides[axis] == 1 && copy.sizes[axis] >= worth) return axis;
  }
  return last;
}

void copy_to_contiguous(const Tensor& from, Tensor& to) {
  copy_strided({static_cast<const std::byte*>(from.data()),
                static_cast<std::byte*>(to.mutable_data()), from.dtype().size(),
                from.shape().dims(), from.strides(), to.strides()});
}

void run_contiguous(const OpCall& call, std::span<Tensor> outputs) {
  copy_to_contiguous(call.input(0), outputs[0]);
}

}  // namespace

void copy_strided(const StridedCopy& copy) {
  if (std::find(copy.sizes.begin(), copy.sizes.end(), 0) != copy.sizes.end()) return;
  const StridedCopy merged = merge_axes(copy);
  const std::size_t row = tiled_axis(merged);
  const auto body = [&]<class T>(Type<T>) {
    if (row + 1 < merged.sizes.size()) {
      copy_transposed(merged, row);
    } else {
      copy_rows<T>(merged);
    }
  };
  switch (copy.width) {
    case 1:
      return body(Type<std::uint8_t>{});
    case 2:
      return body(Type<std::uint16_t>{});
    case 4:
      return body(Type<std::uint32_t>{});
    case 8:
      return body(Type<std::uint64_t>{});
    default:
      return body(Type<Bytes16>{});
  }
}

void register_contiguous() {
  register_kernel("contiguous", DeviceType::kCPU, {&run_contiguous, true});
  set_copy_function(DeviceType::kCPU, &copy_to_contiguous);
}

}  // namespace saem::cpu
