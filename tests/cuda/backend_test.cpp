// The GPU backend from outside: how it is loaded, what it says where it cannot be, and, where there
// is a GPU, memory, copies and errors.
#include "core/backend.hpp"

#include <dlfcn.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <saem/core/config.hpp>
#include <saem/core/memory.hpp>
#include <saem/core/trace.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/copy_to_device.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/gather.hpp>
#include <saem/ops/matmul.hpp>
#include <saem/ops/random.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/search.hpp>
#include <saem/ops/unary_arith.hpp>
#include <thread>

#include "support/cross_check.hpp"
#include "support/op_test.hpp"

namespace saem::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

bool has_gpu() { return !config::list_physical_devices("GPU").empty(); }

/// A test that needs a GPU: runs once, in the turn of the program that belongs to the GPU.
#define NEEDS_GPU() \
  if (default_device().type != DeviceType::kGPU) GTEST_SKIP() << config::explain_gpus()

TEST(Loading, SaysWhyThereIsNoGpu) {
  const std::string text = config::explain_gpus();
  if (has_gpu()) {
    EXPECT_THAT(text, StartsWith("/GPU:0 is an NVIDIA "));
  } else {
    EXPECT_THAT(text, HasSubstr("GPU"));
    EXPECT_EQ(default_device(), Device{});
    EXPECT_EQ(error_of<DeviceError>([] { (void)constant({1}).gpu(); }),
              "copy_to_device: there is no device /GPU:0: " + text);
  }
}

TEST(Loading, AFileThatIsMissingOrNoBackend) {
  const LoadedBackend missing = load_backend_file("/nowhere/libsaem_cuda.so");
  EXPECT_FALSE(missing.loaded);
  EXPECT_THAT(missing.explain, StartsWith("the GPU backend cannot be loaded: "));
  const LoadedBackend stranger = load_backend_file("libz.so.1");
  EXPECT_FALSE(stranger.loaded);
  EXPECT_EQ(stranger.explain, "libz.so.1 is not saem's GPU backend");
}

/// Every symbol that the backend takes from the library is there, also without a GPU.
TEST(Loading, TheBackendOfThisBuildLoads) {
  const char* packed = std::getenv("SAEM_CUDA_LIBRARY");
  const std::string file = packed != nullptr ? packed : SAEM_CUDA_BACKEND;
  void* library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  ASSERT_NE(library, nullptr) << dlerror();
  if (has_gpu()) return;
  const LoadedBackend loaded = load_backend_file(file);
  EXPECT_FALSE(loaded.loaded);
  EXPECT_THAT(loaded.explain, StartsWith("an NVIDIA driver is installed, but there is no GPU"));
}

TEST(Gpu, NewTensorsLieThereByDefault) {
  NEEDS_GPU();
  EXPECT_EQ(zeros({2}).device().to_string(), "/GPU:0");
  EXPECT_EQ(constant({1, 2}).device().to_string(), "/GPU:0");
  EXPECT_EQ(random::normal({2}).device().to_string(), "/GPU:0");
  const auto scope = device("/CPU:0");
  EXPECT_EQ(random::normal({2}).device(), Device{});
}

TEST(Gpu, PrintsAndReadsAsOnTheCpu) {
  NEEDS_GPU();
  const Tensor x = constant({{1.0, 2.0}, {3.0, 4.0}});
  EXPECT_EQ(x.to_string(), x.cpu().to_string());
  EXPECT_EQ(x(1, 0).item<float>(), 3.0f);
  EXPECT_EQ(error_of<DeviceError>([&] { (void)x.span<float>(); }),
            "span: the tensor lies on /GPU:0; take .cpu() first");
}

TEST(Gpu, DevicesDoNotMixButNumbersDo) {
  NEEDS_GPU();
  const Tensor x = ones({3});
  EXPECT_EQ(error_of<DeviceError>([&] { (void)(x + x.cpu()); }),
            "add: inputs lie on /GPU:0 and /CPU:0; move one with .cpu() or .gpu()");
  const auto scope = device("/CPU:0");
  const Tensor number = constant(2.0);
  EXPECT_TRUE(has_values(x * number, {3}, {2, 2, 2}));
  EXPECT_TRUE(has_values(reduce_sum(matmul(x(newaxis), x(all, newaxis))) + number, {}, {5}));
}

TEST(Gpu, ASeedMayLieAnywhere) {
  NEEDS_GPU();
  const PauseCrossCheck quiet;
  const Tensor seed = constant({3, 4}, int64);
  const Tensor drawn = random::stateless_uniform({5}, seed);
  const auto host = device("/CPU:0");
  const Tensor on_host = random::stateless_uniform({5}, seed);
  EXPECT_EQ(on_host.device(), Device{});
  EXPECT_TRUE(identical(on_host, drawn.cpu()));
}

TEST(Gpu, AnOpWithoutAKernelRunsOnTheHost) {
  NEEDS_GPU();
  const PauseCrossCheck quiet;
  static OpDef halved{.name = "halved",
                      .min_inputs = 1,
                      .max_inputs = 1,
                      .traits = 0,
                      .infer = [](const OpCall& call) -> TensorSpecs {
                        return {{call.input(0).dtype(), call.input(0).shape()}};
                      }};
  halved.kernels[0] = {[](const OpCall& call, std::span<Tensor> outputs) {
    for (std::int64_t i = 0; i < call.input(0).size(); ++i) {
      outputs[0].mutable_data_as<float>()[i] = call.input(0).data_as<float>()[i] / 2;
    }
  }};
  auto log = trace();
  const Tensor y = apply_one(halved, {constant({2.0, 4.0})});
  EXPECT_EQ(y.device().to_string(), "/GPU:0");
  EXPECT_TRUE(has_values(y, {2}, {1, 2}));
  ASSERT_GE(log.records().size(), 1u);
  EXPECT_EQ(log.records()[0].op, "halved");
  EXPECT_EQ(log.records()[0].route, Route::kHost);
}

TEST(Gpu, AnOpThatPrefersTheHostDoesNotCompose) {
  NEEDS_GPU();
  const PauseCrossCheck quiet;
  const Tensor sorted = constant({1.0, 3.0, 5.0});
  const Tensor values = constant({4.0, 0.0});
  auto log = trace();
  const Tensor places = searchsorted(sorted, values);
  EXPECT_EQ(places.device().to_string(), "/GPU:0");
  EXPECT_TRUE(has_values(places, {2}, {2, 0}));
  ASSERT_GE(log.records().size(), 1u);
  EXPECT_EQ(log.records()[0].op, "searchsorted");
  EXPECT_EQ(log.records()[0].route, Route::kHost);
}

TEST(Gpu, CountsItsMemory) {
  NEEDS_GPU();
  const Device gpu = default_device();
  synchronize();
  const auto before = config::get_memory_info(gpu);
  {
    const Tensor x = zeros({1 << 20});
    const auto during = config::get_memory_info(gpu);
    EXPECT_EQ(during.current - before.current, 4 << 20);
    EXPECT_GE(during.peak, during.current);
  }
  EXPECT_EQ(config::get_memory_info(gpu).current, before.current);
  const auto reused = config::get_memory_info(gpu).reused;
  const Tensor again = zeros({1 << 20});
  EXPECT_EQ(config::get_memory_info(gpu).reused, reused + 1);
  config::empty_cache(gpu);
  EXPECT_EQ(config::get_memory_info(gpu).cached, 0);
}

TEST(Gpu, LackOfMemorySaysHowMuchAndLosesNothing) {
  NEEDS_GPU();
  const Device gpu = default_device();
  const Tensor kept = ones({4});
  const std::string text = error_of<OutOfMemoryError>(
      [&] { (void)Tensor::empty(float32, {std::int64_t{1} << 42}, gpu); });
  EXPECT_THAT(text, StartsWith("allocate: 17592186044416 bytes on /GPU:0 asked for, "));
  EXPECT_TRUE(has_values(kept + 1.0, {4}, {2, 2, 2, 2}));
  config::set_memory_limit(config::get_memory_info(gpu).current + (1 << 20), gpu);
  EXPECT_THAT(error_of<OutOfMemoryError>([] { (void)zeros({1 << 20}); }),
              HasSubstr("and the limit set is"));
  config::set_memory_limit(0, gpu);
  EXPECT_EQ(zeros({1 << 20}).size(), 1 << 20);
}

TEST(Gpu, LargeCopiesComeBackWhole) {
  NEEDS_GPU();
  const PauseCrossCheck quiet;
  for (const std::int64_t size : {1, 1 << 20, (1 << 20) + 1, 5 << 20, (9 << 20) + 3}) {
    const Tensor x = sample({size}, float32).cpu();
    EXPECT_TRUE(identical(x.gpu().cpu(), x)) << size;
  }
}

TEST(Gpu, ThreadsShareIt) {
  NEEDS_GPU();
  std::vector<std::thread> threads;
  std::vector<double> sums(4);
  for (std::size_t t = 0; t < sums.size(); ++t) {
    threads.emplace_back([&sums, t] {
      Tensor x = ones({1000}) * static_cast<double>(t + 1);
      for (int i = 0; i < 100; ++i) x = x * 1.0 + 0.0;
      sums[t] = reduce_sum(x).item<float>();
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (std::size_t t = 0; t < sums.size(); ++t) EXPECT_EQ(sums[t], 1000.0 * double(t + 1));
}

TEST(Gpu, AnIndexOutOfRangeComesOutAtTheNextSynchronisation) {
  NEEDS_GPU();
  const PauseCrossCheck quiet;
  const Tensor y = gather(constant({1, 2, 3}), constant({0, 7}));
  EXPECT_EQ(error_of<IndexError>([] { synchronize(); }), "gather: indices[1] = 7 is not in [0, 3)");
  EXPECT_NO_THROW(synchronize()) << "said once";
  EXPECT_EQ(y(0).item<std::int32_t>(), 1);
}

/// Reads far outside of every block: the one way to fail that CUDA does not forgive.
int fail_and_go_on() {
  const Tensor x = ones({4});
  const Tensor wild = x.view({4}, {1}, std::int64_t{1} << 44);
  try {
    (void)(wild + x);
    synchronize();
    return 1;
  } catch (const DeviceError& error) {
    if (std::string(error.what()).find("lost to this process") == std::string::npos) return 2;
  }
  try {
    (void)(x + x);
    return 3;
  } catch (const DeviceError& error) {
    if (std::string(error.what()).find("lost by an earlier failure") == std::string::npos) return 4;
  }
  const auto scope = device("/CPU:0");
  return reduce_sum(ones({4})).item<float>() == 4.0f ? 0 : 5;
}

TEST(GpuDeathTest, AFailedKernelLosesTheGpuAndNotTheProcess) {
  NEEDS_GPU();
  ::testing::GTEST_FLAG(death_test_style) = "threadsafe";
  EXPECT_EXIT(
      {
        const DeviceScope gpu(Device{DeviceType::kGPU, 0});
        const PauseListeners quiet;
        _exit(fail_and_go_on());
      },
      ::testing::ExitedWithCode(0), "");
}

TEST(Gpu, TensorFloat32IsASwitch) {
  NEEDS_GPU();
  const PauseCrossCheck quiet;
  const Tensor a = sample({256, 256}, float32);
  const Tensor exact = matmul(cast(a, float64), cast(a, float64));
  const auto error = [&] {
    const Tensor y = cast(matmul(a, a), float64);
    return reduce_max(abs(y - exact)).item<double>();
  };
  const double precise = error();
  config::enable_tensor_float_32_execution(true);
  const double fast = error();
  config::enable_tensor_float_32_execution(false);
  EXPECT_LT(precise, 1e-4);
  EXPECT_GT(fast, 4 * precise) << "10 bits of mantissa instead of 23";
  EXPECT_LT(fast, 0.2);
}

TEST(Gpu, EachRunGivesTheSameBits) {
  NEEDS_GPU();
  const Tensor x = sample({300, 777}, float32);
  const Tensor indices = random::uniform({5000}, {.maxval = 300, .dtype = int32, .seed = 3});
  const auto all = [&] {
    GradientTape tape;
    tape.watch(x);
    const Tensor y = reduce_sum(gather(x, indices), {.axis = 0});
    return tape.gradient(reduce_sum(y * y), x);
  };
  const Tensor first = all();
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(identical(all(), first));
}

}  // namespace
}  // namespace saem::testing
