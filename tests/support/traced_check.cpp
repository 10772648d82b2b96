#include "support/traced_check.hpp"

#include <saem/ops/fused.hpp>

#include "graph/executable.hpp"
#include "graph/passes.hpp"
#include "support/op_test.hpp"

namespace saem::testing {
namespace {

/// What a test of large tensors makes is not made twice.
constexpr std::int64_t kMostBytes = std::int64_t{1} << 26;

bool are_comparable(std::span<const Tensor> tensors) {
  for (const Tensor& tensor : tensors) {
    if (tensor.is_symbolic() || tensor.device().type != DeviceType::kCPU ||
        tensor.nbytes() > kMostBytes) {
      return false;
    }
  }
  return true;
}

Graph graph_of(const OpCall& call, std::span<const Tensor> outputs) {
  Graph graph{.name = call.op.name};
  GraphNode op{.op = &call.op, .attributes = Attributes(call.attributes)};
  for (const Tensor& input : call.inputs) {
    GraphNode node{.kind = GraphNodeKind::kInput};
    node.outputs = {{input.dtype(), input.shape()}};
    op.inputs.push_back({static_cast<int>(graph.nodes.size()), 0});
    graph.inputs.push_back(op.inputs.back());
    graph.nodes.push_back(std::move(node));
  }
  for (const Tensor& output : outputs) {
    graph.outputs.push_back(
        {static_cast<int>(graph.nodes.size()), static_cast<int>(op.outputs.size())});
    op.outputs.push_back({output.dtype(), output.shape()});
  }
  graph.nodes.push_back(std::move(op));
  return graph;
}

}  // namespace

void TracedCheck::on_op(const OpCall& call, std::span<const Tensor> outputs) {
  if (call.op.has(kStateful) || call.op.has(kCallsGraph) || outputs.empty() ||
      !are_comparable(call.inputs) || !are_comparable(outputs)) {
    return;
  }
  const PauseListeners quiet;
  Graph graph = graph_of(call, outputs);
  optimize(graph, {});
  const std::string text = graph.to_text();
  // A plan takes its arguments in row-major order; some kernels sum a view in another.
  Tensors inputs;
  for (const Tensor& input : call.inputs) inputs.push_back(input.contiguous());
  const Tensors expected = apply(call.op, inputs, call.attributes);
  const Tensors results = Executable(std::move(graph)).run(inputs);
  for (std::size_t i = 0; i < results.size(); ++i) {
    EXPECT_TRUE(identical(results[i], expected[i]))
        << call.op.name << " gives something else as a graph, output " << i << ":\n"
        << text;
    ++compared_;
  }
  ops_.insert(call.op.name);
}

std::vector<std::string> TracedCheck::missing() const {
  std::vector<std::string> names;
  for (const OpDef* op : all_ops()) {
    const bool made_by_graphs = op->options == &kAttributesType<FusedOptions>;
    if (op->has(kStateful) || made_by_graphs) continue;
    if (!ops_.contains(op->name)) names.emplace_back(op->name);
  }
  return names;
}

}  // namespace saem::testing
