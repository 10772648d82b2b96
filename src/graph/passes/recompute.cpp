// recompute: what fused ops hand on through memory is computed again by those who want it, where
// that moves fewer bytes.
//
// The way forward keeps much for the way back that is one subtraction away from what is kept
// anyway. A batch normalisation stores (x - mean)^2 for its variance and 2 (x - mean) for its
// gradient, and reads both again; x itself is there, and to read it twice more moves a third less.
// Bytes are counted, ops too, at what they take in the cache; only ops that the device calls cheap
// come out as worth it in practice.
//
// An element has the same bits wherever the same ops compute it from the same elements.
#include <algorithm>
#include <limits>

#include "core/registry.hpp"
#include "graph/executable_frame.hpp"
#include "graph/passes.hpp"
#include "graph/passes/pointwise_program.hpp"

namespace saem {
namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();
/// Results of one node that are tried in every combination.
constexpr std::size_t kMostCandidates = 5;

class Recomputation {
 public:
  explicit Recomputation(Graph& graph)
      : graph_(graph),
        programs_(graph.nodes.size()),
        changed_(graph.nodes.size()),
        users_(graph.nodes.size()),
        escapes_(graph.nodes.size()) {
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
      const GraphNode& node = graph.nodes[i];
      for (const GraphValue& input : node.inputs) add_user(input, static_cast<int>(i));
      if (moves_much(node)) programs_[i] = PointwiseProgram::of(graph, node);
    }
    for (const GraphValue& output : graph.outputs) mark_escape(output);
    for (const GraphUpdate& update : graph.updates) mark_escape(update.value);
  }

  bool run() {
    bool changed = false;
    for (std::size_t i = 0; i < programs_.size(); ++i) {
      if (!programs_[i] || programs_[i]->reductions > 0 || escapes_[i]) continue;
      const std::vector<bool> chosen = choose(static_cast<int>(i));
      if (std::find(chosen.begin(), chosen.end(), true) == chosen.end()) continue;
      move(static_cast<int>(i), chosen);
      changed = true;
    }
    if (changed) rewrite();
    return changed;
  }

 private:
  [[nodiscard]] bool moves_much(const GraphNode& node) const {
    const auto large = [&](const TensorSpec& spec) {
      return spec.shape.size() * static_cast<std::int64_t>(spec.dtype.size()) >= kLargeBytes;
    };
    return node.kind == GraphNodeKind::kOp &&
           (std::any_of(node.outputs.begin(), node.outputs.end(), large) ||
            std::any_of(node.inputs.begin(), node.inputs.end(),
                        [&](const GraphValue& input) { return large(graph_.spec(input)); }));
  }

  void add_user(GraphValue value, int user) {
    std::vector<int>& list = users_[static_cast<std::size_t>(value.node)];
    if (std::find(list.begin(), list.end(), user) == list.end()) list.push_back(user);
  }
  void mark_escape(GraphValue value) { escapes_[static_cast<std::size_t>(value.node)] = true; }

  PointwiseProgram& program(int node) { return *programs_[static_cast<std::size_t>(node)]; }
  [[nodiscard]] const PointwiseProgram& program(int node) const {
    return *programs_[static_cast<std::size_t>(node)];
  }

  [[nodiscard]] bool reads(int node, GraphValue value) const {
    if (programs_[static_cast<std::size_t>(node)]) return program(node).reads(value);
    const GraphNode& user = graph_.nodes[static_cast<std::size_t>(node)];
    return std::find(user.inputs.begin(), user.inputs.end(), value) != user.inputs.end();
  }

  /// Whether a node could compute what `made` computes.
  [[nodiscard]] bool may_take(int node, const PointwiseProgram& made) const {
    return programs_[static_cast<std::size_t>(node)] && program(node).shape == made.shape &&
           program(node).device == made.device;
  }

  /// The results of a node that are better not stored.
  [[nodiscard]] std::vector<bool> choose(int node) const {
    const PointwiseProgram& made = program(node);
    const std::vector<int>& users = users_[static_cast<std::size_t>(node)];
    std::vector<int> candidates;
    for (int k = 0; k < static_cast<int>(made.outputs.size()); ++k) {
      const GraphValue value{node, k};
      const bool wanted =
          std::any_of(users.begin(), users.end(), [&](int user) { return reads(user, value); });
      const bool all = std::all_of(users.begin(), users.end(), [&](int user) {
        return !reads(user, value) || may_take(user, made);
      });
      if (wanted && all && bytes_of(graph_, value) >= kLargeBytes) candidates.push_back(k);
    }
    candidates.resize(std::min(candidates.size(), kMostCandidates));
    std::vector<bool> best(made.outputs.size());
    double least = cost(node, best);
    for (unsigned mask = 1; mask < 1u << candidates.size(); ++mask) {
      std::vector<bool> moved(made.outputs.size());
      for (std::size_t i = 0; i < candidates.size(); ++i) {
        moved[static_cast<std::size_t>(candidates[i])] = (mask >> i & 1u) != 0;
      }
      const double all = cost(node, moved);
      if (all < least) {
        least = all;
        best = moved;
      }
    }
    return best;
  }

  /// What users of a node's results do on their account. Reductions alike of nothing else are one
  /// user: `join_reductions` makes one op of them.
  struct Reading {
    std::vector<GraphValue> inputs = {};  ///< that would not be read otherwise
    std::vector<bool> steps = {};         ///< of the node, that they compute themselves
    const Attributes* folding = nullptr;
  };

  /// Bytes that are moved, and ops in bytes, if users compute the results `moved` for themselves.
  [[nodiscard]] double cost(int node, const std::vector<bool>& moved) const {
    const PointwiseProgram& made = program(node);
    double total = 0.0;
    for (std::size_t k = 0; k < moved.size(); ++k) {
      if (!moved[k]) total += bytes({node, static_cast<int>(k)});
    }
    const PointwiseProgram::Needs needs = made.needs_of(stored_by(node, moved));
    total += cost_of_steps(made, needs.steps);
    for (std::size_t i = 0; i < made.inputs.size(); ++i) {
      if (needs.inputs[i]) total += bytes(made.inputs[i]);
    }
    std::vector<Reading> readings;
    for (const int user : users_[static_cast<std::size_t>(node)]) {
      if (may_take(user, made) && !add_reading(node, user, moved, readings)) return kNever;
    }
    for (const Reading& reading : readings) {
      total += cost_of_steps(made, reading.steps);
      for (const GraphValue& input : reading.inputs) total += bytes(input);
    }
    return total;
  }

  [[nodiscard]] double bytes(GraphValue value) const {
    return static_cast<double>(bytes_of(graph_, value));
  }

  static double cost_of_steps(const PointwiseProgram& made, const std::vector<bool>& steps) {
    double total = 0.0;
    for (std::size_t i = 0; i < steps.size(); ++i) total += steps[i] ? made.steps[i].cost : 0.0;
    return total;
  }

  /// The steps of results among `moved` that a user reads.
  [[nodiscard]] std::vector<int> taken_by(int user, int node,
                                          const std::vector<bool>& moved) const {
    std::vector<int> taken;
    for (std::size_t k = 0; k < moved.size(); ++k) {
      if (moved[k] && program(user).reads({node, static_cast<int>(k)})) {
        taken.push_back(program(node).outputs[k]);
      }
    }
    return taken;
  }

  /// The steps of results that are stored, unless `moved`.
  [[nodiscard]] std::vector<int> stored_by(int node, const std::vector<bool>& moved) const {
    std::vector<int> stored;
    for (std::size_t k = 0; k < moved.size(); ++k) {
      if (!moved[k]) stored.push_back(program(node).outputs[k]);
    }
    return stored;
  }

  /// What a user has to compute of a node, and of it what it reads; where a step is stored it is
  /// read.
  [[nodiscard]] PointwiseProgram::Needs needs_of(int user, int node,
                                                 const std::vector<bool>& moved) const {
    return program(node).needs_of(taken_by(user, node, moved), stored_by(node, moved));
  }

  /// False if the user cannot take that much, or should not: a variable that is read later than
  /// before may not be there to be written over.
  bool add_reading(int node, int user, const std::vector<bool>& moved,
                   std::vector<Reading>& readings) const {
    const PointwiseProgram& made = program(node);
    const PointwiseProgram& reader = program(user);
    const PointwiseProgram::Needs needs = needs_of(user, node, moved);
    Reading mine{.inputs = {}, .steps = needs.steps};
    for (std::size_t i = 0; i < made.inputs.size(); ++i) {
      const GraphValue input = made.inputs[i];
      if (!needs.inputs[i] || reader.reads(input)) continue;
      if (graph_.node(input).kind == GraphNodeKind::kVariable) return false;
      mine.inputs.push_back(input);
    }
    const auto steps =
        static_cast<std::size_t>(std::count(needs.steps.begin(), needs.steps.end(), true));
    if (reader.inputs.size() + mine.inputs.size() + reader.outputs.size() > kMostTensors ||
        reader.steps.size() + steps > kMostInstructions) {
      return false;
    }
    bool nothing_else = reader.reductions == reader.steps.size();
    for (const GraphValue& input : reader.inputs) {
      nothing_else = nothing_else && input.node == node;
    }
    for (std::size_t k = 0; k < moved.size(); ++k) {
      const GraphValue value{node, static_cast<int>(k)};
      const bool needed = needs.given[static_cast<std::size_t>(made.outputs[k])];
      if (!moved[k] && (needed || reader.reads(value))) mine.inputs.push_back(value);
    }
    if (nothing_else) mine.folding = &reader.steps.back().attributes;
    const auto same = std::find_if(readings.begin(), readings.end(), [&](const Reading& other) {
      return nothing_else && other.folding != nullptr &&
             other.folding->ref() == mine.folding->ref();
    });
    if (same == readings.end()) {
      readings.push_back(std::move(mine));
      return true;
    }
    for (std::size_t i = 0; i < mine.steps.size(); ++i) {
      same->steps[i] = same->steps[i] || mine.steps[i];
    }
    for (const GraphValue& input : mine.inputs) {
      const bool known =
          std::find(same->inputs.begin(), same->inputs.end(), input) != same->inputs.end();
      if (!known) same->inputs.push_back(input);
    }
    return true;
  }

  /// Has every user compute the results `moved` for itself.
  void move(int node, const std::vector<bool>& moved) {
    const std::vector<int> users = users_[static_cast<std::size_t>(node)];
    for (const int user : users) {
      if (may_take(user, program(node)) && !taken_by(user, node, moved).empty()) {
        programs_[static_cast<std::size_t>(user)] = with_steps_of(node, user, moved);
        changed_[static_cast<std::size_t>(user)] = true;
        for (const GraphValue& input : program(user).inputs) add_user(input, user);
      }
    }
    PointwiseProgram& made = program(node);
    const PointwiseProgram::Needs needs = made.needs_of(stored_by(node, moved));
    PointwiseProgram rest{.shape = made.shape, .device = made.device};
    const std::vector<int> places = rest.append(made, needs, rest.add_inputs(made, needs), {});
    for (std::size_t k = 0; k < moved.size(); ++k) {
      rest.outputs.push_back(moved[k] ? PointwiseProgram::kGone
                                      : places[static_cast<std::size_t>(made.outputs[k])]);
    }
    made = std::move(rest);
    changed_[static_cast<std::size_t>(node)] = true;
  }

  /// The program of `user` with what it takes of `node`.
  [[nodiscard]] PointwiseProgram with_steps_of(int node, int user,
                                               const std::vector<bool>& moved) const {
    const PointwiseProgram& made = program(node);
    const PointwiseProgram& reader = program(user);
    PointwiseProgram joined{
        .reductions = reader.reductions, .shape = reader.shape, .device = reader.device};
    const PointwiseProgram::Needs needs = needs_of(user, node, moved);
    std::vector<int> stored(made.steps.size());
    for (std::size_t k = 0; k < moved.size(); ++k) {
      const auto step = static_cast<std::size_t>(made.outputs[k]);
      if (needs.given[step]) stored[step] = joined.add_input({node, static_cast<int>(k)});
    }
    const std::vector<int> places =
        joined.append(made, needs, joined.add_inputs(made, needs), stored);
    std::vector<int> given;
    for (const GraphValue& input : reader.inputs) {
      const bool is_moved = input.node == node && moved[static_cast<std::size_t>(input.output)];
      given.push_back(is_moved ? places[static_cast<std::size_t>(
                                     made.outputs[static_cast<std::size_t>(input.output)])]
                               : joined.add_input(input));
    }
    const std::vector<int> own = joined.append(reader, reader.needs_of(reader.outputs), given, {});
    for (const int output : reader.outputs) {
      joined.outputs.push_back(own[static_cast<std::size_t>(output)]);
    }
    return joined;
  }

  /// Nodes as their programs have become; those that give nothing any more go.
  void rewrite() {
    std::vector<std::size_t> kept;
    std::vector<std::vector<int>> places(graph_.nodes.size());  // of outputs that are still given
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      if (!changed_[i]) {
        kept.push_back(i);
        continue;
      }
      const PointwiseProgram& now = *programs_[i];
      GraphNode node = now.node_like(graph_.nodes[i]);
      const TensorSpecs specs = std::move(node.outputs);
      node.outputs.clear();
      for (std::size_t k = 0; k < specs.size(); ++k) {
        places[i].push_back(static_cast<int>(node.outputs.size()));
        if (now.outputs[k] != PointwiseProgram::kGone) node.outputs.push_back(specs[k]);
      }
      if (!node.outputs.empty()) kept.push_back(i);
      graph_.nodes[i] = std::move(node);
    }
    for_each_use(graph_, [&](GraphValue& value) {
      const std::vector<int>& its = places[static_cast<std::size_t>(value.node)];
      if (!its.empty()) value.output = its[static_cast<std::size_t>(value.output)];
    });
    reorder(graph_, kept);
  }

  Graph& graph_;
  std::vector<std::optional<PointwiseProgram>> programs_;
  std::vector<bool> changed_;
  std::vector<std::vector<int>> users_;  ///< some of which may have ceased to be
  std::vector<bool> escapes_;
};

}  // namespace

bool recompute(Graph& graph) {
  ensure_backends();
  return Recomputation(graph).run();
}

}  // namespace saem
