#include "core/backend.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <bitset>
#include <mutex>

#include "base/message.hpp"
#include "core/registry.hpp"
#include "core/tensor_impl.hpp"

namespace saem {
namespace {

std::array<Backend*, kDeviceTypes> backends{};

/// Which GPUs `set_visible_devices` hid, and the device that new tensors lie on by default.
struct Visibility {
  std::mutex mutex;
  std::bitset<256> hidden_gpus;
  static constexpr int kUnknown = -1;
  /// Index of the first visible GPU, kNone without one; kUnknown until somebody asks.
  static constexpr int kNone = -2;
  std::atomic<int> first_gpu{kUnknown};
};

Visibility& visibility() {
  static auto* state = new Visibility;  // tensors may be made while statics are destroyed
  return *state;
}

std::atomic<bool> tensor_float_32{true};

int gpu_count() {
  const Backend* backend = backend_of(DeviceType::kGPU);
  return backend == nullptr ? 0 : backend->device_count();
}

config::PhysicalDevice physical(const char* type, Device device) {
  return {fmt::format("/physical_device:{}:{}", type, device.index), type, device};
}

void check_type(std::string_view type, const char* op) {
  if (!type.empty() && type != "CPU" && type != "GPU") {
    raise<ValueError>(op, "the device type is \"{}\"; there are \"CPU\" and \"GPU\"", type);
  }
}

}  // namespace

void set_backend(DeviceType type, Backend* backend) {
  backends[static_cast<std::size_t>(type)] = backend;
}

Backend* backend_of(DeviceType type) {
  ensure_backends();
  return backends[static_cast<std::size_t>(type)];
}

void check_device(Device device, const char* op) {
  const int count = device.type == DeviceType::kCPU ? 1 : gpu_count();
  if (device.index >= count) {
    raise<DeviceError>(op, "there is no device {}: {}", device.to_string(), config::explain_gpus());
  }
}

Device first_visible_device() {
  Visibility& state = visibility();
  int first = state.first_gpu.load(std::memory_order_acquire);
  if (first == Visibility::kUnknown) [[unlikely]] {
    const int count = gpu_count();
    const std::scoped_lock lock(state.mutex);
    first = 0;
    while (first < count && state.hidden_gpus[static_cast<std::size_t>(first)]) ++first;
    if (first == count) first = Visibility::kNone;
    state.first_gpu.store(first, std::memory_order_release);
  }
  if (first == Visibility::kNone) return {};
  return {DeviceType::kGPU, static_cast<std::uint8_t>(first)};
}

Tensor transfer(const Tensor& tensor, Device device) {
  const Device source = tensor.device();
  if (source == device) return tensor;
  check_device(device, "copy_to_device");
  const Tensor packed = contiguous_copy(tensor);
  Tensor copy = Tensor::empty(tensor.dtype(), tensor.shape(), device);
  const auto bytes = static_cast<std::size_t>(tensor.nbytes());
  if (bytes == 0) return copy;
  if (source.type == DeviceType::kCPU) {
    backend_of(device.type)->to_device(packed.data(), copy.mutable_data(), bytes, device);
  } else if (device.type == DeviceType::kCPU) {
    backend_of(source.type)->to_host(packed.data(), copy.mutable_data(), bytes, source);
  } else {
    backend_of(source.type)->between(packed.data(), source, copy.mutable_data(), device, bytes);
  }
  return copy;
}

Tensor place(Tensor tensor) {
  const Device device = default_device();
  return device == Device{} ? tensor : transfer(tensor, device);
}

void synchronize() {
  Backend* backend = backend_of(DeviceType::kGPU);
  if (backend == nullptr) return;
  for (int i = 0; i < backend->device_count(); ++i) {
    backend->synchronize({DeviceType::kGPU, static_cast<std::uint8_t>(i)});
  }
}

namespace config {

std::vector<PhysicalDevice> list_physical_devices(std::string_view device_type) {
  check_type(device_type, "list_physical_devices");
  std::vector<PhysicalDevice> devices;
  if (device_type != "GPU") devices.push_back(physical("CPU", {}));
  if (device_type == "CPU") return devices;
  for (int i = 0; i < gpu_count(); ++i) {
    devices.push_back(physical("GPU", {DeviceType::kGPU, static_cast<std::uint8_t>(i)}));
  }
  return devices;
}

std::vector<PhysicalDevice> get_visible_devices(std::string_view device_type) {
  std::vector<PhysicalDevice> devices = list_physical_devices(device_type);
  Visibility& state = visibility();
  const std::scoped_lock lock(state.mutex);
  std::erase_if(devices, [&](const PhysicalDevice& device) {
    return device.device_type == "GPU" && state.hidden_gpus[device.device.index];
  });
  return devices;
}

void set_visible_devices(const std::vector<PhysicalDevice>& devices, std::string_view device_type) {
  if (device_type != "GPU") {
    raise<ValueError>("set_visible_devices",
                      "the device type is \"{}\"; only \"GPU\" can be chosen", device_type);
  }
  std::bitset<256> hidden;
  hidden.set();
  for (const PhysicalDevice& device : devices) {
    if (device.device_type != device_type) {
      raise<ValueError>("set_visible_devices", "{} is no {}; name devices of one type", device.name,
                        device_type);
    }
    check_device(device.device, "set_visible_devices");
    hidden.reset(device.device.index);
  }
  Visibility& state = visibility();
  const std::scoped_lock lock(state.mutex);
  state.hidden_gpus = hidden;
  state.first_gpu.store(Visibility::kUnknown, std::memory_order_release);
}

DeviceDetails get_device_details(Device device) {
  check_device(device, "get_device_details");
  if (device.type == DeviceType::kCPU) return {.device_name = "CPU"};
  return backend_of(device.type)->details(device);
}

void enable_tensor_float_32_execution(bool enabled) { tensor_float_32 = enabled; }
bool tensor_float_32_execution_enabled() { return tensor_float_32; }

}  // namespace config
}  // namespace saem
