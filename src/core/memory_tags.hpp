#pragma once

#include <cstdint>

namespace saem {

/// Counts `bytes`, which may be negative, under `tag`.
void count_tagged_memory(std::uint8_t tag, std::int64_t bytes) noexcept;

}  // namespace saem
