#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <saem/autodiff/custom_gradient.hpp>
#include <saem/autodiff/forward.hpp>
#include <saem/autodiff/map.hpp>
#include <saem/autodiff/tape.hpp>
#include <saem/graph/function.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/cast.hpp>
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

using testing::error_of;
using testing::has_values;
using ::testing::HasSubstr;
using testing::identical;

TEST(Function, GivesWhatEagerCallsGive) {
  const auto norm = function([](const Tensor& x) { return sqrt(reduce_sum(x * x)); });
  EXPECT_TRUE(has_values(norm(constant({3.0, 4.0})), {}, {5.0}));
  EXPECT_TRUE(has_values(norm(constant({6.0, 8.0})), {}, {10.0}));
  EXPECT_EQ(norm.trace_count(), 1);
  EXPECT_TRUE(has_values(norm(constant({2.0})), {}, {2.0}));
  EXPECT_EQ(norm.trace_count(), 2);
}

Tensor doubled(const Tensor& x) { return x * 2.0; }

TEST(Function, TakesPlainFunctions) {
  const auto f = function(doubled);
  EXPECT_TRUE(has_values(f(constant({3.0, 4.0})), {2}, {6.0, 8.0}));
  EXPECT_EQ(f.trace_count(), 1);
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

TEST(Function, RandomNumbersAreDrawnOnceHoweverOftenItIsDifferentiated) {
  const auto noisy = function([](const Tensor& x) {
    const Tensor noise = random::uniform({2}, {.minval = 1, .maxval = 2});
    return x * x * x * noise;
  });
  const auto check = [](const std::function<std::vector<Tensor>(const Tensor&)>& f) {
    const Tensor x = constant({1.0, 2.0});
    const std::vector<Tensor> got = f(x);  // y, dy/dx, d2y/dx2
    const Tensor noise = got[0] / (x * x * x);
    EXPECT_TRUE(testing::near(got[1], 3.0 * x * x * noise, {1e-5, 1e-6}));
    EXPECT_TRUE(testing::near(got[2], 6.0 * x * noise, {1e-5, 1e-6}));
  };
  const auto derivatives = [&](const Tensor& x) {
    GradientTape outer, inner;
    outer.watch(x);
    inner.watch(x);
    const Tensor y = noisy(x);
    const Tensor dy = inner.gradient(y, x);
    return std::vector<Tensor>{y, dy, outer.gradient(dy, x)};
  };
  check(derivatives);
  check(function(derivatives));
  // Nobody listens while the outer function is traced; the gradient is asked for afterwards.
  const auto around = function([&](const Tensor& x) { return noisy(x) * 1.0; });
  check([&](const Tensor& x) {
    GradientTape outer, inner;
    outer.watch(x);
    inner.watch(x);
    const Tensor y = around(x);
    const Tensor dy = inner.gradient(y, x);
    return std::vector<Tensor>{y, dy, outer.gradient(dy, x)};
  });
}

TEST(Function, AFunctionWithinAFunctionIsDifferentiatedFromOutside) {
  const Tensor scale = constant({2.0, 3.0});
  const auto inner = function([&](const Tensor& x) { return exp(x) * scale; });
  const auto outer = function([&](const Tensor& x) { return reduce_sum(inner(x)); });
  const Tensor x = constant({0.0, 1.0});
  GradientTape tape{{.persistent = true}};
  tape.watch(x);
  tape.watch(scale);
  const Tensor y = outer(x);
  EXPECT_TRUE(has_values(tape.gradient(y, x), {2}, {2.0, 3 * std::exp(1.0)}));
  EXPECT_TRUE(has_values(tape.gradient(y, scale), {2}, {1.0, std::exp(1.0)}));
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

TEST(Function, CapturedTensorsHaveGradients) {
  const Tensor scale = constant({2.0, 3.0});
  const auto f = function([&](const Tensor& x) { return reduce_sum(x * scale); });
  const Tensor x = constant({5.0, 7.0});
  GradientTape tape;
  tape.watch(scale);
  EXPECT_TRUE(has_values(tape.gradient(f(x), scale), {2}, {5, 7}));
}

TEST(Function, OutputsNobodyAsksForHaveNoGradient) {
  const auto f = function([](const Tensor& x) {
    return std::vector<Tensor>{x * x, exp(x), cast(x, int32)};
  });
  const Tensor x = constant({1.0, 2.0});
  GradientTape tape;
  tape.watch(x);
  const std::vector<Tensor> y = f(x);
  EXPECT_TRUE(has_values(tape.gradient(y[0], x), {2}, {2, 4}));
}

TEST(Function, AnArgumentHandedThroughHasAGradient) {
  const auto f = function([](const Tensor& x) { return std::pair(x, x * 3.0); });
  const Tensor x = constant(2.0);
  GradientTape tape;
  tape.watch(x);
  const auto [same, scaled] = f(x);
  EXPECT_TRUE(has_values(tape.gradient(same * scaled, x), {}, {12.0}));
}

TEST(Function, DerivativesOfEveryOrderAndForwards) {
  const auto f = function([](const Tensor& x) { return x * x * x * x; });
  const Tensor x = constant(2.0);
  GradientTape third, second, first;
  third.watch(x);
  second.watch(x);
  first.watch(x);
  const Tensor dy = first.gradient(f(x), x);
  const Tensor ddy = second.gradient(dy, x);
  EXPECT_TRUE(has_values(dy, {}, {32.0}));
  EXPECT_TRUE(has_values(ddy, {}, {48.0}));
  EXPECT_TRUE(has_values(third.gradient(ddy, x), {}, {48.0}));
  const ForwardAccumulator moved(x, constant(1.0));
  EXPECT_TRUE(has_values(moved.jvp(f(x)), {}, {32.0}));
  const Tensor many = constant({1.0, 2.0, 3.0});
  EXPECT_TRUE(has_values(vectorized_map(f, many), {3}, {1, 16, 81}));
}

TEST(Function, JacobiansGoThroughIt) {
  const auto f = function([](const Tensor& x) { return x * x; });
  const Tensor x = constant({1.0, 2.0});
  GradientTape tape;
  tape.watch(x);
  EXPECT_TRUE(has_values(tape.jacobian(f(x), x), {2, 2}, {2, 0, 0, 4}));
}

TEST(Function, CustomGradientsAndRecomputation) {
  const auto clipped = custom_gradient([](const Tensor& x) { return exp(x); },
                                       [](const Tensor& dy, const Tensor&) { return dy * 7.0; });
  const auto block = recompute_grad([](const Tensor& x) { return exp(x * 2.0); });
  const auto f = function([&](const Tensor& x) { return clipped(x) + block(x); });
  const Tensor x = constant(0.0);
  GradientTape tape;
  tape.watch(x);
  const Tensor y = f(x);
  EXPECT_TRUE(has_values(y, {}, {2.0}));
  EXPECT_TRUE(has_values(tape.gradient(y, x), {}, {9.0}));
}

TEST(Function, AssignmentsUnderATape) {
  const Variable v{constant(1.0)};
  const auto f = function([&](const Tensor& x) {
    const Tensor before = v * x;
    v.assign_add(constant(1.0));
    return before + v * x;
  });
  const Tensor x = constant(3.0);
  GradientTape tape{{.persistent = true}};
  tape.watch(x);
  const Tensor y = f(x);
  EXPECT_TRUE(has_values(y, {}, {9.0}));
  EXPECT_TRUE(has_values(v, {}, {2.0}));
  EXPECT_TRUE(has_values(tape.gradient(y, x), {}, {3.0}));
  EXPECT_TRUE(has_values(tape.gradient(y, v), {}, {6.0}));
}

TEST(Function, NoGradientFlowsThroughAnAssignment) {
  const auto loss = [](const Variable& v, const Tensor& x) {
    const Tensor square = x * x;
    v.assign(square);
    return v * square * x;
  };
  const Variable v{constant(1.0)};
  const Tensor x = constant(2.0);
  const auto gradients = [&](const std::function<Tensor(const Tensor&)>& f) {
    GradientTape tape{{.persistent = true}};
    tape.watch(x);
    const Tensor y = f(x);
    return std::vector<Tensor>{tape.gradient(y, x), tape.gradient(y, v)};
  };
  const auto eager = gradients([&](const Tensor& t) { return loss(v, t); });
  const auto traced = gradients(function([&](const Tensor& t) { return loss(v, t); }));
  const auto inside = function([&](const Tensor& t) {
    GradientTape tape{{.persistent = true}};
    tape.watch(t);
    const Tensor y = loss(v, t);
    return std::vector<Tensor>{tape.gradient(y, t), tape.gradient(y, v)};
  });
  const auto in_function = inside(x);
  EXPECT_TRUE(has_values(eager[0], {}, {48.0}));
  EXPECT_TRUE(has_values(eager[1], {}, {8.0}));
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_TRUE(identical(traced[i], eager[i])) << i;
    EXPECT_TRUE(identical(in_function[i], eager[i])) << i;
  }
}

TEST(Function, AVariableMadeInsideIsAnError) {
  const auto f = function([](const Tensor& x) { return Variable{x * 2.0}.value(); });
  EXPECT_THAT(error_of<ValueError>([&] { f(constant(1.0)); }), HasSubstr("tf::init_scope"));
  const auto lazy = function([v = std::make_shared<std::vector<Variable>>()](const Tensor& x) {
    if (v->empty()) {
      const auto outside = init_scope();
      v->emplace_back(ones(x.shape()) * 5.0);
    }
    return x * v->front();
  });
  EXPECT_TRUE(has_values(lazy(constant({1.0, 2.0})), {2}, {5, 10}));
}

TEST(Function, InputSignaturesAreHeld) {
  const auto f = function([](const Tensor& x) { return x * 2.0; },
                          {.name = "twice", .input_signature = {{float32, {-1, 2}}}});
  EXPECT_TRUE(has_values(f(ones({1, 2})), {1, 2}, {2, 2}));
  EXPECT_TRUE(has_values(f(ones({2, 2})), {2, 2}, {2, 2, 2, 2}));
  EXPECT_EQ(error_of<ValueError>([&] {
              f(ones({2, 3}));
            }),
            "twice: argument 0 is float32 (2, 3), input_signature says float32 (-1, 2)");
  EXPECT_THAT(error_of<ValueError>([&] { f(ones({2, 2}, int32)); }), HasSubstr("is int32"));
}

TEST(Function, RetracingIsWarnedOfOnce) {
  const auto warnings_of = [](FunctionOptions options) {
    const auto f = function([](const Tensor& x, int n) { return x * n; }, std::move(options));
    ::testing::internal::CaptureStderr();
    for (int i = 0; i < 12; ++i) f(ones({2}), i);
    return ::testing::internal::GetCapturedStderr();
  };
  const std::string text = warnings_of({.name = "scale"});
  EXPECT_THAT(text, HasSubstr("the last 5 calls of tf::function scale were traced anew"));
  EXPECT_THAT(text, HasSubstr("pass numbers as tensors"));
  EXPECT_EQ(text.find("scale", text.find("scale") + 1), std::string::npos);
  EXPECT_EQ(warnings_of({.reduce_retracing = true}), "");
}

TEST(Function, RunsEagerlyWhenTold) {
  int calls = 0;
  const auto f = function([&](const Tensor& x) {
    ++calls;
    return x.item<float>() > 0 ? x : -x;
  });
  config::run_functions_eagerly(true);
  EXPECT_TRUE(has_values(f(constant(-2.0)), {}, {2.0}));
  EXPECT_TRUE(has_values(f(constant(3.0)), {}, {3.0}));
  config::run_functions_eagerly(false);
  EXPECT_EQ(calls, 2);
  EXPECT_EQ(f.trace_count(), 0);
}

TEST(Function, CallingItselfIsAnError) {
  std::function<Tensor(const Tensor&)> again;
  const auto f = function([&](const Tensor& x) { return again(x); }, {.name = "loop"});
  again = [&](const Tensor& x) { return f(x); };
  EXPECT_THAT(error_of<ValueError>([&] { f(constant(1.0)); }), HasSubstr("calls itself"));
  again = [](const Tensor& x) { return x; };
  EXPECT_TRUE(has_values(f(constant(1.0)), {}, {1.0})) << "an error leaves the function as it was";
}

TEST(Function, TensorsOfAFunctionAroundAreCaptured) {
  int traces = 0;
  const auto outer = function([&](const Tensor& x) {
    const Tensor doubled = x * 2.0;
    const auto inner = function([&](const Tensor& y) {
      ++traces;
      return y + doubled;
    });
    return inner(x) * inner(x);
  });
  EXPECT_TRUE(has_values(outer(constant(1.0)), {}, {9.0}));
  EXPECT_TRUE(has_values(outer(constant(2.0)), {}, {36.0}));
}

TEST(Function, GraphsAndPassesHaveNames) {
  const auto f = function([](const Tensor& x) { return x + 1.0; });
  EXPECT_THAT(error_of<ValueError>([&] { (void)f.graph(); }), HasSubstr("call it first"));
  EXPECT_THAT(error_of<ValueError>([] {
                (void)function([](const Tensor& x) { return x; }, {.disabled_passes = {"magic"}});
              }),
              HasSubstr("there is no pass 'magic'"));
  f(ones({2}));
  EXPECT_EQ(f.traced_graph().op_count(), 1u);
  EXPECT_FALSE(graph_passes().empty());
}

TEST(Function, ReadingAValueWhileTracingIsAnError) {
  const auto f = function([](const Tensor& x) { return x.item<float>() > 0 ? x : -x; });
  EXPECT_THAT(error_of<ValueError>([&] { f(constant(1.0)); }), HasSubstr("tf::cond"));
}

}  // namespace
}  // namespace saem
