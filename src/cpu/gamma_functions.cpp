// lgamma, digamma, polygamma, zeta, igamma, igammac, igamma_grad_a, betainc; floor 3 of 5: CPU.
#include "cpu/floating_block.hpp"
#include "cpu/special_functions.hpp"

namespace saem::cpu {
namespace {

struct Lgamma {
  double operator()(double x) const { return log_gamma(x); }
};

struct Digamma {
  double operator()(double x) const { return digamma(x); }
};

struct Polygamma {
  double operator()(double a, double b) const { return polygamma(a, b); }
};

struct Zeta {
  double operator()(double a, double b) const { return zeta(a, b); }
};

struct Igamma {
  double operator()(double a, double b) const { return igamma(a, b); }
};

struct Igammac {
  double operator()(double a, double b) const { return igammac(a, b); }
};

struct IgammaGradA {
  double operator()(double a, double b) const { return igamma_grad_a(a, b); }
};

struct Betainc {
  double operator()(double a, double b, double c) const { return betainc(a, b, c); }
};

}  // namespace

void register_gamma_functions() {
  register_kernel("lgamma", DeviceType::kCPU, {&run_floating<Lgamma>, true});
  register_kernel("digamma", DeviceType::kCPU, {&run_floating<Digamma>, true});
  register_kernel("polygamma", DeviceType::kCPU, {&run_floating<Polygamma>, true});
  register_kernel("zeta", DeviceType::kCPU, {&run_floating<Zeta>, true});
  register_kernel("igamma", DeviceType::kCPU, {&run_floating<Igamma>, true});
  register_kernel("igammac", DeviceType::kCPU, {&run_floating<Igammac>, true});
  register_kernel("igamma_grad_a", DeviceType::kCPU, {&run_floating<IgammaGradA>, true});
  register_kernel("betainc", DeviceType::kCPU, {&run_floating<Betainc>, true});
}

}  // namespace saem::cpu
