#pragma once

#include <saem/autodiff/forward.hpp>
#include <saem/core/op.hpp>
#include <unordered_map>

namespace saem {

/// What an accumulator knows: the tangent of each tensor that moves.
class ForwardAccumulator::Recorder final : public OpListener {
 public:
  void on_op(const OpCall& call, std::span<const Tensor> outputs) override;
  void on_read(const void* variable, const Tensor& value, bool trainable) override;
  [[nodiscard]] bool applies_ops() const override { return true; }

  void watch(const Tensor& primal, const Tensor& tangent);
  void watch(const Variable& primal, const Tensor& tangent);
  /// Undefined where `tensor` does not move.
  [[nodiscard]] Tensor tangent(const Tensor& tensor) const;

 private:
  struct Moving {
    Tensor primal;  ///< keeps the address from being used again
    Tensor tangent;
  };
  struct MovingVariable {
    Variable primal;  ///< keeps the identity from being used again
    Tensor tangent;
  };
  void remember(const Tensor& primal, const Tensor& tangent);
  /// Lets go of tensors that nobody else holds: forward mode keeps no history.
  void forget_unreachable();

  std::unordered_map<const TensorImpl*, Moving> tensors_;
  std::unordered_map<const void*, MovingVariable> variables_;
  std::size_t next_sweep_ = 64;
};

/// The tangents of the outputs of one call: by the op's own rule, by its vjp where the Jacobian is
/// diagonal, through its composition, or by transposing its vjp. Undefined where it is zero.
Tensors forward_rule(const JvpCall& call);

}  // namespace saem
