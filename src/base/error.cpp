#include <saem/base/error.hpp>

namespace saem {

// Defined out of line so that each type has one typeinfo, in this library: exceptions are then
// caught by type in programs, plugins and notebook cells alike.
Error::~Error() = default;
ShapeError::~ShapeError() = default;
DTypeError::~DTypeError() = default;
ValueError::~ValueError() = default;
IndexError::~IndexError() = default;
DeviceError::~DeviceError() = default;
OutOfMemoryError::~OutOfMemoryError() = default;
DataError::~DataError() = default;

}  // namespace saem
