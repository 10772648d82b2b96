// cast, floor 4 of 5: CUDA. Floating point that an integer cannot hold ends at its range, NaN is 0,
// as on the CPU.
#include <limits>

#include "cuda/elementwise.cuh"

namespace saem::cuda {
namespace {

template <class To, class From>
struct Convert {
  __device__ __forceinline__ To operator()(compute_type<From> x) const {
    using C = compute_type<From>;
    if constexpr (std::is_same_v<To, bool>) {
      return x != C{0};
    } else if constexpr (std::is_floating_point_v<C> && std::is_integral_v<To>) {
      constexpr auto kLeast = std::numeric_limits<To>::min();
      constexpr auto kMost = std::numeric_limits<To>::max();
      // Above by one: kMost itself may not be a number of C, but the power of two after it is.
      constexpr C kEnd = static_cast<C>(kMost / 2 + 1) * 2;
      if (x >= kEnd) return kMost;
      if (x < static_cast<C>(kLeast)) return kLeast;
      return x == x ? static_cast<To>(x) : To{0};
    } else if constexpr (kIsHalf<To>) {
      // Through float32, rounded once more: what the CPU does with float64 and integers.
      return narrow<To>(static_cast<float>(x));
    } else {
      return static_cast<To>(x);
    }
  }
};

void run(const OpCall& call, std::span<Tensor> outputs) {
  const Tensor& x = call.input(0);
  Tensor& output = outputs[0];
  if (output.size() == 0) return;
  dispatch_device(x.dtype(), [&]<class From>(Type<From>) {
    dispatch_device(output.dtype(), [&]<class To>(Type<To>) {
      // Only whole, aligned tensors: with strides it would be 500 kernels instead of 170.
      constexpr int kVector = kElements<To, From>;
      auto* to = static_cast<To*>(output.mutable_data());
      Operand<From> operand = operand_of<From>(x);
      operand.repeats = x.device().type == DeviceType::kCPU;
      if (is_aligned(operand.data, sizeof(From) * kVector)) {
        return launch_flat(call.op.name, Convert<To, From>{}, to, output.size(), operand);
      }
      const auto bytes = static_cast<std::size_t>(x.nbytes());
      const Workspace aligned(bytes);
      check(cudaMemcpyAsync(aligned.as<void>(), x.data(), bytes, cudaMemcpyDeviceToDevice,
                            gpu().stream),
            call.op.name, "copying");
      operand.data = aligned.as<From>();
      launch_flat(call.op.name, Convert<To, From>{}, to, output.size(), operand);
    });
  });
}

}  // namespace

void register_cast() { register_kernel("cast", DeviceType::kGPU, {&run, false, true}); }

}  // namespace saem::cuda
