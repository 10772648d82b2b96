#pragma once

#include <memory>
#include <saem/graph/graph.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "graph/function_body.hpp"

namespace saem {

/// A graph as a field of an op's options: its text stands in that of the graph around it.
struct NestedGraph {
  std::shared_ptr<const Graph> graph;
  /// Whether they are one graph, or say the same.
  friend bool operator==(const NestedGraph& a, const NestedGraph& b);
};
std::string to_text(const NestedGraph& nested);
bool from_text(std::string_view text, NestedGraph& nested);

/// Applies the ops of `graph` one by one to `arguments`, where whoever listens or traces hears
/// them; reads its variables, and assigns them at the end.
std::vector<Tensor> apply_graph(const Graph& graph, std::span<const Tensor> arguments);

/// A body that runs `graph`, which has no variables.
std::shared_ptr<const FunctionBody> make_body(const Graph& graph);

/// While it lives, graphs within options are written on this thread as the one around them.
class NestedGraphText {
 public:
  explicit NestedGraphText(const GraphTextOptions& options);
  ~NestedGraphText();
  NestedGraphText(const NestedGraphText&) = delete;
  NestedGraphText& operator=(const NestedGraphText&) = delete;

 private:
  GraphTextOptions around_;
};

}  // namespace saem
