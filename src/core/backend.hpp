#pragma once

#include <cstddef>
#include <saem/core/config.hpp>
#include <saem/core/op.hpp>
#include <string>

namespace saem {

/// What another kind of device than the CPU gives the library, besides kernels and allocators. One
/// object, which lives as long as the process.
class Backend {
 public:
  virtual ~Backend() = default;

  [[nodiscard]] virtual int device_count() const = 0;
  [[nodiscard]] virtual config::DeviceDetails details(Device device) const = 0;
  /// The calling thread's next kernels run on `device`.
  virtual void enter(Device device) = 0;
  /// Contiguous bytes between host and device. When `to_host` returns they are there; `to_device`
  /// returns when `host` may be changed again.
  virtual void to_device(const void* host, void* memory, std::size_t bytes, Device device) = 0;
  virtual void to_host(const void* memory, void* host, std::size_t bytes, Device device) = 0;
  /// Contiguous bytes from one device of this backend to another, in the order of both.
  virtual void between(const void* from, Device source, void* to, Device target,
                       std::size_t bytes) = 0;
  /// Waits for `device` and throws what its kernels met.
  virtual void synchronize(Device device) = 0;
};

/// Called by the backend's library when it is loaded.
SAEM_API void set_backend(DeviceType type, Backend* backend);
/// Null if no such backend was loaded. Loads it where that was not tried yet.
Backend* backend_of(DeviceType type);

/// Looks for the CUDA backend's library beside this one and loads it if the machine has a driver
/// and a GPU. Never throws: why there is none is in `explain`.
struct LoadedBackend {
  bool loaded = false;
  std::string explain;
};
LoadedBackend load_cuda_backend();
/// Loads one file as the backend, whether or not there is a driver.
LoadedBackend load_backend_file(const std::string& file);

/// Throws DeviceError if this machine has no such device.
void check_device(Device device, const char* op);
/// The first GPU that the program may use, else the CPU.
Device first_visible_device();

/// `tensor` on `device`: itself if it lies there, else a contiguous copy. Nobody listens.
Tensor transfer(const Tensor& tensor, Device device);
inline Tensor to_host(const Tensor& tensor) { return transfer(tensor, Device{}); }
/// `tensor`, which was made on the host, where new tensors belong (`default_device`).
Tensor place(Tensor tensor);

}  // namespace saem
