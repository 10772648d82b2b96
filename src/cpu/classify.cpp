// is_nan, is_inf, is_finite; floor 3 of 5: CPU.
#include <cmath>

#include "cpu/floating_block.hpp"

namespace saem::cpu {
namespace {

struct IsNaN {
  bool operator()(double x) const { return std::isnan(x); }
};

struct IsInf {
  bool operator()(double x) const { return std::isinf(x); }
};

struct IsFinite {
  bool operator()(double x) const { return std::isfinite(x); }
};

}  // namespace

void register_classify() {
  register_kernel("is_nan", DeviceType::kCPU, {&run_floating<IsNaN, bool>, true});
  register_kernel("is_inf", DeviceType::kCPU, {&run_floating<IsInf, bool>, true});
  register_kernel("is_finite", DeviceType::kCPU, {&run_floating<IsFinite, bool>, true});
}

}  // namespace saem::cpu
