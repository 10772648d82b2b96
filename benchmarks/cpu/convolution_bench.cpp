// Convolutions of ResNet-50 against oneDNN called directly, in the same run. oneDNN gets its
// filters in the layout that it likes best, made before the clock starts; saem is given
// TensorFlow's, which it keeps laid out once it has seen them twice, as in inference. Filters that
// learn are laid out at each call: `fresh`. Arguments: batch, side, channels, outputs, window.
#include <benchmark/benchmark.h>

#include <saem/ops/cast.hpp>
#include <saem/ops/convolution.hpp>
#include <saem/ops/random.hpp>

#include "cpu/onednn_convolution.hpp"

namespace saem {
namespace {

struct Sizes {
  std::int64_t batch, side, channels, outputs, window;
  explicit Sizes(const benchmark::State& state)
      : batch(state.range(0)),
        side(state.range(1)),
        channels(state.range(2)),
        outputs(state.range(3)),
        window(state.range(4)) {}
  [[nodiscard]] Tensor input(DType dtype) const {
    return cast(random::stateless_normal({batch, side, side, channels}, {1, 0}), dtype);
  }
  [[nodiscard]] Tensor filters(DType dtype) const {
    return cast(random::stateless_normal({window, window, channels, outputs}, {2, 0}), dtype);
  }
  void count(benchmark::State& state) const {
    const std::int64_t products = batch * side * side * window * window * channels * outputs;
    state.counters["flops"] = benchmark::Counter(2.0 * static_cast<double>(products),
                                                 benchmark::Counter::kIsIterationInvariantRate,
                                                 benchmark::Counter::kIs1000);
  }
};

void saem_convolution(benchmark::State& state, DType dtype) {
  const Sizes sizes(state);
  const Tensor x = sizes.input(dtype);
  const Tensor f = sizes.filters(dtype);
  const auto convolve = [&] { return nn::conv2d(x, f, {.padding = "SAME"}); };
  for (int call = 0; call < 2; ++call) benchmark::DoNotOptimize(convolve().data());
  for (auto _ : state) benchmark::DoNotOptimize(convolve().data());
  sizes.count(state);
}

void fresh_convolution(benchmark::State& state) {
  const Sizes sizes(state);
  const Tensor x = sizes.input(float32);
  Tensor f = sizes.filters(float32);
  for (auto _ : state) {
    benchmark::DoNotOptimize(f.mutable_data());  // as whoever writes them asks for them
    benchmark::DoNotOptimize(nn::conv2d(x, f, {.padding = "SAME"}).data());
  }
  sizes.count(state);
}

void onednn_convolution(benchmark::State& state, DType dtype) {
  using Tag = dnnl::memory::format_tag;
  const Sizes sizes(state);
  const Tensor x = sizes.input(dtype);
  const auto type = *cpu::onednn::data_type(dtype);
  const std::int64_t edge = sizes.window / 2;
  const dnnl::memory::dims window{sizes.outputs, sizes.channels, sizes.window, sizes.window};
  const cpu::onednn::ConvolutionShape shape{
      {{sizes.batch, sizes.channels, sizes.side, sizes.side}, type, Tag::nhwc},
      {window, type, Tag::any},
      {{sizes.batch, sizes.outputs, sizes.side, sizes.side}, type, Tag::nhwc},
      {1, 1},
      {0, 0},
      {edge, edge},
      {edge, edge}};
  const auto plan = cpu::onednn::convolution_plan(cpu::onednn::Pass::kForward, shape);
  if (!plan) return state.SkipWithError("oneDNN has no fast kernel for this dtype here");
  Tensor output = Tensor::empty(dtype, {sizes.batch, sizes.side, sizes.side, sizes.outputs});
  dnnl::memory filters(plan->filter, cpu::onednn::engine());
  dnnl::memory plain({window, type, Tag::hwio}, cpu::onednn::engine());
  const Tensor f = sizes.filters(dtype);
  plain.set_data_handle(const_cast<void*>(f.data()));  // NOLINT
  dnnl::reorder(plain, filters).execute(cpu::onednn::stream(), plain, filters);
  const auto memory = [&](const dnnl::memory::desc& desc, const Tensor& tensor) {
    return dnnl::memory(desc, cpu::onednn::engine(), const_cast<void*>(tensor.data()));  // NOLINT
  };
  const std::unordered_map<int, dnnl::memory> arguments = {
      {DNNL_ARG_SRC, memory(shape.input, x)},
      {DNNL_ARG_WEIGHTS, filters},
      {DNNL_ARG_DST, memory(shape.output, output)}};
  for (auto _ : state) {
    plan->primitive.execute(cpu::onednn::stream(), arguments);
    benchmark::DoNotOptimize(output.data());
  }
  sizes.count(state);
}

void resnet(benchmark::internal::Benchmark* bench) {
  bench->Args({8, 56, 64, 64, 3})
      ->Args({8, 28, 128, 128, 3})
      ->Args({8, 14, 256, 256, 3})
      ->Args({8, 7, 512, 512, 3})
      ->Args({8, 56, 64, 256, 1})
      ->Args({8, 14, 1024, 256, 1})
      ->Args({1, 56, 64, 64, 3})
      ->Args({1, 28, 128, 128, 3})
      ->Args({1, 14, 256, 256, 3})
      ->Args({1, 7, 512, 512, 3})
      ->Args({1, 56, 64, 256, 1})
      ->Args({1, 14, 1024, 256, 1})
      ->UseRealTime();
}

BENCHMARK_CAPTURE(saem_convolution, float32, float32)->Apply(resnet);
BENCHMARK_CAPTURE(onednn_convolution, float32, float32)->Apply(resnet);
BENCHMARK(fresh_convolution)->Apply(resnet);
BENCHMARK_CAPTURE(saem_convolution, bfloat16, DType(DType::kBFloat16))
    ->Args({8, 28, 128, 128, 3})
    ->UseRealTime();
BENCHMARK_CAPTURE(onednn_convolution, bfloat16, DType(DType::kBFloat16))
    ->Args({8, 28, 128, 128, 3})
    ->UseRealTime();

}  // namespace
}  // namespace saem
