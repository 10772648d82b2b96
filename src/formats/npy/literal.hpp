#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace saem::numpy {

/// A value in Python's notation: as much of it as headers of `.npy` files are made of.
struct Literal {
  enum class Kind { kString, kInteger, kBool, kTuple, kList, kDictionary };
  Kind kind = Kind::kInteger;
  std::string text;
  std::int64_t integer = 0;    ///< also of kBool
  std::vector<Literal> items;  ///< of a dictionary: key, value, key, value, ...

  /// The value of a dictionary's only entry of that key; null if there is none, or more.
  [[nodiscard]] const Literal* find(std::string_view key) const;
};

/// None if `text` is no such value, or something follows it but white space.
std::optional<Literal> parse_literal(std::string_view text);

}  // namespace saem::numpy
