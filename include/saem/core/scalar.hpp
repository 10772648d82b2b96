#pragma once

#include <cstdint>
#include <saem/core/dtype.hpp>
#include <string>
#include <type_traits>

namespace saem {

/// One C++ number on its way into a tensor. It has no dtype of its own and takes the tensor's: `x
/// + 1.0` stays float64 if `x` is. A fraction does not become an integer silently: that is a
/// DTypeError.
class SAEM_API Scalar {
 public:
  template <class T>
  requires std::is_arithmetic_v<T>
  constexpr Scalar(T value) {  // NOLINT: any number is a scalar
    if constexpr (std::is_same_v<T, bool>) {
      kind_ = Kind::kBool;
      integer_ = value ? 1 : 0;
    } else if constexpr (std::is_floating_point_v<T>) {
      kind_ = Kind::kFloating;
      floating_ = static_cast<double>(value);
    } else {
      kind_ = std::is_unsigned_v<T> ? Kind::kUnsigned : Kind::kInteger;
      integer_ = static_cast<std::int64_t>(value);
    }
  }
  constexpr Scalar(float16 value) : Scalar(static_cast<float>(value)) {}   // NOLINT
  constexpr Scalar(bfloat16 value) : Scalar(static_cast<float>(value)) {}  // NOLINT

  [[nodiscard]] constexpr bool is_bool() const { return kind_ == Kind::kBool; }
  [[nodiscard]] constexpr bool is_floating() const { return kind_ == Kind::kFloating; }

  /// The value as a `T`, by C++'s conversion.
  template <Element T>
  [[nodiscard]] constexpr T to() const {
    if (kind_ == Kind::kFloating) {
      if constexpr (std::is_same_v<T, float16> || std::is_same_v<T, bfloat16>) {
        return T(static_cast<float>(floating_));
      } else {
        return static_cast<T>(floating_);
      }
    }
    const auto convert = [](auto integer) {
      if constexpr (std::is_same_v<T, float16> || std::is_same_v<T, bfloat16>) {
        return T(static_cast<float>(integer));
      } else {
        return static_cast<T>(integer);
      }
    };
    if (kind_ == Kind::kUnsigned) return convert(static_cast<std::uint64_t>(integer_));
    return convert(integer_);
  }

  /// Throws DTypeError in the name of `op` where a tensor of `dtype` cannot hold this number: a
  /// fraction in an integer tensor, a number in a bool tensor, an integer outside the dtype's
  /// range.
  void check_fits(DType dtype, const char* op) const;
  [[nodiscard]] std::string to_string() const;
  friend constexpr bool operator==(const Scalar& a, const Scalar& b) {
    if (a.kind_ != b.kind_) return false;
    return a.kind_ == Kind::kFloating ? a.floating_ == b.floating_ : a.integer_ == b.integer_;
  }

 private:
  enum class Kind : std::uint8_t { kBool, kInteger, kUnsigned, kFloating };
  Kind kind_ = Kind::kInteger;
  union {
    std::int64_t integer_ = 0;
    double floating_;
  };
};

}  // namespace saem
