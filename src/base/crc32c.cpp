#include "base/crc32c.hpp"

#include <array>
#include <cstddef>

namespace saem {
namespace {

constexpr std::uint32_t kPolynomial = 0x82f63b78;  // of 0x1edc6f41, lowest bit first
constexpr std::size_t kSlices = 8;

using Tables = std::array<std::array<std::uint32_t, 256>, kSlices>;

/// tables[k][b]: what byte b does to the remainder from k bytes before the end.
constexpr Tables make_tables() {
  Tables tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t rest = byte;
    for (int bit = 0; bit < 8; ++bit) rest = (rest >> 1) ^ ((rest & 1) != 0 ? kPolynomial : 0);
    tables[0][byte] = rest;
  }
  for (std::size_t k = 1; k < kSlices; ++k) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t before = tables[k - 1][byte];
      tables[k][byte] = (before >> 8) ^ tables[0][before & 255];
    }
  }
  return tables;
}

constexpr Tables kTables = make_tables();

}  // namespace

// Eight bytes a turn by eight tables, which do not wait for each other.
std::uint32_t crc32c(std::string_view bytes) {
  std::uint32_t rest = ~0u;
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  while (bytes.size() >= kSlices) {
    std::uint32_t next = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      next ^= kTables[7 - i][byte(i) ^ ((rest >> (8 * i)) & 255)];
      next ^= kTables[3 - i][byte(4 + i)];
    }
    rest = next;
    bytes.remove_prefix(kSlices);
  }
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    rest = (rest >> 8) ^ kTables[0][(rest ^ byte(i)) & 255];
  }
  return ~rest;
}

}  // namespace saem
