#pragma once

/// What every notebook cell sees besides the library: the standard headers, and the function that
/// shows the value of a cell's last expression. The engine calls it; cells have no use for it.

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cmath>
#include <complex>
#include <concepts>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iomanip>
#include <iostream>
#include <iterator>
#include <limits>
#include <list>
#include <map>
#include <memory>
#include <numbers>
#include <numeric>
#include <optional>
#include <random>
#include <ranges>
#include <saem_kernel/runtime.hpp>
#include <set>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

namespace saem_kernel {

/// Hides this namespace's own names from the unqualified `display(value)` below, so that only the
/// value's own namespace is asked.
namespace lookup {
void display() = delete;

// Each concept has the cell's number as a parameter because the compiler remembers the answer for
// the arguments it was asked with, and a later cell may give a type what it lacked.
template <int Cell, typename T>
concept DisplayedByFunction = requires(const T& value) {
  { display(value) } -> std::convertible_to<MimeBundle>;
};
template <int Cell, typename T>
concept DisplaysItself = requires(const T& value) {
  display(value);
};

template <int Cell, typename T>
MimeBundle bundle_of(const T& value) {
  return display(value);
}
template <int Cell, typename T>
void let_display(const T& value) {
  display(value);
}
}  // namespace lookup

template <int Cell, typename T>
concept DisplayedByMember = requires(const T& value) {
  { value.display() } -> std::convertible_to<MimeBundle>;
};
template <int Cell, typename T>
concept Streamable = requires(std::ostream& stream, const T& value) {
  stream << value;
};
template <int Cell, typename T>
concept Range = requires(const T& value) {
  value.begin();
  value.end();
};
template <int Cell, typename T>
concept MapLike = Range<Cell, T> && requires {
  typename T::mapped_type;
};
template <int Cell, typename T>
concept TupleLike = requires {
  std::tuple_size<T>::value;
};
template <int Cell, typename T>
concept PointerLike = requires(const T& value) {
  value.get();
  *value;
  static_cast<bool>(value);
};
template <typename T>
inline constexpr bool is_optional = false;
template <typename T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <typename T>
inline constexpr bool is_variant = false;
template <typename... T>
inline constexpr bool is_variant<std::variant<T...>> = true;

template <int Cell, typename T>
void write_value(Text& text, const T& value);

template <int Cell, typename T>
void write_range(Text& text, const T& value) {
  text.add("{");
  std::size_t count = 0;
  for (auto&& element : value) {
    if (count > 0) text.add(", ");
    if (++count > kMaximumElements) {
      text.add("...");
      break;
    }
    if constexpr (MapLike<Cell, T>) {
      write_value<Cell>(text, element.first);
      text.add(": ");
      write_value<Cell>(text, element.second);
    } else {
      // std::vector<bool> gives a proxy where others give the element.
      using Element = typename T::value_type;
      if constexpr (std::is_same_v<Element, bool>) {
        text.add_bool(static_cast<bool>(element));
      } else {
        write_value<Cell>(text, element);
      }
    }
  }
  text.add("}");
}

template <int Cell, typename T>
void write_value(Text& text, const T& value) {
  if constexpr (std::is_same_v<T, bool>) {
    text.add_bool(value);
  } else if constexpr (std::is_same_v<T, char>) {
    text.add_character(value);
  } else if constexpr (std::is_floating_point_v<T>) {
    if constexpr (std::is_same_v<T, float>) {
      text.add_float(value);
    } else if constexpr (std::is_same_v<T, double>) {
      text.add_double(value);
    } else {
      text.add_long_double(value);
    }
  } else if constexpr (std::is_integral_v<T>) {
    if constexpr (std::is_signed_v<T>) {
      text.add_signed(static_cast<long long>(value));
    } else {
      text.add_unsigned(static_cast<unsigned long long>(value));
    }
  } else if constexpr (std::is_null_pointer_v<T>) {
    text.add("nullptr");
  } else if constexpr (std::is_convertible_v<const T&, std::string_view>) {
    if constexpr (std::is_pointer_v<T>) {
      if (value == nullptr) return text.add("nullptr");
    }
    text.add_quoted(std::string_view(value));
  } else if constexpr (std::is_array_v<T>) {
    write_range<Cell>(text, std::span(value));
  } else if constexpr (std::is_function_v<T> || std::is_member_pointer_v<T>) {
    text.add_type(typeid(T));
  } else if constexpr (std::is_pointer_v<T>) {
    if constexpr (std::is_function_v<std::remove_pointer_t<T>>) {
      text.add_type(typeid(T));
    } else {
      text.add_pointer(const_cast<const void*>(static_cast<const volatile void*>(value)));
    }
  } else if constexpr (PointerLike<Cell, T>) {
    text.add_pointer(value.get());
  } else if constexpr (Streamable<Cell, T>) {
    text.stream() << value;
  } else if constexpr (std::is_enum_v<T>) {
    text.add_type(typeid(T));
    text.add("(");
    write_value<Cell>(text, static_cast<std::underlying_type_t<T>>(value));
    text.add(")");
  } else if constexpr (is_optional<T>) {
    if (value) {
      write_value<Cell>(text, *value);
    } else {
      text.add("nullopt");
    }
  } else if constexpr (is_variant<T>) {
    if (value.valueless_by_exception()) return text.add("valueless variant");
    std::visit([&text](const auto& held) { write_value<Cell>(text, held); }, value);
  } else if constexpr (Range<Cell, T>) {
    write_range<Cell>(text, value);
  } else if constexpr (TupleLike<Cell, T>) {
    text.add("(");
    std::apply(
        [&text](const auto&... element) {
          bool first = true;
          ((text.add(first ? "" : ", "), first = false, write_value<Cell>(text, element)), ...);
        },
        value);
    text.add(")");
  } else {
    text.add("<");
    text.add_type(typeid(T));
    text.add(">");
  }
}

/// Shows the value of the last expression of cell `Cell`.
template <int Cell, typename T>
void show_value(T&& value) {
  using Value = std::remove_cvref_t<T>;
  if constexpr (std::is_base_of_v<std::ios_base, Value>) {
    // std::cout << x has shown itself.
  } else if constexpr (std::is_convertible_v<const Value&, MimeBundle>) {
    show_bundle(value);
  } else if constexpr (lookup::DisplayedByFunction<Cell, Value>) {
    show_bundle(lookup::bundle_of<Cell>(value));
  } else if constexpr (DisplayedByMember<Cell, Value>) {
    show_bundle(value.display());
  } else if constexpr (lookup::DisplaysItself<Cell, Value>) {
    lookup::let_display<Cell>(value);
  } else {
    Text text;
    write_value<Cell>(text, value);
    show_text(text);
  }
}

}  // namespace saem_kernel
