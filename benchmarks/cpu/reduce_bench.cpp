// Reductions and softmax at 8192 x 1024 float32 (32 MiB, more than fits a core's cache), as bytes
// that must move a second: reductions read 4 an element, softmax reads 4 and writes 4. Beside them
// what the machine can do: a plain read of the same memory.
#include <benchmark/benchmark.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <saem/ops/argmax.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/cross_entropy.hpp>
#include <saem/ops/normalization.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/softmax.hpp>

#include "base/parallel.hpp"

namespace saem {
namespace {

constexpr std::int64_t kRows = 8192;
constexpr std::int64_t kColumns = 1024;

/// One for all: written anew before each repetition, it would be in the caches, and dirty.
const Tensor& matrix() {
  static const Tensor matrix = [] {
    Tensor x = Tensor::empty(float32, {kRows, kColumns});
    auto* elements = x.mutable_data_as<float>();
    for (std::int64_t i = 0; i < x.size(); ++i) {
      elements[i] = static_cast<float>(i * 2654435761u % 1000) * 0.01f;
    }
    return x;
  }();
  return matrix;
}

template <class Function>
void measure(benchmark::State& state, std::int64_t bytes, Function&& function) {
  const Tensor& x = matrix();
  for (auto _ : state) benchmark::DoNotOptimize(function(x));
  state.SetBytesProcessed(state.iterations() * bytes);
}

constexpr std::int64_t kRead = kRows * kColumns * 4;

/// The peer: memcpy on the same threads, both directions counted.
void Copy(benchmark::State& state) {
  const Tensor& x = matrix();
  Tensor y = Tensor::empty(float32, x.shape());
  for (auto _ : state) {
    parallel_for(x.size(), 64 * 1024, [&](std::int64_t begin, std::int64_t end) {
      std::memcpy(y.mutable_data_as<float>() + begin, x.data_as<float>() + begin,
                  static_cast<std::size_t>(end - begin) * sizeof(float));
    });
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() * 2 * kRead);
}

/// The other peer: each byte loaded once, on the same threads, into a buffer that stays in the
/// first-level cache.
void Read(benchmark::State& state) {
  const Tensor& x = matrix();
  const auto* bytes = static_cast<const std::byte*>(x.data());
  constexpr std::int64_t kBuffer = 16 * 1024;
  for (auto _ : state) {
    parallel_for(x.nbytes(), 16 * kBuffer, [&](std::int64_t begin, std::int64_t end) {
      alignas(64) std::array<std::byte, kBuffer> buffer;
      for (; begin < end; begin += kBuffer) {
        std::memcpy(buffer.data(), bytes + begin, kBuffer);
        benchmark::DoNotOptimize(buffer.data());
        benchmark::ClobberMemory();
      }
    });
  }
  state.SetBytesProcessed(state.iterations() * kRead);
}

void SumAll(benchmark::State& state) {
  measure(state, kRead, [](const Tensor& x) { return reduce_sum(x); });
}
void SumColumns(benchmark::State& state) {
  measure(state, kRead, [](const Tensor& x) { return reduce_sum(x, {.axis = 0}); });
}
void SumRows(benchmark::State& state) {
  measure(state, kRead, [](const Tensor& x) { return reduce_sum(x, {.axis = 1}); });
}
void MaxAll(benchmark::State& state) {
  measure(state, kRead, [](const Tensor& x) { return reduce_max(x); });
}
void ArgmaxRows(benchmark::State& state) {
  measure(state, kRead, [](const Tensor& x) { return argmax(x, {.axis = 1}); });
}
void ArgmaxColumns(benchmark::State& state) {
  measure(state, kRead, [](const Tensor& x) { return argmax(x); });
}
void Softmax(benchmark::State& state) {
  measure(state, 2 * kRead, [](const Tensor& x) { return nn::softmax(x); });
}
void LayerNormalization(benchmark::State& state) {
  const Tensor gamma = ones({kColumns});
  const Tensor beta = zeros({kColumns});
  measure(state, 2 * kRead, [&](const Tensor& x) {
    return nn::layer_normalization(x, gamma, beta, {.epsilon = 1e-5});
  });
}
void LogSoftmax(benchmark::State& state) {
  measure(state, 2 * kRead, [](const Tensor& x) { return nn::log_softmax(x); });
}
void SparseCrossEntropy(benchmark::State& state) {
  const Tensor labels = zeros({kRows}, int64);
  measure(state, kRead,
          [&](const Tensor& x) { return nn::sparse_softmax_cross_entropy_with_logits(labels, x); });
}

void SumOfSixteen(benchmark::State& state) {
  const Tensor x = ones({16});
  for (auto _ : state) benchmark::DoNotOptimize(reduce_sum(x));
}
void SoftmaxOf32x10(benchmark::State& state) {
  const Tensor x = ones({32, 10});
  for (auto _ : state) benchmark::DoNotOptimize(nn::softmax(x));
}

BENCHMARK(Copy)->UseRealTime();
BENCHMARK(Read)->UseRealTime();
BENCHMARK(SumAll)->UseRealTime();
BENCHMARK(SumColumns)->UseRealTime();
BENCHMARK(SumRows)->UseRealTime();
BENCHMARK(MaxAll)->UseRealTime();
BENCHMARK(ArgmaxRows)->UseRealTime();
BENCHMARK(ArgmaxColumns)->UseRealTime();
BENCHMARK(Softmax)->UseRealTime();
BENCHMARK(LayerNormalization)->UseRealTime();
BENCHMARK(LogSoftmax)->UseRealTime();
BENCHMARK(SparseCrossEntropy)->UseRealTime();
BENCHMARK(SumOfSixteen);
BENCHMARK(SoftmaxOf32x10);

}  // namespace
}  // namespace saem
