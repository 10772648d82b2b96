// matmul, add of a bias and relu become one `dense`, which adds and cuts in one pass over the
// product. Its kernel multiplies as matmul does, rounds the product to its dtype as matmul does,
// and adds the bias on the same side: the bits are the same.
#include <algorithm>
#include <optional>
#include <saem/ops/dense.hpp>
#include <saem/ops/matmul.hpp>

#include "core/registry.hpp"
#include "graph/passes.hpp"
#include "graph/passes/rewriter.hpp"

namespace saem {
namespace {

bool is_op(const GraphNode& node, std::string_view name) {
  return node.kind == GraphNodeKind::kOp && node.type() == name && node.op == find_op(name);
}

/// Finds products whose bias, and perhaps relu, nobody else needs.
class Matcher {
 public:
  explicit Matcher(const Graph& graph)
      : graph_(graph), uses_(count_uses(graph)), user_(graph.nodes.size(), -1) {
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
      for (const GraphValue& input : graph.nodes[i].inputs) {
        user_[static_cast<std::size_t>(input.node)] = static_cast<int>(i);
      }
    }
  }

  /// The matmul of node `i`, an add of its only use, where they make a dense layer.
  [[nodiscard]] const GraphNode* product_of_sum(std::size_t i) const {
    const GraphNode& sum = graph_.nodes[i];
    if (!is_op(sum, "add") || sum.device.type != DeviceType::kCPU) return nullptr;
    const GraphNode& product = graph_.node(sum.inputs[0]);
    if (!is_op(product, "matmul") || uses_[static_cast<std::size_t>(sum.inputs[0].node)] != 1) {
      return nullptr;
    }
    const auto& options = product.attributes.ref().as<MatmulOptions>();
    const TensorSpec& y = product.outputs[0];
    const TensorSpec& bias = graph_.spec(sum.inputs[1]);
    const TensorSpec& a = graph_.spec(product.inputs[0]);
    const TensorSpec& b = graph_.spec(product.inputs[1]);
    const bool plain = !options.transpose_a && !options.transpose_b && a.shape.rank() == 2 &&
                       b.shape.rank() == 2 && a.dtype == y.dtype && b.dtype == y.dtype;
    const bool fits = y.dtype.is_floating() && bias.dtype == y.dtype && bias.shape.rank() == 1 &&
                      bias.shape[0] == y.shape[1];
    return plain && fits ? &product : nullptr;
  }

  /// Whether the only use of node `i` is an elementwise op: that is fused with what follows, and
  /// takes a bias along for nothing.
  [[nodiscard]] bool is_fused_further(std::size_t i) const {
    const int user = only_user(i);
    return user >= 0 && graph_.nodes[static_cast<std::size_t>(user)].op->has(kElementwise);
  }

  /// The node that uses node `i`, if one does, and nothing else; or -1.
  [[nodiscard]] int only_user(std::size_t i) const { return uses_[i] == 1 ? user_[i] : -1; }

 private:
  const Graph& graph_;
  std::vector<int> uses_;
  std::vector<int> user_;  ///< one node that uses each
};

}  // namespace

bool epilogues(Graph& graph) {
  struct Dense {
    GraphValue bias;
    const char* activation;
    std::size_t product;
  };
  std::vector<std::optional<Dense>> found(graph.nodes.size());
  const Matcher matcher(graph);
  bool changed = false;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const GraphNode* product = matcher.product_of_sum(i);
    if (product == nullptr) continue;
    const GraphNode& sum = graph.nodes[i];
    Dense dense{sum.inputs[1], "linear", static_cast<std::size_t>(sum.inputs[0].node)};
    std::size_t last = i;
    const int user = matcher.only_user(i);
    if (user >= 0 && is_op(graph.nodes[static_cast<std::size_t>(user)], "relu")) {
      dense.activation = "relu";
      last = static_cast<std::size_t>(user);
    }
    if (matcher.is_fused_further(last)) continue;
    found[last] = dense;
    changed = true;
  }
  if (!changed) return false;
  Rewriter rewriter(graph);
  const OpDef* op = find_op("dense");
  for (std::size_t i = 0; i < rewriter.size(); ++i) {
    if (!found[i]) {
      rewriter.keep(i);
      continue;
    }
    const GraphNode& product = rewriter.old(found[i]->product);
    GraphNode dense = rewriter.moved(i);
    dense.op = op;
    dense.attributes = Attributes(nn::DenseOptions{.activation = found[i]->activation});
    dense.inputs = {rewriter.at(product.inputs[0]), rewriter.at(product.inputs[1]),
                    rewriter.at(found[i]->bias)};
    rewriter.keep_as(i, std::move(dense));
  }
  rewriter.finish();
  return true;
}

}  // namespace saem
