#pragma once

#include <cstdint>
#include <saem/core/dtype.hpp>

namespace saem::cpu {

/// One matrix product, output = a b. Strides are in elements, of any sign.
struct Gemm {
  const void* a = nullptr;  // (rows, inner)
  const void* b = nullptr;  // (inner, columns)
  void* output = nullptr;   // (rows, columns), contiguous
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::int64_t inner = 0;
  std::int64_t a_row_stride = 0;
  std::int64_t a_column_stride = 0;
  std::int64_t b_row_stride = 0;
  std::int64_t b_column_stride = 0;
};

/// Runs it for float32, float64, int32 or int64. Each element is summed in one fixed order: same
/// bits with any number of threads.
void run_gemm(const Gemm& gemm, DType dtype);

}  // namespace saem::cpu
