#include <saem/autodiff/tape.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/random.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/unary_exp.hpp>

#include "graph/passes/pass_test.hpp"

namespace saem {
namespace {

using testing::expect_becomes;
using testing::expect_same_bits;
using testing::expect_stays;

TEST(CommonSubexpressions, MergesWhatIsAlike) {
  expect_becomes(common_subexpressions, R"(graph f(%0: float32(2,), %1: float32(2,)) {
    %a = exp(%0) %b = exp(%0)
    %c = add(%a, %1) %d = add(%b, %1)
    %e:2 = top_k(%a) {sorted=true, index_type=int32, k=1}
    %f:2 = top_k(%b) {sorted=true, index_type=int32, k=1}
    return %c, %d, %e, %f:1
  })",
                 R"(graph f(%0: float32(2,), %1: float32(2,)) {
    %a = exp(%0) %c = add(%a, %1)
    %e:2 = top_k(%a) {sorted=true, index_type=int32, k=1}
    return %c, %c, %e, %e:1
  })");
}

TEST(CommonSubexpressions, OptionsAndOrderOfInputsCount) {
  expect_stays(common_subexpressions, R"(graph f(%0: float32(2, 2), %1: float32(2, 2)) {
    %a = reduce_sum(%0) {axis=[0], keepdims=false}
    %b = reduce_sum(%0) {axis=[1], keepdims=false}
    %c = add(%0, %1) %d = add(%1, %0)
    return %a, %b, %c, %d
  })");
  // To a NaN, the order of operands is one: its sign and payload are the first one's.
}

TEST(CommonSubexpressions, ConstantsByTheirBits) {
  expect_becomes(common_subexpressions, R"(graph f() {
    %a = constant [1.0, 0.0] : float32(2,) %b = constant [1.0, 0.0] : float32(2,)
    %c = constant [1.0, -0.0] : float32(2,) %d = constant [1.0, 0.0] : float32(2, 1)
    return %a, %b, %c, %d
  })",
                 R"(graph f() {
    %a = constant [1.0, 0.0] : float32(2,)
    %c = constant [1.0, -0.0] : float32(2,) %d = constant [1.0, 0.0] : float32(2, 1)
    return %a, %a, %c, %d
  })");
}

TEST(CommonSubexpressions, DrawsOfSeedsAreTwoButRandomNumbersOfOneSeedAreOne) {
  const char* const kText = R"(graph f() {
    %a = random_seed() %b = random_seed()
    %c = stateless_random_normal(%a)
    %d = stateless_random_normal(%a)
    %e = stateless_random_normal(%b)
    return %c, %d, %e
  })";
  const Graph graph = testing::after(common_subexpressions, Graph::from_text(kText));
  EXPECT_EQ(graph.nodes.size(), 4u);
  EXPECT_TRUE(graph.outputs[0] == graph.outputs[1]);
  EXPECT_FALSE(graph.outputs[0] == graph.outputs[2]);
}

TEST(CommonSubexpressions, SameBits) {
  expect_same_bits(
      common_subexpressions,
      [](const Tensor& x) {
        GradientTape tape;
        tape.watch(x);
        const Tensor y = reduce_mean(exp(x) * exp(x) / (1.0 + exp(x)));
        return tape.gradient(y, x);
      },
      testing::sample({33}, float32));
}

}  // namespace
}  // namespace saem
