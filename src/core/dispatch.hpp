#pragma once

#include <saem/core/dtype.hpp>

#include "base/message.hpp"

namespace saem {

/// A type as a value, to be taken apart by a generic lambda.
template <class T>
struct Type {
  using type = T;
};

/// Calls `body(Type<T>{})` with the C++ type of `dtype`: bool and the real numbers one can
/// calculate with. Of float8 and complex dtypes, which few kernels are made for, it throws
/// DTypeError.
template <class Body>
decltype(auto) dispatch(DType dtype, Body&& body) {
  switch (dtype.code()) {
    case DType::kBool:
      return body(Type<bool>{});
    case DType::kInt8:
      return body(Type<std::int8_t>{});
    case DType::kInt16:
      return body(Type<std::int16_t>{});
    case DType::kInt32:
      return body(Type<std::int32_t>{});
    case DType::kInt64:
      return body(Type<std::int64_t>{});
    case DType::kUInt8:
      return body(Type<std::uint8_t>{});
    case DType::kUInt16:
      return body(Type<std::uint16_t>{});
    case DType::kUInt32:
      return body(Type<std::uint32_t>{});
    case DType::kUInt64:
      return body(Type<std::uint64_t>{});
    case DType::kFloat16:
      return body(Type<float16>{});
    case DType::kBFloat16:
      return body(Type<bfloat16>{});
    case DType::kFloat32:
      return body(Type<float>{});
    case DType::kFloat64:
      return body(Type<double>{});
    default:
      break;
  }
  raise<DTypeError>("dispatch", "{} has no arithmetic of its own here; tf::cast it", dtype.name());
}

/// Calls `body(Type<T>{})` with the C++ type of complex `dtype`.
template <class Body>
decltype(auto) dispatch_complex(DType dtype, Body&& body) {
  if (!dtype.is_complex()) raise<DTypeError>("dispatch", "{} is not complex", dtype.name());
  if (dtype == DType::kComplex64) return body(Type<std::complex<float>>{});
  return body(Type<std::complex<double>>{});
}

/// As `dispatch`, for every dtype there is: also those that elements are only stored in (float8),
/// and complex ones.
template <class Body>
decltype(auto) dispatch_any(DType dtype, Body&& body) {
  if (dtype == DType::kFloat8E4M3FN) return body(Type<float8_e4m3fn>{});
  if (dtype == DType::kFloat8E5M2) return body(Type<float8_e5m2>{});
  if (dtype.is_complex()) return dispatch_complex(dtype, body);
  return dispatch(dtype, body);
}

/// As `dispatch`, for dtypes that one can calculate with: no bool.
template <class Body>
decltype(auto) dispatch_numeric(DType dtype, Body&& body) {
  if (dtype.is_bool()) raise<DTypeError>("dispatch", "bool is not a number; tf::cast it");
  return dispatch(dtype, [&]<class T>(Type<T> type) -> decltype(auto) {
    if constexpr (std::is_same_v<T, bool>) {
      return body(Type<std::uint8_t>{});  // never reached: bool was refused above
    } else {
      return body(type);
    }
  });
}

/// An element of 16 bytes that is only moved: complex128.
struct Bytes16 {
  std::uint64_t halves[2];
};

/// As `dispatch`, by the width of the element alone: for kernels that only move elements.
template <class Body>
decltype(auto) dispatch_width(DType dtype, Body&& body) {
  switch (dtype.size()) {
    case 1:
      return body(Type<std::uint8_t>{});
    case 2:
      return body(Type<std::uint16_t>{});
    case 4:
      return body(Type<std::uint32_t>{});
    case 8:
      return body(Type<std::uint64_t>{});
    default:
      return body(Type<Bytes16>{});
  }
}

}  // namespace saem
