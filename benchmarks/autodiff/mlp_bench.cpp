// One training step of a small network, eagerly: 784-256-10, relu, 32 examples, cross-entropy,
// Adam. Multiply-adds: 32 * 203,264 = 6.5 million forwards and twice that backwards (none for the
// images), 33 Mflop in all: 0.16 ms at the machine's 210 GFLOP/s. Adam: 203,530 numbers, seven
// streams of float32, 5.7 MB.
#include <benchmark/benchmark.h>

#include <saem/autodiff/tape.hpp>
#include <saem/autodiff/training.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/cross_entropy.hpp>
#include <saem/ops/matmul.hpp>
#include <saem/ops/random.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/relu.hpp>
#include <saem/ops/unary_arith.hpp>
#include <vector>

namespace saem {
namespace {

/// The network and what Adam remembers of it.
struct Mlp {
  std::vector<Variable> weights{
      Variable{random::normal({784, 256}, {.stddev = 0.05})}, Variable{zeros({256})},
      Variable{random::normal({256, 10}, {.stddev = 0.05})}, Variable{zeros({10})}};
  std::vector<Variable> means;
  std::vector<Variable> squares;
  Tensor images = random::uniform({32, 784});
  Tensor labels = random::uniform({32}, {.maxval = 10, .dtype = int32});
  double beta1_power = 1.0;
  double beta2_power = 1.0;

  Mlp() {
    for (const Variable& w : weights) {
      means.emplace_back(zeros(w.shape()));
      squares.emplace_back(zeros(w.shape()));
    }
  }

  [[nodiscard]] Tensor loss() const {
    const Tensor hidden = nn::relu(matmul(images, weights[0]) + weights[1]);
    const Tensor logits = matmul(hidden, weights[2]) + weights[3];
    return reduce_mean(nn::sparse_softmax_cross_entropy_with_logits(labels, logits));
  }

  [[nodiscard]] std::vector<Tensor> gradients() const {
    GradientTape tape;
    return tape.gradient(loss(), weights);
  }

  /// As a user writes it.
  void adam_by_ops(const std::vector<Tensor>& gradients) {
    beta1_power *= 0.9;
    beta2_power *= 0.999;
    const double step = 0.001 * std::sqrt(1 - beta2_power) / (1 - beta1_power);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      const Tensor& g = gradients[i];
      means[i].assign_add((g - means[i]) * 0.1);
      squares[i].assign_add((square(g) - squares[i]) * 0.001);
      weights[i].assign_sub(step * means[i] / (sqrt(squares[i]) + 1e-7));
    }
  }

  /// As one op a variable.
  void adam_fused(const std::vector<Tensor>& gradients) {
    beta1_power *= 0.9;
    beta2_power *= 0.999;
    const Tensor first = constant(beta1_power, float32);
    const Tensor second = constant(beta2_power, float32);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      raw_ops::resource_apply_adam(weights[i], means[i], squares[i], first, second, rate, beta1,
                                   beta2, epsilon, gradients[i]);
    }
  }
  Tensor rate = constant(0.001, float32);
  Tensor beta1 = constant(0.9, float32);
  Tensor beta2 = constant(0.999, float32);
  Tensor epsilon = constant(1e-7, float32);
};

void mlp_loss(benchmark::State& state) {
  const Mlp mlp;
  for (auto _ : state) benchmark::DoNotOptimize(mlp.loss());
}
BENCHMARK(mlp_loss)->UseRealTime();

void mlp_gradients(benchmark::State& state) {
  const Mlp mlp;
  for (auto _ : state) benchmark::DoNotOptimize(mlp.gradients());
}
BENCHMARK(mlp_gradients)->UseRealTime();

void mlp_adam_by_ops(benchmark::State& state) {
  Mlp mlp;
  const std::vector<Tensor> gradients = mlp.gradients();
  for (auto _ : state) mlp.adam_by_ops(gradients);
}
BENCHMARK(mlp_adam_by_ops)->UseRealTime();

void mlp_adam_fused(benchmark::State& state) {
  Mlp mlp;
  const std::vector<Tensor> gradients = mlp.gradients();
  for (auto _ : state) mlp.adam_fused(gradients);
}
BENCHMARK(mlp_adam_fused)->UseRealTime();

void mlp_step_by_ops(benchmark::State& state) {
  Mlp mlp;
  for (auto _ : state) mlp.adam_by_ops(mlp.gradients());
}
BENCHMARK(mlp_step_by_ops)->UseRealTime();

void mlp_step_fused(benchmark::State& state) {
  Mlp mlp;
  for (auto _ : state) mlp.adam_fused(mlp.gradients());
}
BENCHMARK(mlp_step_fused)->UseRealTime();

}  // namespace
}  // namespace saem
