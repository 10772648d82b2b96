// fusion: chains of pointwise ops become one op, which reads memory once and writes it once.
//
// A group holds ops of one shape whose results meet in it; a reduction at its end joins if nobody
// else wants what it folds. The device says which ops it can run so (`can_fuse`): the CPU those
// that compute block by block, with the blocks of eager kernels, hence the same bits.
#include <algorithm>
#include <numeric>
#include <optional>
#include <saem/ops/fused.hpp>

#include "core/registry.hpp"
#include "core/tensor_impl.hpp"
#include "graph/executable_frame.hpp"
#include "graph/passes.hpp"
#include "graph/passes/pointwise_program.hpp"

namespace saem {
namespace {

constexpr int kNone = -1;

/// For each node the nodes that come before it: those whose results it takes and, for one with side
/// effects, the one with side effects before.
std::vector<std::vector<int>> predecessors_of(const Graph& graph) {
  std::vector<std::vector<int>> lists(graph.nodes.size());
  int stateful = kNone;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const GraphNode& node = graph.nodes[i];
    for (const GraphValue& input : node.inputs) lists[i].push_back(input.node);
    if (node.kind != GraphNodeKind::kOp || !node.op->has(kStateful)) continue;
    if (stateful != kNone) lists[i].push_back(stateful);
    stateful = static_cast<int>(i);
  }
  return lists;
}

/// Ops that are to run as one.
struct Group {
  std::vector<int> members;  ///< nodes, in order
  Shape shape;
  Device device;
};

/// Finds the groups. The graph with each group seen as one node has no cycle at any time.
class Grouping {
 public:
  explicit Grouping(const Graph& graph)
      : graph_(graph),
        predecessors_(predecessors_of(graph)),
        group_of_(graph.nodes.size(), kNone),
        users_(graph.nodes.size()) {
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
      for (const GraphValue& input : graph.nodes[i].inputs) {
        users_[static_cast<std::size_t>(input.node)].push_back(static_cast<int>(i));
      }
    }
    escapes_.resize(graph.nodes.size());
    for (const GraphValue& output : graph.outputs) mark_escape(output);
    for (const GraphUpdate& update : graph.updates) mark_escape(update.value);
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
      if (is_pointwise(static_cast<int>(i))) join(static_cast<int>(i));
    }
  }

  [[nodiscard]] const std::vector<Group>& groups() const { return groups_; }
  [[nodiscard]] const Graph& graph() const { return graph_; }

  [[nodiscard]] bool in_group(int node, int group) const {
    return group_of_[static_cast<std::size_t>(node)] == group;
  }

  /// The members whose results are wanted outside of the group.
  [[nodiscard]] std::vector<int> results(int group) const {
    std::vector<int> list;
    for (const int member : groups_[static_cast<std::size_t>(group)].members) {
      const auto at = static_cast<std::size_t>(member);
      const bool outside = std::any_of(users_[at].begin(), users_[at].end(),
                                       [&](int user) { return !in_group(user, group); });
      if (escapes_[at] || outside) list.push_back(member);
    }
    return list;
  }

  /// The reduction that alone wants what the group gives, or -1.
  [[nodiscard]] int reduction_of(int group) const {
    const std::vector<int> wanted = results(group);
    if (wanted.size() != 1 || escapes_[static_cast<std::size_t>(wanted[0])]) return kNone;
    const std::vector<int>& users = users_[static_cast<std::size_t>(wanted[0])];
    const int user = std::accumulate(users.begin(), users.end(), users.empty() ? kNone : users[0],
                                     [](int a, int b) { return a == b ? a : kNone; });
    if (user == kNone || users.size() != 1) return kNone;
    const GraphNode& node = graph_.nodes[static_cast<std::size_t>(user)];
    if (!node.op->has(kReduction) || node.op->has(kBackward) || !device_fuses(node)) return kNone;
    return user;
  }

 private:
  void mark_escape(GraphValue value) { escapes_[static_cast<std::size_t>(value.node)] = true; }

  [[nodiscard]] bool device_fuses(const GraphNode& node) const {
    Tensors inputs;
    for (const GraphValue& input : node.inputs) {
      inputs.push_back(Tracer::make_symbolic(graph_.spec(input), 0));
    }
    return can_fuse(node.device.type, {*node.op, inputs, node.attributes}, node.outputs[0]) !=
           Fusing::kNot;
  }

  [[nodiscard]] bool is_pointwise(int index) const {
    const GraphNode& node = graph_.nodes[static_cast<std::size_t>(index)];
    if (node.kind != GraphNodeKind::kOp || node.outputs.size() != 1) return false;
    if (!node.op->has(kElementwise) || node.op->has(kStateful)) return false;
    const bool nested = node.op->options == &kAttributesType<FusedOptions>;
    return !nested && !node.inputs.empty() && device_fuses(node);
  }

  /// Puts a node into the groups that feed it, or into one of its own.
  void join(int index) {
    const GraphNode& node = graph_.nodes[static_cast<std::size_t>(index)];
    int group = kNone;
    for (const GraphValue& input : node.inputs) {
      const int feeding = group_of_[static_cast<std::size_t>(input.node)];
      if (feeding == kNone || feeding == group) continue;
      const Group& candidate = groups_[static_cast<std::size_t>(feeding)];
      if (candidate.shape != node.outputs[0].shape || candidate.device != node.device) continue;
      if (!may_join(index, group, feeding)) continue;
      group = group == kNone ? feeding : merge(group, feeding);
      add(index, group);
    }
    if (group == kNone) {
      groups_.push_back({{}, node.outputs[0].shape, node.device});
      add(index, static_cast<int>(groups_.size()) - 1);
    }
  }

  void add(int index, int group) {
    int& place = group_of_[static_cast<std::size_t>(index)];
    if (place == group) return;
    place = group;
    groups_[static_cast<std::size_t>(group)].members.push_back(index);
  }

  int merge(int a, int b) {
    Group& into = groups_[static_cast<std::size_t>(a)];
    Group& from = groups_[static_cast<std::size_t>(b)];
    for (const int member : from.members) group_of_[static_cast<std::size_t>(member)] = a;
    into.members.insert(into.members.end(), from.members.begin(), from.members.end());
    std::sort(into.members.begin(), into.members.end());
    from.members.clear();
    return a;
  }

  /// Whether `index` (already in `group`, unless that is none) and group `feeding` can become one:
  /// no way leads from one member to another through a node outside, and the program is not too
  /// large.
  bool may_join(int index, int group, int feeding) {
    std::vector<int> members = groups_[static_cast<std::size_t>(feeding)].members;
    if (group != kNone) {
      const std::vector<int>& more = groups_[static_cast<std::size_t>(group)].members;
      members.insert(members.end(), more.begin(), more.end());
    }
    if (group == kNone) members.push_back(index);
    if (members.size() > kMostInstructions) return false;
    const auto is_member = [&](int node) {
      const int its = group_of_[static_cast<std::size_t>(node)];
      return node == index || its == feeding || (group != kNone && its == group);
    };
    const int first = *std::min_element(members.begin(), members.end());
    std::vector<bool> seen(graph_.nodes.size());
    std::vector<int> open;
    // Nodes before the first member depend on none.
    const auto visit = [&](int node) {
      if (node < first || seen[static_cast<std::size_t>(node)]) return;
      seen[static_cast<std::size_t>(node)] = true;
      open.push_back(node);
    };
    std::vector<GraphValue> tensors;
    for (const int member : members) {
      for (const GraphValue& input : graph_.nodes[static_cast<std::size_t>(member)].inputs) {
        if (is_member(input.node)) continue;
        visit(input.node);
        const bool known = std::find(tensors.begin(), tensors.end(), input) != tensors.end();
        if (!known) tensors.push_back(input);
      }
    }
    if (tensors.size() >= kMostTensors) return false;
    while (!open.empty()) {
      const int node = open.back();
      open.pop_back();
      if (is_member(node)) return false;
      const int its = group_of_[static_cast<std::size_t>(node)];
      // A group runs as one: it waits for what any of its members needs.
      const std::vector<int> alone{node};
      const std::vector<int>& together =
          its == kNone ? alone : groups_[static_cast<std::size_t>(its)].members;
      for (const int part : together) {
        for (const int before : predecessors_[static_cast<std::size_t>(part)]) {
          if (its == kNone || !in_group(before, its)) visit(before);
        }
      }
    }
    return true;
  }

  const Graph& graph_;
  const std::vector<std::vector<int>> predecessors_;
  std::vector<int> group_of_;
  std::vector<std::vector<int>> users_;
  std::vector<bool> escapes_;
  std::vector<Group> groups_;
};

/// Rewrites the graph with each group as one node.
class Fuser {
 public:
  Fuser(Graph& graph, const Grouping& grouping)
      : graph_(graph), grouping_(grouping), replaced_(graph.nodes.size()) {}

  bool run() {
    for (std::size_t i = 0; i < grouping_.groups().size(); ++i) fuse(static_cast<int>(i));
    if (fused_.empty()) return false;
    append();
    return true;
  }

 private:
  struct Fused {
    GraphNode node;
    std::vector<int> stands_for;  ///< members whose results are its outputs
  };

  void fuse(int index) {
    const Group& group = grouping_.groups()[static_cast<std::size_t>(index)];
    if (group.members.empty()) return;
    const int reduction = grouping_.reduction_of(index);
    if (group.members.size() < 2 && reduction == kNone) return;
    std::vector<int> members = group.members;
    std::vector<int> results = grouping_.results(index);
    if (reduction != kNone) {
      members.push_back(reduction);
      results = {reduction};
    }
    if (results.empty() || results.size() + 1 > kMostTensors) return;
    fused_.push_back({make_node(members, results), results});
    for (const int member : members) replaced_[static_cast<std::size_t>(member)] = true;
  }

  GraphNode make_node(const std::vector<int>& members, const std::vector<int>& results) const {
    std::vector<GraphValue> inputs;
    const auto is_member = [&](int node) {
      return std::find(members.begin(), members.end(), node) != members.end();
    };
    for (const int member : members) {
      for (const GraphValue& input : node(member).inputs) {
        const bool known = std::find(inputs.begin(), inputs.end(), input) != inputs.end();
        if (!is_member(input.node) && !known) inputs.push_back(input);
      }
    }
    const auto value_of = [&](GraphValue value) {
      const auto member = std::find(members.begin(), members.end(), value.node);
      if (member != members.end()) {
        return static_cast<int>(inputs.size() + static_cast<std::size_t>(member - members.begin()));
      }
      return static_cast<int>(std::find(inputs.begin(), inputs.end(), value) - inputs.begin());
    };
    std::vector<FusedOps::Instruction> instructions;
    for (const int member : members) {
      FusedOps::Instruction instruction{node(member).op, node(member).attributes, {}};
      for (const GraphValue& input : node(member).inputs) {
        instruction.operands.push_back(value_of(input));
      }
      instructions.push_back(std::move(instruction));
    }
    GraphNode fused;
    std::vector<int> outputs;
    for (const int result : results) {
      outputs.push_back(value_of({result, 0}));
      fused.outputs.push_back(node(result).outputs[0]);
    }
    static const OpDef& pointwise = *find_op("fused");
    static const OpDef& reduction = *find_op("fused_reduction");
    fused.op = node(members.back()).op->has(kReduction) ? &reduction : &pointwise;
    FusedOptions options;
    options.ops.ops = std::make_shared<const FusedOps>(static_cast<int>(inputs.size()),
                                                       std::move(instructions), std::move(outputs));
    fused.attributes = Attributes(options);
    fused.inputs = SmallVector<GraphValue, 2>(inputs.begin(), inputs.end());
    fused.device = node(members.back()).device;
    fused.name = node(members.back()).name;
    fused.caller = node(members.back()).caller;
    return fused;
  }

  [[nodiscard]] const GraphNode& node(int index) const {
    return graph_.nodes[static_cast<std::size_t>(index)];
  }

  /// Puts the new nodes behind the old ones, points everybody to them, and sorts.
  void append() {
    const std::size_t before = graph_.nodes.size();
    std::vector<std::optional<GraphValue>> moved(before);
    for (Fused& fused : fused_) {
      const int place = static_cast<int>(graph_.nodes.size());
      for (std::size_t i = 0; i < fused.stands_for.size(); ++i) {
        moved[static_cast<std::size_t>(fused.stands_for[i])] =
            GraphValue{place, static_cast<int>(i)};
      }
      graph_.nodes.push_back(std::move(fused.node));
    }
    const auto point = [&](GraphValue& value) {
      if (static_cast<std::size_t>(value.node) >= before) return;
      const auto& target = moved[static_cast<std::size_t>(value.node)];
      if (target) value = *target;
    };
    for (GraphNode& each : graph_.nodes) {
      std::for_each(each.inputs.begin(), each.inputs.end(), point);
    }
    std::for_each(graph_.outputs.begin(), graph_.outputs.end(), point);
    for (GraphUpdate& update : graph_.updates) point(update.value);
    replaced_.resize(graph_.nodes.size());
    reorder(graph_, order());
  }

  /// An order in which nodes can run: as before where that goes, groups where their last input is
  /// there.
  [[nodiscard]] std::vector<std::size_t> order() const {
    const std::vector<std::vector<int>> predecessors = predecessors_of(graph_);
    std::vector<std::size_t> order;
    std::vector<bool> seen(graph_.nodes.size());
    std::vector<std::pair<std::size_t, std::size_t>> stack;  // a node, and which input is next
    const auto open = [&](std::size_t node) {
      if (seen[node]) return;
      seen[node] = true;
      stack.emplace_back(node, 0);
    };
    for (std::size_t root = 0; root < graph_.nodes.size(); ++root) {
      if (!replaced_[root]) open(root);
      while (!stack.empty()) {
        auto& [node, next] = stack.back();
        if (next < predecessors[node].size()) {
          open(static_cast<std::size_t>(predecessors[node][next++]));
        } else {
          order.push_back(node);
          stack.pop_back();
        }
      }
    }
    return order;
  }

  Graph& graph_;
  const Grouping& grouping_;
  std::vector<bool> replaced_;
  std::vector<Fused> fused_;
};

}  // namespace

bool fuse_pointwise(Graph& graph) {
  const Grouping grouping(graph);
  return Fuser(graph, grouping).run();
}

}  // namespace saem
