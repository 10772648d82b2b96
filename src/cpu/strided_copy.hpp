#pragma once

#include <cstddef>
#include <cstdint>
#include <saem/core/shape.hpp>

namespace saem::cpu {

/// Elements to be moved from one layout to another. Strides are in elements and may be 0 (a
/// repeated source) or negative; no two elements of the target may coincide.
struct StridedCopy {
  const std::byte* from = nullptr;
  std::byte* to = nullptr;
  std::size_t width = 0;  ///< bytes of one element
  Dims sizes;
  Dims from_strides;
  Dims to_strides;
};

/// Runs the copy on all threads. Transposes go through tiles that read and write whole cache lines.
void copy_strided(const StridedCopy& copy);

}  // namespace saem::cpu
