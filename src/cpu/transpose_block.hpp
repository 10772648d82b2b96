#pragma once

#include <cstddef>
#include <cstdint>

namespace saem::cpu {

/// to[i * to_stride + j] = from[j * from_stride + i] for `rows` i and `columns` j, in elements:
/// both sides are contiguous along one axis, each along its own.
struct TransposeBlock {
  const void* from = nullptr;
  std::int64_t from_stride = 0;
  void* to = nullptr;
  std::int64_t to_stride = 0;
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  bool past_caches = false;  ///< the whole is larger than they are: lines are written unread
};
using TransposeFunction = void (*)(const TransposeBlock& block);

/// For elements of 1, 2, 4, 8 or 16 bytes.
TransposeFunction transpose_function(std::size_t width);

}  // namespace saem::cpu
