#pragma once

#include <cstddef>
#include <cstdint>
#include <saem/base/export.hpp>
#include <saem/core/device.hpp>

namespace saem::config {

/// What the caching allocator of a device holds, in bytes.
struct MemoryInfo {
  std::int64_t current = 0;      ///< in use by tensors now
  std::int64_t peak = 0;         ///< the most that was in use since the last reset
  std::int64_t cached = 0;       ///< free, but kept to be used again
  std::int64_t allocations = 0;  ///< blocks handed out since the start
  std::int64_t reused = 0;       ///< of these, how many came from the cache
};

/// Memory of `device`: what `tf.config.experimental.get_memory_info` tells, and the cache.
/// Thread-safe.
SAEM_API MemoryInfo get_memory_info(Device device = {});

/// Makes the peak of `device` the current use. Thread-safe.
SAEM_API void reset_memory_stats(Device device = {});

/// Gives cached blocks of `device` back to the system. Blocks in other threads' small caches stay.
SAEM_API void empty_cache(Device device = {});

/// Bytes that the allocator keeps for later at the most (default 4 GiB or a quarter of the
/// machine's memory, whichever is less).
SAEM_API void set_cache_limit(std::int64_t bytes, Device device = {});

/// Allocations that would bring the bytes in use above `bytes` throw OutOfMemoryError; 0 means no
/// limit (default).
SAEM_API void set_memory_limit(std::int64_t bytes, Device device = {});

}  // namespace saem::config
