#pragma once

#include <cstdint>
#include <saem/base/export.hpp>
#include <saem/core/device.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace saem {

namespace config {

/// A device of this machine, whether or not the program may use it.
struct PhysicalDevice {
  std::string name;         ///< "/physical_device:GPU:0"
  std::string device_type;  ///< "CPU" or "GPU"
  Device device;            ///< as tensors name it, if it is visible

  friend bool operator==(const PhysicalDevice&, const PhysicalDevice&) = default;
};

/// The devices of this machine that saem can run ops on; the CPU comes first.
///
/// @param device_type  "CPU" or "GPU"; empty: all
/// @throws ValueError for another type.  Source: tf.config.list_physical_devices.
/// @code std::cout << tf::config::list_physical_devices("CPU").size();  // 1 @endcode
[[nodiscard]] SAEM_API std::vector<PhysicalDevice> list_physical_devices(
    std::string_view device_type = "");

/// The devices that the program may use, which `set_visible_devices` chooses.
/// Source: tf.config.get_visible_devices.
[[nodiscard]] SAEM_API std::vector<PhysicalDevice> get_visible_devices(
    std::string_view device_type = "");

/// Chooses the devices of one type that the program may use: none of its GPUs, say. Tensors that
/// already lie on a hidden device stay usable; new ones are not placed there by default.
///
/// @param devices      some of `list_physical_devices`, all of type `device_type`
/// @param device_type  "GPU"; the CPU is always visible
/// @throws ValueError for devices of another type.  Source: tf.config.set_visible_devices.
SAEM_API void set_visible_devices(const std::vector<PhysicalDevice>& devices,
                                  std::string_view device_type);

/// What a GPU is.
struct DeviceDetails {
  std::string device_name = {};      ///< "NVIDIA H200"; the processor's kind for the CPU
  int compute_capability_major = 0;  ///< 9 of 9.0; 0 for the CPU
  int compute_capability_minor = 0;  ///< 0 of 9.0
  std::int64_t memory_bytes = 0;     ///< the device's own memory
  int multiprocessors = 0;           ///< streaming multiprocessors
  std::string driver_version = {};   ///< the CUDA version that the driver speaks: "13.0"
};

/// What a device is. @throws DeviceError if there is no such device.
/// Source: tf.config.experimental.get_device_details.
[[nodiscard]] SAEM_API DeviceDetails get_device_details(Device device);

/// One line on the GPUs: which are used, or why none is (no driver, no GPU, a library that is
/// missing, a build without the backend) and what would help.
[[nodiscard]] SAEM_API std::string explain_gpus();

/// Lets float32 matrix products and convolutions on a GPU round their inputs to TensorFloat-32's 10
/// bits of mantissa, which is several times faster (on by default, as in TensorFlow). The CPU never
/// does. Thread-safe. Source: tf.config.experimental.enable_tensor_float_32_execution.
SAEM_API void enable_tensor_float_32_execution(bool enabled);
/// Whether it may. Source: tf.config.experimental.tensor_float_32_execution_enabled.
/// @code std::cout << tf::config::tensor_float_32_execution_enabled();  // 1 @endcode
[[nodiscard]] SAEM_API bool tensor_float_32_execution_enabled();

}  // namespace config

/// Waits until everything that was started on every GPU is done. Errors that GPU code met since the
/// last look come out here: an index out of range (IndexError), a failed kernel (DeviceError).
/// Nothing to wait for on the CPU, whose ops are done when they return.
SAEM_API void synchronize();

}  // namespace saem
