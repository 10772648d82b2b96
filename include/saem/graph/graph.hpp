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
  const OpDef* op = nullptr;            ///< of an op
  Attributes attributes = {};           ///< the op's options
  SmallVector<GraphValue, 2> inputs{};  ///< what an op is applied to
  TensorSpecs outputs = {};             ///< dtype and shape of each output
  Device device = {};                   ///< where they lie
  Tensor constant = {};                 ///< of a constant
  int variable = -1;                    ///< of a variable: its place in `Graph::variables`
  std::string name = {};         ///< the argument's or variable's name, or the scope of an op
  const void* caller = nullptr;  ///< the program's own code that called the op; null: unknown

  /// The op's name, or what else the node is.
  [[nodiscard]] std::string_view type() const;
};

/// What a variable is set to when the function ends.
struct GraphUpdate {
  int variable = -1;  ///< its place in `Graph::variables`
  GraphValue value = {};
};

/// What a graph's text says.
struct GraphTextOptions {
  /// Whether it holds every element: of constants beyond 16 elements and of variables, in base64.
  bool values = false;
};

/// A function as a graph of ops: what `tf::function` makes of C++ code.
///
/// Every value is computed once and never changes (static single assignment): a variable is an
/// input that has a value at the start and, if the function assigns it, an update at the end. Nodes
/// stand in an order in which they can run; ops with side effects keep theirs.
struct SAEM_API Graph {
  std::string name = "function";
  std::vector<GraphNode> nodes = {};
  std::vector<GraphValue> inputs = {};    ///< the arguments, in their order
  std::vector<GraphValue> outputs = {};   ///< what is returned
  std::vector<Variable> variables = {};   ///< those that are read or assigned
  std::vector<GraphUpdate> updates = {};  ///< those that are assigned
  /// The node that makes a value.
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
  ///
  ///     graph step(%0: float32(32, 784) "x0") {
  ///       %1 = variable "w" trainable <8192 elements> : float32(784, 256)
  ///       %2 = matmul(%0, %1) {transpose_a=false, transpose_b=false} : float32(32, 256)
  ///       %3:2 = top_k(%2) {k=2, sorted=true} : float32(32, 2), int32(32, 2) "encoder"
  ///       return %3, %3:1
  ///       update %1 = %2
  ///     }
  ///
  /// A value is `%node`, or `%node:output` behind the first one. Behind a node's dtypes and shapes
  /// stand its device, unless that is the CPU, and its scope.
  /// @param options  values: whether every element is written
  /// @return         the text; without `values`, that of a graph with large constants cannot be
  /// read
  /// @code
  /// auto f = tf::function([](const tf::Tensor& x) { return tf::exp(x); }, {.name = "f"});
  /// f(tf::zeros({2}));
  /// std::cout << f.traced_graph().to_text();
  /// // graph f(%0: float32(2,) "x0") {
  /// //   %1 = exp(%0) : float32(2,)
  /// //   return %1
  /// // }
  /// @endcode
  [[nodiscard]] std::string to_text(const GraphTextOptions& options = {}) const;
  /// The graph that `text` describes, verified. Variables are made anew, with the values written
  /// there, or zeros.
  /// @throws ValueError for text that is no graph, with the line
  /// @code
  /// const auto graph = tf::Graph::from_text("graph f(%x: int32()) { return %x, %x }");
  /// std::cout << graph.outputs.size();  // 2
  /// @endcode
  static Graph from_text(std::string_view text);
  /// The graph in Graphviz' language; `plot::graph` draws it.
  /// @code
  /// std::cout << tf::Graph::from_text("graph f(%x: int32()) { return %x }").to_dot();
  /// @endcode
  [[nodiscard]] std::string to_dot() const;
  /// Checks that the graph is one: arguments stand first, nodes use only what stands before them,
  /// dtypes, shapes and devices are what the ops say, no variable is updated twice.
  /// @throws ValueError that names the node and what is wrong with it
  /// @code tf::Graph::from_text("graph f(%x: int32()) { return %x }").verify(); @endcode
  void verify() const;
};

SAEM_API std::ostream& operator<<(std::ostream& out, const Graph& graph);

}  // namespace saem
