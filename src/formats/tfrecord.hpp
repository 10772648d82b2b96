#pragma once

#include <string>
#include <string_view>

namespace saem {

/// Appends one record of a TFRecord file: its length (8 bytes), the length's checksum, the bytes,
/// their checksum (4 bytes each), all little-endian.
void append_record(std::string& file, std::string_view record);

}  // namespace saem
