#pragma once

#include "cuda/runtime.hpp"
#include "cuda/types.cuh"

/// Kernels that work on the rows of (rows, length) tensors, such as softmax: an op says what it
/// folds and what it writes, and is run on rows that are read once and kept in registers, or, where
/// they do not fit or are not aligned, read again for each pass.
namespace saem::cuda {

/// For half precision the fast exponential: its error, 2^-21 for inputs near 0 growing to 2^-16 at
/// -80, is far below a half's rounding.
template <class T>
__device__ __forceinline__ compute_type<T> exponential(compute_type<T> x) {
  if constexpr (kIsHalf<T>) {
    return __expf(x);
  } else {
    return exp(x);
  }
}

struct FoldSum {
  template <class C>
  static __device__ __forceinline__ C identity() {
    return C(0);
  }
  template <class C>
  static __device__ __forceinline__ C fold(C a, C b) {
    return a + b;
  }
};

/// A NaN is passed over: it comes out of the exponential that follows.
struct FoldMaximum {
  template <class C>
  static __device__ __forceinline__ C identity() {
    return -static_cast<C>(INFINITY);
  }
  template <class C>
  static __device__ __forceinline__ C fold(C a, C b) {
    return a > b ? a : b;
  }
};

/// The fold of one value a thread over the `kThreads` threads of a row, which all get it; always in
/// the same order.
template <class F, int kThreads, class C>
__device__ __forceinline__ C fold_threads(C value) {
#pragma unroll
  for (int mask = 16; mask > 0; mask /= 2) {
    value = F::fold(value, __shfl_xor_sync(~0u, value, mask));
  }
  if constexpr (kThreads > 32) {
    constexpr int kWarps = kThreads / 32;
    __shared__ C parts[kWarps];
    __syncthreads();  // the fold before this one has been read
    if (threadIdx.x % 32 == 0) parts[threadIdx.x / 32] = value;
    __syncthreads();
    value = threadIdx.x % 32 < kWarps ? parts[threadIdx.x % 32] : F::template identity<C>();
#pragma unroll
    for (int mask = 16; mask > 0; mask /= 2) {
      value = F::fold(value, __shfl_xor_sync(~0u, value, mask));
    }
  }
  return value;
}

/// A row of each of `kInputs` tensors in registers: `kVectors` vectors a thread.
template <class T, int kInputs, int kThreadsOfRow, int kVectors, int kVector>
struct CachedRow {
  using C = compute_type<T>;
  static constexpr int kThreads = kThreadsOfRow;
  C at[kInputs][kVectors * kVector];
  int lane;
  std::int64_t length;

  __device__ __forceinline__ CachedRow(const T* const (&rows)[kInputs], std::int64_t n)
      : lane(static_cast<int>(threadIdx.x) % kThreads), length(n) {
    using Pack = Vector<T, kVector>;
#pragma unroll
    for (int k = 0; k < kInputs; ++k) {
      Pack packs[kVectors];
#pragma unroll
      for (int v = 0; v < kVectors; ++v) {
        const std::int64_t i = (std::int64_t{v} * kThreads + lane) * kVector;
        if (i < n) packs[v] = *reinterpret_cast<const Pack*>(rows[k] + i);
      }
#pragma unroll
      for (int v = 0; v < kVectors; ++v) {
#pragma unroll
        for (int j = 0; j < kVector; ++j) at[k][v * kVector + j] = widen(packs[v].at[j]);
      }
    }
  }

  /// The fold of f(values, i) over the row.
  template <class F, class Function>
  __device__ __forceinline__ C fold(Function&& f) const {
    C total = F::template identity<C>();
    each([&](const C(&values)[kInputs], std::int64_t i, int) {
      total = F::fold(total, f(values, i));
    });
    return fold_threads<F, kThreads>(total);
  }

  /// As `fold`; what f gives takes the place of the last input, so that `map_kept` need not compute
  /// it again.
  template <class F, class Function>
  __device__ __forceinline__ C fold_keeping(Function&& f) {
    C total = F::template identity<C>();
    each([&](const C(&values)[kInputs], std::int64_t i, int slot) {
      const C value = f(values, i);
      at[kInputs - 1][slot] = value;
      total = F::fold(total, value);
    });
    return fold_threads<F, kThreads>(total);
  }

  /// to[i] = g(f(values, i), values, i) after `fold_keeping(f)`; of `values` the last is gone.
  template <class Function, class Then>
  __device__ __forceinline__ void map_kept(T* to, Function&&, Then&& g) const {
    map(to, [&](const C(&values)[kInputs], std::int64_t i) {
      return g(values[kInputs - 1], values, i);
    });
  }

  /// to[i] = f(values, i).
  template <class Function>
  __device__ __forceinline__ void map(T* to, Function&& f) const {
    using Pack = Vector<T, kVector>;
#pragma unroll
    for (int v = 0; v < kVectors; ++v) {
      const std::int64_t first = (std::int64_t{v} * kThreads + lane) * kVector;
      if (first >= length) continue;
      Pack pack;
#pragma unroll
      for (int j = 0; j < kVector; ++j) {
        C values[kInputs];
#pragma unroll
        for (int k = 0; k < kInputs; ++k) values[k] = at[k][v * kVector + j];
        pack.at[j] = narrow<T>(f(values, first + j));
      }
      *reinterpret_cast<Pack*>(to + first) = pack;
    }
  }

 private:
  template <class Function>
  __device__ __forceinline__ void each(Function&& f) const {
#pragma unroll
    for (int v = 0; v < kVectors; ++v) {
      const std::int64_t first = (std::int64_t{v} * kThreads + lane) * kVector;
      if (first >= length) continue;
#pragma unroll
      for (int j = 0; j < kVector; ++j) {
        C values[kInputs];
#pragma unroll
        for (int k = 0; k < kInputs; ++k) values[k] = at[k][v * kVector + j];
        f(values, first + j, v * kVector + j);
      }
    }
  }
};

/// The same of rows of any length, read from memory, mostly the second-level cache, in each pass.
template <class T, int kInputs, int kThreadsOfRow>
struct StreamedRow {
  using C = compute_type<T>;
  static constexpr int kThreads = kThreadsOfRow;
  const T* rows[kInputs];
  int lane;
  std::int64_t length;

  __device__ __forceinline__ StreamedRow(const T* const (&from)[kInputs], std::int64_t n)
      : lane(static_cast<int>(threadIdx.x) % kThreads), length(n) {
#pragma unroll
    for (int k = 0; k < kInputs; ++k) rows[k] = from[k];
  }

  template <class F, class Function>
  __device__ __forceinline__ C fold(Function&& f) const {
    C total = F::template identity<C>();
    for (std::int64_t i = lane; i < length; i += kThreads) {
      total = F::fold(total, f(values_at(i), i));
    }
    return fold_threads<F, kThreads>(total);
  }

  template <class F, class Function>
  __device__ __forceinline__ C fold_keeping(Function&& f) {
    return fold<F>(f);
  }

  template <class Function, class Then>
  __device__ __forceinline__ void map_kept(T* to, Function&& f, Then&& g) const {
    map(to, [&](const auto& values, std::int64_t i) { return g(f(values, i), values, i); });
  }

  template <class Function>
  __device__ __forceinline__ void map(T* to, Function&& f) const {
    for (std::int64_t i = lane; i < length; i += kThreads) to[i] = narrow<T>(f(values_at(i), i));
  }

 private:
  struct Values {
    C at[kInputs];
    __device__ __forceinline__ C operator[](int k) const { return at[k]; }
  };
  __device__ __forceinline__ Values values_at(std::int64_t i) const {
    Values values;
#pragma unroll
    for (int k = 0; k < kInputs; ++k) values.at[k] = widen(rows[k][i]);
    return values;
  }
};

/// What a row op is given: rows of up to two tensors, one number a row or a column, where to write.
template <class T>
struct RowArguments {
  const T* inputs[2];                 ///< (rows, length) each
  const T* scales;                    ///< (rows), or null
  const compute_type<T>* weights[2];  ///< (length) each, or null
  double epsilon;                     ///< of a normalisation
  compute_type<T>* statistics;        ///< (rows, 2) to be written, or null
  const std::int64_t* labels;         ///< (rows), or null
  T* output;                          ///< (rows, length) or (rows)
  std::int64_t rows;
  std::int64_t length;
  const char* op;
  Finding* finding;
};

/// `Op::run(row, arguments, index, leads)`; `leads` in the one thread of a row that writes a single
/// result.
template <class Op, class Row, int kBlockSize, class T>
__global__ void __launch_bounds__(kBlockSize) row_kernel(const RowArguments<T> arguments) {
  constexpr int kRows = kBlockSize / Row::kThreads;
  const std::int64_t index = std::int64_t{blockIdx.x} * kRows + threadIdx.x / Row::kThreads;
  wait_for_inputs();
  if (index >= arguments.rows) return;  // whole warps: a row has at least one
  const T* rows[Op::kInputs];
#pragma unroll
  for (int k = 0; k < Op::kInputs; ++k) {
    rows[k] = arguments.inputs[k] + index * arguments.length;
  }
  Row row(rows, arguments.length);
  Op::run(row, arguments, index, threadIdx.x % Row::kThreads == 0);
}

template <class Op, class Row, int kBlockSize, class T>
void launch_rows(const RowArguments<T>& arguments) {
  const std::int64_t blocks = ceil_div(arguments.rows, kBlockSize / Row::kThreads);
  launch(arguments.op, &row_kernel<Op, Row, kBlockSize, T>, blocks, kBlockSize, arguments);
}

template <class Op, class T>
void run_rows(const RowArguments<T>& arguments) {
  constexpr int kInputs = Op::kInputs;
  const std::int64_t n = arguments.length;
  if constexpr (!std::is_same_v<T, double>) {
    constexpr int kVector = kWidest / sizeof(T);
    bool aligned = n % kVector == 0;
    for (int k = 0; k < kInputs; ++k) aligned = aligned && is_aligned(arguments.inputs[k], kWidest);
    aligned = aligned && (!Op::kWritesRows || is_aligned(arguments.output, kWidest));
    if (aligned && n <= 32 * kVector) {
      return launch_rows<Op, CachedRow<T, kInputs, 32, 1, kVector>, 256>(arguments);
    }
    if (aligned && n <= 32 * kVector * 4) {
      return launch_rows<Op, CachedRow<T, kInputs, 32, 4, kVector>, 256>(arguments);
    }
    if (aligned && n <= 256 * kVector * 4) {
      return launch_rows<Op, CachedRow<T, kInputs, 256, 4, kVector>, 256>(arguments);
    }
    if (aligned && n <= 1024 * kVector * 4) {
      return launch_rows<Op, CachedRow<T, kInputs, 1024, 4, kVector>, 1024>(arguments);
    }
  }
  if (n <= 1024) return launch_rows<Op, StreamedRow<T, kInputs, 32>, 256>(arguments);
  launch_rows<Op, StreamedRow<T, kInputs, 512>, 512>(arguments);
}

}  // namespace saem::cuda
