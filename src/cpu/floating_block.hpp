#pragma once

#include "cpu/elementwise.hpp"

namespace saem::cpu {

/// The block function of a pointwise `Op` that is a function of doubles (a standard one, or a
/// series). float32 goes through double: what comes out is right to half an ulp and a little, and
/// costs less than these functions do anyway. `Result` is what `Op` gives if not a number.
template <class Op, class Result = void>
BlockFunction floating_block(DType dtype) {
  const auto find = []<class T>(T) -> BlockFunction {
    return [](const void* const* inputs, void* output, std::int64_t count, const void*) {
      using Out = std::conditional_t<std::is_void_v<Result>, T, Result>;
      auto* out = static_cast<Out*>(output);
      const auto in = [&](int k, std::int64_t i) -> double {
        return static_cast<const T*>(inputs[k])[i];
      };
      for (std::int64_t i = 0; i < count; ++i) {
        if constexpr (std::is_invocable_v<Op, double>) {
          out[i] = static_cast<Out>(Op{}(in(0, i)));
        } else if constexpr (std::is_invocable_v<Op, double, double>) {
          out[i] = static_cast<Out>(Op{}(in(0, i), in(1, i)));
        } else {
          out[i] = static_cast<Out>(Op{}(in(0, i), in(1, i), in(2, i)));
        }
      }
    };
  };
  return compute_dtype(dtype) == DType::kFloat64 ? find(double{}) : find(float{});
}

/// A kernel of it.
template <class Op, class Result = void>
void run_floating(const OpCall& call, std::span<Tensor> outputs) {
  run_elementwise({call.inputs, outputs[0], floating_block<Op, Result>(call.input(0).dtype())});
}

}  // namespace saem::cpu
