// bessel_i0, bessel_i1, bessel_i0e, bessel_i1e; floor 3 of 5: CPU.
#include "cpu/floating_block.hpp"
#include "cpu/special_functions.hpp"

namespace saem::cpu {
namespace {

struct I0 {
  double operator()(double x) const { return bessel_i0(x); }
};

struct I1 {
  double operator()(double x) const { return bessel_i1(x); }
};

struct I0e {
  double operator()(double x) const { return bessel_i0e(x); }
};

struct I1e {
  double operator()(double x) const { return bessel_i1e(x); }
};

}  // namespace

void register_bessel() {
  register_kernel("bessel_i0", DeviceType::kCPU, {&run_floating<I0>, true});
  register_kernel("bessel_i1", DeviceType::kCPU, {&run_floating<I1>, true});
  register_kernel("bessel_i0e", DeviceType::kCPU, {&run_floating<I0e>, true});
  register_kernel("bessel_i1e", DeviceType::kCPU, {&run_floating<I1e>, true});
}

}  // namespace saem::cpu
