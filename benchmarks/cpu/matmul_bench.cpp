// Matrix products against oneDNN called directly, in the same run. Both write into memory that was
// there before: saem's outputs come from its cache, oneDNN's is one buffer. Operations are 2 n^3.
#include <benchmark/benchmark.h>

#include <saem/ops/cast.hpp>
#include <saem/ops/matmul.hpp>
#include <saem/ops/random.hpp>

#include "cpu/onednn.hpp"

namespace saem {
namespace {

Tensor operand(const Shape& shape, DType dtype, std::int64_t seed) {
  return cast(random::stateless_normal(shape, {seed, 0}), dtype);
}

void count_operations(benchmark::State& state, std::int64_t n) {
  const double products = 2.0 * static_cast<double>(n) * static_cast<double>(n * n);
  state.counters["flops"] = benchmark::Counter(
      products, benchmark::Counter::kIsIterationInvariantRate, benchmark::Counter::kIs1000);
}

void saem_matmul(benchmark::State& state, DType dtype) {
  const std::int64_t n = state.range(0);
  const Tensor a = operand({n, n}, dtype, 1);
  const Tensor b = operand({n, n}, dtype, 2);
  for (auto _ : state) benchmark::DoNotOptimize(matmul(a, b).data());
  count_operations(state, n);
}

void onednn_matmul(benchmark::State& state, DType dtype) {
  const std::int64_t n = state.range(0);
  const Tensor a = operand({n, n}, dtype, 1);
  const Tensor b = operand({n, n}, dtype, 2);
  Tensor output = Tensor::empty(dtype, {n, n});
  const dnnl::memory::desc desc({n, n}, *cpu::onednn::data_type(dtype),
                                dnnl::memory::format_tag::ab);
  const auto plan = cpu::onednn::matmul_plan(desc, desc, desc);
  if (!plan) return state.SkipWithError("oneDNN has no fast kernel for this dtype here");
  const dnnl::matmul primitive(*plan);
  const auto memory = [&](const Tensor& x) {
    return dnnl::memory(desc, cpu::onednn::engine(), const_cast<void*>(x.data()));  // NOLINT
  };
  const std::unordered_map<int, dnnl::memory> arguments = {
      {DNNL_ARG_SRC, memory(a)}, {DNNL_ARG_WEIGHTS, memory(b)}, {DNNL_ARG_DST, memory(output)}};
  for (auto _ : state) {
    primitive.execute(cpu::onednn::stream(), arguments);
    benchmark::DoNotOptimize(output.data());
  }
  count_operations(state, n);
}

/// Weights (inner, columns) that come again as they are, told so or not.
void multiply_weights(benchmark::State& state, DType dtype, bool constant) {
  const Tensor a = operand({state.range(0), state.range(1)}, dtype, 1);
  const Tensor b = operand({state.range(1), state.range(2)}, dtype, 2);
  const MatmulOptions options{.constant_b = constant};
  for (int call = 0; call < 2; ++call) (void)matmul(a, b, options);  // packs
  for (auto _ : state) benchmark::DoNotOptimize(matmul(a, b, options).data());
}

#define SAEM_WEIGHTS_BENCH(name, dtype, constant)            \
  BENCHMARK_CAPTURE(multiply_weights, name, dtype, constant) \
      ->ArgsProduct({{1, 8, 32, 128}, {768}, {3072}})        \
      ->ArgsProduct({{1, 8, 32, 128}, {4096}, {4096}})       \
      ->UseRealTime()
SAEM_WEIGHTS_BENCH(plain_float32, float32, false);
SAEM_WEIGHTS_BENCH(packed_float32, float32, true);
SAEM_WEIGHTS_BENCH(plain_bfloat16, DType(DType::kBFloat16), false);
SAEM_WEIGHTS_BENCH(packed_bfloat16, DType(DType::kBFloat16), true);
#undef SAEM_WEIGHTS_BENCH

#define SAEM_MATMUL_BENCH(name, dtype, ...)                               \
  BENCHMARK_CAPTURE(saem_matmul, name, dtype) __VA_ARGS__->UseRealTime(); \
  BENCHMARK_CAPTURE(onednn_matmul, name, dtype) __VA_ARGS__->UseRealTime()
SAEM_MATMUL_BENCH(float32, float32, ->Arg(4)->Arg(16)->Arg(64)->Arg(512)->Arg(1024)->Arg(2048));
SAEM_MATMUL_BENCH(bfloat16, DType(DType::kBFloat16), ->Arg(1024));
#undef SAEM_MATMUL_BENCH
BENCHMARK_CAPTURE(saem_matmul, float64, float64)
    ->Arg(4)
    ->Arg(64)
    ->Arg(512)
    ->Arg(1024)
    ->UseRealTime();
BENCHMARK_CAPTURE(saem_matmul, int32, int32)->Arg(512)->UseRealTime();
BENCHMARK_CAPTURE(saem_matmul, int64, int64)->Arg(512)->UseRealTime();

}  // namespace
}  // namespace saem
