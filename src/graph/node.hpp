#pragma once

#include <saem/graph/graph.hpp>
#include <string>
#include <string_view>

namespace saem {

/// The op of that name, be it one of the table or one of graphs alone; or null.
const OpDef* find_graph_op(std::string_view name);

/// What comes out of a node that is an op, and where it lies.
struct NodeResult {
  TensorSpecs specs;
  Device device;       ///< where they lie
  bool placed = true;  ///< by inputs; else who calls decides on the device
};
/// Asks the op. @throws ValueError for a wrong number of inputs or options of another op; what the
/// op says of inputs that it does not take
NodeResult infer_node(const Graph& graph, const GraphNode& node);

/// Whether a node must stay, and in its order, although nobody uses its outputs.
bool is_stateful(const GraphNode& node);

/// The stateful ops in their order, those of called functions included: what every pass keeps.
std::string stateful_order(const Graph& graph);

/// Throws ValueError where node `index` is not what it must be, given those before it.
void verify_node(const Graph& graph, std::size_t index);

/// Whether a constant's bytes can be looked at: it lies in row-major order on the CPU.
bool has_bytes(const Tensor& constant);
/// Whether two constants are the same; those without bytes are if they are one place in memory.
bool same_constant(const Tensor& a, const Tensor& b);

/// `node 3 (matmul)`.
std::string node_text(const Graph& graph, std::size_t index);

}  // namespace saem
