// diag, set_diag; floor 4 of 5: CUDA. diag_part is a view or a composition.
#include <saem/ops/diag.hpp>

#include "cuda/window.cuh"

namespace saem::cuda {
namespace {

/// How diagonals (batch, count, longest) lie in matrices (batch, rows, columns).
struct Placement {
  std::int64_t rows;
  std::int64_t columns;
  std::int64_t lowest;
  std::int64_t highest;
  std::int64_t longest;
  bool upper_left;
  bool lower_left;
};

Placement placement_of(const DiagOptions& options, const Tensor& diagonals, const Tensor& output) {
  return {output.shape()[output.rank() - 2],
          output.shape()[output.rank() - 1],
          options.k.lowest(),
          options.k.highest(),
          diagonals.shape()[diagonals.rank() - 1],
          options.begin(1, 0, 1) == 0,
          options.begin(-1, 0, 1) == 0};
}

/// One element a thread: from its diagonal, else from `background`, else `padding`. Without
/// __restrict__: the background may be the output.
template <class T>
__global__ void place_diagonals(const T* diagonals, const T* background, const T padding, T* output,
                                std::int64_t size, const Placement p) {
  wait_for_inputs();
  const std::int64_t i = std::int64_t{blockIdx.x} * kWindowThreads + threadIdx.x;
  if (i >= size) return;
  const std::int64_t column = i % p.columns;
  const std::int64_t row = i / p.columns % p.rows;
  const std::int64_t k = column - row;
  if (k < p.lowest || k > p.highest) {
    output[i] = background == nullptr ? padding : background[i];
    return;
  }
  const std::int64_t height = p.rows + (k < 0 ? k : 0);
  const std::int64_t width = p.columns - (k > 0 ? k : 0);
  const std::int64_t length = height < width ? height : width;
  const bool left = (k >= 0 && p.upper_left) || (k <= 0 && p.lower_left);
  const std::int64_t line = i / p.columns / p.rows * (p.highest - p.lowest + 1) + p.highest - k;
  output[i] =
      diagonals[line * p.longest + (left ? 0 : p.longest - length) + (k < 0 ? column : row)];
}

void place(const OpCall& call, const Tensor& diagonals, const void* background,
           const Widest& padding, Tensor& output) {
  if (output.size() == 0) return;
  const Placement placement = placement_of(call.options<DiagOptions>(), diagonals, output);
  const auto run = [&]<class T>(Type<T>) {
    launch(call.op.name, &place_diagonals<T>, ceil_div(output.size(), kWindowThreads),
           kWindowThreads, static_cast<const T*>(diagonals.data()),
           static_cast<const T*>(background), first_of<T>(padding),
           static_cast<T*>(output.mutable_data()), output.size(), placement);
  };
  dispatch_width(output.dtype(), run);
}

void run_diag(const OpCall& call, std::span<Tensor> outputs) {
  const auto& options = call.options<DiagOptions>();
  place(call, call.input(0), nullptr, repeated_bits(options.padding_value, outputs[0].dtype()),
        outputs[0]);
}

void run_set_diag(const OpCall& call, std::span<Tensor> outputs) {
  place(call, call.input(1), call.input(0).data(), Widest{}, outputs[0]);
}

}  // namespace

void register_diag() {
  register_kernel("diag", DeviceType::kGPU, {&run_diag, false, false, true});
  register_kernel("set_diag", DeviceType::kGPU, {&run_set_diag, false, false, true});
}

}  // namespace saem::cuda
