#pragma once

#include <complex>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <saem/base/export.hpp>
#include <saem/base/float16.hpp>
#include <saem/base/float8.hpp>
#include <string_view>
#include <type_traits>

namespace saem {

/// The type of a tensor's elements, as in `tf.DType`.
class SAEM_API DType {
 public:
  enum Code : std::uint8_t {
    kInvalid,
    kBool,
    kInt8,
    kInt16,
    kInt32,
    kInt64,
    kUInt8,
    kUInt16,
    kUInt32,
    kUInt64,  //
    kFloat16,
    kBFloat16,
    kFloat32,
    kFloat64,
    kFloat8E4M3FN,
    kFloat8E5M2,
    kComplex64,
    kComplex128
  };
  static constexpr int kCount = kComplex128 + 1;

  constexpr DType() = default;
  constexpr DType(Code code) : code_(code) {}  // NOLINT: the code is the dtype

  [[nodiscard]] constexpr Code code() const { return code_; }
  /// TensorFlow's name: "float32", "bool", ...
  [[nodiscard]] std::string_view name() const;
  /// Bytes of one element.
  [[nodiscard]] constexpr std::size_t size() const {
    constexpr std::uint8_t kSizes[kCount] = {0, 1, 1, 2, 4, 8, 1, 2, 4, 8, 2, 2, 4, 8, 1, 1, 8, 16};
    return kSizes[code_];
  }
  [[nodiscard]] constexpr bool is_bool() const { return code_ == kBool; }
  [[nodiscard]] constexpr bool is_integer() const { return code_ >= kInt8 && code_ <= kUInt64; }
  [[nodiscard]] constexpr bool is_unsigned() const { return code_ >= kUInt8 && code_ <= kUInt64; }
  /// Real floating-point numbers that one can calculate with: no float8.
  [[nodiscard]] constexpr bool is_floating() const {
    return code_ >= kFloat16 && code_ <= kFloat64;
  }
  /// Integers and floating-point numbers, that is, the real numbers one can calculate with.
  [[nodiscard]] constexpr bool is_numeric() const { return code_ >= kInt8 && code_ <= kFloat64; }
  /// Eight-bit floating point, which numbers are stored in; cast it to calculate.
  [[nodiscard]] constexpr bool is_float8() const {
    return code_ == kFloat8E4M3FN || code_ == kFloat8E5M2;
  }
  [[nodiscard]] constexpr bool is_complex() const { return code_ >= kComplex64; }
  /// What gradients flow through: floating point, real or complex.
  [[nodiscard]] constexpr bool is_differentiable() const { return is_floating() || is_complex(); }
  /// The dtype of the real and imaginary parts; a real dtype itself. Source: tf.DType.real_dtype.
  [[nodiscard]] constexpr DType real_dtype() const {
    return code_ == kComplex64 ? kFloat32 : code_ == kComplex128 ? kFloat64 : code_;
  }

  friend constexpr bool operator==(DType a, DType b) { return a.code_ == b.code_; }
  friend constexpr bool operator==(DType a, Code b) { return a.code_ == b; }

 private:
  Code code_ = kInvalid;
};

SAEM_API std::ostream& operator<<(std::ostream& out, DType dtype);

inline constexpr DType bool_ = DType::kBool;
inline constexpr DType int8 = DType::kInt8;
inline constexpr DType int16 = DType::kInt16;
inline constexpr DType int32 = DType::kInt32;
inline constexpr DType int64 = DType::kInt64;
inline constexpr DType uint8 = DType::kUInt8;
inline constexpr DType uint16 = DType::kUInt16;
inline constexpr DType uint32 = DType::kUInt32;
inline constexpr DType uint64 = DType::kUInt64;
inline constexpr DType half = DType::kFloat16;
inline constexpr DType float32 = DType::kFloat32;
inline constexpr DType float64 = DType::kFloat64;
inline constexpr DType complex64 = DType::kComplex64;
inline constexpr DType complex128 = DType::kComplex128;

/// The dtypes whose names are those of C++ types too: `tf::cast(x, tf::dtypes::bfloat16)`.
namespace dtypes {
inline constexpr DType float16 = DType::kFloat16;
inline constexpr DType bfloat16 = DType::kBFloat16;
inline constexpr DType float8_e4m3fn = DType::kFloat8E4M3FN;
inline constexpr DType float8_e5m2 = DType::kFloat8E5M2;
}  // namespace dtypes

namespace detail {

template <class T>
constexpr DType dtype_of() {
  if constexpr (std::is_same_v<T, bool>) {
    return DType::kBool;
  } else if constexpr (std::is_same_v<T, float16>) {
    return DType::kFloat16;
  } else if constexpr (std::is_same_v<T, bfloat16>) {
    return DType::kBFloat16;
  } else if constexpr (std::is_same_v<T, float8_e4m3fn>) {
    return DType::kFloat8E4M3FN;
  } else if constexpr (std::is_same_v<T, float8_e5m2>) {
    return DType::kFloat8E5M2;
  } else if constexpr (std::is_same_v<T, std::complex<float>>) {
    return DType::kComplex64;
  } else if constexpr (std::is_same_v<T, std::complex<double>>) {
    return DType::kComplex128;
  } else if constexpr (std::is_same_v<T, float>) {
    return DType::kFloat32;
  } else if constexpr (std::is_same_v<T, double>) {
    return DType::kFloat64;
  } else if constexpr (std::is_integral_v<T>) {  // by size: long and long long are both int64
    constexpr DType::Code kSigned[] = {DType::kInt8, DType::kInt16, DType::kInt32, DType::kInt64};
    constexpr DType::Code kUnsigned[] = {DType::kUInt8, DType::kUInt16, DType::kUInt32,
                                         DType::kUInt64};
    constexpr int kIndex = sizeof(T) == 1 ? 0 : sizeof(T) == 2 ? 1 : sizeof(T) == 4 ? 2 : 3;
    return std::is_signed_v<T> ? kSigned[kIndex] : kUnsigned[kIndex];
  } else {
    return DType::kInvalid;
  }
}

}  // namespace detail

/// A C++ type that a tensor's elements can have.
template <class T>
concept Element = detail::dtype_of<T>()
!= DType::kInvalid;

/// The dtype of C++ type `T`: `tf::dtype_of<float>() == tf::float32`.
template <Element T>
constexpr DType dtype_of() {
  return detail::dtype_of<T>();
}

}  // namespace saem
