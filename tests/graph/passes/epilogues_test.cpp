#include <saem/autodiff/tape.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/cast.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/matmul.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/relu.hpp>

#include "graph/passes/pass_test.hpp"

namespace saem {
namespace {

using testing::after;
using testing::expect_same_bits;
using testing::expect_stays;

std::string becomes(const std::string& body) {
  return after(dead_code,
               after(epilogues,
                     Graph::from_text(
                         "graph f(%x: float32(4, 3), %w: float32(3, 2), %b: float32(2,)) {" + body +
                         "}")))
      .to_text();
}

std::string is(const std::string& body) {
  return Graph::from_text("graph f(%x: float32(4, 3), %w: float32(3, 2), %b: float32(2,)) {" +
                          body + "}")
      .to_text();
}

std::string dense(const std::string& name, const std::string& activation) {
  return name + " = dense(%x, %w, %b) {activation=\"" + activation + "\", constant_kernel=false} ";
}

TEST(Epilogues, ProductBiasAndRelu) {
  EXPECT_EQ(becomes("%1 = matmul(%x, %w) %2 = add(%1, %b) return %2"),
            is(dense("%2", "linear") + "return %2"));
  EXPECT_EQ(becomes("%1 = matmul(%x, %w) %2 = add(%1, %b) %3 = relu(%2) return %3"),
            is(dense("%2", "relu") + "return %2"));
}

TEST(Epilogues, NotWhereMoreIsUsedOrFused) {
  for (const char* body : {"%1 = matmul(%x, %w) %2 = add(%1, %b) return %1, %2",
                           "%1 = matmul(%x, %w) %2 = add(%b, %1) return %2",
                           "%1 = matmul(%x, %w) %2 = add(%1, %b) %3 = tanh(%2) return %3",
                           "%1 = matmul(%x, %w) %2 = add(%1, %1) return %2"}) {
    EXPECT_EQ(becomes(body), is(body));
  }
  // relu's input is used too: bias alone.
  EXPECT_EQ(becomes("%1 = matmul(%x, %w) %2 = add(%1, %b) %3 = relu(%2) return %2, %3"),
            is(dense("%2", "linear") + "%3 = relu(%2) return %2, %3"));
}

TEST(Epilogues, SameBitsInEveryDtype) {
  for (const std::string dtype : {"float16", "bfloat16", "float32", "float64"}) {
    for (const std::string last : {"%y = add(%1, %b)", "%2 = add(%1, %b) %y = relu(%2)"}) {
      for (const int size : {1, 7, 64, 200}) {
        const std::string n = std::to_string(size);
        const Graph graph = Graph::from_text(
            "graph f(%x: " + dtype + "(" + n + ", 65), %w: " + dtype + "(65, " + n +
            "), %b: " + dtype + "(" + n + ",)) { %1 = matmul(%x, %w) " + last + " return %y }");
        std::vector<Tensor> inputs;
        for (const GraphValue& input : graph.inputs) {
          const TensorSpec& spec = graph.spec(input);
          inputs.push_back(cast(testing::sample(spec.shape, float64, -2, 2,
                                                static_cast<std::uint32_t>(inputs.size())),
                                spec.dtype));
        }
        EXPECT_EQ(after(epilogues, graph).nodes.size(), graph.nodes.size());
        expect_same_bits(epilogues, graph, inputs);
      }
    }
  }
}

TEST(Epilogues, SameBitsOfGradients) {
  const Variable w{testing::sample({5, 6}, float32)};
  const Variable b{testing::sample({6}, float32)};
  expect_same_bits(
      epilogues,
      [&](const Tensor& x) {
        GradientTape tape;
        const Tensor loss = reduce_mean(nn::relu(matmul(x, w) + b));
        w.assign_sub(tape.gradient(loss, w));
        return loss;
      },
      testing::sample({9, 5}, float32));
}

}  // namespace
}  // namespace saem
