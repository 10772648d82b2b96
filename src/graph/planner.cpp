// From a graph to a plan: steps, places in memory, in-place updates.
#include <algorithm>
#include <limits>
#include <unordered_map>
#include <unordered_set>

#include "base/message.hpp"
#include "core/registry.hpp"
#include "core/tensor_impl.hpp"
#include "graph/executable_frame.hpp"

namespace saem {
namespace {

constexpr int kForever = std::numeric_limits<int>::max();

/// A tensor with a place but no elements: views of it tell how they lie.
Tensor make_ghost(const TensorSpec& spec) {
  // Any address: nothing is read there, and only differences of addresses count.
  auto* nowhere = reinterpret_cast<void*>(std::uintptr_t{1} << 44);  // NOLINT
  Tensor ghost = Tensor::from_external(nowhere, spec.dtype, spec.shape, {});
  ghost.impl()->symbol = 0;
  return ghost;
}

/// Nodes that do nothing but give variables their new values go last: what was read of the old ones
/// has been read by then, and an error before leaves variables as they were.
void sink_updates(Graph& graph) {
  const std::size_t count = graph.nodes.size();
  std::vector<bool> sinks(count);
  for (const GraphUpdate& update : graph.updates) {
    const GraphNode& node = graph.node(update.value);
    sinks[static_cast<std::size_t>(update.value.node)] =
        node.kind == GraphNodeKind::kOp && (node.op->has(kElementwise) || node.op->has(kUpdate));
  }
  for (const GraphValue& output : graph.outputs) {
    sinks[static_cast<std::size_t>(output.node)] = false;
  }
  for (std::size_t i = count; i-- > 0;) {
    if (sinks[i]) continue;
    for (const GraphValue& input : graph.nodes[i].inputs) {
      sinks[static_cast<std::size_t>(input.node)] = false;
    }
  }
  std::vector<std::size_t> order;
  for (const bool last : {false, true}) {
    for (std::size_t i = 0; i < count; ++i) {
      if (sinks[i] == last) order.push_back(i);
    }
  }
  reorder(graph, order);
}

}  // namespace

/// Where the memory of a slot comes from.
enum class Home : std::uint8_t { kArena, kNew, kInput, kVariable, kConstant, kOwn };

/// Builds an `Executable`, slot by slot, step by step.
class Planner {
 public:
  explicit Planner(Executable& plan) : plan_(plan), graph_(plan.graph_) {}

  void run() {
    ensure_backends();
    sink_updates(graph_);
    plan_.on_host_ =
        std::all_of(graph_.nodes.begin(), graph_.nodes.end(),
                    [](const GraphNode& node) { return node.device.type == DeviceType::kCPU; });
    plan_.variable_slots_.assign(graph_.variables.size(), -1);
    plan_.moves_variable_.assign(graph_.variables.size(), 0);
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) add_node(static_cast<int>(i));
    for (const GraphValue& input : graph_.inputs) plan_.input_slots_.push_back(slot_of(input));
    for (const GraphValue& value : graph_.outputs) plan_.output_slots_.push_back(slot_of(value));
    for (const GraphUpdate& update : graph_.updates) {
      const int slot = slot_of(update.value);
      const Home home = slots_[static_cast<std::size_t>(slot)].home;
      const bool returned =
          std::count(plan_.output_slots_.begin(), plan_.output_slots_.end(), slot) +
              std::count(plan_.update_slots_.begin(), plan_.update_slots_.end(), slot) >
          0;
      plan_.update_shared_.push_back(returned || home != Home::kArena ? 1 : 0);
      plan_.update_slots_.push_back(slot);
    }
    find_last_uses();
    for (const std::size_t slot : escaping_roots()) {
      if (slots_[slot].home == Home::kArena) slots_[slot].home = Home::kNew;
    }
    update_in_place();
    place_memory();
    release_early();
    std::erase_if(plan_.steps_, [&](const Step& step) {
      return step.kind == StepKind::kView && step.releases.empty() &&
             views_made_.contains(step.first_output);
    });
    plan_.slots_ = slots_.size();
    std::vector<bool> fixed(slots_.size());
    for (const Executable::Fixed& one : plan_.fixed_)
      fixed[static_cast<std::size_t>(one.slot)] = true;
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      if (!fixed[i]) plan_.unfixed_.push_back(static_cast<int>(i));
    }
  }

 private:
  struct Slot {
    Tensor ghost;
    Home home = Home::kArena;
    int root = -1;      ///< the slot whose memory it looks at
    int made_by = -1;   ///< step
    int last_use = -1;  ///< step; of roots alone
    Tensor constant = {};
  };

  int slot_of(GraphValue value) const {
    return first_slot_[static_cast<std::size_t>(value.node)] + value.output;
  }

  int add_slot(Slot slot) {
    const int index = static_cast<int>(slots_.size());
    if (slot.root < 0) slot.root = index;
    slots_.push_back(std::move(slot));
    return index;
  }

  int step_count() const { return static_cast<int>(plan_.steps_.size()); }

  void add_node(int index) {
    const GraphNode& node = graph_.nodes[static_cast<std::size_t>(index)];
    first_slot_.push_back(static_cast<int>(slots_.size()));
    switch (node.kind) {
      case GraphNodeKind::kInput:
        add_slot({make_ghost(node.outputs[0]), Home::kInput});
        return;
      case GraphNodeKind::kVariable:
        plan_.variable_slots_[static_cast<std::size_t>(node.variable)] =
            add_slot({make_ghost(node.outputs[0]), Home::kVariable});
        return;
      case GraphNodeKind::kConstant: {
        const Tensor constant = contiguous_copy(node.constant);
        add_constant(make_ghost(node.outputs[0]), constant);
        return;
      }
      case GraphNodeKind::kOp:
        add_op(index, node);
    }
  }

  void add_constant(Tensor ghost, Tensor constant) {
    const int slot = add_slot({std::move(ghost), Home::kConstant});
    slots_.back().constant = constant;
    plan_.fixed_.push_back({slot, std::move(constant), -1});
  }

  void add_op(int index, const GraphNode& node) {
    std::vector<int> inputs;
    for (const GraphValue& input : node.inputs) inputs.push_back(slot_of(input));
    if (plan_.on_host_ && node.op->view != nullptr && add_view(index, node, inputs)) return;
    const Kernel& kernel = node.op->kernel(DeviceType::kCPU);
    const bool has_kernel = plan_.on_host_ && kernel.run != nullptr && !node.outputs.empty();
    if (has_kernel && !kernel.takes_strided) {
      for (int& input : inputs) input = contiguous(index, input);
    }
    // A node's own slots stand together; copies of its inputs may have come between.
    first_slot_.back() = static_cast<int>(slots_.size());
    Step step{.kind = has_kernel ? StepKind::kKernel : StepKind::kDispatch,
              .node = index,
              .run = has_kernel ? kernel.run : nullptr,
              .inputs = std::move(inputs),
              .first_output = static_cast<int>(slots_.size())};
    step.memory.assign(node.outputs.size(), Step::kArena);
    for (const TensorSpec& spec : node.outputs) {
      Slot slot{make_ghost(spec), has_kernel ? Home::kArena : Home::kOwn};
      slot.made_by = step_count();
      add_slot(std::move(slot));
    }
    plan_.steps_.push_back(std::move(step));
  }

  [[nodiscard]] Tensor view_of_ghosts(const GraphNode& node, const std::vector<int>& inputs) const {
    Tensors ghosts;
    for (const int input : inputs) ghosts.push_back(slots_[static_cast<std::size_t>(input)].ghost);
    return node.op->view({*node.op, ghosts, node.attributes});
  }

  /// The op as a view of its first input; false if it must be computed.
  bool add_view(int index, const GraphNode& node, std::vector<int> inputs) {
    Tensor view;
    try {
      view = view_of_ghosts(node, inputs);
    } catch (const ValueError&) {
      // It would have read elements: a reshape of what lies with gaps copies it first.
      inputs[0] = contiguous(index, inputs[0]);
      first_slot_.back() = static_cast<int>(slots_.size());
      view = view_of_ghosts(node, inputs);
    }
    if (!view.defined()) return false;
    view.impl()->symbol = 0;
    const Slot& source = slots_[static_cast<std::size_t>(inputs[0])];
    const int root = source.root;
    const Home home = source.home;
    if (home == Home::kConstant) {
      Tensors constants;
      for (const int input : inputs) {
        constants.push_back(slots_[static_cast<std::size_t>(input)].constant);
      }
      // Views read no elements of further inputs; where those are no constants there is no value.
      const bool known = std::all_of(constants.begin(), constants.end(),
                                     [](const Tensor& tensor) { return tensor.defined(); });
      if (!known) return false;
      add_constant(std::move(view), node.op->view({*node.op, constants, node.attributes}));
      return true;
    }
    Slot slot{std::move(view), home};
    slot.root = root;
    slot.made_by = step_count();
    const int made = add_slot(std::move(slot));
    plan_.steps_.push_back(
        {.kind = StepKind::kView, .node = index, .inputs = inputs, .first_output = made});
    return true;
  }

  /// The slot itself, or a copy of its elements in row-major order.
  int contiguous(int node, int slot) {
    if (slots_[static_cast<std::size_t>(slot)].ghost.is_contiguous()) return slot;
    const auto known = copies_.find(slot);
    if (known != copies_.end()) return known->second;
    const Tensor& ghost = slots_[static_cast<std::size_t>(slot)].ghost;
    if (slots_[static_cast<std::size_t>(slot)].home == Home::kConstant) {
      const Tensor packed = contiguous_copy(slots_[static_cast<std::size_t>(slot)].constant);
      add_constant(make_ghost({ghost.dtype(), ghost.shape()}), packed);
      return copies_.emplace(slot, static_cast<int>(slots_.size()) - 1).first->second;
    }
    Slot copy{make_ghost({ghost.dtype(), ghost.shape()})};
    copy.made_by = step_count();
    const int made = add_slot(std::move(copy));
    plan_.steps_.push_back({.kind = StepKind::kCopy,
                            .node = node,
                            .inputs = {slot},
                            .first_output = made,
                            .memory = {Step::kArena}});
    return copies_.emplace(slot, made).first->second;
  }

  void find_last_uses() {
    for (int at = 0; at < step_count(); ++at) {
      for (const int input : plan_.steps_[static_cast<std::size_t>(at)].inputs) {
        root_of(input).last_use = at;
      }
    }
    for (const std::size_t root : escaping_roots()) slots_[root].last_use = kForever;
  }

  Slot& root_of(int slot) {
    return slots_[static_cast<std::size_t>(slots_[static_cast<std::size_t>(slot)].root)];
  }

  std::vector<std::size_t> escaping_roots() const {
    std::vector<std::size_t> roots;
    for (const std::vector<int>* list : {&plan_.output_slots_, &plan_.update_slots_}) {
      for (const int slot : *list) {
        roots.push_back(static_cast<std::size_t>(slots_[static_cast<std::size_t>(slot)].root));
      }
    }
    return roots;
  }

  /// Finds variables whose new value can be written over the old one.
  void update_in_place() {
    for (std::size_t i = 0; i < graph_.updates.size(); ++i) {
      const auto variable = static_cast<std::size_t>(graph_.updates[i].variable);
      const int old = plan_.variable_slots_[variable];
      const int fresh = plan_.update_slots_[i];
      if (old < 0 || slots_[static_cast<std::size_t>(fresh)].made_by < 0) continue;
      Step& step =
          plan_.steps_[static_cast<std::size_t>(slots_[static_cast<std::size_t>(fresh)].made_by)];
      const int output = fresh - step.first_output;
      // `apply_in_place` takes the old value first, and gives one.
      const bool can =
          step.kind == StepKind::kKernel ||
          (step.kind == StepKind::kDispatch && step.memory.size() == 1 && !step.inputs.empty() &&
           step.inputs[0] == old && std::count(step.inputs.begin(), step.inputs.end(), old) == 1);
      if (can && may_overwrite(step, output, old) &&
          step.memory[static_cast<std::size_t>(output)] == Step::kArena) {
        step.memory[static_cast<std::size_t>(output)] = old;
        plan_.moves_variable_[variable] = 1;
      }
    }
  }

  bool may_overwrite(const Step& step, int output, int old) const {
    const OpDef& op = *graph_.nodes[static_cast<std::size_t>(step.node)].op;
    const auto& inputs = step.inputs;
    const auto at = static_cast<std::size_t>(output);
    const bool reads_there = op.has(kUpdate) ? at < inputs.size() && inputs[at] == old
                             : op.has(kElementwise)
                                 ? std::find(inputs.begin(), inputs.end(), old) != inputs.end()
                                 : false;
    const Slot& slot = slots_[static_cast<std::size_t>(old)];
    const Slot& fresh = slots_[static_cast<std::size_t>(step.first_output + output)];
    const bool alike =
        slot.ghost.dtype() == fresh.ghost.dtype() && slot.ghost.shape() == fresh.ghost.shape();
    if (!reads_there || !alike || slot.last_use != fresh.made_by) return false;
    // The old value may be read in this step where it is overwritten, and by no view of it.
    const auto reads = std::count(inputs.begin(), inputs.end(), old);
    const auto looks = std::count_if(inputs.begin(), inputs.end(), [&](int input) {
      return slots_[static_cast<std::size_t>(input)].root == old;
    });
    return looks == reads && (!op.has(kUpdate) || reads == 1);
  }

  void place_memory() {
    std::vector<MemoryRequest> requests;
    std::vector<int> request_of(slots_.size(), -1);
    for (Step& step : plan_.steps_) {
      std::vector<int> taken;  // inputs whose place another output has already
      for (std::size_t i = 0; i < step.memory.size(); ++i) {
        const int index = step.first_output + static_cast<int>(i);
        Slot& slot = slots_[static_cast<std::size_t>(index)];
        if (step.memory[i] != Step::kArena || slot.home == Home::kOwn) continue;
        if (slot.home == Home::kNew) {
          step.memory[i] = Step::kNew;
          continue;
        }
        MemoryRequest request{.bytes = slot.ghost.nbytes(),
                              .first_step = slot.made_by,
                              .last_step = std::max(slot.last_use, slot.made_by)};
        request.may_reuse = reusable(step, slot, request_of, taken);
        request_of[static_cast<std::size_t>(index)] = static_cast<int>(requests.size());
        requests.push_back(request);
      }
    }
    plan_.arena_ = plan_memory(requests);
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      const Slot& slot = slots_[i];
      const int request = request_of[static_cast<std::size_t>(slot.root)];
      if (slot.home != Home::kArena || request < 0) continue;
      const Slot& root = slots_[static_cast<std::size_t>(slot.root)];
      const std::int64_t inside = slot.ghost.impl()->data - root.ghost.impl()->data;
      plan_.fixed_.push_back({static_cast<int>(i), slot.ghost,
                              plan_.arena_.offsets[static_cast<std::size_t>(request)] + inside});
      if (slot.root != static_cast<int>(i)) views_made_.insert(static_cast<int>(i));
    }
  }

  /// The request of an input that dies in this step and lies exactly like the output.
  int reusable(const Step& step, const Slot& output, const std::vector<int>& request_of,
               std::vector<int>& taken) const {
    if (step.kind != StepKind::kKernel ||
        !graph_.nodes[static_cast<std::size_t>(step.node)].op->has(kElementwise)) {
      return -1;
    }
    for (const int input : step.inputs) {
      const Slot& slot = slots_[static_cast<std::size_t>(input)];
      const bool dies =
          slot.root == input && slot.home == Home::kArena && slot.last_use == output.made_by;
      const bool alike =
          slot.ghost.dtype() == output.ghost.dtype() && slot.ghost.shape() == output.ghost.shape();
      // A view of it, read in the same step, would see what is being written.
      const bool viewed = std::any_of(step.inputs.begin(), step.inputs.end(), [&](int other) {
        return other != input && slots_[static_cast<std::size_t>(other)].root == input;
      });
      if (!dies || !alike || viewed || std::count(taken.begin(), taken.end(), input) != 0) continue;
      taken.push_back(input);
      return request_of[static_cast<std::size_t>(input)];
    }
    return -1;
  }

  /// What does not lie in the arena goes back as soon as nobody reads it.
  void release_early() {
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      const Slot& slot = slots_[i];
      const Slot& root = slots_[static_cast<std::size_t>(slot.root)];
      if (root.home != Home::kOwn || root.last_use == kForever) continue;
      const int step = std::max(root.last_use, std::max(root.made_by, slot.made_by));
      plan_.steps_[static_cast<std::size_t>(step)].releases.push_back(static_cast<int>(i));
    }
  }

  Executable& plan_;
  Graph& graph_;
  std::vector<int> first_slot_;  ///< of each node
  std::vector<Slot> slots_;
  std::unordered_map<int, int> copies_;
  std::unordered_set<int> views_made_;  ///< with the frame: they lie in the arena
};

Executable::Executable(Graph graph) : graph_(std::move(graph)) { Planner(*this).run(); }

void reorder(Graph& graph, std::span<const std::size_t> order) {
  std::vector<int> place(graph.nodes.size(), -1);
  std::vector<GraphNode> nodes;
  nodes.reserve(order.size());
  for (const std::size_t from : order) {
    place[from] = static_cast<int>(nodes.size());
    nodes.push_back(std::move(graph.nodes[from]));
  }
  graph.nodes = std::move(nodes);
  for_each_use(
      graph, [&](GraphValue& value) { value.node = place[static_cast<std::size_t>(value.node)]; });
}

}  // namespace saem
