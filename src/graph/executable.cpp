#include "graph/executable.hpp"

#include <chrono>
#include <optional>

#include "autodiff/variable_state.hpp"
#include "base/message.hpp"
#include "core/op_timer.hpp"
#include "core/tensor_impl.hpp"
#include "core/thread_state.hpp"
#include "graph/error_place.hpp"
#include "graph/executable_frame.hpp"

namespace saem {
namespace {

/// Frames kept for later: as many as functions usually run at once.
constexpr std::size_t kKeptFrames = 8;

/// Tensors of a frame as inputs of a call: the same pointers, not counted.
class BorrowedInputs {
 public:
  BorrowedInputs(const std::vector<int>& slots, const std::vector<Tensor>& tensors)
      : count_(slots.size()) {
    Tensor* place = reinterpret_cast<Tensor*>(inline_);
    if (count_ > kInline) {
      heap_ = std::make_unique<Place[]>(count_);
      place = reinterpret_cast<Tensor*>(heap_.get());
    }
    first_ = place;
    for (const int slot : slots) {
      std::construct_at(place++, tensors[static_cast<std::size_t>(slot)].impl());
    }
  }
  BorrowedInputs(const BorrowedInputs&) = delete;
  BorrowedInputs& operator=(const BorrowedInputs&) = delete;
  ~BorrowedInputs() {}  // NOLINT: what was borrowed is not released
  operator std::span<const Tensor>() const { return {first_, count_}; }  // NOLINT

 private:
  static constexpr std::size_t kInline = 12;
  struct alignas(Tensor) Place {
    std::byte bytes[sizeof(Tensor)];
  };
  Place inline_[kInline];
  std::unique_ptr<Place[]> heap_;
  Tensor* first_ = nullptr;
  std::size_t count_;
};

}  // namespace

Executable::~Executable() = default;

std::unique_ptr<Executable::Frame> Executable::make_frame() const {
  auto frame = std::make_unique<Frame>();
  frame->slots.resize(slots_);
  if (arena_.bytes > 0) frame->arena = Tensor::empty(uint8, {arena_.bytes});
  for (const Fixed& fixed : fixed_) {
    Tensor& slot = frame->slots[static_cast<std::size_t>(fixed.slot)];
    if (fixed.offset < 0) {
      slot = fixed.ghost;
      continue;
    }
    const TensorImpl& ghost = *fixed.ghost.impl();
    auto impl = std::make_unique<TensorImpl>();
    impl->dtype = ghost.dtype;
    impl->shape = ghost.shape;
    impl->strides = ghost.strides;
    impl->contiguous = ghost.contiguous;
    impl->size = ghost.size;
    impl->data = frame->arena.impl()->data + fixed.offset;
    impl->storage = frame->arena.impl()->storage;
    impl->storage->retain();
    slot = Tensor(impl.release());
  }
  return frame;
}

std::unique_ptr<Executable::Frame> Executable::acquire() const {
  {
    const std::scoped_lock lock(mutex_);
    if (!frames_.empty()) {
      std::unique_ptr<Frame> frame = std::move(frames_.back());
      frames_.pop_back();
      return frame;
    }
  }
  return make_frame();
}

void Executable::release(std::unique_ptr<Frame> frame) const {
  const std::scoped_lock lock(mutex_);
  if (frames_.size() < kKeptFrames) frames_.push_back(std::move(frame));
}

void Executable::trim() const {
  std::vector<std::unique_ptr<Frame>> unused;  // dropped when the lock is
  const std::scoped_lock lock(mutex_);
  unused.swap(frames_);
}

/// One run: binds what is passed in, does the steps, and leaves frame and variables in order,
/// whatever happens.
class Executable::Run {
 public:
  explicit Run(const Executable& plan)
      : plan_(plan), frame_(plan.acquire()), slots_(frame_->slots) {}

  ~Run() {
    give_back_variables();
    for (const int slot : plan_.unfixed_) clear(slot);
    plan_.release(std::move(frame_));
  }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  void bind(std::span<const Tensor> inputs) {
    const Graph& graph = plan_.graph_;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (plan_.on_host_ && inputs[i].device().type != DeviceType::kCPU) [[unlikely]] {
        raise<DeviceError>(graph.name.c_str(),
                           "was traced for the CPU, argument {} lies on {}; move it with .cpu()", i,
                           inputs[i].device().to_string());
      }
      slot(plan_.input_slots_[i]) = as_planned(inputs[i]);
    }
    for (std::size_t i = 0; i < graph.variables.size(); ++i) {
      const int place = plan_.variable_slots_[i];
      if (place < 0) continue;
      Tensor& value = Variable::State::of(graph.variables[i]).value;
      if (plan_.moves_variable_[i] != 0) {
        slot(place) = std::move(value);
      } else {
        slot(place) = value;
      }
    }
  }

  void run(const Step& step) {
    const GraphNode& node = plan_.graph_.nodes[static_cast<std::size_t>(step.node)];
    switch (step.kind) {
      case StepKind::kKernel:
        run_kernel(step, node);
        break;
      case StepKind::kView: {
        const BorrowedInputs inputs(step.inputs, slots_);
        slot(step.first_output) = node.op->view({*node.op, inputs, node.attributes});
        break;
      }
      case StepKind::kCopy: {
        const Tensor& from = slot(step.inputs[0]);
        prepare(step, 0, {from.dtype(), from.shape()});
        copy_elements(from, slot(step.first_output));
        break;
      }
      case StepKind::kDispatch:
        dispatch(step, node);
        break;
    }
    for (const int done : step.releases) clear(done);
  }

  Tensors finish() {
    Tensors outputs;
    for (const int place : plan_.output_slots_) outputs.push_back(slot(place));
    const Graph& graph = plan_.graph_;
    Tensors values;
    for (std::size_t i = 0; i < plan_.update_slots_.size(); ++i) {
      const Tensor& value = slot(plan_.update_slots_[i]);
      values.push_back(plan_.update_shared_[i] != 0 ? Variable::State::as_value(value)
                                                    : contiguous_copy(value));
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto variable = static_cast<std::size_t>(graph.updates[i].variable);
      Variable::State::of(graph.variables[variable]).value = std::move(values[i]);
    }
    return outputs;
  }

 private:
  Tensor& slot(int index) { return slots_[static_cast<std::size_t>(index)]; }
  void clear(int index) { slot(index) = Tensor(); }

  /// A value that was taken out of its variable, and not replaced, goes back.
  void give_back_variables() {
    const Graph& graph = plan_.graph_;
    for (std::size_t i = 0; i < graph.variables.size(); ++i) {
      if (plan_.moves_variable_[i] == 0) continue;
      Tensor& value = Variable::State::of(graph.variables[i]).value;
      if (!value.defined()) value = std::move(slot(plan_.variable_slots_[i]));
    }
  }

  void prepare(const Step& step, std::size_t output, const TensorSpec& spec) {
    const int memory = step.memory[output];
    if (memory == Step::kArena) return;
    Tensor& place = slot(step.first_output + static_cast<int>(output));
    if (memory >= 0 && Variable::State::is_exclusive(slot(memory))) {
      place = slot(memory);
    } else {
      place = Tensor::empty(spec.dtype, spec.shape);
    }
  }

  void run_kernel(const Step& step, const GraphNode& node) {
    for (std::size_t i = 0; i < step.memory.size(); ++i) prepare(step, i, node.outputs[i]);
    const BorrowedInputs inputs(step.inputs, slots_);
    const OpCall call{*node.op, inputs, node.attributes};
    const std::span outputs(&slot(step.first_output), step.memory.size());
    if (thread_state.log == nullptr) [[likely]] {
      step.run(call, outputs);
      return;
    }
    OpTimer timer(*thread_state.log, call);
    step.run(call, outputs);
    timer.finish(outputs, Route::kKernel);
  }

  void dispatch(const Step& step, const GraphNode& node) {
    const DeviceScope place(node.device);
    const BorrowedInputs inputs(step.inputs, slots_);
    if (step.memory.size() == 1 && step.memory[0] >= 0) {
      Tensor& old = slot(step.memory[0]);
      const std::span<const Tensor> given = inputs;
      if (apply_in_place(*node.op, old, given.subspan(1), node.attributes)) {
        slot(step.first_output) = old;
        return;
      }
    }
    Tensors outputs = apply(*node.op, inputs, node.attributes);
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      Tensor& output = slot(step.first_output + static_cast<int>(i));
      output = as_planned(outputs[i]);
      if (lies_in_arena(output)) output = fresh_copy(output);
    }
  }

  /// Where kernels are called directly, all lies in row-major order; `apply` takes views as they
  /// are.
  [[nodiscard]] Tensor as_planned(const Tensor& tensor) const {
    return plan_.on_host_ ? contiguous_copy(tensor) : tensor;
  }

  /// An op that hands an input through, a branch for instance, must not hand out the arena, whose
  /// places are given to others as soon as nobody reads them.
  [[nodiscard]] bool lies_in_arena(const Tensor& tensor) const {
    return frame_->arena.defined() && tensor.impl()->storage == frame_->arena.impl()->storage;
  }

  static Tensor fresh_copy(const Tensor& tensor) {
    Tensor copy = Tensor::empty(tensor.dtype(), tensor.shape(), tensor.device());
    copy_elements(tensor, copy);
    return copy;
  }

  const Executable& plan_;
  std::unique_ptr<Frame> frame_;
  std::vector<Tensor>& slots_;
};

Tensors Executable::run(std::span<const Tensor> inputs) const {
  const PauseListeners quiet;
  Run run(*this);
  run.bind(inputs);
  for (const Step& step : steps_) {
    try {
      run.run(step);
    } catch (const Error&) {
      rethrow_from(graph_, step.node);
    }
  }
  return run.finish();
}

Tensors Executable::run_timed(std::span<const Tensor> inputs, std::vector<double>& seconds) const {
  using Clock = std::chrono::steady_clock;
  seconds.resize(steps_.size());
  const PauseListeners quiet;
  Run run(*this);
  run.bind(inputs);
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    const Clock::time_point start = Clock::now();
    try {
      run.run(steps_[i]);
    } catch (const Error&) {
      rethrow_from(graph_, steps_[i].node);
    }
    seconds[i] += std::chrono::duration<double>(Clock::now() - start).count();
  }
  return run.finish();
}

}  // namespace saem
