// fused, fused_reduction; floor 3 of 5: CPU.
#include <algorithm>
#include <saem/ops/fused.hpp>

#include "base/message.hpp"
#include "core/registry.hpp"
#include "cpu/fused_program.hpp"

namespace saem::cpu {
namespace {

/// A program compiled for inputs that lie in one way.
template <class Program>
struct Compiled {
  std::vector<FusedInput> inputs;
  Program program;

  [[nodiscard]] bool fits(std::span<const Tensor> tensors) const {
    return std::equal(tensors.begin(), tensors.end(), inputs.begin(), inputs.end(),
                      [](const Tensor& tensor, const FusedInput& input) {
                        return tensor.dtype() == input.dtype && tensor.shape() == input.shape &&
                               tensor.strides() == input.strides;
                      });
  }
};

SmallVector<DType, kMaxInputs> dtypes_of(const FusedOps::Instruction& instruction,
                                         const std::vector<TensorSpec>& specs) {
  SmallVector<DType, kMaxInputs> dtypes;
  for (const int operand : instruction.operands) {
    dtypes.push_back(specs[static_cast<std::size_t>(operand)].dtype);
  }
  return dtypes;
}

/// The first `count` instructions as a program for the CPU.
FusedDescription describe(const OpCall& call, const std::vector<TensorSpec>& specs,
                          std::size_t count, std::vector<int> outputs) {
  const FusedOps& ops = *call.options<FusedOptions>().ops.ops;
  FusedDescription description;
  description.shape = specs[static_cast<std::size_t>(outputs[0])].shape;
  for (const Tensor& input : call.inputs) {
    description.inputs.push_back({input.dtype(), input.shape(), input.strides()});
  }
  for (std::size_t i = 0; i < count; ++i) {
    const FusedOps::Instruction& instruction = ops.instructions()[i];
    const DType dtype = specs[call.inputs.size() + i].dtype;
    const auto step = find_pointwise_step(*instruction.op, dtypes_of(instruction, specs), dtype,
                                          instruction.attributes);
    if (!step) {
      raise<ValueError>(call.op.name, "{} has no kernel that runs block by block",
                        instruction.op->name);
    }
    SmallVector<int, kMaxInputs> operands;
    for (const int operand : instruction.operands) operands.push_back(operand);
    description.instructions.push_back({*step, std::move(operands), dtype});
  }
  description.outputs = std::move(outputs);
  return description;
}

template <class Program, class Compile>
std::shared_ptr<const Compiled<Program>> compiled_for(const OpCall& call, Compile&& compile) {
  const FusedOps& ops = *call.options<FusedOptions>().ops.ops;
  auto known = std::static_pointer_cast<const Compiled<Program>>(ops.compiled(DeviceType::kCPU));
  if (known != nullptr && known->fits(call.inputs)) return known;
  const std::vector<TensorSpec> specs = ops.specs(call.inputs);
  std::vector<FusedInput> inputs;
  for (const Tensor& input : call.inputs) {
    inputs.push_back({input.dtype(), input.shape(), input.strides()});
  }
  auto fresh = std::make_shared<const Compiled<Program>>(
      Compiled<Program>{std::move(inputs), compile(ops, specs)});
  ops.set_compiled(DeviceType::kCPU, fresh);
  return fresh;
}

void run_fused(const OpCall& call, std::span<Tensor> outputs) {
  const auto compiled = compiled_for<FusedProgram>(call, [&](const FusedOps& ops,
                                                             const std::vector<TensorSpec>& specs) {
    return FusedProgram::compile(describe(call, specs, ops.instructions().size(), ops.outputs()));
  });
  compiled->program.run(call.inputs, outputs);
}

void run_fused_reduction(const OpCall& call, std::span<Tensor> outputs) {
  const auto compiled = compiled_for<FusedReduction>(
      call, [&](const FusedOps& ops, const std::vector<TensorSpec>& specs) {
        const std::size_t first = ops.instructions().size() - outputs.size();
        std::vector<int> folded;
        std::vector<FusedReduction::Result> results;
        for (std::size_t i = 0; i < outputs.size(); ++i) {
          const auto place = static_cast<std::size_t>(ops.outputs()[i] - ops.inputs());
          const FusedOps::Instruction& fold = ops.instructions()[place];
          folded.push_back(fold.operands[0]);
          const auto step = find_fold_step(*fold.op, specs[static_cast<std::size_t>(folded.back())],
                                           outputs[i].dtype(), fold.attributes);
          if (!step) raise<ValueError>(call.op.name, "{} is no reduction", fold.op->name);
          results.push_back({*step, outputs[i].dtype()});
        }
        return FusedReduction::compile(describe(call, specs, first, folded), std::move(results));
      });
  compiled->program.run(call.inputs, outputs);
}

/// Whether an op can be an instruction of the programs above.
Fusing can_fuse(const OpCall& call, const TensorSpec& output) {
  if (call.op.has(kReduction)) {
    const Tensor& x = call.input(0);
    const bool can =
        call.inputs.size() == 1 && x.rank() > 0 &&
        find_fold_step(call.op, {x.dtype(), x.shape()}, output.dtype, call.attributes).has_value();
    return can ? Fusing::kCheap : Fusing::kNot;
  }
  if (call.inputs.size() > kMaxInputs) return Fusing::kNot;
  SmallVector<DType, kMaxInputs> dtypes;
  for (const Tensor& input : call.inputs) dtypes.push_back(input.dtype());
  const auto step = find_pointwise_step(call.op, dtypes, output.dtype, call.attributes);
  if (!step) return Fusing::kNot;
  return step->cheap ? Fusing::kCheap : Fusing::kCostly;
}

}  // namespace

void register_fused() {
  register_kernel("fused", DeviceType::kCPU, {&run_fused, true});
  register_kernel("fused_reduction", DeviceType::kCPU, {&run_fused_reduction, true});
  set_fusion_function(DeviceType::kCPU, &can_fuse);
}

}  // namespace saem::cpu
