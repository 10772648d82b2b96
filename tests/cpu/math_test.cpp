// How many units in the last place the float32 functions are off, on every SIMD target of the
// machine.
#include <gtest/gtest.h>
#include <hwy/highway.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <map>
#include <numbers>
#include <saem/ops/activation.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/error_function.hpp>
#include <saem/ops/unary_exp.hpp>
#include <saem/ops/unary_trig.hpp>
#include <string>
#include <vector>

namespace saem {
namespace {

/// One float in so many is looked at; a prime, so that all bit patterns turn up. The bounds below
/// were measured over every float from 2^-26 to 2^8 in magnitude, where these functions bend, and
/// over every 61st elsewhere. SAEM_MATH_TEST_STRIDE=1 in the environment looks at all 2^32, a
/// quarter of an hour a function.
constexpr std::uint64_t kStride = 1021;

std::uint64_t stride() {
  const char* wanted = std::getenv("SAEM_MATH_TEST_STRIDE");
  return wanted == nullptr ? kStride
                           : std::max<std::uint64_t>(1, std::strtoull(wanted, nullptr, 10));
}

struct Function {
  const char* name;
  Tensor (*computed)(const Tensor&);
  double (*exact)(double);
  double bound;  ///< the largest error in units in the last place, over finite floats
};

double exact_sigmoid(double x) { return 1.0 / (1.0 + std::exp(-x)); }
double exact_softplus(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); }
double exact_gelu(double x) { return x * (0.5 * std::erfc(-x / std::numbers::sqrt2)); }
double exact_gelu_by_tanh(double x) {
  return x * exact_sigmoid(2 * nn::kSqrtTwoByPi * (x + nn::kGeluCubic * x * x * x));
}
double exact_mish(double x) {
  const double e = std::exp(std::min(x, 40.0));
  return x * (e * (e + 2) / (e * (e + 2) + 2));
}

const Function kFunctions[] = {
    {"exp", &exp, [](double x) { return std::exp(x); }, 1.02},
    {"expm1", &expm1, [](double x) { return std::expm1(x); }, 1.57},
    {"log", &log, [](double x) { return std::log(x); }, 0.84},
    {"log1p", &log1p, [](double x) { return std::log1p(x); }, 0.85},
    {"tanh", &tanh, [](double x) { return std::tanh(x); }, 1.34},
    {"erf", &math::erf, [](double x) { return std::erf(x); }, 1.5},
    {"sigmoid", &sigmoid, &exact_sigmoid, 2.41},
    {"softplus", &softplus, &exact_softplus, 1.65},
    {"gelu", [](const Tensor& x) { return nn::gelu(x); }, &exact_gelu, 4.0},
    {"gelu_by_tanh", [](const Tensor& x) { return nn::gelu(x, {.approximate = true}); },
     &exact_gelu_by_tanh, 4.0},
    {"silu", [](const Tensor& x) { return nn::silu(x); },
     [](double x) { return x * exact_sigmoid(x); }, 4.0},
    {"mish", &nn::mish, &exact_mish, 4.0},
    {"elu", [](const Tensor& x) { return nn::elu(x); },
     [](double x) { return x < 0 ? std::expm1(x) : x; }, 1.57},
    {"log_sigmoid", &math::log_sigmoid, [](double x) { return -exact_softplus(-x); }, 1.65},
    {"sin", &sin, [](double x) { return std::sin(x); }, 0.51},
    {"cos", &cos, [](double x) { return std::cos(x); }, 0.51},
};

/// |computed - exact| in units of the last place of the float next to `exact`; infinite where only
/// one of the two is a number.
double error_in_ulp(float computed, double exact) {
  if (std::isnan(exact)) return std::isnan(computed) ? 0.0 : HUGE_VAL;
  const auto nearest = static_cast<float>(exact);
  if (nearest == computed) {
    if (!std::isfinite(nearest)) return 0.0;
  } else if (!std::isfinite(computed) || !std::isfinite(nearest)) {
    return HUGE_VAL;
  }
  int exponent = 0;
  std::frexp(exact, &exponent);
  const double ulp = std::ldexp(1.0, std::max(exponent - 24, -149));
  return std::abs(static_cast<double>(computed) - exact) / ulp;
}

struct Worst {
  double error = 0.0;
  float at = 0.0f;
};

/// A stretch of floats and what the function is there: one for all targets.
struct Stretch {
  std::vector<float> inputs;
  std::vector<double> exact;

  void add(float x, const Function& function) {
    inputs.push_back(x);
    exact.push_back(function.exact(x));
  }
};

Worst worst_error(const Function& function, const Stretch& stretch) {
  Worst worst;
  const Tensor outputs = function.computed(constant(stretch.inputs));
  const auto computed = outputs.span<float>();
  for (std::size_t i = 0; i < stretch.inputs.size(); ++i) {
    const double error = error_in_ulp(computed[i], stretch.exact[i]);
    if (!(error <= worst.error)) worst = {error, stretch.inputs[i]};
  }
  return worst;
}

/// Where formulas change their ways or numbers their kind: every power of two with its neighbours,
/// among them the subnormals; where exp leaves float32, erf and tanh become one; integers and a
/// half.
std::vector<float> special_values() {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  std::vector<float> values;
  const auto add = [&](float x) {
    for (const float near : {std::nextafter(x, -kInfinity), x, std::nextafter(x, kInfinity)}) {
      values.push_back(near);
      values.push_back(-near);
    }
  };
  for (int exponent = -149; exponent < 128; ++exponent) add(std::ldexp(1.0f, exponent));
  for (const float x : {0.0f, 88.72284f, 87.33655f, 103.27893f, 103.97208f, 9.010913f, 3.919206f,
                        0.927734375f, 0.625f, 0.70710678f, 1.41421356f, 0.34657359f,
                        std::numeric_limits<float>::max(), kInfinity}) {
    add(x);
  }
  for (int whole = 1; whole < 110; ++whole) add(0.5f * static_cast<float>(whole));
  for (const std::uint32_t nan : {0x7f800001u, 0x7fbfffffu, 0x7fc00000u, 0x7fffffffu}) {
    values.push_back(std::bit_cast<float>(nan));
    values.push_back(std::bit_cast<float>(nan | 0x80000000u));
  }
  return values;
}

class MathAccuracy : public ::testing::TestWithParam<Function> {
 protected:
  ~MathAccuracy() override { hwy::SetSupportedTargetsForTest(0); }

  /// Asked for before one is taken: then only that is supported.
  const std::vector<std::int64_t> targets = hwy::SupportedAndGeneratedTargets();

  static void take(std::int64_t target) {
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  }
};

TEST_P(MathAccuracy, StaysWithinItsBoundOnEveryTarget) {
  constexpr std::size_t kStretch = 1 << 18;
  const std::uint64_t step = stride();
  std::map<std::int64_t, Worst> worst;
  Stretch stretch;
  const auto look = [&] {
    for (const std::int64_t target : targets) {
      take(target);
      const Worst here = worst_error(GetParam(), stretch);
      if (Worst& so_far = worst[target]; !(here.error <= so_far.error)) so_far = here;
    }
    stretch = {};
  };
  for (std::uint64_t bits = 0; bits < (std::uint64_t{1} << 32); bits += step) {
    stretch.add(std::bit_cast<float>(static_cast<std::uint32_t>(bits)), GetParam());
    if (stretch.inputs.size() == kStretch) look();
  }
  for (const float x : special_values()) stretch.add(x, GetParam());
  look();
  for (const auto& [target, found] : worst) {
    EXPECT_LE(found.error, GetParam().bound)
        << GetParam().name << " of " << found.at << " on " << hwy::TargetName(target);
    RecordProperty(hwy::TargetName(target), std::to_string(found.error));
    std::printf("%-10s %-8s %.3f at %a\n", GetParam().name, hwy::TargetName(target), found.error,
                static_cast<double>(found.at));
  }
}

TEST_P(MathAccuracy, KeepsItsEdgesOnEveryTarget) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> edges = {0.0f,  -0.0f, kInfinity, -kInfinity, kNaN,
                                    -1.0f, -2.0f, 1e-45f,    -1e-45f};
  for (const std::int64_t target : targets) {
    take(target);
    SCOPED_TRACE(hwy::TargetName(target));
    const Tensor outputs = GetParam().computed(constant(edges));
    for (std::size_t i = 0; i < edges.size(); ++i) {
      const auto expected = static_cast<float>(GetParam().exact(edges[i]));
      const float got = outputs.span<float>()[i];
      if (std::isnan(expected)) {
        EXPECT_TRUE(std::isnan(got)) << GetParam().name << " of " << edges[i] << " is " << got;
      } else if (std::isinf(expected) || expected == 0.0f) {
        EXPECT_EQ(got, expected) << GetParam().name << " of " << edges[i];
        EXPECT_EQ(std::signbit(got), std::signbit(expected))
            << GetParam().name << " of " << edges[i];
      } else {
        EXPECT_LE(error_in_ulp(got, GetParam().exact(edges[i])), GetParam().bound);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(AllFunctions, MathAccuracy, ::testing::ValuesIn(kFunctions),
                         [](const auto& instance) { return std::string(instance.param.name); });

}  // namespace
}  // namespace saem
