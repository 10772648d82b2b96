// From a tracer's record to a graph: the part that leads from given inputs to given outputs.
#include <unordered_map>
#include <unordered_set>

#include "base/message.hpp"
#include "core/tensor_impl.hpp"
#include "graph/function_body.hpp"

namespace saem {
namespace {

using Places = std::unordered_map<const TensorImpl*, GraphValue>;

/// Makes nodes of a record's entries.
class GraphBuilder {
 public:
  GraphBuilder(const GraphCut& cut, std::string name) : cut_(cut) { graph_.name = std::move(name); }

  Graph build(std::span<const std::int64_t> entries) {
    for (std::size_t i = 0; i < cut_.inputs.size(); ++i) add_input(i);
    for (const std::int64_t index : entries) {
      add_op(cut_.tracer.entries()[static_cast<std::size_t>(index)]);
    }
    for (const Tensor& output : cut_.outputs) graph_.outputs.push_back(place_of(output));
    return std::move(graph_);
  }

 private:
  GraphValue add(GraphNode node) {
    graph_.nodes.push_back(std::move(node));
    return {static_cast<int>(graph_.nodes.size()) - 1, 0};
  }

  void add_input(std::size_t i) {
    const Tensor& input = cut_.inputs[i];
    GraphNode node;
    node.kind = GraphNodeKind::kInput;
    node.outputs = {{input.dtype(), input.shape()}};
    node.device = input.device();
    node.name = i < cut_.input_names.size() ? cut_.input_names[i] : "";
    const GraphValue value = add(std::move(node));
    graph_.inputs.push_back(value);
    places_.emplace(input.impl(), value);
  }

  GraphValue place_of(const Tensor& tensor) {
    const auto found = places_.find(tensor.impl());
    if (found != places_.end()) return found->second;
    if (tensor.is_symbolic()) {
      raise<ValueError>(graph_.name.c_str(),
                        "uses a tensor of shape {} of another function that is no longer being "
                        "traced; return it from there and pass it in",
                        tensor.shape().to_string());
    }
    GraphNode node;
    node.kind = GraphNodeKind::kConstant;
    node.outputs = {{tensor.dtype(), tensor.shape()}};
    node.device = tensor.device();
    node.constant = tensor;
    const GraphValue value = add(std::move(node));
    places_.emplace(tensor.impl(), value);
    return value;
  }

  void add_op(const GraphTracer::Entry& entry) {
    GraphNode node;
    node.op = entry.op;
    node.attributes = entry.attributes;
    for (const Tensor& input : entry.inputs) node.inputs.push_back(place_of(input));
    for (const Tensor& output : entry.outputs) {
      node.outputs.push_back({output.dtype(), output.shape()});
    }
    if (!entry.outputs.empty()) node.device = entry.outputs[0].device();
    node.name = entry.scope;
    node.caller = entry.caller;
    const GraphValue value = add(std::move(node));
    for (std::size_t i = 0; i < entry.outputs.size(); ++i) {
      places_.emplace(entry.outputs[i].impl(), GraphValue{value.node, static_cast<int>(i)});
    }
  }

  const GraphCut& cut_;
  Graph graph_;
  Places places_;
};

}  // namespace

std::vector<std::int64_t> GraphCut::needed_entries() const {
  std::unordered_set<const TensorImpl*> given;
  for (const Tensor& input : inputs) given.insert(input.impl());
  std::vector<bool> needed(tracer.entries().size());
  std::vector<std::int64_t> open;
  const auto want = [&](const Tensor& tensor) {
    if (given.contains(tensor.impl())) return;
    const std::int64_t maker = tracer.maker_index(tensor);
    if (maker < 0 || needed[static_cast<std::size_t>(maker)]) return;
    needed[static_cast<std::size_t>(maker)] = true;
    open.push_back(maker);
  };
  for (const Tensor& output : outputs) want(output);
  for (std::int64_t i = first_entry; i < last_entry; ++i) {
    const auto at = static_cast<std::size_t>(i);
    if (!tracer.entries()[at].op->has(kStateful) || needed[at]) continue;
    needed[at] = true;
    open.push_back(i);
  }
  while (!open.empty()) {
    const auto at = static_cast<std::size_t>(open.back());
    open.pop_back();
    for (const Tensor& input : tracer.entries()[at].inputs) want(input);
  }
  std::vector<std::int64_t> list;
  for (std::size_t i = 0; i < needed.size(); ++i) {
    if (needed[i]) list.push_back(static_cast<std::int64_t>(i));
  }
  return list;
}

Graph GraphCut::to_graph(const std::string& name) const {
  return GraphBuilder(*this, name).build(needed_entries());
}

}  // namespace saem
