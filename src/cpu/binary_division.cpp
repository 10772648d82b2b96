// floordiv, floormod, truncatediv, truncatemod; floor 3 of 5: CPU.
#include <cmath>

#include "core/dispatch.hpp"
#include "cpu/elementwise.hpp"

namespace saem::cpu {
namespace {

template <class T>
T negated(T x) {  // wraps around: the least integer is its own negative
  return static_cast<T>(0u - static_cast<std::make_unsigned_t<T>>(x));
}

struct TruncateDivision {
  static constexpr const char* kName = "truncatediv";
  template <class T>
  T operator()(T x, T y) const {
    if constexpr (std::is_integral_v<T>) {
      if (std::is_signed_v<T> && y == static_cast<T>(-1)) return negated(x);
      return static_cast<T>(x / y);
    } else {
      return std::trunc(x / y);
    }
  }
};

struct TruncateRemainder {
  static constexpr const char* kName = "truncatemod";
  template <class T>
  T operator()(T x, T y) const {
    if constexpr (std::is_integral_v<T>) {
      return std::is_signed_v<T> && y == static_cast<T>(-1) ? T{0} : static_cast<T>(x % y);
    } else {
      return std::fmod(x, y);
    }
  }
};

struct FloorDivision {
  static constexpr const char* kName = "floordiv";
  template <class T>
  T operator()(T x, T y) const {
    if constexpr (std::is_integral_v<T>) {
      const T remainder = TruncateRemainder{}(x, y);
      const T quotient = TruncateDivision{}(x, y);
      const bool rounds_up = remainder != 0 && (remainder < 0) != (y < 0);
      return static_cast<T>(quotient - (rounds_up ? 1 : 0));
    } else {
      return std::floor(x / y);
    }
  }
};

struct FloorRemainder {
  static constexpr const char* kName = "floormod";
  template <class T>
  T operator()(T x, T y) const {
    const T remainder = TruncateRemainder{}(x, y);
    const bool other_side = remainder != 0 && (remainder < 0) != (y < 0);
    return other_side ? static_cast<T>(remainder + y) : remainder;
  }
};

template <class Op, class T>
void block(const void* const* inputs, void* output, std::int64_t count, const void*) {
  const auto* x = static_cast<const T*>(inputs[0]);
  const auto* y = static_cast<const T*>(inputs[1]);
  auto* out = static_cast<T*>(output);
  for (std::int64_t i = 0; i < count; ++i) {
    if (std::is_integral_v<T> && y[i] == T{0}) [[unlikely]] {
      raise<ValueError>(Op::kName,
                        "an integer is divided by zero; tf::cast to tf::float32 for "
                        "infinity, or take tf::where to replace the zeros");
    }
    out[i] = Op{}(x[i], y[i]);
  }
}

template <class Op>
void run(const OpCall& call, std::span<Tensor> outputs) {
  const DType compute = compute_dtype(outputs[0].dtype());
  const BlockFunction function = dispatch_numeric(compute, []<class T>(Type<T>) -> BlockFunction {
    if constexpr (compute_dtype(dtype_of<T>()) == dtype_of<T>()) {
      return &block<Op, T>;
    } else {
      return nullptr;  // compute_dtype widened it
    }
  });
  run_elementwise({call.inputs, outputs[0], function});
}

}  // namespace

void register_binary_division() {
  register_kernel("floordiv", DeviceType::kCPU, {&run<FloorDivision>, true});
  register_kernel("floormod", DeviceType::kCPU, {&run<FloorRemainder>, true});
  register_kernel("truncatediv", DeviceType::kCPU, {&run<TruncateDivision>, true});
  register_kernel("truncatemod", DeviceType::kCPU, {&run<TruncateRemainder>, true});
}

}  // namespace saem::cpu
