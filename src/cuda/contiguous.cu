// contiguous, floor 4 of 5: CUDA. Every copy between layouts on a GPU ends here.
//
// Turned axes go through shared memory in tiles, so that both reading and writing are along memory;
// everything else is the pointwise kernel of "the same element".
#include "core/tensor_impl.hpp"
#include "cuda/elementwise.cuh"

namespace saem::cuda {
namespace {

struct Same {
  template <class T>
  __device__ __forceinline__ T operator()(T x) const {
    return x;
  }
};

constexpr int kRowsOfThreads = 8;

/// from (batch, columns, rows) with `rows` along memory -> to (batch, rows, columns). A block turns
/// one tile.
template <int kSide, class T>
__global__ void __launch_bounds__(32 * kRowsOfThreads)
    transpose_tiles(const T* __restrict__ from, T* __restrict__ to, std::int64_t rows,
                    std::int64_t columns, std::int64_t from_stride, std::int64_t from_batch,
                    std::int64_t tiles_across, std::int64_t tiles) {
  constexpr int kWide = kSide / 32;
  __shared__ T tile[kSide][kSide + (sizeof(T) >= 4 ? 1 : 4 / sizeof(T))];
  const std::int64_t batch = blockIdx.x / tiles;
  const std::int64_t at = blockIdx.x % tiles;
  const std::int64_t row = at / tiles_across * kSide;
  const std::int64_t column = at % tiles_across * kSide;
  from += batch * from_batch;
  to += batch * rows * columns;
#pragma unroll
  for (int j = 0; j < kSide; j += kRowsOfThreads) {
#pragma unroll
    for (int w = 0; w < kWide; ++w) {
      const int y = j + static_cast<int>(threadIdx.y);
      const int x = w * 32 + static_cast<int>(threadIdx.x);
      if (column + y < columns && row + x < rows) {
        tile[y][x] = from[(column + y) * from_stride + row + x];
      }
    }
  }
  __syncthreads();
#pragma unroll
  for (int j = 0; j < kSide; j += kRowsOfThreads) {
#pragma unroll
    for (int w = 0; w < kWide; ++w) {
      const int y = j + static_cast<int>(threadIdx.y);
      const int x = w * 32 + static_cast<int>(threadIdx.x);
      if (row + y < rows && column + x < columns) to[(row + y) * columns + column + x] = tile[x][y];
    }
  }
}

/// Whether the copy is a batch of transposes worth tiles, which it then does.
template <class T>
bool copy_transposed(const BroadcastLayout<1>& layout, const T* from, T* to) {
  constexpr std::int64_t kWorth = 16;
  const auto& strides = layout.strides[0];
  const std::size_t rank = layout.rank();
  if (rank < 2 || rank > 3) return false;
  const std::int64_t columns = layout.sizes[rank - 1];
  const std::int64_t rows = layout.sizes[rank - 2];
  if (strides[rank - 2] != 1 || strides[rank - 1] <= 0 || rows < kWorth || columns < kWorth) {
    return false;
  }
  constexpr int kSide = sizeof(T) <= 2 ? 64 : 32;
  const std::int64_t across = ceil_div(columns, kSide);
  const std::int64_t tiles = across * ceil_div(rows, kSide);
  const std::int64_t batch = rank == 3 ? layout.sizes[0] : 1;
  transpose_tiles<kSide>
      <<<static_cast<unsigned>(tiles * batch), dim3(32, kRowsOfThreads), 0, gpu().stream>>>(
          from, to, rows, columns, strides[rank - 1], rank == 3 ? strides[0] : 0, across, tiles);
  check_launch("contiguous");
  return true;
}

void copy_to_contiguous(const Tensor& from, Tensor& to) {
  const auto layout = broadcast_layout<1>(to.shape(), {&from});
  dispatch_width(from.dtype(), [&]<class T>(Type<T>) {
    const auto* source = static_cast<const T*>(from.data());
    auto* target = static_cast<T*>(to.mutable_data());
    if (copy_transposed(layout, source, target)) return;
    StridedOperand<T> operand;
    operand.data = source;
    run_strided("contiguous", Same{}, target, layout, operand);
  });
}

void run(const OpCall& call, std::span<Tensor> outputs) {
  if (outputs[0].size() != 0) copy_to_contiguous(call.input(0), outputs[0]);
}

}  // namespace

void register_contiguous() {
  register_kernel("contiguous", DeviceType::kGPU, {&run, true, false, true});
  set_copy_function(DeviceType::kGPU, &copy_to_contiguous);
}

}  // namespace saem::cuda
