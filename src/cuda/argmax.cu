// argmax, argmin; floor 4 of 5: CUDA. Reads each element once.
#include <saem/ops/argmax.hpp>

#include "cuda/runtime.hpp"
#include "cuda/types.cuh"

namespace saem::cuda {
namespace {

/// An element and where it is; the first of equals wins, and a NaN never does.
template <class C>
struct Candidate {
  C value;
  std::int64_t position;  ///< -1: none yet
};

template <bool kLargest, class C>
__device__ __forceinline__ Candidate<C> better(Candidate<C> a, Candidate<C> b) {
  if (b.position < 0) return a;
  if (a.position < 0) return b;
  const bool wins = kLargest ? b.value > a.value : b.value < a.value;
  const bool ties = b.value == a.value && b.position < a.position;
  return wins || ties ? b : a;
}

template <class C>
__device__ __forceinline__ Candidate<C> candidate(C value, std::int64_t position) {
  return {value, value == value ? position : -1};
}

/// (rows, length): a warp a row.
template <bool kLargest, class T, class Out>
__global__ void find_in_rows(const T* __restrict__ input, Out* __restrict__ output,
                             std::int64_t rows, std::int64_t length) {
  using C = compute_type<T>;
  const std::int64_t row = (std::int64_t{blockIdx.x} * blockDim.x + threadIdx.x) / 32;
  if (row >= rows) return;
  const int lane = static_cast<int>(threadIdx.x) % 32;
  Candidate<C> best{C(0), -1};
  for (std::int64_t i = lane; i < length; i += 32) {
    best = better<kLargest>(best, candidate<C>(widen(input[row * length + i]), i));
  }
  for (int mask = 16; mask > 0; mask /= 2) {
    Candidate<C> other;
    if constexpr (sizeof(C) < 4) {
      other.value = static_cast<C>(__shfl_xor_sync(~0u, static_cast<int>(best.value), mask));
    } else if constexpr (sizeof(C) == 8 && std::is_integral_v<C>) {
      other.value = static_cast<C>(__shfl_xor_sync(~0u, static_cast<long long>(best.value), mask));
    } else {
      other.value = __shfl_xor_sync(~0u, best.value, mask);
    }
    other.position = __shfl_xor_sync(~0u, static_cast<long long>(best.position), mask);
    best = better<kLargest>(best, other);
  }
  if (lane == 0) output[row] = static_cast<Out>(best.position < 0 ? 0 : best.position);
}

/// (outer, length, inner) -> (outer, inner): a thread a line, neighbours side by side.
template <bool kLargest, class T, class Out>
__global__ void find_in_columns(const T* __restrict__ input, Out* __restrict__ output,
                                std::int64_t lines, std::int64_t length, std::int64_t inner) {
  using C = compute_type<T>;
  const std::int64_t line = std::int64_t{blockIdx.x} * blockDim.x + threadIdx.x;
  if (line >= lines) return;
  const T* at = input + line / inner * length * inner + line % inner;
  Candidate<C> best{C(0), -1};
  for (std::int64_t i = 0; i < length; ++i) {
    best = better<kLargest>(best, candidate<C>(widen(at[i * inner]), i));
  }
  output[line] = static_cast<Out>(best.position < 0 ? 0 : best.position);
}

template <bool kLargest, class T, class Out>
void launch(const OpCall& call, Tensor& output, int axis) {
  constexpr int kThreads = 256;
  const Tensor& x = call.input(0);
  const auto* from = static_cast<const T*>(x.data());
  auto* to = static_cast<Out*>(output.mutable_data());
  const std::int64_t length = x.shape()[axis];
  std::int64_t inner = 1;
  for (int i = axis + 1; i < x.rank(); ++i) inner *= x.shape()[i];
  const std::int64_t lines = output.size();
  const std::int64_t threads = inner == 1 ? lines * 32 : lines;
  const auto blocks = static_cast<unsigned>(ceil_div(threads, kThreads));
  if (inner == 1) {
    find_in_rows<kLargest><<<blocks, kThreads, 0, gpu().stream>>>(from, to, lines, length);
  } else {
    find_in_columns<kLargest>
        <<<blocks, kThreads, 0, gpu().stream>>>(from, to, lines, length, inner);
  }
  check_launch(call.op.name);
}

template <bool kLargest>
void run(const OpCall& call, std::span<Tensor> outputs) {
  Tensor& output = outputs[0];
  if (output.size() == 0) return;
  const int axis = call.options<ArgOptions>().axis;
  dispatch_device(call.input(0).dtype(), [&]<class T>(Type<T>) {
    using In = std::conditional_t<std::is_same_v<T, bool>, std::uint8_t, T>;
    if (output.dtype() == DType(DType::kInt32)) {
      launch<kLargest, In, std::int32_t>(call, output, axis);
    } else {
      launch<kLargest, In, std::int64_t>(call, output, axis);
    }
  });
}

}  // namespace

void register_argmax() {
  register_kernel("argmax", DeviceType::kGPU, {&run<true>});
  register_kernel("argmin", DeviceType::kGPU, {&run<false>});
}

}  // namespace saem::cuda
