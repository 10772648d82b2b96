#pragma once

#include <cstdint>
#include <iosfwd>
#include <saem/base/export.hpp>
#include <string>
#include <string_view>

namespace saem {

/// The kinds of device that ops run on.
enum class DeviceType : std::uint8_t { kCPU, kGPU };
inline constexpr int kDeviceTypes = 2;

/// Where a tensor's elements lie. Printed as TensorFlow does: "/CPU:0", "/GPU:0".
struct SAEM_API Device {
  DeviceType type = DeviceType::kCPU;
  std::uint8_t index = 0;

  /// Reads "/GPU:0", "GPU:0", "gpu:0" or "gpu" (the first one), as `tf.device` does.
  /// @throws ValueError for any other text
  /// @code std::cout << tf::Device::parse("cpu");  // /CPU:0 @endcode
  static Device parse(std::string_view text);

  [[nodiscard]] std::string to_string() const;
  friend constexpr bool operator==(Device, Device) = default;
};

SAEM_API std::ostream& operator<<(std::ostream& out, Device device);

/// While it lives, tensors that this thread makes from nothing (constants, zeros, random numbers,
/// what files hold) lie on its device. Scopes nest. See `tf::device`.
class SAEM_API DeviceScope {
 public:
  /// Opens the scope. @throws DeviceError if this machine has no such device
  explicit DeviceScope(Device device);
  /// Goes back to what was the default before.
  ~DeviceScope();
  DeviceScope(const DeviceScope&) = delete;
  DeviceScope& operator=(const DeviceScope&) = delete;

 private:
  std::int16_t previous_;
};

/// A scope in which new tensors lie on the device of that name:
/// `{ auto scope = tf::device("/CPU:0"); ... }`. An op runs where its inputs lie: nothing is moved
/// behind the program's back, unlike in TensorFlow, whose scopes also move what ops take.
///
/// @param name  "/GPU:0", "CPU:0", "gpu", as `Device::parse` reads it
/// @throws ValueError for a text that names no device; DeviceError if this machine has none such.
/// Source: tf.device.
/// @code auto scope = tf::device("/CPU:0"); std::cout << tf::zeros({2}).device();  // /CPU:0
/// @endcode
[[nodiscard]] SAEM_API DeviceScope device(std::string_view name);

/// Where a tensor made from nothing lies on this thread now: the innermost `tf::device`, else the
/// first visible GPU, else the CPU.
[[nodiscard]] SAEM_API Device default_device();

}  // namespace saem
