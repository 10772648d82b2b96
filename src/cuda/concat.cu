// concat, floor 4 of 5: CUDA. Each input is a block of lines within the lines of the output.
#include <saem/ops/concat.hpp>

#include "cuda/runtime.hpp"

namespace saem::cuda {
namespace {

void run(const OpCall& call, std::span<Tensor> outputs) {
  Tensor& output = outputs[0];
  if (output.size() == 0) return;
  const int axis = call.options<ConcatOptions>().axis;
  std::int64_t lines = 1;
  for (int i = 0; i < axis; ++i) lines *= output.shape()[i];
  const auto line_bytes = static_cast<std::size_t>(output.nbytes() / lines);
  auto* to = static_cast<std::byte*>(output.mutable_data());
  for (const Tensor& value : call.inputs) {
    if (value.size() == 0) continue;
    const auto bytes = static_cast<std::size_t>(value.nbytes() / lines);
    check(
        cudaMemcpy2DAsync(to, line_bytes, value.data(), bytes, bytes,
                          static_cast<std::size_t>(lines), cudaMemcpyDeviceToDevice, gpu().stream),
        call.op.name, "copying");
    to += bytes;
  }
}

}  // namespace

void register_concat() { register_kernel("concat", DeviceType::kGPU, {&run, false, false, true}); }

}  // namespace saem::cuda
