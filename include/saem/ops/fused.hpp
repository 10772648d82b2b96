#pragma once

#include <array>
#include <memory>
#include <saem/core/op.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace saem {

/// Ops that run as one, for what `fused` and `fused_reduction` are given: a program without jumps.
/// Values are numbered: first the inputs, then what each instruction gives. The graph compiler
/// makes these; nobody calls them by hand.
class SAEM_API FusedOps {
 public:
  /// One op on values that come before it.
  struct Instruction {
    const OpDef* op;
    Attributes attributes;
    SmallVector<int, 4> operands;
  };

  /// @throws ValueError if an instruction uses a value that does not come before it, or an output
  /// is none
  FusedOps(int inputs, std::vector<Instruction> instructions, std::vector<int> outputs);

  [[nodiscard]] int inputs() const { return inputs_; }
  [[nodiscard]] const std::vector<Instruction>& instructions() const { return instructions_; }
  /// The values that are given back.
  [[nodiscard]] const std::vector<int>& outputs() const { return outputs_; }

  /// dtype and shape of every value, inputs first. @throws what the ops' own checks throw
  [[nodiscard]] std::vector<TensorSpec> specs(std::span<const Tensor> inputs) const;

  /// `2; multiply(0, 1); relu(2); -> 3`: inputs, instructions, outputs.
  [[nodiscard]] std::string to_string() const;
  /// The inverse of `to_string`. @throws ValueError for anything else
  static FusedOps parse(std::string_view text);

  /// What a device has made of the program; of any type, known to that device's kernel alone.
  [[nodiscard]] std::shared_ptr<const void> compiled(DeviceType device) const;
  void set_compiled(DeviceType device, std::shared_ptr<const void> program) const;

 private:
  int inputs_;
  std::vector<Instruction> instructions_;
  std::vector<int> outputs_;
  mutable std::array<std::shared_ptr<const void>, kDeviceTypes> compiled_;
};

/// A program, shared by whoever runs it.
struct FusedOpsRef {
  std::shared_ptr<const FusedOps> ops;
  friend bool operator==(const FusedOpsRef& a, const FusedOpsRef& b) {
    return a.ops == b.ops ||
           (a.ops != nullptr && b.ops != nullptr && a.ops->to_string() == b.ops->to_string());
  }
};
/// The text of a program in a graph, in quotes.
SAEM_API std::string to_text(const FusedOpsRef& value);
/// Reads what `to_text` wrote; false for any other text.
SAEM_API bool from_text(std::string_view text, FusedOpsRef& value);

/// What `fused` runs.
struct FusedOptions {
  static constexpr const char* kName = "FusedOptions";
  FusedOpsRef ops = {};  ///< the program
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("ops", self.ops);
  }
};

}  // namespace saem
