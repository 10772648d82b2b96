// All slices at once against one after the other: gradients of each example of a batch, and the
// Jacobian of a layer.
#include <benchmark/benchmark.h>

#include <saem/autodiff/map.hpp>
#include <saem/autodiff/tape.hpp>
#include <saem/graph/control_flow.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/matmul.hpp>
#include <saem/ops/random.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/reshape.hpp>
#include <saem/ops/unary_arith.hpp>
#include <saem/ops/unary_exp.hpp>

namespace saem {
namespace {

/// Gradients of each of 256 examples: argument 0 takes all at once, 1 one after the other.
void gradients_of_each_example(benchmark::State& state) {
  const Variable w{random::normal({64, 32})};
  const Tensor x = random::normal({256, 64});
  const auto gradient = [&](const Tensor& example) {
    GradientTape tape;
    const Tensor y = reduce_sum(square(tanh(matmul(reshape(example, {1, 64}), w))));
    return tape.gradient(y, w);
  };
  for (auto _ : state) {
    benchmark::DoNotOptimize(state.range(0) == 0 ? vectorized_map(gradient, x)
                                                 : map_fn(gradient, x));
  }
}
BENCHMARK(gradients_of_each_example)->Arg(0)->Arg(1)->UseRealTime();

/// d(tanh(x W))/dx for 128 outputs.
void jacobian_of_a_layer(benchmark::State& state) {
  const Tensor w = random::normal({128, 128});
  const Tensor x = random::normal({1, 128});
  GradientTape tape{{.persistent = true}};
  tape.watch(x);
  const Tensor y = tanh(matmul(x, w));
  tape.stop_recording();
  for (auto _ : state) {
    benchmark::DoNotOptimize(tape.jacobian(y, x, {.experimental_use_pfor = state.range(0) == 0}));
  }
}
BENCHMARK(jacobian_of_a_layer)->Arg(0)->Arg(1)->UseRealTime();

}  // namespace
}  // namespace saem
