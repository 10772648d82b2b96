#pragma once

#include <saem/core/op.hpp>

namespace saem::cpu {

/// What a row function sees: `rows` rows of each operand, one after the other, in the dtype it
/// computes in.
struct Rows {
  const void* const* inputs;
  void* output;
  std::int64_t rows;
  std::int64_t length;  ///< elements of a long operand's row
};
using RowFunction = void (*)(const Rows& rows);

/// An op that treats every row, a run along the last axis, by itself. Operands are contiguous and
/// have either a whole row or one element for each row.
struct RowJob {
  std::span<const Tensor> inputs;
  Tensor& output;
  std::int64_t rows;
  std::int64_t length;
  RowFunction function;
};

/// Runs it on all threads if there is enough to do. Half-precision operands are converted on the
/// way, a few rows at a time, so that they stay in the cache.
void run_rows(const RowJob& job);

}  // namespace saem::cpu
