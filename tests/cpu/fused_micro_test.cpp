// Micro programs: the bits of the ops one after the other, on every SIMD target.
#include <gtest/gtest.h>
#include <hwy/highway.h>

#include <cmath>
#include <random>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/cast.hpp>
#include <saem/ops/clip.hpp>
#include <saem/ops/compare.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/relu.hpp>
#include <saem/ops/unary_arith.hpp>
#include <saem/ops/unary_exp.hpp>
#include <saem/ops/where.hpp>

#include "fused_support.hpp"

namespace saem::cpu {
namespace {

/// One of the ops that have micro forms, most of the time.
Tensor next_cheap(std::mt19937& engine, const Tensor& a, const Tensor& b, const Tensor& c,
                  const Tensor& full) {
  const std::function<Tensor()> ops[] = {[&] { return a + b; },
                                         [&] { return a - b; },
                                         [&] { return a * b; },
                                         [&] { return a / b; },
                                         [&] { return maximum(a, b); },
                                         [&] { return minimum(b, a); },
                                         [&] { return a * a; },
                                         [&] { return clip_by_value(a + full, b, c); },
                                         [&] { return negative(a) + 0.5; },
                                         [&] { return square(abs(a)); },
                                         [&] { return sqrt(a) - rsqrt(b); },
                                         [&] { return reciprocal(nn::relu6(a)); },
                                         [&] { return nn::leaky_relu(a, {.alpha = 0.3}); },
                                         [&] { return sign(floor(a)) + ceil(round(b)); },
                                         [&] { return nn::relu(a) * 0.7; },
                                         [&] { return tanh(a); },
                                         [&] { return where(a < b, a, c); },
                                         [&] { return cast(cast(a, half), a.dtype()); }};
  return ops[engine() % std::size(ops)]();
}

class MicroPrograms : public ::testing::Test {
 protected:
  ~MicroPrograms() override { use(0); }
  static void use(std::int64_t target) {
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  }

  /// Rests after the last whole step, rows that are broadcast, scalars, edges of the dtype.
  static void expect_same_of_random(unsigned seed) {
    std::mt19937 engine(seed);
    const std::int64_t lengths[] = {1, 15, 128, 129, 300, 1000, 1024, 1100, 5003};
    const Shape shape{1 + static_cast<std::int64_t>(engine() % 3),
                      lengths[engine() % std::size(lengths)]};
    const DType dtype = engine() % 3 == 0 ? float64 : float32;
    Tensors given{sample(shape, dtype, -3, 3, seed),
                  sample(shape, dtype, -1, 9, seed + 1),
                  sample({shape[1]}, dtype, 0, 2, seed + 2),
                  sample({shape[0], 1}, dtype, -2, 2, seed + 3),
                  sample({}, dtype, 1, 2, seed + 4),
                  cast(sample(shape, float32, -2, 2, seed + 5), half)};
    const double infinity = HUGE_VAL;
    const double edges[] = {0.0, -0.0, infinity, -infinity, std::nan(""), 1e-40, 3e38};
    given[1] = where(given[1] < 0.0, fill(shape, edges[seed % 7], {.dtype = dtype}), given[1]);
    const std::size_t steps = 1 + engine() % (seed % 10 == 0 ? 150 : 12);
    expect_same(
        [&](auto in) -> Tensors {
          std::mt19937 own(seed);
          Tensors pool{in[0], in[1], in[2], in[3], in[4], cast(in[5], dtype)};
          const auto pick = [&] {  // the last one more often: a chain
            return own() % 2 == 0 ? pool.back() : pool[own() % pool.size()];
          };
          for (std::size_t k = 0; k < steps; ++k) {
            const Tensor a = pick();
            const Tensor b = pick();
            pool.push_back(next_cheap(own, a, b, pick(), in[0]));
          }
          const Tensor middle = pool[pool.size() / 2];
          return {pool.back() + in[0], middle - in[1], maximum(in[1], pool.back()) * in[0]};
        },
        given, shape);
  }
};

TEST_F(MicroPrograms, HaveTheBitsOfTheirOpsOnEveryTarget) {
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    use(target);
    for (unsigned seed = 0; seed < 60 && !HasFailure(); ++seed) {
      SCOPED_TRACE("seed " + std::to_string(seed) + " on " + hwy::TargetName(target));
      expect_same_of_random(seed);
    }
  }
}

TEST_F(MicroPrograms, CheapOpsOfFloatsHaveMicroForms) {
  for (const DType dtype : {float32, float64, half, int32}) {
    const DType three[] = {dtype, dtype, dtype};
    const std::pair<const char*, std::size_t> ops[] = {
        {"abs", 1}, {"relu", 1}, {"add", 2}, {"maximum", 2}, {"clip_by_value", 3}};
    for (const auto& [name, count] : ops) {
      const auto step = find_pointwise_step(*find_op(name), std::span(three, count), dtype, {});
      ASSERT_TRUE(step) << name;
      EXPECT_EQ(step->micro != nullptr, dtype != int32) << name << " of " << dtype.name();
    }
  }
}

}  // namespace
}  // namespace saem::cpu
