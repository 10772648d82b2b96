// bitwise_and, bitwise_or, bitwise_xor, invert, left_shift, right_shift, population_count; floor 3
// of 5: CPU. Left to the compiler's vectoriser.
#include <algorithm>
#include <bit>

#include "core/dispatch.hpp"
#include "cpu/elementwise.hpp"

namespace saem::cpu {
namespace {

struct And {
  template <class T>
  T operator()(T x, T y) const {
    return static_cast<T>(x & y);
  }
};

struct Or {
  template <class T>
  T operator()(T x, T y) const {
    return static_cast<T>(x | y);
  }
};

struct Xor {
  template <class T>
  T operator()(T x, T y) const {
    return static_cast<T>(x ^ y);
  }
};

/// C++ leaves shifts by less than nothing or by the width and more undefined.
template <class T>
int checked_shift(T by) {
  constexpr int kMost = 8 * static_cast<int>(sizeof(T)) - 1;
  if (by < T{0}) return 0;
  return by > static_cast<T>(kMost) ? kMost : static_cast<int>(by);
}

struct LeftShift {
  template <class T>
  T operator()(T x, T y) const {
    using Wide = std::common_type_t<std::make_unsigned_t<T>, unsigned>;
    return static_cast<T>(static_cast<Wide>(x) << checked_shift(y));
  }
};

struct RightShift {
  template <class T>
  T operator()(T x, T y) const {
    return static_cast<T>(x >> checked_shift(y));
  }
};

struct Invert {
  template <class T>
  T operator()(T x) const {
    return static_cast<T>(~x);
  }
};

struct PopulationCount {
  template <class T>
  std::uint8_t operator()(T x) const {
    return static_cast<std::uint8_t>(std::popcount(static_cast<std::make_unsigned_t<T>>(x)));
  }
};

template <class Op, class T>
void block(const void* const* inputs, void* output, std::int64_t count, const void*) {
  const auto* x = static_cast<const T*>(inputs[0]);
  if constexpr (std::is_invocable_v<Op, T>) {
    auto* out = static_cast<std::invoke_result_t<Op, T>*>(output);
    for (std::int64_t i = 0; i < count; ++i) out[i] = Op{}(x[i]);
  } else {
    const auto* y = static_cast<const T*>(inputs[1]);
    auto* out = static_cast<T*>(output);
    for (std::int64_t i = 0; i < count; ++i) out[i] = Op{}(x[i], y[i]);
  }
}

template <class Op>
void run(const OpCall& call, std::span<Tensor> outputs) {
  const DType dtype = call.input(0).dtype();
  const BlockFunction function = dispatch_numeric(dtype, []<class T>(Type<T>) -> BlockFunction {
    if constexpr (std::is_integral_v<T>) {
      return &block<Op, T>;
    } else {
      return nullptr;  // never asked for: floor 2 refuses it
    }
  });
  run_elementwise({call.inputs, outputs[0], function});
}

}  // namespace

void register_bitwise() {
  register_kernel("bitwise_and", DeviceType::kCPU, {&run<And>, true});
  register_kernel("bitwise_or", DeviceType::kCPU, {&run<Or>, true});
  register_kernel("bitwise_xor", DeviceType::kCPU, {&run<Xor>, true});
  register_kernel("left_shift", DeviceType::kCPU, {&run<LeftShift>, true});
  register_kernel("right_shift", DeviceType::kCPU, {&run<RightShift>, true});
  register_kernel("invert", DeviceType::kCPU, {&run<Invert>, true});
  register_kernel("population_count", DeviceType::kCPU, {&run<PopulationCount>, true});
}

}  // namespace saem::cpu
