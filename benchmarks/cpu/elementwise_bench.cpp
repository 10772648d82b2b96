// Pointwise ops at 8192 x 1024 float32 (32 MiB a tensor: far beyond the caches) and at 16 elements.
//
// The limit of the large ones is memory bandwidth: bytes counted are those read and written once.
// Measured on two Zen 5 cores that copy 37 GB/s: see benchmarks/README.md for how to run.
#include <benchmark/benchmark.h>

#include <saem/ops/activation.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/cast.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/random.hpp>
#include <saem/ops/relu.hpp>
#include <saem/ops/unary_arith.hpp>
#include <saem/ops/unary_exp.hpp>
#include <saem/ops/unary_trig.hpp>

namespace saem {
namespace {

const Shape kLarge{8192, 1024};

/// Runs `op` and counts the bytes of `inputs` and of what it gives.
Tensor gelu(const Tensor& x) { return nn::gelu(x); }

template <class Op>
void measure(benchmark::State& state, std::int64_t input_bytes, Op&& op) {
  std::int64_t bytes = 0;
  for (auto _ : state) {
    const Tensor result = op();
    benchmark::DoNotOptimize(result.data());
    bytes += input_bytes + result.nbytes();
  }
  state.SetBytesProcessed(bytes);
}

template <Tensor (*kOp)(const Tensor&)>
void unary(benchmark::State& state) {
  static const Tensor x = fill(kLarge, 0.7);  // one for all repetitions
  measure(state, x.nbytes(), [&] { return kOp(x); });
}
BENCHMARK(unary<&exp>)->Name("exp/8192x1024")->UseRealTime();
BENCHMARK(unary<&log>)->Name("log/8192x1024")->UseRealTime();
BENCHMARK(unary<&tanh>)->Name("tanh/8192x1024")->UseRealTime();
BENCHMARK(unary<&gelu>)->Name("gelu/8192x1024")->UseRealTime();
BENCHMARK(unary<&sigmoid>)->Name("sigmoid/8192x1024")->UseRealTime();
BENCHMARK(unary<&sin>)->Name("sin/8192x1024")->UseRealTime();
BENCHMARK(unary<&nn::relu>)->Name("relu/8192x1024")->UseRealTime();

void add_large(benchmark::State& state) {
  const Tensor x = fill(kLarge, 0.7);
  const Tensor y = fill(kLarge, 0.3);
  measure(state, x.nbytes() + y.nbytes(), [&] { return x + y; });
}
BENCHMARK(add_large)->Name("add/8192x1024")->UseRealTime();

void add_row(benchmark::State& state) {
  const Tensor x = fill(kLarge, 0.7);
  const Tensor row = fill({1024}, 0.3);
  measure(state, x.nbytes() + row.nbytes(), [&] { return x + row; });
}
BENCHMARK(add_row)->Name("add/8192x1024+1024")->UseRealTime();

void cast_large(benchmark::State& state, DType from, DType to) {
  const Tensor x = fill(kLarge, 1, {.dtype = from});
  measure(state, x.nbytes(), [&] { return cast(x, to); });
}
BENCHMARK_CAPTURE(cast_large, uint8_to_float32, uint8, float32)->UseRealTime();
BENCHMARK_CAPTURE(cast_large, float32_to_bfloat16, float32, DType::kBFloat16)->UseRealTime();
BENCHMARK_CAPTURE(cast_large, float16_to_float32, half, float32)->UseRealTime();

/// One op after another: six passes over memory, where a fused function needs one.
void chain_of_six(benchmark::State& state) {
  const Tensor x = random::stateless_uniform({16 << 20}, {1, 2});
  measure(state, x.nbytes(), [&] { return sqrt(abs(tanh(x * 2.0 + 1.0))) - x; });
}
BENCHMARK(chain_of_six)->UseRealTime();

void add_small(benchmark::State& state) {
  const Tensor x = fill({16}, 0.7);
  measure(state, 2 * x.nbytes(), [&] { return x + x; });
}
BENCHMARK(add_small)->Name("add/16");

}  // namespace
}  // namespace saem
