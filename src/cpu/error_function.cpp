// erf, erfc, erfinv, ndtri; floor 3 of 5: CPU.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/error_function.cpp"
#include <hwy/foreach_target.h>
// Must come after foreach_target.h.
#include <hwy/highway.h>

#include <cmath>

#include "cpu/floating_block.hpp"
#include "cpu/math-inl.hpp"
#include "cpu/simd_transform-inl.hpp"
#include "cpu/special_functions.hpp"

HWY_BEFORE_NAMESPACE();
namespace saem::cpu::HWY_NAMESPACE {
// Unnamed: kernel files name alike things alike (Add, block), and a linker would merge them.
namespace {

struct Erf {
  template <class D, class V>
  HWY_INLINE V operator()(D d, V x) const {
    return erf(d, x);
  }
};

BlockFunction ErfBlock() {
  return [](const void* const* inputs, void* output, std::int64_t count, const void*) {
    transform_vectors(Erf{}, static_cast<float*>(output), count,
                      static_cast<const float*>(inputs[0]));
  };
}

}  // namespace
}  // namespace saem::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace saem::cpu {

HWY_EXPORT(ErfBlock);

namespace {

struct Erf {
  double operator()(double x) const { return std::erf(x); }
};

struct Erfc {
  double operator()(double x) const { return std::erfc(x); }
};

struct Erfinv {
  double operator()(double x) const { return erfinv(x); }
};

struct Ndtri {
  double operator()(double x) const { return ndtri(x); }
};

void run_erf(const OpCall& call, std::span<Tensor> outputs) {
  if (outputs[0].dtype() == DType::kFloat64) return run_floating<Erf>(call, outputs);
  run_elementwise({call.inputs, outputs[0], HWY_DYNAMIC_DISPATCH(ErfBlock)()});
}

}  // namespace

void register_error_function() {
  register_kernel("erf", DeviceType::kCPU, {&run_erf, true});
  register_kernel("erfc", DeviceType::kCPU, {&run_floating<Erfc>, true});
  register_kernel("erfinv", DeviceType::kCPU, {&run_floating<Erfinv>, true});
  register_kernel("ndtri", DeviceType::kCPU, {&run_floating<Ndtri>, true});
}

}  // namespace saem::cpu
#endif  // HWY_ONCE
