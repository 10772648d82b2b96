#pragma once

#include <cstddef>
#include <saem/core/memory.hpp>

namespace saem {

/// Memory of one kind of device, kept and used again. The CPU's is in allocator.cpp; another
/// backend gives its own.
class Allocator {
 public:
  virtual ~Allocator() = default;
  /// At least `bytes` bytes, aligned to 64. Throws OutOfMemoryError with the sizes.
  virtual void* allocate(std::size_t bytes) = 0;
  /// `bytes` as was asked for.
  virtual void deallocate(void* block, std::size_t bytes) noexcept = 0;
  [[nodiscard]] virtual config::MemoryInfo info() const = 0;
  virtual void reset_peak() = 0;
  virtual void empty_cache() = 0;
  virtual void set_cache_limit(std::int64_t bytes) = 0;
  virtual void set_memory_limit(std::int64_t bytes) = 0;
};

/// The allocator of `device`. Throws DeviceError if no backend serves it.
SAEM_API Allocator& allocator_of(Device device);

/// Called by a backend when it is loaded.
SAEM_API void set_allocator(Device device, Allocator* allocator);

}  // namespace saem
