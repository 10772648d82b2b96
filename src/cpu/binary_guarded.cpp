// divide_no_nan, multiply_no_nan, xdivy, xlogy, xlog1py; floor 3 of 5: CPU.
#include <cmath>

#include "cpu/complex.hpp"
#include "cpu/floating_block.hpp"

namespace saem::cpu {
namespace {

struct DivideNoNan {
  template <class T>
  T operator()(T x, T y) const {
    return y == T{0} ? T{0} : x / y;
  }
};

struct MultiplyNoNan {
  double operator()(double x, double y) const { return y == 0.0 ? 0.0 : x * y; }
};

struct Xdivy {
  double operator()(double x, double y) const { return x == 0.0 ? 0.0 : x / y; }
};

struct Xlogy {
  double operator()(double x, double y) const { return x == 0.0 ? 0.0 : x * std::log(y); }
};

struct Xlog1py {
  double operator()(double x, double y) const { return x == 0.0 ? 0.0 : x * std::log1p(y); }
};

void run_divide_no_nan(const OpCall& call, std::span<Tensor> outputs) {
  const DType dtype = outputs[0].dtype();
  if (!dtype.is_complex()) return run_floating<DivideNoNan>(call, outputs);
  run_elementwise({call.inputs, outputs[0], complex_block(dtype, DivideNoNan{})});
}

}  // namespace

void register_binary_guarded() {
  register_kernel("divide_no_nan", DeviceType::kCPU, {&run_divide_no_nan, true});
  register_kernel("multiply_no_nan", DeviceType::kCPU, {&run_floating<MultiplyNoNan>, true});
  register_kernel("xdivy", DeviceType::kCPU, {&run_floating<Xdivy>, true});
  register_kernel("xlogy", DeviceType::kCPU, {&run_floating<Xlogy>, true});
  register_kernel("xlog1py", DeviceType::kCPU, {&run_floating<Xlog1py>, true});
}

}  // namespace saem::cpu
