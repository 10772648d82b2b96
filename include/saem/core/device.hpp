#pragma once

#include <cstdint>
#include <iosfwd>
#include <saem/base/export.hpp>
#include <string>

namespace saem {

/// The kinds of device that ops run on.
enum class DeviceType : std::uint8_t { kCPU, kGPU };
inline constexpr int kDeviceTypes = 2;

/// Where a tensor's elements lie. Printed as TensorFlow does: "/CPU:0", "/GPU:0".
struct SAEM_API Device {
  DeviceType type = DeviceType::kCPU;
  std::uint8_t index = 0;

  [[nodiscard]] std::string to_string() const;
  friend constexpr bool operator==(Device, Device) = default;
};

SAEM_API std::ostream& operator<<(std::ostream& out, Device device);

}  // namespace saem
