#pragma once

#include <deque>
#include <saem/autodiff/tape.hpp>
#include <saem/core/op.hpp>
#include <unordered_map>
#include <vector>

#include "autodiff/variable_state.hpp"

namespace saem {

/// Gradients by the tensor they belong to.
using GradientMap = std::unordered_map<const TensorImpl*, Tensor>;

/// What a tape remembers: the ops that depend on something watched, in the order they ran.
class GradientTape::Recorder final : public OpListener {
 public:
  struct Entry {
    const OpDef* op;
    Attributes attributes;
    Tensors inputs;
    Tensors outputs;
  };
  struct Leaf {
    Tensor tensor;  ///< keeps the address from being used again
    std::string name;
  };

  explicit Recorder(TapeOptions options) : options_(options) {}

  void on_op(const OpCall& call, std::span<const Tensor> outputs) override;
  void on_read(const void* variable, const Tensor& value, bool trainable) override;

  void watch(const Tensor& tensor, const std::string& name);
  void watch(const Variable& variable);
  void reset();
  [[nodiscard]] bool tracks(const Tensor& tensor) const {
    return tensor.defined() && tracked_.contains(tensor.impl());
  }
  /// Every value of `variable` that was read.
  [[nodiscard]] std::vector<Tensor> values_read(const Variable& variable) const;
  [[nodiscard]] std::vector<Variable> watched_variables() const { return variables_; }

  /// Carries the gradients in `gradients` back through the record. Gradients of `sources` stay in
  /// the map at the end; those in between go as soon as they are used. The record stays as it is.
  void backward(GradientMap& gradients, const std::vector<Tensor>& sources) const;

  [[nodiscard]] const TapeOptions& options() const { return options_; }
  [[nodiscard]] const std::deque<Entry>& entries() const { return entries_; }
  [[nodiscard]] const std::vector<Leaf>& leaves() const { return leaves_; }
  [[nodiscard]] bool used() const { return used_; }
  /// Ends a tape that gives its gradients once: lets go of all that was recorded.
  void use_up() {
    used_ = true;
    entries_.clear();
  }

 private:
  void track(const Tensor& tensor, const std::string& name);

  TapeOptions options_;
  bool used_ = false;
  std::deque<Entry> entries_;  // a deque: gradients of a persistent tape record while they read it
  std::vector<Leaf> leaves_;
  std::vector<Variable> variables_;
  std::unordered_map<const void*, std::vector<Tensor>> reads_;
  /// Everything that depends on something watched. Addresses are safe: entries and leaves hold the
  /// tensors.
  std::unordered_map<const TensorImpl*, bool> tracked_;
};

/// Adds `gradient` to what `gradients` has for `tensor`.
void accumulate(GradientMap& gradients, const Tensor& tensor, const Tensor& gradient);

}  // namespace saem
