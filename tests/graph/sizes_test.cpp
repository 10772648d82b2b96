// Functions whose sizes vary: a few traces serve all sizes, with the numbers of eager calls.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <saem/autodiff/tape.hpp>
#include <saem/graph/control_flow.hpp>
#include <saem/graph/function.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/cast.hpp>
#include <saem/ops/compare.hpp>
#include <saem/ops/concat.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/gather.hpp>
#include <saem/ops/matmul.hpp>
#include <saem/ops/random.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/relu.hpp>
#include <saem/ops/reshape.hpp>
#include <saem/ops/softmax.hpp>
#include <saem/ops/transpose.hpp>
#include <saem/ops/unary_arith.hpp>
#include <saem/ops/unary_exp.hpp>

#include "support/op_test.hpp"

namespace saem {
namespace {

using testing::error_of;
using testing::has_values;
using ::testing::HasSubstr;
using testing::identical;

const FunctionOptions kVary{.name = "f", .reduce_retracing = true};

Tensor sample(const Shape& shape) { return random::stateless_normal(shape, {1, 2}); }

/// Calls `callable` as a function and eagerly for rows 2 to 9; gives how often it was traced.
template <class Callable>
int expect_like_eager(Callable callable, int most_rows = 9) {
  const auto f = function(callable, kVary);
  for (int rows = 2; rows <= most_rows; ++rows) {
    const Tensor x = sample({rows, 6});
    EXPECT_TRUE(identical(f(x), callable(x))) << rows << " rows";
  }
  return f.trace_count();
}

TEST(Sizes, TwoTracesServeAllOthers) {
  EXPECT_EQ(expect_like_eager([](const Tensor& x) { return reduce_mean(exp(x) * 2.0, {0}); }), 2);
}

TEST(Sizes, OptionsFollow) {
  EXPECT_EQ(expect_like_eager([](const Tensor& x) {
              const std::int64_t rows = x.shape()[0];
              const Tensor heads = transpose(reshape(x, {rows, 2, 3}), {.perm = {1, 0, 2}});
              const Tensor wide = reshape(heads, {2, rows * 3});
              const Tensor more = concat({wide, zeros({2, rows}), ones({2, 1})}, {.axis = 1});
              return more + cast(range(rows * 4 + 1), float32);
            }),
            3);  // 4 * rows + 1 has two unknowns
}

TEST(Sizes, ConstantsFollow) {
  EXPECT_EQ(
      expect_like_eager([](const Tensor& x) {
        const auto rows = static_cast<float>(x.shape()[0]);
        return reduce_sum(x, {0}) / rows + x * (1.0f / rows) + reduce_max(constant({rows, 1.0f}));
      }),
      2);
}

TEST(Sizes, RangesFollow) {
  EXPECT_EQ(expect_like_eager(
                [](const Tensor& x) {
                  const std::int64_t rows = x.shape()[0];
                  const Tensor rising = cast(range(5, 5 + rows), float32);
                  const Tensor falling = range(static_cast<double>(rows), 0.0, -1.0);
                  return x + reshape(rising + falling, {rows, 1});
                },
                40),
            2);
}

TEST(Sizes, GradientsInsideFollow) {
  const Variable w{sample({6, 4})};
  const Variable b{zeros({4})};
  const auto loss_of = [&](const Tensor& x) {
    return reduce_mean(square(nn::relu(matmul(x, w) + b)));
  };
  const auto gradient = [&](const Tensor& x) {
    GradientTape tape;
    const Tensor loss = loss_of(x);
    return tape.gradient(loss, w);
  };
  EXPECT_EQ(expect_like_eager(gradient), 2);
}

TEST(Sizes, StepsThatAssignFollow) {
  const Variable total{zeros({})};
  const Variable eager_total{zeros({})};
  const auto add_to = [](const Variable& sum, const Tensor& x) {
    sum.assign_add(reduce_sum(x));
    const Tensor between = sum * 1.0;
    sum.assign_add(constant(1.0));
    return between;
  };
  const auto step = function([&](const Tensor& x) { return add_to(total, x); }, kVary);
  for (int rows = 2; rows < 8; ++rows) {
    const Tensor x = sample({rows, 3});
    EXPECT_TRUE(identical(step(x), add_to(eager_total, x)));
    EXPECT_TRUE(identical(total.value(), eager_total.value()));
  }
  EXPECT_EQ(step.trace_count(), 2);
}

TEST(Sizes, ATapeOutsideDifferentiatesThemAll) {
  const Variable w{constant(3.0)};
  const auto callable = [&](const Tensor& x) {
    const Tensor first = w * reduce_sum(x * x);
    w.assign(constant(2.0));
    return first + reduce_mean(x) * w;
  };
  const auto f = function(callable, kVary);
  const auto gradients = [&](const auto& called, const Tensor& x) {
    w.assign(constant(3.0));
    GradientTape tape{{.persistent = true}};
    tape.watch(x);
    const Tensor y = called(x);
    return std::array{tape.gradient(y, x), tape.gradient(y, w)};
  };
  for (int rows = 2; rows < 7; ++rows) {
    const Tensor x = sample({rows, 2});
    const auto traced = gradients(f, x);
    const auto eager = gradients(callable, x);
    for (std::size_t i = 0; i < 2; ++i) EXPECT_TRUE(identical(traced[i], eager[i])) << i;
  }
  EXPECT_EQ(f.trace_count(), 2);
}

TEST(Sizes, LoopsAndBranchesFollow) {
  EXPECT_EQ(expect_like_eager([](const Tensor& x) {
              const std::int64_t rows = x.shape()[0];
              const auto [turns, summed] = while_loop(
                  [](const Tensor& i, const Tensor&) { return i < 3; },
                  [&](const Tensor& i, const Tensor& sum) {
                    return std::tuple(i + 1, sum + reshape(zeros({rows * 6}) + 0.5, {rows, 6}));
                  },
                  std::tuple(constant(0), x));
              const Tensor& sums = summed;
              return cond(
                  reduce_sum(x) > 0.0, [&] { return sums * 2.0; },
                  [&] {
                    return sums - zeros({rows, 1});
                  });
            }),
            2);
}

TEST(Sizes, NestedFunctionsFollow) {
  const auto inner = function([](const Tensor& x) { return nn::softmax(x) * x; });
  EXPECT_EQ(expect_like_eager([&](const Tensor& x) { return inner(x) + inner(x * 2.0); }), 2);
}

TEST(Sizes, RandomNumbersAreThoseOfEagerCalls) {
  const auto noisy = [](const Tensor& x) { return x + random::normal(x.shape()); };
  const auto f = function(noisy, kVary);
  for (int rows = 2; rows < 7; ++rows) {
    const Tensor x = sample({rows, 2});
    random::set_seed(7);
    const Tensor first = f(x);
    const Tensor second = f(x);
    random::set_seed(7);
    EXPECT_TRUE(identical(first, noisy(x)));
    EXPECT_TRUE(identical(second, noisy(x)));
  }
  EXPECT_EQ(f.trace_count(), 2);
}

TEST(Sizes, SeveralVaryAlone) {
  const auto scores = [](const Tensor& q, const Tensor& k) {
    const Tensor mask = fill({q.shape()[0], k.shape()[0]}, 0.25);
    return reshape(matmul(q, transpose(k)) + mask, {q.shape()[0] * k.shape()[0]});
  };
  const auto f = function(scores, kVary);
  int checked = 0;
  for (int q = 2; q < 7; ++q) {
    for (int k = 3; k < 9; ++k) {
      const Tensor a = sample({q, 4});
      const Tensor b = sample({k, 4});
      EXPECT_TRUE(identical(f(a, b), scores(a, b))) << q << ' ' << k;
      ++checked;
    }
  }
  EXPECT_EQ(checked, 30);
  EXPECT_LE(f.trace_count(), 4);
}

TEST(Sizes, ZeroAndOneAreTracedForThemselves) {
  const auto callable = [](const Tensor& x) {
    return x.shape()[0] == 1 ? x * 2.0 : x + reduce_mean(x, {.axis = 0, .keepdims = true});
  };
  const auto f = function(callable, kVary);
  for (const int rows : {1, 4, 0, 6, 1, 5, 0, 9}) {
    const Tensor x = sample({rows, 2});
    EXPECT_TRUE(identical(f(x), callable(x))) << rows;
  }
  EXPECT_EQ(f.trace_count(), 4);
}

TEST(Sizes, WhatFollowsInNoSimpleWayIsTracedEachTime) {
  const auto callable = [](const Tensor& x) {
    return x * std::sqrt(static_cast<double>(x.shape()[0]));
  };
  const auto f = function(callable, {.name = "rooted", .reduce_retracing = true});
  ::testing::internal::CaptureStderr();
  for (int rows = 2; rows < 12; ++rows) {
    const Tensor x = sample({rows, 2});
    EXPECT_TRUE(identical(f(x), callable(x)));
  }
  EXPECT_EQ(f.trace_count(), 10);
  EXPECT_THAT(::testing::internal::GetCapturedStderr(),
              HasSubstr("rooted were traced anew, which takes far longer than to run it: its sizes "
                        "may vary, but a constant (["));
}

TEST(Sizes, OtherOpsForOtherSizesAreOtherTraces) {
  const auto callable = [](const Tensor& x) {
    return x.shape()[0] % 2 == 0 ? exp(x) : nn::relu(x);
  };
  const auto f = function(callable, kVary);
  // Traced: 2 and 3, which differ; then 4 is the second even one. What comes after stays as traced.
  for (int rows = 2; rows < 5; ++rows) {
    const Tensor x = sample({rows, 2});
    EXPECT_TRUE(identical(f(x), callable(x))) << rows;
  }
  EXPECT_EQ(f.trace_count(), 3);
}

TEST(Sizes, AnErrorForOneSizeIsTheOps) {
  const auto f = function([](const Tensor& x) { return reshape(x, {2, x.shape()[0] / 2}); }, kVary);
  EXPECT_EQ(f(ones({8})).shape(), (Shape{2, 4}));
  EXPECT_EQ(f(ones({6})).shape(), (Shape{2, 3}));
  EXPECT_EQ(f(ones({20})).shape(), (Shape{2, 10}));
  EXPECT_EQ(f.trace_count(), 2);
  EXPECT_THAT(error_of<ShapeError>([&] { f(ones({9})); }), HasSubstr("reshape"));
  EXPECT_EQ(f(ones({10})).shape(), (Shape{2, 5}));
}

TEST(Sizes, ResultsThatHoldMoreThanTensorsAreTracedEachTime) {
  const auto callable = [](const Tensor& x) {
    return std::pair(x * 2.0, static_cast<int>(x.shape()[0]));
  };
  const auto f = function(callable, kVary);
  for (int rows = 2; rows < 6; ++rows) EXPECT_EQ(f(sample({rows, 2})).second, rows);
  EXPECT_EQ(f.trace_count(), 4);
}

TEST(Sizes, InputSignaturesSayWhatVaries) {
  const auto f = function([](const Tensor& x) { return reduce_sum(x, {0}); },
                          {.input_signature = {{float32, {-1, 2}}}});
  for (int rows = 2; rows < 9; ++rows)
    EXPECT_TRUE(has_values(f(ones({rows, 2})), {2}, {1.0 * rows, 1.0 * rows}));
  EXPECT_EQ(f.trace_count(), 2);
  const auto fixed = function([](const Tensor& x) { return reduce_sum(x, {0}); });
  for (int rows = 2; rows < 6; ++rows) fixed(ones({rows, 2}));
  EXPECT_EQ(fixed.trace_count(), 4);
}

TEST(Sizes, PlansOfManySizesComeAndGo) {
  const auto f = function([](const Tensor& x) { return exp(x) + reduce_sum(x); }, kVary);
  for (int round = 0; round < 2; ++round) {
    for (int rows = 2; rows < 90; ++rows) {
      const Tensor x = sample({rows});
      EXPECT_TRUE(identical(f(x), exp(x) + reduce_sum(x)));
    }
  }
  EXPECT_EQ(f.trace_count(), 2);
  EXPECT_THAT(f.explain(), HasSubstr("sizes      2 traced, "));
}

TEST(Sizes, ErrorsNameTheScopeOfTheTrace) {
  const auto f = function(
      [](const Tensor& x) {
        const auto scope = name_scope("checked");
        return gather(x, constant({5}));
      },
      kVary);
  f(ones({6}));
  f(ones({7}));
  const std::string message = error_of<IndexError>([&] { f(ones({3})); });
  EXPECT_THAT(message, HasSubstr("checked"));
  EXPECT_EQ(f.trace_count(), 2);
}

}  // namespace
}  // namespace saem
