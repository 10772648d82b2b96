#include "graph/size_formula.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <saem/core/attributes.hpp>

#include "core/dispatch.hpp"

namespace saem {
namespace {

/// A text, cut at its numbers: literal, number, literal ... literal.
std::vector<std::string> pieces_of(std::string_view text) {
  const auto is_digit = [&](std::size_t i) {
    return i < text.size() && std::isdigit(static_cast<unsigned char>(text[i])) != 0;
  };
  const auto belongs_to_word = [&](std::size_t i) {
    const auto c = static_cast<unsigned char>(text[i]);
    return std::isalnum(c) != 0 || c == '_' || c == '%' || c == '.';
  };
  std::vector<std::string> pieces(1);
  bool quoted = false;
  std::size_t i = 0;
  const auto take = [&] { pieces.back() += text[i++]; };
  while (i < text.size()) {
    if (text[i] == '"') quoted = !quoted;
    if (quoted && text[i] == '\\' && i + 1 < text.size()) take();
    const bool starts = is_digit(i) || (text[i] == '-' && is_digit(i + 1));
    if (quoted || !starts) {
      take();
      continue;
    }
    if (i > 0 && belongs_to_word(i - 1)) {
      // `float32`, `%12:1`: names, whose digits are no numbers.
      while (is_digit(i) || (text[i] == ':' && is_digit(i + 1))) take();
      continue;
    }
    pieces.emplace_back();
    take();
    while (is_digit(i) || (i < text.size() && (text[i] == '.' || text[i] == 'e')) ||
           (i < text.size() && text[i - 1] == 'e' && (text[i] == '-' || text[i] == '+'))) {
      take();
    }
    pieces.emplace_back();
  }
  return pieces;
}

/// Whether a number has neither point nor exponent.
bool is_integer(std::string_view text) {
  return text.find_first_of(".e") == std::string_view::npos;
}

std::optional<std::int64_t> base_of(const SizeFormula& formula, const Sizes& sizes) {
  std::int64_t base = formula.adds ? 0 : 1;
  for (const std::size_t axis : formula.axes) {
    const bool overflows = formula.adds ? __builtin_add_overflow(base, sizes[axis], &base)
                                        : __builtin_mul_overflow(base, sizes[axis], &base);
    if (overflows) return std::nullopt;
  }
  return base;
}

std::int64_t base_at(const SizeFormula& formula, const Sizes& sizes) {
  return base_of(formula, sizes).value_or(0);
}

double rounded(double value, DType dtype) {
  return dispatch(dtype,
                  [&]<class T>(Type<T>) { return static_cast<double>(Scalar(value).to<T>()); });
}

/// The products of one to three sizes and the sums of two.
std::vector<SizeFormula> bases(std::span<const std::size_t> axes) {
  std::vector<SizeFormula> list;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    list.push_back({.axes = {axes[i]}});
    for (std::size_t j = i + 1; j < axes.size(); ++j) {
      list.push_back({.axes = {axes[i], axes[j]}});
      list.push_back({.axes = {axes[i], axes[j]}, .adds = true});
      for (std::size_t k = j + 1; k < axes.size(); ++k) {
        list.push_back({.axes = {axes[i], axes[j], axes[k]}});
      }
    }
  }
  return list;
}

/// Finds the formulas that explain one number.
class Fit {
 public:
  Fit(std::span<const std::string> texts, std::span<const Sizes> samples)
      : texts_(texts), samples_(samples) {}

  std::vector<SizeFormula> run(std::span<const std::size_t> axes) {
    const bool integral = std::ranges::all_of(texts_, is_integer);
    std::vector<std::int64_t> integers(texts_.size());
    double real = 0.0;
    for (std::size_t i = 0; i < texts_.size() && integral; ++i) {
      if (!attribute::from_text(texts_[i], integers[i])) return {};
    }
    if (!integral && !attribute::from_text(texts_[0], real)) return {};
    for (const SizeFormula& base : bases(axes)) {
      const std::int64_t first = base_at(base, samples_[0]);
      std::size_t other = 0;  // a sample with another base
      while (other < samples_.size() && base_at(base, samples_[other]) == first) ++other;
      if (other == samples_.size() || first == 0) continue;
      if (integral) {
        through(base, integers[0], first, integers[other], base_at(base, samples_[other]));
      } else {
        through(base, real, static_cast<double>(first));
      }
    }
    return std::move(found_);
  }
  /// Whether one more sample may bring a formula.
  [[nodiscard]] bool is_open() const { return is_open_; }

 private:
  /// Formulas through two points, (base, value); `try_formula` asks the others.
  void through(SizeFormula formula, std::int64_t value, std::int64_t base, std::int64_t other_value,
               std::int64_t other_base) {
    if (value != 0 && value % base == 0) {
      formula.factor = value / base;
      try_formula(formula);
    }
    formula.factor = 1;
    formula.offset = value - base;
    if (formula.offset != 0) try_formula(formula);
    // Two unknowns: a third point must confirm them.
    const std::int64_t rise = other_value - value;
    const std::int64_t run = other_base - base;
    if (rise % run == 0 && rise / run != 1) {
      formula.factor = rise / run;
      formula.offset = value - formula.factor * base;
      if (distinct_bases(formula) == 2) {
        is_open_ = true;
      } else if (formula.factor != 0 && formula.offset != 0) {
        try_formula(formula);
      }
    }
    formula.offset = 0;
    if (value > 0 && base % value == 0 && base != value) {
      formula.factor = 1;
      formula.divisor = base / value;
      try_formula(formula);
    }
  }

  /// The same for real numbers, which have one unknown.
  void through(SizeFormula formula, double value, double base) {
    constexpr double kLargest = 1 << 30;
    for (const auto& [kind, exact] : {std::pair(SizeFormula::Kind::kMultiple, value / base),
                                      std::pair(SizeFormula::Kind::kReciprocal, value * base)}) {
      formula.kind = kind;
      // An integer or one over it: 3 * base, base / 3, 3 / base, 1 / (3 * base).
      for (const bool is_divided : {false, true}) {
        const double rounded = std::round(is_divided ? 1.0 / exact : exact);
        if (!(std::abs(rounded) < kLargest) || rounded == 0.0) continue;
        formula.factor = is_divided ? 1 : static_cast<std::int64_t>(rounded);
        formula.divisor = is_divided ? static_cast<std::int64_t>(rounded) : 1;
        if (try_roundings(formula)) break;
      }
    }
  }

  bool try_roundings(SizeFormula formula) {
    for (const DType::Code code :
         {DType::kFloat64, DType::kFloat32, DType::kFloat16, DType::kBFloat16}) {
      formula.rounding = code;
      for (const bool points : {true, false}) {
        formula.points = points;
        if (try_formula(formula)) return true;
      }
    }
    return false;
  }

  bool try_formula(const SizeFormula& formula) {
    for (std::size_t i = 0; i < samples_.size(); ++i) {
      if (formula.at(samples_[i]) != texts_[i]) return false;
    }
    found_.push_back(formula);
    return true;
  }

  [[nodiscard]] std::size_t distinct_bases(const SizeFormula& formula) const {
    std::vector<std::int64_t> values;
    for (const Sizes& sizes : samples_) values.push_back(base_at(formula, sizes));
    std::sort(values.begin(), values.end());
    return static_cast<std::size_t>(std::unique(values.begin(), values.end()) - values.begin());
  }

  std::span<const std::string> texts_;
  std::span<const Sizes> samples_;
  std::vector<SizeFormula> found_;
  bool is_open_ = false;
};

}  // namespace

std::optional<std::string> SizeFormula::at(const Sizes& sizes) const {
  const std::optional<std::int64_t> base = base_of(*this, sizes);
  if (!base) return std::nullopt;
  if (rounding != DType{}) {
    const auto real = [](std::int64_t number) { return static_cast<double>(number); };
    const double exact = kind == Kind::kMultiple ? real(factor) * real(*base) / real(divisor)
                                                 : real(factor) / (real(divisor) * real(*base));
    std::string text = attribute::to_text(rounded(exact, rounding));
    if (points && is_integer(text)) text += ".0";
    return text;
  }
  std::int64_t value = 0;
  if (__builtin_mul_overflow(*base, factor, &value) || value % divisor != 0 ||
      __builtin_add_overflow(value / divisor, offset, &value)) {
    return std::nullopt;
  }
  return std::to_string(value);
}

std::optional<SizedText> SizedText::fit(std::span<const std::string> texts,
                                        std::span<const Sizes> samples,
                                        std::span<const std::size_t> axes) {
  std::vector<std::vector<std::string>> cut;
  for (const std::string& text : texts) {
    cut.push_back(pieces_of(text));
    if (cut.back().size() != cut[0].size()) return std::nullopt;
  }
  SizedText sized;
  sized.pieces_ = cut[0];
  for (std::size_t piece = 0; piece < cut[0].size(); ++piece) {
    std::vector<std::string> values;
    for (const std::vector<std::string>& pieces : cut) values.push_back(pieces[piece]);
    if (std::adjacent_find(values.begin(), values.end(), std::not_equal_to<>()) == values.end()) {
      continue;
    }
    if (piece % 2 == 0) return std::nullopt;  // no number
    Fit fit(values, samples);
    Number number{piece, fit.run(axes)};
    if (number.formulas.empty() && !fit.is_open()) return std::nullopt;
    sized.numbers_.push_back(std::move(number));
  }
  return sized;
}

std::optional<std::string> SizedText::at(const Sizes& sizes) const {
  std::vector<std::string> pieces = pieces_;
  for (const Number& number : numbers_) {
    if (number.formulas.empty()) return std::nullopt;
    const std::optional<std::string> value = number.formulas[0].at(sizes);
    for (const SizeFormula& formula : number.formulas) {
      if (!value || formula.at(sizes) != value) return std::nullopt;
    }
    pieces[number.piece] = *value;
  }
  std::string text;
  for (const std::string& piece : pieces) text += piece;
  return text;
}

}  // namespace saem
