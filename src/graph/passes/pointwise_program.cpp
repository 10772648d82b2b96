#include "graph/passes/pointwise_program.hpp"

#include <algorithm>

#include "core/registry.hpp"
#include "core/tensor_impl.hpp"

namespace saem {
namespace {

std::int64_t bytes_of(const TensorSpec& spec) {
  return static_cast<std::int64_t>(spec.dtype.size()) * spec.shape.size();
}

/// A node's computation as a fused op would have it; none for what no fused op has.
std::shared_ptr<const FusedOps> instructions_of(const GraphNode& node) {
  if (node.kind != GraphNodeKind::kOp || node.inputs.empty()) return nullptr;
  if (node.op->options == &kAttributesType<FusedOptions>) {
    return node.attributes.ref().as<FusedOptions>().ops.ops;
  }
  const bool pointwise = node.op->has(kElementwise) && !node.op->has(kStateful);
  const bool folds = node.op->has(kReduction) && !node.op->has(kBackward);
  if ((!pointwise && !folds) || node.outputs.size() != 1) return nullptr;
  FusedOps::Instruction instruction{node.op, node.attributes, {}};
  const auto count = static_cast<int>(node.inputs.size());
  for (int i = 0; i < count; ++i) instruction.operands.push_back(i);
  return std::make_shared<const FusedOps>(
      count, std::vector<FusedOps::Instruction>{std::move(instruction)}, std::vector<int>{count});
}

/// In the cache a cheap op takes about a quarter of the time in which memory brings its result;
/// one such as exp about as long as four.
double cost_of(Fusing fusing, const TensorSpec& result) {
  return static_cast<double>(bytes_of(result)) * (fusing == Fusing::kCheap ? 0.25 : 4.0);
}

}  // namespace

std::int64_t bytes_of(const Graph& graph, GraphValue value) { return bytes_of(graph.spec(value)); }

std::optional<PointwiseProgram> PointwiseProgram::of(const Graph& graph, const GraphNode& node) {
  const std::shared_ptr<const FusedOps> ops = instructions_of(node);
  if (ops == nullptr) return std::nullopt;
  PointwiseProgram program;
  program.device = node.device;
  Tensors values;
  for (const GraphValue& input : node.inputs) {
    program.inputs.push_back(input);
    values.push_back(Tracer::make_symbolic(graph.spec(input), 0));
  }
  const std::vector<TensorSpec> specs = ops->specs(values);
  const auto inputs = static_cast<int>(values.size());
  for (const FusedOps::Instruction& instruction : ops->instructions()) {
    Step step{instruction.op, instruction.attributes, {}, 0.0};
    Tensors operands;
    for (const int operand : instruction.operands) {
      step.operands.push_back(operand < inputs ? ~operand : operand - inputs);
      operands.push_back(values[static_cast<std::size_t>(operand)]);
    }
    const TensorSpec& result = specs[values.size()];
    const Fusing fusing = can_fuse(node.device.type, {*step.op, operands, step.attributes}, result);
    if (fusing == Fusing::kNot) return std::nullopt;
    if (step.op->has(kReduction)) {
      program.shape = operands[0].shape();
      ++program.reductions;
    } else {
      step.cost = cost_of(fusing, result);
    }
    program.steps.push_back(std::move(step));
    values.push_back(Tracer::make_symbolic(result, 0));
  }
  for (const int output : ops->outputs()) program.outputs.push_back(output - inputs);
  if (program.reductions == 0) program.shape = node.outputs[0].shape;
  return program;
}

bool PointwiseProgram::reads(GraphValue value) const {
  return std::find(inputs.begin(), inputs.end(), value) != inputs.end();
}

PointwiseProgram::Needs PointwiseProgram::needs_of(const std::vector<int>& wanted,
                                                   const std::vector<int>& given) const {
  Needs needs{std::vector<bool>(steps.size()), std::vector<bool>(inputs.size()),
              std::vector<bool>(steps.size())};
  for (const int step : wanted) needs.steps[static_cast<std::size_t>(step)] = true;
  for (std::size_t i = steps.size(); i-- > 0;) {
    if (!needs.steps[i]) continue;
    if (std::find(given.begin(), given.end(), static_cast<int>(i)) != given.end()) {
      needs.steps[i] = false;
      needs.given[i] = true;
      continue;
    }
    for (const int operand : steps[i].operands) {
      if (operand < 0) {
        needs.inputs[static_cast<std::size_t>(~operand)] = true;
      } else {
        needs.steps[static_cast<std::size_t>(operand)] = true;
      }
    }
  }
  return needs;
}

int PointwiseProgram::add_input(GraphValue value) {
  const auto found = std::find(inputs.begin(), inputs.end(), value);
  const auto place = static_cast<int>(found - inputs.begin());
  if (found == inputs.end()) inputs.push_back(value);
  return ~place;
}

std::vector<int> PointwiseProgram::add_inputs(const PointwiseProgram& other, const Needs& needs) {
  std::vector<int> places;
  for (std::size_t i = 0; i < other.inputs.size(); ++i) {
    places.push_back(needs.inputs[i] ? add_input(other.inputs[i]) : 0);
  }
  return places;
}

int PointwiseProgram::add_step(Step step) {
  const auto same = std::find_if(steps.begin(), steps.end(), [&](const Step& known) {
    return known.op == step.op && known.operands == step.operands &&
           known.attributes.ref() == step.attributes.ref();
  });
  const auto place = static_cast<int>(same - steps.begin());
  if (same == steps.end()) steps.push_back(std::move(step));
  return place;
}

std::vector<int> PointwiseProgram::append(const PointwiseProgram& other, const Needs& needs,
                                          const std::vector<int>& its_inputs,
                                          const std::vector<int>& given) {
  std::vector<int> places(other.steps.size(), kGone);
  for (std::size_t i = 0; i < other.steps.size(); ++i) {
    if (needs.given[i]) places[i] = given[i];
    if (!needs.steps[i]) continue;
    Step step = other.steps[i];
    for (int& operand : step.operands) {
      operand = operand < 0 ? its_inputs[static_cast<std::size_t>(~operand)]
                            : places[static_cast<std::size_t>(operand)];
    }
    places[i] = add_step(std::move(step));
  }
  return places;
}

GraphNode PointwiseProgram::node_like(const GraphNode& node) const {
  GraphNode made = node;
  made.inputs = SmallVector<GraphValue, 2>(inputs.begin(), inputs.end());
  if (steps.size() == 1) {
    made.op = steps[0].op;
    made.attributes = steps[0].attributes;
    made.inputs.clear();
    for (const int operand : steps[0].operands) {
      made.inputs.push_back(inputs[static_cast<std::size_t>(~operand)]);
    }
    return made;
  }
  const auto count = static_cast<int>(inputs.size());
  std::vector<FusedOps::Instruction> instructions;
  for (const Step& step : steps) {
    FusedOps::Instruction instruction{step.op, step.attributes, {}};
    for (const int operand : step.operands) {
      instruction.operands.push_back(operand < 0 ? ~operand : operand + count);
    }
    instructions.push_back(std::move(instruction));
  }
  std::vector<int> values;
  for (const int output : outputs) {
    if (output != kGone) values.push_back(output + count);
  }
  static const OpDef& pointwise = *find_op("fused");
  static const OpDef& reduction = *find_op("fused_reduction");
  made.op = reductions > 0 ? &reduction : &pointwise;
  FusedOptions options;
  options.ops.ops =
      std::make_shared<const FusedOps>(count, std::move(instructions), std::move(values));
  made.attributes = Attributes(options);
  return made;
}

}  // namespace saem
