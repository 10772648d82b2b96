#include <fmt/format.h>

#include <saem/core/attributes.hpp>

namespace saem {

namespace attribute {

std::string to_text(double value) { return fmt::format("{}", value); }
std::string to_text(const std::string& value) { return '"' + value + '"'; }
std::string to_text(DType value) { return std::string(value.name()); }

}  // namespace attribute

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
