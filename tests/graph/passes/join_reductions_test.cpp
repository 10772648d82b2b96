#include <saem/ops/binary_arith.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/unary_arith.hpp>

#include "graph/passes/pass_test.hpp"

namespace saem {
namespace {

using testing::expect_becomes;
using testing::expect_same_bits;
using testing::expect_stays;
using testing::sample;

std::string graph(const std::string& body) {
  return "graph f(%x: float32(256, 512), %y: float32(256, 512)) {" + body + "}";
}

std::string fold(const std::string& ops, const std::string& axis = "0") {
  return "{ops=\"" + ops + "reduce_sum(2) {axis=[" + axis + "], keepdims=false}; -> 3\"}";
}

TEST(JoinReductions, OfOneTensorReadItOnce) {
  expect_becomes(
      join_reductions,
      graph("%1 = fused_reduction(%x, %y) " + fold("2; multiply(0, 1); ") +
            "%2 = fused_reduction(%x, %y) " + fold("2; add(1, 0); ") + "return %2, %1"),
      graph("%1:2 = fused_reduction(%x, %y) {ops=\"2; multiply(0, 1); add(1, 0); reduce_sum(2) "
            "{axis=[0], keepdims=false}; reduce_sum(3) {axis=[0], keepdims=false}; -> 4 5\"}"
            "return %1:1, %1"));
}

TEST(JoinReductions, NotWhereOneWaitsOrNothingIsShared) {
  const std::string product = "%1 = fused_reduction(%x, %y) " + fold("2; multiply(0, 1); ");
  // The second needs the first; goes along another axis; folds the same value; reads others.
  for (const std::string& second :
       {"%2 = fused_reduction(%x, %1) " + fold("2; add(0, 1); "),
        "%2 = fused_reduction(%x, %y) " + fold("2; add(0, 1); ", "1"),
        "%2 = fused_reduction(%x, %y) " + fold("2; multiply(0, 1); ")}) {
    expect_stays(join_reductions, graph(product + second + "return %1, %2"));
  }
  expect_stays(join_reductions,
               graph("%1 = fused_reduction(%x, %x) " + fold("2; multiply(0, 1); ") +
                     "%2 = fused_reduction(%y, %y) " + fold("2; add(0, 1); ") + "return %1, %2"));
  expect_stays(join_reductions, "graph f(%x: float32(4, 4), %y: float32(4, 4)) {" + product +
                                    "%2 = fused_reduction(%x, %y) " + fold("2; add(0, 1); ") +
                                    "return %1, %2}");
}

TEST(JoinReductions, LeavesTheBits) {
  for (const Axes& axes : {Axes({0, 1}), Axes(0), Axes(2), Axes({0, 2}), Axes({0, 1, 2})}) {
    const auto f = function(
        [&](const Tensor& x) -> std::vector<Tensor> {
          return {reduce_sum(square(x), {.axis = axes}), reduce_mean(x * 2.0, {.axis = axes}),
                  reduce_sum(abs(x), {.axis = axes})};
        },
        {.disabled_passes = {"join_reductions"}});
    const Tensor x = sample({70, 61, 37}, float32);
    f.prepare(x);
    expect_same_bits(join_reductions, f.graph(), std::vector<Tensor>{x});
  }
}

}  // namespace
}  // namespace saem
