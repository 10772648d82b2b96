#include <ostream>
#include <saem/autodiff/variable.hpp>
#include <saem/core/op.hpp>
#include <saem/ops/binary_arith.hpp>

#include "autodiff/variable_state.hpp"
#include "base/message.hpp"

namespace saem {

Variable::Variable(const Tensor& initial, VariableOptions options) {
  if (!initial.defined()) {
    raise<ValueError>("Variable", "{} needs an initial value, got an undefined tensor",
                      options.name);
  }
  state_ = std::make_shared<State>(initial.contiguous(), std::move(options));
}

Tensor Variable::value() const {
  notify_read(state_.get(), state_->value, state_->options.trainable);
  return state_->value;
}

const Shape& Variable::shape() const { return state_->value.shape(); }
DType Variable::dtype() const { return state_->value.dtype(); }
Device Variable::device() const { return state_->value.device(); }
const std::string& Variable::name() const { return state_->options.name; }
bool Variable::trainable() const { return state_->options.trainable; }

namespace {

void check_assignable(const Variable& variable, const Tensor& value, const char* op) {
  if (value.dtype() != variable.dtype()) {
    raise<DTypeError>(op, "variable {} is {}, the value is {}; tf::cast it", variable.name(),
                      variable.dtype().name(), value.dtype().name());
  }
  if (value.shape() != variable.shape()) {
    raise<ShapeError>(op, "variable {} has shape {}, the value has shape {}", variable.name(),
                      variable.shape().to_string(), value.shape().to_string());
  }
}

void check_has_elements(const Variable& variable, const Tensor& value, const char* op) {
  if (value.is_symbolic()) {
    raise<ValueError>(op,
                      "variable {} cannot take a tensor of a function that is being traced: it has "
                      "no elements yet; assign outside the function",
                      variable.name());
  }
}

/// An assignment is no function of its inputs that a tape could differentiate, so nobody listens.
void update(const Variable& variable, Tensor& value, const char* op_name, const Tensor& delta) {
  static OpDef* const add_op = find_op("add");
  static OpDef* const subtract_op = find_op("subtract");
  const OpDef& op = std::string_view(op_name) == "assign_add" ? *add_op : *subtract_op;
  const PauseListeners quiet;
  if (apply_in_place(op, value, delta)) return;
  Tensor updated = apply_one(op, {value, delta});
  check_has_elements(variable, updated, op_name);
  value = std::move(updated);
}

}  // namespace

const Variable& Variable::assign(const Tensor& value) const {
  check_assignable(*this, value, "assign");
  check_has_elements(*this, value, "assign");
  const PauseListeners quiet;
  state_->value = value.contiguous();
  return *this;
}

const Variable& Variable::assign_add(const Tensor& delta) const {
  check_assignable(*this, delta, "assign_add");
  update(*this, state_->value, "assign_add", delta);
  return *this;
}

const Variable& Variable::assign_sub(const Tensor& delta) const {
  check_assignable(*this, delta, "assign_sub");
  update(*this, state_->value, "assign_sub", delta);
  return *this;
}

std::string Variable::to_string() const {
  return fmt::format("<tf.Variable '{}' trainable={}, value={}>", name(), trainable(),
                     state_->value.to_string());
}

std::ostream& operator<<(std::ostream& out, const Variable& variable) {
  return out << variable.to_string();
}

}  // namespace saem
