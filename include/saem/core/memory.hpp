#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <saem/base/export.hpp>
#include <saem/core/device.hpp>
#include <string>
#include <string_view>

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

/// What tensors made under one tag hold, in bytes, on all devices together.
struct TaggedMemory {
  std::int64_t current = 0;  ///< in use now
  std::int64_t peak = 0;     ///< the most that was in use since the last `reset_memory_tags`
};

/// While it lives, the memory of tensors that this thread makes counts under its name, however long
/// they live: `{ tf::config::MemoryTag tag("activations"); ... }`. Scopes nest; the innermost
/// counts. Takes no time where none is open.
/// @code
/// tf::config::MemoryTag tag("example");
/// auto x = tf::zeros({1000});
/// std::cout << tf::config::memory_by_tag().at("example").current;  // 4000
/// @endcode
class SAEM_API MemoryTag {
 public:
  /// Opens the scope. @throws ValueError for an empty name, or for more than 255 names in a program
  explicit MemoryTag(std::string_view name);
  /// Goes back to the tag around it.
  ~MemoryTag();
  MemoryTag(const MemoryTag&) = delete;
  MemoryTag& operator=(const MemoryTag&) = delete;

 private:
  std::uint8_t previous_;
};

/// The memory of every tag that was ever opened, by name. Thread-safe.
[[nodiscard]] SAEM_API std::map<std::string, TaggedMemory> memory_by_tag();

/// Makes the peak of each tag its current use. Thread-safe.
SAEM_API void reset_memory_tags();

}  // namespace saem::config
