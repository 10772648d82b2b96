// strided_slice_grad, strided_slice_update; floor 3 of 5: CPU. strided_slice itself is a view.
#include <cstring>
#include <saem/core/op.hpp>
#include <saem/ops/strided_slice.hpp>

#include "base/parallel.hpp"
#include "cpu/strided_copy.hpp"

namespace saem::cpu {
namespace {

/// Zeros that one thread writes at a time.
constexpr std::int64_t kGrainBytes = 1 << 18;

/// The elements of `box` put where the slice lies in `output`.
void write_box(const Tensor& box, const StridedSliceOptions& slice, Tensor& output) {
  if (box.size() == 0) return;
  StridedCopy copy{static_cast<const std::byte*>(box.data()),
                   static_cast<std::byte*>(output.mutable_data()),
                   output.dtype().size(),
                   slice.size,
                   Dims(slice.size.size(), 0),
                   {}};
  for (std::size_t i = 0; i < slice.axes.size(); ++i) {
    if (slice.axes[i] >= 0) {
      copy.from_strides[static_cast<std::size_t>(slice.axes[i])] = box.strides()[i];
    }
  }
  for (std::size_t axis = 0; axis < slice.begin.size(); ++axis) {
    const std::int64_t stride = output.strides()[axis];
    copy.to += slice.begin[axis] * stride * static_cast<std::int64_t>(copy.width);
    copy.to_strides.push_back(slice.step[axis] * stride);
  }
  copy_strided(copy);
}

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
  write_box(gradient, slice, output);
}

void run_strided_slice_update(const OpCall& call, std::span<Tensor> outputs) {
  const auto& slice = call.options<StridedSliceOptions>();
  const Tensor& x = call.input(0);
  Tensor& output = outputs[0];
  if (output.data() != x.data()) {
    copy_strided({static_cast<const std::byte*>(x.data()),
                  static_cast<std::byte*>(output.mutable_data()), x.dtype().size(),
                  x.shape().dims(), x.strides(), output.strides()});
  }
  write_box(call.input(1), slice, output);
}

}  // namespace

void register_strided_slice() {
  register_kernel("strided_slice_update", DeviceType::kCPU, {&run_strided_slice_update, true});
  register_kernel("strided_slice_grad", DeviceType::kCPU, {&run_strided_slice_grad, true});
}

}  // namespace saem::cpu
