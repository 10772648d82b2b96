#include <saem/version.hpp>

namespace saem {

const char* version() { return SAEM_VERSION; }

}  // namespace saem
