#include <limits>
#include <saem/autodiff/tape.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/broadcast.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/stop_gradient.hpp>
#include <saem/ops/unary_exp.hpp>

#include "graph/passes/pass_test.hpp"

namespace saem {
namespace {

using testing::after;
using testing::expect_same_bits;
using testing::expect_stays;

Graph graph_of(const std::string& type, const std::string& body) {
  return Graph::from_text("graph f(%x: " + type + ") { " + body + " return %y }");
}

/// Numbers that algebra likes to forget, in every dtype that it is done in.
std::vector<Tensor> hard_numbers(DType dtype) {
  const double kInf = std::numeric_limits<double>::infinity();
  const double kNan = std::numeric_limits<double>::quiet_NaN();
  if (dtype == bool_) return {cast(constant({0, 1, 1, 0}), bool_)};
  if (dtype.is_integer())
    return {cast(constant({0, 1, 127, 5}), dtype), cast(constant({0, -1, -128, 7}), dtype)};
  return {cast(constant({0.0, -0.0, kInf, -kInf}), dtype),
          cast(constant({kNan, -kNan, 1e-300, -1e300}), dtype),
          cast(constant({1.5, -2.5, 1e-40, 65504.0}), dtype)};
}

/// `%y` of `%x` becomes `%x`, with the same bits for every number.
void expect_vanishes(const std::string& dtype, const std::string& body) {
  SCOPED_TRACE(dtype + ": " + body);
  const Graph graph = graph_of(dtype + "(4,)", body);
  const Graph simple = after(dead_code, after(simplify, graph));
  EXPECT_EQ(simple.nodes.size(), 1u) << simple;
  for (const Tensor& numbers : hard_numbers(graph.spec({0, 0}).dtype)) {
    expect_same_bits(simplify, graph, {numbers});
  }
}

const char* const kFloats[] = {"float16", "bfloat16", "float32", "float64"};

TEST(Simplify, NeutralElements) {
  for (const std::string dtype : kFloats) {
    const std::string scalar = " : " + dtype + "() ";
    expect_vanishes(dtype, "%1 = constant [1.0]" + scalar + "%y = multiply(%x, %1)");
    expect_vanishes(dtype, "%1 = constant [1.0]" + scalar + "%y = multiply(%1, %x)");
    expect_vanishes(dtype, "%1 = constant [1.0]" + scalar + "%y = divide(%x, %1)");
    expect_vanishes(dtype, "%1 = constant [-0.0]" + scalar + "%y = add(%x, %1)");
    expect_vanishes(dtype, "%1 = constant [-0.0]" + scalar + "%y = add(%1, %x)");
    expect_vanishes(dtype, "%1 = constant [0.0]" + scalar + "%y = subtract(%x, %1)");
    expect_vanishes(
        dtype, "%1 = fill() {shape=(4,), value=1.0, dtype=" + dtype + "} %y = multiply(%x, %1)");
  }
  for (const std::string dtype : {"int8", "int32", "int64"}) {
    const std::string scalar = " : " + dtype + "() ";
    expect_vanishes(dtype, "%1 = constant [1]" + scalar + "%y = multiply(%x, %1)");
    expect_vanishes(dtype, "%1 = constant [0]" + scalar + "%y = add(%x, %1)");
    expect_vanishes(dtype, "%1 = constant [0]" + scalar + "%y = subtract(%x, %1)");
  }
}

TEST(Simplify, WhatIsOnlyNearlyNeutralStays) {
  for (const char* body : {"%1 = constant [0.0] : float32() %y = add(%x, %1)",
                           "%1 = constant [-0.0] : float32() %y = subtract(%x, %1)",
                           "%1 = constant [0.0] : float32() %y = multiply(%x, %1)",
                           "%1 = constant [1.0] : float32() %y = divide(%1, %x)",
                           "%1 = constant [0.0] : float32() %y = subtract(%1, %x)",
                           "%1 = constant [1.0, 2.0, 1.0, 1.0] : float32(4,) %y = multiply(%x, %1)",
                           "%1 = constant [1.0, 1.0] : float32(2, 1) %y = multiply(%x, %1)",
                           "%y = subtract(%x, %x)", "%y = divide(%x, %x)"}) {
    const Graph graph = graph_of("float32(4,)", body);
    expect_stays(simplify, graph.to_text());
  }
}

TEST(Simplify, TwiceIsOnceOrNever) {
  for (const std::string dtype : kFloats) {
    expect_vanishes(dtype, "%1 = negative(%x) %y = negative(%1)");
    for (const std::string op : {"abs", "floor", "ceil", "round", "relu", "relu6"}) {
      const Graph graph = graph_of(dtype + "(4,)", "%1 = " + op + "(%x) %y = " + op + "(%1)");
      EXPECT_EQ(after(dead_code, after(simplify, graph)).op_count(), 1u) << op;
      for (const Tensor& numbers : hard_numbers(graph.spec({0, 0}).dtype)) {
        expect_same_bits(simplify, graph, {numbers});
      }
    }
    expect_vanishes(dtype, "%y = maximum(%x, %x)");
    expect_vanishes(dtype, "%y = minimum(%x, %x)");
  }
  expect_vanishes("int32", "%1 = negative(%x) %y = negative(%1)");
  expect_vanishes("bool", "%1 = logical_not(%x) %y = logical_not(%1)");
}

TEST(Simplify, WhatHandsThrough) {
  expect_vanishes("float32",
                  "%1 = identity(%x) %2 = stop_gradient(%1) "
                  "%y = prevent_gradient(%2) {message=\"\"}");
  EXPECT_EQ(after(simplify, graph_of("float32(4,)", "%y = cast(%x) {dtype=float32}")).op_count(),
            0u);  // its kernel, which tf::cast never asks for this, cannot be compared with
  expect_vanishes("float16", "%1 = cast(%x) {dtype=float32} %y = cast(%1) {dtype=float16}");
  expect_vanishes("bfloat16", "%1 = cast(%x) {dtype=float64} %y = cast(%1) {dtype=bfloat16}");
  expect_vanishes("float32", "%1 = cast(%x) {dtype=float64} %y = cast(%1) {dtype=float32}");
  expect_vanishes("int8", "%1 = cast(%x) {dtype=int32} %y = cast(%1) {dtype=int8}");
  expect_vanishes("float32", "%y = concat(%x) {axis=0}");
  for (const std::string dtype : kFloats) {
    for (const std::string op : {"reduce_prod", "reduce_max", "reduce_min"}) {
      expect_vanishes(dtype, "%y = " + op + "(%x) {axis=[], keepdims=false}");
    }
  }
  const char* const kNarrows = "%1 = cast(%x) {dtype=int32} %y = cast(%1) {dtype=float32}";
  expect_stays(simplify, graph_of("float32(4,)", kNarrows).to_text());
}

TEST(Simplify, ViewsOfViews) {
  const auto becomes = [](const std::string& before, const std::string& wanted) {
    EXPECT_EQ(after(dead_code, after(simplify, graph_of("float32(2, 3, 4)", before))).to_text(),
              graph_of("float32(2, 3, 4)", wanted).to_text());
  };
  becomes("%1 = reshape(%x) {shape=(24,)} %y = reshape(%1) {shape=(4, 6)}",
          "%y = reshape(%x) {shape=(4, 6)}");
  becomes("%1 = reshape(%x) {shape=(24,)} %2 = reshape(%1) {shape=(2, 3, 4)} %y = exp(%2)",
          "%y = exp(%x)");
  becomes("%1 = transpose(%x) {perm=[1, 2, 0]} %y = transpose(%1) {perm=[0, 2, 1]}",
          "%y = transpose(%x) {perm=[1, 0, 2]}");
  becomes("%1 = transpose(%x) {perm=[1, 2, 0]} %2 = transpose(%1) {perm=[2, 0, 1]} %y = exp(%2)",
          "%y = exp(%x)");
  becomes("%1 = broadcast_to(%x) {shape=(1, 2, 3, 4)} %y = broadcast_to(%1) {shape=(5, 2, 3, 4)}",
          "%y = broadcast_to(%x) {shape=(5, 2, 3, 4)}");
  becomes(
      "%1 = broadcast_to(%x) {shape=(5, 2, 3, 4)} "
      "%2 = constant [1.0, 2.0, 3.0, 4.0, 5.0] : float32(5, 1, 1, 1) %y = subtract(%1, %2)",
      "%2 = constant [1.0, 2.0, 3.0, 4.0, 5.0] : float32(5, 1, 1, 1) %y = subtract(%x, %2)");
  const char* const kGivesTheShape =
      "%1 = broadcast_to(%x) {shape=(5, 2, 3, 4)} %2 = constant [2.0] : float32() "
      "%y = subtract(%1, %2)";
  expect_stays(simplify, graph_of("float32(2, 3, 4)", kGivesTheShape).to_text());
}

TEST(Simplify, BranchesThatAreOne) {
  expect_vanishes("float32", "%1 = greater(%x, %x) %y = where(%1, %x, %x)");
  expect_vanishes("float32", "%1 = constant [true] : bool() %2 = exp(%x) %y = where(%1, %x, %2)");
  expect_vanishes("float32", "%1 = constant [false] : bool() %2 = exp(%x) %y = where(%1, %2, %x)");
}

TEST(Simplify, SameBitsOfGradients) {
  expect_same_bits(
      simplify,
      [](const Tensor& x) {
        GradientTape tape;
        tape.watch(x);
        const Tensor y = reduce_sum(broadcast_to(exp(x) * 1.0, {3, 33}) * stop_gradient(x) - 0.0);
        return tape.gradient(y, x);
      },
      testing::sample({33}, float32));
}

}  // namespace
}  // namespace saem
