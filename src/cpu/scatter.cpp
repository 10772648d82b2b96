// gather_nd, scatter_nd, tensor_scatter_nd_*; floor 3 of 5: CPU.
#include <algorithm>
#include <atomic>
#include <saem/core/op.hpp>
#include <saem/ops/scatter.hpp>
#include <vector>

#include "base/message.hpp"
#include "base/parallel.hpp"
#include "core/dispatch.hpp"
#include "cpu/indexed_rows.hpp"

namespace saem::cpu {
namespace {

/// Rows of indices that one thread turns into places at a time.
constexpr std::int64_t kGrain = 1 << 14;

/// The rows of a table that indices name: those axes drawn together.
struct Places {
  IndexedRows rows;
  std::vector<std::int64_t> indices;  // (batch, count)
};

/// The row that `index`, of `depth` numbers, names in axes of `sizes`; -1 if there is none.
template <class I>
std::int64_t place_of(const I* index, const std::int64_t* sizes, int depth) {
  std::int64_t place = 0;
  for (int i = 0; i < depth; ++i) {
    const auto number = static_cast<std::int64_t>(index[i]);
    if (number < 0 || number >= sizes[i]) return -1;
    place = place * sizes[i] + number;
  }
  return place;
}

template <class I>
[[noreturn]] void raise_outside(const OpCall& call, const Tensor& indices, const Shape& table,
                                std::int64_t row, const I* index, int depth) {
  Dims position;
  for (int axis = indices.rank() - 1; axis-- > 0;) {
    position.insert(position.begin(), row % indices.shape()[axis]);
    row /= indices.shape()[axis];
  }
  raise<IndexError>(call.op.name, "indices[{}] = [{}] does not lie in shape {}",
                    fmt::join(position.begin(), position.end(), ", "),
                    fmt::join(index, index + depth, ", "), table.to_string());
}

/// Before anything is moved: an error leaves no half-made tensor.
Places places_of(const OpCall& call, const Tensor& indices, const Shape& table, int batch_dims) {
  Places places;
  const auto depth = static_cast<int>(indices.shape()[indices.rank() - 1]);
  const int first_kept = batch_dims + depth;
  for (int i = 0; i < batch_dims; ++i) places.rows.batch *= table[i];
  for (int i = batch_dims; i < first_kept; ++i) places.rows.size *= table[i];
  for (int i = first_kept; i < table.rank(); ++i) places.rows.inner *= table[i];
  for (int i = batch_dims; i + 1 < indices.rank(); ++i) places.rows.count *= indices.shape()[i];
  const std::int64_t total = places.rows.batch * places.rows.count;
  places.indices.resize(static_cast<std::size_t>(total));
  const std::int64_t* sizes = table.begin() + batch_dims;
  const auto convert = [&]<class I>(const I* numbers) {
    std::atomic<bool> inside = true;
    parallel_for(total, kGrain, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t row = begin; row < end; ++row) {
        const std::int64_t place = place_of(numbers + row * depth, sizes, depth);
        places.indices[static_cast<std::size_t>(row)] = place;
        if (place < 0) inside.store(false, std::memory_order_relaxed);
      }
    });
    if (inside) return;
    const auto first = std::find(places.indices.begin(), places.indices.end(), -1);
    const std::int64_t row = first - places.indices.begin();
    raise_outside(call, indices, table, row, numbers + row * depth, depth);
  };
  if (indices.dtype() == int32) {
    convert(indices.data_as<std::int32_t>());
  } else {
    convert(indices.data_as<std::int64_t>());
  }
  return places;
}

void run_gather_nd(const OpCall& call, std::span<Tensor> outputs) {
  const Tensor& params = call.input(0);
  const Places places =
      places_of(call, call.input(1), params.shape(), call.options<GatherNdOptions>().batch_dims);
  gather_rows(places.rows, params.dtype(), params.data(), places.indices.data(),
              outputs[0].mutable_data());
}

void run_scatter_nd(const OpCall& call, std::span<Tensor> outputs) {
  const auto& options = call.options<ScatterNdOptions>();
  const Tensor& updates = call.input(1);
  const Places places = places_of(call, call.input(0), options.shape, options.batch_dims);
  clear(outputs[0]);
  scatter_rows(places.rows, updates.dtype(), Combine::kAdd, updates.data(), places.indices.data(),
               outputs[0].mutable_data());
}

template <Combine combine>
void run_tensor_scatter(const OpCall& call, std::span<Tensor> outputs) {
  const Tensor& tensor = call.input(0);
  const Tensor& updates = call.input(2);
  const Places places = places_of(call, call.input(1), tensor.shape(), 0);
  if (outputs[0].data() != tensor.data()) copy_all(tensor, outputs[0]);
  scatter_rows(places.rows, updates.dtype(), combine, updates.data(), places.indices.data(),
               outputs[0].mutable_data());
}

}  // namespace

void register_scatter() {
  const auto add = [](const char* name, KernelFunction run) {
    register_kernel(name, DeviceType::kCPU, {run});
  };
  add("gather_nd", &run_gather_nd);
  add("scatter_nd", &run_scatter_nd);
  add("tensor_scatter_nd_update", &run_tensor_scatter<Combine::kAssign>);
  add("tensor_scatter_nd_add", &run_tensor_scatter<Combine::kAdd>);
  add("tensor_scatter_nd_sub", &run_tensor_scatter<Combine::kSubtract>);
  add("tensor_scatter_nd_min", &run_tensor_scatter<Combine::kMinimum>);
  add("tensor_scatter_nd_max", &run_tensor_scatter<Combine::kMaximum>);
}

}  // namespace saem::cpu
