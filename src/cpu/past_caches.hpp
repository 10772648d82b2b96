#pragma once

#include <cstddef>

namespace saem::cpu {

/// A memcpy that writes whole lines of the target without reading them first and keeps none of them
/// in the caches: of three streams through memory, two are left.
void copy_past_caches(void* to, const void* from, std::size_t bytes);
/// After the last of a thread's copies, before it tells others of them.
void flush_past_caches();

}  // namespace saem::cpu
