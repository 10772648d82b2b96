// Gradients of embeddings and one-hot rows: bytes read and written a second. A gradient reads its
// slices, and reads and writes the rows they are added to; a one-hot tensor is written once.
#include <benchmark/benchmark.h>

#include <saem/core/op.hpp>
#include <saem/ops/gather.hpp>
#include <saem/ops/random.hpp>

namespace saem {
namespace {

constexpr std::int64_t kWords = 50000;
constexpr std::int64_t kTokens = 16384;

void count_bytes(benchmark::State& state, std::int64_t bytes) {
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * bytes);
}

Tensor tokens() {
  return random::stateless_uniform({kTokens}, {3, 4}, {.maxval = kWords, .dtype = int32});
}

void embedding_gradient(benchmark::State& state) {
  const std::int64_t width = state.range(0);
  const Tensor gradient = random::stateless_normal({kTokens, width}, {1, 2});
  const Tensor words = tokens();
  const OpDef& op = *find_op("gather_grad");
  const GatherGradOptions options{{kWords, width}, 0, 0};
  for (auto _ : state) {
    benchmark::DoNotOptimize(apply_one(op, {gradient, words}, options).data());
  }
  count_bytes(state, (3 * kTokens + kWords) * width * 4);
}
BENCHMARK(embedding_gradient)->Arg(1)->Arg(16)->Arg(64)->Arg(256)->UseRealTime();

void one_hot_rows(benchmark::State& state) {
  const Tensor words = tokens();
  for (auto _ : state) benchmark::DoNotOptimize(one_hot(words, state.range(0)).data());
  count_bytes(state, kTokens * state.range(0) * 4);
}
BENCHMARK(one_hot_rows)->Arg(10)->Arg(1000)->UseRealTime();

/// What `one_hot` is made of, and was before it had a kernel.
void one_hot_composition(benchmark::State& state) {
  const Tensor words = tokens();
  const OpDef& op = *find_op("one_hot");
  const OneHotOptions options{
      .on_value = 1, .off_value = 0, .axis = 1, .dtype = float32, .depth = state.range(0)};
  const Tensor inputs[] = {words};
  for (auto _ : state) {
    benchmark::DoNotOptimize(apply_composition(op, inputs, options)[0].data());
  }
  count_bytes(state, kTokens * state.range(0) * 4);
}
BENCHMARK(one_hot_composition)->Arg(10)->Arg(1000)->UseRealTime();

}  // namespace
}  // namespace saem
