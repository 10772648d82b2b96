// gather, gather_grad; floor 3 of 5: CPU.
#include <algorithm>
#include <cstring>
#include <saem/core/op.hpp>
#include <saem/ops/gather.hpp>
#include <vector>

#include "base/message.hpp"
#include "base/parallel.hpp"
#include "core/dispatch.hpp"

namespace saem::cpu {
namespace {

/// Elements that one thread moves at a time.
constexpr std::int64_t kGrain = 1 << 14;
/// Neighbouring elements of a slice that one thread adds up for all indices, so that the order of
/// additions is that of the indices, whatever the number of threads: 256 bytes of float32, whole
/// cache lines.
constexpr std::int64_t kColumns = 64;

/// Every gather as params (batch, outer, size, inner), indices (batch, count) and slices
/// (batch, outer, count, inner).
struct Layout {
  std::int64_t batch = 1;
  std::int64_t outer = 1;
  std::int64_t size = 1;
  std::int64_t inner = 1;
  std::int64_t count = 1;
};

Layout layout_of(const Shape& params, const Shape& indices, int axis, int batch_dims) {
  Layout layout;
  for (int i = 0; i < batch_dims; ++i) layout.batch *= params[i];
  for (int i = batch_dims; i < axis; ++i) layout.outer *= params[i];
  layout.size = params[axis];
  for (int i = axis + 1; i < params.rank(); ++i) layout.inner *= params[i];
  for (int i = batch_dims; i < indices.rank(); ++i) layout.count *= indices[i];
  return layout;
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

/// Slices [begin, end) of the output, each of `bytes`.
template <class I>
void gather_slices(const Layout& layout, const std::byte* params, const I* indices,
                   std::byte* output, std::size_t bytes, std::int64_t begin, std::int64_t end) {
  const auto wide = static_cast<std::int64_t>(bytes);
  for (std::int64_t slice = begin; slice < end; ++slice) {
    const std::int64_t group = slice / layout.count;  // of (batch, outer)
    const std::int64_t k = slice % layout.count;
    const std::int64_t index = indices[group / layout.outer * layout.count + k];
    std::memcpy(output + slice * wide, params + (group * layout.size + index) * wide, bytes);
  }
}

/// The same where a slice is one element: no call of memcpy.
template <class T, class I>
void gather_elements(const Layout& layout, const T* params, const I* indices, T* output,
                     std::int64_t begin, std::int64_t end) {
  while (begin < end) {
    const std::int64_t group = begin / layout.count;
    const std::int64_t k = begin % layout.count;
    const std::int64_t run = std::min(end - begin, layout.count - k);
    const I* here = indices + group / layout.outer * layout.count + k;
    const T* source = params + group * layout.size;
    for (std::int64_t i = 0; i < run; ++i) output[begin + i] = source[here[i]];
    begin += run;
  }
}

void run_gather(const OpCall& call, std::span<Tensor> outputs) {
  const auto& options = call.options<GatherOptions>();
  const Tensor& params = call.input(0);
  Tensor& output = outputs[0];
  const Layout layout =
      layout_of(params.shape(), call.input(1).shape(), *options.axis, options.batch_dims);
  with_indices(call.input(1), [&](const auto* indices) {
    check_range(call, indices, layout.size);
    if (output.size() == 0) return;
    const std::int64_t slices = layout.batch * layout.outer * layout.count;
    const std::int64_t grain = std::max<std::int64_t>(1, kGrain / layout.inner);
    parallel_for(slices, grain, [&](std::int64_t begin, std::int64_t end) {
      if (layout.inner > 1) {
        gather_slices(layout, static_cast<const std::byte*>(params.data()), indices,
                      static_cast<std::byte*>(output.mutable_data()),
                      static_cast<std::size_t>(layout.inner) * params.dtype().size(), begin, end);
      } else {
        dispatch_width(params.dtype(), [&]<class T>(Type<T>) {
          gather_elements(layout, params.data_as<T>(), indices, output.mutable_data_as<T>(), begin,
                          end);
        });
      }
    });
  });
}

/// Half-precision sums are kept in float32; integers wrap around, in their unsigned type.
template <class T>
struct SumOf {
  using type = T;
};
template <>
struct SumOf<float16> {
  using type = float;
};
template <>
struct SumOf<bfloat16> {
  using type = float;
};
template <std::integral T>
struct SumOf<T> {
  using type = std::make_unsigned_t<T>;
};

/// Columns [first, first + width) of one (size, inner) matrix of the result.
template <class T, class I>
void scatter_columns(const Layout& layout, const T* slices, const I* indices, T* output,
                     std::int64_t first, std::int64_t width) {
  using Sum = typename SumOf<T>::type;
  constexpr bool kInPlace = sizeof(Sum) == sizeof(T);
  std::vector<Sum> buffer;
  if constexpr (!kInPlace) buffer.assign(static_cast<std::size_t>(layout.size * width), Sum());
  const auto row = [&](std::int64_t i) {
    if constexpr (kInPlace) {
      return reinterpret_cast<Sum*>(output) + i * layout.inner + first;
    } else {
      return buffer.data() + i * width;
    }
  };
  if constexpr (kInPlace) {
    for (std::int64_t i = 0; i < layout.size; ++i) std::fill_n(row(i), width, Sum());
  }
  for (std::int64_t k = 0; k < layout.count; ++k) {
    const T* slice = slices + k * layout.inner + first;
    Sum* sums = row(indices[k]);
    for (std::int64_t j = 0; j < width; ++j) {
      sums[j] = static_cast<Sum>(sums[j] + static_cast<Sum>(slice[j]));
    }
  }
  if constexpr (!kInPlace) {
    for (std::int64_t i = 0; i < layout.size; ++i) {
      for (std::int64_t j = 0; j < width; ++j) output[i * layout.inner + first + j] = T(row(i)[j]);
    }
  }
}

void run_gather_grad(const OpCall& call, std::span<Tensor> outputs) {
  const auto& [shape, axis, batch_dims] = call.options<GatherGradOptions>();
  const Tensor& gradient = call.input(0);
  Tensor& output = outputs[0];
  const Layout layout = layout_of(shape, call.input(1).shape(), axis, batch_dims);
  with_indices(call.input(1), [&]<class I>(const I* indices) {
    check_range(call, indices, layout.size);
    if (output.size() == 0) return;
    const std::int64_t strips = (layout.inner + kColumns - 1) / kColumns;
    const std::int64_t work = (layout.size + layout.count) * std::min(kColumns, layout.inner);
    const std::int64_t grain = std::max<std::int64_t>(1, kGrain / work);
    dispatch_numeric(gradient.dtype(), [&]<class T>(Type<T>) {
      parallel_for(
          layout.batch * layout.outer * strips, grain, [&](std::int64_t begin, std::int64_t end) {
            for (; begin < end; ++begin) {
              const std::int64_t group = begin / strips;
              const std::int64_t first = begin % strips * kColumns;
              scatter_columns(layout, gradient.data_as<T>() + group * layout.count * layout.inner,
                              indices + group / layout.outer * layout.count,
                              output.mutable_data_as<T>() + group * layout.size * layout.inner,
                              first, std::min(kColumns, layout.inner - first));
            }
          });
    });
  });
}

}  // namespace

void register_gather() {
  register_kernel("gather", DeviceType::kCPU, {&run_gather});
  register_kernel("gather_grad", DeviceType::kCPU, {&run_gather_grad});
}

}  // namespace saem::cpu
