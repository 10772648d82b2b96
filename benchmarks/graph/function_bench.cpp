// Whole functions, called eagerly and as a tf::function, beside the same work of the peers in
// benchmarks/peers.
//
// chain_of_six: 16 M floats in, 16 M out, 134 MB: what one copy of 64 MiB moves.
// feed_forward: 75 Mflop and 18.9 MB of weights in float32, half that in bfloat16.
// mlp_step: see benchmarks/autodiff/mlp_bench.cpp; 33 Mflop, 5.7 MB of Adam.
// transformer_block: 2048 positions; products 2 * 2048 * 256 * (768 + 256 + 1024 + 1024) = 3.2
// Gflop and attention 2 * 2 * 16 * 8 * 128 * 128 * 32 = 0.27, three times that with the way
// back: 10.5. resnet20_step: 40.8 M multiply-adds an image, 64 images, three passes: 15.7 Gflop.
#include <benchmark/benchmark.h>

#include <cmath>
#include <fstream>
#include <functional>
#include <saem/autodiff/tape.hpp>
#include <saem/autodiff/training.hpp>
#include <saem/graph/function.hpp>
#include <saem/ops/activation.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/cast.hpp>
#include <saem/ops/concat.hpp>
#include <saem/ops/convolution.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/cross_entropy.hpp>
#include <saem/ops/matmul.hpp>
#include <saem/ops/moments.hpp>
#include <saem/ops/normalization.hpp>
#include <saem/ops/random.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/relu.hpp>
#include <saem/ops/reshape.hpp>
#include <saem/ops/softmax.hpp>
#include <saem/ops/transpose.hpp>
#include <saem/ops/unary_arith.hpp>
#include <saem/ops/unary_exp.hpp>
#include <string>
#include <vector>

namespace saem {
namespace {

/// What is called, and with what: data are arguments, since a function may fold what it captures.
struct Body {
  std::vector<Tensor> arguments;
  std::function<std::vector<Tensor>(const std::vector<Tensor>&)> call;
};
using Arguments = std::vector<Tensor>;

Body one_op_call() {
  const Tensor x = ones({16});
  return {{x}, [](const Arguments& a) -> std::vector<Tensor> { return {a[0] + 1.0}; }};
}

Body chain_of_six() {
  const Tensor x = random::uniform({16 << 20});
  return {{x}, [](const Arguments& a) -> std::vector<Tensor> {
            return {sqrt(abs(tanh(a[0] * 2.0 + 1.0))) - a[0]};
          }};
}

/// The same length of cheap ops, where memory alone is the limit.
Body chain_of_six_cheap() {
  const Tensor x = random::uniform({16 << 20});
  return {{x}, [](const Arguments& a) -> std::vector<Tensor> {
            return {nn::relu(abs(a[0] * 2.0 + 1.0) - 0.5) * a[0]};
          }};
}

Body mlp_step() {
  const std::vector<Variable> weights{
      Variable{random::normal({784, 256}, {.stddev = 0.05})}, Variable{zeros({256})},
      Variable{random::normal({256, 10}, {.stddev = 0.05})}, Variable{zeros({10})}};
  std::vector<Variable> means;
  std::vector<Variable> squares;
  for (const Variable& w : weights) {
    means.emplace_back(zeros(w.shape()));
    squares.emplace_back(zeros(w.shape()));
  }
  const Tensor images = random::uniform({32, 784});
  const Tensor labels = random::uniform({32}, {.maxval = 10, .dtype = int32});
  const Variable beta1_power{ones({})};
  const Variable beta2_power{ones({})};
  const Tensor rate = constant(0.001, float32);
  const Tensor beta1 = constant(0.9, float32);
  const Tensor beta2 = constant(0.999, float32);
  const Tensor epsilon = constant(1e-7, float32);
  return {{images, labels}, [=](const Arguments& a) -> std::vector<Tensor> {
            GradientTape tape;
            const Tensor hidden = nn::relu(matmul(a[0], weights[0]) + weights[1]);
            const Tensor logits = matmul(hidden, weights[2]) + weights[3];
            const Tensor loss =
                reduce_mean(nn::sparse_softmax_cross_entropy_with_logits(a[1], logits));
            const std::vector<Tensor> gradients = tape.gradient(loss, weights);
            beta1_power.assign(beta1_power * 0.9);
            beta2_power.assign(beta2_power * 0.999);
            for (std::size_t i = 0; i < weights.size(); ++i) {
              raw_ops::resource_apply_adam(weights[i], means[i], squares[i], beta1_power,
                                           beta2_power, rate, beta1, beta2, epsilon, gradients[i]);
            }
            return {loss};
          }};
}

Body transformer_block() {
  constexpr std::int64_t kBatch = 16;
  constexpr std::int64_t kLength = 128;
  constexpr std::int64_t kWidth = 256;
  constexpr std::int64_t kHeads = 8;
  const auto weight = [](const Shape& shape) {
    return Variable{random::normal(shape, {.stddev = 0.02})};
  };
  const std::vector<Variable> w{Variable{ones({kWidth})},     Variable{zeros({kWidth})},
                                weight({kWidth, 3 * kWidth}), weight({kWidth, kWidth}),
                                Variable{ones({kWidth})},     Variable{zeros({kWidth})},
                                weight({kWidth, 4 * kWidth}), weight({4 * kWidth, kWidth})};
  const Tensor sequence = random::normal({kBatch, kLength, kWidth});
  return {{sequence}, [=](const Arguments& a) -> std::vector<Tensor> {
            const Tensor& x = a[0];
            GradientTape tape;
            tape.watch(x);
            const auto by_head = [](const Tensor& y) {
              return transpose(reshape(y, {kBatch, kLength, kHeads, kWidth / kHeads}),
                               {.perm = Dims{0, 2, 1, 3}});
            };
            const std::vector<Tensor> qkv =
                split(matmul(nn::layer_normalization(x, w[0], w[1], {.epsilon = 1e-5}), w[2]), 3,
                      {.axis = -1});
            const Tensor scores = matmul(by_head(qkv[0]), by_head(qkv[1]), {.transpose_b = true}) *
                                  std::sqrt(1.0 / (kWidth / kHeads));
            const Tensor mixed = reshape(
                transpose(matmul(nn::softmax(scores), by_head(qkv[2])), {.perm = Dims{0, 2, 1, 3}}),
                {kBatch, kLength, kWidth});
            const Tensor attended = x + matmul(mixed, w[3]);
            const Tensor normal = nn::layer_normalization(attended, w[4], w[5], {.epsilon = 1e-5});
            const Tensor loss = reduce_sum(attended + matmul(nn::gelu(matmul(normal, w[6])), w[7]));
            std::vector<Tensor> sources{x};
            for (const Variable& variable : w) sources.push_back(variable);
            return tape.gradient(loss, sources);
          }};
}

/// Two layers of a Transformer that only answers: its weights stay as they are.
Body feed_forward(DType dtype) {
  const auto normal = [&](const Shape& shape, double deviation) {
    return cast(random::normal(shape, {.stddev = deviation}), dtype);
  };
  const Variable up{normal({768, 3072}, 0.02)};
  const Variable up_bias{normal({3072}, 0.02)};
  const Variable down{normal({3072, 768}, 0.02)};
  const Variable down_bias{normal({768}, 0.02)};
  return {{normal({8, 768}, 1)}, [=](const Arguments& a) -> std::vector<Tensor> {
            return {matmul(nn::relu(matmul(a[0], up) + up_bias), down) + down_bias};
          }};
}
Body feed_forward_float32() { return feed_forward(float32); }
Body feed_forward_bfloat16() { return feed_forward(dtypes::bfloat16); }

/// He et al. 2015 for CIFAR-10, with momentum.
struct ResNet {
  struct Normalisation {
    Variable scale;
    Variable shift;
  };
  struct Block {
    int stride;
    Variable first;
    Normalisation first_norm;
    Variable second;
    Normalisation second_norm;
    std::vector<Variable> shortcut;
  };

  std::vector<Variable> weights;
  std::vector<Variable> velocities;
  std::vector<Block> blocks;
  Variable stem = filters(3, 3, 16);
  Normalisation stem_norm = normalisation(16);
  Tensor images = random::normal({64, 32, 32, 3});
  Tensor labels = random::uniform({64}, {.maxval = 10, .dtype = int32});
  Variable dense{zeros({1})};
  Variable bias{zeros({10})};

  ResNet() {
    std::int64_t inputs = 16;
    for (const std::int64_t outputs : {16, 32, 64}) {
      for (int index = 0; index < 3; ++index) {
        const int stride = index == 0 && outputs > 16 ? 2 : 1;
        Block block{stride,
                    filters(3, inputs, outputs),
                    normalisation(outputs),
                    filters(3, outputs, outputs),
                    normalisation(outputs),
                    {}};
        if (stride == 2) block.shortcut.push_back(filters(1, inputs, outputs));
        blocks.push_back(std::move(block));
        inputs = outputs;
      }
    }
    dense = Variable{random::normal({64, 10}, {.stddev = 0.1})};
    weights.push_back(dense);
    weights.push_back(bias);
    for (const Variable& w : weights) velocities.emplace_back(zeros(w.shape()));
  }

  Variable filters(std::int64_t window, std::int64_t inputs, std::int64_t outputs) {
    const double deviation = std::sqrt(2.0 / static_cast<double>(window * window * inputs));
    weights.emplace_back(random::normal({window, window, inputs, outputs}, {.stddev = deviation}));
    return weights.back();
  }

  Normalisation normalisation(std::int64_t channels) {
    Normalisation made{Variable{ones({channels})}, Variable{zeros({channels})}};
    weights.push_back(made.scale);
    weights.push_back(made.shift);
    return made;
  }

  static Tensor convolve(const Tensor& x, const Variable& f, int stride = 1) {
    return nn::conv2d(x, f, {.strides = {stride, stride}, .padding = "SAME"});
  }

  static Tensor normalise(const Tensor& x, const Normalisation& made) {
    const auto [mean, variance] = nn::moments(x, {0, 1, 2});
    return nn::batch_normalization(x, mean, variance, made.shift, made.scale, 1e-5);
  }

  Tensor step(const Tensor& pictures, const Tensor& classes) const {
    GradientTape tape;
    Tensor x = nn::relu(normalise(convolve(pictures, stem), stem_norm));
    for (const Block& block : blocks) {
      Tensor y = nn::relu(normalise(convolve(x, block.first, block.stride), block.first_norm));
      y = normalise(convolve(y, block.second), block.second_norm);
      x = nn::relu(y + (block.shortcut.empty() ? x : convolve(x, block.shortcut[0], block.stride)));
    }
    const Tensor logits = matmul(reduce_mean(x, {.axis = {1, 2}}), dense) + bias;
    const Tensor loss = reduce_mean(nn::sparse_softmax_cross_entropy_with_logits(classes, logits));
    const std::vector<Tensor> gradients = tape.gradient(loss, weights);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      velocities[i].assign(velocities[i] * 0.9 + gradients[i]);
      weights[i].assign_sub(0.1 * velocities[i]);
    }
    return loss;
  }
};

Body resnet20_step() {
  const auto net = std::make_shared<ResNet>();
  return {{net->images, net->labels},
          [net](const Arguments& a) -> std::vector<Tensor> { return {net->step(a[0], a[1])}; }};
}

void run_eagerly(benchmark::State& state, Body (*make)()) {
  const Body body = make();
  for (auto _ : state) benchmark::DoNotOptimize(body.call(body.arguments));
}

void run_function(benchmark::State& state, Body (*make)()) {
  const Body body = make();
  const auto f = function(body.call);
  benchmark::DoNotOptimize(f(body.arguments));
  for (auto _ : state) benchmark::DoNotOptimize(f(body.arguments));
}

/// Resident bytes of this process: `VmRSS` now, `VmHWM` at most; 0 where Linux does not say it.
double resident(const std::string& field) {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    double kilobytes = 0;
    if (word == field + ":" && status >> kilobytes) return kilobytes * 1024;
  }
  return 0;
}

/// As benchmarks/peers/memory.py for the peers; the only benchmark of its process.
void measure_memory(benchmark::State& state, void (*run)(benchmark::State&, Body (*)()),
                    Body (*make)()) {
  std::ofstream("/proc/self/clear_refs") << "5";  // the most so far becomes what it is now
  const double before = resident("VmRSS");
  run(state, make);
  const double peak = resident("VmHWM");
  if (peak == 0) return;
  state.counters["growth"] = peak - before;
  state.counters["peak"] = peak;
}

#define SAEM_WORK(name)                                                             \
  BENCHMARK_CAPTURE(run_eagerly, name, &name)->Name("eager_" #name)->UseRealTime(); \
  BENCHMARK_CAPTURE(run_function, name, &name)->Name(#name)->UseRealTime()
#define SAEM_MEMORY(name)                                       \
  BENCHMARK_CAPTURE(measure_memory, name, &run_eagerly, &name)  \
      ->Name("eager_" #name "_memory")                          \
      ->Iterations(200)                                         \
      ->UseRealTime();                                          \
  BENCHMARK_CAPTURE(measure_memory, name, &run_function, &name) \
      ->Name(#name "_memory")                                   \
      ->Iterations(200)                                         \
      ->UseRealTime()
SAEM_WORK(one_op_call);
SAEM_WORK(chain_of_six);
SAEM_WORK(chain_of_six_cheap);
SAEM_WORK(mlp_step);
SAEM_WORK(feed_forward_float32);
SAEM_WORK(feed_forward_bfloat16);
SAEM_WORK(transformer_block);
SAEM_WORK(resnet20_step);
SAEM_MEMORY(mlp_step);
SAEM_MEMORY(transformer_block);
SAEM_MEMORY(resnet20_step);
#undef SAEM_WORK
#undef SAEM_MEMORY

/// What a call of a function of one op costs with an argument and one tensor out.
void one_op_argument(benchmark::State& state) {
  const auto f = function([](const Tensor& x) { return x + 1.0; });
  const Tensor x = ones({16});
  benchmark::DoNotOptimize(f(x));
  for (auto _ : state) benchmark::DoNotOptimize(f(x));
}
BENCHMARK(one_op_argument);

Tensor thousand_nodes(Tensor y) {
  const Tensor weights = ones({8, 8});
  for (int i = 0; i < 250; ++i) y = tanh(matmul(y, weights) * 0.125) + y;
  return y;
}

/// Tracing, optimising and planning a graph of a thousand nodes.
void trace_1000_nodes(benchmark::State& state) {
  const Tensor x = ones({8, 8});
  for (auto _ : state) {
    const auto f = function(thousand_nodes);
    f.prepare(x);
  }
}
BENCHMARK(trace_1000_nodes)->Unit(benchmark::kMillisecond);

/// The same graph for one more size, from traces for two others.
void size_of_1000_nodes(benchmark::State& state) {
  const auto f = function(thousand_nodes, {.reduce_retracing = true});
  std::int64_t rows = 2;
  for (; rows < 4; ++rows) f.prepare(ones({rows, 8}));
  for (auto _ : state) f.prepare(ones({rows++, 8}));
}
BENCHMARK(size_of_1000_nodes)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace saem
