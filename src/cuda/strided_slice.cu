// strided_slice_grad, floor 4 of 5: CUDA. strided_slice itself is a view.
#include <saem/ops/strided_slice.hpp>

#include "cuda/layout.hpp"
#include "cuda/runtime.hpp"
#include "cuda/types.cuh"

namespace saem::cuda {
namespace {

constexpr int kMostSlicedAxes = 8;

/// Where element i of a box lies in the output it was cut from.
struct Box {
  int rank = 0;
  std::int64_t sizes[kMostSlicedAxes];
  std::int64_t strides[kMostSlicedAxes];
};

template <class T>
__global__ void scatter(const T* __restrict__ from, T* __restrict__ to, const Box box,
                        std::int64_t size) {
  const std::int64_t i = std::int64_t{blockIdx.x} * blockDim.x + threadIdx.x;
  if (i >= size) return;
  std::int64_t rest = i;
  std::int64_t place = 0;
  for (int axis = box.rank - 1; axis >= 0; --axis) {
    place += rest % box.sizes[axis] * box.strides[axis];
    rest /= box.sizes[axis];
  }
  to[place] = from[i];
}

void run(const OpCall& call, std::span<Tensor> outputs) {
  const auto& slice = call.options<StridedSliceGradOptions>().slice;
  const Tensor& gradient = call.input(0);
  Tensor& output = outputs[0];
  if (output.size() == 0) return;
  if (gradient.size() != output.size()) {  // else the box covers everything
    check(cudaMemsetAsync(output.mutable_data(), 0, static_cast<std::size_t>(output.nbytes()),
                          gpu().stream),
          call.op.name, "filling with zeros");
  }
  if (gradient.size() == 0) return;
  Box box;
  std::int64_t offset = 0;
  for (std::size_t axis = 0; axis < slice.begin.size(); ++axis) {
    const std::int64_t stride = output.strides()[axis];
    offset += slice.begin[axis] * stride;
    if (slice.size[axis] == 1) continue;
    if (box.rank == kMostSlicedAxes) {
      raise<ShapeError>(call.op.name, "cuts more than 8 axes; reshape the tensor first");
    }
    box.sizes[box.rank] = slice.size[axis];
    box.strides[box.rank++] = slice.step[axis] * stride;
  }
  constexpr int kThreads = 256;
  const auto blocks = static_cast<unsigned>(ceil_div(gradient.size(), kThreads));
  dispatch_width(output.dtype(), [&]<class T>(Type<T>) {
    scatter<<<blocks, kThreads, 0, gpu().stream>>>(static_cast<const T*>(gradient.data()),
                                                   static_cast<T*>(output.mutable_data()) + offset,
                                                   box, gradient.size());
  });
  check_launch(call.op.name);
}

}  // namespace

void register_strided_slice() {
  register_kernel("strided_slice_grad", DeviceType::kGPU, {&run, false, false, true});
}

}  // namespace saem::cuda
