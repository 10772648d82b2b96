#pragma once

#include <saem/autodiff/forward.hpp>
#include <saem/autodiff/tape.hpp>
#include <saem/graph/function.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/reduce.hpp>

#include "support/op_test.hpp"

namespace saem::testing {

using Unary = std::function<Tensor(const Tensor&)>;

inline Tensor numbers(std::initializer_list<double> values) { return constant(values, float64); }

/// `f` gives the same bits traced as eagerly, and so do its first and second gradients, up to the
/// order of sums, and its tangent.
inline void expect_traced_as_eager(const Unary& f, const Tensor& x) {
  const auto first = [](const Unary& of) {
    return [of](const Tensor& at) {
      GradientTape tape;
      tape.watch(at);
      const Tensor y = reduce_sum(of(at));
      return tape.gradient(y, at, {.unconnected_gradients = UnconnectedGradients::kZero});
    };
  };
  const auto tangent = [](const Unary& of) {
    return [of](const Tensor& at) {
      const ForwardAccumulator accumulator(at, ones_like(at));
      const Tensor y = of(at);
      return accumulator.jvp(y, UnconnectedGradients::kZero);
    };
  };
  const Unary traced = function(f);
  EXPECT_TRUE(identical(traced(x), f(x)));
  EXPECT_TRUE(identical(traced(x), f(x))) << "the second run";
  const Tensor gradient = first(f)(x);
  EXPECT_TRUE(near(first(traced)(x), gradient)) << "a tape outside";
  EXPECT_TRUE(near(function(first(f))(x), gradient)) << "a tape inside";
  EXPECT_TRUE(near(tangent(traced)(x), tangent(f)(x))) << "an accumulator outside";
  EXPECT_TRUE(near(function(tangent(f))(x), tangent(f)(x))) << "an accumulator inside";
  const Tensor second = first(first(f))(x);
  EXPECT_TRUE(near(first(first(traced))(x), second)) << "two tapes outside";
  EXPECT_TRUE(near(function(first(first(f)))(x), second)) << "two tapes inside";
  EXPECT_TRUE(near(first(function(first(f)))(x), second)) << "a tape inside, one outside";
  EXPECT_TRUE(near(function(first(first(first(f))))(x), first(first(first(f)))(x))) << "three";
}

}  // namespace saem::testing
