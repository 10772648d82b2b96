// strided_slice_grad, floor 3 of 5: CPU. strided_slice itself is a view.
#include <cstring>
#include <saem/core/op.hpp>
#include <saem/ops/strided_slice.hpp>

#include "base/parallel.hpp"
#include "cpu/strided_copy.hpp"

namespace saem::cpu {
namespace {

/// Zeros that one thread writes at a time.
constexpr std::int64_t kGrainBytes = 1 << 18;

void run_strided_slice_grad(const OpCall& call, std::span<Tensor> outputs) {
  const auto& slice = call.options<StridedSliceGradOptions>().slice;
  const Tensor& gradient = call.input(0);
  Tensor& output = outputs[0];
  auto* bytes = static_cast<std::byte*>(output.mutable_data());
  if (gradient.size() != output.size()) {  // else the box covers everything
    parallel_for(output.nbytes(), kGrainBytes, [&](std::int64_t begin, std::int64_t end) {
      std::memset(bytes + begin, 0, static_cast<std::size_t>(end - begin));
    });
  }
  if (gradient.size() == 0) return;
  StridedCopy copy{static_cast<const std::byte*>(gradient.data()),
                   bytes,
                   output.dtype().size(),
                   slice.size,
                   Dims(slice.size.size(), 0),
                   {}};
  for (std::size_t i = 0; i < slice.axes.size(); ++i) {
    if (slice.axes[i] >= 0) {
      copy.from_strides[static_cast<std::size_t>(slice.axes[i])] = gradient.strides()[i];
    }
  }
  for (std::size_t axis = 0; axis < slice.begin.size(); ++axis) {
    const std::int64_t stride = output.strides()[axis];
    copy.to += slice.begin[axis] * stride * static_cast<std::int64_t>(copy.width);
    copy.to_strides.push_back(slice.step[axis] * stride);
  }
  copy_strided(copy);
}

}  // namespace

void register_strided_slice() {
  register_kernel("strided_slice_grad", DeviceType::kCPU, {&run_strided_slice_grad, true});
}

}  // namespace saem::cpu
