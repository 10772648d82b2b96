#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace saem {

namespace detail {

template <class Word, class Swap>
void swap_words(std::span<std::byte> bytes, Swap swap) {
  for (std::size_t i = 0; i + sizeof(Word) <= bytes.size(); i += sizeof(Word)) {
    Word word;
    std::memcpy(&word, bytes.data() + i, sizeof(word));
    word = swap(word);
    std::memcpy(bytes.data() + i, &word, sizeof(word));
  }
}

}  // namespace detail

/// Numbers of `width` bytes (1, 2, 4 or 8) from the machine's order of bytes into `order`, or back:
/// it is the same.
inline void to_byte_order(std::endian order, std::span<std::byte> bytes, std::size_t width) {
  if (order == std::endian::native) return;
  switch (width) {
    case 2:
      return detail::swap_words<std::uint16_t>(bytes, [](auto x) { return __builtin_bswap16(x); });
    case 4:
      return detail::swap_words<std::uint32_t>(bytes, [](auto x) { return __builtin_bswap32(x); });
    case 8:
      return detail::swap_words<std::uint64_t>(bytes, [](auto x) { return __builtin_bswap64(x); });
    default:
      return;
  }
}

}  // namespace saem
