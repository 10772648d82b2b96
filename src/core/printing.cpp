// How a tensor reads: TensorFlow's frame around NumPy's elements.
//
// The rules are those of NumPy 2.4 (numpy/_core/arrayprint.py and str() of its scalars): the fewest
// digits that tell a number from its neighbours, at most eight after the point, one width for all
// elements, one form for all (scientific if numbers are big, small or far apart), lines of 75
// characters, and only the three first and last entries of each axis of more than 1000 elements.

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <ostream>
#include <saem/core/tensor.hpp>
#include <string>
#include <type_traits>
#include <vector>

#include "base/message.hpp"
#include "core/backend.hpp"
#include "core/dispatch.hpp"

namespace saem {
namespace {

constexpr std::size_t kLineWidth = 75;
constexpr std::int64_t kSummaryThreshold = 1000;
constexpr std::int64_t kEdgeItems = 3;
constexpr int kPrecision = 8;

using Words = std::vector<std::string>;

/// A positive number or zero in decimal: d.ddd x 10^exponent, without trailing zeros.
struct Decimal {
  std::string digits;
  int exponent = 0;

  /// What stands before and after the point in positional form.
  [[nodiscard]] std::string integer_part() const {
    if (exponent < 0) return "0";
    std::string part = digits.substr(0, static_cast<std::size_t>(exponent) + 1);
    part.resize(static_cast<std::size_t>(exponent) + 1, '0');
    return part;
  }
  [[nodiscard]] std::string fraction_part() const {
    if (exponent < 0) return std::string(static_cast<std::size_t>(-exponent - 1), '0') + digits;
    const auto whole = static_cast<std::size_t>(exponent) + 1;
    return digits.size() > whole ? digits.substr(whole) : "";
  }
};

Decimal from_scientific(const char* first, const char* last) {
  const char* e = std::find(first, last, 'e');
  Decimal decimal;
  std::copy_if(first, e, std::back_inserter(decimal.digits), [](char c) { return c != '.'; });
  while (decimal.digits.size() > 1 && decimal.digits.back() == '0') decimal.digits.pop_back();
  if (decimal.digits == "0") decimal.digits.clear();  // nothing stands after the point of 0.
  const char* exponent = e + (e[1] == '+' ? 2 : 1);   // from_chars takes no plus sign
  std::from_chars(exponent, last, decimal.exponent);
  return decimal;
}

/// The exact value of `magnitude` rounded to `fraction_digits` digits after the first.
Decimal rounded(double magnitude, int fraction_digits) {
  std::array<char, 64> text;
  const auto end = std::to_chars(text.begin(), text.end(), magnitude, std::chars_format::scientific,
                                 std::max(fraction_digits, 0));
  return from_scientific(text.begin(), end.ptr);
}

double to_double(const Decimal& decimal) {
  const int shift = decimal.exponent + 1 - static_cast<int>(decimal.digits.size());
  const std::string text = decimal.digits + "e" + std::to_string(shift);
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

/// `decimal` plus one in the place of its last digit, which is the one `fraction_digits` after the
/// first.
Decimal next_above(const Decimal& decimal, int fraction_digits) {
  std::string digits = decimal.digits;
  digits.resize(static_cast<std::size_t>(fraction_digits) + 1, '0');
  const std::string sum = std::to_string(std::stoi(digits) + 1);
  const int carry = sum.size() > digits.size() ? 1 : 0;
  return {sum.substr(0, sum.find_last_not_of('0') + 1), decimal.exponent + carry};
}

/// The fewest digits that no other number of the type is as close to.
template <class T>
Decimal shortest(T magnitude) {
  if constexpr (std::is_same_v<T, float16>) {
    // No standard function knows half precision. Its halfway points are exact in double, which
    // tells them apart from any decimal of up to five digits, and five digits are always enough.
    const double value = magnitude;
    float16 above = magnitude;
    ++above.bits;
    float16 below = magnitude;
    --below.bits;
    const double high = std::isinf(static_cast<float>(above)) ? 65520.0 : (value + above) / 2;
    const double low = (value + below) / 2;
    const bool takes_borders = magnitude.bits % 2 == 0;
    const auto is_between = [&](const Decimal& decimal) {
      const double read = to_double(decimal);
      return takes_borders ? low <= read && read <= high : low < read && read < high;
    };
    for (int fraction_digits = 0;; ++fraction_digits) {
      const Decimal nearest = rounded(value, fraction_digits);
      if (is_between(nearest) || fraction_digits == 4) return nearest;
      // The gap above a power of two is twice the gap below: the next decimal upwards may be the
      // one.
      const Decimal next = next_above(nearest, fraction_digits);
      if (is_between(next)) return next;
    }
  } else {
    std::array<char, 64> text;
    const auto end =
        std::to_chars(text.begin(), text.end(), magnitude, std::chars_format::scientific);
    return from_scientific(text.begin(), end.ptr);
  }
}

std::string exponent_text(int exponent, std::size_t digits) {
  std::string text = std::to_string(std::abs(exponent));
  if (text.size() < digits) text.insert(0, digits - text.size(), '0');
  return (exponent < 0 ? "e-" : "e+") + text;
}

std::string pad_left(std::string text, std::size_t width) {
  if (text.size() < width) text.insert(0, width - text.size(), ' ');
  return text;
}

/// One floating-point element, taken apart.
struct Number {
  double value = 0;
  Decimal decimal;    ///< of the magnitude; empty for zero, infinity and NaN
  bool plus = false;  ///< whether a plus sign is written too, as before imaginary parts

  [[nodiscard]] bool is_finite() const { return std::isfinite(value); }
  [[nodiscard]] const char* sign() const { return std::signbit(value) ? "-" : plus ? "+" : ""; }
  [[nodiscard]] std::string special() const {
    if (std::isnan(value)) return plus ? "+nan" : "nan";
    return sign() + std::string("inf");
  }
  /// Digits of the scientific form: from `least` to `most` after the first.
  [[nodiscard]] Decimal scientific(int least, int most) const {
    const int count = static_cast<int>(decimal.digits.size()) - 1;
    if (value == 0 || (count >= least && count <= most)) return decimal;
    return rounded(std::abs(value), std::clamp(count, least, most));
  }
  /// Digits of the positional form: at most `kPrecision` after the point.
  [[nodiscard]] Decimal positional() const {
    const int count = static_cast<int>(decimal.digits.size()) - 1 - decimal.exponent;
    if (count <= kPrecision) return decimal;
    return rounded(std::abs(value), decimal.exponent + kPrecision);
  }
};

template <class T>
std::vector<Number> numbers_of(const std::vector<T>& elements, bool plus = false) {
  std::vector<Number> numbers;
  numbers.reserve(elements.size());
  for (const T element : elements) {
    Number number{static_cast<double>(element), {}, plus};
    if (number.is_finite() && number.value != 0) {
      if constexpr (std::is_same_v<T, float16>) {
        number.decimal = shortest(float16(std::abs(static_cast<float>(element))));
      } else {
        number.decimal = shortest(std::abs(element));
      }
    }
    numbers.push_back(std::move(number));
  }
  return numbers;
}

/// Where a floating-point type goes over to the scientific form. NumPy compares in the type itself.
template <class T>
struct ScientificBounds;
template <>
struct ScientificBounds<float16> {
  static constexpr double kLargest = 1e3;  // in an array: 10 to the digits that the type holds
  static constexpr double kLargestScalar = 1e3;  // alone
};
template <>
struct ScientificBounds<float> {
  static constexpr double kLargest = 1e6;
  static constexpr double kLargestScalar = 1e6;
};
template <>
struct ScientificBounds<double> {
  static constexpr double kLargest = 1e8;
  static constexpr double kLargestScalar = 1e16;
};

template <class T>
bool needs_scientific(const std::vector<Number>& numbers) {
  double largest = 0;
  double smallest = INFINITY;
  for (const Number& number : numbers) {
    if (!number.is_finite() || number.value == 0) continue;
    largest = std::max(largest, std::abs(number.value));
    smallest = std::min(smallest, std::abs(number.value));
  }
  if (largest == 0) return false;
  const auto in_type = [](double value) {
    if constexpr (std::is_same_v<T, float16>)
      return T(static_cast<float>(value));
    else
      return static_cast<T>(value);
  };
  return largest >= ScientificBounds<T>::kLargest || smallest < in_type(0.0001) ||
         in_type(largest / smallest) > 1000;
}

/// Width in front of the point where "nan" and "inf" stand among the numbers too.
std::size_t width_with_specials(const std::vector<Number>& numbers, std::size_t before,
                                std::size_t after) {
  for (const Number& number : numbers) {
    if (number.is_finite()) continue;
    const std::size_t length = number.special().size();
    before = std::max(before, length - std::min(length, after + 1));
  }
  return before;
}

/// Elements in scientific form, each with as many digits as the one that needs most.
Words scientific_words(const std::vector<Number>& numbers) {
  std::size_t before = 0;
  std::size_t exponent_digits = 2;
  int precision = 0;
  for (const Number& number : numbers) {
    if (!number.is_finite()) continue;
    const Decimal decimal = number.scientific(0, kPrecision);
    before = std::max(before, 1 + std::string(number.sign()).size());
    precision = std::max(precision, static_cast<int>(decimal.digits.size()) - 1);
    exponent_digits = std::max(exponent_digits, std::to_string(std::abs(decimal.exponent)).size());
  }
  const std::size_t after = exponent_digits + 2 + static_cast<std::size_t>(precision);
  before = width_with_specials(numbers, before, after);
  Words words;
  for (const Number& number : numbers) {
    if (!number.is_finite()) {
      words.push_back(pad_left(number.special(), before + after + 1));
      continue;
    }
    Decimal decimal = number.scientific(precision, precision);
    decimal.digits.resize(static_cast<std::size_t>(precision) + 1, '0');
    words.push_back(pad_left(number.sign() + decimal.digits.substr(0, 1), before) + "." +
                    decimal.digits.substr(1) + exponent_text(decimal.exponent, exponent_digits));
  }
  return words;
}

/// Elements in positional form, points under points.
Words positional_words(const std::vector<Number>& numbers) {
  std::size_t before = 0;
  std::size_t after = 0;
  for (const Number& number : numbers) {
    if (!number.is_finite()) continue;
    const Decimal decimal = number.positional();
    before = std::max(before, (number.sign() + decimal.integer_part()).size());
    after = std::max(after, decimal.fraction_part().size());
  }
  before = width_with_specials(numbers, before, after);
  Words words;
  for (const Number& number : numbers) {
    if (!number.is_finite()) {
      words.push_back(pad_left(number.special(), before + after + 1));
      continue;
    }
    const Decimal decimal = number.positional();
    std::string fraction = decimal.fraction_part();
    fraction.resize(after, ' ');
    words.push_back(pad_left(number.sign() + decimal.integer_part(), before) + "." + fraction);
  }
  return words;
}

/// The one element of a scalar tensor: all its digits, and no padding.
template <class T>
std::string scalar_word(const Number& number) {
  if (!number.is_finite()) return number.special();
  const double magnitude = std::abs(number.value);
  std::string text = number.sign();
  if (magnitude != 0 && (magnitude >= ScientificBounds<T>::kLargestScalar || magnitude < 1e-4)) {
    text += number.decimal.digits.substr(0, 1);
    if (number.decimal.digits.size() > 1) text += "." + number.decimal.digits.substr(1);
    return text + exponent_text(number.decimal.exponent, 2);
  }
  const std::string fraction = number.decimal.fraction_part();
  return text + number.decimal.integer_part() + "." + (fraction.empty() ? "0" : fraction);
}

template <class T>
Words real_words(const std::vector<Number>& numbers) {
  return needs_scientific<T>(numbers) ? scientific_words(numbers) : positional_words(numbers);
}

/// One complex number on its own: whole numbers without a point, no real part where it is zero.
template <class T>
std::string complex_word(const std::complex<T>& element) {
  const auto word_of = [](T part, bool plus) {
    std::string word = scalar_word<T>(numbers_of(std::vector<T>{part}, plus).front());
    return word.ends_with(".0") ? word.substr(0, word.size() - 2) : word;
  };
  const T real = element.real();
  if (real == 0 && !std::signbit(real)) return word_of(element.imag(), false) + "j";
  const bool unsigned_nan = std::isnan(element.imag());
  return "(" + word_of(real, false) + (unsigned_nan ? "+nan" : word_of(element.imag(), true)) +
         "j)";
}

/// Real and imaginary parts each in a width and form of their own; "j" before the padding.
template <class T>
Words complex_words(const std::vector<std::complex<T>>& elements) {
  std::vector<T> parts[2];
  for (const std::complex<T>& element : elements) {
    parts[0].push_back(element.real());
    parts[1].push_back(element.imag());
  }
  Words words = real_words<T>(numbers_of(parts[0]));
  const Words imaginary = real_words<T>(numbers_of(parts[1], true));
  for (std::size_t i = 0; i < words.size(); ++i) {
    words[i] += imaginary[i];
    words[i].insert(words[i].find_last_not_of(' ') + 1, "j");
  }
  return words;
}

template <class T>
Words words_of(const std::vector<T>& elements, bool is_scalar) {
  Words words;
  if constexpr (std::is_same_v<T, bool>) {
    for (const bool element : elements) {
      words.emplace_back(element ? (is_scalar ? "True" : " True") : "False");
    }
  } else if constexpr (dtype_of<T>().is_complex()) {
    if (is_scalar) return {complex_word(elements.front())};
    return complex_words(elements);
  } else if constexpr (std::is_same_v<T, bfloat16> || dtype_of<T>().is_float8()) {
    // NumPy has no such types of its own and leaves each element to the type, which prints as C's
    // %g does.
    for (const T element : elements) {
      std::array<char, 32> text;
      const auto end = std::to_chars(text.begin(), text.end(), static_cast<float>(element),
                                     std::chars_format::general, 6);
      words.emplace_back(
          std::isnan(static_cast<float>(element)) ? "nan" : std::string(text.begin(), end.ptr));
    }
  } else if constexpr (std::is_integral_v<T>) {
    std::size_t width = 0;
    for (const T element : elements) {
      words.push_back(std::to_string(element));
      width = std::max(width, words.back().size());
    }
    for (std::string& word : words) word = pad_left(std::move(word), width);
  } else {
    const std::vector<Number> numbers = numbers_of(elements);
    if (is_scalar) return {scalar_word<T>(numbers.front())};
    return real_words<T>(numbers);
  }
  return words;
}

/// The entries of one axis that are shown: all, or both edges.
bool is_cut(const Tensor& tensor, int axis) {
  return tensor.size() > kSummaryThreshold && tensor.shape(axis) > 2 * kEdgeItems;
}

std::int64_t shown_entries(const Tensor& tensor, int axis) {
  return is_cut(tensor, axis) ? 2 * kEdgeItems : tensor.shape(axis);
}

/// Appends the elements that are shown, in row-major order, wherever they lie.
template <class T>
void gather(const Tensor& tensor, const T* at, int axis, std::vector<T>& elements) {
  if (axis == tensor.rank()) {
    elements.push_back(*at);
    return;
  }
  const std::int64_t count = shown_entries(tensor, axis);
  for (std::int64_t i = 0; i < count; ++i) {
    const bool from_end = is_cut(tensor, axis) && i >= kEdgeItems;
    const std::int64_t entry = from_end ? tensor.shape(axis) - count + i : i;
    gather(tensor, at + entry * tensor.strides()[static_cast<std::size_t>(axis)], axis + 1,
           elements);
  }
}

/// Sets the words between brackets, row by row.
class Layout {
 public:
  Layout(const Tensor& tensor, const Words& words) : tensor_(tensor), word_(words.begin()) {}

  /// One entry of the axes from `axis` on. `indent` stands before its rows, and has stood before
  /// its first.
  std::string entry(int axis, const std::string& indent, std::size_t width) {
    const int axes_left = tensor_.rank() - axis;
    if (axes_left == 0) return *word_++;
    return "[" + (axes_left == 1 ? row(axis, indent, width) : rows(axis, indent, width)) + "]";
  }

 private:
  /// The last axis: words in lines that are no longer than `width`, with room for the bracket.
  std::string row(int axis, const std::string& indent, std::size_t width) {
    std::string done;
    std::string line = indent;
    const auto add = [&](const std::string& word) {
      if (line.size() + word.size() > width - 1 && line.size() > indent.size()) {
        line.erase(line.find_last_not_of(' ') + 1);
        done += line + "\n";
        line = indent;
      }
      line += word;
    };
    const std::int64_t count = shown_entries(tensor_, axis);
    for (std::int64_t i = 0; i < count; ++i) {
      if (i == kEdgeItems && is_cut(tensor_, axis)) {
        add("...");
        line += " ";
      }
      add(*word_++);
      if (i + 1 < count) line += " ";
    }
    return (done + line).substr(indent.size());
  }

  /// An outer axis: its entries under each other, with one empty line for each axis between.
  std::string rows(int axis, const std::string& indent, std::size_t width) {
    const std::string separator(static_cast<std::size_t>(tensor_.rank() - axis - 1), '\n');
    const std::int64_t count = shown_entries(tensor_, axis);
    std::string text;
    for (std::int64_t i = 0; i < count; ++i) {
      if (i > 0) text += separator + indent;
      if (i == kEdgeItems && is_cut(tensor_, axis)) text += "..." + separator + indent;
      text += entry(axis + 1, indent + " ", width - 1);
    }
    return text;
  }

  const Tensor& tensor_;
  Words::const_iterator word_;
};

template <class T>
std::string elements_text(const Tensor& tensor) {
  std::vector<T> elements;
  gather(tensor, tensor.data_as<T>(), 0, elements);
  const Words words = words_of(elements, tensor.rank() == 0);
  return Layout(tensor, words).entry(0, " ", kLineWidth);
}

std::string elements_text(const Tensor& wherever) {
  if (wherever.size() == 0) return "[]";
  const Tensor tensor = to_host(wherever);
  if (tensor.dtype() == DType()) raise<DTypeError>("to_string", "the tensor has no valid dtype");
  return dispatch_any(tensor.dtype(), [&]<class T>(Type<T>) { return elements_text<T>(tensor); });
}

}  // namespace

std::string Tensor::to_string() const {
  if (!defined()) return "tf.Tensor(None)";
  std::string text;
  if (!is_symbolic()) {
    text = elements_text(*this);
    if (text.find('\n') != std::string::npos) text.insert(0, 1, '\n');
    text += ", ";
  }
  return "tf.Tensor(" + text + "shape=" + shape().to_string() +
         ", dtype=" + std::string(dtype().name()) + ")";
}

std::ostream& operator<<(std::ostream& out, const Tensor& tensor) {
  return out << tensor.to_string();
}

}  // namespace saem
