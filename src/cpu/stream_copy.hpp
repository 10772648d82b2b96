#pragma once

#include <cstddef>
#include <cstdint>

namespace saem::cpu {

/// Bytes of a result that no cache keeps for whoever reads it next.
inline constexpr std::int64_t kPastCaches = 1 << 23;

/// Copies `bytes` that lie in the cache to memory without reading its lines first, which an
/// ordinary store does. Followed by `end_streams` before another thread may read them.
void stream_copy(const void* from, void* to, std::size_t bytes);
void end_streams();

}  // namespace saem::cpu
