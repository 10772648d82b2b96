#pragma once

#include <cuda_bf16.h>
#include <cuda_fp16.h>

#include <cstdint>
#include <cstring>
#include <saem/core/dtype.hpp>
#include <type_traits>

#include "core/dispatch.hpp"

/// How kernels see elements: the GPU's half-precision types, what they are computed in, and vectors
/// that are loaded and stored with one instruction.
namespace saem::cuda {

/// The GPU's type with the bits of the host's `T`.
template <class T>
struct DeviceTypeOf {
  using type = T;
};
template <>
struct DeviceTypeOf<float16> {
  using type = __half;
};
template <>
struct DeviceTypeOf<bfloat16> {
  using type = __nv_bfloat16;
};
template <class T>
using device_type = typename DeviceTypeOf<T>::type;

template <class T>
inline constexpr bool kIsHalf = std::is_same_v<T, __half> || std::is_same_v<T, __nv_bfloat16>;

/// Half precision is computed in float32 and rounded once, as on the CPU.
template <class T>
using compute_type = std::conditional_t<kIsHalf<T>, float, T>;

template <class T>
__device__ __forceinline__ compute_type<T> widen(T x) {
  if constexpr (std::is_same_v<T, __half>) {
    return __half2float(x);
  } else if constexpr (std::is_same_v<T, __nv_bfloat16>) {
    return __bfloat162float(x);
  } else {
    return x;
  }
}

template <class T>
__device__ __forceinline__ T narrow(compute_type<T> x) {
  if constexpr (std::is_same_v<T, __half>) {
    return __float2half_rn(x);
  } else if constexpr (std::is_same_v<T, __nv_bfloat16>) {
    return __float2bfloat16_rn(x);
  } else {
    return x;
  }
}

/// `N` neighbouring elements, moved by one instruction where they fill 4, 8 or 16 bytes.
template <class T, int N>
struct alignas(sizeof(T) * N) Vector {
  T at[N];
};

/// Bytes of the widest load and store.
inline constexpr int kWidest = 16;

template <class T>
__device__ __forceinline__ const T* shift(const void* base, std::int64_t elements) {
  return static_cast<const T*>(base) + elements;
}

/// Whether `count`-element vectors of `T` at this address are aligned.
inline bool is_aligned(const void* address, std::size_t bytes) {
  return reinterpret_cast<std::uintptr_t>(address) % bytes == 0;
}

/// `dispatch` with the GPU's types.
template <class Body>
decltype(auto) dispatch_device(DType dtype, Body&& body) {
  return dispatch(dtype,
                  [&]<class T>(Type<T>) -> decltype(auto) { return body(Type<device_type<T>>{}); });
}

/// As `dispatch_device`, for floating point alone: `infer` has refused the rest.
template <class Body>
decltype(auto) dispatch_floating(DType dtype, Body&& body) {
  switch (dtype.code()) {
    case DType::kFloat16:
      return body(Type<__half>{});
    case DType::kBFloat16:
      return body(Type<__nv_bfloat16>{});
    case DType::kFloat64:
      return body(Type<double>{});
    default:
      return body(Type<float>{});
  }
}

/// 16 bytes as one piece; wider than its elements' alignment asks for.
using Widest = uint4;

/// The element that `value` becomes in `dtype`, as often as it fits.
inline Widest repeated_bits(const Scalar& value, DType dtype) {
  std::byte bytes[kWidest];
  dispatch_any(dtype, [&]<class T>(Type<T>) {
    const T element = value.to<T>();
    for (std::size_t at = 0; at < sizeof(bytes); at += sizeof(T)) {
      std::memcpy(bytes + at, &element, sizeof(T));
    }
  });
  Widest bits;
  std::memcpy(&bits, bytes, sizeof(bits));
  return bits;
}

/// The first element of `T` in those bytes.
template <class T>
T first_of(const Widest& bits) {
  T element;
  std::memcpy(&element, &bits, sizeof(T));
  return element;
}

constexpr std::int64_t ceil_div(std::int64_t x, std::int64_t y) { return (x + y - 1) / y; }

}  // namespace saem::cuda
