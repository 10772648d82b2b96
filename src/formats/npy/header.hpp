#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <saem/core/dtype.hpp>
#include <saem/core/shape.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace saem::numpy {

/// What every `.npy` begins with.
inline constexpr std::string_view kMagic = "\x93NUMPY";
/// NumPy's own limit, against headers that cost too much to read.
inline constexpr std::size_t kMostHeaderBytes = 10000;
/// Magic, version, and the longest length field.
inline constexpr std::size_t kMostPrefixBytes = 12;

/// What a header says. `op` and `name` of the functions below are those of their errors.
struct Header {
  DType dtype;
  std::endian order = std::endian::native;
  bool fortran_order = false;
  Shape shape;

  /// Bytes of all elements.
  [[nodiscard]] std::int64_t nbytes() const {
    return shape.size() * static_cast<std::int64_t>(dtype.size());
  }
};

/// Where the dictionary of a header lies in its file.
struct HeaderExtent {
  std::size_t begin = 0;
  std::size_t size = 0;
};

/// Reads the first bytes of a file, `kMostPrefixBytes` where it has so many.
HeaderExtent parse_prefix(const char* op, const std::string& name,
                          std::span<const std::byte> prefix);

/// Reads the dictionary; `wanted` is what the caller says that raw bytes are.
Header parse_header(const char* op, const std::string& name, std::string_view text,
                    std::optional<DType> wanted);

/// Magic, version and dictionary of a row-major tensor, padded so that elements are aligned to 64.
std::vector<std::byte> header_bytes(DType dtype, const Shape& shape);

}  // namespace saem::numpy
