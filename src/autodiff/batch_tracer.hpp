#pragma once

#include <memory>
#include <saem/core/op.hpp>
#include <unordered_map>

#include "core/thread_state.hpp"

namespace saem {

/// Runs a function of slices on whole batches: hands out tensors that look like one slice, and runs
/// each op that is applied to them for all slices at once, there and then.
class BatchTracer final : public Tracer, public std::enable_shared_from_this<BatchTracer> {
 public:
  BatchTracer(std::int64_t count, bool may_loop) : count_(count), may_loop_(may_loop) {}

  /// `function` of slices of `inputs`, of which the batched ones hold `count` along axis 0; every
  /// result does. May be called again, also later: slices that `function` kept are still known.
  Tensors run(const SliceFunction& function, std::span<const Tensor> inputs,
              std::span<const bool> batched);

  Tensors on_op(const OpCall& call, const TensorSpecs& specs) override;
  Tensor on_read(const void* variable, const Tensor& value) override {
    return outer_tracer_ == nullptr ? value : outer_tracer_->on_read(variable, value);
  }

 private:
  using Batches = std::unordered_map<std::int64_t, Tensor>;

  /// A tensor that looks like one slice of `batch`, which is kept as long as it.
  Tensor slice_of(const Tensor& batch);
  /// All slices of `tensor`; undefined if it is the same for every slice.
  [[nodiscard]] Tensor batch_of(const Tensor& tensor) const;
  /// All slices of `tensor`, repeated if it is the same for every slice.
  [[nodiscard]] Tensor batch_or_repeat(const Tensor& tensor) const;
  Tensors run_composition(const OpCall& call);
  [[nodiscard]] Tensors run_slices(const BatchCall& call, const TensorSpecs& specs) const;

  std::int64_t count_;
  bool may_loop_;
  std::shared_ptr<Batches> batches_ = std::make_shared<Batches>();
  // Where ops of whole batches go while `run` is on.
  Tracer* outer_tracer_ = nullptr;
  const ListenerFrame* frame_ = nullptr;
};

}  // namespace saem
