#pragma once

#include <iosfwd>
#include <memory>
#include <saem/autodiff/variable.hpp>
#include <saem/core/op.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace saem {

/// One output of one node: what an edge of a graph carries.
struct GraphValue {
  int node = -1;  ///< its place in `Graph::nodes`
  int output = 0;
  friend bool operator==(const GraphValue&, const GraphValue&) = default;
};

/// What a node of a graph stands for.
enum class GraphNodeKind : std::uint8_t {
  kInput,     ///< an argument of the function
  kVariable,  ///< the value that a variable has when the function is called
  kConstant,  ///< a tensor that the function captured
  kOp         ///< an op, applied to other nodes' outputs
};

/// One node of a graph: an op applied to values, or where values come from.
struct GraphNode {
  GraphNodeKind kind = GraphNodeKind::kOp;
  const OpDef* op = nullptr;             ///< of an op
  Attributes attributes = {};            ///< the op's options
  SmallVector<GraphValue, 2> inputs{};   ///< what an op is applied to
  TensorSpecs outputs = {};              ///< dtype and shape of each output
  Device device = {};                    ///< where they lie
  Tensor constant = {};                  ///< of a constant
  int variable = -1;                     ///< of a variable: its place in `Graph::variables`
  std::string name = {};                 ///< the argument's or variable's name, or the scope of an op
  const void* caller = nullptr;          ///< the program's own code that called the op; null: unknown

  /// The op's name, or what else the node is.
  [[nodiscard]] std::string_view type() const;
};

/// What a variable is set to when the function ends.
struct GraphUpdate {
  int variable = -1;  ///< its place in `Graph::variables`
  GraphValue value = {};
};

/// A function as a graph of ops: what `tf::function` makes of C++ code.
///
/// Every value is computed once and never changes (static single assignment): a variable is an input
/// that has a value at the start and, if the function assigns it, an update at the end. Nodes stand
/// in an order in which they can run; ops with side effects keep theirs.
struct SAEM_API Graph {
  std::string name = "function";
  std::vector<GraphNode> nodes = {};
  std::vector<GraphValue> inputs = {};    ///< the arguments, in their order
  std::vector<GraphValue> outputs = {};   ///< what is returned
  std::vector<Variable> variables = {};   ///< those that are read or assigned
  std::vector<GraphUpdate> updates = {};  ///< those that are assigned

  [[nodiscard]] const GraphNode& node(GraphValue value) const {
    return nodes[static_cast<std::size_t>(value.node)];
  }
  /// dtype and shape of a value.
  [[nodiscard]] const TensorSpec& spec(GraphValue value) const {
    return node(value).outputs[static_cast<std::size_t>(value.output)];
  }
  /// How many nodes are ops.
  [[nodiscard]] std::size_t op_count() const;

  /// The graph as text, one line a node, which `from_text` reads back:
  /// `%3 = matmul(%0, %1) {transpose_a=false, ...} : float32(32, 256)`.
  [[nodiscard]] std::string to_text() const;
  /// The graph that `text` describes. Variables are made anew, with the values written there.
  /// @throws ValueError for text that is no graph, with the line
  static Graph from_text(std::string_view text);
  /// The graph in Graphviz' language; `plot::graph` draws it.
  [[nodiscard]] std::string to_dot() const;
  /// Checks that the graph is one: nodes use only what stands before them, dtypes and shapes are
  /// what the ops say. @throws Error that names the node and what is wrong with it
  void verify() const;
};

SAEM_API std::ostream& operator<<(std::ostream& out, const Graph& graph);

}  // namespace saem
