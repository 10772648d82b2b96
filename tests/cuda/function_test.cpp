// tf::function on a GPU: the bits of eager calls there.
#include <gtest/gtest.h>

#include <saem/autodiff/tape.hpp>
#include <saem/autodiff/training.hpp>
#include <saem/core/config.hpp>
#include <saem/graph/control_flow.hpp>
#include <saem/graph/function.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/cross_entropy.hpp>
#include <saem/ops/matmul.hpp>
#include <saem/ops/random.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/relu.hpp>
#include <saem/ops/transpose.hpp>
#include <saem/ops/unary_exp.hpp>
#include <vector>

#include "core/thread_state.hpp"
#include "support/op_test.hpp"

namespace saem::testing {
namespace {

bool has_gpu() { return !config::list_physical_devices("GPU").empty(); }

/// A small network, Adam, and what they need.
struct Network {
  std::vector<Variable> weights{
      Variable{random::stateless_normal({64, 32}, random::Seed{1, 2}) * 0.1}, Variable{zeros({32})},
      Variable{random::stateless_normal({32, 10}, random::Seed{3, 4}) * 0.1},
      Variable{zeros({10})}};
  std::vector<Variable> means;
  std::vector<Variable> squares;

  Network() {
    for (const Variable& w : weights) {
      means.emplace_back(zeros(w.shape()));
      squares.emplace_back(zeros(w.shape()));
    }
  }

  Tensor step(const Tensor& x, const Tensor& y) const {
    GradientTape tape;
    const Tensor hidden = nn::relu(matmul(x, weights[0]) + weights[1]);
    const Tensor logits = matmul(hidden, weights[2]) + weights[3];
    const Tensor loss = reduce_mean(nn::sparse_softmax_cross_entropy_with_logits(y, logits));
    const std::vector<Tensor> gradients = tape.gradient(loss, weights);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      means[i].assign(means[i] * 0.9 + gradients[i]);
      squares[i].assign_add(gradients[i] * gradients[i]);
      weights[i].assign_sub(0.01 * means[i]);
    }
    return loss;
  }
};

TEST(FunctionOnGpu, TrainsAsEagerCallsDo) {
  if (!has_gpu()) GTEST_SKIP() << "no GPU";
  const ListenerFrame unheard;
  const auto scope = device("/GPU:0");
  const Network eager;
  const Network traced;
  const Tensor x = random::stateless_normal({16, 64}, random::Seed{5, 6});
  const Tensor y = random::stateless_uniform({16}, random::Seed{7, 8},
                                             {.minval = 0, .maxval = 10, .dtype = int32});
  const auto step = function([&](const Tensor& a, const Tensor& b) { return traced.step(a, b); });
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(identical(step(x, y).cpu(), eager.step(x, y).cpu())) << "step " << i;
  }
  for (std::size_t i = 0; i < traced.weights.size(); ++i) {
    EXPECT_EQ(traced.weights[i].device(), (Device{DeviceType::kGPU, 0}));
    EXPECT_TRUE(identical(traced.weights[i].value().cpu(), eager.weights[i].value().cpu())) << i;
  }
  EXPECT_EQ(step.trace_count(), 1);
}

TEST(FunctionOnGpu, EachDeviceHasATraceOfItsOwn) {
  if (!has_gpu()) GTEST_SKIP() << "no GPU";
  const ListenerFrame unheard;
  const auto f = function([](const Tensor& x) { return exp(x) * 2.0 + x; });
  const Tensor host = random::stateless_normal({1000}, random::Seed{1, 1}).cpu();
  const Tensor there = f(host.gpu());
  const Tensor here = f(host);
  EXPECT_EQ(there.device().type, DeviceType::kGPU);
  EXPECT_EQ(here.device().type, DeviceType::kCPU);
  EXPECT_TRUE(near(there.cpu(), here));
  EXPECT_EQ(f.trace_count(), 2);
}

TEST(FunctionOnGpu, ATapeOutsideAndRandomNumbers) {
  if (!has_gpu()) GTEST_SKIP() << "no GPU";
  const ListenerFrame unheard;
  const auto scope = device("/GPU:0");
  const auto f =
      function([](const Tensor& x) { return reduce_sum(exp(x) * random::uniform({3})); });
  const Tensor x = constant({0.0, 1.0, 2.0});
  random::set_seed(3);
  const Tensor numbers = random::uniform({3});
  random::set_seed(3);
  GradientTape tape;
  tape.watch(x);
  EXPECT_TRUE(near(tape.gradient(f(x), x).cpu(), (exp(x) * numbers).cpu()));
}

TEST(FunctionOnGpu, LoopsDrawTheNumbersOfEagerCalls) {
  if (!has_gpu()) GTEST_SKIP() << "no GPU";
  const ListenerFrame unheard;
  const auto scope = device("/GPU:0");
  const auto noisy = [](const Tensor& x) {
    return scan(
        [](const Tensor& sum, const Tensor& row) { return sum + row * random::uniform({2}); }, x,
        zeros({2}));
  };
  const auto f = function(noisy);
  const Tensor x = random::stateless_normal({4, 2}, random::Seed{1, 2});
  const auto run = [&](const auto& called) {
    random::set_seed(5);
    GradientTape tape;
    tape.watch(x);
    const Tensor y = called(x);
    return std::vector{y, tape.gradient(reduce_sum(y), x)};
  };
  const std::vector<Tensor> expected = run(noisy);
  const std::vector<Tensor> traced = run(f);
  EXPECT_TRUE(identical(traced[0].cpu(), expected[0].cpu()));
  EXPECT_TRUE(near(traced[1].cpu(), expected[1].cpu()));
}

TEST(FunctionOnGpu, TwoTracesServeAllSizes) {
  if (!has_gpu()) GTEST_SKIP() << "no GPU";
  const ListenerFrame unheard;
  const auto scope = device("/GPU:0");
  const auto callable = [](const Tensor& x) {
    const std::int64_t rows = x.shape()[0];
    const Tensor places = range(0.0, static_cast<double>(rows), 1.0);
    return reduce_sum(x + fill({rows, 1}, 0.5), {.axis = 1}) * places / static_cast<float>(rows);
  };
  const auto f = function(callable, {.reduce_retracing = true});
  for (int rows = 2; rows < 9; ++rows) {
    const Tensor x = random::stateless_normal({rows, 3}, random::Seed{1, 2});
    EXPECT_TRUE(identical(f(x).cpu(), callable(x).cpu())) << rows << " rows";
  }
  EXPECT_EQ(f.trace_count(), 2);
}

TEST(FunctionOnGpu, ViewsAreNotCopied) {
  if (!has_gpu()) GTEST_SKIP() << "no GPU";
  const ListenerFrame unheard;
  const auto scope = device("/GPU:0");
  const Variable v{random::stateless_normal({5, 4}, random::Seed{1, 2})};
  const auto callable = [&](const Tensor& x) {
    const Tensor before = transpose(v.value());
    v.assign_add(ones({5, 4}));
    return std::pair(matmul(x, before), before);
  };
  const auto f = function(callable);
  const Tensor x = transpose(random::stateless_normal({4, 3}, random::Seed{3, 4}));
  const Tensor first = v.value();
  const auto traced = f(x);
  v.assign(first);
  const auto eager = callable(x);
  EXPECT_TRUE(identical(traced.first.cpu(), eager.first.cpu()));
  EXPECT_TRUE(identical(traced.second.cpu(), transpose(first).cpu()));
  EXPECT_FALSE(traced.second.is_contiguous());
}

TEST(FunctionOnGpu, VariablesAreUpdatedInPlace) {
  if (!has_gpu()) GTEST_SKIP() << "no GPU";
  const ListenerFrame unheard;
  const auto scope = device("/GPU:0");
  const Variable v{ones({1000})};
  const auto add = function([&](const Tensor& x) { v.assign_add(x); });
  add(ones({1000}));
  const void* memory = v.value().data();
  add(ones({1000}));
  EXPECT_EQ(v.value().data(), memory);
  EXPECT_TRUE(identical(v.value().cpu(), fill({1000}, 3.0).cpu()));
}

}  // namespace
}  // namespace saem::testing
