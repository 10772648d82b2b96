#include <ostream>
#include <saem/core/device.hpp>

namespace saem {

std::string Device::to_string() const {
  return (type == DeviceType::kCPU ? "/CPU:" : "/GPU:") + std::to_string(index);
}

std::ostream& operator<<(std::ostream& out, Device device) { return out << device.to_string(); }

}  // namespace saem
