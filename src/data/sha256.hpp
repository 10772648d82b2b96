#pragma once

#include <string>

namespace saem::data {

/// The SHA-256 of a file's bytes, as 64 small hexadecimal digits. Throws DataError in the name of
/// `op`.
std::string sha256_of_file(const char* op, const std::string& path);

}  // namespace saem::data
