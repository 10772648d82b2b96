// layer_normalization, rms_normalization and their backwards; floor 4 of 5: CUDA.
//
// A row is read once, kept in registers and written once. The backward reads it a second time, by
// columns, for the gradients of scale and offset: sums of blocks of rows, added up in a fixed
// order.
#include <algorithm>
#include <saem/ops/normalization.hpp>

#include "cuda/rows.cuh"

namespace saem::cuda {
namespace {

template <class C>
struct Statistics {
  C mean;
  C inverse;  ///< 1 / sqrt(mean square + epsilon)
};

/// Of the last input of a row.
template <bool kCenter, class Row, class T>
__device__ __forceinline__ Statistics<compute_type<T>> statistics_of(
    const Row& row, const RowArguments<T>& arguments, int input) {
  using C = compute_type<T>;
  const C n = static_cast<C>(arguments.length);
  C mean = C(0);
  if constexpr (kCenter) {
    mean = row.template fold<FoldSum>([&](const auto& x, std::int64_t) { return x[input]; }) / n;
  }
  const C squares = row.template fold<FoldSum>([&](const auto& x, std::int64_t) {
    const C centered = x[input] - mean;
    return centered * centered;
  });
  return {mean, C(1) / sqrt(squares / n + static_cast<C>(arguments.epsilon))};
}

template <bool kCenter>
struct Normalize {
  static constexpr int kInputs = 1;
  static constexpr bool kWritesRows = true;
  template <class Row, class T>
  static __device__ __forceinline__ void run(Row& row, const RowArguments<T>& arguments,
                                             std::int64_t index, bool) {
    using C = compute_type<T>;
    const Statistics<C> s = statistics_of<kCenter>(row, arguments, 0);
    row.map(arguments.output + index * arguments.length, [&](const auto& x, std::int64_t i) {
      const C y = (x[0] - s.mean) * s.inverse * arguments.weights[0][i];
      return kCenter ? y + arguments.weights[1][i] : y;
    });
  }
};

/// Inputs: dy, x. Writes dx, and the statistics for the columns' turn.
template <bool kCenter>
struct NormalizeGrad {
  static constexpr int kInputs = 2;
  static constexpr bool kWritesRows = true;
  template <class Row, class T>
  static __device__ __forceinline__ void run(Row& row, const RowArguments<T>& arguments,
                                             std::int64_t index, bool leads) {
    using C = compute_type<T>;
    const C n = static_cast<C>(arguments.length);
    const C* const scale = arguments.weights[0];
    const Statistics<C> s = statistics_of<kCenter>(row, arguments, 1);
    if (leads) {
      arguments.statistics[2 * index] = s.mean;
      arguments.statistics[2 * index + 1] = s.inverse;
    }
    C mean_slope = C(0);
    if constexpr (kCenter) {
      mean_slope = row.template fold<FoldSum>([&](const auto& x, std::int64_t i) {
        return x[0] * scale[i];
      }) / n;
    }
    const C along = row.template fold<FoldSum>([&](const auto& x, std::int64_t i) {
      return x[0] * scale[i] * (x[1] - s.mean);
    }) * s.inverse / n;
    row.map(arguments.output + index * arguments.length, [&](const auto& x, std::int64_t i) {
      return s.inverse * (x[0] * scale[i] - mean_slope - (x[1] - s.mean) * s.inverse * along);
    });
  }
};

constexpr int kColumns = 32;
constexpr int kRowsAtOnce = 8;
/// At most so many blocks of rows have sums of their own, of at least so many rows.
constexpr std::int64_t kMostBlocks = 64;
constexpr std::int64_t kLeastRows = 64;

/// Sums over blocks of rows: (blocks, 2, length), of dy * y and of dy.
template <class T>
struct ColumnArguments {
  const T* dy;  ///< (rows, length)
  const T* x;
  const compute_type<T>* statistics;  ///< (rows, 2)
  compute_type<T>* sums;
  std::int64_t rows;
  std::int64_t length;
  std::int64_t rows_per_block;
  std::int64_t column_blocks;
};

template <class T>
__global__ void column_sums_kernel(const ColumnArguments<T> a) {
  using C = compute_type<T>;
  __shared__ C parts[2][kRowsAtOnce][kColumns];
  const int tx = static_cast<int>(threadIdx.x);
  const int ty = static_cast<int>(threadIdx.y);
  const std::int64_t block = blockIdx.x / a.column_blocks;
  const std::int64_t column = (blockIdx.x % a.column_blocks) * kColumns + tx;
  wait_for_inputs();
  C products = C(0);
  C plain = C(0);
  if (column < a.length) {
    const std::int64_t last =
        a.rows < (block + 1) * a.rows_per_block ? a.rows : (block + 1) * a.rows_per_block;
    for (std::int64_t row = block * a.rows_per_block + ty; row < last; row += kRowsAtOnce) {
      const C dy = widen(a.dy[row * a.length + column]);
      const C x = widen(a.x[row * a.length + column]);
      products += dy * ((x - a.statistics[2 * row]) * a.statistics[2 * row + 1]);
      plain += dy;
    }
  }
  parts[0][ty][tx] = products;
  parts[1][ty][tx] = plain;
  __syncthreads();
  if (ty < 2 && column < a.length) {
    C total = C(0);
    for (int k = 0; k < kRowsAtOnce; ++k) total += parts[ty][k][tx];
    a.sums[(block * 2 + ty) * a.length + column] = total;
  }
}

/// `doffset` may be null.
template <class C>
__global__ void add_blocks_kernel(const C* sums, C* dscale, C* doffset, std::int64_t blocks,
                                  std::int64_t length) {
  const std::int64_t column = std::int64_t{blockIdx.x} * blockDim.x + threadIdx.x;
  wait_for_inputs();
  if (column >= length) return;
  C products = C(0);
  C plain = C(0);
  for (std::int64_t block = 0; block < blocks; ++block) {
    products += sums[block * 2 * length + column];
    plain += sums[(block * 2 + 1) * length + column];
  }
  dscale[column] = products;
  if (doffset != nullptr) doffset[column] = plain;
}

double epsilon_of(const OpCall& call, bool center) {
  return center ? call.options<nn::LayerNormalizationOptions>().epsilon
                : call.options<nn::RmsNormalizationOptions>().epsilon;
}

template <bool kCenter>
void run_forward(const OpCall& call, std::span<Tensor> outputs) {
  const Tensor& x = call.input(0);
  if (x.size() == 0) return;
  dispatch_floating(x.dtype(), [&]<class T>(Type<T>) {
    using C = compute_type<T>;
    RowArguments<T> arguments{};
    arguments.inputs[0] = static_cast<const T*>(x.data());
    arguments.weights[0] = static_cast<const C*>(call.input(1).data());
    if (kCenter) arguments.weights[1] = static_cast<const C*>(call.input(2).data());
    arguments.output = static_cast<T*>(outputs[0].mutable_data());
    arguments.length = call.input(1).size();
    arguments.rows = x.size() / arguments.length;
    arguments.epsilon = epsilon_of(call, kCenter);
    arguments.op = call.op.name;
    run_rows<Normalize<kCenter>>(arguments);
  });
}

template <bool kCenter>
void run_backward(const OpCall& call, std::span<Tensor> outputs) {
  const Tensor& x = call.input(1);
  const std::int64_t length = call.input(2).size();
  if (length == 0) return;
  const std::int64_t rows = x.size() / length;
  dispatch_floating(x.dtype(), [&]<class T>(Type<T>) {
    using C = compute_type<T>;
    const std::int64_t rows_per_block = std::max(kLeastRows, ceil_div(rows, kMostBlocks));
    const std::int64_t blocks = ceil_div(rows, rows_per_block);
    const Workspace statistics(static_cast<std::size_t>(2 * rows + 1) * sizeof(C));
    const Workspace sums(static_cast<std::size_t>(2 * blocks * length + 1) * sizeof(C));
    if (rows > 0) {
      RowArguments<T> arguments{};
      arguments.inputs[0] = static_cast<const T*>(call.input(0).data());
      arguments.inputs[1] = static_cast<const T*>(x.data());
      arguments.weights[0] = static_cast<const C*>(call.input(2).data());
      arguments.output = static_cast<T*>(outputs[0].mutable_data());
      arguments.statistics = statistics.as<C>();
      arguments.length = length;
      arguments.rows = rows;
      arguments.epsilon = epsilon_of(call, kCenter);
      arguments.op = call.op.name;
      run_rows<NormalizeGrad<kCenter>>(arguments);
      const std::int64_t column_blocks = ceil_div(length, kColumns);
      const ColumnArguments<T> columns{
          arguments.inputs[0], arguments.inputs[1], statistics.as<C>(), sums.as<C>(), rows, length,
          rows_per_block,      column_blocks};
      launch(call.op.name, &column_sums_kernel<T>, blocks * column_blocks,
             dim3(kColumns, kRowsAtOnce), columns);
    }
    C* const doffset = kCenter ? static_cast<C*>(outputs[2].mutable_data()) : nullptr;
    launch(call.op.name, &add_blocks_kernel<C>, ceil_div(length, 256), 256, sums.as<C>(),
           static_cast<C*>(outputs[1].mutable_data()), doffset, blocks, length);
  });
}

}  // namespace

void register_normalization() {
  register_kernel("layer_normalization", DeviceType::kGPU, {&run_forward<true>});
  register_kernel("rms_normalization", DeviceType::kGPU, {&run_forward<false>});
  register_kernel("layer_normalization_grad", DeviceType::kGPU, {&run_backward<true>});
  register_kernel("rms_normalization_grad", DeviceType::kGPU, {&run_backward<false>});
}

}  // namespace saem::cuda
