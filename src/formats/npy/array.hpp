#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <saem/formats/npy.hpp>
#include <span>
#include <string>

namespace saem::numpy {

/// Where the bytes of a `.npy` come from: a file, or an entry of an archive.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// What errors call it.
  [[nodiscard]] virtual const std::string& name() const = 0;
  /// All bytes that can come out of it.
  [[nodiscard]] virtual std::int64_t size() const = 0;
  /// Up to `to.size()` bytes; fewer only at the end.
  virtual std::size_t read_up_to(std::span<std::byte> to) = 0;
};

/// The array that `source` holds, and nothing behind it; on the host.
Tensor read_array(const char* op, ByteSource& source, const LoadOptions& options);

/// `tensor`, as a `.npy` holds it: on the host, by rows.
Tensor writable_array(const Tensor& tensor);
/// Hands the bytes of a `.npy` of `array`, made by `writable_array`, to `write`, piece by piece.
void write_array(const Tensor& array, const std::function<void(std::span<const std::byte>)>& write);
/// How many they are.
std::int64_t array_bytes(const Tensor& array);

}  // namespace saem::numpy
