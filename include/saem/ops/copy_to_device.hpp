#pragma once

#include <saem/core/attributes.hpp>
#include <saem/core/tensor.hpp>

namespace saem {

/// Where a tensor is to lie.
struct CopyToDeviceOptions {
  static constexpr const char* kName = "CopyToDeviceOptions";
  std::string device = "/CPU:0";  ///< as `Device::to_string` writes it
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("device", self.device);
  }
};

/// `x` on `device`: itself if it lies there, else a copy. What `.cpu()`, `.gpu()` and `.to()` call.
///
/// @param x       any tensor
/// @param device  a device of this machine
/// @return        the shape, dtype and elements of `x`
/// @throws DeviceError if this machine has no such device
/// Gradient: dy, copied to where `x` lies.  Source: tf.identity under tf.device.
/// @code std::cout << tf::copy_to_device(tf::constant({1, 2}), {}).device();  // /CPU:0 @endcode
SAEM_API Tensor copy_to_device(const Tensor& x, Device device);

}  // namespace saem
