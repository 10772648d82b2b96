#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <saem/autodiff/debugging.hpp>
#include <saem/autodiff/map.hpp>
#include <saem/graph/control_flow.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/compare.hpp>
#include <saem/ops/print.hpp>
#include <saem/ops/random_generator.hpp>

#include "graph/traced_as_eager.hpp"

namespace saem {
namespace {

using testing::error_of;
using testing::has_values;
using testing::identical;
using testing::near;
using ::testing::StartsWith;

/// What `body` writes to standard output.
template <class Body>
std::string printed(Body&& body) {
  ::testing::internal::CaptureStdout();
  body();
  return ::testing::internal::GetCapturedStdout();
}

const PrintOptions kOut{.output_stream = "stdout"};

TEST(Print, AtEachCallInTheProgramsOrder) {
  int traced = 0;
  const auto f = function([&](const Tensor& x) {
    ++traced;
    print({"x", x}, kOut);
    const Tensor y = x * 2.0;
    print({"y", y}, kOut);
    print({"twice"}, kOut);
    print({"twice"}, kOut);
    return y;
  });
  EXPECT_EQ(printed([&] { f(constant(1.0)); }), "x 1\ny 2\ntwice\ntwice\n");
  EXPECT_EQ(printed([&] { f(constant(2.0)); }), "x 2\ny 4\ntwice\ntwice\n");
  EXPECT_EQ(traced, 1);
}

TEST(Print, InBranchesAndLoops) {
  const auto f = function([](const Tensor& x) {
    cond(
        x > 0.0,
        [&] {
          print({"positive", x}, kOut);
        },
        [&] { print({"negative"}, kOut); });
    return while_loop([](const Tensor& i) { return i < 3; },
                      [&](const Tensor& i) {
                        print({"turn", i}, kOut);
                        return i + 1;
                      },
                      constant(0));
  });
  EXPECT_EQ(printed([&] { f(constant(1.0)); }), "positive 1\nturn 0\nturn 1\nturn 2\n");
  EXPECT_EQ(printed([&] { f(constant(-1.0)); }), "negative\nturn 0\nturn 1\nturn 2\n");
}

TEST(Print, OnceWhereAGradientRunsABodyAgain) {
  const auto f = function([](const Tensor& x) {
    return cond(
        x > 0.0,
        [&] {
          print({"here"}, kOut);
          return x * x;
        },
        [&] { return x; });
  });
  const Tensor x = constant(3.0);
  EXPECT_EQ(printed([&] {
              GradientTape tape;
              tape.watch(x);
              EXPECT_TRUE(has_values(tape.gradient(f(x), x), {}, {6}));
            }),
            "here\n");
}

TEST(Print, OfAFunctionInAFunction) {
  const auto inner = function([](const Tensor& x) { print({"inner", x}, kOut); });
  const auto outer = function([&](const Tensor& x) {
    inner(x);
    inner(x);
    return x;
  });
  EXPECT_EQ(printed([&] { outer(constant(1.0)); }), "inner 1\ninner 1\n");
}

TEST(Assertions, ThrowWhenTheFunctionRuns) {
  using namespace debugging;
  const Tensor two = constant(2.0);
  const auto expect_same = [](const auto& check, const Tensor& good, const Tensor& bad) {
    const auto traced = function([&](const Tensor& x) {
      check(x);
      return x;
    });
    EXPECT_TRUE(identical(traced(good), good));
    const std::string eager = error_of<ValueError>([&] { check(bad); });
    EXPECT_THAT(error_of<ValueError>([&] { traced(bad); }),
                StartsWith(eager + "\n  in tf::function"));
    EXPECT_TRUE(identical(traced(good), good)) << "the function is as before";
  };
  const auto vector = [](double a, double b) { return constant({a, b}); };
  expect_same([&](const Tensor& x) { assert_equal(x, two, {.message = "why"}); }, vector(2, 2),
              vector(2, 3));
  expect_same([&](const Tensor& x) { assert_none_equal(x, two); }, vector(1, 3), vector(1, 2));
  expect_same([&](const Tensor& x) { assert_less(x, two); }, vector(1, 1), vector(1, 2));
  expect_same([&](const Tensor& x) { assert_less_equal(x, two); }, vector(1, 2), vector(3, 2));
  expect_same([&](const Tensor& x) { assert_greater(x, two); }, vector(3, 3), vector(2, 3));
  expect_same([&](const Tensor& x) { assert_greater_equal(x, two); }, vector(2, 3), vector(1, 3));
  expect_same([&](const Tensor& x) { assert_positive(x); }, vector(1, 2), vector(0, 2));
  expect_same([&](const Tensor& x) { assert_negative(x); }, vector(-1, -2), vector(0, -2));
  expect_same([&](const Tensor& x) { assert_non_negative(x); }, vector(0, 2), vector(0, -2));
  expect_same([&](const Tensor& x) { assert_non_positive(x); }, vector(0, -2), vector(0, 2));
  expect_same([&](const Tensor& x) { assert_near(x, two, {.atol = 0.5}); }, vector(2, 2.4),
              vector(2, 2.6));
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  expect_same([&](const Tensor& x) { (void)check_numerics(x, "loss"); }, vector(1, 2),
              vector(nan, infinity));
  expect_same([&](const Tensor& x) { assert_all_finite(x, "loss"); }, vector(1, 2), vector(nan, 1));
}

TEST(Assertions, LeaveGradientsAlone) {
  const auto f = function([](const Tensor& x) {
    debugging::assert_positive(x);
    return debugging::check_numerics(x, "x") * x;
  });
  const Tensor x = constant(3.0);
  GradientTape tape;
  tape.watch(x);
  EXPECT_TRUE(has_values(tape.gradient(f(x), x), {}, {6}));
}

TEST(Assertions, LookAtEverySliceOfAMap) {
  const auto check = [](const Tensor& x) {
    debugging::assert_positive(x);
    return x;
  };
  EXPECT_TRUE(has_values(vectorized_map(check, constant({1.0, 2.0})), {2}, {1, 2}));
  EXPECT_EQ(error_of<ValueError>([&] {
              (void)vectorized_map(check, constant({1.0, -2.0}));
            }),
            "assert_positive: x > y does not hold in 1 of 1 elements, first at (): -2.0 and 0.0");
}

TEST(RandomGenerator, DrawsFreshNumbersAtEachCall) {
  auto generator = random::Generator::from_seed(7);
  auto eager = random::Generator::from_seed(7);
  const auto draw = [](random::Generator& from) {
    const Tensor seeds = from.make_seeds(2);
    from.skip(3);
    return std::vector{from.normal({2}), from.uniform({3}), from.truncated_normal({2}), seeds,
                       from.uniform_full_int({2})};
  };
  const auto f = function([&] { return draw(generator); });
  for (int i = 0; i < 3; ++i) {
    const std::vector<Tensor> expected = draw(eager);
    const std::vector<Tensor> found = f();
    for (std::size_t k = 0; k < found.size(); ++k) EXPECT_TRUE(identical(found[k], expected[k]));
  }
  EXPECT_EQ(generator.state(), eager.state());
  EXPECT_EQ(f.trace_count(), 1);
}

TEST(RandomGenerator, ResetsAndCopies) {
  auto generator = random::Generator::from_seed(7);
  const auto f = function([&] {
    const Tensor first = generator.normal({2});
    generator.reset_from_seed(7);
    return std::vector{first, generator.normal({2})};
  });
  (void)f();
  const std::vector<Tensor> drawn = f();
  auto eager = random::Generator::from_seed(7);
  EXPECT_TRUE(identical(drawn[1], eager.normal({2})));
  EXPECT_TRUE(identical(drawn[0], eager.normal({2})));
  auto copy = generator;
  (void)copy.normal({2});
  EXPECT_NE(copy.state(), generator.state());
}

TEST(RandomGenerator, GradientsSeeTheNumbersThatWereDrawn) {
  auto generator = random::Generator::from_seed(7);
  const auto f = [&](const Tensor& x) {
    return scan([&](const Tensor& a, const Tensor& row) { return a * generator.normal({}) + row; },
                x, constant(1.0));
  };
  const Tensor x = constant({1.0, 2.0, 3.0});
  const auto gradient = [&](const auto& of) {
    generator.reset_from_seed(3);
    GradientTape tape;
    tape.watch(x);
    return tape.gradient(of(x), x);
  };
  EXPECT_TRUE(near(gradient(function(f)), gradient(f)));
}

}  // namespace
}  // namespace saem
