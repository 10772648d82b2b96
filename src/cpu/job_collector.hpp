#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "cpu/elementwise.hpp"
#include "cpu/elementwise_plan.hpp"
#include "cpu/fold.hpp"
#include "cpu/micro_op.hpp"

namespace saem::cpu {

/// What a pointwise op does to one block. `options` points into the attributes of the call it was
/// asked for: whoever keeps a step keeps those.
struct PointwiseStep {
  BlockFunction block = nullptr;
  const void* options = nullptr;
  /// Half-precision elements reach the block as they are, instead of widened.
  bool moves_only = false;
  /// Costs less than its operands cost to read from memory.
  bool cheap = false;
  /// Which of the op's inputs the block takes first, second ...: `greater` is `less` turned round.
  std::array<std::uint8_t, kMaxInputs> order{0, 1, 2, 3};
  const MicroForm* micro = nullptr;  ///< takes its operands like the block
};

/// The step of an elementwise op on inputs of these dtypes; none if the CPU has no kernel of it
/// that runs one block function. Runs nothing: the op's kernel is given tensors without elements,
/// and its job is taken from `run_elementwise`. So kernels tell of themselves, and there is no
/// list of ops here.
std::optional<PointwiseStep> find_pointwise_step(const OpDef& op, std::span<const DType> inputs,
                                                 DType output, AttributesRef attributes);

/// The step of a reduction of a tensor of rank 1 or more, found the same way.
std::optional<FoldStep> find_fold_step(const OpDef& op, const TensorSpec& input, DType output,
                                       AttributesRef attributes);

/// Takes the jobs of empty tensors, which there is nothing to run of, from the kernels that run on
/// this thread while it lives.
class JobCollector {
 public:
  JobCollector(std::span<const Tensor> inputs, const Tensor& output);
  ~JobCollector();
  JobCollector(const JobCollector&) = delete;
  JobCollector& operator=(const JobCollector&) = delete;

  /// Called by `run_elementwise` and `run_fold` for a job of no elements.
  static void offer(const ElementwiseJob& job, const MicroForm* micro = nullptr);
  static void offer(const FoldJob& job);

  /// What was offered; none unless it was one job, and of the expected tensors themselves.
  [[nodiscard]] std::optional<PointwiseStep> pointwise() const;
  [[nodiscard]] std::optional<FoldStep> fold() const;

 private:
  void count(bool own);

  std::span<const Tensor> inputs_;
  const Tensor& output_;
  std::optional<PointwiseStep> pointwise_;
  std::optional<FoldStep> fold_;
  int jobs_ = 0;
  bool own_ = true;  ///< whether all jobs were of the expected tensors
  JobCollector* previous_;
};

}  // namespace saem::cpu
