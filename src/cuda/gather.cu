// gather, gather_grad, one_hot; floor 4 of 5: CUDA.
//
// gather moves each slice in the widest pieces that its size and place allow. gather_grad adds in a
// fixed order: indices are sorted, equal ones keep their order, and one group of threads adds up
// what belongs to one place.
#include <algorithm>
#include <bit>
#include <cub/device/device_radix_sort.cuh>
#include <limits>
#include <saem/ops/gather.hpp>

#include "cuda/runtime.hpp"
#include "cuda/types.cuh"

namespace saem::cuda {
namespace {

/// params (batch, outer, size, inner), indices (batch, count) -> (batch, outer, count, inner).
struct Sizes {
  std::int64_t batch;
  std::int64_t outer;
  std::int64_t size;
  std::int64_t inner;
  std::int64_t count;
};

Sizes sizes_of(const Shape& params, const Shape& indices, int axis, int batch_dims) {
  const auto product = [](const Shape& shape, int begin, int end) {
    std::int64_t result = 1;
    for (int i = begin; i < end; ++i) result *= shape[i];
    return result;
  };
  return {product(params, 0, batch_dims), product(params, batch_dims, axis), params[axis],
          product(params, axis + 1, params.rank()), product(indices, batch_dims, indices.rank())};
}

constexpr int kThreads = 256;

unsigned blocks_for(std::int64_t threads) {
  return static_cast<unsigned>(ceil_div(threads, kThreads));
}

/// One piece of a slice a thread; `pieces` of them are a slice. An index out of range is reported
/// and gives zeros.
template <class Piece, class Index>
__global__ void gather_pieces(const Piece* __restrict__ params, const Index* __restrict__ indices,
                              Piece* __restrict__ output, Sizes s, std::int64_t pieces,
                              std::int64_t total, const char* op, Finding* finding) {
  const std::int64_t i = std::int64_t{blockIdx.x} * blockDim.x + threadIdx.x;
  if (i >= total) return;
  const std::int64_t piece = i % pieces;
  const std::int64_t slice = i / pieces;  // (batch, outer, count)
  const std::int64_t place = slice % s.count;
  const std::int64_t row = slice / s.count;  // (batch, outer)
  const std::int64_t position = row / s.outer * s.count + place;
  const std::int64_t index = static_cast<std::int64_t>(indices[position]);
  if (index < 0 || index >= s.size) {
    report(finding, Finding::kIndex, op, index, position, s.size);
    output[i] = Piece{};
    return;
  }
  output[i] = params[(row * s.size + index) * pieces + piece];
}

struct alignas(16) Sixteen {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
};

template <class Index>
void gather_bytes(const OpCall& call, Tensor& output, const Sizes& s) {
  const Tensor& params = call.input(0);
  const std::int64_t bytes = s.inner * static_cast<std::int64_t>(params.dtype().size());
  const auto* indices = static_cast<const Index*>(call.input(1).data());
  const auto fits = [&](std::int64_t width) {
    return bytes % width == 0 && is_aligned(params.data(), static_cast<std::size_t>(width));
  };
  const auto launch = [&]<class Piece>(Type<Piece>) {
    const std::int64_t pieces = bytes / static_cast<std::int64_t>(sizeof(Piece));
    const std::int64_t total = s.batch * s.outer * s.count * pieces;
    gather_pieces<<<blocks_for(total), kThreads, 0, gpu().stream>>>(
        static_cast<const Piece*>(params.data()), indices,
        static_cast<Piece*>(output.mutable_data()), s, pieces, total, call.op.name, gpu().finding);
    check_launch(call.op.name);
  };
  if (fits(16)) return launch(Type<Sixteen>{});
  if (fits(8)) return launch(Type<std::uint64_t>{});
  if (fits(4)) return launch(Type<std::uint32_t>{});
  if (fits(2)) return launch(Type<std::uint16_t>{});
  launch(Type<std::uint8_t>{});
}

void run_gather(const OpCall& call, std::span<Tensor> outputs) {
  const auto& options = call.options<GatherOptions>();
  const Tensor& indices = call.input(1);
  if (outputs[0].size() == 0) return;
  const Sizes s =
      sizes_of(call.input(0).shape(), indices.shape(), *options.axis, options.batch_dims);
  if (indices.dtype() == DType(DType::kInt32)) {
    gather_bytes<std::int32_t>(call, outputs[0], s);
  } else {
    gather_bytes<std::int64_t>(call, outputs[0], s);
  }
}

/// keys[p] = the place, counted over batches, that position p adds to; values[p] = p. An index out
/// of range gets a place of its own after all others.
template <class Index>
__global__ void make_keys(const Index* __restrict__ indices, std::uint64_t* __restrict__ keys,
                          std::uint32_t* __restrict__ values, Sizes s, const char* op,
                          Finding* finding) {
  const std::int64_t p = std::int64_t{blockIdx.x} * blockDim.x + threadIdx.x;
  if (p >= s.batch * s.count) return;
  const std::int64_t index = static_cast<std::int64_t>(indices[p]);
  values[p] = static_cast<std::uint32_t>(p);
  if (index < 0 || index >= s.size) {
    report(finding, Finding::kIndex, op, index, p, s.size);
    keys[p] = static_cast<std::uint64_t>(s.batch * s.size);
    return;
  }
  keys[p] = static_cast<std::uint64_t>(p / s.count * s.size + index);
}

/// Thread (i, j) of the grid: sorted position i, element j of (outer, inner). Where a run of equal
/// keys begins, the whole run is added up in its order.
template <class T>
__global__ void add_runs(const T* __restrict__ gradient, const std::uint64_t* __restrict__ keys,
                         const std::uint32_t* __restrict__ values, T* __restrict__ output, Sizes s,
                         std::int64_t total) {
  using C = compute_type<T>;
  const std::int64_t i = std::int64_t{blockIdx.x} * blockDim.x + threadIdx.x;
  if (i >= total) return;
  const std::int64_t width = s.outer * s.inner;
  const std::int64_t element = i % width;
  const std::int64_t first = i / width;
  const std::uint64_t key = keys[first];
  if (key >= static_cast<std::uint64_t>(s.batch * s.size)) return;
  if (first > 0 && keys[first - 1] == key) return;
  const std::int64_t outer = element / s.inner;
  const std::int64_t inner = element % s.inner;
  const std::int64_t positions = s.batch * s.count;
  C sum{};
  for (std::int64_t p = first; p < positions && keys[p] == key; ++p) {
    const std::int64_t from = values[p];
    const std::int64_t batch = from / s.count;
    const std::int64_t slice = (batch * s.outer + outer) * s.count + from % s.count;
    sum += widen(gradient[slice * s.inner + inner]);
  }
  const auto place = static_cast<std::int64_t>(key);
  const std::int64_t row = (place / s.size * s.outer + outer) * s.size + place % s.size;
  output[row * s.inner + inner] = narrow<T>(sum);
}

template <class Index>
void add_gradient(const OpCall& call, Tensor& output, const Sizes& s) {
  const char* op = call.op.name;
  const cudaStream_t stream = gpu().stream;
  const std::int64_t positions = s.batch * s.count;
  if (positions > std::numeric_limits<std::uint32_t>::max()) {
    raise<ValueError>(op, "more than 2^32 indices; gather them in several calls");
  }
  const auto places = static_cast<std::uint64_t>(s.batch * s.size);
  const auto n = static_cast<std::size_t>(positions);
  const Workspace keys(2 * n * sizeof(std::uint64_t));
  const Workspace values(2 * n * sizeof(std::uint32_t));
  auto* key = keys.as<std::uint64_t>();
  auto* value = values.as<std::uint32_t>();
  make_keys<<<blocks_for(positions), kThreads, 0, stream>>>(
      static_cast<const Index*>(call.input(1).data()), key, value, s, op, gpu().finding);
  check_launch(op);
  cub::DoubleBuffer<std::uint64_t> key_buffer(key, key + n);
  cub::DoubleBuffer<std::uint32_t> value_buffer(value, value + n);
  const int bits = std::bit_width(places);  // the place of bad indices, `places`, included
  std::size_t bytes = 0;
  check(cub::DeviceRadixSort::SortPairs(nullptr, bytes, key_buffer, value_buffer, positions, 0,
                                        bits, stream),
        op, "sorting the indices");
  const Workspace sorting(std::max<std::size_t>(bytes, 1));
  check(cub::DeviceRadixSort::SortPairs(sorting.as<void>(), bytes, key_buffer, value_buffer,
                                        positions, 0, bits, stream),
        op, "sorting the indices");
  const std::int64_t total = positions * s.outer * s.inner;
  dispatch_device(output.dtype(), [&]<class T>(Type<T>) {
    if constexpr (!std::is_same_v<T, bool>) {
      // Sums of integers wrap, which only unsigned ones may.
      using Sum = typename std::conditional_t<std::is_integral_v<T>, std::make_unsigned<T>,
                                              std::type_identity<T>>::type;
      add_runs<<<blocks_for(total), kThreads, 0, stream>>>(
          static_cast<const Sum*>(call.input(0).data()), key_buffer.Current(),
          value_buffer.Current(), static_cast<Sum*>(output.mutable_data()), s, total);
    }
  });
  check_launch(op);
}

void run_gather_grad(const OpCall& call, std::span<Tensor> outputs) {
  const auto& [shape, axis, batch_dims] = call.options<GatherGradOptions>();
  Tensor& output = outputs[0];
  if (output.size() == 0) return;
  check(cudaMemsetAsync(output.mutable_data(), 0, static_cast<std::size_t>(output.nbytes()),
                        gpu().stream),
        call.op.name, "filling with zeros");
  const Sizes s = sizes_of(shape, call.input(1).shape(), axis, batch_dims);
  if (call.input(0).size() == 0) return;
  if (call.input(1).dtype() == DType(DType::kInt32)) {
    add_gradient<std::int32_t>(call, output, s);
  } else {
    add_gradient<std::int64_t>(call, output, s);
  }
}

/// Integers of any dtype.
struct Indices {
  const void* data;
  int width;
  bool is_signed;
};

__device__ __forceinline__ std::int64_t index_at(const Indices& indices, std::int64_t i) {
  switch (indices.width) {
    case 1:
      return indices.is_signed ? static_cast<const std::int8_t*>(indices.data)[i]
                               : static_cast<const std::uint8_t*>(indices.data)[i];
    case 2:
      return indices.is_signed ? static_cast<const std::int16_t*>(indices.data)[i]
                               : static_cast<const std::uint16_t*>(indices.data)[i];
    case 4:
      return indices.is_signed ? std::int64_t{static_cast<const std::int32_t*>(indices.data)[i]}
                               : std::int64_t{static_cast<const std::uint32_t*>(indices.data)[i]};
    default:
      return static_cast<const std::int64_t*>(indices.data)[i];
  }
}

/// indices (outer, inner) -> (outer, depth, inner), an element of the output a thread.
template <class T>
__global__ void write_one_hot(const Indices indices, T* __restrict__ output, std::int64_t size,
                              std::int64_t depth, std::int64_t inner, const T on, const T off) {
  wait_for_inputs();
  const std::int64_t i = std::int64_t{blockIdx.x} * kThreads + threadIdx.x;
  if (i >= size) return;
  const std::int64_t line = inner == 1 ? i : i / inner;
  const std::int64_t row = line / depth;
  const std::int64_t index = index_at(indices, row * inner + (i - line * inner));
  output[i] = index == line - row * depth ? on : off;
}

void run_one_hot(const OpCall& call, std::span<Tensor> outputs) {
  const auto& options = call.options<OneHotOptions>();
  const Tensor& indices = call.input(0);
  Tensor& output = outputs[0];
  if (output.size() == 0) return;
  std::int64_t inner = 1;
  for (int i = options.axis; i < indices.rank(); ++i) inner *= indices.shape()[i];
  const Widest on = repeated_bits(*options.on_value, output.dtype());
  const Widest off = repeated_bits(*options.off_value, output.dtype());
  dispatch_width(output.dtype(), [&]<class T>(Type<T>) {
    launch(call.op.name, &write_one_hot<T>, ceil_div(output.size(), kThreads), kThreads,
           Indices{indices.data(), static_cast<int>(indices.dtype().size()),
                   !indices.dtype().is_unsigned()},
           static_cast<T*>(output.mutable_data()), output.size(), options.depth, inner,
           first_of<T>(on), first_of<T>(off));
  });
}

}  // namespace

void register_gather() {
  register_kernel("gather", DeviceType::kGPU, {&run_gather, false, false, true});
  register_kernel("gather_grad", DeviceType::kGPU, {&run_gather_grad});
  register_kernel("one_hot", DeviceType::kGPU, {&run_one_hot, false, false, true});
}

}  // namespace saem::cuda
