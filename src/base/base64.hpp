#pragma once

#include <saem/base/export.hpp>
#include <string>
#include <string_view>

namespace saem {

/// As MIME's base64, without line breaks.
std::string base64(std::string_view bytes);

/// The bytes that `base64` wrote; false, with `bytes` unspecified, for any other text.
bool from_base64(std::string_view text, std::string& bytes);

}  // namespace saem
