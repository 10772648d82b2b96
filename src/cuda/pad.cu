// pad, floor 4 of 5: CUDA. mirror_pad is a composition.
#include <saem/ops/pad.hpp>

#include "cuda/window.cuh"

namespace saem::cuda {
namespace {

void run(const OpCall& call, std::span<Tensor> outputs) {
  const auto& options = call.options<PadOptions>();
  const Tensor& x = call.input(0);
  Tensor& output = outputs[0];
  if (output.size() == 0) return;
  WindowAxes axes;
  for (int axis = 0; axis < output.rank(); ++axis) {
    axes.push_back(
        {output.shape()[axis], x.shape()[axis], options.before[static_cast<std::size_t>(axis)]});
  }
  run_window<false>(call.op.name, x.data(), output.mutable_data(), output.dtype().size(), axes,
                    repeated_bits(options.constant_values, output.dtype()));
}

}  // namespace

void register_pad() { register_kernel("pad", DeviceType::kGPU, {&run, false, false, true}); }

}  // namespace saem::cuda
