// From a description to actions: which form every value has, which register, and when it is
// written.
#include <algorithm>

#include "base/message.hpp"
#include "cpu/fused_program.hpp"

namespace saem::cpu {
namespace {

/// What a block's values and the memory it walks may take of a first-level cache of 32 KiB.
constexpr std::int64_t kCacheBytes = 28 * 1024;
/// From so much on that a program of cheap ops reads and writes, its inputs are fetched ahead. On
/// two Zen 5 cores six ops on 64 MiB, written past the caches, took 0.84 of the time of a copy with
/// that and 1.06 without, on 16 MiB 1.18 and 1.56, but on 4 MiB, which caches hold, 1.70 and 1.56.
/// A tanh among them hides the memory, and fetching cost 4 to 16 %.
constexpr std::int64_t kFetchedBytes = std::int64_t{32} << 20;
/// From so much on that such a program writes, no cache keeps it for whoever reads it next. At 64
/// MiB six ops took 1.03 of the time of a copy with stores through the caches and 0.84 past them,
/// and with a sum of the result behind them as much as before; at 32 MiB those took a fifth more.
/// With a tanh and an exp the stores hide behind the work, and the copy from the stage cost 5 %.
constexpr std::int64_t kUncachedBytes = std::int64_t{48} << 20;
/// Elements of a block where memory is waited for: what hardware fetches ahead, about 20 lines, is
/// the larger part of a short block. Where all is in the caches longer ones cost fewer calls.
constexpr std::int64_t kMemoryBlock = 512;
/// Between registers, so that equal positions in them do not meet in one set of the cache.
constexpr std::int64_t kGap = 64;
/// Blocks are whole vectors of every dtype on every target, or at least of float32.
constexpr std::int64_t kVectors = 64;
constexpr std::int64_t kFewest = 16;
constexpr int kNowhere = -1;

}  // namespace

class FusedCompiler {
 public:
  explicit FusedCompiler(const FusedDescription& description)
      : described_(description), values_(description.inputs.size()) {}

  FusedProgram compile() {
    check();
    plan_inputs();
    count_uses();
    // What is the same everywhere first: its registers are never used again.
    for (std::size_t i = 0; i < described_.instructions.size(); ++i) {
      if (values_[value_of(i)].uniform) emit(i);
    }
    for (std::size_t i = 0; i < described_.instructions.size(); ++i) {
      if (!values_[value_of(i)].uniform) emit(i);
    }
    for (const std::size_t output : deferred_) store(output);
    program_.find_micro_runs();
    lay_out();
    return std::move(program_);
  }

 private:
  using Action = FusedProgram::Action;
  using Kind = Action::Kind;
  using Place = FusedProgram::Place;

  struct Value {
    DType dtype;
    bool uniform = false;   ///< one element for all positions
    int raw = kNowhere;     ///< the place of the elements as their dtype has them
    int wide = kNowhere;    ///< the place of half-precision ones as float32
    int uses = 0;           ///< that are still to come
    int wide_uses = 0;      ///< of them, those that calculate
    int output = kNowhere;  ///< which output it is
  };
  struct Register {
    std::size_t width;
    bool lasts;
    bool free = false;
    std::int64_t beyond = 0;  ///< elements more than a block has
  };

  [[nodiscard]] std::size_t first_register() const {
    return described_.inputs.size() + described_.outputs.size();
  }
  [[nodiscard]] std::size_t value_of(std::size_t instruction) const {
    return described_.inputs.size() + instruction;
  }

  void check() const {
    const std::size_t inputs = described_.inputs.size();
    const std::size_t values = inputs + described_.instructions.size();
    if (inputs + described_.outputs.size() > FusedCall::kMaxTensors) {
      raise<ValueError>("fused program", "takes {} inputs and outputs together, got {}",
                        FusedCall::kMaxTensors, inputs + described_.outputs.size());
    }
    for (const FusedInput& input : described_.inputs) {
      if (broadcast_shapes(input.shape, described_.shape, "fused program") != described_.shape) {
        raise<ValueError>("fused program", "an input of shape {} does not broadcast to {}",
                          input.shape.to_string(), described_.shape.to_string());
      }
      if (!input.strides.empty() &&
          input.strides.size() != static_cast<std::size_t>(input.shape.rank())) {
        raise<ValueError>("fused program", "an input of shape {} was given {} strides",
                          input.shape.to_string(), input.strides.size());
      }
    }
    for (std::size_t i = 0; i < described_.instructions.size(); ++i) {
      const FusedInstruction& instruction = described_.instructions[i];
      if (instruction.step.block == nullptr || instruction.operands.size() > kMaxInputs) {
        raise<ValueError>("fused program",
                          "instruction {} has no block function or more than {} operands", i,
                          kMaxInputs);
      }
      for (const int operand : instruction.operands) {
        if (operand < 0 || static_cast<std::size_t>(operand) >= inputs + i) {
          raise<ValueError>("fused program",
                            "instruction {} uses value {}, which is not computed before it", i,
                            operand);
        }
      }
    }
    std::vector<bool> written(values);
    for (const int output : described_.outputs) {
      const auto value = static_cast<std::size_t>(output);
      if (output < 0 || value < inputs || value >= values || written[value]) {
        raise<ValueError>("fused program",
                          "value {} is no output: one is the result of an instruction, once",
                          output);
      }
      written[value] = true;
    }
  }

  void plan_inputs() {
    program_.shape_ = described_.shape;
    program_.size_ = described_.shape.size();
    program_.inputs_ = described_.inputs;
    // Half precision is widened where a value is first needed so, not by the plan.
    SmallVector<WalkedInput, 8> walked;
    std::vector<Dims> strides;
    for (const FusedInput& input : described_.inputs) {
      strides.push_back(input.strides.empty() ? row_major_strides(input.shape) : input.strides);
    }
    for (std::size_t i = 0; i < strides.size(); ++i) {
      walked.push_back({described_.inputs[i].dtype, described_.inputs[i].shape, strides[i]});
    }
    program_.plan_ = plan_elementwise(described_.shape, walked);
    for (std::size_t i = 0; i < strides.size(); ++i) {
      Value& value = values_[i];
      const Walk& walk = program_.plan_.walks[i];
      value.dtype = described_.inputs[i].dtype;
      value.uniform = walk.constant;
      if (walk.linear) value.raw = static_cast<int>(i);
      if (!walk.linear && !walk.constant) program_.gathers_ = true;
    }
  }

  void count_uses() {
    for (const FusedInstruction& instruction : described_.instructions) {
      Value value;
      value.dtype = instruction.dtype;
      value.uniform = true;
      for (const int operand : instruction.operands) {
        Value& used = values_[static_cast<std::size_t>(operand)];
        ++used.uses;
        if (!instruction.step.moves_only) ++used.wide_uses;
        value.uniform = value.uniform && used.uniform;
      }
      values_.push_back(value);
    }
    for (std::size_t j = 0; j < described_.outputs.size(); ++j) {
      Value& value = values_[static_cast<std::size_t>(described_.outputs[j])];
      value.output = static_cast<int>(j);
      value.uniform = false;
      program_.outputs_.push_back(value.dtype);
    }
    // An output of a program of scalars alone is no scalar to what comes after it either.
    for (std::size_t i = 0; i < described_.instructions.size(); ++i) {
      for (const int operand : described_.instructions[i].operands) {
        if (!values_[static_cast<std::size_t>(operand)].uniform)
          values_[value_of(i)].uniform = false;
      }
      if (!values_[value_of(i)].uniform) {
        for (const int operand : described_.instructions[i].operands) {
          const Value& used = values_[static_cast<std::size_t>(operand)];
          if (used.raw != kNowhere) last_read_ = i;  // of an input where it lies
        }
      }
    }
  }

  /// The place of an output's memory.
  [[nodiscard]] Place memory_of(int output) const {
    return static_cast<Place>(described_.inputs.size() + static_cast<std::size_t>(output));
  }

  /// A register of this width; one that is free unless it has to last.
  Place allocate(std::size_t width, bool lasts) {
    std::size_t found = registers_.size();
    for (std::size_t r = 0; !lasts && r < registers_.size(); ++r) {
      if (registers_[r].free && registers_[r].width == width) found = r;
    }
    if (found == registers_.size()) registers_.push_back({width, lasts});
    registers_[found].free = false;
    return static_cast<Place>(first_register() + found);
  }

  void free_place(int place) {
    if (place < static_cast<int>(first_register())) return;  // memory, or nowhere
    Register& freed = registers_[static_cast<std::size_t>(place) - first_register()];
    freed.free = !freed.lasts;
  }

  void release(Value& value) {
    if (value.uniform || value.uses > 0) return;
    free_place(value.raw);
    free_place(value.wide);
  }

  std::vector<Action>& actions_of(const Value& value) {
    return value.uniform ? program_.prologue_ : program_.body_;
  }

  Place convert(Kind kind, const Value& value, Place from, std::size_t width) {
    Action action{kind, value.dtype};
    action.operands[0] = from;
    // Where an input is read in place its register is another one for the time being, which must
    // not come to be written.
    action.target = allocate(width, value.uniform || kind == Kind::kLoad || kind == Kind::kRepeat);
    actions_of(value).push_back(action);
    return action.target;
  }

  /// An input that does not lie as the output does.
  Place load(const Value& value, std::size_t index) {
    const std::int64_t period = program_.plan_.walks[index].period;
    const bool repeats = period > 0 && period <= FusedProgram::kLongestPeriod;
    const Kind kind = repeats ? Kind::kRepeat : Kind::kLoad;
    const Place place = convert(kind, value, static_cast<Place>(index), value.dtype.size());
    if (repeats) {
      registers_[place - first_register()].beyond = period;
      program_.repeats_.push_back(program_.body_.back());
    }
    return place;
  }

  /// The place of a value in the form that an op wants, which is made if it is not there yet.
  Place place_of(std::size_t index, bool moves_only) {
    Value& value = values_[index];
    const bool narrow = compute_dtype(value.dtype) != value.dtype;
    const bool wants_wide = narrow && !moves_only;
    if (wants_wide && value.wide != kNowhere) return static_cast<Place>(value.wide);
    if (value.raw == kNowhere && value.wide == kNowhere) {  // an input that has to be gathered
      value.raw = load(value, index);
    }
    if (value.raw == kNowhere) {
      value.raw = convert(Kind::kNarrow, value, static_cast<Place>(value.wide), value.dtype.size());
    }
    if (!wants_wide) return static_cast<Place>(value.raw);
    value.wide = convert(Kind::kWiden, value, static_cast<Place>(value.raw), sizeof(float));
    return static_cast<Place>(value.wide);
  }

  void emit(std::size_t i) {
    const FusedInstruction& instruction = described_.instructions[i];
    Value& value = values_[value_of(i)];
    Action action{Kind::kCompute, value.dtype};
    action.step = instruction.step;
    for (std::size_t k = 0; k < instruction.operands.size(); ++k) {
      action.operands[k] =
          place_of(static_cast<std::size_t>(instruction.operands[instruction.step.order[k]]),
                   instruction.step.moves_only);
    }
    for (const int operand : instruction.operands) {
      Value& used = values_[static_cast<std::size_t>(operand)];
      --used.uses;
      if (!instruction.step.moves_only) --used.wide_uses;
      release(used);  // twice for x * x: the second changes nothing
    }
    // Written at once only if no input is read later: it may be the output's own memory.
    const bool writes = value.output != kNowhere && i >= last_read_;
    if (value.output != kNowhere && !writes) {
      ++value.uses;
      deferred_.push_back(value_of(i));
    }
    if (instruction.step.moves_only || compute_dtype(value.dtype) == value.dtype) {
      value.raw = writes ? memory_of(value.output) : allocate(value.dtype.size(), value.uniform);
      action.target = static_cast<Place>(value.raw);
      actions_of(value).push_back(action);
    } else {
      value.wide = allocate(sizeof(float), value.uniform);
      action.target = static_cast<Place>(value.wide);
      actions_of(value).push_back(action);
      if (value.wide_uses > 0) {  // as if it had been written and read
        Action round{Kind::kRound, value.dtype};
        round.target = action.target;
        actions_of(value).push_back(round);
      }
      if (writes) write(Kind::kNarrow, value, value.wide);
    }
    release(value);
  }

  void write(Kind kind, Value& value, int from) {
    Action action{kind, value.dtype};
    action.operands[0] = static_cast<Place>(from);
    action.target = memory_of(value.output);
    value.raw = action.target;
    program_.body_.push_back(action);
  }

  void store(std::size_t index) {
    Value& value = values_[index];
    if (value.raw != kNowhere) {
      write(Kind::kCopy, value, value.raw);
    } else {
      write(Kind::kNarrow, value, value.wide);
    }
  }

  /// Whether all that happens in a block is one micro program: then memory is what there is to wait
  /// for.
  [[nodiscard]] bool all_micro() const {
    if (program_.micro_runs_.size() != 1) return false;
    const FusedProgram::MicroRun& run = program_.micro_runs_[0];
    return run.first + run.size == program_.body_.size() &&
           std::all_of(program_.body_.begin(),
                       program_.body_.begin() + static_cast<std::ptrdiff_t>(run.first),
                       [](const Action& action) { return action.kind == Kind::kLoad; });
  }

  /// Chooses the block's length and lays the registers out.
  void lay_out() {
    std::int64_t widths = 0;
    for (const Register& each : registers_) widths += static_cast<std::int64_t>(each.width);
    std::int64_t streamed = 0;
    for (const Walk& walk : program_.plan_.walks) {
      if (!walk.constant) streamed += static_cast<std::int64_t>(walk.width);
    }
    std::int64_t output_widths = 0;
    for (const DType dtype : program_.outputs_) {
      output_widths += static_cast<std::int64_t>(dtype.size());
    }
    streamed += output_widths;
    program_.fetches_ = all_micro() && program_.size_ * streamed >= kFetchedBytes;
    const bool staged = program_.fetches_ && program_.size_ * output_widths >= kUncachedBytes;
    if (staged) widths += output_widths;
    const std::int64_t fitting = kCacheBytes / std::max<std::int64_t>(1, widths + streamed);
    const std::int64_t unit = fitting < kVectors ? kFewest : kVectors;
    const std::int64_t most = program_.fetches_ ? kMemoryBlock : kBlock;
    program_.block_ = std::clamp(fitting / unit * unit, kFewest, most);
    const auto take = [&](std::size_t width, std::int64_t beyond) {
      const std::int64_t offset = program_.file_bytes_;
      const std::int64_t bytes = (program_.block_ + beyond) * static_cast<std::int64_t>(width);
      program_.file_bytes_ += (bytes + kGap - 1) / kGap * kGap + kGap;  // whole cache lines
      return offset;
    };
    if (staged) {
      for (const DType dtype : program_.outputs_) {
        program_.staged_.push_back(take(dtype.size(), 0));
      }
    }
    std::vector<std::int64_t> offsets;
    for (const Register& each : registers_) offsets.push_back(take(each.width, each.beyond));
    if (program_.file_bytes_ > BlockRunner::kFileBytes ||
        first_register() + registers_.size() > BlockRunner::kMaxPlaces) {
      raise<ValueError>("fused program",
                        "{} values at one time are too many; make two programs of it",
                        registers_.size());
    }
    program_.registers_ = offsets;
    for (std::size_t i = 0; i < described_.inputs.size(); ++i) {
      if (program_.plan_.walks[i].linear) program_.direct_.push_back(static_cast<Place>(i));
    }
  }

  const FusedDescription& described_;
  FusedProgram program_;
  std::vector<Value> values_;
  std::vector<Register> registers_;
  std::vector<std::size_t> deferred_;  ///< outputs that are written at the end of a block
  std::size_t last_read_ = 0;          ///< the last instruction that reads an input's memory
};

FusedProgram FusedProgram::compile(const FusedDescription& description) {
  return FusedCompiler(description).compile();
}

}  // namespace saem::cpu
