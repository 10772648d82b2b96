// gather, gather_grad, one_hot; floor 3 of 5: CPU.
#include <algorithm>
#include <cstring>
#include <saem/core/op.hpp>
#include <saem/ops/gather.hpp>
#include <vector>

#include "base/message.hpp"
#include "base/parallel.hpp"
#include "core/dispatch.hpp"
#include "cpu/indexed_rows.hpp"

namespace saem::cpu {
namespace {

/// Elements that one thread writes at a time.
constexpr std::int64_t kGrain = 1 << 15;

IndexedRows rows_of(const Shape& params, const Shape& indices, int axis, int batch_dims) {
  IndexedRows rows;
  for (int i = 0; i < batch_dims; ++i) rows.batch *= params[i];
  for (int i = batch_dims; i < axis; ++i) rows.outer *= params[i];
  rows.size = params[axis];
  for (int i = axis + 1; i < params.rank(); ++i) rows.inner *= params[i];
  for (int i = batch_dims; i < indices.rank(); ++i) rows.count *= indices[i];
  return rows;
}

/// Before anything is moved: an error leaves no half-made tensor.
template <class I>
void check_range(const OpCall& call, const I* indices, std::int64_t size) {
  const Shape& shape = call.input(1).shape();
  const std::int64_t count = call.input(1).size();
  // One unsigned comparison an index, and no early end: the compiler makes vectors of it.
  bool inside = true;
  for (std::int64_t i = 0; i < count; ++i) {
    inside &= static_cast<std::uint64_t>(static_cast<std::int64_t>(indices[i])) <
              static_cast<std::uint64_t>(size);
  }
  if (inside) return;
  std::int64_t at = 0;
  while (indices[at] >= 0 && indices[at] < size) ++at;
  Shape position;
  position.dims().resize(static_cast<std::size_t>(shape.rank()));
  std::int64_t rest = at;
  for (int axis = shape.rank(); axis-- > 0;) {
    position[axis] = rest % shape[axis];
    rest /= shape[axis];
  }
  raise<IndexError>(call.op.name, "indices[{}] = {} is not in [0, {})",
                    fmt::join(position.begin(), position.end(), ", "), indices[at], size);
}

template <class Body>
void with_indices(const Tensor& indices, Body&& body) {
  if (indices.dtype() == int32) {
    body(indices.data_as<std::int32_t>());
  } else {
    body(indices.data_as<std::int64_t>());
  }
}

void run_gather(const OpCall& call, std::span<Tensor> outputs) {
  const auto& options = call.options<GatherOptions>();
  const Tensor& params = call.input(0);
  const IndexedRows rows =
      rows_of(params.shape(), call.input(1).shape(), *options.axis, options.batch_dims);
  with_indices(call.input(1), [&](const auto* indices) {
    check_range(call, indices, rows.size);
    gather_rows(rows, params.dtype(), params.data(), indices, outputs[0].mutable_data());
  });
}

void run_gather_grad(const OpCall& call, std::span<Tensor> outputs) {
  const auto& [shape, axis, batch_dims] = call.options<GatherGradOptions>();
  const Tensor& gradient = call.input(0);
  const IndexedRows rows = rows_of(shape, call.input(1).shape(), axis, batch_dims);
  with_indices(call.input(1), [&]<class I>(const I* indices) {
    check_range(call, indices, rows.size);
    clear(outputs[0]);
    const std::vector<std::int64_t> wide(indices, indices + call.input(1).size());
    scatter_rows(rows, gradient.dtype(), Combine::kAdd, gradient.data(), wide.data(),
                 outputs[0].mutable_data());
  });
}

/// What `value` looks like in a tensor of `dtype`, in the first bytes.
Bytes16 bits_of(Scalar value, DType dtype) {
  return dispatch_any(dtype, [&]<class T>(Type<T>) {
    const T element = value.to<T>();
    Bytes16 bits{};
    std::memcpy(&bits, &element, sizeof(T));
    return bits;
  });
}

template <class T>
T first_bytes(const Bytes16& bits) {
  T element;
  std::memcpy(&element, &bits, sizeof(T));
  return element;
}

/// Where the classes lie last: a row of `depth` for each index, all off but one.
template <class T, class I>
void write_rows(const I* indices, std::int64_t depth, T on, T off, T* output, std::int64_t begin,
                std::int64_t end) {
  std::fill(output + begin * depth, output + end * depth, off);
  for (std::int64_t i = begin; i < end; ++i) {
    const auto index = static_cast<std::int64_t>(indices[i]);
    if (index >= 0 && index < depth) output[i * depth + index] = on;
  }
}

/// Elsewhere: a row of `inner` indices for each class, compared with it.
template <class T, class I>
void write_classes(const I* indices, std::int64_t depth, std::int64_t inner, T on, T off, T* output,
                   std::int64_t begin, std::int64_t end) {
  for (std::int64_t row = begin; row < end; ++row) {
    const std::int64_t depth_index = row % depth;
    const I* here = indices + row / depth * inner;
    T* to = output + row * inner;
    for (std::int64_t i = 0; i < inner; ++i) {
      to[i] = static_cast<std::int64_t>(here[i]) == depth_index ? on : off;
    }
  }
}

void run_one_hot(const OpCall& call, std::span<Tensor> outputs) {
  const auto& options = call.options<OneHotOptions>();
  const Tensor& indices = call.input(0);
  Tensor& output = outputs[0];
  if (output.size() == 0) return;
  std::int64_t inner = 1;
  for (int i = options.axis; i < indices.rank(); ++i) inner *= indices.shape()[i];
  const std::int64_t depth = options.depth;
  const Bytes16 on_bits = bits_of(*options.on_value, output.dtype());
  const Bytes16 off_bits = bits_of(*options.off_value, output.dtype());
  dispatch_width(output.dtype(), [&]<class T>(Type<T>) {
    const T on = first_bytes<T>(on_bits);
    const T off = first_bytes<T>(off_bits);
    T* to = output.mutable_data_as<T>();
    dispatch_numeric(indices.dtype(), [&]<class I>(Type<I>) {
      if constexpr (std::is_integral_v<I>) {
        const I* from = indices.data_as<I>();
        const std::int64_t length = inner == 1 ? depth : inner;
        parallel_for(output.size() / length, std::max<std::int64_t>(1, kGrain / length),
                     [&](std::int64_t begin, std::int64_t end) {
                       if (inner == 1) {
                         write_rows(from, depth, on, off, to, begin, end);
                       } else {
                         write_classes(from, depth, inner, on, off, to, begin, end);
                       }
                     });
      }
    });
  });
}

}  // namespace

void register_gather() {
  register_kernel("gather", DeviceType::kCPU, {&run_gather});
  register_kernel("gather_grad", DeviceType::kCPU, {&run_gather_grad});
  register_kernel("one_hot", DeviceType::kCPU, {&run_one_hot});
}

}  // namespace saem::cpu
