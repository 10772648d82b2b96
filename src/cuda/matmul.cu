// matmul, floor 4 of 5: CUDA. Floating point by cuBLASLt (gemm.cpp); integers by a kernel of our
// own, which wraps around as the CPU does.
#include <saem/ops/matmul.hpp>

#include "cuda/gemm.hpp"
#include "cuda/types.cuh"

namespace saem::cuda {
namespace {

constexpr int kTile = 16;

/// How the elements of one product of a batch lie in memory.
struct Strides {
  std::int64_t row;
  std::int64_t column;
};

/// One 16 x 16 tile of one product a block: both factors pass through shared memory.
template <class T>
__global__ void multiply_integers(const T* __restrict__ a, Strides a_strides,
                                  const T* __restrict__ b, Strides b_strides, T* __restrict__ y,
                                  std::int64_t n, std::int64_t m, std::int64_t k,
                                  std::int64_t tiles_down, std::int64_t a_batch,
                                  std::int64_t b_batch) {
  __shared__ T a_tile[kTile][kTile + 1];
  __shared__ T b_tile[kTile][kTile + 1];
  const std::int64_t batch = blockIdx.y / tiles_down;
  const std::int64_t i = blockIdx.y % tiles_down * kTile + threadIdx.y;
  const std::int64_t j = std::int64_t{blockIdx.x} * kTile + threadIdx.x;
  a += batch * a_batch;
  b += batch * b_batch;
  T sum = 0;
  for (std::int64_t step = 0; step < k; step += kTile) {
    const std::int64_t a_column = step + threadIdx.x;
    const std::int64_t b_row = step + threadIdx.y;
    a_tile[threadIdx.y][threadIdx.x] =
        i < n && a_column < k ? a[i * a_strides.row + a_column * a_strides.column] : T(0);
    b_tile[threadIdx.y][threadIdx.x] =
        b_row < k && j < m ? b[b_row * b_strides.row + j * b_strides.column] : T(0);
    __syncthreads();
#pragma unroll
    for (int t = 0; t < kTile; ++t) sum += a_tile[threadIdx.y][t] * b_tile[t][threadIdx.x];
    __syncthreads();
  }
  if (i < n && j < m) y[(batch * n + i) * m + j] = sum;
}

Strides strides_of(const Tensor& x, bool transposed) {
  const auto rank = static_cast<std::size_t>(x.rank());
  const std::int64_t row = x.strides()[rank - 2];
  const std::int64_t column = x.strides()[rank - 1];
  return transposed ? Strides{column, row} : Strides{row, column};
}

/// `T` unsigned: the same bits as signed, and overflow is defined.
template <class T>
void run_integers(const GemmJob& job) {
  const Shape& shape = job.output.shape();
  const std::int64_t n = shape[shape.rank() - 2];
  const std::int64_t m = shape[shape.rank() - 1];
  const std::int64_t k = job.a.shape(job.transpose_a ? -2 : -1);
  const auto axes = batch_axes(job.a, job.b, shape);
  const BatchAxis& inner = axes.back();
  std::int64_t outer = 1;
  for (std::size_t i = 0; i + 1 < axes.size(); ++i) outer *= axes[i].size;
  const std::int64_t tiles_down = ceil_div(n, kTile);
  constexpr std::int64_t kMostBlocks = 65535;  // what the grid's second axis takes
  const std::int64_t at_once = std::max<std::int64_t>(1, kMostBlocks / tiles_down);
  for (std::int64_t i = 0; i < outer; ++i) {
    std::int64_t from_a = 0;
    std::int64_t from_b = 0;
    std::int64_t rest = i;
    for (std::size_t axis = axes.size() - 1; axis-- > 0;) {
      from_a += rest % axes[axis].size * axes[axis].a;
      from_b += rest % axes[axis].size * axes[axis].b;
      rest /= axes[axis].size;
    }
    for (std::int64_t done = 0; done < inner.size; done += at_once) {
      const std::int64_t count = std::min(at_once, inner.size - done);
      const dim3 grid(static_cast<unsigned>(ceil_div(m, kTile)),
                      static_cast<unsigned>(tiles_down * count));
      multiply_integers<T><<<grid, dim3(kTile, kTile), 0, gpu().stream>>>(
          static_cast<const T*>(job.a.data()) + from_a + done * inner.a,
          strides_of(job.a, job.transpose_a),
          static_cast<const T*>(job.b.data()) + from_b + done * inner.b,
          strides_of(job.b, job.transpose_b),
          static_cast<T*>(job.output.mutable_data()) + (i * inner.size + done) * n * m, n, m, k,
          tiles_down, inner.a, inner.b);
      check_launch(job.op);
    }
  }
}

void run(const OpCall& call, std::span<Tensor> outputs) {
  const auto& options = call.options<MatmulOptions>();
  Tensor& output = outputs[0];
  if (output.size() == 0) return;
  if (call.input(0).size() == 0) {  // a sum over nothing
    check(cudaMemsetAsync(output.mutable_data(), 0, static_cast<std::size_t>(output.nbytes()),
                          gpu().stream),
          call.op.name, "filling with zeros");
    return;
  }
  const GemmJob job{call.op.name,        call.input(0),       call.input(1),
                    options.transpose_a, options.transpose_b, output};
  if (output.dtype() == DType(DType::kInt32)) return run_integers<std::uint32_t>(job);
  if (output.dtype() == DType(DType::kInt64)) return run_integers<std::uint64_t>(job);
  run_gemm(job);
}

}  // namespace

void register_matmul() { register_kernel("matmul", DeviceType::kGPU, {&run, true}); }

}  // namespace saem::cuda
