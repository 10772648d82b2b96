#pragma once

#include <cstdint>
#include <string_view>

namespace saem {

/// The CRC-32C (Castagnoli) of bytes: what TFRecord files are checked with.
std::uint32_t crc32c(std::string_view bytes);

}  // namespace saem
