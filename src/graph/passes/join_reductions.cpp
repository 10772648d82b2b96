// join_reductions: reductions along the same axes that read the same large tensor become one op,
// which reads it once: the gradients of a batch normalisation's scale and shift, for instance. Each
// is folded as before, block by block in the same order: the same bits.
#include <algorithm>

#include "core/registry.hpp"
#include "graph/executable_frame.hpp"
#include "graph/passes.hpp"
#include "graph/passes/pointwise_program.hpp"

namespace saem {
namespace {

class Joining {
 public:
  explicit Joining(Graph& graph) : graph_(graph), place_(graph.nodes.size()) {
    for (std::size_t i = 0; i < place_.size(); ++i) place_[i] = {static_cast<int>(i), 0};
  }

  bool run() {
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      std::optional<PointwiseProgram> program = reduction(i);
      if (!program) continue;
      if (!join_earlier(i, *program)) programs_.push_back({i, std::move(*program)});
    }
    if (joined_ == 0) return false;
    rewrite();
    return true;
  }

 private:
  struct Reduction {
    std::size_t node;
    PointwiseProgram program;
    TensorSpecs more = {};  ///< of results that other nodes gave
  };

  /// A reduction of a large floating tensor that is computed for it: what it folds without an
  /// accumulator of another dtype.
  [[nodiscard]] std::optional<PointwiseProgram> reduction(std::size_t i) const {
    const GraphNode& node = graph_.nodes[i];
    if (node.kind != GraphNodeKind::kOp || !node.op->has(kReduction) || node.outputs.size() != 1 ||
        !node.outputs[0].dtype.is_floating()) {
      return std::nullopt;
    }
    const bool large = std::any_of(
        node.inputs.begin(), node.inputs.end(),
        [&](const GraphValue& input) { return bytes_of(graph_, input) >= kLargeBytes; });
    if (!large) return std::nullopt;
    auto program = PointwiseProgram::of(graph_, node);
    if (program && (program->steps.size() < 2 || program->reductions != 1)) program.reset();
    return program;
  }

  [[nodiscard]] bool shares_large_input(const PointwiseProgram& a,
                                        const PointwiseProgram& b) const {
    return std::any_of(a.inputs.begin(), a.inputs.end(), [&](const GraphValue& input) {
      return b.reads(input) && bytes_of(graph_, input) >= kLargeBytes;
    });
  }

  /// Puts a reduction into one that stands before it, if everything it reads is there by then.
  bool join_earlier(std::size_t i, const PointwiseProgram& program) {
    const auto fits = [&](const Reduction& other) {
      const PointwiseProgram::Step& last = program.steps.back();
      const PointwiseProgram::Step& known = other.program.steps.back();
      const bool alike =
          other.program.shape == program.shape && other.program.device == program.device &&
          known.attributes.ref() == last.attributes.ref() &&
          graph_.nodes[other.node].outputs[0].dtype == graph_.nodes[i].outputs[0].dtype;
      const bool small =
          other.program.inputs.size() + program.inputs.size() + other.program.reductions <
              kMostTensors &&
          other.program.steps.size() + program.steps.size() <= kMostInstructions;
      const bool there =
          std::all_of(program.inputs.begin(), program.inputs.end(), [&](const GraphValue& input) {
            return place_[static_cast<std::size_t>(input.node)].node < static_cast<int>(other.node);
          });
      return alike && small && there && shares_large_input(other.program, program) &&
             !folds_the_same(other.program, program);
    };
    const auto found = std::find_if(programs_.begin(), programs_.end(), fits);
    if (found == programs_.end()) return false;
    place_[i] = {static_cast<int>(found->node), static_cast<int>(found->program.reductions)};
    found->program = joined(found->program, program);
    found->more.push_back(graph_.nodes[i].outputs[0]);
    ++joined_;
    return true;
  }

  static PointwiseProgram joined(const PointwiseProgram& a, const PointwiseProgram& b) {
    PointwiseProgram both{.inputs = a.inputs,
                          .reductions = a.reductions + b.reductions,
                          .shape = a.shape,
                          .device = a.device};
    std::vector<PointwiseProgram::Step> folds;
    for (const PointwiseProgram* part : {&a, &b}) {
      std::vector<int> given;
      for (const GraphValue& input : part->inputs) given.push_back(both.add_input(input));
      const std::size_t pointwise = part->steps.size() - part->reductions;
      std::vector<int> folded;
      for (std::size_t i = pointwise; i < part->steps.size(); ++i) {
        folded.push_back(part->steps[i].operands[0]);
      }
      const std::vector<int> places = both.append(*part, part->needs_of(folded), given, {});
      for (std::size_t i = pointwise; i < part->steps.size(); ++i) {
        folds.push_back(part->steps[i]);
        int& operand = folds.back().operands[0];
        operand = places[static_cast<std::size_t>(operand)];
      }
    }
    for (PointwiseProgram::Step& fold : folds) {
      both.outputs.push_back(static_cast<int>(both.steps.size()));
      both.steps.push_back(std::move(fold));
    }
    return both;
  }

  /// A program folds each of its values once.
  static bool folds_the_same(const PointwiseProgram& a, const PointwiseProgram& b) {
    const PointwiseProgram both = joined(a, b);
    std::vector<int> folded;
    for (const int output : both.outputs) {
      folded.push_back(both.steps[static_cast<std::size_t>(output)].operands[0]);
    }
    std::sort(folded.begin(), folded.end());
    return std::adjacent_find(folded.begin(), folded.end()) != folded.end();
  }

  void rewrite() {
    for (const Reduction& reduction : programs_) {
      if (reduction.more.empty()) continue;
      GraphNode& node = graph_.nodes[reduction.node];
      node = reduction.program.node_like(node);
      for (const TensorSpec& spec : reduction.more) node.outputs.push_back(spec);
    }
    std::vector<std::size_t> kept;
    for (std::size_t i = 0; i < place_.size(); ++i) {
      if (place_[i].node == static_cast<int>(i)) kept.push_back(i);
    }
    for_each_use(graph_, [&](GraphValue& value) {
      const GraphValue place = place_[static_cast<std::size_t>(value.node)];
      if (place.node != value.node) value = place;
    });
    reorder(graph_, kept);
  }

  Graph& graph_;
  std::vector<GraphValue> place_;  ///< of each node's first output
  std::vector<Reduction> programs_;
  int joined_ = 0;
};

}  // namespace

bool join_reductions(Graph& graph) {
  ensure_backends();
  return Joining(graph).run();
}

}  // namespace saem
