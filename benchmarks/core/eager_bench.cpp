// What an op costs besides its arithmetic: 16 floats fit one vector register, so what is timed here
// is the way through `apply`: checks, allocation, dispatch. Peers on a machine of this kind:
// TensorFlow 20 us, PyTorch 1.2 us.
#include <benchmark/benchmark.h>

#include <saem/autodiff/tape.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/unary_arith.hpp>

namespace saem {
namespace {

void eager_add_16(benchmark::State& state) {
  const Tensor x = ones({16});
  const Tensor y = ones({16});
  for (auto _ : state) benchmark::DoNotOptimize(add(x, y));
}
BENCHMARK(eager_add_16);

void eager_add_scalar_16(benchmark::State& state) {
  const Tensor x = ones({16});
  for (auto _ : state) benchmark::DoNotOptimize(x + 1.0);
}
BENCHMARK(eager_add_scalar_16);

void eager_add_16_taped(benchmark::State& state) {
  const Tensor x = ones({16});
  const Tensor y = ones({16});
  GradientTape tape;
  tape.watch(x);
  int recorded = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(add(x, y));
    if (++recorded % 1000 == 0) {  // a tape of bounded size, as in a training step
      state.PauseTiming();
      tape.reset();
      tape.watch(x);
      state.ResumeTiming();
    }
  }
}
BENCHMARK(eager_add_16_taped);

void two_ops_taped_and_differentiated(benchmark::State& state) {
  const Variable w{ones({16})};
  const Tensor x = ones({16});
  for (auto _ : state) {
    GradientTape tape;
    benchmark::DoNotOptimize(tape.gradient(square(w * x), w));
  }
}
BENCHMARK(two_ops_taped_and_differentiated);

void add_scalar_8192x1024(benchmark::State& state) {
  const Tensor x = ones({8192, 1024});
  for (auto _ : state) benchmark::DoNotOptimize(x + 1.0);
  state.SetBytesProcessed(state.iterations() * 2 * x.nbytes());
}
BENCHMARK(add_scalar_8192x1024)->UseRealTime();

}  // namespace
}  // namespace saem
