// Six pointwise ops as one program, and the ops one after the other, on 16 Mi float32 (64 MiB a
// tensor: far beyond the caches), beside one copy of the same bytes.
//
// A program reads every input and writes every output once, so one copy is its limit from below.
// To memory's time comes what the ops cost in the first-level cache, where each reads and writes
// its block: 20 to 26 ns per 1024 float32 for an add, 33 for a maximum, 240 for a tanh or exp. Of
// those, cheap ones next to each other keep their values in vector registers: all six take 125 ns
// instead of 230, from the second-level cache and back.
//
// On two Zen 5 cores (medians in one run with the copy's 2.85 ms): six cheap ops 2.51 ms, in place
// 1.77, a sum of them 1.74 to 1.96; block by block 3.60, 2.52 and 3.60 to 3.67. What each part
// brings, of the copy's time: 1.26 block by block; 1.18 in registers; 1.06 in registers and either
// past the caches or fetched ahead; 0.84 with all three. Registers alone do little for memory: the
// work that hid its latency is gone, and only fetching ahead brings the other half.
#include <benchmark/benchmark.h>

#include <cstring>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/relu.hpp>
#include <saem/ops/unary_exp.hpp>

#include "base/parallel.hpp"
#include "cpu/fused_program.hpp"

namespace saem::cpu {
namespace {

constexpr std::int64_t kLarge = std::int64_t{16} << 20;

/// x * a + b and what comes after it.
struct Chain {
  FusedDescription description;
  int last = 0;

  explicit Chain(std::int64_t size) {
    description.shape = {size};
    description.inputs = {{float32, {size}}, {float32, {}}, {float32, {}}};
  }
  void add(const char* name, std::initializer_list<int> operands) {
    const DType inputs[] = {float32, float32};
    const auto step =
        find_pointwise_step(*find_op(name), std::span(inputs, operands.size()), float32, {});
    description.instructions.push_back({*step, operands, float32});
    last = static_cast<int>(description.inputs.size() + description.instructions.size()) - 1;
    description.outputs = {last};
  }
};

/// max((((x * a + b) * a) - b), a), all of them as cheap as ops are.
Chain cheap(std::int64_t size) {
  Chain chain(size);
  chain.add("multiply", {0, 1});
  chain.add("add", {chain.last, 2});
  chain.add("multiply", {chain.last, 1});
  chain.add("subtract", {chain.last, 2});
  chain.add("maximum", {chain.last, 1});
  chain.add("add", {chain.last, 0});
  return chain;
}

/// exp(max(tanh(x * a + b), b)) * a.
Chain transcendental(std::int64_t size) {
  Chain chain(size);
  chain.add("multiply", {0, 1});
  chain.add("add", {chain.last, 2});
  chain.add("tanh", {chain.last});
  chain.add("maximum", {chain.last, 2});
  chain.add("exp", {chain.last});
  chain.add("multiply", {chain.last, 1});
  return chain;
}

Tensors inputs_of(std::int64_t size) { return {fill({size}, 0.7), fill({}, 0.9), fill({}, 0.1)}; }

void copy(benchmark::State& state) {
  const Tensor x = fill({kLarge}, 0.7);
  Tensor y = Tensor::empty(float32, {kLarge});
  for (auto _ : state) {
    // As long runs as can be: the C library writes those past the caches.
    parallel_for(kLarge, kLarge / thread_count(), [&](std::int64_t begin, std::int64_t end) {
      std::memcpy(y.mutable_data_as<float>() + begin, x.data_as<float>() + begin,
                  static_cast<std::size_t>(end - begin) * sizeof(float));
    });
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() * 2 * x.nbytes());
}
BENCHMARK(copy)->Name("copy/16Mi")->UseRealTime();

void fused(benchmark::State& state, Chain (*chain)(std::int64_t), std::int64_t size,
           bool in_place) {
  const FusedProgram program = FusedProgram::compile(chain(size).description);
  const Tensors inputs = inputs_of(size);
  Tensor y = in_place ? inputs[0] : fill({size}, 0.0);
  for (auto _ : state) {
    program.run(inputs, std::span(&y, 1));
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() * 2 * y.nbytes());
}
BENCHMARK_CAPTURE(fused, cheap, cheap, kLarge, false)->Name("fused/cheap/16Mi")->UseRealTime();
BENCHMARK_CAPTURE(fused, in_place, cheap, kLarge, true)
    ->Name("fused/cheap/16Mi/in_place")
    ->UseRealTime();
BENCHMARK_CAPTURE(fused, transcendental, transcendental, kLarge, false)
    ->Name("fused/transcendental/16Mi")
    ->UseRealTime();
BENCHMARK_CAPTURE(fused, small, cheap, 16, false)->Name("fused/cheap/16");

void eager_cheap(benchmark::State& state) {
  const Tensors in = inputs_of(kLarge);
  for (auto _ : state) {
    const Tensor y = maximum((in[0] * in[1] + in[2]) * in[1] - in[2], in[1]) + in[0];
    benchmark::DoNotOptimize(y.data());
  }
  state.SetBytesProcessed(state.iterations() * 2 * in[0].nbytes());
}
BENCHMARK(eager_cheap)->Name("one_after_the_other/cheap/16Mi")->UseRealTime();

void eager_transcendental(benchmark::State& state) {
  const Tensors in = inputs_of(kLarge);
  for (auto _ : state) {
    const Tensor y = exp(maximum(tanh(in[0] * in[1] + in[2]), in[2])) * in[1];
    benchmark::DoNotOptimize(y.data());
  }
  state.SetBytesProcessed(state.iterations() * 2 * in[0].nbytes());
}
BENCHMARK(eager_transcendental)->Name("one_after_the_other/transcendental/16Mi")->UseRealTime();

/// The sum of a chain, along everything (0), rows (1) or columns (2) of (16384, 1024): one read.
void fused_sum(benchmark::State& state) {
  const ReduceOptions options{.axis = state.range(0) == 0   ? Axes({0, 1})
                                      : state.range(0) == 1 ? Axes(1)
                                                            : Axes(0)};
  FusedDescription description = cheap(kLarge).description;
  const Shape shape{kLarge / 1024, 1024};
  description.shape = shape;
  description.inputs[0].shape = shape;
  const auto step =
      find_fold_step(*find_op("reduce_sum"), {float32, shape}, float32, AttributesRef(options));
  const auto reduction = FusedReduction::compile(description, {{*step, float32}});
  const Tensor x = fill(shape, 0.7);
  const Tensors inputs{x, fill({}, 0.9), fill({}, 0.1)};
  Tensor sum = reduce_sum(x, options);
  for (auto _ : state) {
    reduction.run(inputs, {&sum, 1});
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() * x.nbytes());
}
BENCHMARK(fused_sum)->Name("fused/sum/16Mi")->Arg(0)->Arg(1)->Arg(2)->UseRealTime();

void sum_alone(benchmark::State& state) {
  const Tensor x = fill({kLarge / 1024, 1024}, 0.7);
  const ReduceOptions options{.axis = state.range(0) == 0   ? Axes({0, 1})
                                      : state.range(0) == 1 ? Axes(1)
                                                            : Axes(0)};
  for (auto _ : state) benchmark::DoNotOptimize(reduce_sum(x, options).data());
  state.SetBytesProcessed(state.iterations() * x.nbytes());
}
BENCHMARK(sum_alone)->Name("sum_alone/16Mi")->Arg(0)->Arg(1)->Arg(2)->UseRealTime();

}  // namespace
}  // namespace saem::cpu
