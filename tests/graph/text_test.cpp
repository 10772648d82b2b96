#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <saem/autodiff/tape.hpp>
#include <saem/graph/function.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/matmul.hpp>
#include <saem/ops/random.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/relu.hpp>
#include <saem/ops/sort.hpp>
#include <saem/ops/unary_arith.hpp>
#include <saem/ops/unary_exp.hpp>
#include <sstream>

#include "graph/executable.hpp"
#include "graph/nested_graph.hpp"
#include "support/op_test.hpp"

namespace saem {
namespace {

using testing::error_of;
using ::testing::HasSubstr;
using testing::identical;

/// Text, graph, text again.
std::string again(const std::string& text, const GraphTextOptions& options = {}) {
  return Graph::from_text(text).to_text(options);
}

std::string refusal(const std::string& text) {
  return error_of<ValueError>([&] { (void)Graph::from_text(text); });
}

const char* const kStep = R"(graph step(%0: float32(4, 3) "x", %1: int32()) {
  %2 = variable "w" trainable <6 elements> : float32(3, 2)
  %3 = constant [1.0, -0.0] : float32(2,)
  %4 = matmul(%0, %2) {transpose_a=false, transpose_b=false, constant_b=false} : float32(4, 2) "a/b"
  %5 = add(%4, %3) : float32(4, 2)
  %6:2 = top_k(%5) {sorted=true, index_type=int32, k=1} : float32(4, 1), int32(4, 1)
  return %6:1, %0, %6
  update %2 = %2
  update variable "loss" <1 elements> : int32() = %1
}
)";

TEST(GraphText, IsWhatItReads) { EXPECT_EQ(again(kStep), kStep); }

TEST(GraphText, OfATracedFunction) {
  const Variable w{constant({{1.0, 2.0}, {3.0, 4.0}}), {.name = "weights"}};
  const auto step = function(
      [&](const Tensor& x) {
        const auto scope = name_scope("model");
        const Tensor y = nn::relu(matmul(x, w) + constant({0.5, 0.25}));
        w.assign(y);
        return reduce_sum(y);
      },
      {.name = "step"});
  step.prepare(constant({{1.0, 0.0}, {0.0, 1.0}}));
  std::ostringstream printed;
  printed << step.traced_graph();
  EXPECT_EQ(printed.str(), step.traced_graph().to_text());
  EXPECT_EQ(again(printed.str()), printed.str());
  EXPECT_THAT(printed.str(), HasSubstr("variable \"weights\" trainable <4 elements>"));
  EXPECT_THAT(printed.str(), HasSubstr(" \"model\"\n"));
  // With its values, the graph that was read does the same.
  const Graph read = Graph::from_text(step.traced_graph().to_text({.values = true}));
  const Tensor x = constant({{2.0, -1.0}, {0.5, 3.0}});
  const Tensors mine = Executable(read).run(std::span(&x, 1));
  EXPECT_TRUE(identical(mine[0], step(x)));
  EXPECT_TRUE(identical(read.variables[0].value(), w.value()));
}

TEST(GraphText, OfAGradient) {
  const auto step = function([&](const Tensor& x) {
    GradientTape tape;
    tape.watch(x);
    const Tensor y = random::normal({2, 3}) * x;
    return tape.gradient(reduce_mean(square(y)), x);
  });
  step.prepare(ones({2, 3}));
  const std::string text = step.traced_graph().to_text();
  EXPECT_EQ(again(text), text);
}

TEST(GraphText, SmallConstantsAreExactInEveryDtype) {
  for (int code = DType::kBool; code < DType::kCount; ++code) {
    const DType dtype(static_cast<DType::Code>(code));
    Tensor tensor = Tensor::empty(dtype, {16});
    std::mt19937 random(7);
    auto* bytes = static_cast<unsigned char*>(tensor.mutable_data());
    for (std::int64_t i = 0; i < tensor.nbytes(); ++i) {
      bytes[i] = static_cast<unsigned char>(dtype.is_bool() ? random() % 2 : random());
    }
    Graph graph;
    GraphNode node{.kind = GraphNodeKind::kConstant};
    node.outputs = {{dtype, {16}}};
    node.constant = tensor;
    graph.nodes.push_back(node);
    graph.outputs = {{0, 0}};
    const Graph read = Graph::from_text(graph.to_text());
    EXPECT_TRUE(identical(read.nodes[0].constant, tensor)) << graph;
  }
}

TEST(GraphText, NumbersThatAreSpecial) {
  const auto same = [](const std::string& elements, const std::string& spec) {
    const std::string text =
        "graph f() {\n  %0 = constant " + elements + " : " + spec + "\n  return %0\n}\n";
    EXPECT_EQ(again(text), text);
  };
  same("[nan, -nan, inf, -inf, -0.0]", "float32(5,)");
  same("[1.401298464324817e-45, 3.4028234663852886e+38]", "float32(2,)");
  same("[-9223372036854775808, 9223372036854775807]", "int64(2,)");
  same("[18446744073709551615u]", "uint64(1,)");
  same("[(1.0-0.0j), (nan+infj)]", "complex64(2,)");
  same("[true, false]", "bool(2,)");
  same("[]", "float64(0, 3)");
  same("base64 \"AQCAfw==\"", "float32()");  // a signalling NaN
}

TEST(GraphText, LargeConstantsOnRequest) {
  Graph graph = Graph::from_text(
      "graph f() { %0 = fill() {shape=(20,), value=1.5, dtype=float32} "
      "return %0 }");
  GraphNode& node = graph.nodes[0];
  node.kind = GraphNodeKind::kConstant;
  node.op = nullptr;
  node.attributes = {};
  node.constant = ones({20});
  const std::string elided = graph.to_text();
  EXPECT_THAT(elided, HasSubstr("constant <20 elements> : float32(20,)"));
  EXPECT_EQ(refusal(elided),
            "Graph.from_text: line 2: the elements of a constant were left out; write the text "
            "with its values");
  const Graph read = Graph::from_text(graph.to_text({.values = true}));
  EXPECT_TRUE(identical(read.nodes[0].constant, node.constant));
}

TEST(GraphText, VariablesWithValues) {
  const Graph graph =
      Graph::from_text("graph f() { %w = variable \"w\" [1.0, 2.0] : float32(2,) return %w }");
  EXPECT_FALSE(graph.variables[0].trainable());
  EXPECT_TRUE(identical(graph.variables[0].value(), constant({1.0, 2.0})));
  const std::string text = graph.to_text({.values = true});
  EXPECT_THAT(text, HasSubstr("\"w\" base64 \"AACAPwAAAEA=\""));
  EXPECT_EQ(again(text, {.values = true}), text);
}

TEST(GraphText, WhatAPersonWritesMayLeaveOutWhatIsClear) {
  const Graph graph =
      Graph::from_text("graph f(%x: float32(2, 3)) {\n%y=reduce_sum(%x) %z = exp(%y)\nreturn %z}");
  EXPECT_EQ(graph.to_text(), R"(graph f(%0: float32(2, 3)) {
  %1 = reduce_sum(%0) {axis=all, keepdims=false} : float32()
  %2 = exp(%1) : float32()
  return %2
}
)");
  EXPECT_EQ(again("graph \"any name, (really)\"() {\n  return\n}\n"),
            "graph \"any name, (really)\"() {\n  return\n}\n");
}

TEST(GraphText, GraphsWithinGraphs) {
  const auto inner = function([](const Tensor& x) { return exp(x) * x; }, {.name = "inner"});
  const auto outer = function([&](const Tensor& x) { return inner(inner(x)); }, {.name = "outer"});
  outer.prepare(ones({20}));
  const std::string text = outer.traced_graph().to_text();
  EXPECT_THAT(text, HasSubstr("function_call(%0) {function=graph inner(%0: float32(20,) \"x0\") {\n"
                              "    %1 = exp(%0) : float32(20,)\n"));
  EXPECT_EQ(again(text), text);
  const Tensor x = testing::sample({20}, float32);
  EXPECT_TRUE(identical(Executable(Graph::from_text(text)).run(std::span(&x, 1))[0], outer(x)));
}

TEST(GraphText, AGraphAsAFieldOfOptions) {
  const NestedGraph one{std::make_shared<const Graph>(Graph::from_text(kStep))};
  NestedGraph other;
  EXPECT_FALSE(one == other);
  EXPECT_TRUE(from_text(to_text(one), other));
  EXPECT_TRUE(one == other);
  EXPECT_EQ(to_text(NestedGraph{}), "none");
}

TEST(GraphText, ErrorsNameTheLine) {
  EXPECT_EQ(refusal(""), "Graph.from_text: line 1: needs 'graph', got the end");
  EXPECT_EQ(refusal("graph f() {\n  %0 = nosuch()\n return %0 }"),
            "Graph.from_text: line 2: there is no op \"nosuch\"");
  EXPECT_EQ(refusal("graph f(%x: float32(2,)) {\n\n  return %y }"),
            "Graph.from_text: line 3: %y is not known here");
  EXPECT_EQ(refusal("graph f(%x: float31()) { return }"),
            "Graph.from_text: line 1: float31 is no dtype");
  EXPECT_EQ(refusal("graph f(%x: float32(2)) { return }"),
            "Graph.from_text: line 1: (2) is no shape; one is written like (), (3,) or (2, 3)");
  EXPECT_EQ(refusal("graph f(%x: float32(), %x: float32()) { return }"),
            "Graph.from_text: line 1: %x is there already");
  EXPECT_EQ(refusal("graph f(%x: float32()) { %y = exp(%x) : float64() return }"),
            "Graph.from_text: line 1: Graph.verify: node 1 (exp), result: it says float64(), the "
            "op gives float32()");
  EXPECT_EQ(refusal("graph f(%x: float32()) { %y:2 = exp(%x) return }"),
            "Graph.from_text: line 1: %y has 1 outputs, the text says 2");
  EXPECT_EQ(refusal("graph f(%x: float32()) { return %x:1 }"),
            "Graph.from_text: line 1: %x has 1 outputs, there is no 1");
  EXPECT_EQ(refusal("graph f(%x: float32()) { %y = exp(%x, %x) return }"),
            "Graph.from_text: line 1: exp: takes 1 inputs, got 2");
  EXPECT_EQ(refusal("graph f() { %0 = constant [1.5] : int32(1,) return }"),
            "Graph.from_text: line 1: these elements do not make a int32(1,)");
  EXPECT_EQ(refusal("graph f(%x: float32()) { %y = cast(%x) {dtype=float31} return }"),
            "Graph.from_text: line 1: CastOptions: the field dtype cannot be \"float31\"; it is "
            "written like invalid");
  EXPECT_EQ(refusal("graph f(%x: float32()) { return } graph"),
            "Graph.from_text: line 1: the graph has ended; what comes then?");
  EXPECT_EQ(refusal("graph f(%x: float32()) { return update %x = %x }"),
            "Graph.from_text: line 1: what is updated must be a variable");
  EXPECT_EQ(refusal("graph f(%x: float32()) { %y = exp(%x) {"),
            "Graph.from_text: line 1: '{' is not closed");
  EXPECT_THAT(refusal("graph f() { %0 = variable \"w\" : float32(100000, 100000) return }"),
              HasSubstr("variables without values take more than"));
  EXPECT_THAT(refusal("graph f(%x: float32(9999999999, 9999999999)) { return }"),
              HasSubstr("line 1: shape: "));
}

TEST(GraphText, SurvivesEveryText) {
  // Texts with letters changed, cut, doubled and swapped are read or refused, and nothing else.
  std::mt19937 random(3);
  const auto inner = function([](const Tensor& x) { return exp(x); }, {.name = "inner"});
  const auto outer = function([&](const Tensor& x) { return inner(inner(x)); });
  outer.prepare(ones({3}));
  const std::string seeds[] = {kStep, outer.traced_graph().to_text(),
                               Graph::from_text(kStep).to_text({.values = true})};
  const std::string letters = "%:(){}[]<>\"\\,= 019-x\n";
  int read = 0;
  for (int round = 0; round < 6000; ++round) {
    std::string text = seeds[random() % 3];
    for (std::uint32_t changes = 1 + random() % 3; changes > 0; --changes) {
      const std::size_t at = random() % text.size();
      const std::size_t length = std::min<std::size_t>(1 + random() % 12, text.size() - at);
      switch (random() % 4) {
        case 0:
          text[at] = letters[random() % letters.size()];
          break;
        case 1:
          text.erase(at, length);
          break;
        case 2:
          text.insert(random() % text.size(), text.substr(at, length));
          break;
        default:
          text.resize(std::max<std::size_t>(at, 1));
      }
      if (text.empty()) text = "graph";
    }
    try {
      const Graph graph = Graph::from_text(text);
      graph.verify();
      EXPECT_EQ(again(graph.to_text({.values = true}), {.values = true}),
                graph.to_text({.values = true}));
      ++read;
    } catch (const ValueError&) {
    }
  }
  EXPECT_GT(read, 20);
  const std::string deep = [] {
    std::string text;
    for (int i = 0; i < 20000; ++i) text += "graph f() { %0 = function_call() {function=";
    return text;
  }();
  EXPECT_THAT(refusal(deep), HasSubstr("is not closed"));
}

TEST(GraphText, InGraphviz) {
  const std::string dot = Graph::from_text(kStep).to_dot();
  EXPECT_THAT(dot, HasSubstr("digraph \"step\" {"));
  EXPECT_THAT(dot, HasSubstr("n4 [label=\"matmul\"]"));
  EXPECT_THAT(dot, HasSubstr("n2 -> n4 [label=\"float32(3, 2)\"]"));
  EXPECT_THAT(dot, HasSubstr("n6 -> r0 [label=\"int32(4, 1)\"]"));
  EXPECT_THAT(dot, HasSubstr("u1 [label=\"new loss\"]"));
}

}  // namespace
}  // namespace saem
