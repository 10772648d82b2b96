#include <saem/autodiff/tape.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/unary_arith.hpp>
#include <saem/ops/unary_exp.hpp>

#include "graph/passes/pass_test.hpp"

namespace saem {
namespace {

using testing::expect_becomes;
using testing::expect_same_bits;
using testing::expect_stays;

TEST(InlineFunctions, CallsBecomeWhatIsCalled) {
  expect_becomes(inline_functions, R"(graph f(%0: float32(2,), %1: float32(2,)) {
    %2 = exp(%0)
    %3:2 = function_call(%2, %1) {function=graph g(%0: float32(2,), %1: float32(2,)) {
      %2 = add(%0, %1) : float32(2,) "inner"
      %3 = constant [1.0, 2.0] : float32(2,)
      %4 = add(%2, %3) : float32(2,)
      return %1, %4
    }} : float32(2,), float32(2,) "outer"
    %4 = add(%3, %3:1)
    return %4
  })",
                 R"(graph f(%0: float32(2,), %1: float32(2,)) {
    %2 = exp(%0)
    %3 = add(%2, %1) : float32(2,) "outer/inner"
    %c = constant [1.0, 2.0] : float32(2,) "outer"
    %s = add(%3, %c) : float32(2,) "outer"
    %4 = add(%1, %s)
    return %4
  })");
}

TEST(InlineFunctions, CallsWithinCalls) {
  expect_becomes(inline_functions, R"(graph f(%0: float32()) {
    %1 = function_call(%0) {function=graph g(%0: float32()) {
      %1 = function_call(%0) {function=graph h(%0: float32()) { %1 = exp(%0) return %1 }}
      %2 = function_call(%1) {function=graph h(%0: float32()) { %1 = exp(%0) return %1 }}
      return %2 }}
    return %1
  })",
                 "graph f(%0: float32()) { %1 = exp(%0) %2 = exp(%1) return %2 }");
  expect_stays(inline_functions, "graph f(%0: float32()) { %1 = exp(%0) return %1 }");
}

TEST(InlineFunctions, SameBits) {
  const Variable v{constant({1.0, 2.0, 3.0})};
  const auto inner = function([&](const Tensor& x) {
    v.assign_add(x);
    return sqrt(square(x) + v);
  });
  expect_same_bits(
      inline_functions,
      [&](const Tensor& x) {
        GradientTape tape;
        tape.watch(x);
        const Tensor y = reduce_sum(inner(exp(x)) * inner(x));
        return tape.gradient(y, x);
      },
      constant({0.1, 0.2, -0.3}));
}

}  // namespace
}  // namespace saem
