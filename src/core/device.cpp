#include <algorithm>
#include <charconv>
#include <ostream>
#include <saem/core/device.hpp>

#include "base/message.hpp"
#include "core/backend.hpp"
#include "core/thread_state.hpp"

namespace saem {

std::string Device::to_string() const {
  return (type == DeviceType::kCPU ? "/CPU:" : "/GPU:") + std::to_string(index);
}

std::ostream& operator<<(std::ostream& out, Device device) { return out << device.to_string(); }

Device Device::parse(std::string_view text) {
  std::string name(text);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  std::string_view rest = name;
  if (rest.starts_with('/')) rest.remove_prefix(1);
  if (rest.starts_with("device:")) rest.remove_prefix(7);
  Device device;
  if (rest.starts_with("gpu")) {
    device.type = DeviceType::kGPU;
  } else if (!rest.starts_with("cpu")) {
    raise<ValueError>("device", "\"{}\" names no device; write \"/CPU:0\" or \"/GPU:0\"", text);
  }
  rest.remove_prefix(3);
  if (rest.empty()) return device;
  rest.remove_prefix(rest.starts_with(':') ? 1 : 0);
  const auto [end, error] = std::from_chars(rest.begin(), rest.end(), device.index);
  if (error != std::errc() || end != rest.end()) {
    raise<ValueError>("device", "\"{}\" names no device; write \"/CPU:0\" or \"/GPU:0\"", text);
  }
  return device;
}

namespace {

constexpr std::int16_t encode(Device device) {
  return static_cast<std::int16_t>((static_cast<int>(device.type) << 8) | device.index);
}
constexpr Device decode(std::int16_t code) {
  return {static_cast<DeviceType>(code >> 8), static_cast<std::uint8_t>(code & 0xff)};
}

}  // namespace

DeviceScope::DeviceScope(Device device) : previous_(thread_state.device) {
  check_device(device, "device");
  thread_state.device = encode(device);
}

DeviceScope::~DeviceScope() { thread_state.device = previous_; }

DeviceScope device(std::string_view name) { return DeviceScope(Device::parse(name)); }

Device default_device() {
  if (thread_state.device != ThreadState::kNoDevice) return decode(thread_state.device);
  return first_visible_device();
}

}  // namespace saem
