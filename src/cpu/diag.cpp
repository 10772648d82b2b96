// diag, set_diag; floor 3 of 5: CPU. diag_part is a view or a composition.
#include <algorithm>
#include <saem/core/op.hpp>
#include <saem/ops/diag.hpp>

#include "base/parallel.hpp"
#include "core/dispatch.hpp"
#include "cpu/strided_copy.hpp"

namespace saem::cpu {
namespace {

/// Elements that one thread fills at a time.
constexpr std::int64_t kGrain = 1 << 17;

/// Writes the diagonals over matrices that are there: one copy each, along the diagonal.
void write_diagonals(const Tensor& diagonals, const DiagOptions& options, Tensor& output) {
  if (diagonals.size() == 0) return;
  const auto rank = static_cast<std::size_t>(output.rank());
  const std::int64_t rows = output.shape().dims()[rank - 2];
  const std::int64_t columns = output.shape().dims()[rank - 1];
  const std::int64_t longest = options.k.longest(rows, columns);
  const auto width = static_cast<std::int64_t>(output.dtype().size());
  for (std::int64_t k = options.k.highest(); k >= options.k.lowest(); --k) {
    const std::int64_t length = Diagonals::length(k, rows, columns);
    const std::int64_t begin = options.begin(k, length, longest);
    const std::int64_t row = options.k.highest() - k;
    StridedCopy copy{static_cast<const std::byte*>(diagonals.data()),
                     static_cast<std::byte*>(output.mutable_data()),
                     output.dtype().size(),
                     {},
                     {},
                     {}};
    for (std::size_t axis = 0; axis + 2 < rank; ++axis) {
      copy.sizes.push_back(output.shape().dims()[axis]);
      copy.from_strides.push_back(diagonals.strides()[axis]);
      copy.to_strides.push_back(output.strides()[axis]);
    }
    const std::int64_t along = diagonals.strides().back();
    copy.sizes.push_back(length);
    copy.from_strides.push_back(along);
    copy.to_strides.push_back(columns + 1);
    copy.from += begin * along * width;
    if (options.k.count() > 1) copy.from += row * diagonals.strides()[rank - 2] * width;
    copy.to += (k >= 0 ? k : -k * columns) * width;
    copy_strided(copy);
  }
}

void run_diag(const OpCall& call, std::span<Tensor> outputs) {
  const auto& options = call.options<DiagOptions>();
  Tensor& output = outputs[0];
  dispatch_any(output.dtype(), [&]<class T>(Type<T>) {
    const T value = options.padding_value.to<T>();
    T* elements = output.mutable_data_as<T>();
    parallel_for(output.size(), kGrain, [&](std::int64_t begin, std::int64_t end) {
      std::fill(elements + begin, elements + end, value);
    });
  });
  write_diagonals(call.input(0), options, output);
}

void run_set_diag(const OpCall& call, std::span<Tensor> outputs) {
  const Tensor& x = call.input(0);
  Tensor& output = outputs[0];
  if (output.data() != x.data()) {
    copy_strided({static_cast<const std::byte*>(x.data()),
                  static_cast<std::byte*>(output.mutable_data()), x.dtype().size(),
                  x.shape().dims(), x.strides(), output.strides()});
  }
  write_diagonals(call.input(1), call.options<DiagOptions>(), output);
}

}  // namespace

void register_diag() {
  register_kernel("diag", DeviceType::kCPU, {&run_diag, true});
  register_kernel("set_diag", DeviceType::kCPU, {&run_set_diag, true});
}

}  // namespace saem::cpu
