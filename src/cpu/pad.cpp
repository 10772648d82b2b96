// pad; floor 3 of 5: CPU.
#include <algorithm>
#include <cstring>
#include <saem/core/op.hpp>
#include <saem/ops/pad.hpp>

#include "base/parallel.hpp"
#include "core/dispatch.hpp"

namespace saem::cpu {
namespace {

/// Elements that one thread writes at a time.
constexpr std::int64_t kGrain = 1 << 15;

/// The output as rows along the last padded axis, with the axes after it drawn into its elements.
struct Rows {
  Dims sizes;              ///< of the output, without the row's axis
  Dims before;             ///< margins of those axes
  Dims inner;              ///< sizes of the input's
  std::int64_t count = 1;  ///< rows of the output
  std::int64_t front = 0;  ///< elements of a row's margins, and between them
  std::int64_t middle = 1;
  std::int64_t back = 0;
};

Rows rows_of(const Shape& input, const Shape& output, const PadOptions& options) {
  Rows rows;
  int last = output.rank() - 1;
  while (last > 0 && input[last] == output[last]) rows.middle *= input[last--];
  if (last < 0) return rows;
  rows.front = options.before[static_cast<std::size_t>(last)] * rows.middle;
  rows.back = options.after[static_cast<std::size_t>(last)] * rows.middle;
  rows.middle *= input[last];
  for (int axis = 0; axis < last; ++axis) {
    rows.sizes.push_back(output[axis]);
    rows.before.push_back(options.before[static_cast<std::size_t>(axis)]);
    rows.inner.push_back(input[axis]);
    rows.count *= output[axis];
  }
  return rows;
}

/// The input's row that lies at output row `row`, or -1 if that is all margin.
std::int64_t source_row(const Rows& rows, std::int64_t row) {
  std::int64_t source = 0;
  std::int64_t step = 1;
  for (std::size_t axis = rows.sizes.size(); axis-- > 0;) {
    const std::int64_t at = row % rows.sizes[axis] - rows.before[axis];
    if (at < 0 || at >= rows.inner[axis]) return -1;
    source += at * step;
    step *= rows.inner[axis];
    row /= rows.sizes[axis];
  }
  return source;
}

void run_pad(const OpCall& call, std::span<Tensor> outputs) {
  const auto& options = call.options<PadOptions>();
  const Tensor& x = call.input(0);
  Tensor& output = outputs[0];
  if (output.size() == 0) return;
  const Rows rows = rows_of(x.shape(), output.shape(), options);
  const std::int64_t length = rows.front + rows.middle + rows.back;
  const std::int64_t grain = std::max<std::int64_t>(1, kGrain / length);
  dispatch_any(output.dtype(), [&]<class T>(Type<T>) {
    const T value = options.constant_values.to<T>();
    const T* from = x.data_as<T>();
    T* to = output.mutable_data_as<T>();
    parallel_for(rows.count, grain, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t row = begin; row < end; ++row) {
        T* at = to + row * length;
        const std::int64_t source = source_row(rows, row);
        if (source < 0) {
          std::fill_n(at, length, value);
          continue;
        }
        std::fill_n(at, rows.front, value);
        std::memcpy(at + rows.front, from + source * rows.middle,
                    static_cast<std::size_t>(rows.middle) * sizeof(T));
        std::fill_n(at + rows.front + rows.middle, rows.back, value);
      }
    });
  });
}

}  // namespace

void register_pad() { register_kernel("pad", DeviceType::kCPU, {&run_pad}); }

}  // namespace saem::cpu
