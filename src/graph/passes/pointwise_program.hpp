#pragma once

#include <cstdint>
#include <optional>
#include <saem/graph/graph.hpp>
#include <saem/ops/fused.hpp>
#include <vector>

namespace saem {

/// What one fused op takes: tensors (64 in and out on the CPU, and each is a stream that the
/// processor has to follow) and instructions (registers of a block have to stay in the cache).
inline constexpr std::size_t kMostTensors = 48;
inline constexpr std::size_t kMostInstructions = 96;

/// What lies in the second-level cache anyway is not worth a pass's while.
inline constexpr std::int64_t kLargeBytes = 256 * 1024;

/// Bytes of a value of the graph.
std::int64_t bytes_of(const Graph& graph, GraphValue value);

/// What a node computes for each element, perhaps with reductions at the end, as instructions that
/// can be moved between nodes: what a fused op runs, or an op that could be an instruction of one.
struct PointwiseProgram {
  struct Step {
    const OpDef* op;
    Attributes attributes;
    SmallVector<int, 4> operands;  ///< steps, or (~i) input i
    double cost;                   ///< in bytes that memory moves meanwhile
  };
  /// Where an output of the node is no longer given.
  static constexpr int kGone = -1;

  std::vector<GraphValue> inputs = {};
  std::vector<Step> steps = {};
  std::vector<int> outputs = {};  ///< the step of each of the node's outputs
  std::size_t reductions = 0;     ///< steps at the end that fold
  Shape shape = {};               ///< of what is computed before those
  Device device = {};

  /// What some steps need: steps, they among them, and inputs; `given` steps need nothing.
  struct Needs {
    std::vector<bool> steps;
    std::vector<bool> inputs;
    std::vector<bool> given;  ///< steps that are not computed for it, since they are there
  };

  /// None where the device does not run the node so.
  static std::optional<PointwiseProgram> of(const Graph& graph, const GraphNode& node);

  [[nodiscard]] bool reads(GraphValue value) const;
  [[nodiscard]] Needs needs_of(const std::vector<int>& wanted,
                               const std::vector<int>& given = {}) const;

  /// The operand that is this input.
  int add_input(GraphValue value);
  /// The operands that are the inputs of `other` that are needed.
  std::vector<int> add_inputs(const PointwiseProgram& other, const Needs& needs);
  /// The operand that is this step: one that is there already, if it is alike.
  int add_step(Step step);
  /// Adds the steps of `other` that are needed, and gives the operands that they are here;
  /// `its_inputs` are what its inputs are, `given` what those of its steps are that are there.
  std::vector<int> append(const PointwiseProgram& other, const Needs& needs,
                          const std::vector<int>& its_inputs, const std::vector<int>& given);

  /// `node` as it is when it runs this program.
  [[nodiscard]] GraphNode node_like(const GraphNode& node) const;
};

}  // namespace saem
