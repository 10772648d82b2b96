#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <saem/core/attributes.hpp>

#include "base/message.hpp"

namespace saem {

namespace attribute {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

/// The pieces between commas that stand in no bracket and no quotes; none of an empty text. False
/// where brackets or quotes are left open or close what is not open.
bool split(std::string_view text, std::vector<std::string_view>& pieces) {
  if (trimmed(text).empty()) return true;
  std::size_t begin = 0;
  std::int64_t depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '\\') ++i;
      if (c == '"') quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '[' || c == '(' || c == '{') {
      ++depth;
    } else if (c == ']' || c == ')' || c == '}') {
      if (--depth < 0) return false;
    } else if (c == ',' && depth == 0) {
      pieces.push_back(trimmed(text.substr(begin, i - begin)));
      begin = i + 1;
    }
  }
  pieces.push_back(trimmed(text.substr(begin)));
  return depth == 0 && !quoted;
}

/// What stands between `open` and `close`, which must be the first and last of `text`.
bool strip(std::string_view& text, char open, char close) {
  if (text.size() < 2 || text.front() != open || text.back() != close) return false;
  text = text.substr(1, text.size() - 2);
  return true;
}

template <class Number, class... Format>
bool read_number(std::string_view text, Number& value, Format... format) {
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, format...);
  return error == std::errc() && end == text.data() + text.size();
}

bool read_dims(std::string_view text, Dims& dims) {
  std::vector<std::string_view> items;
  if (!split(text, items)) return false;
  for (const std::string_view item : items) {
    std::int64_t number = 0;
    if (!from_text(item, number)) return false;
    dims.push_back(number);
  }
  return true;
}

/// As `to_text` writes a number that shall not be taken for an integer.
std::string fraction_text(double value) {
  std::string text = to_text(value);
  if (text.find_first_of(".en") == std::string::npos) text += ".0";  // n: inf, nan
  return text;
}

bool read_complex(std::string_view text, Scalar& value) {
  if (!strip(text, '(', ')') || text.empty() || text.back() != 'j') return false;
  text.remove_suffix(1);
  // The sign that joins the parts is the last one that no exponent has.
  std::size_t sign = text.find_last_of("+-");
  if (sign != std::string_view::npos && sign > 0 && text[sign - 1] == 'e') {
    sign = text.find_last_of("+-", sign - 1);
  }
  if (sign == std::string_view::npos) return false;
  std::string_view imaginary_text = text.substr(sign);
  if (imaginary_text.front() == '+') imaginary_text.remove_prefix(1);
  double real = 0;
  double imaginary = 0;
  if (!from_text(text.substr(0, sign), real) || !from_text(imaginary_text, imaginary)) return false;
  value = Scalar(std::complex<double>(real, imaginary));
  return true;
}

/// Read from a file that may be anything: printed as a string is, and not at any length.
std::string shown(std::string_view text) {
  constexpr std::size_t kMost = 60;
  if (text.size() <= kMost) return to_text(std::string(text));
  return to_text(std::string(text.substr(0, kMost))) + "...";
}

std::string names_of(const std::vector<Field>& fields) {
  std::string names;
  for (const Field& field : fields) names += (names.empty() ? "" : ", ") + std::string(field.name);
  return names;
}

bool read_bits(std::string_view text, double& value) {
  constexpr std::string_view kBegin = "nan(0x";
  if (!text.starts_with(kBegin) || !text.ends_with(')')) return false;
  text = text.substr(kBegin.size(), text.size() - kBegin.size() - 1);
  std::uint64_t bits = 0;
  if (!read_number(text, bits, 16)) return false;
  value = std::bit_cast<double>(bits);
  return std::isnan(value);
}

bool is_same(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

}  // namespace

std::string to_text(double value) {
  // The NaNs that nobody makes by calculating.
  if (std::isnan(value) && !is_same(value, kNan) && !is_same(value, -kNan)) {
    return fmt::format("nan({:#x})", std::bit_cast<std::uint64_t>(value));
  }
  return fmt::format("{}", value);
}

std::string to_text(const std::string& value) {
  std::string text = "\"";
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      text += {'\\', c};
    } else if (c == '\n') {
      text += "\\n";
    } else if (byte < 0x20 || byte == 0x7f) {
      text += fmt::format("\\x{:02x}", byte);
    } else {
      text += c;
    }
  }
  return text + '"';
}

std::string to_text(DType value) { return std::string(value.name()); }

std::string to_text(const Scalar& value) {
  if (value.is_bool()) return to_text(value.to<bool>());
  if (value.is_unsigned()) return to_text(value.to<std::uint64_t>()) + "u";
  if (value.is_floating()) return fraction_text(value.to<double>());
  if (!value.is_complex()) return to_text(value.to<std::int64_t>());
  const auto number = value.to<std::complex<double>>();
  const std::string imaginary = fraction_text(number.imag());
  return "(" + fraction_text(number.real()) + (imaginary[0] == '-' ? "" : "+") + imaginary + "j)";
}

bool from_text(std::string_view text, double& value) {
  const std::string_view magnitude = text.substr(text.starts_with('-') ? 1 : 0);
  const double sign = magnitude.size() < text.size() ? -1.0 : 1.0;
  if (magnitude == "inf" || magnitude == "nan") {
    const bool infinite = magnitude == "inf";
    value = std::copysign(infinite ? std::numeric_limits<double>::infinity() : kNan, sign);
    return true;
  }
  if (magnitude.starts_with('n')) return read_bits(text, value);
  if (magnitude.starts_with('i')) return false;  // "infinity", which nobody writes
  return read_number(text, value, std::chars_format::general);
}

bool from_text(std::string_view text, float& value) {
  double wide = 0;
  if (!from_text(text, wide)) return false;
  value = static_cast<float>(wide);
  return true;
}

bool from_text(std::string_view text, std::string& value) {
  if (!strip(text, '"', '"')) return false;
  value.clear();
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '"') return false;
    if (c == '\\') {
      if (++i == text.size()) return false;
      c = text[i];
      if (c == 'n') {
        c = '\n';
      } else if (c == 'x') {
        unsigned byte = 0;
        if (i + 2 >= text.size() || !read_number(text.substr(i + 1, 2), byte, 16)) return false;
        c = static_cast<char>(byte);
        i += 2;
      } else if (c != '"' && c != '\\') {
        return false;
      }
    }
    value += c;
  }
  return true;
}

bool from_text(std::string_view text, DType& value) {
  for (int code = 0; code < DType::kCount; ++code) {
    value = static_cast<DType::Code>(code);
    if (value.name() == text) return true;
  }
  return false;
}

bool from_text(std::string_view text, Scalar& value) {
  if (text.starts_with('(')) return read_complex(text, value);
  if (bool truth = false; from_text(text, truth)) {
    value = Scalar(truth);
    return true;
  }
  if (std::uint64_t number = 0; text.ends_with('u')) {
    if (!from_text(text.substr(0, text.size() - 1), number)) return false;
    value = Scalar(number);
    return true;
  }
  if (std::int64_t number = 0; from_text(text, number)) {
    value = Scalar(number);
    return true;
  }
  double number = 0;
  if (text.find_first_of(".en") == std::string_view::npos || !from_text(text, number)) return false;
  value = Scalar(number);
  return true;
}

bool from_text(std::string_view text, bool& value) {
  value = text == "true";
  return value || text == "false";
}

bool from_text(std::string_view text, std::int64_t& value) { return read_number(text, value); }
bool from_text(std::string_view text, std::uint64_t& value) { return read_number(text, value); }

bool from_text(std::string_view text, Shape& value) {
  if (!strip(text, '(', ')')) return false;
  const bool one = text.ends_with(',');  // (2,), which (2) is not
  if (one) text.remove_suffix(1);
  Dims sizes;
  if (!read_dims(text, sizes) || one != (sizes.size() == 1)) return false;
  value = Shape(std::move(sizes));
  return true;
}

bool from_text(std::string_view text, Axes& value) {
  value = Axes();
  if (text == "all") return true;
  Dims axes;
  if (!strip(text, '[', ']') || !read_dims(text, axes)) return false;
  value = Axes(std::move(axes));
  return true;
}

bool from_text(std::string_view text, Index& value) {
  if (std::int64_t number = 0; from_text(text, number)) {
    value = Index(number);
    return true;
  }
  if (text == "...") {
    value = Index(ellipsis);
    return true;
  }
  if (text == "newaxis") {
    value = Index(newaxis);
    return true;
  }
  SliceIndex range;
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return false;
  const std::size_t second = text.find(':', colon + 1);
  if (second != std::string_view::npos) {
    if (!from_text(text.substr(second + 1), range.step)) return false;
    text = text.substr(0, second);
  }
  const auto read_end = [](std::string_view end, std::optional<std::int64_t>& to) {
    return end.empty() || from_text(end, to.emplace());
  };
  if (!read_end(text.substr(0, colon), range.begin)) return false;
  if (!read_end(text.substr(colon + 1), range.end)) return false;
  value = Index(range);
  return true;
}

bool split_list(std::string_view text, std::vector<std::string_view>& items) {
  return strip(text, '[', ']') && split(text, items);
}

bool same_scalar(const Scalar& a, const Scalar& b) {
  if (a.is_floating() && b.is_floating()) return same(a.to<double>(), b.to<double>());
  if (!a.is_complex() || !b.is_complex()) return a == b;
  const auto x = a.to<std::complex<double>>();
  const auto y = b.to<std::complex<double>>();
  return same(x.real(), y.real()) && same(x.imag(), y.imag());
}

std::size_t hash_scalar(const Scalar& value) {
  if (value.is_floating()) return mix(1, hash(value.to<double>()));
  if (!value.is_complex()) return mix(2, hash(value.to<std::int64_t>()));
  const auto number = value.to<std::complex<double>>();
  return mix(mix(3, hash(number.real())), hash(number.imag()));
}

void read_fields(const char* options, std::string_view text, const std::vector<Field>& fields) {
  std::vector<std::string_view> pieces;
  if (!split(text, pieces)) {
    raise<ValueError>(options, "brackets or quotes do not match in {}", shown(text));
  }
  std::vector<bool> given(fields.size());
  for (const std::string_view piece : pieces) {
    const std::size_t equals = piece.find('=');
    if (equals == std::string_view::npos) {
      raise<ValueError>(options, "{} is not name=value; the fields are {}", shown(piece),
                        names_of(fields));
    }
    const std::string_view name = trimmed(piece.substr(0, equals));
    const auto field = std::find_if(fields.begin(), fields.end(),
                                    [&](const Field& known) { return name == known.name; });
    if (field == fields.end()) {
      raise<ValueError>(options, "has no field {}; its fields are {}", shown(name),
                        names_of(fields));
    }
    const auto at = static_cast<std::size_t>(field - fields.begin());
    if (given[at]) raise<ValueError>(options, "the field {} is given twice", field->name);
    given[at] = true;
    const std::string example = field->write(field->value);
    const std::string_view value = trimmed(piece.substr(equals + 1));
    if (!field->read(value, field->value)) {
      raise<ValueError>(options, "the field {} cannot be {}; it is written like {}", field->name,
                        shown(value), example);
    }
  }
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (!given[i]) {
      raise<ValueError>(options, "the field {} is missing in {}; the fields are {}", fields[i].name,
                        shown(text), names_of(fields));
    }
  }
}

void raise_not_serializable(const char* options) {
  raise<ValueError>(options,
                    "holds functions, which no text can say; leave the op that it belongs "
                    "to out of what is saved");
}

}  // namespace attribute

bool operator==(const AttributesType& a, const AttributesType& b) {
  return &a == &b || (a.size == b.size && std::strcmp(a.name, b.name) == 0);
}

Attributes Attributes::parse(const AttributesType* type, std::string_view text) {
  Attributes attributes;
  if (type != nullptr) {
    attributes.type_ = type;
    attributes.data_ = type->parse(text);
  } else if (!attribute::trimmed(text).empty()) {
    raise<ValueError>("Attributes.parse", "got {} for an op that has no options",
                      attribute::shown(text));
  }
  return attributes;
}

std::string Index::to_string() const {
  switch (kind_) {
    case Kind::kNumber:
      return std::to_string(number());
    case Kind::kEllipsis:
      return "...";
    case Kind::kNewAxis:
      return "newaxis";
    case Kind::kSlice:
      break;
  }
  std::string text = range_.begin ? std::to_string(*range_.begin) : "";
  text += ":";
  if (range_.end) text += std::to_string(*range_.end);
  if (range_.step != 1) text += ":" + std::to_string(range_.step);
  return text;
}

}  // namespace saem
