#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <saem/autodiff/tape.hpp>
#include <saem/graph/function.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/matmul.hpp>
#include <saem/ops/random.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/relu.hpp>
#include <saem/ops/unary_arith.hpp>
#include <saem/ops/unary_exp.hpp>

#include "support/op_test.hpp"

namespace saem {
namespace {

using ::testing::HasSubstr;
using testing::error_of;
using testing::has_values;
using testing::identical;

TEST(Function, GivesWhatEagerCallsGive) {
  const auto norm = function([](const Tensor& x) { return sqrt(reduce_sum(x * x)); });
  EXPECT_TRUE(has_values(norm(constant({3.0, 4.0})), {}, {5.0}));
  EXPECT_TRUE(has_values(norm(constant({6.0, 8.0})), {}, {10.0}));
  EXPECT_EQ(norm.trace_count(), 1);
  EXPECT_TRUE(has_values(norm(constant({2.0})), {}, {2.0}));
  EXPECT_EQ(norm.trace_count(), 2);
}

TEST(Function, ReadsAndAssignsVariables) {
  const Variable v{constant({1.0, 2.0})};
  const auto step = function([&](const Tensor& x) {
    v.assign_add(x);
    const Tensor doubled = v * 2.0;
    v.assign_sub(constant({1.0, 1.0}));
    return doubled;
  });
  EXPECT_TRUE(has_values(step(constant({10.0, 20.0})), {2}, {22, 44}));
  EXPECT_TRUE(has_values(v, {2}, {10, 21}));
  EXPECT_TRUE(has_values(step(constant({1.0, 1.0})), {2}, {22, 44}));
  EXPECT_TRUE(has_values(v, {2}, {10, 21}));
  EXPECT_EQ(step.trace_count(), 1);
}

TEST(Function, ATapeInsideTrains) {
  const Variable w{constant({{1.0}, {1.0}})};
  const auto loss_of = [&](const Tensor& x, const Tensor& y) {
    return reduce_mean(square(matmul(x, w) - y));
  };
  const auto step = function([&](const Tensor& x, const Tensor& y) {
    GradientTape tape;
    const Tensor loss = loss_of(x, y);
    w.assign_sub(0.1 * tape.gradient(loss, w));
    return loss;
  });
  const Tensor x = constant({{1.0, 2.0}, {3.0, -1.0}});
  const Tensor y = matmul(x, constant({{2.0}, {-1.0}}));
  const float before = loss_of(x, y).item<float>();
  EXPECT_EQ(step(x, y).item<float>(), before);
  for (int i = 0; i < 50; ++i) step(x, y);
  EXPECT_LT(loss_of(x, y).item<float>(), 1e-3 * before);
  EXPECT_EQ(step.trace_count(), 1);
}

TEST(Function, ATapeOutsideDifferentiatesIt) {
  const Variable w{constant(3.0)};
  const auto f = function([&](const Tensor& x) { return exp(x) * w + x * x; });
  const Tensor x = constant({0.0, 1.0});
  GradientTape outer{{.persistent = true}};
  outer.watch(x);
  Tensor inner_gradient;
  {
    GradientTape tape{{.persistent = true}};
    tape.watch(x);
    const Tensor y = f(x);
    inner_gradient = tape.gradient(y, x);
    EXPECT_TRUE(has_values(inner_gradient, {2}, {3.0, 3 * std::exp(1.0) + 2}));
    EXPECT_TRUE(has_values(tape.gradient(y, w), {}, {1 + std::exp(1.0)}));
  }
  EXPECT_TRUE(has_values(outer.gradient(inner_gradient, x), {2}, {3.0 + 2, 3 * std::exp(1.0) + 2}));
}

TEST(Function, FunctionsNest) {
  const Variable w{constant(2.0)};
  const auto inner = function([&](const Tensor& x) { return x * w; });
  const auto outer = function([&](const Tensor& x) {
    GradientTape tape;
    tape.watch(x);
    const Tensor y = inner(x) * x;
    return tape.gradient(y, x);
  });
  EXPECT_TRUE(has_values(outer(constant(5.0)), {}, {20.0}));
  w.assign(constant(3.0));
  EXPECT_TRUE(has_values(outer(constant(5.0)), {}, {30.0}));
  EXPECT_EQ(inner.trace_count(), 1);
}

TEST(Function, RandomNumbersAreFreshAndThoseOfEagerCalls) {
  const auto f = function([] { return random::normal({3}) + random::uniform({3}); });
  random::set_seed(7);
  const Tensor first = random::normal({3}) + random::uniform({3});
  const Tensor second = random::normal({3}) + random::uniform({3});
  random::set_seed(7);
  EXPECT_TRUE(identical(f(), first));
  EXPECT_TRUE(identical(f(), second));
}

TEST(Function, StructuresGoInAndOut) {
  using Named = std::map<std::string, Tensor>;
  const auto f = function([](const std::vector<Tensor>& list, const Named& named, int factor) {
    Named result{{"sum", list[0] + list[1]}, {"none", Tensor()}};
    return std::tuple(result, named.at("x") * factor, std::vector<Tensor>(list));
  });
  const auto [named, scaled, list] =
      f(std::vector<Tensor>{constant(1.0), constant(2.0)}, Named{{"x", constant(4.0)}}, 3);
  EXPECT_TRUE(has_values(named.at("sum"), {}, {3.0}));
  EXPECT_FALSE(named.at("none").defined());
  EXPECT_TRUE(has_values(scaled, {}, {12.0}));
  EXPECT_EQ(list.size(), 2u);
  EXPECT_TRUE(has_values(list[1], {}, {2.0}));
  f(std::vector<Tensor>{constant(1.0), constant(2.0)}, Named{{"x", constant(4.0)}}, 4);
  EXPECT_EQ(f.trace_count(), 2);
}

TEST(Function, ReadingAValueWhileTracingIsAnError) {
  const auto f = function([](const Tensor& x) { return x.item<float>() > 0 ? x : -x; });
  EXPECT_THAT(error_of<ValueError>([&] { f(constant(1.0)); }), HasSubstr("tf::cond"));
}

}  // namespace
}  // namespace saem
