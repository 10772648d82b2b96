#include "formats/tfrecord.hpp"

#include <array>
#include <bit>
#include <cstdint>
#include <span>

#include "base/byte_order.hpp"
#include "base/crc32c.hpp"

namespace saem {
namespace {

template <class Number>
std::string little_endian(Number number) {
  auto bytes = std::bit_cast<std::array<char, sizeof(Number)>>(number);
  to_byte_order(std::endian::little, std::as_writable_bytes(std::span(bytes)), sizeof(Number));
  return {bytes.data(), bytes.size()};
}

/// Masked, so that a file of checksums has a checksum that is not too simple.
std::string checksum(std::string_view bytes) {
  return little_endian(std::rotr(crc32c(bytes), 15) + 0xa282ead8u);
}

}  // namespace

void append_record(std::string& file, std::string_view record) {
  const std::string length = little_endian(static_cast<std::uint64_t>(record.size()));
  file += length;
  file += checksum(length);
  file += record;
  file += checksum(record);
}

}  // namespace saem
