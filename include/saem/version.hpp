#pragma once

#include <saem/base/export.hpp>

namespace saem {

/// The library's version, as in "0.1.0".
SAEM_API const char* version();

}  // namespace saem
