#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <saem/autodiff/forward.hpp>
#include <saem/autodiff/map.hpp>
#include <saem/autodiff/tape.hpp>
#include <saem/graph/control_flow.hpp>
#include <saem/graph/function.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/cast.hpp>
#include <saem/ops/compare.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/grid.hpp>
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

/// x -> sin(x) x, `turns` times.
Tensor wave(const Tensor& x, const Tensor& turns, const WhileLoopOptions& options = {}) {
  return std::get<1>(
      while_loop([&](const Tensor& i, const Tensor&) { return i < turns; },
                 [&](const Tensor& i, const Tensor& y) { return std::tuple(i + 1, sin(y) * x); },
                 std::tuple(constant(0), x), options));
}

TEST(while_loop, TurnsAsLongAsTheConditionHolds) {
  const auto f = [](const Tensor& x, const Tensor& turns) { return wave(x, turns); };
  const auto traced = function(f);
  const Tensor x = numbers({0.5, 1.0});
  for (const int turns : {0, 1, 5}) {
    EXPECT_TRUE(identical(traced(x, constant(turns)), f(x, constant(turns))));
  }
  EXPECT_EQ(traced.trace_count(), 1);
  for (const int turns : {0, 1, 3}) {
    expect_traced_as_eager([&](const Tensor& at) { return wave(at, constant(turns)); }, x);
  }
}

TEST(while_loop, MaximumIterationsEndIt) {
  const Unary f = [](const Tensor& x) { return wave(x, constant(100), {.maximum_iterations = 2}); };
  EXPECT_TRUE(identical(f(numbers({0.5})), wave(numbers({0.5}), constant(2))));
  expect_traced_as_eager(f, numbers({0.5}));
}

TEST(while_loop, Nests) {
  const Unary f = [](const Tensor& x) {
    const auto [i, y] = while_loop([](const Tensor& at, const Tensor&) { return at < 2; },
                                   [&](const Tensor& at, const Tensor& outer) {
                                     const auto [j, z] = while_loop(
                                         [&](const Tensor& k, const Tensor&) { return k <= at; },
                                         [&](const Tensor& k, const Tensor& inner) {
                                           return std::tuple(k + 1, sin(inner) * outer + x);
                                         },
                                         std::tuple(constant(0), outer));
                                     return std::tuple(at + 1, z);
                                   },
                                   std::tuple(constant(0), x));
    return y;
  };
  expect_traced_as_eager(f, numbers({0.5, 1.5}));
}

TEST(while_loop, HoldsBranchesAndLiesInBranches) {
  const Unary branches_inside = [](const Tensor& x) {
    const auto [i, y] = while_loop([](const Tensor& at, const Tensor&) { return at < 3; },
                                   [&](const Tensor& at, const Tensor& value) {
                                     const Tensor next = cond(
                                         reduce_sum(value) > 1.0, [&] { return sin(value) * x; },
                                         [&] { return value + x * x; });
                                     return std::tuple(at + 1, next);
                                   },
                                   std::tuple(constant(0), x));
    return y;
  };
  expect_traced_as_eager(branches_inside, numbers({0.5, 0.7}));
  const Unary loop_inside = [](const Tensor& x) {
    return cond(
        reduce_sum(x) > 0.0, [&] { return wave(x, constant(2)); }, [&] { return x * x; });
  };
  expect_traced_as_eager(loop_inside, numbers({0.5, 0.7}));
  expect_traced_as_eager(loop_inside, numbers({-0.5, 0.7}) * 2.0 - 1.0);
}

TEST(while_loop, AssignsVariables) {
  const Variable sum{constant(0.0)};
  const Variable scale{constant(2.0)};
  const auto f = function([&](const Tensor& turns) {
    return while_loop([&](const Tensor& i) { return i < turns; },
                      [&](const Tensor& i) {
                        sum.assign_add(scale * cast(i, float32));
                        return i + 1;
                      },
                      constant(0));
  });
  EXPECT_TRUE(has_values(f(constant(4)), {}, {4}));
  EXPECT_TRUE(has_values(sum, {}, {12}));
  EXPECT_TRUE(has_values(f(constant(0)), {}, {0}));
  EXPECT_TRUE(has_values(sum, {}, {12}));
  const auto trains = function([&](const Tensor& turns) {
    while_loop([&](const Tensor& i) { return i < turns; },
               [&](const Tensor& i) {
                 GradientTape tape;
                 const Tensor loss = square(scale - 5.0);
                 scale.assign_sub(0.25 * tape.gradient(loss, scale));
                 return i + 1;
               },
               constant(0));
  });
  trains(constant(2));
  EXPECT_TRUE(has_values(scale, {}, {4.25}));
}

TEST(while_loop, RandomNumbersAreThoseOfEagerCalls) {
  const auto noisy = [](std::optional<std::int64_t> most) -> Unary {
    return [most](const Tensor& x) {
      const auto [i, y] = while_loop(
          [](const Tensor& at, const Tensor&) { return at < 3; },
          [&](const Tensor& at, const Tensor& value) {
            return std::tuple(at + 1, value * random::normal({2}, {.dtype = float64}) + x);
          },
          std::tuple(constant(0), x), {.maximum_iterations = most});
      return y;
    };
  };
  const Tensor x = numbers({0.5, 0.7});
  const auto gradient = [&](const Unary& of) {
    random::set_seed(3);
    GradientTape tape;
    tape.watch(x);
    return tape.gradient(of(x), x);
  };
  EXPECT_TRUE(near(gradient(function(noisy(5))), gradient(noisy(5))));
  random::set_seed(3);
  const Tensor expected = noisy({})(x);
  random::set_seed(3);
  EXPECT_TRUE(identical(function(noisy({}))(x), expected));
  EXPECT_EQ(error_of<ValueError>([&] { gradient(function(noisy({}))); }),
            "while_loop: its body draws random numbers, and its gradient has to draw the same "
            "again; give maximum_iterations, so that there is room to keep them, or use tf::scan");
}

TEST(while_loop, VectorizedMapLoopsForEachSlice) {
  const Unary f = [](const Tensor& x) {
    return while_loop([](const Tensor& y) { return y < 10.0; },
                      [](const Tensor& y) { return y * 2.0; }, x);
  };
  const Tensor x = numbers({1.0, 3.0, 20.0});
  EXPECT_TRUE(has_values(vectorized_map(f, x), {3}, {16, 12, 20}));
  const auto traced = function([&](const Tensor& all) { return vectorized_map(f, all); });
  EXPECT_TRUE(has_values(traced(x), {3}, {16, 12, 20}));
}

TEST(while_loop, Errors) {
  const auto grows = function([](const Tensor& x) {
    return while_loop([](const Tensor& y) { return reduce_sum(y) < 9.0; },
                      [](const Tensor& y) { return expand_dims(y, 0); }, x);
  });
  EXPECT_EQ(error_of<ShapeError>([&] { grows(constant({1.0})); }),
            "while_loop: loop variable 0 is float32 (1,) before a turn and float32 (1, 1) after "
            "it; it must keep dtype and shape");
  const auto turns_float = function([](const Tensor& x) {
    return while_loop([](const Tensor& y) { return reduce_sum(y) < 9; },
                      [](const Tensor& y) { return cast(y, float64); }, x);
  });
  EXPECT_EQ(error_of<DTypeError>([&] { turns_float(constant({1})); }),
            "while_loop: loop variable 0 is int32 (1,) before a turn and float64 (1,) after it; it "
            "must keep dtype and shape");
  const auto same = [](const Tensor& y) { return y; };
  EXPECT_EQ(error_of<DTypeError>([&] { while_loop(same, same, constant(1)); }),
            "while_loop: the predicate must be bool, got int32; compare, or tf::cast it");
  EXPECT_EQ(error_of<ValueError>(
                [&] { while_loop(same, same, constant(true), {.maximum_iterations = -1}); }),
            "while_loop: maximum_iterations is -1; it must not be negative");
  EXPECT_THAT(error_of<ValueError>([&] {
                while_loop([](const std::vector<Tensor>& v) { return v[0] < 1; },
                           [](const std::vector<Tensor>& v) {
                             return std::vector{v[0], v[0]};
                           },
                           std::vector{constant(0)});
              }),
              HasSubstr("while_loop: the structure changes from"));
  const Variable v{constant(1.0)};
  EXPECT_EQ(error_of<ValueError>([&] {
              function([&](const Tensor& x) {
                return while_loop(
                    [&](const Tensor& y) {
                      v.assign_add(constant(1.0));
                      return y < 3.0;
                    },
                    [](const Tensor& y) { return y + 1.0; }, x);
              })(constant(0.0));
            }),
            "while_loop: the condition assigns variable Variable; assign it in the body");
}

TEST(scan, GivesEveryAccumulator) {
  const auto step = [](const Tensor& a, const Tensor& x) { return sin(a) * x + a; };
  for (const bool reverse : {false, true}) {
    const Unary f = [&](const Tensor& x) {
      return saem::scan(step, x, reduce_sum(x), {.reverse = reverse});
    };
    expect_traced_as_eager(f, numbers({0.5, 1.5, 2.5}));
    const Unary without = [&](const Tensor& x) {
      return saem::scan(step, x, ScanLoopOptions{.reverse = reverse});
    };
    expect_traced_as_eager(without, numbers({0.5, 1.5, 2.5}));
  }
}

TEST(scan, StructuresOfSlicesAndAccumulators) {
  using Pair = std::pair<Tensor, Tensor>;
  const auto f = [](const Tensor& x, const Tensor& y) {
    return saem::scan(
        [](const Pair& a, const std::vector<Tensor>& row) {
          return Pair{a.first + row[0] * row[1], a.second * row[1]};
        },
        std::vector{x, y}, Pair{constant(0.0), ones({2})});
  };
  const Tensor x = constant({1.0, 2.0, 3.0});
  const Tensor y = constant({2.0, 0.5, 4.0});
  const auto [sums, products] = function(f)(x, y);
  EXPECT_TRUE(has_values(sums, {3}, {2, 3, 15}));
  EXPECT_TRUE(has_values(products, {3, 2}, {2, 2, 1, 1, 4, 4}));
  EXPECT_TRUE(identical(f(x, y).first, sums));
  const auto [none, empty] = function(f)(zeros({0}), zeros({0}));
  EXPECT_EQ(none.shape(), (Shape{0}));
  EXPECT_EQ(empty.shape(), (Shape{0, 2}));
  EXPECT_EQ(f(zeros({0}), zeros({0})).second.shape(), (Shape{0, 2}));
}

TEST(scan, VariablesAndRandomNumbers) {
  const Variable w{constant({{0.5, 0.1}, {0.2, 0.3}}, float64)};
  const Unary recurrent = [&](const Tensor& x) {
    return saem::scan(
        [&](const Tensor& h, const Tensor& row) {
          return tanh(matmul(h, w) + row * random::uniform({1, 2}, {.dtype = float64}));
        },
        x, zeros({1, 2}, float64));
  };
  const Tensor x = reshape(numbers({1, 2, 3, 4, 5, 6}), {3, 1, 2});
  const auto gradients = [&](const Unary& of) {
    random::set_seed(5);
    GradientTape tape;
    tape.watch(x);
    const Tensor y = reduce_sum(square(of(x)));
    const auto [of_x, of_w] = tape.gradient(y, x, w);
    return std::vector{y, of_x, of_w};
  };
  const std::vector<Tensor> expected = gradients(recurrent);
  const std::vector<Tensor> found = gradients(function(recurrent));
  EXPECT_TRUE(identical(found[0], expected[0]));
  EXPECT_TRUE(near(found[1], expected[1]));
  EXPECT_TRUE(near(found[2], expected[2]));
  const Variable count{constant(0)};
  const auto counts = function([&](const Tensor& rows) {
    return map_fn(
        [&](const Tensor& row) {
          count.assign_add(constant(1));
          return row * 2.0;
        },
        rows);
  });
  EXPECT_TRUE(has_values(counts(constant({1.0, 2.0, 3.0})), {3}, {2, 4, 6}));
  EXPECT_TRUE(has_values(count, {}, {3}));
}

TEST(scan, Errors) {
  const auto grow = [](const Tensor& a, const Tensor&) { return expand_dims(a, 0); };
  const auto f = function([&](const Tensor& x) { return saem::scan(grow, x, constant(1.0)); });
  EXPECT_EQ(error_of<ShapeError>([&] {
              f(constant({1.0, 2.0}));
            }),
            "scan: accumulator 0 is float32 () before a turn and float32 (1,) after it; it must "
            "keep dtype and shape");
  EXPECT_EQ(error_of<ShapeError>([&] { f(constant(1.0)); }),
            "scan: a scalar has no slices; give tensors of rank 1 or more");
  EXPECT_EQ(error_of<ValueError>([&] {
              (void)saem::scan([](const Tensor& a, const Tensor&) { return a; }, zeros({0}));
            }),
            "scan: there are no slices; give an initializer");
}

TEST(foldl, FoldsFromTheFirst) {
  const auto step = [](const Tensor& a, const Tensor& x) { return a * 0.5 + sin(x); };
  const Unary left = [&](const Tensor& x) { return foldl(step, x, numbers({1.0})); };
  const Unary right = [&](const Tensor& x) { return foldr(step, x, numbers({1.0})); };
  const Tensor x = numbers({0.5, 1.5, 2.5});
  expect_traced_as_eager(left, x);
  expect_traced_as_eager(right, x);
  EXPECT_FALSE(identical(left(x), right(x)));
  EXPECT_TRUE(has_values(left(zeros({0}, float64)), {1}, {1}));
}

TEST(foldr, Errors) {
  EXPECT_EQ(error_of<ShapeError>([] {
              (void)foldr(
                  [](const std::vector<Tensor>&, const std::vector<Tensor>& v) { return v; },
                  std::vector{zeros({2}), zeros({3})}, std::vector{zeros({}), zeros({})});
            }),
            "foldr: one tensor has 2 slices along axis 0, another 3");
}

TEST(map_fn, Traced) {
  const Unary f = [](const Tensor& x) {
    return map_fn(
        [&](const Tensor& row) {
          return cond(
              reduce_sum(row) > 0.0, [&] { return sin(row) * reduce_sum(x); },
              [&] { return row * row; });
        },
        x);
  };
  expect_traced_as_eager(f, reshape(numbers({0.5, 1.5, -2.5, 1.0}), {2, 2}));
  EXPECT_EQ(function(f)(zeros({0, 3}, float64)).shape(), (Shape{0, 3}));
  const auto several = function([](const std::vector<Tensor>& all) {
    return map_fn([](const std::vector<Tensor>& rows) { return std::vector{rows[0] + rows[1]}; },
                  all)[0];
  });
  EXPECT_TRUE(
      has_values(several(std::vector{constant({1.0, 2.0}), constant({3.0, 4.0})}), {2}, {4, 6}));
}

TEST(map_fn, VectorizedMapOfATracedScan) {
  const Unary f = [](const Tensor& row) {
    return foldl([&](const Tensor& a, const Tensor& x) { return a * x + row(0); }, row,
                 constant(1.0, float64));
  };
  const Tensor x = reshape(numbers({0.5, 1.5, -2.5, 1.0}), {2, 2});
  const auto traced = function([&](const Tensor& all) { return vectorized_map(f, all); });
  EXPECT_TRUE(near(traced(x), map_fn(f, x)));
}

}  // namespace
}  // namespace saem
