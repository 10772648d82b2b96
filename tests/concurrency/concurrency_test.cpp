// What may run at the same time in several threads. Each test is a process of its own (CTest), so
// that each meets a library that nothing was done with yet. Run under ThreadSanitizer by
// tools/checks/sanitize.py --preset tsan.
#include <atomic>
#include <latch>
#include <saem/autodiff/custom_gradient.hpp>
#include <saem/autodiff/forward.hpp>
#include <saem/autodiff/map.hpp>
#include <saem/autodiff/tape.hpp>
#include <saem/autodiff/variable.hpp>
#include <saem/core/memory.hpp>
#include <saem/core/trace.hpp>
#include <saem/formats/npz.hpp>
#include <saem/graph/function.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/compare.hpp>
#include <saem/ops/linalg_solve.hpp>
#include <saem/ops/matmul.hpp>
#include <saem/ops/random.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/softmax.hpp>
#include <saem/ops/transpose.hpp>
#include <saem/ops/unary_arith.hpp>
#include <saem/ops/unary_exp.hpp>
#include <thread>
#include <vector>

#include "support/files.hpp"
#include "support/op_test.hpp"

namespace saem {
namespace {

using testing::identical;
using testing::near;
using testing::sample;

constexpr int kThreads = 6;
constexpr int kRounds = 20;

/// Calls `body(thread)` in each of several threads, which begin together.
template <class Body>
void in_threads(Body&& body) {
  std::latch start(kThreads);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      const auto scope = device("/CPU:0");  // each thread has its own default
      start.arrive_and_wait();
      body(thread);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

/// Something of every kind: views, kernels, compositions, and loops large enough for every core.
Tensor calculate(const Tensor& x) {
  const Tensor y = nn::softmax(matmul(x, transpose(x)));
  return reduce_sum(exp(y * 0.5) + tanh(y), {.axis = 0});
}

/// On the CPU, also where new tensors would lie on a GPU.
class Concurrency : public ::testing::Test {
  DeviceScope scope_ = device("/CPU:0");
};

TEST_F(Concurrency, TheFirstOpsOfAProgram) {
  const Tensor x = Tensor::empty(float32, {64, 64});
  std::fill_n(const_cast<float*>(x.data_as<float>()), x.size(), 0.01f);  // NOLINT: not yet shown
  std::vector<Tensor> results(kThreads);
  in_threads([&](int thread) { results[static_cast<std::size_t>(thread)] = calculate(x); });
  for (const Tensor& result : results) EXPECT_TRUE(identical(result, results[0]));
}

TEST_F(Concurrency, OpsOnTheSameTensors) {
  const Tensor x = sample({80, 80}, float32);
  const Tensor large = sample({300, 300}, float32);
  const Tensor expected = calculate(x);
  const Tensor sum = reduce_sum(large * 2.0, {.axis = 1});
  in_threads([&](int) {
    for (int round = 0; round < kRounds; ++round) {
      EXPECT_TRUE(identical(calculate(x), expected));
      EXPECT_TRUE(identical(reduce_sum(large * 2.0, {.axis = 1}), sum));
      const Tensor copy = large;  // counts references
      EXPECT_EQ(copy(round).shape(), Shape{300});
    }
  });
}

TEST_F(Concurrency, LinearAlgebra) {
  const Tensor a = sample({4, 12, 12}, float64) + 5.0 * linalg::inv(sample({12, 12}, float64));
  const Tensor expected = linalg::inv(a);
  in_threads([&](int) {
    for (int round = 0; round < 5; ++round) EXPECT_TRUE(near(linalg::inv(a), expected));
  });
}

TEST_F(Concurrency, BlocksThatOneThreadMakesAndAnotherFrees) {
  std::vector<std::atomic<Tensor*>> mailbox(8);
  in_threads([&](int thread) {
    for (int round = 0; round < 200; ++round) {
      const std::int64_t size = 1 + (round * 37 + thread * 101) % 3000 * (round % 9 == 0 ? 90 : 1);
      auto* mine = new Tensor(Tensor::empty(float32, {size}));
      auto& slot = mailbox[static_cast<std::size_t>(round) % mailbox.size()];
      delete slot.exchange(mine);
      if (round % 50 == 0) {
        (void)config::get_memory_info();
        config::reset_memory_stats();
      }
      if (round % 90 == 0) config::empty_cache();
    }
  });
  for (auto& slot : mailbox) delete slot.load();
}

TEST_F(Concurrency, ATapeForEachThread) {
  const Variable w{sample({20, 20}, float64)};
  const Tensor x = sample({20, 20}, float64);
  const auto loss = [&] { return reduce_sum(square(matmul(x, w) + w)); };
  GradientTape alone;
  const Tensor expected = alone.gradient(loss(), w);
  in_threads([&](int) {
    for (int round = 0; round < kRounds; ++round) {
      GradientTape outer;
      Tensor inner_gradient;
      {
        GradientTape tape;
        inner_gradient = tape.gradient(loss(), w);
      }
      EXPECT_TRUE(near(inner_gradient, expected));
      EXPECT_TRUE(outer.gradient(reduce_sum(inner_gradient), w).defined());
    }
  });
}

TEST_F(Concurrency, ForwardModeMapsAndCustomGradients) {
  const Tensor x = sample({6, 5}, float64);
  const auto twice = custom_gradient([](const Tensor& input) {
    return std::pair(input * 2.0, [](const Tensor& dy) { return dy * 2.0; });
  });
  in_threads([&](int) {
    for (int round = 0; round < kRounds; ++round) {
      ForwardAccumulator accumulator(x, ones_like(x));
      EXPECT_TRUE(near(accumulator.jvp(square(x)), x * 2.0));
      const Tensor rows = vectorized_map([](const Tensor& row) { return nn::softmax(row); }, x);
      EXPECT_TRUE(near(rows, nn::softmax(x)));
      GradientTape tape;
      tape.watch(x);
      EXPECT_TRUE(near(tape.gradient(twice(x), x), fill(x.shape(), 2.0, {.dtype = float64})));
    }
  });
}

TEST_F(Concurrency, AVariableIsReadByAllWhileNobodyWrites) {
  const Variable v{sample({100})};
  const Tensor expected = v.value() * 3.0;
  in_threads([&](int thread) {
    const Variable own{v.value()};
    for (int round = 0; round < kRounds; ++round) {
      EXPECT_TRUE(identical(v * 3.0, expected));
      own.assign_add(v.value() * static_cast<double>(thread));
    }
  });
}

TEST_F(Concurrency, LogsTagsAndDevicesBelongToTheirThread) {
  in_threads([&](int thread) {
    const std::string name = "thread " + std::to_string(thread);
    for (int round = 0; round < kRounds; ++round) {
      const auto inner = device("/CPU:0");
      const config::MemoryTag tag(name);
      const Tensor x = zeros({100 + thread});
      auto log = trace();
      const Tensor y = x + 1.0;
      log.stop();
      EXPECT_EQ(log.records().size(), 1u);
      EXPECT_GT(config::memory_by_tag().at(name).current, 0);
      EXPECT_FALSE(y.to_string().empty());
    }
  });
}

TEST_F(Concurrency, RandomNumbers) {
  random::set_seed(7);
  const Tensor stateless = random::stateless_normal({1000}, random::Seed{1, 2});
  in_threads([&](int thread) {
    for (int round = 0; round < kRounds; ++round) {
      EXPECT_EQ(random::normal({50}).size(), 50);
      EXPECT_EQ(random::uniform({50}, {.seed = thread}).size(), 50);
      EXPECT_TRUE(identical(random::stateless_normal({1000}, random::Seed{1, 2}), stateless));
      if (round % 10 == 0) random::set_seed(thread);
    }
  });
}

TEST_F(Concurrency, TracedFunctions) {
  const Tensor w = sample({8, 8});
  const auto callable = [&](const Tensor& x) {
    return reduce_mean(exp(matmul(x, w)), {.axis = 0}) / static_cast<float>(x.shape()[0]);
  };
  const auto f = function(callable);
  const auto any_size = function(callable, {.reduce_retracing = true});
  std::vector<Tensor> inputs;
  std::vector<Tensor> expected;
  for (int rows = 2; rows < 50; ++rows) {
    inputs.push_back(sample({rows, 8}));
    expected.push_back(callable(inputs.back()));
  }
  in_threads([&](int thread) {
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const std::size_t at = (i + static_cast<std::size_t>(thread) * 7) % inputs.size();
      EXPECT_TRUE(identical(any_size(inputs[at]), expected[at]));
      EXPECT_TRUE(identical(f(inputs[at % 3]), expected[at % 3]));
      const Tensor x = inputs[at];
      GradientTape tape;
      tape.watch(x);
      const Tensor y = reduce_sum(any_size(x));
      EXPECT_TRUE(tape.gradient(y, x).defined());
    }
  });
  EXPECT_EQ(f.trace_count(), 3);
  EXPECT_EQ(any_size.trace_count(), 2);
}

TEST_F(Concurrency, Errors) {
  in_threads([&](int) {
    for (int round = 0; round < kRounds; ++round) {
      EXPECT_THROW(matmul(zeros({2, 3}), zeros({2, 3})), ShapeError);
      EXPECT_THROW(linalg::inv(zeros({3, 3})), ValueError);
    }
  });
}

TEST_F(Concurrency, FilesAreReadAndReplaced) {
  const testing::TemporaryFolder folder;
  const std::string path = folder / "x.npz";
  const Tensor x = sample({50, 50});
  numpy::savez_compressed(path, {{"x", x}, {"y", x * 2.0}});
  const numpy::NpzFile shared(path);
  in_threads([&](int thread) {
    for (int round = 0; round < 5; ++round) {
      EXPECT_TRUE(identical(shared["x"], x));
      if (thread % 2 == 0) numpy::savez(path, {{"x", x}});
      EXPECT_TRUE(identical(numpy::NpzFile(path)["x"], x));
    }
  });
}

}  // namespace
}  // namespace saem
