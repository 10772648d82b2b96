#include <saem/autodiff/tape.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/reduce.hpp>

#include "core/registry.hpp"
#include "graph/passes/pass_test.hpp"

namespace saem {
namespace {

using testing::after;
using testing::expect_same_bits;
using testing::expect_stays;

bool runs_by_itself(const GraphNode& node) {
  return node.kind != GraphNodeKind::kOp || node.op->view != nullptr ||
         node.op->kernel(DeviceType::kCPU).run != nullptr || node.op->compose == nullptr;
}

TEST(Decompose, LeavesOpsWithKernels) {
  expect_stays(decompose, R"(graph f(%0: float32(2, 2)) {
    %1 = exp(%0) %2 = matmul(%1, %0) %3 = transpose(%2) {perm=[1, 0]}
    return %3
  })");
}

/// One call of each op of the table that has no kernel on the CPU.
TEST(Decompose, EveryOpWithoutKernelThatTakesFloats) {
  ensure_backends();
  int decomposed = 0;
  for (const OpDef* op : all_ops()) {
    if (op->compose == nullptr || op->view != nullptr || op->min_inputs > 3 ||
        op->kernel(DeviceType::kCPU).run != nullptr) {
      continue;
    }
    const int count = std::max(op->min_inputs, 1);
    std::string text = "graph f(";
    std::string inputs;
    std::vector<Tensor> values;
    for (int i = 0; i < count; ++i) {
      const std::string name = "%" + std::to_string(i);
      text += (i > 0 ? ", " : "") + name + ": float32(4, 4)";
      inputs += (i > 0 ? ", " : "") + name;
      values.push_back(testing::sample({4, 4}, float32, 0.1, 0.9, static_cast<std::uint32_t>(i)));
    }
    text += ") { %y = " + std::string(op->name) + "(" + inputs + ") return %y }";
    Graph graph;
    try {
      graph = Graph::from_text(text);
    } catch (const Error&) {
      continue;  // takes other inputs, or options
    }
    expect_same_bits(decompose, graph, values);
    const Graph parts = after(decompose, graph);
    for (const GraphNode& node : parts.nodes) {
      EXPECT_TRUE(runs_by_itself(node)) << op->name << " has become\n" << parts;
    }
    ++decomposed;
  }
  std::printf("%d ops decomposed\n", decomposed);
}

}  // namespace
}  // namespace saem
