#include "cpu/fused_program.hpp"

#include <algorithm>
#include <cstring>

#include "base/message.hpp"
#include "base/parallel.hpp"
#include "core/tensor_impl.hpp"
#include "cpu/past_caches.hpp"

namespace saem::cpu {
namespace {

/// How far ahead of the work inputs are fetched where memory is all there is to wait for. Six cheap
/// ops on 64 MiB took 0.85, 0.83 and 0.89 of the time of a copy with 1, 2 and 3; 1.06 without.
constexpr std::int64_t kBlocksAhead = 2;
/// The processor's own fetching ends with each page, which a block of 1024 floats is. To fetch the
/// next block pays also where nothing is written (a reduction of four ops over 4 MiB took 208 us
/// without, 138 with) or so much is read (three tensors: 380 us, 325), and costs where one stream
/// comes and one goes (six ops and a tanh over 64 MiB: 4 to 16 %).
constexpr std::size_t kManyStreams = 3;
constexpr std::int64_t kCacheLine = 64;

void check_tensor(const Tensor& tensor, DType dtype, const Shape& shape, const char* what) {
  const TensorImpl& impl = *tensor.impl();
  if (impl.dtype == dtype && impl.shape == shape) return;
  raise<ValueError>("fused program", "an {} is described as {} {}, got {} {}", what, dtype.name(),
                    shape.to_string(), impl.dtype.name(), impl.shape.to_string());
}

}  // namespace

BlockRunner::BlockRunner(const FusedCall& call, std::int64_t most, Outputs outputs)
    : call_(call),
      program_(call.program()),
      past_caches_(outputs == Outputs::kPastCaches),
      blocks_ahead_(blocks_ahead(program_, outputs)) {
  const std::size_t memory = program_.inputs_.size() + program_.outputs_.size();
  std::fill_n(places_, memory, nullptr);
  for (std::size_t i = 0; i < program_.registers_.size(); ++i) {
    places_[memory + i] = file_ + program_.registers_[i];
  }
  for (const Action& action : program_.repeats_) {
    const std::size_t input = action.operands[0];
    const Walk& walk = program_.plan_.walks[input];
    pack(program_.plan_, walk, call_.data(input), 0,
         std::min(program_.block_ + walk.period, program_.size_), own_memory(action.target));
  }
  const std::int64_t count = std::min(program_.block_, most);
  for (const Action& action : program_.prologue_) perform(action, 0, count);
}

std::int64_t BlockRunner::blocks_ahead(const FusedProgram& program, Outputs outputs) {
  if (program.fetches_) return kBlocksAhead;
  return outputs == Outputs::kInCache || program.direct_.size() >= kManyStreams ? 1 : 0;
}

std::byte* BlockRunner::own_memory(FusedProgram::Place place) {
  return file_ + program_.registers_[place - program_.inputs_.size() - program_.outputs_.size()];
}

void BlockRunner::perform(const Action& action, std::int64_t at, std::int64_t count) {
  std::byte* target = places_[action.target];
  const std::byte* operand = places_[action.operands[0]];
  switch (action.kind) {
    case Action::Kind::kCompute: {
      const void* operands[kMaxInputs];
      for (std::size_t k = 0; k < kMaxInputs; ++k) operands[k] = places_[action.operands[k]];
      action.step.block(operands, target, count, action.step.options);
      return;
    }
    case Action::Kind::kLoad: {
      const std::size_t input = action.operands[0];
      const Walk& walk = program_.plan_.walks[input];
      const std::byte* data = call_.data(input);
      std::byte* own = own_memory(action.target);
      const std::byte* there = run_in_place(program_.plan_, walk, data, at, count);
      if (there == nullptr) pack(program_.plan_, walk, data, at, count, own);
      // Only read: nothing else is ever written to a register that inputs are loaded to.
      places_[action.target] = there == nullptr ? own : const_cast<std::byte*>(there);
      return;
    }
    case Action::Kind::kRepeat: {
      const Walk& walk = program_.plan_.walks[action.operands[0]];
      places_[action.target] =
          own_memory(action.target) + at % walk.period * static_cast<std::int64_t>(walk.width);
      return;
    }
    case Action::Kind::kRound:
      return round_to(action.dtype, reinterpret_cast<float*>(target), count);
    case Action::Kind::kWiden:
      return widen(action.dtype, operand, reinterpret_cast<float*>(target), count);
    case Action::Kind::kNarrow:
      return narrow(action.dtype, reinterpret_cast<const float*>(operand), target, count);
    case Action::Kind::kCopy:
      std::memcpy(target, operand, static_cast<std::size_t>(count) * action.dtype.size());
      return;
  }
}

void BlockRunner::perform(const MicroRun& run, std::int64_t count) {
  const MicroMachine& machine = *program_.body_[run.first].step.micro->machine;
  const std::int64_t bytes = count * machine.width;
  const std::int64_t done = machine.run(run.program.data(), places_, bytes);
  if (done == bytes) return;
  for (std::size_t i = run.first; i < run.first + run.size; ++i) {
    const Action& action = program_.body_[i];
    const void* operands[kMaxInputs] = {};
    for (std::size_t k = 0; k < action.step.micro->operands; ++k) {
      operands[k] = places_[action.operands[k]] + done;
    }
    action.step.block(operands, places_[action.target] + done, (bytes - done) / machine.width,
                      action.step.options);
  }
}

void BlockRunner::run(std::int64_t begin, std::int64_t end, std::byte* const* outputs,
                      std::int64_t first) {
  const std::size_t inputs = program_.inputs_.size();
  std::int64_t at = begin;
  while (at < end) {
    std::int64_t count = std::min(program_.block_, end - at);
    if (program_.gathers_) count = program_.plan_.block_at(at, count);
    for (const FusedProgram::Place i : program_.direct_) {
      const auto width = static_cast<std::int64_t>(program_.plan_.walks[i].width);
      places_[i] = const_cast<std::byte*>(call_.data(i)) + at * width;  // only read
      if (blocks_ahead_ == 0) continue;
      // Here and not in a function of its own: GCC takes one that only fetches for one that does
      // nothing, and leaves its calls out.
      const std::int64_t later = at + blocks_ahead_ * program_.block_;
      const std::int64_t later_end = std::min(later + count, end);
      for (std::int64_t byte = later * width; byte < later_end * width; byte += kCacheLine) {
        __builtin_prefetch(call_.data(i) + byte);
      }
    }
    for (std::size_t j = 0; j < program_.outputs_.size(); ++j) {
      const auto width = static_cast<std::int64_t>(program_.outputs_[j].size());
      places_[inputs + j] =
          past_caches_ ? file_ + program_.staged_[j] : outputs[j] + (at - first) * width;
    }
    auto micro = program_.micro_runs_.begin();
    for (std::size_t i = 0; i < program_.body_.size();) {
      if (micro != program_.micro_runs_.end() && micro->first == i) {
        perform(*micro, count);
        i += micro->size;
        ++micro;
      } else {
        perform(program_.body_[i++], at, count);
      }
    }
    if (past_caches_) {
      for (std::size_t j = 0; j < program_.outputs_.size(); ++j) {
        const auto width = static_cast<std::int64_t>(program_.outputs_[j].size());
        copy_past_caches(outputs[j] + (at - first) * width, places_[inputs + j],
                         static_cast<std::size_t>(count * width));
      }
    }
    at += count;
  }
  if (past_caches_) flush_past_caches();
}

FusedCall::FusedCall(const FusedProgram& program, std::span<const Tensor> inputs)
    : program_(program) {
  for (std::size_t i = 0; i < inputs.size(); ++i) data_[i] = inputs[i].impl()->data;
}

bool FusedProgram::lies_as_described(const Tensor& input, std::size_t i) const {
  const Dims& wanted = inputs_[i].strides;
  const TensorImpl& impl = *input.impl();
  if (impl.size <= 1) return true;
  if (wanted.empty()) return impl.contiguous;
  for (std::size_t axis = 0; axis < wanted.size(); ++axis) {
    if (impl.shape[static_cast<int>(axis)] != 1 && impl.strides[axis] != wanted[axis]) return false;
  }
  return true;
}

bool FusedProgram::accepts(std::span<const Tensor> inputs) const {
  if (inputs.size() != inputs_.size()) {
    raise<ValueError>("fused program", "takes {} inputs, got {}", inputs_.size(), inputs.size());
  }
  bool accepted = true;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    check_tensor(inputs[i], inputs_[i].dtype, inputs_[i].shape, "input");
    accepted = accepted && lies_as_described(inputs[i], i);
  }
  return accepted;
}

Tensors FusedProgram::as_described(std::span<const Tensor> inputs) const {
  Tensors packed;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const bool lies = lies_as_described(inputs[i], i);
    if (!lies && !inputs_[i].strides.empty()) {
      raise<ValueError>("fused program", "input {} does not lie in memory as described", i);
    }
    packed.push_back(lies ? inputs[i] : contiguous_copy(inputs[i]));
  }
  return packed;
}

std::int64_t FusedProgram::grain() const {
  // An op in the cache costs about a quarter of what it costs through memory.
  const auto actions = static_cast<std::int64_t>(body_.size());
  return std::max<std::int64_t>(4, kGrain / kBlock * 4 / (4 + actions)) * kBlock;
}

void FusedProgram::run(std::span<const Tensor> inputs, std::span<Tensor> outputs) const {
  if (!accepts(inputs)) return run(as_described(inputs), outputs);
  if (outputs.size() != outputs_.size()) {
    raise<ValueError>("fused program", "gives {} outputs, got {}", outputs_.size(), outputs.size());
  }
  const FusedCall call(*this, inputs);
  std::byte* memory[FusedCall::kMaxTensors];
  for (std::size_t j = 0; j < outputs.size(); ++j) {
    check_tensor(outputs[j], outputs_[j], shape_, "output");
    memory[j] = static_cast<std::byte*>(outputs[j].mutable_data());
  }
  // What is in the caches because an input is the same memory is best written there.
  const auto is_input = [&](const std::byte* output) {
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (call.data(i) == output) return true;
    }
    return false;
  };
  const bool past_caches =
      !staged_.empty() && std::none_of(memory, memory + outputs.size(), is_input);
  const auto where =
      past_caches ? BlockRunner::Outputs::kPastCaches : BlockRunner::Outputs::kInMemory;
  parallel_for(size_, grain(), [&](std::int64_t begin, std::int64_t end) {
    BlockRunner(call, end - begin, where).run(begin, end, memory, 0);
  });
}

FusedReduction::FusedReduction(FusedProgram program, std::vector<Result> results, Tensor folded,
                               std::int64_t size)
    : program_(std::move(program)),
      results_(std::move(results)),
      folded_(std::move(folded)),
      size_(size) {}

FusedReduction FusedReduction::compile(const FusedDescription& description,
                                       std::vector<Result> results) {
  FusedProgram program = FusedProgram::compile(description);
  if (description.outputs.empty() || description.outputs.size() != results.size()) {
    raise<ValueError>("fused reduction", "folds each output into one result, got {} and {}",
                      description.outputs.size(), results.size());
  }
  const auto dtype_of = [&](int output) {
    const auto value = static_cast<std::size_t>(output);
    return description.instructions[value - description.inputs.size()].dtype;
  };
  const DType dtype = dtype_of(description.outputs[0]);
  const FoldStep& first = results[0].step;
  for (std::size_t i = 0; i < results.size(); ++i) {
    const FoldStep& step = results[i].step;
    if (dtype_of(description.outputs[i]) != dtype || step.compute != first.compute ||
        *step.axes != *first.axes) {
      raise<ValueError>("fused reduction",
                        "result {} is folded in another dtype or along other axes than the first",
                        i);
    }
  }
  std::int64_t size = 1;
  for (int axis = 0; axis < description.shape.rank(); ++axis) {
    if (!first.axes->contains(axis)) size *= description.shape[axis];
  }
  return {std::move(program), std::move(results),
          Tracer::make_symbolic({dtype, description.shape}, 0), size};
}

void FusedReduction::run(std::span<const Tensor> inputs, std::span<Tensor> outputs) const {
  if (!program_.accepts(inputs)) return run(program_.as_described(inputs), outputs);
  if (outputs.size() != results_.size()) {
    raise<ValueError>("fused reduction", "gives {} results, got {}", results_.size(),
                      outputs.size());
  }
  const FusedCall call(program_, inputs);
  std::vector<FoldJob> jobs;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    Tensor& output = outputs[i];
    if (output.dtype() != results_[i].dtype || output.size() != size_ || !output.is_contiguous()) {
      raise<ValueError>("fused reduction", "gives {} elements of {}, got {} of {}", size_,
                        results_[i].dtype.name(), output.size(), output.dtype().name());
    }
    jobs.push_back(
        {.input = folded_, .output = output, .step = results_[i].step, .producer = &call});
  }
  run_folds(jobs);
}

}  // namespace saem::cpu
