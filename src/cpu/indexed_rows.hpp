#pragma once

#include <cstdint>
#include <saem/core/dtype.hpp>
#include <saem/core/tensor.hpp>

namespace saem::cpu {

/// What every gather and scatter comes down to: a table (batch, outer, size, inner) of rows,
/// indices (batch, count) in [0, size), and slices (batch, outer, count, inner) that belong to
/// them.
struct IndexedRows {
  std::int64_t batch = 1;
  std::int64_t outer = 1;
  std::int64_t size = 1;
  std::int64_t inner = 1;
  std::int64_t count = 1;
};

/// How a slice goes into its row.
enum class Combine { kAdd, kSubtract, kMinimum, kMaximum, kAssign };

/// slices[b, o, k] = table[b, o, indices[b, k]]
void gather_rows(const IndexedRows& rows, DType dtype, const void* table,
                 const std::int32_t* indices, void* slices);
void gather_rows(const IndexedRows& rows, DType dtype, const void* table,
                 const std::int64_t* indices, void* slices);

/// table[b, o, indices[b, k]] = combine(itself, slices[b, o, k]) for k = 0, 1, ... in this order,
/// on any number of threads. Sums of half precision are kept in float32 and rounded once.
void scatter_rows(const IndexedRows& rows, DType dtype, Combine combine, const void* slices,
                  const std::int64_t* indices, void* table);

/// Zeros for all elements of a tensor, or a copy of those of `source`, on all threads.
void clear(Tensor& tensor);
void copy_all(const Tensor& source, Tensor& tensor);

}  // namespace saem::cpu
