// Which actions of a fused program run together as micro programs.
#include <algorithm>

#include "cpu/fused_program.hpp"

namespace saem::cpu {
namespace {

/// Fewer are no faster than blocks. Two between a tanh and an exp took 180 ns more for a block of
/// 1024 than block by block; why is not known (perhaps the jumps are badly predicted there).
constexpr std::size_t kFewest = 4;
/// Where ops call each other instead of jumping, each takes its part of the stack.
constexpr std::size_t kMost = 64;
constexpr std::size_t kNone = MicroForm::kMaxOperands;

}  // namespace

class MicroCompiler {
 public:
  using Action = FusedProgram::Action;
  using Kind = Action::Kind;
  using Place = FusedProgram::Place;

  MicroCompiler(const std::vector<Action>& body, std::size_t first, std::size_t outputs_end)
      : body_(body), first_(first), outputs_end_(outputs_end) {
    while (first_ + size_ < body.size() && size_ < kMost && fits(body[first_ + size_])) ++size_;
  }

  [[nodiscard]] std::size_t size() const { return size_; }

  std::vector<MicroOp> compile() {
    choose_accumulated();
    std::vector<MicroOp> program;
    for (std::size_t i = first_; i < first_ + size_; ++i) {
      const Action& action = body_[i];
      const MicroForm& form = *action.step.micro;
      std::size_t accumulated = accumulated_[i - first_];
      if (accumulated == kNone) {
        accumulated = 0;
        program.push_back({machine().load, nullptr, {action.operands[0]}});
      }
      MicroOp op{form.with[accumulated], action.step.options};
      std::size_t place = 0;
      for (std::size_t k = 0; k < form.operands; ++k) {
        if (k != accumulated) op.places[place++] = action.operands[k];
      }
      program.push_back(op);
      const bool last = i + 1 == first_ + size_;
      if (last) {
        program.push_back({machine().finish, nullptr, {action.target}});
      } else if (action.target < outputs_end_ || is_read(i)) {
        program.push_back({machine().store, nullptr, {action.target}});
      }
    }
    return program;
  }

 private:
  [[nodiscard]] const MicroMachine& machine() const { return *body_[first_].step.micro->machine; }

  [[nodiscard]] bool fits(const Action& action) const {
    return action.kind == Kind::kCompute && action.step.micro != nullptr &&
           action.step.micro->machine == &machine();
  }

  /// For each op the operand that the op before it leaves in the accumulator.
  void choose_accumulated() {
    accumulated_.assign(size_, kNone);
    for (std::size_t i = 1; i < size_; ++i) {
      const Action& action = body_[first_ + i];
      const auto operands = std::span(action.operands).first(action.step.micro->operands);
      const auto found = std::find(operands.begin(), operands.end(), body_[first_ + i - 1].target);
      if (found != operands.end()) {
        accumulated_[i] = static_cast<std::size_t>(found - operands.begin());
      }
    }
  }

  /// Whether action `i` reads a place, apart from the accumulator.
  [[nodiscard]] bool reads(std::size_t i, Place place) const {
    const Action& action = body_[i];
    const bool micro = i < first_ + size_;
    if (action.kind == Kind::kRound && action.target == place) return true;
    const std::size_t count = micro                           ? action.step.micro->operands
                              : action.kind == Kind::kCompute ? kMaxInputs
                                                              : 1;
    for (std::size_t k = 0; k < count; ++k) {
      if (action.operands[k] == place && !(micro && k == accumulated_[i - first_])) return true;
    }
    return false;
  }

  /// Whether the result of action `i` is read from its place before the place is written again.
  [[nodiscard]] bool is_read(std::size_t i) const {
    const Place place = body_[i].target;
    for (std::size_t k = i + 1; k < body_.size(); ++k) {
      if (reads(k, place)) return true;
      if (body_[k].target == place) return false;
    }
    return false;
  }

  const std::vector<Action>& body_;
  std::size_t first_;
  std::size_t outputs_end_;  ///< places before it are memory
  std::size_t size_ = 0;
  std::vector<std::size_t> accumulated_;
};

void FusedProgram::find_micro_runs() {
  // What is read of inputs has places of its own: it can be there before anything is computed, and
  // keeps no ops apart.
  std::vector<Action> ordered;
  for (const bool loads : {true, false}) {
    for (const Action& action : body_) {
      if ((action.kind == Action::Kind::kLoad) == loads) ordered.push_back(action);
    }
  }
  body_ = std::move(ordered);
  for (std::size_t i = 0; i < body_.size();) {
    if (body_[i].kind != Action::Kind::kCompute || body_[i].step.micro == nullptr) {
      ++i;
      continue;
    }
    MicroCompiler compiler(body_, i, inputs_.size() + outputs_.size());
    if (compiler.size() >= kFewest) {
      micro_runs_.push_back({i, compiler.size(), compiler.compile()});
    }
    i += compiler.size();
  }
}

}  // namespace saem::cpu
