#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <saem/graph/graph.hpp>
#include <string>
#include <vector>

#include "graph/memory_plan.hpp"

namespace saem {

/// How one node is run.
enum class StepKind : std::uint8_t {
  kKernel,    ///< the CPU's kernel, writing where the plan says
  kView,      ///< another window on elements that are made anew in each run
  kCopy,      ///< the elements of a view, in row-major order
  kDispatch,  ///< through `apply`: ops that allocate for themselves, and everything on a GPU
};

/// One step of a plan; numbers are slots of a frame.
struct Step {
  StepKind kind = StepKind::kKernel;
  int node = -1;  ///< of the graph
  KernelFunction run = nullptr;
  std::vector<int> inputs = {};
  int first_output = 0;
  /// Where each output's memory comes from: the arena, or new memory since it leaves the function,
  /// or (a slot) the old value of a variable that is updated in place.
  static constexpr int kArena = -1;
  static constexpr int kNew = -2;
  std::vector<int> memory = {};
  std::vector<int> releases = {};  ///< slots that nobody reads any more
};

/// A graph, planned: every step, every place in memory and every in-place update decided once.
/// Thread-safe: each run has a frame of its own.
class Executable {
 public:
  explicit Executable(Graph graph);
  ~Executable();
  Executable(const Executable&) = delete;
  Executable& operator=(const Executable&) = delete;

  /// Runs the function. Variables are read at the start and updated at the end. @throws what the
  /// ops throw, with the op's name and place in the function added; variables are then as before
  Tensors run(std::span<const Tensor> inputs) const;

  /// As `run`, with the seconds that each step took added to `seconds`, one entry a step.
  Tensors run_timed(std::span<const Tensor> inputs, std::vector<double>& seconds) const;

  /// Gives the memory of frames back that no run uses now; the next run makes one anew.
  void trim() const;

  [[nodiscard]] const Graph& graph() const { return graph_; }
  [[nodiscard]] const std::vector<Step>& steps() const { return steps_; }
  /// Bytes of the one block that holds everything in between.
  [[nodiscard]] std::int64_t arena_bytes() const { return arena_.bytes; }
  /// Bytes that everything in between would take if each value had its own memory.
  [[nodiscard]] std::int64_t intermediate_bytes() const { return arena_.separate_bytes; }
  /// Results that took the place of an input that was read for the last time.
  [[nodiscard]] int reused_in_place() const { return arena_.reused_in_place; }

 private:
  friend class Planner;
  struct Frame;
  class Run;

  std::unique_ptr<Frame> acquire() const;
  void release(std::unique_ptr<Frame> frame) const;
  std::unique_ptr<Frame> make_frame() const;

  Graph graph_;
  bool on_host_ = false;  ///< everything lies on the CPU
  std::vector<Step> steps_;
  std::size_t slots_ = 0;
  std::vector<int> input_slots_;
  std::vector<int> variable_slots_;           ///< one a variable, -1 if its old value is not read
  std::vector<std::uint8_t> moves_variable_;  ///< whether a variable's value is taken out of it
  std::vector<int> output_slots_;
  std::vector<int> update_slots_;
  std::vector<std::uint8_t> update_shared_;  ///< whether somebody else may hold that tensor, too
  ArenaPlan arena_;
  /// Slots that are the same in every run: constants, and what lies in the arena.
  struct Fixed {
    int slot;
    Tensor ghost;              ///< shape, strides; no elements
    std::int64_t offset = -1;  ///< in the arena, in bytes; -1: a constant
  };
  std::vector<Fixed> fixed_;
  std::vector<int> unfixed_;  ///< all other slots: empty between runs
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<Frame>> frames_;
};

}  // namespace saem
