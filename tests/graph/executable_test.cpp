#include "graph/executable.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <saem/autodiff/training.hpp>
#include <saem/core/memory.hpp>
#include <saem/graph/function.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/gather.hpp>
#include <saem/ops/matmul.hpp>
#include <saem/ops/random.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/reshape.hpp>
#include <saem/ops/softmax.hpp>
#include <saem/ops/strided_slice.hpp>
#include <saem/ops/transpose.hpp>
#include <saem/ops/unary_arith.hpp>
#include <saem/ops/unary_exp.hpp>
#include <thread>

#include "support/op_test.hpp"

namespace saem {
namespace {

using testing::error_of;
using testing::has_values;
using ::testing::HasSubstr;
using testing::identical;
using testing::sample;

TEST(Executable, ViewsOfWhatIsMadeInsideAndOutside) {
  const auto body = [](const Tensor& x) {
    const Tensor turned = transpose(x);        // a view of the argument
    const Tensor product = matmul(turned, x);  // made inside
    const Tensor row = product(1);             // a view of that
    return std::vector<Tensor>{row, reshape(product, {-1}), turned, transpose(product), x};
  };
  const auto f = function(body);
  const Tensor x = sample({3, 4}, float32);
  for (int round = 0; round < 2; ++round) {
    const std::vector<Tensor> traced = f(x);
    const std::vector<Tensor> eager = body(x);
    for (std::size_t i = 0; i < eager.size(); ++i) EXPECT_TRUE(identical(traced[i], eager[i])) << i;
  }
}

TEST(Executable, AViewThatHasToCopyDoes) {
  const auto body = [](const Tensor& x) {
    const Tensor turned = transpose(reshape(x * 2.0, {2, 3, 4}), {.perm = Dims{1, 0, 2}});
    return std::vector<Tensor>{reshape(turned, {3, 8}), reshape(transpose(x), {24})};
  };
  const auto f = function(body);
  const Tensor x = sample({6, 4}, float32);
  for (int round = 0; round < 2; ++round) {
    EXPECT_TRUE(identical(f(x)[0], body(x)[0]));
    EXPECT_TRUE(identical(f(x)[1], body(x)[1]));
  }
}

TEST(Executable, ResultsOfOneCallOutliveTheNext) {
  const auto f = function([](const Tensor& x) { return matmul(exp(x), x) + 1.0; });
  const Tensor a = sample({4, 4}, float32);
  const Tensor b = sample({4, 4}, float32, -1, 1, 9);
  const Tensor first = f(a);
  const Tensor copy = first + 0.0;
  const Tensor second = f(b);
  EXPECT_TRUE(identical(first, copy));
  EXPECT_FALSE(identical(first, second));
}

TEST(Executable, ArgumentsMayLieInAnyWay) {
  const auto body = [](const Tensor& x) { return reduce_sum(x * 2.0, {.axis = 0}); };
  const auto f = function(body);
  const Tensor x = testing::scattered(sample({5, 6}, float32));
  EXPECT_TRUE(identical(f(x), body(x)));
}

TEST(Executable, AnErrorLeavesVariablesAsTheyWere) {
  const Variable v{constant({1.0, 2.0})};
  const auto step = function([&](const Tensor& x, const Tensor& index) {
    v.assign_add(x);
    return gather(x, index) + v;
  });
  const Tensor x = constant({1.0, 1.0});
  EXPECT_TRUE(has_values(step(x, constant({1, 0})), {2}, {3, 4}));
  const std::string text = error_of<IndexError>([&] { step(x, constant({1, 7})); });
  EXPECT_THAT(text, HasSubstr("gather: indices[1] = 7 is not in [0, 2)"));
  EXPECT_THAT(text, HasSubstr("in tf::function function, node %"));
  EXPECT_TRUE(has_values(v, {2}, {2, 3}));
  EXPECT_TRUE(has_values(step(x, constant({0, 0})), {2}, {4, 5}));
}

TEST(Executable, ErrorsNameTheScope) {
  const auto f = function(
      [](const Tensor& x, const Tensor& index) {
        const auto outer = name_scope("encoder");
        const auto inner = name_scope("embedding");
        return gather(x, index);
      },
      {.name = "look_up"});
  EXPECT_THAT(error_of<IndexError>([&] { f(constant({1.0}), constant({3})); }),
              HasSubstr("in tf::function look_up, node %2 gather, scope encoder/embedding"));
}

TEST(Executable, AVariableThatSomebodyHoldsIsCopied) {
  const Variable v{ones({1000})};
  const auto add_one = function([&] { v.assign_add(ones({1000})); });
  add_one();
  const void* memory = v.value().data();
  add_one();
  EXPECT_EQ(v.value().data(), memory) << "written over the old value";
  const Tensor held = v.value();
  add_one();
  EXPECT_TRUE(identical(held, fill({1000}, 3.0)));
  EXPECT_TRUE(identical(v, fill({1000}, 4.0)));
}

TEST(Executable, TwoVariablesChangePlaces) {
  const Variable a{constant({1.0, 2.0})};
  const Variable b{constant({3.0, 4.0})};
  const auto swap = function([&] {
    const Tensor old = a.value();
    a.assign(b.value() * 1.0);
    b.assign(old * 1.0);
  });
  swap();
  EXPECT_TRUE(has_values(a, {2}, {3, 4}));
  EXPECT_TRUE(has_values(b, {2}, {1, 2}));
}

TEST(Executable, AdamRunsInPlaceWithTheBitsOfEagerSteps) {
  const auto make = [] {
    return std::vector<Variable>{Variable{sample({50}, float32)}, Variable{zeros({50})},
                                 Variable{zeros({50})}};
  };
  const Tensor g = sample({50}, float32, -1, 1, 3);
  const Tensor half = constant(0.5);
  const auto update = [&](const std::vector<Variable>& s) {
    raw_ops::resource_apply_adam(s[0], s[1], s[2], half, half, constant(0.01), constant(0.9),
                                 constant(0.999), constant(1e-7), g);
  };
  const std::vector<Variable> eager = make();
  const std::vector<Variable> traced = make();
  const auto step = function([&] { update(traced); });
  for (int i = 0; i < 3; ++i) {
    update(eager);
    step();
  }
  for (std::size_t i = 0; i < 3; ++i) EXPECT_TRUE(identical(eager[i], traced[i])) << i;
}

TEST(Executable, ThreadsRunOneFunctionSideBySide) {
  const auto f =
      function([](const Tensor& x) { return reduce_sum(nn::softmax(matmul(x, x))) + x; });
  std::vector<Tensor> inputs;
  std::vector<Tensor> expected;
  for (std::uint32_t i = 0; i < 8; ++i) {
    inputs.push_back(sample({16, 16}, float32, -1, 1, i));
    expected.push_back(f(inputs.back()));
  }
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int round = 0; round < 50; ++round) {
        const std::size_t i = (t + static_cast<std::size_t>(round)) % inputs.size();
        if (!identical(f(inputs[i]), expected[i])) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(f.trace_count(), 1);
}

TEST(Executable, MemoryIsUsedAgain) {
  const auto f = function([](Tensor x) {
    for (int i = 0; i < 20; ++i) x = matmul(x, x) * 0.1;
    return x;
  });
  const Tensor x = sample({64, 64}, float32);
  f(x);
  config::reset_memory_stats();
  const std::int64_t before = config::get_memory_info().current;
  const Tensor y = f(x);
  // The result; everything in between lies in the arena, which is there already.
  EXPECT_LE(config::get_memory_info().peak - before, 2 * 64 * 64 * 4);
  EXPECT_THAT(f.explain(), HasSubstr("in one arena"));
}

TEST(Executable, ExplainsWhatWasFused) {
  const auto f = function([](const Tensor& x) { return matmul(exp(x) * 2.0 - x, x); });
  f(sample({4, 4}, float32));
  EXPECT_THAT(f.explain(), HasSubstr("fused: exp, multiply, subtract -> (4, 4)"));
  EXPECT_THAT(f.explain(), HasSubstr("planned    2 ops in 2 steps"));
}

TEST(Executable, ProfilesAreTablesAndChromeTraces) {
  const auto f = function([](const Tensor& x) { return matmul(x, x) + 1.0; }, {.name = "square"});
  const Profile profile = f.profile(3, sample({8, 8}, float32));
  EXPECT_EQ(profile.runs, 3);
  ASSERT_EQ(profile.entries.size(), 2u);
  EXPECT_EQ(profile.entries[0].op, "matmul");
  EXPECT_EQ(profile.entries[0].bytes, 3 * 64 * 4);
  EXPECT_THAT(profile.to_string(), HasSubstr("square: "));
  EXPECT_THAT(profile.to_chrome_trace(), HasSubstr("\"traceEvents\""));
  EXPECT_THAT(error_of<ValueError>([&] { (void)f.profile(0, constant({{1.0}})); }),
              HasSubstr("at least one run"));
}

}  // namespace
}  // namespace saem
