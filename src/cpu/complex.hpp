#pragma once

#include <complex>

#include "core/dispatch.hpp"
#include "cpu/elementwise.hpp"

/// Complex numbers in pointwise kernels and reductions.
namespace saem::cpu {

/// The real and imaginary parts of `z` as a last axis of two real numbers, in place.
Tensor parts_of(const Tensor& z);
/// The same of an output, which is contiguous.
Tensor mutable_parts_of(Tensor& z);

/// a * b by its formula. C++'s operator looks for NaN in each product to repair infinities, which
/// keeps loops from being vectorised and which TensorFlow does not do.
template <class T>
std::complex<T> product(std::complex<T> a, std::complex<T> b) {
  return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
}

/// The block function of a pointwise `op` on std::complex, made by the C++ library's functions.
/// Left to the compiler: what these functions cost is far more than their loop.
template <class Op>
BlockFunction complex_block(DType dtype, Op) {
  return dispatch_complex(dtype, [&]<class T>(Type<T>) -> BlockFunction {
    return [](const void* const* inputs, void* output, std::int64_t count, const void*) {
      const auto* x = static_cast<const T*>(inputs[0]);
      if constexpr (std::is_invocable_v<Op, T, T>) {
        const auto* y = static_cast<const T*>(inputs[1]);
        auto* out = static_cast<std::invoke_result_t<Op, T, T>*>(output);
        for (std::int64_t i = 0; i < count; ++i) out[i] = Op{}(x[i], y[i]);
      } else {
        auto* out = static_cast<std::invoke_result_t<Op, T>*>(output);
        for (std::int64_t i = 0; i < count; ++i) out[i] = Op{}(x[i]);
      }
    };
  });
}

}  // namespace saem::cpu
