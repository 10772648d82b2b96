#include <saem/autodiff/tape.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/matmul.hpp>
#include <saem/ops/moments.hpp>
#include <saem/ops/normalization.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/relu.hpp>
#include <saem/ops/unary_arith.hpp>

#include "graph/passes/pass_test.hpp"

namespace saem {
namespace {

using testing::after;
using testing::expect_becomes;
using testing::expect_stays;
using testing::identical;
using testing::sample;

std::string graph(const std::string& body) {
  return "graph f(%x: float32(256, 512), %y: float32(256, 512), %m: float32(1, 512)) {" + body +
         "}";
}

const std::string kFold = "{axis=[0], keepdims=true}";
const std::string kTransposed = "{transpose_a=false, transpose_b=true, constant_b=false}";

TEST(Recompute, WhatIsOneOpAwayIsNotStored) {
  expect_becomes(recompute,
                 graph("%1:2 = fused(%x, %m) {ops=\"2; subtract(0, 1); square(2); -> 2 3\"}"
                       "%2 = reduce_sum(%1:1) " +
                       kFold +
                       "%3 = fused(%1, %2) {ops=\"2; multiply(0, 1); relu(2); -> 3\"}"
                       "return %3"),
                 graph("%2 = fused_reduction(%x, %m) {ops=\"2; subtract(0, 1); square(2); "
                       "reduce_sum(3) " +
                       kFold +
                       "; -> 4\"}"
                       "%3 = fused(%x, %m, %2) {ops=\"3; subtract(0, 1); multiply(3, 2); "
                       "relu(4); -> 5\"}"
                       "return %3"));
}

TEST(Recompute, WhatIsStoredAnywayIsRead) {
  // The sum of x and y is returned, so the product is computed from it, with one read instead of
  // two.
  expect_becomes(recompute,
                 graph("%1 = add(%x, %y)"
                       "%2 = multiply(%1, %m)"
                       "%3 = reduce_sum(%2) " +
                       kFold + "%4 = add(%2, %3) return %1, %4"),
                 graph("%1 = add(%x, %y)"
                       "%3 = fused_reduction(%1, %m) {ops=\"2; multiply(0, 1); reduce_sum(2) " +
                       kFold +
                       "; -> 3\"}"
                       "%4 = fused(%1, %m, %3) {ops=\"3; multiply(0, 1); add(3, 2); -> 4\"}"
                       "return %1, %4"));
}

TEST(Recompute, ReadsOneStoredResultForAnother) {
  const Graph made = after(
      recompute, Graph::from_text(
                     graph("%1:2 = fused(%x, %y, %m) {ops=\"3; add(0, 1); multiply(3, 2); -> 3 4\"}"
                           "%2 = reduce_sum(%1) " +
                           kFold + "%3 = matmul(%1, %1) " + kTransposed +
                           ""
                           "%4 = reduce_sum(%1:1) " +
                           kFold + "return %2, %3, %4")));
  EXPECT_EQ(made.to_text(),
            Graph::from_text(graph("%1 = add(%x, %y) %2 = reduce_sum(%1) " + kFold +
                                   "%3 = matmul(%1, %1) " + kTransposed +
                                   ""
                                   "%4 = fused_reduction(%1, %m) {ops=\"2; multiply(0, 1); "
                                   "reduce_sum(2) " +
                                   kFold + "; -> 3\"} return %2, %3, %4"))
                .to_text());
}

TEST(Recompute, NotWhatCostsMoreThanToStore) {
  expect_stays(recompute, graph("%1 = exp(%x) %2 = reduce_sum(%1) " + kFold +
                                "%3 = divide(%1, %2) return %3"));
  // Two tensors would be read twice instead of one that is written and read twice.
  expect_stays(recompute, graph("%1 = add(%x, %y) %2 = reduce_sum(%1) " + kFold +
                                "%3 = divide(%1, %2) %4 = multiply(%1, %m) %5 = matmul(%3, %4) "
                                "" +
                                kTransposed + " return %5"));
}

TEST(Recompute, NotWhatOthersRead) {
  expect_stays(recompute, graph("%1 = square(%x) %2 = reduce_sum(%1) " + kFold + "return %1, %2"));
  expect_stays(recompute, graph("%1 = square(%x) %2 = reduce_sum(%1) " + kFold +
                                "%3 = matmul(%1, %1) " + kTransposed + " return %2, %3"));
  expect_stays(recompute, "graph f(%x: float32(16, 16)) {%1 = square(%x) %2 = reduce_sum(%1) " +
                              kFold + "%3 = multiply(%1, %2) return %3}");
}

TEST(Recompute, NotFromAVariableThatWouldBeReadLater) {
  const Variable w{sample({256, 512}, float32)};
  const auto f = function(
      [&](const Tensor& x) {
        const Tensor y = square(w.value());
        const Tensor sum = reduce_sum(y, {.axis = 0});
        w.assign(w.value() - 0.5 * x);
        return matmul(y * sum, x, {.transpose_b = true}) + reduce_sum(sum);
      },
      {.disabled_passes = {"recompute"}});
  f.prepare(sample({256, 512}, float32));
  EXPECT_FALSE(recompute(const_cast<Graph&>(f.graph())));  // NOLINT: nobody runs it
}

TEST(Recompute, ATrainingStepOfABatchNormalisationHasTheBitsOfEagerCalls) {
  for (const DType dtype : {DType(float32), DType(float64), DType(DType::kBFloat16)}) {
    const Tensor scale = sample({24}, dtype, 0.5, 2, 3);
    const Tensor shift = sample({24}, dtype, -1, 1, 4);
    const auto body = [&](const Tensor& x, const Tensor& more) {
      GradientTape tape;
      for (const Tensor& watched : {x, more, scale, shift}) tape.watch(watched);
      const auto [mean, variance] = nn::moments(x, {0, 1, 2});
      const Tensor y =
          nn::relu(nn::batch_normalization(x, mean, variance, shift, scale, 1e-3) + more);
      return tape.gradient(reduce_sum(y * y), {x, more, scale, shift});
    };
    const auto f = function(body);
    const Tensor x = sample({13, 31, 33, 24}, dtype, -1, 2, 1);
    const Tensor more = sample({13, 31, 33, 24}, dtype, -1, 1, 2);
    const std::vector<Tensor> actual = f(x, more);
    const std::vector<Tensor> expected = body(x, more);
    for (std::size_t i = 0; i < expected.size(); ++i) {
      EXPECT_TRUE(identical(actual[i], expected[i])) << dtype.name() << " gradient " << i;
    }
    const auto stored = function(body, {.disabled_passes = {"recompute", "join_reductions"}});
    stored.prepare(x, more);
    EXPECT_LT(f.graph().nodes.size(), stored.graph().nodes.size()) << dtype.name();
  }
}

}  // namespace
}  // namespace saem
