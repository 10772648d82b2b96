#include "plot/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace saem::plot {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

struct Letter {
  std::size_t bytes;  ///< 0: not valid UTF-8
  std::uint32_t code;
};

/// The letter at the start of `text`, by the table of Unicode 15, section 3.9: no overlong forms,
/// no surrogates.
Letter first_letter(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t lead = byte(0);
  if (lead < 0x80) return {1, lead};
  const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < bytes) return {0, 0};
  std::uint32_t code = lead & (0xFFu >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {0, 0};
    code = code << 6 | (byte(i) & 0x3Fu);
  }
  constexpr std::array<std::uint32_t, 5> kSmallest = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xD800 && code < 0xE000;
  if (code < kSmallest[bytes] || surrogate || code > 0x10FFFF) return {0, 0};
  return {bytes, code};
}

/// Calls `body(bytes, code)` for each letter of text that `clean` has seen.
template <class Body>
void each_letter(std::string_view text, Body&& body) {
  while (!text.empty()) {
    const Letter letter = first_letter(text);
    const std::size_t bytes = std::max<std::size_t>(letter.bytes, 1);
    body(text.substr(0, bytes), letter.code);
    text.remove_prefix(bytes);
  }
}

double letter_width(std::uint32_t code) {
  const bool wide = (code >= 0x1100 && code < 0x1200) || (code >= 0x2E80 && code < 0xA4D0) ||
                    (code >= 0xA960 && code < 0xA980) || (code >= 0xAC00 && code < 0xD800) ||
                    (code >= 0xF900 && code < 0xFB00) || (code >= 0xFF00 && code < 0xFF61) ||
                    code >= 0x1F300;
  return wide ? 1.0 : 0.6;
}

}  // namespace

std::string clean(std::string_view text) {
  std::string cleaned;
  while (!text.empty()) {
    const Letter letter = first_letter(text);
    if (letter.bytes == 0) {
      cleaned += kReplacement;
      text.remove_prefix(1);
      continue;
    }
    if (letter.code == '\t') {
      cleaned += ' ';
    } else if (letter.code == '\n' || (letter.code >= 0x20 && letter.code != 0x7F)) {
      cleaned += text.substr(0, letter.bytes);
    }
    text.remove_prefix(letter.bytes);
  }
  return cleaned;
}

std::string quote(std::string_view text) {
  // gnuplot runs `...` and expands @macro inside double quotes before it reads escapes, so all but
  // harmless characters are written as octal escapes, which it reads last.
  constexpr std::string_view kHarmless = " .,:;-_+*/=()<>[]|!?'~^&%#{}";
  std::string quoted = "\"";
  for (const char c : clean(text)) {
    const bool letter = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n') {
      quoted += "\\n";
    } else if (letter || byte >= 0x80 || kHarmless.find(c) != std::string_view::npos) {
      quoted += c;
    } else {
      quoted += fmt::format("\\{:03o}", byte);
    }
  }
  return quoted + "\"";
}

std::string quote_tick(std::string_view text) {
  std::string doubled;
  for (const char c : text) doubled.append(c == '%' ? 2 : 1, c);
  return quote(doubled);
}

std::string escape_xml(std::string_view text) {
  std::string escaped;
  for (const char c : clean(text)) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

double text_width(std::string_view text) {
  double width = 0;
  double longest = 0;
  each_letter(text, [&](std::string_view, std::uint32_t code) {
    width = code == '\n' ? 0 : width + letter_width(code);
    longest = std::max(longest, width);
  });
  return longest;
}

std::size_t line_count(std::string_view text) {
  return text.empty() ? 0 : 1 + static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

std::string fit(std::string_view text, double width) {
  std::string fitted;
  std::string line;
  const auto end_line = [&] {
    if (text_width(line) > width) {
      std::string kept;
      double used = letter_width(0x2026);
      each_letter(line, [&](std::string_view letter, std::uint32_t code) {
        used += letter_width(code);
        if (used <= width) kept += letter;
      });
      line = kept + "…";
    }
    fitted += line;
    line.clear();
  };
  each_letter(text, [&](std::string_view letter, std::uint32_t code) {
    if (code == '\n') {
      end_line();
      fitted += '\n';
    } else {
      line += letter;
    }
  });
  end_line();
  return fitted;
}

}  // namespace saem::plot
