#pragma once

#include <cstdint>
#include <optional>
#include <saem/core/dtype.hpp>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace saem {

/// The sizes of all arguments of one call, axis by axis.
using Sizes = std::vector<std::int64_t>;

/// How a number follows from sizes. What it is made of is the product, or the sum, of some sizes;
/// `base` below.
struct SizeFormula {
  enum class Kind : std::uint8_t {
    kMultiple,    ///< factor * base / divisor + offset, where the division leaves no rest
    kReciprocal,  ///< factor / (divisor * base), a real number
  };
  Kind kind = Kind::kMultiple;
  std::vector<std::size_t> axes = {};  ///< whose sizes
  bool adds = false;                   ///< sizes are added, not multiplied
  std::int64_t factor = 1;
  std::int64_t divisor = 1;
  std::int64_t offset = 0;
  DType rounding = {};  ///< of a real number, which is rounded to that; undefined for an integer
  bool points = false;  ///< whether a real number without fraction is written `2.0`, not `2`

  /// The number for these sizes as a graph's text has it; nothing where there is none.
  [[nodiscard]] std::optional<std::string> at(const Sizes& sizes) const;
};

/// A text in which some numbers follow from sizes, learnt from what it was for some of them.
///
/// A formula has one unknown and must hold for two samples, or two unknowns and three: until then
/// nothing is known. Where several formulas explain a number, it is known only for sizes for which
/// they agree.
class SizedText {
 public:
  /// Nothing if the texts differ in more than numbers, or a number in a way that no formula
  /// explains. `axes`: those whose sizes may occur in formulas.
  static std::optional<SizedText> fit(std::span<const std::string> texts,
                                      std::span<const Sizes> samples,
                                      std::span<const std::size_t> axes);
  [[nodiscard]] std::optional<std::string> at(const Sizes& sizes) const;

 private:
  struct Number {
    std::size_t piece;                  ///< which of `pieces_` it is
    std::vector<SizeFormula> formulas;  ///< empty: one with two unknowns may, after a third sample
  };
  std::vector<std::string> pieces_;
  std::vector<Number> numbers_;
};

}  // namespace saem
