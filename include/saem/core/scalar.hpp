#pragma once

#include <complex>
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
  template <class T>
  constexpr Scalar(std::complex<T> value)  // NOLINT: and any complex one
      : kind_(Kind::kComplex),
        floating_(static_cast<double>(value.real())),
        imaginary_(static_cast<double>(value.imag())) {}
  constexpr Scalar(float16 value) : Scalar(static_cast<float>(value)) {}        // NOLINT
  constexpr Scalar(bfloat16 value) : Scalar(static_cast<float>(value)) {}       // NOLINT
  constexpr Scalar(float8_e4m3fn value) : Scalar(static_cast<float>(value)) {}  // NOLINT
  constexpr Scalar(float8_e5m2 value) : Scalar(static_cast<float>(value)) {}    // NOLINT

  [[nodiscard]] constexpr bool is_bool() const { return kind_ == Kind::kBool; }
  [[nodiscard]] constexpr bool is_unsigned() const { return kind_ == Kind::kUnsigned; }
  [[nodiscard]] constexpr bool is_floating() const { return kind_ == Kind::kFloating; }
  [[nodiscard]] constexpr bool is_complex() const { return kind_ == Kind::kComplex; }

  /// The value as a `T`, by C++'s conversion; of a complex number the real part unless T is
  /// complex.
  template <Element T>
  [[nodiscard]] constexpr T to() const {
    if constexpr (dtype_of<T>().is_complex()) {
      using Part = typename T::value_type;
      if (kind_ == Kind::kComplex) {
        return {static_cast<Part>(floating_), static_cast<Part>(imaginary_)};
      }
      return {to<Part>(), Part{0}};
    } else {
      return to_real<T>();
    }
  }

  /// Throws DTypeError in the name of `op` where a tensor of `dtype` cannot hold this number: a
  /// fraction in an integer tensor, a number in a bool tensor, an integer outside the dtype's
  /// range, a complex number in a real tensor.
  void check_fits(DType dtype, const char* op) const;
  [[nodiscard]] std::string to_string() const;
  friend constexpr bool operator==(const Scalar& a, const Scalar& b) {
    if (a.kind_ != b.kind_) return false;
    const bool fraction = a.is_floating() || a.is_complex();
    return fraction ? a.floating_ == b.floating_ && a.imaginary_ == b.imaginary_
                    : a.integer_ == b.integer_;
  }

 private:
  enum class Kind : std::uint8_t { kBool, kInteger, kUnsigned, kFloating, kComplex };

  template <class T>
  [[nodiscard]] constexpr T to_real() const {
    constexpr DType kDType = dtype_of<T>();
    constexpr bool kNarrow = kDType.is_float8() || (kDType.is_floating() && kDType.size() == 2);
    if (kind_ == Kind::kFloating || kind_ == Kind::kComplex) {
      if constexpr (kDType.is_float8()) {
        return T(floating_);
      } else if constexpr (kNarrow) {
        return T(static_cast<float>(floating_));
      } else {
        return static_cast<T>(floating_);
      }
    }
    const auto convert = [](auto integer) {
      if constexpr (kNarrow) {
        return T(static_cast<float>(integer));
      } else {
        return static_cast<T>(integer);
      }
    };
    if (kind_ == Kind::kUnsigned) return convert(static_cast<std::uint64_t>(integer_));
    return convert(integer_);
  }

  Kind kind_ = Kind::kInteger;
  union {
    std::int64_t integer_ = 0;
    double floating_;
  };
  double imaginary_ = 0.0;
};

}  // namespace saem
