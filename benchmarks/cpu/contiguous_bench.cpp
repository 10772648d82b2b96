// Copies between layouts, and random numbers: bytes read and written a second. What can be reached
// is a plain copy's rate, which is measured beside them.
#include <benchmark/benchmark.h>

#include <saem/ops/gather.hpp>
#include <saem/ops/random.hpp>
#include <saem/ops/transpose.hpp>

namespace saem {
namespace {

constexpr std::int64_t kRows = 8192;
constexpr std::int64_t kColumns = 1024;

void count_bytes(benchmark::State& state, std::int64_t bytes) {
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * bytes);
}

void copy_of(benchmark::State& state, const Tensor& view) {
  for (auto _ : state) benchmark::DoNotOptimize(view.contiguous().data());
  count_bytes(state, 2 * view.nbytes());
}

void plain_copy(benchmark::State& state) {
  // Two columns are cut off, so that it is not the same tensor: long runs, one a row.
  copy_of(state, random::stateless_normal({kRows, kColumns}, {1, 2})(all, slice(1, -1)));
}
BENCHMARK(plain_copy)->UseRealTime();

void transposed(benchmark::State& state, DType dtype) {
  copy_of(state, transpose(random::stateless_normal({kRows, kColumns}, {1, 2}, {.dtype = dtype})));
}
BENCHMARK_CAPTURE(transposed, float16, DType(DType::kFloat16))->UseRealTime();
BENCHMARK_CAPTURE(transposed, float32, float32)->UseRealTime();
BENCHMARK_CAPTURE(transposed, float64, float64)->UseRealTime();

void channels_last(benchmark::State& state) {
  copy_of(state,
          transpose(random::stateless_normal({32, 64, 56, 56}, {1, 2}), {.perm = {0, 2, 3, 1}}));
}
BENCHMARK(channels_last)->UseRealTime();

void embedding(benchmark::State& state) {
  const Tensor table = random::stateless_normal({50000, 256}, {1, 2});
  const Tensor words =
      random::stateless_uniform({16384}, {3, 4}, {.maxval = 50000, .dtype = int32});
  for (auto _ : state) benchmark::DoNotOptimize(gather(table, words).data());
  count_bytes(state, 2 * 16384 * 256 * 4);
}
BENCHMARK(embedding)->UseRealTime();

void normal_numbers(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(random::stateless_normal({kRows, kColumns}, {1, 2}).data());
  }
  count_bytes(state, kRows * kColumns * 4);
}
BENCHMARK(normal_numbers)->UseRealTime();

void truncated_normal_numbers(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(random::stateless_truncated_normal({kRows, kColumns}, {1, 2}).data());
  }
  count_bytes(state, kRows * kColumns * 4);
}
BENCHMARK(truncated_normal_numbers)->UseRealTime();

void uniform_numbers(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(random::stateless_uniform({kRows, kColumns}, {1, 2}).data());
  }
  count_bytes(state, kRows * kColumns * 4);
}
BENCHMARK(uniform_numbers)->UseRealTime();

}  // namespace
}  // namespace saem
