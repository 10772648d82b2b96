#include <llvm/Demangle/Demangle.h>

#include <array>
#include <charconv>
#include <cstdio>
#include <regex>
#include <saem_kernel/runtime.hpp>
#include <sstream>

#include "display.hpp"

namespace saem_kernel {
namespace {

template <typename T>
void add_number(std::ostream& stream, T value) {
  std::array<char, 64> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  std::string_view text(digits.data(), static_cast<std::size_t>(end - digits.data()));
  stream << text;
  // 2.0 shows as 2.0: a reader must see that it is no integer.
  if (text.find_first_not_of("-0123456789") == std::string_view::npos) stream << ".0";
}

}  // namespace

struct Text::Content {
  std::ostringstream stream;
};

Text::Text() : content_(std::make_unique<Content>()) {}
Text::~Text() = default;

void Text::add(std::string_view text) { content_->stream << text; }

void Text::add_quoted(std::string_view text) {
  content_->stream << '"';
  for (const char character : text) {
    switch (character) {
      case '"':
        content_->stream << "\\\"";
        break;
      case '\\':
        content_->stream << "\\\\";
        break;
      case '\n':
        content_->stream << "\\n";
        break;
      case '\t':
        content_->stream << "\\t";
        break;
      case '\0':
        content_->stream << "\\0";
        break;
      default:
        content_->stream << character;
    }
  }
  content_->stream << '"';
}

void Text::add_bool(bool value) { content_->stream << (value ? "true" : "false"); }

void Text::add_character(char value) {
  const auto byte = static_cast<unsigned char>(value);
  if (byte >= 0x20 && byte < 0x7f) {
    content_->stream << '\'' << value << '\'';
  } else {
    std::array<char, 8> text;
    std::snprintf(text.data(), text.size(), "'\\x%02x'", byte);
    content_->stream << text.data();
  }
}

void Text::add_signed(long long value) { content_->stream << std::to_string(value); }
void Text::add_unsigned(unsigned long long value) { content_->stream << std::to_string(value); }
void Text::add_float(float value) { add_number(content_->stream, value); }
void Text::add_double(double value) { add_number(content_->stream, value); }
void Text::add_long_double(long double value) { add_number(content_->stream, value); }

void Text::add_pointer(const void* value) {
  if (value == nullptr) {
    content_->stream << "nullptr";
  } else {
    content_->stream << value;
  }
}

void Text::add_type(const std::type_info& type) {
  static const std::regex tags("\\[abi:c[0-9]+\\]");
  // demangle() wants a symbol; this is the name of a type within one.
  const std::string prefix = "typeinfo name for ";
  std::string name = llvm::demangle(std::string("_ZTS") + type.name());
  if (name.starts_with(prefix)) name.erase(0, prefix.size());
  content_->stream << std::regex_replace(name, tags, "");
}

std::ostream& Text::stream() { return content_->stream; }
std::string Text::string() const { return content_->stream.str(); }

void show_text(const Text& text) { send_display("result", {{"text/plain", text.string()}}); }
void show_bundle(const MimeBundle& bundle) { send_display("result", bundle); }

}  // namespace saem_kernel
