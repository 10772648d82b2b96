#include "formats/npy/literal.hpp"

#include <charconv>

namespace saem::numpy {
namespace {

/// Against headers of nothing but brackets: NumPy's have three levels, records a few more.
constexpr int kMostDepth = 16;

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  std::optional<Literal> whole() {
    std::optional<Literal> value = parse(0);
    skip_space();
    if (at_ != text_.size()) return std::nullopt;
    return value;
  }

 private:
  void skip_space() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != text_.npos) ++at_;
  }

  bool take(std::string_view word) {
    skip_space();
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }

  std::optional<Literal> parse(int depth) {
    skip_space();
    if (at_ == text_.size() || depth > kMostDepth) return std::nullopt;
    const char first = text_[at_];
    if (first == '\'' || first == '"') return string();
    if (take("True")) return Literal{Literal::Kind::kBool, {}, 1, {}};
    if (take("False")) return Literal{Literal::Kind::kBool, {}, 0, {}};
    if (take("(")) return tuple(depth);
    if (take("[")) return sequence(Literal::Kind::kList, "]", depth);
    if (take("{")) return sequence(Literal::Kind::kDictionary, "}", depth);
    return integer();
  }

  std::optional<Literal> string() {
    const char quote = text_[at_++];
    const std::size_t end = text_.find(quote, at_);
    if (end == text_.npos) return std::nullopt;
    const std::string_view inside = text_.substr(at_, end - at_);
    if (inside.find('\\') != text_.npos) return std::nullopt;  // no dtype has an escape
    at_ = end + 1;
    return Literal{Literal::Kind::kString, std::string(inside), 0, {}};
  }

  std::optional<Literal> integer() {
    Literal value;
    const char* begin = text_.data() + at_;
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), value.integer);
    if (error != std::errc{}) return std::nullopt;
    at_ += static_cast<std::size_t>(end - begin);
    if (at_ < text_.size() && text_[at_] == 'L') ++at_;  // Python 2's long integers
    return value;
  }

  std::optional<Literal> tuple(int depth) {
    auto value = sequence(Literal::Kind::kTuple, ")", depth);
    // (3) is a number in brackets; only (3,) is a tuple.
    if (value && value->items.size() == 1 && !trailing_comma_) return value->items[0];
    return value;
  }

  /// Entries up to `close`, with a comma between them and possibly behind the last.
  std::optional<Literal> sequence(Literal::Kind kind, std::string_view close, int depth) {
    Literal value;
    value.kind = kind;
    bool comma = true;
    bool trailing = false;
    while (!take(close)) {
      if (!comma) return std::nullopt;
      const int parts = kind == Literal::Kind::kDictionary ? 2 : 1;
      for (int part = 0; part < parts; ++part) {
        if (part == 1 && !take(":")) return std::nullopt;
        auto item = parse(depth + 1);
        if (!item) return std::nullopt;
        value.items.push_back(std::move(*item));
      }
      comma = trailing = take(",");
    }
    trailing_comma_ = trailing;
    return value;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool trailing_comma_ = false;  ///< of the sequence read last
};

}  // namespace

const Literal* Literal::find(std::string_view key) const {
  const Literal* found = nullptr;
  for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
    if (items[i].kind != Kind::kString || items[i].text != key) continue;
    if (found != nullptr) return nullptr;
    found = &items[i + 1];
  }
  return found;
}

std::optional<Literal> parse_literal(std::string_view text) { return Parser(text).whole(); }

}  // namespace saem::numpy
