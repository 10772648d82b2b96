#pragma once

#include <saem/core/op.hpp>

namespace saem::cpu {

/// Computes `count` neighbouring elements. Inputs and output are contiguous and in the job's
/// compute dtypes.
using BlockFunction = void (*)(const void* const* inputs, void* output, std::int64_t count,
                               const void* options);

/// One pointwise op over tensors that broadcast against each other. A block function sees only
/// short contiguous runs in the dtype it computes in: strides, broadcasting and the conversion of
/// half-precision types happen here, in a buffer that stays in the first-level cache.
struct ElementwiseJob {
  std::span<const Tensor> inputs;
  Tensor& output;
  BlockFunction block;
  const void* options = nullptr;
  /// The block only moves elements: half-precision ones reach it as they are.
  bool moves_only = false;
  /// A few instructions a vector: less than its operands cost to read from memory.
  bool cheap = false;
};

/// float16 and bfloat16 are computed in float32 and rounded once at the end; float8, with which
/// nobody computes, is cast through it.
constexpr DType compute_dtype(DType dtype) {
  const bool narrow = dtype.is_float8() || (dtype.is_floating() && dtype.size() == 2);
  return narrow ? DType(DType::kFloat32) : dtype;
}

void run_elementwise(const ElementwiseJob& job);

/// Converts `count` contiguous elements between a half-precision or float8 dtype and float32 (other
/// pairs: `cast`).
void widen(DType from, const void* input, float* output, std::int64_t count);
void narrow(DType to, const float* input, void* output, std::int64_t count);
/// What `narrow` and then `widen` would make of `values`, in place.
void round_to(DType dtype, float* values, std::int64_t count);

}  // namespace saem::cpu
