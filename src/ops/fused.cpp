// fused, fused_reduction; floor 2 of 5: meaning. Several ops as one, made by the graph compiler.
#include <array>
#include <charconv>
#include <cstdint>
#include <limits>
#include <mutex>
#include <saem/ops/fused.hpp>

#include "base/message.hpp"
#include "core/tensor_impl.hpp"

namespace saem {

FusedOps::FusedOps(int inputs, std::vector<Instruction> instructions, std::vector<int> outputs)
    : inputs_(inputs), instructions_(std::move(instructions)), outputs_(std::move(outputs)) {
  int values = inputs_;
  for (const Instruction& instruction : instructions_) {
    for (const int operand : instruction.operands) {
      if (operand < 0 || operand >= values) {
        raise<ValueError>("fused", "instruction {} ({}) uses value {}, which is not before it",
                          values - inputs_, instruction.op->name, operand);
      }
    }
    ++values;
  }
  for (const int output : outputs_) {
    if (output < inputs_ || output >= values) {
      raise<ValueError>("fused", "output {} is not what an instruction gives", output);
    }
  }
}

std::vector<TensorSpec> FusedOps::specs(std::span<const Tensor> inputs) const {
  if (static_cast<int>(inputs.size()) != inputs_) {
    raise<ValueError>("fused", "the program takes {} inputs, got {}", inputs_, inputs.size());
  }
  std::vector<TensorSpec> specs;
  // Ops infer from tensors; they read no elements, so symbolic ones do.
  std::vector<Tensor> values;
  for (const Tensor& input : inputs) {
    specs.push_back({input.dtype(), input.shape()});
    values.push_back(input);
  }
  for (const Instruction& instruction : instructions_) {
    Tensors operands;
    for (const int operand : instruction.operands) {
      operands.push_back(values[static_cast<std::size_t>(operand)]);
    }
    specs.push_back(instruction.op->infer({*instruction.op, operands, instruction.attributes})[0]);
    values.push_back(Tracer::make_symbolic(specs.back(), 0));
  }
  return specs;
}

std::string FusedOps::to_string() const {
  std::string text = std::to_string(inputs_);
  for (const Instruction& instruction : instructions_) {
    text += fmt::format("; {}(", instruction.op->name);
    for (std::size_t i = 0; i < instruction.operands.size(); ++i) {
      text += fmt::format("{}{}", i == 0 ? "" : ", ", instruction.operands[i]);
    }
    text += ')';
    const std::string attributes = instruction.attributes.ref().to_string();
    if (!attributes.empty()) text += " {" + attributes + '}';
  }
  text += "; ->";
  for (const int output : outputs_) text += ' ' + std::to_string(output);
  return text;
}

namespace {

/// Reads a program from front to back.
class ProgramReader {
 public:
  explicit ProgramReader(std::string_view text) : text_(text) {}

  FusedOps read() {
    const int inputs = number();
    std::vector<FusedOps::Instruction> instructions;
    while (true) {
      expect("; ");
      if (take("->")) break;
      instructions.push_back(instruction());
    }
    std::vector<int> outputs;
    while (take(" ")) outputs.push_back(number());
    if (!text_.empty()) fail("the end");
    return FusedOps(inputs, std::move(instructions), std::move(outputs));
  }

 private:
  [[noreturn]] void fail(const char* wanted) const {
    raise<ValueError>("fused", "expected {} before '{}'", wanted, text_.substr(0, 20));
  }
  bool take(std::string_view word) {
    if (!text_.starts_with(word)) return false;
    text_.remove_prefix(word.size());
    return true;
  }
  void expect(const char* word) {
    if (!take(word)) fail(word);
  }
  int number() {
    int value = 0;
    const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), value);
    if (error != std::errc()) fail("a number");
    text_.remove_prefix(static_cast<std::size_t>(end - text_.data()));
    return value;
  }

  FusedOps::Instruction instruction() {
    const std::string_view name = text_.substr(0, text_.find('('));
    const OpDef* op = find_op(name);
    if (op == nullptr) fail("the name of an op");
    text_.remove_prefix(name.size());
    expect("(");
    FusedOps::Instruction result{op, {}, {}};
    while (!take(")")) {
      if (!result.operands.empty()) expect(", ");
      result.operands.push_back(number());
    }
    std::string_view attributes;
    if (take(" {")) attributes = braced();
    result.attributes = Attributes::parse(op->options, attributes);
    return result;
  }

  /// Up to the brace that closes, past quoted ones.
  std::string_view braced() {
    bool quoted = false;
    int depth = 1;
    for (std::size_t i = 0; i < text_.size(); ++i) {
      const char c = text_[i];
      if (quoted && c == '\\') {
        ++i;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (!quoted && c == '{') {
        ++depth;
      } else if (!quoted && c == '}' && --depth == 0) {
        const std::string_view inside = text_.substr(0, i);
        text_.remove_prefix(i + 1);
        return inside;
      }
    }
    fail("}");
  }

  std::string_view text_;
};

}  // namespace

FusedOps FusedOps::parse(std::string_view text) { return ProgramReader(text).read(); }

namespace {

/// Guards `compiled_`. Not std::atomic<std::shared_ptr>, which cannot be moved, and which
/// ThreadSanitizer takes for a race in libstdc++ 12.
std::mutex& mutex_of(const FusedOps* ops) {
  static std::array<std::mutex, 16> mutexes;
  return mutexes[reinterpret_cast<std::uintptr_t>(ops) / 64 % mutexes.size()];
}

}  // namespace

std::shared_ptr<const void> FusedOps::compiled(DeviceType device) const {
  const std::scoped_lock lock(mutex_of(this));
  return compiled_[static_cast<std::size_t>(device)];
}

void FusedOps::set_compiled(DeviceType device, std::shared_ptr<const void> program) const {
  const std::scoped_lock lock(mutex_of(this));
  compiled_[static_cast<std::size_t>(device)].swap(program);  // the old one goes after the lock
}

std::string to_text(const FusedOpsRef& value) {
  return value.ops == nullptr ? "none" : attribute::to_text(value.ops->to_string());
}

bool from_text(std::string_view text, FusedOpsRef& value) {
  value.ops = nullptr;
  if (text == "none") return true;
  std::string program;
  if (!attribute::from_text(text, program)) return false;
  try {
    value.ops = std::make_shared<const FusedOps>(FusedOps::parse(program));
  } catch (const Error&) {
    return false;
  }
  return true;
}

namespace ops {
namespace {

const FusedOps& program_of(const OpCall& call) {
  const FusedOpsRef& ref = call.options<FusedOptions>().ops;
  if (ref.ops == nullptr) raise<ValueError>(call.op.name, "was given no program");
  return *ref.ops;
}

TensorSpecs infer_fused(const OpCall& call) {
  const FusedOps& program = program_of(call);
  const std::vector<TensorSpec> specs = program.specs(call.inputs);
  TensorSpecs outputs;
  for (const int output : program.outputs()) {
    outputs.push_back(specs[static_cast<std::size_t>(output)]);
  }
  return outputs;
}

Tensors compose_fused(const OpCall& call) {
  const FusedOps& program = program_of(call);
  std::vector<Tensor> values(call.inputs.begin(), call.inputs.end());
  for (const FusedOps::Instruction& instruction : program.instructions()) {
    Tensors operands;
    for (const int operand : instruction.operands) {
      operands.push_back(values[static_cast<std::size_t>(operand)]);
    }
    values.push_back(apply_one(*instruction.op, operands, instruction.attributes));
  }
  Tensors outputs;
  for (const int output : program.outputs()) {
    outputs.push_back(values[static_cast<std::size_t>(output)]);
  }
  return outputs;
}

}  // namespace

#define SAEM_FUSED(op, more_traits)                                                      \
  constinit OpDef op##_op {                                                              \
    .name = #op, .min_inputs = 0, .max_inputs = std::numeric_limits<int>::max(),         \
    .traits = kBackward | (more_traits), .infer = infer_fused, .compose = compose_fused, \
    .options = &kAttributesType<FusedOptions>                                            \
  }
SAEM_FUSED(fused, kElementwise);
SAEM_FUSED(fused_reduction, kReduction);
#undef SAEM_FUSED

}  // namespace ops
}  // namespace saem
