// reduce_sum, reduce_mean, reduce_max, reduce_min, reduce_prod, reduce_any, reduce_all;
// floor 4 of 5: CUDA.
//
// Reads each element once; what is written is small beside it, so reading is the limit. How the
// work is cut depends on shapes alone, so each run gives the same bits. Sums of float32 and
// narrower are kept in float32, in at least 32 parts a row.
#include <algorithm>
#include <limits>
#include <memory>
#include <saem/ops/reduce.hpp>
#include <utility>

#include "cuda/runtime.hpp"
#include "cuda/types.cuh"

namespace saem::cuda {
namespace {

enum class Fold { kSum, kProduct, kMaximum, kMinimum };

/// What elements of `T` are folded in: integers wrap without being undefined.
template <Fold kFold, class T, bool kMean>
struct AccumulatorOf {
  using type = compute_type<T>;
};
template <Fold kFold, class T, bool kMean>
requires(std::is_integral_v<T> &&
         (kFold == Fold::kSum || kFold == Fold::kProduct)) struct AccumulatorOf<kFold, T, kMean> {
  using type = std::conditional_t<kMean, std::uint64_t, std::make_unsigned_t<T>>;
};
template <Fold kFold, bool kMean>
struct AccumulatorOf<kFold, bool, kMean> {
  using type = std::uint8_t;
};

template <Fold kFold, class A>
__device__ __forceinline__ A identity() {
  using Limits = std::numeric_limits<A>;
  if constexpr (kFold == Fold::kSum) {
    return A(0);
  } else if constexpr (kFold == Fold::kProduct) {
    return A(1);
  } else if constexpr (kFold == Fold::kMaximum) {
    return Limits::has_infinity ? -Limits::infinity() : Limits::lowest();
  } else {
    return Limits::has_infinity ? Limits::infinity() : Limits::max();
  }
}

template <Fold kFold, class A>
__device__ __forceinline__ A fold(A a, A b) {
  if constexpr (kFold == Fold::kSum) {
    return static_cast<A>(a + b);
  } else if constexpr (kFold == Fold::kProduct) {
    // uint16 * uint16 would be promoted to int and overflow it.
    if constexpr (std::is_integral_v<A>) return static_cast<A>(1u * a * b);
    return static_cast<A>(a * b);
  } else if constexpr (kFold == Fold::kMaximum) {
    return a != a || a > b ? a : b;
  } else {
    return a != a || a < b ? a : b;
  }
}

template <class A>
__device__ __forceinline__ A shuffle_xor(A value, int lane_mask) {
  if constexpr (sizeof(A) < 4) {
    return static_cast<A>(__shfl_xor_sync(~0u, static_cast<std::uint32_t>(value), lane_mask));
  } else if constexpr (sizeof(A) == 8 && std::is_integral_v<A>) {
    return static_cast<A>(__shfl_xor_sync(~0u, static_cast<unsigned long long>(value), lane_mask));
  } else {
    return __shfl_xor_sync(~0u, value, lane_mask);
  }
}

/// The fold over `kLanes` neighbouring lanes; all of them get it.
template <Fold kFold, int kLanes, class A>
__device__ __forceinline__ A fold_lanes(A value) {
#pragma unroll
  for (int mask = kLanes / 2; mask > 0; mask /= 2) {
    value = fold<kFold>(value, shuffle_xor(value, mask));
  }
  return value;
}

/// How an accumulator becomes an element of the result.
template <class Out, bool kMean, class A>
__device__ __forceinline__ Out finish(A value, std::int64_t count) {
  if constexpr (!kMean) {
    return static_cast<Out>(value);
  } else if constexpr (std::is_integral_v<Out>) {
    // The sum of signed elements, in two's complement.
    if (count == 0) return Out(0);
    if constexpr (std::is_signed_v<Out>) {
      return static_cast<Out>(static_cast<std::int64_t>(value) / count);
    } else {
      return static_cast<Out>(value / static_cast<A>(count));
    }
  } else if constexpr (std::is_same_v<Out, double>) {
    return value / static_cast<double>(count);
  } else {
    return narrow<Out>(static_cast<float>(value) / static_cast<float>(count));
  }
}

template <class Out, class A>
__device__ __forceinline__ Out stored(A value) {
  if constexpr (kIsHalf<Out>) {
    return narrow<Out>(value);
  } else {
    return static_cast<Out>(value);
  }
}

template <class A, class T>
__device__ __forceinline__ A accumulated(T x) {
  return static_cast<A>(widen(x));
}

/// Elements [begin, end) of a row, every `step`-th vector from `first` on, four in flight.
template <Fold kFold, class A, int kVector, class T>
__device__ __forceinline__ A fold_strip(const T* row, std::int64_t begin, std::int64_t end,
                                        int first, int step) {
  constexpr int kAtOnce = 4;
  using Pack = Vector<T, kVector>;
  A parts[kAtOnce];
#pragma unroll
  for (A& part : parts) part = identity<kFold, A>();
  std::int64_t i = begin + std::int64_t{first} * kVector;
  const std::int64_t stride = std::int64_t{step} * kVector;
  for (; i + (kAtOnce - 1) * stride + kVector <= end; i += kAtOnce * stride) {
    Pack packs[kAtOnce];
#pragma unroll
    for (int k = 0; k < kAtOnce; ++k) {
      packs[k] = *reinterpret_cast<const Pack*>(row + i + k * stride);
    }
#pragma unroll
    for (int k = 0; k < kAtOnce; ++k) {
#pragma unroll
      for (int j = 0; j < kVector; ++j) {
        parts[k] = fold<kFold>(parts[k], accumulated<A>(packs[k].at[j]));
      }
    }
  }
  for (; i < end; i += stride) {
#pragma unroll
    for (int j = 0; j < kVector; ++j) {
      if (i + j < end) parts[0] = fold<kFold>(parts[0], accumulated<A>(row[i + j]));
    }
  }
  return fold<kFold>(fold<kFold>(parts[0], parts[1]), fold<kFold>(parts[2], parts[3]));
}

/// (rows, length) -> (rows): `kLanes` lanes a row.
template <Fold kFold, bool kMean, int kLanes, int kVector, class A, class Out, class T>
__global__ void fold_short_rows(const T* __restrict__ input, Out* __restrict__ output,
                                std::int64_t rows, std::int64_t length, std::int64_t count) {
  wait_for_inputs();
  const std::int64_t row = (std::int64_t{blockIdx.x} * blockDim.x + threadIdx.x) / kLanes;
  const int lane = static_cast<int>(threadIdx.x) % kLanes;
  A value = identity<kFold, A>();
  if (row < rows) {
    value = fold_strip<kFold, A, kVector>(input + row * length, 0, length, lane, kLanes);
  }
  value = fold_lanes<kFold, kLanes>(value);
  if (row < rows && lane == 0) {
    if constexpr (kMean) {
      output[row] = finish<Out, true>(value, count);
    } else {
      output[row] = stored<Out>(value);
    }
  }
}

constexpr int kBlock = 512;

/// (rows, length) -> (rows, pieces): a block folds `chunk` neighbouring elements.
template <Fold kFold, bool kMean, int kVector, class A, class Out, class T>
__global__ void __launch_bounds__(kBlock)
    fold_long_rows(const T* __restrict__ input, Out* __restrict__ output, std::int64_t length,
                   std::int64_t chunk, std::int64_t pieces, std::int64_t count) {
  wait_for_inputs();
  const std::int64_t row = blockIdx.x / pieces;
  const std::int64_t begin = blockIdx.x % pieces * chunk;
  const std::int64_t end = begin + chunk < length ? begin + chunk : length;
  A value = fold_strip<kFold, A, kVector>(input + row * length, begin, end,
                                          static_cast<int>(threadIdx.x), kBlock);
  __shared__ A parts[kBlock / 32];
  value = fold_lanes<kFold, 32>(value);
  if (threadIdx.x % 32 == 0) parts[threadIdx.x / 32] = value;
  __syncthreads();
  if (threadIdx.x >= 32) return;
  value = threadIdx.x < kBlock / 32 ? parts[threadIdx.x] : identity<kFold, A>();
  value = fold_lanes<kFold, 32>(value);
  if (threadIdx.x != 0) return;
  if constexpr (kMean) {
    output[blockIdx.x] = finish<Out, true>(value, count);
  } else {
    output[blockIdx.x] = stored<Out>(value);
  }
}

constexpr int kColumnLanes = 32;  ///< threads side by side
constexpr int kColumnRows = 16;   ///< threads below each other

/// (batch, depth, width) -> (batch, pieces, width): a block folds `chunk` rows of 32 vectors.
template <Fold kFold, bool kMean, int kVector, class A, class Out, class T>
__global__ void __launch_bounds__(kColumnLanes* kColumnRows)
    fold_columns(const T* __restrict__ input, Out* __restrict__ output, std::int64_t depth,
                 std::int64_t width, std::int64_t chunk, std::int64_t pieces, std::int64_t across,
                 std::int64_t count) {
  wait_for_inputs();
  constexpr int kAtOnce = 4;
  using Pack = Vector<T, kVector>;
  const std::int64_t batch = blockIdx.x / (pieces * across);
  const std::int64_t piece = blockIdx.x / across % pieces;
  const std::int64_t column =
      (blockIdx.x % across * kColumnLanes + threadIdx.x) * std::int64_t{kVector};
  const std::int64_t begin = piece * chunk;
  const std::int64_t end = begin + chunk < depth ? begin + chunk : depth;
  A parts[kVector];
#pragma unroll
  for (A& part : parts) part = identity<kFold, A>();
  const T* at = input + batch * depth * width + column;
  if (column < width) {
    std::int64_t row = begin + threadIdx.y;
    for (; row + (kAtOnce - 1) * kColumnRows < end; row += kAtOnce * kColumnRows) {
      Pack packs[kAtOnce];
#pragma unroll
      for (int k = 0; k < kAtOnce; ++k) {
        packs[k] = *reinterpret_cast<const Pack*>(at + (row + k * kColumnRows) * width);
      }
#pragma unroll
      for (int j = 0; j < kVector; ++j) {
        const A low = fold<kFold>(accumulated<A>(packs[0].at[j]), accumulated<A>(packs[1].at[j]));
        const A high = fold<kFold>(accumulated<A>(packs[2].at[j]), accumulated<A>(packs[3].at[j]));
        parts[j] = fold<kFold>(parts[j], fold<kFold>(low, high));
      }
    }
    for (; row < end; row += kColumnRows) {
      const Pack pack = *reinterpret_cast<const Pack*>(at + row * width);
#pragma unroll
      for (int j = 0; j < kVector; ++j) {
        parts[j] = fold<kFold>(parts[j], accumulated<A>(pack.at[j]));
      }
    }
  }
  __shared__ A rows[kColumnRows][kColumnLanes * kVector + 1];
#pragma unroll
  for (int j = 0; j < kVector; ++j) rows[threadIdx.y][j * kColumnLanes + threadIdx.x] = parts[j];
  for (int half = kColumnRows / 2; half > 0; half /= 2) {
    __syncthreads();
    if (threadIdx.y < half) {
#pragma unroll
      for (int j = 0; j < kVector; ++j) {
        const int slot = j * kColumnLanes + static_cast<int>(threadIdx.x);
        rows[threadIdx.y][slot] =
            fold<kFold>(rows[threadIdx.y][slot], rows[threadIdx.y + half][slot]);
      }
    }
  }
  if (threadIdx.y != 0 || column >= width) return;
#pragma unroll
  for (int j = 0; j < kVector; ++j) {
    const A value = rows[0][j * kColumnLanes + threadIdx.x];
    Out& to = output[(batch * pieces + piece) * width + column + j];
    if constexpr (kMean) {
      to = finish<Out, true>(value, count);
    } else {
      to = stored<Out>(value);
    }
  }
}

/// A reduction as a walk from the input's axes to the output's: neighbours that share their fate
/// are one axis, and folded and kept ones alternate.
struct Merged {
  Dims sizes;
  SmallVector<bool, 8> folded;
};

Merged merge(const Shape& shape, const Axes& axes) {
  Merged merged;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    const bool folded = axes.contains(axis);
    if (shape[axis] == 1) continue;
    if (!merged.sizes.empty() && merged.folded.back() == folded) {
      merged.sizes.back() *= shape[axis];
    } else {
      merged.sizes.push_back(shape[axis]);
      merged.folded.push_back(folded);
    }
  }
  return merged;
}

std::int64_t product(const Dims& sizes, std::size_t begin, std::size_t end) {
  std::int64_t result = 1;
  for (std::size_t i = begin; i < end; ++i) result *= sizes[i];
  return result;
}

/// Elements from which a row is worth several blocks.
constexpr std::int64_t kLong = 4096;
constexpr std::int64_t kChunk = 1 << 15;

/// One step of a reduction: from `In` to `Out`, with `kMean` dividing in the last one.
template <Fold kFold, bool kMean, class A, class Out, class T>
struct Step {
  const char* op;
  std::int64_t count;  ///< elements behind one result, for the mean

  static constexpr int kWide = sizeof(T) >= 4 || kIsHalf<T> ? kWidest / sizeof(T) : 1;

  template <int kLanes, int kVector>
  void launch_short(const T* input, Out* output, std::int64_t rows, std::int64_t length) const {
    constexpr int kThreads = 256;
    const std::int64_t blocks = ceil_div(rows * kLanes, kThreads);
    launch(op, &fold_short_rows<kFold, kMean, kLanes, kVector, A, Out, T>, blocks, kThreads, input,
           output, rows, length, count);
  }

  void short_rows(const T* input, Out* output, std::int64_t rows, std::int64_t length) const {
    if (length <= 4) return launch_short<1, 1>(input, output, rows, length);
    if (length % kWide == 0 && is_aligned(input, sizeof(T) * kWide)) {
      if (length <= 8 * kWide) return launch_short<4, kWide>(input, output, rows, length);
      return launch_short<32, kWide>(input, output, rows, length);
    }
    if (length <= 32) return launch_short<4, 1>(input, output, rows, length);
    launch_short<32, 1>(input, output, rows, length);
  }

  void long_rows(const T* input, Out* output, std::int64_t rows, std::int64_t length,
                 std::int64_t chunk, std::int64_t pieces) const {
    const bool wide = length % kWide == 0 && is_aligned(input, sizeof(T) * kWide);
    launch(op,
           wide ? &fold_long_rows<kFold, kMean, kWide, A, Out, T>
                : &fold_long_rows<kFold, kMean, 1, A, Out, T>,
           rows * pieces, kBlock, input, output, length, chunk, pieces, count);
  }

  void columns(const T* input, Out* output, std::int64_t batch, std::int64_t depth,
               std::int64_t width, std::int64_t chunk, std::int64_t pieces) const {
    const dim3 threads(kColumnLanes, kColumnRows);
    const bool wide =
        width % kWide == 0 && is_aligned(input, sizeof(T) * kWide) && width >= 8 * kWide;
    const std::int64_t across = ceil_div(width, kColumnLanes * (wide ? kWide : 1));
    launch(op,
           wide ? &fold_columns<kFold, kMean, kWide, A, Out, T>
                : &fold_columns<kFold, kMean, 1, A, Out, T>,
           batch * pieces * across, threads, input, output, depth, width, chunk, pieces, across,
           count);
  }
};

/// Folds (rows, length) or (batch, depth, width) into `output`, in two steps where one would leave
/// most of the GPU idle.
template <Fold kFold, bool kMean, class A, class Out, class T>
void fold_rows(const char* op, const T* input, Out* output, std::int64_t rows, std::int64_t length,
               std::int64_t count) {
  const Step<kFold, kMean, A, Out, T> step{op, count};
  if (length <= kLong && rows > 1) return step.short_rows(input, output, rows, length);
  const std::int64_t pieces = rows >= 1024 ? 1 : ceil_div(length, kChunk);
  if (pieces == 1) return step.long_rows(input, output, rows, length, length, 1);
  const Workspace workspace(sizeof(A) * static_cast<std::size_t>(rows * pieces));
  Step<kFold, false, A, A, T>{op, count}.long_rows(input, workspace.as<A>(), rows, length, kChunk,
                                                   pieces);
  fold_rows<kFold, kMean, A, Out, A>(op, workspace.as<A>(), output, rows, pieces, count);
}

template <Fold kFold, bool kMean, class A, class Out, class T>
void fold_columns_of(const char* op, const T* input, Out* output, std::int64_t batch,
                     std::int64_t depth, std::int64_t width, std::int64_t count) {
  constexpr std::int64_t kBlocks = 2048;  // about fifteen for each multiprocessor of an H100
  constexpr std::int64_t kLeast = 4 * kColumnRows;
  const Step<kFold, kMean, A, Out, T> step{op, count};
  const std::int64_t one_piece = batch * ceil_div(width, kColumnLanes * step.kWide);
  std::int64_t pieces = std::min(ceil_div(kBlocks, one_piece), ceil_div(depth, kLeast));
  if (pieces <= 1) return step.columns(input, output, batch, depth, width, depth, 1);
  const std::int64_t chunk = ceil_div(ceil_div(depth, pieces), kLeast) * kLeast;
  pieces = ceil_div(depth, chunk);
  const Workspace workspace(sizeof(A) * static_cast<std::size_t>(batch * pieces * width));
  Step<kFold, false, A, A, T>{op, count}.columns(input, workspace.as<A>(), batch, depth, width,
                                                 chunk, pieces);
  Step<kFold, kMean, A, Out, A>{op, count}.columns(workspace.as<A>(), output, batch, pieces, width,
                                                   pieces, 1);
}

/// Folds the innermost folded axis and goes on with what is left, in accumulators.
template <Fold kFold, bool kMean, class A, class Out, class T>
void fold_axes(const char* op, const T* input, Out* output, Merged merged, std::int64_t count) {
  const auto folded_axes = std::count(merged.folded.begin(), merged.folded.end(), true);
  std::size_t axis = merged.sizes.size();
  while (axis > 0 && !merged.folded[axis - 1]) --axis;
  if (axis == 0) {  // nothing to fold: each result is one element
    return fold_rows<kFold, kMean, A, Out>(op, input, output,
                                           product(merged.sizes, 0, merged.sizes.size()), 1, count);
  }
  --axis;
  const std::int64_t outer = product(merged.sizes, 0, axis);
  const std::int64_t depth = merged.sizes[axis];
  const std::int64_t inner = product(merged.sizes, axis + 1, merged.sizes.size());
  const auto run = [&]<bool kLast, class To>(To* to) {
    if (inner == 1) {
      fold_rows<kFold, kMean && kLast, A, To>(op, input, to, outer, depth, count);
    } else {
      fold_columns_of<kFold, kMean && kLast, A, To>(op, input, to, outer, depth, inner, count);
    }
  };
  if (folded_axes == 1) return run.template operator()<true>(output);
  const Workspace workspace(sizeof(A) * static_cast<std::size_t>(outer * inner));
  run.template operator()<false>(workspace.as<A>());
  merged.sizes.erase(merged.sizes.begin() + static_cast<std::ptrdiff_t>(axis));
  merged.folded.erase(merged.folded.begin() + static_cast<std::ptrdiff_t>(axis));
  if constexpr (!std::is_same_v<T, A>) {
    fold_axes<kFold, kMean, A, Out, A>(op, workspace.as<A>(), output, std::move(merged), count);
  } else {
    fold_axes<kFold, kMean, A, Out, T>(op, workspace.as<A>(), output, std::move(merged), count);
  }
}

/// Fills the results of folding no elements.
template <Fold kFold, bool kMean, class A, class Out>
__global__ void fill_identity(Out* output, std::int64_t size) {
  const std::int64_t i = std::int64_t{blockIdx.x} * blockDim.x + threadIdx.x;
  if (i >= size) return;
  if constexpr (kMean) {
    output[i] = finish<Out, true>(identity<kFold, A>(), 0);
  } else {
    output[i] = stored<Out>(identity<kFold, A>());
  }
}

template <Fold kFold, bool kMean, class T>
void run_typed(const OpCall& call, Tensor& output) {
  using A = typename AccumulatorOf<kFold, T, kMean>::type;
  // Signed and unsigned integers of one width are summed by the same code.
  using In = std::conditional_t<std::is_integral_v<T> && !kMean && !std::is_same_v<T, bool> &&
                                    (kFold == Fold::kSum || kFold == Fold::kProduct),
                                A, T>;
  const Tensor& x = call.input(0);
  auto* to = static_cast<In*>(output.mutable_data());
  if (output.size() == 0) return;
  if (x.size() == 0) {
    constexpr int kThreads = 256;
    fill_identity<kFold, kMean, A>
        <<<static_cast<unsigned>(ceil_div(output.size(), kThreads)), kThreads, 0, gpu().stream>>>(
            to, output.size());
    return check_launch(call.op.name);
  }
  fold_axes<kFold, kMean, A>(call.op.name, static_cast<const In*>(x.data()), to,
                             merge(x.shape(), call.options<ReduceOptions>().axis),
                             x.size() / output.size());
}

template <Fold kFold, bool kMean = false>
void run(const OpCall& call, std::span<Tensor> outputs) {
  dispatch_device(call.input(0).dtype(), [&]<class T>(Type<T>) {
    if constexpr (std::is_same_v<T, bool>) {
      if constexpr (kFold == Fold::kMaximum || kFold == Fold::kMinimum) {
        if (call.input(0).size() == 0) {  // the least byte is no bool: "all" of nothing is 1
          check(cudaMemsetAsync(outputs[0].mutable_data(), kFold == Fold::kMinimum ? 1 : 0,
                                static_cast<std::size_t>(outputs[0].nbytes()), gpu().stream),
                call.op.name, "filling");
          return;
        }
        run_typed<kFold, false, std::uint8_t>(call, outputs[0]);
      }
    } else {
      run_typed<kFold, kMean, T>(call, outputs[0]);
    }
  });
}

}  // namespace

void register_reduce() {
  register_kernel("reduce_sum", DeviceType::kGPU, {&run<Fold::kSum>});
  register_kernel("reduce_mean", DeviceType::kGPU, {&run<Fold::kSum, true>});
  register_kernel("reduce_max", DeviceType::kGPU, {&run<Fold::kMaximum>});
  register_kernel("reduce_min", DeviceType::kGPU, {&run<Fold::kMinimum>});
  register_kernel("reduce_prod", DeviceType::kGPU, {&run<Fold::kProduct>});
  register_kernel("reduce_any", DeviceType::kGPU, {&run<Fold::kMaximum>});
  register_kernel("reduce_all", DeviceType::kGPU, {&run<Fold::kMinimum>});
}

}  // namespace saem::cuda
