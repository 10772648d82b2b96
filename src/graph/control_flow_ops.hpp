#pragma once

#include <memory>
#include <optional>
#include <saem/core/op.hpp>
#include <vector>

#include "graph/trace_body.hpp"

/// The ops behind `tf::cond`, `tf::while_loop` and `tf::scan`. Those whose bodies have side effects
/// are ops of their own, as in TensorFlow (StatelessIf and If): they are never dropped or merged.
namespace saem {

/// Input 0 chooses a branch: true the first and false the second, or an integer; one that is out of
/// range the last. All branches take the other inputs and give the outputs.
struct CondOptions {
  static constexpr const char* kName = "CondOptions";
  std::vector<std::shared_ptr<const FunctionBody>> branches = {};
  std::vector<std::size_t> draws = {};  ///< of each branch; the last outputs, in that order
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("branches", self.branches);
    visit("draws", self.draws);
  }
};
extern OpDef cond_op;
extern OpDef stateful_cond_op;

/// A loop. Inputs: what is carried from turn to turn, what is the same in every turn, sequences of
/// which each turn takes a slice along axis 0, and (`counted`) the number of turns.
/// Outputs: what is carried after the last turn, what turns give besides, stacked, and (`counts`)
/// the number of turns.
struct LoopOptions {
  static constexpr const char* kName = "LoopOptions";
  std::optional<std::shared_ptr<const FunctionBody>> condition = {};  ///< of carried and constants
  std::shared_ptr<const FunctionBody> body = {};  ///< of carried, constants and slices
  std::size_t carried = 0;
  std::size_t sequences = 0;
  std::int64_t turns = -1;  ///< at most, and the length of what is stacked; -1: as many as it takes
  bool reverse = false;     ///< slices from the last to the first
  bool counted = false;
  bool counts = false;
  std::size_t draws = 0;  ///< so many of the last stacked outputs are what turns drew
  bool forgets = false;   ///< it draws, but nothing can be kept of it: the number of turns is open
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("condition", self.condition);
    visit("body", self.body);
    visit("carried", self.carried);
    visit("sequences", self.sequences);
    visit("turns", self.turns);
    visit("reverse", self.reverse);
    visit("counted", self.counted);
    visit("counts", self.counts);
    visit("draws", self.draws);
    visit("forgets", self.forgets);
  }
};
extern OpDef while_loop_op;
extern OpDef stateful_while_loop_op;
extern OpDef scan_op;
extern OpDef stateful_scan_op;

/// The call without its side effects; see `Replay`. `drawn`: what it drew, as `drawn_by` says.
Replay replay_cond(const OpCall& call, std::span<const Tensor> drawn);
Replay replay_loop(const OpCall& call, std::span<const Tensor> drawn);
/// The same for whichever of the ops above, or any other, which is given back as it is.
Replay replay(const OpCall& call, std::span<const Tensor> drawn);
/// How many of an op's outputs, the last, are what it drew.
std::size_t draws_of(const OpDef& op, AttributesRef attributes, std::size_t outputs);

/// Rules of derivatives for ops that call bodies: the work is left to `call_vjp` and `call_jvp`,
/// ops that run the call under a tape, or an accumulator, when the graph runs and it is known
/// which branch is taken and how often a loop turns. They have such rules too, so derivatives of
/// every order can be had.
Tensors vjp_at_run_time(const VjpCall& call);
Tensors jvp_at_run_time(const JvpCall& call);
/// The rule of `vectorized_map`: one slice after the other.
Tensors batch_by_slices(const BatchCall& call);
/// `body` with a batch of slices for each of its inputs and outputs.
std::shared_ptr<const FunctionBody> batched_body(const std::shared_ptr<const FunctionBody>& body,
                                                 const BatchCall& call);

}  // namespace saem
