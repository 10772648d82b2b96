// roll, floor 4 of 5: CUDA.
#include <saem/ops/roll.hpp>

#include "cuda/window.cuh"

namespace saem::cuda {
namespace {

void run(const OpCall& call, std::span<Tensor> outputs) {
  const auto& options = call.options<RollOptions>();
  const Tensor& x = call.input(0);
  if (x.size() == 0) return;
  WindowAxes axes;
  for (int axis = 0; axis < x.rank(); ++axis) {
    axes.push_back({x.shape()[axis], x.shape()[axis], 0});
  }
  for (std::size_t i = 0; i < options.axis.size(); ++i) {
    axes[static_cast<std::size_t>(options.axis[i])].offset = options.shift[i];
  }
  run_window<true>(call.op.name, x.data(), outputs[0].mutable_data(), x.dtype().size(), axes,
                   Widest{});
}

}  // namespace

void register_roll() { register_kernel("roll", DeviceType::kGPU, {&run, false, false, true}); }

}  // namespace saem::cuda
