#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <saem/autodiff/custom_gradient.hpp>
#include <saem/autodiff/forward.hpp>
#include <saem/autodiff/tape.hpp>
#include <saem/graph/control_flow.hpp>
#include <saem/graph/function.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/compare.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/grid.hpp>
#include <saem/ops/logical.hpp>
#include <saem/ops/matmul.hpp>
#include <saem/ops/random.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/reshape.hpp>
#include <saem/ops/unary_arith.hpp>
#include <saem/ops/unary_exp.hpp>
#include <saem/ops/unary_trig.hpp>

#include "graph/traced_as_eager.hpp"

namespace saem {
namespace {

using testing::error_of;
using testing::expect_traced_as_eager;
using testing::has_values;
using ::testing::HasSubstr;
using testing::identical;
using testing::near;
using testing::numbers;
using testing::Unary;

TEST(cond, TakesOneBranch) {
  const Unary f = [](const Tensor& x) {
    return cond(
        reduce_sum(x) > 0.0, [&] { return sin(x) * x; }, [&] { return exp(-x); });
  };
  expect_traced_as_eager(f, numbers({1.0, 2.0}));
  expect_traced_as_eager(f, numbers({-1.0, -2.0}));
}

TEST(cond, HandsThroughWhatItIsGiven) {
  const auto f = function([](const Tensor& x) {
    const Tensor y = x * 2.0;
    const Tensor z = cond(
        reduce_sum(x) > 0.0, [&] { return y; }, [&] { return y + 1.0; });
    return std::vector{z, exp(x) + exp(x * 3.0)};
  });
  const Tensor first = f(constant({1.0, 2.0}))[0];
  EXPECT_TRUE(has_values(first, {2}, {2, 4}));
  f(constant({5.0, 6.0}));
  EXPECT_TRUE(has_values(first, {2}, {2, 4})) << "is nobody else's memory";
}

TEST(cond, AssignsVariablesInOneBranch) {
  const Variable v{constant(1.0)};
  const Variable w{constant(10.0)};
  const auto f = function([&](const Tensor& x) {
    cond(
        x > 0.0,
        [&] {
          v.assign_add(x);
          v.assign(v * 2.0);
        },
        [&] { w.assign(v + w); });
    return v + w;
  });
  EXPECT_TRUE(has_values(f(constant(2.0)), {}, {16}));
  EXPECT_TRUE(has_values(v, {}, {6}));
  EXPECT_TRUE(has_values(w, {}, {10}));
  EXPECT_TRUE(has_values(f(constant(-2.0)), {}, {22}));
  EXPECT_TRUE(has_values(w, {}, {16}));
  EXPECT_EQ(f.trace_count(), 1);
}

TEST(cond, GradientsOfVariablesAndOfWhatIsCaptured) {
  const Variable v{constant(3.0)};
  const Tensor outside = constant(5.0);
  const auto f = [&](const Tensor& x) {
    return cond(
        x > 0.0, [&] { return v * x * outside; }, [&] { return v + outside; });
  };
  const auto traced = function(f);
  for (const double at : {2.0, -2.0}) {
    const auto gradients = [&](const auto& of) {
      GradientTape tape;
      tape.watch(outside);
      const Tensor y = of(constant(at));
      return tape.gradient(y, v, outside);
    };
    const auto [of_v, of_outside] = gradients(f);
    const auto [found_v, found_outside] = gradients(traced);
    EXPECT_TRUE(identical(found_v, of_v));
    EXPECT_TRUE(identical(found_outside, of_outside));
  }
}

TEST(cond, ATapeInABranch) {
  const Unary f = [](const Tensor& x) {
    return cond(
        reduce_sum(x) > 0.0,
        [&] {
          GradientTape tape;
          tape.watch(x);
          return tape.gradient(x * x * x, x);
        },
        [&] { return x; });
  };
  expect_traced_as_eager(f, numbers({1.0, 2.0}));
}

TEST(cond, RandomNumbersAreThoseOfEagerCalls) {
  const Unary f = [](const Tensor& x) {
    return cond(
        reduce_sum(x) > 0.0, [&] { return x * random::normal({2}, {.dtype = float64}); },
        [&] {
          const Tensor inner = cond(
              reduce_sum(x) > -5.0, [&] { return x * random::uniform({2}, {.dtype = float64}); },
              [&] { return x; });
          return inner * inner;
        });
  };
  const auto gradient = [&](const Unary& of, const Tensor& x) {
    random::set_seed(3);
    GradientTape tape;
    tape.watch(x);
    const Tensor y = of(x);
    const Tensor first = tape.gradient(y, x);
    return std::pair(std::vector{y, first}, random::next_seed());
  };
  const Unary traced = function(f);
  const auto with_tape = function([&](const Tensor& x) {
    GradientTape tape;
    tape.watch(x);
    const Tensor y = f(x);
    return std::vector{y, tape.gradient(y, x)};
  });
  for (const double at : {1.0, -1.0, -9.0}) {
    const Tensor x = numbers({at, at / 2});
    const auto [expected, next] = gradient(f, x);
    const auto [found, next_found] = gradient(traced, x);
    EXPECT_TRUE(identical(found[0], expected[0]));
    EXPECT_TRUE(near(found[1], expected[1]));
    EXPECT_TRUE(identical(next_found, next)) << "as many draws";
    random::set_seed(3);
    const std::vector<Tensor> inside = with_tape(x);
    EXPECT_TRUE(identical(inside[0], expected[0]));
    EXPECT_TRUE(near(inside[1], expected[1]));
  }
}

TEST(cond, Structures) {
  using Named = std::map<std::string, Tensor>;
  const auto f = [](const Tensor& x) {
    return cond(
        x > 0.0,
        [&] {
          return std::tuple(Named{{"a", x}}, std::vector{x * 2.0}, 3);
        },
        [&] {
          return std::tuple(Named{{"a", -x}}, std::vector{x}, 3);
        });
  };
  const auto [named, list, number] = function(f)(constant(4.0));
  EXPECT_TRUE(has_values(named.at("a"), {}, {4}));
  EXPECT_TRUE(has_values(list[0], {}, {8}));
  EXPECT_EQ(number, 3);
}

TEST(cond, ReadsBackAsText) {
  const auto f = function([](const Tensor& x) {
    const Tensor y = cond(
        reduce_sum(x) > 0.0, [&] { return x * 2.0; }, [&] { return x; });
    const Tensor z = while_loop([](const Tensor& v) { return reduce_sum(v) < 9.0; },
                                [](const Tensor& v) { return v * 2.0; }, y);
    return foldl([](const Tensor& a, const Tensor& v) { return a + v; }, z, constant(0.0));
  });
  f(constant({1.0, 2.0}));
  const Graph& graph = f.traced_graph();
  graph.verify();
  EXPECT_EQ(Graph::from_text(graph.to_text()).to_text(), graph.to_text());
}

TEST(cond, VectorizedMapTakesBothWays) {
  const Unary f = [](const Tensor& x) {
    return cond(
        x > 0.0, [&] { return x * 2.0; }, [&] { return exp(x); });
  };
  const Tensor x = numbers({1.0, -1.0, 2.0});
  const Tensor expected = map_fn(f, x);
  EXPECT_TRUE(near(vectorized_map(f, x), expected));
  EXPECT_TRUE(
      near(function([&](const Tensor& all) { return vectorized_map(f, all); })(x), expected));
  const Tensor way = constant(1.0);
  const auto shared = function([&](const Tensor& all, const Tensor& decides) {
    return vectorized_map(
        [&](const Tensor& row) {
          return cond(
              decides > 0.0, [&] { return row * 2.0; }, [&] { return row; });
        },
        all);
  });
  EXPECT_TRUE(near(shared(x, way), x * 2.0));
}

TEST(cond, Errors) {
  const auto f = function([](const Tensor& x, const Tensor& pred) {
    return cond(
        pred, [&] { return x; }, [&] { return expand_dims(x, 0); });
  });
  const auto eager = [](const Tensor& pred) {
    return cond(
        pred, [] { return constant(1.0); }, [] { return constant(2.0); });
  };
  EXPECT_EQ(error_of<ShapeError>([&] {
              f(constant({1.0, 2.0}), constant(true));
            }),
            "cond: output 0 is float32 (2,) of true_fn, but float32 (1, 2) of false_fn; branches "
            "must agree");
  EXPECT_EQ(error_of<DTypeError>([&] { eager(constant(1.0)); }),
            "cond: the predicate must be bool, got float32; compare, or tf::cast it");
  EXPECT_EQ(error_of<ShapeError>([&] {
              eager(constant({true, false}));
            }),
            "cond: the predicate must be a scalar, got shape (2,); see tf::reduce_all and "
            "tf::where");
  EXPECT_EQ(error_of<DTypeError>([&] { function(eager)(constant(1.0)); }),
            "cond: the predicate must be bool, got float32; compare, or tf::cast it");
  const auto lists = function([](const Tensor& x) {
    return cond(
        x > 0.0, [&] { return std::vector{x}; },
        [&] {
          return std::vector{x, x};
        });
  });
  EXPECT_THAT(error_of<ValueError>([&] { lists(constant(1.0)); }),
              HasSubstr("cond: true_fn and false_fn give different structures"));
}

TEST(switch_case, ChoosesByNumber) {
  const auto f = [](const Tensor& index, const Tensor& x) {
    const std::vector<std::function<Tensor()>> branches{[&] { return x; }, [&] { return x * x; },
                                                        [&] { return x * x * x; }};
    return std::vector{switch_case(index, branches),
                       switch_case(index, branches, [&] { return -x; })};
  };
  const auto traced = function(f);
  const Tensor x = numbers({2.0, 3.0});
  for (int i = -1; i < 5; ++i) {
    for (const DType dtype : {int32, int64}) {
      const Tensor index = constant(i, dtype);
      const std::vector<Tensor> expected = f(index, x);
      const std::vector<Tensor> found = traced(index, x);
      EXPECT_TRUE(identical(found[0], expected[0])) << i;
      EXPECT_TRUE(identical(found[1], expected[1])) << i;
    }
  }
  EXPECT_EQ(error_of<DTypeError>([&] { f(constant(1.0), x); }),
            "switch_case: the index must be int32 or int64, got float32; tf::cast it");
  EXPECT_EQ(error_of<ShapeError>([&] { f(constant({1}), x); }),
            "switch_case: the index must be a scalar, got shape (1,)");
  EXPECT_EQ(error_of<ValueError>(
                [&] { switch_case(constant(1), std::vector<std::function<Tensor()>>{}); }),
            "switch_case: there are no branches; give at least one");
}

TEST(case_, TakesTheFirstTrueOne) {
  using Cases = std::vector<std::pair<Tensor, std::function<Tensor()>>>;
  const auto cases = [](const Tensor& x) {
    return Cases{{reduce_sum(x) < 1.0, [x] { return x * 10.0; }},
                 {reduce_sum(x) < 9.0, [x] { return sin(x); }}};
  };
  const Unary f = [&](const Tensor& x) { return case_(cases(x), [&] { return x * x; }); };
  for (const double at : {0.0, 5.0, 20.0}) expect_traced_as_eager(f, numbers({at}));
  const Unary must = [&](const Tensor& x) { return case_(cases(x)); };
  EXPECT_TRUE(identical(function(must)(numbers({5.0})), must(numbers({5.0}))));
  const std::string text =
      "assert_greater: x > y does not hold in 1 of 1 elements, first at (): 0 and 0; tf::case_ "
      "without a default needs a true predicate";
  EXPECT_EQ(error_of<ValueError>([&] { must(numbers({20.0})); }), text);
  EXPECT_THAT(error_of<ValueError>([&] { function(must)(numbers({20.0})); }), HasSubstr(text));
  const Unary one = [&](const Tensor& x) {
    return case_(cases(x), [&] { return x; }, {.exclusive = true});
  };
  EXPECT_TRUE(has_values(function(one)(numbers({20.0})), {1}, {20}));
  EXPECT_THAT(error_of<ValueError>([&] { function(one)(numbers({0.0})); }),
              HasSubstr("predicates of tf::case_ are exclusive"));
}

}  // namespace
}  // namespace saem
