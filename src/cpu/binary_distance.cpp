// squared_difference, atan2, nextafter; floor 3 of 5: CPU.
#include <cmath>

#include "core/dispatch.hpp"
#include "cpu/floating_block.hpp"

namespace saem::cpu {
namespace {

struct Atan2 {
  double operator()(double y, double x) const { return std::atan2(y, x); }
};

template <class T>
void square_differences(const void* const* inputs, void* output, std::int64_t count, const void*) {
  const auto* x = static_cast<const T*>(inputs[0]);
  const auto* y = static_cast<const T*>(inputs[1]);
  for (std::int64_t i = 0; i < count; ++i) {
    if constexpr (std::is_integral_v<T>) {  // wraps around; 1u: uint16 would be promoted to int
      using Wrapping = std::make_unsigned_t<T>;
      const auto difference =
          static_cast<Wrapping>(static_cast<Wrapping>(x[i]) - static_cast<Wrapping>(y[i]));
      static_cast<T*>(output)[i] = static_cast<T>(1u * difference * difference);
    } else {
      const T difference = x[i] - y[i];
      static_cast<T*>(output)[i] = difference * difference;
    }
  }
}

void run_squared_difference(const OpCall& call, std::span<Tensor> outputs) {
  const DType compute = compute_dtype(outputs[0].dtype());
  const BlockFunction block = dispatch_numeric(compute, []<class T>(Type<T>) -> BlockFunction {
    if constexpr (compute_dtype(dtype_of<T>()) == dtype_of<T>()) {
      return &square_differences<T>;
    } else {
      return nullptr;  // compute_dtype widened it
    }
  });
  run_elementwise({call.inputs, outputs[0], block});
}

template <class T>
void next_numbers(const void* const* inputs, void* output, std::int64_t count, const void*) {
  const auto* x = static_cast<const T*>(inputs[0]);
  const auto* y = static_cast<const T*>(inputs[1]);
  for (std::int64_t i = 0; i < count; ++i) static_cast<T*>(output)[i] = std::nextafter(x[i], y[i]);
}

void run_nextafter(const OpCall& call, std::span<Tensor> outputs) {
  const bool single = outputs[0].dtype() == DType::kFloat32;
  run_elementwise({call.inputs, outputs[0], single ? &next_numbers<float> : &next_numbers<double>});
}

}  // namespace

void register_binary_distance() {
  register_kernel("squared_difference", DeviceType::kCPU, {&run_squared_difference, true});
  register_kernel("atan2", DeviceType::kCPU, {&run_floating<Atan2>, true});
  register_kernel("nextafter", DeviceType::kCPU, {&run_nextafter, true});
}

}  // namespace saem::cpu
