// Derivatives of order one to five along one direction: by tapes in tapes, and by accumulators in
// accumulators, which share no code but the ops' rules.
#include <memory>
#include <saem/autodiff/custom_gradient.hpp>
#include <saem/autodiff/forward.hpp>
#include <saem/autodiff/map.hpp>
#include <saem/autodiff/tape.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/concat.hpp>
#include <saem/ops/cross_entropy.hpp>
#include <saem/ops/gather.hpp>
#include <saem/ops/matmul.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/reduce_norm.hpp>
#include <saem/ops/reshape.hpp>
#include <saem/ops/scan.hpp>
#include <saem/ops/softmax.hpp>
#include <saem/ops/transpose.hpp>
#include <saem/ops/unary_arith.hpp>
#include <saem/ops/unary_exp.hpp>
#include <saem/ops/unary_trig.hpp>

#include "support/op_test.hpp"

namespace saem {
namespace {

using testing::sample;

constexpr int kOrders = 5;

/// A number from numbers, smooth at what `point` gives.
struct Case {
  const char* name;
  std::function<Tensor(const Tensor&)> function;
};

Tensor weighted(const Tensor& y) { return reduce_sum(y * sample(y.shape(), float64, 0.5, 1.5, 7)); }

std::vector<Case> cases() {
  const Tensor matrix = sample({4, 3}, float64, -1, 1, 5);
  const Tensor labels = constant({2}, int64);
  return {
      {"exp", [](const Tensor& x) { return weighted(exp(x)); }},
      {"quotient", [](const Tensor& x) { return weighted(1.0 / x); }},
      {"pow", [](const Tensor& x) { return weighted(pow(x, 2.5)); }},
      {"log_sqrt", [](const Tensor& x) { return weighted(log(x) * sqrt(x)); }},
      {"tanh_sin", [](const Tensor& x) { return weighted(tanh(sin(x))); }},
      {"sigmoid", [](const Tensor& x) { return weighted(sigmoid(x)); }},
      {"softplus", [](const Tensor& x) { return weighted(softplus(x)); }},
      {"product", [](const Tensor& x) { return reduce_prod(x * x); }},
      {"softmax", [](const Tensor& x) { return weighted(nn::softmax(x)); }},
      {"log_softmax", [](const Tensor& x) { return weighted(square(nn::log_softmax(x))); }},
      {"logsumexp", [](const Tensor& x) { return reduce_logsumexp(x); }},
      {"norm", [](const Tensor& x) { return reduce_euclidean_norm(x); }},
      {"cumprod", [](const Tensor& x) { return weighted(cumprod(x * x)); }},
      {"matmul",
       [matrix](const Tensor& x) {
         return weighted(tanh(matmul(reshape(x, {1, 4}), matrix)));
       }},
      {"cross_entropy",
       [labels](const Tensor& x) {
         return reduce_sum(
             nn::sparse_softmax_cross_entropy_with_logits(labels, reshape(x * x, {1, 4})));
       }},
      {"slices",
       [](const Tensor& x) {
         return weighted(concat({x(slice(1, 3)) * x(slice(0, 2)), exp(gather(x, {3, 0, 3}))}));
       }},
      {"recomputed",
       [](const Tensor& x) {
         return weighted(recompute_grad([](const Tensor& v) { return exp(v) * v; })(x));
       }},
      {"mapped",
       [](const Tensor& x) {
         return weighted(vectorized_map([](const Tensor& v) { return exp(v) * v; }, x));
       }},
  };
}

/// d^n/dt^n f(x + t v) at t = 0 for n = 1 .. kOrders, by tapes.
std::vector<double> by_tapes(const Case& c, const Tensor& x, const Tensor& direction) {
  const Tensor t = constant(0.0, float64);
  std::vector<std::unique_ptr<GradientTape>> tapes;
  for (int n = 0; n < kOrders; ++n) {
    tapes.push_back(std::make_unique<GradientTape>());
    tapes.back()->watch(t);
  }
  Tensor y = c.function(x + t * direction);
  std::vector<double> derivatives;
  for (; !tapes.empty(); tapes.pop_back()) {
    y = tapes.back()->gradient(y, t, {.unconnected_gradients = UnconnectedGradients::kZero});
    derivatives.push_back(y.item<double>());
  }
  return derivatives;
}

std::vector<double> by_accumulators(const Case& c, const Tensor& x, const Tensor& direction) {
  const Tensor t = constant(0.0, float64);
  std::vector<std::unique_ptr<ForwardAccumulator>> accumulators;
  for (int n = 0; n < kOrders; ++n) {
    accumulators.push_back(std::make_unique<ForwardAccumulator>(t, constant(1.0, float64)));
  }
  Tensor y = c.function(x + t * direction);
  std::vector<double> derivatives;
  for (; !accumulators.empty(); accumulators.pop_back()) {
    y = accumulators.back()->jvp(y, UnconnectedGradients::kZero);
    derivatives.push_back(y.item<double>());
  }
  return derivatives;
}

TEST(higher_order, TapesAndAccumulatorsAgree) {
  const Tensor x = sample({4}, float64, 0.6, 1.4, 1);
  const Tensor direction = sample({4}, float64, -0.5, 0.5, 2);
  for (const Case& c : cases()) {
    SCOPED_TRACE(c.name);
    const std::vector<double> back = by_tapes(c, x, direction);
    const std::vector<double> forward = by_accumulators(c, x, direction);
    for (std::size_t n = 0; n < back.size(); ++n) {
      EXPECT_NEAR(forward[n], back[n], 1e-8 * (1 + std::abs(back[n]))) << "order " << n + 1;
      EXPECT_NE(back[n], 0.0) << "order " << n + 1;
    }
  }
}

TEST(higher_order, TheFifthDerivativeOfAQuotient) {
  const Tensor two = constant({2.0}, float64);
  const Case quotient{"quotient", [](const Tensor& x) { return reduce_sum(1.0 / x); }};
  const std::vector<double> derivatives = by_tapes(quotient, two, ones_like(two));
  // d^n/dx^n 1/x = (-1)^n n! / x^(n + 1)
  const double expected[] = {-1.0 / 4, 2.0 / 8, -6.0 / 16, 24.0 / 32, -120.0 / 64};
  for (std::size_t n = 0; n < 5; ++n) EXPECT_NEAR(derivatives[n], expected[n], 1e-12);
}

}  // namespace
}  // namespace saem
