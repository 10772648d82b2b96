#pragma once

#include <saem/ops/cast.hpp>
#include <saem/ops/reduce.hpp>

#include "support/op_test.hpp"

/// What the tests of reductions share: every dtype on every kind of shape, against a plain loop.
namespace saem::testing {

using ReduceFunction = Tensor (*)(const Tensor&, const ReduceOptions&);

/// The loop that needs no thought: each element folded into its output, in order, in double.
inline std::vector<double> folded(const Tensor& x, const Axes& axis,
                                  const std::function<double(double, double)>& fold,
                                  double identity) {
  const Axes axes = axis.normalized(x.rank(), "test");
  std::int64_t outputs = 1;
  for (int i = 0; i < x.rank(); ++i) {
    if (!axes.contains(i)) outputs *= x.shape()[i];
  }
  std::vector<double> results(static_cast<std::size_t>(outputs), identity);
  const std::vector<double> values = values_of(x);
  for (std::size_t i = 0; i < values.size(); ++i) {
    auto rest = static_cast<std::int64_t>(i);
    std::int64_t at = 0;
    std::int64_t step = 1;
    for (int k = x.rank(); k-- > 0;) {
      if (!axes.contains(k)) {
        at += rest % x.shape()[k] * step;
        step *= x.shape()[k];
      }
      rest /= x.shape()[k];
    }
    double& result = results[static_cast<std::size_t>(at)];
    result = fold(result, values[i]);
  }
  return results;
}

struct ReductionCase {
  Shape shape;
  Axes axis;
};

/// A scalar; no elements in and out; one; rows, columns and both; every pattern of kept and folded
/// axes; rows and columns longer than one task; narrow columns, which are folded several at a time.
inline const std::vector<ReductionCase> kReductions = {{{}, {}},
                                                       {{0}, {}},
                                                       {{2, 0, 3}, {1}},
                                                       {{2, 0, 3}, {0}},
                                                       {{1}, {}},
                                                       {{7}, {}},
                                                       {{3, 5}, {0}},
                                                       {{3, 5}, {1}},
                                                       {{3, 5, 2}, {0, 2}},
                                                       {{3, 5, 2}, {1}},
                                                       {{2, 3, 4, 5}, {0, 2}},
                                                       {{2, 3, 4, 5}, {1, 3}},
                                                       {{2, 1, 4, 3}, {1}},
                                                       {{200001}, {}},
                                                       {{700, 300}, {0}},
                                                       {{700, 300}, {1}},
                                                       {{40000, 3}, {0}},
                                                       {{40000, 3}, {1}},
                                                       {{300, 2, 300}, {0, 2}},
                                                       {{70, 1500}, {0}}};

/// `reduce` on `x` as it lies and turned around in memory, against `expected`.
inline void expect_reduction(ReduceFunction reduce, const Tensor& x, const ReductionCase& c,
                             const std::vector<double>& expected, Tolerance tolerance) {
  SCOPED_TRACE(std::string(x.dtype().name()) + " " + c.shape.to_string() + " over " +
               c.axis.to_string());
  const Tensor result = reduce(x, {.axis = c.axis});
  EXPECT_EQ(result.dtype(), x.dtype());
  EXPECT_TRUE(near(result, cast(constant(expected, result.shape()), x.dtype()), tolerance));
  EXPECT_TRUE(near(reduce(scattered(x), {.axis = c.axis}), result, tolerance));
}

}  // namespace saem::testing
