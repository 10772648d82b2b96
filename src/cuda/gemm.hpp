#pragma once

#include <saem/core/op.hpp>

#include "cuda/runtime.hpp"

namespace saem::cuda {

/// output (..., n, m) = a (..., n, k) times b (..., k, m), each read transposed where it says so.
/// Inputs may lie in memory in any way; leading axes broadcast.
struct GemmJob {
  const char* op;
  const Tensor& a;
  const Tensor& b;
  bool transpose_a;
  bool transpose_b;
  Tensor& output;  ///< contiguous
  /// (m), contiguous, not in float64; added while the product is still in registers.
  const Tensor* bias = nullptr;
};

/// By cuBLASLt, in floating point.
void run_gemm(const GemmJob& job);

/// One axis of the batch, and how each operand steps along it.
struct BatchAxis {
  std::int64_t size;
  std::int64_t a;
  std::int64_t b;
};

/// The leading axes of the output, merged where both operands allow it; at least one.
SmallVector<BatchAxis, 4> batch_axes(const Tensor& a, const Tensor& b, const Shape& output);

}  // namespace saem::cuda
