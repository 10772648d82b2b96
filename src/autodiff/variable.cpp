#include <ostream>
#include <saem/autodiff/variable.hpp>
#include <saem/core/op.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/reshape.hpp>
#include <saem/ops/strided_slice.hpp>

#include "autodiff/variable_state.hpp"
#include "base/message.hpp"
#include "core/tensor_impl.hpp"
#include "core/thread_state.hpp"

namespace saem {

Variable::Variable(const Tensor& initial, VariableOptions options) {
  if (!initial.defined()) {
    raise<ValueError>("Variable", "{} needs an initial value, got an undefined tensor",
                      options.name);
  }
  if (initial.is_symbolic()) {
    raise<ValueError>("Variable",
                      "{} is made inside a function that is being traced, whose tensors have no "
                      "elements yet; make it before the function, or inside tf::init_scope",
                      options.name);
  }
  state_ = std::make_shared<State>(State::as_value(initial), std::move(options));
}

Tensor Variable::State::as_value(const Tensor& tensor) {
  Tensor value = tensor.contiguous();
  return value.impl() == tensor.impl() ? value.view(value.shape(), value.strides()) : value;
}

bool Variable::State::is_exclusive(const Tensor& value) {
  const TensorImpl& impl = *value.impl();
  return impl.references == 1 && impl.contiguous && impl.storage != nullptr &&
         impl.storage->references == 1 && impl.storage->block_bytes != 0;
}

Tensor Variable::State::current() const {
  Tracer* tracer = thread_state.tracer;
  return tracer == nullptr ? value : tracer->on_read(this, value);
}

void Variable::State::set(Tensor fresh, const char* assignment) {
  Tracer* tracer = thread_state.tracer;
  if (tracer != nullptr && tracer->on_assign(this, value, fresh)) return;
  if (fresh.is_symbolic()) {
    raise<ValueError>(assignment,
                      "variable {} cannot take a tensor of a function that is being traced: it has "
                      "no elements yet; assign outside the function",
                      options.name);
  }
  value = as_value(fresh);
}

Tensor Variable::value() const {
  Tensor current = state_->current();
  notify_read(state_.get(), current, state_->options.trainable);
  return current;
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

/// The op of that name, for assignments: found once each.
const OpDef& named(const char* op) { return *find_op(op); }

/// An assignment is no function of its inputs that a tape could differentiate, so nobody listens.
void update(Variable::State& state, const char* assignment, const OpDef& op,
            std::span<const Tensor> others, AttributesRef attributes = {}) {
  const PauseListeners quiet;
  if (apply_in_place(op, state.value, others, attributes)) return;
  Tensors inputs{state.current()};
  for (const Tensor& other : others) inputs.push_back(other);
  state.set(apply_one(op, inputs, attributes), assignment);
}

}  // namespace

const Variable& Variable::assign(const Tensor& value) const {
  check_assignable(*this, value, "assign");
  const PauseListeners quiet;
  state_->set(value, "assign");
  return *this;
}

const Variable& Variable::assign_add(const Tensor& delta) const {
  static const OpDef& op = named("add");
  check_assignable(*this, delta, "assign_add");
  update(*state_, "assign_add", op, BorrowedTensors<1>(delta));
  return *this;
}

const Variable& Variable::assign_sub(const Tensor& delta) const {
  static const OpDef& op = named("subtract");
  check_assignable(*this, delta, "assign_sub");
  update(*state_, "assign_sub", op, BorrowedTensors<1>(delta));
  return *this;
}

const Variable& Variable::scatter_nd_update(const Tensor& indices, const Tensor& updates) const {
  static const OpDef& op = named("tensor_scatter_nd_update");
  update(*state_, "scatter_nd_update", op, BorrowedTensors<2>(indices, updates));
  return *this;
}

const Variable& Variable::scatter_nd_add(const Tensor& indices, const Tensor& updates) const {
  static const OpDef& op = named("tensor_scatter_nd_add");
  update(*state_, "scatter_nd_add", op, BorrowedTensors<2>(indices, updates));
  return *this;
}

const Variable& Variable::scatter_nd_sub(const Tensor& indices, const Tensor& updates) const {
  static const OpDef& op = named("tensor_scatter_nd_sub");
  update(*state_, "scatter_nd_sub", op, BorrowedTensors<2>(indices, updates));
  return *this;
}

const Variable& Variable::scatter_nd_min(const Tensor& indices, const Tensor& updates) const {
  static const OpDef& op = named("tensor_scatter_nd_min");
  update(*state_, "scatter_nd_min", op, BorrowedTensors<2>(indices, updates));
  return *this;
}

const Variable& Variable::scatter_nd_max(const Tensor& indices, const Tensor& updates) const {
  static const OpDef& op = named("tensor_scatter_nd_max");
  update(*state_, "scatter_nd_max", op, BorrowedTensors<2>(indices, updates));
  return *this;
}

const Variable& Variable::scatter_update(const IndexedSlices& slices) const {
  return scatter_nd_update(expand_dims(slices.indices, -1), slices.values);
}

const Variable& Variable::scatter_add(const IndexedSlices& slices) const {
  return scatter_nd_add(expand_dims(slices.indices, -1), slices.values);
}

const Variable& Variable::scatter_sub(const IndexedSlices& slices) const {
  return scatter_nd_sub(expand_dims(slices.indices, -1), slices.values);
}

const Variable& Variable::scatter_min(const IndexedSlices& slices) const {
  return scatter_nd_min(expand_dims(slices.indices, -1), slices.values);
}

const Variable& Variable::scatter_max(const IndexedSlices& slices) const {
  return scatter_nd_max(expand_dims(slices.indices, -1), slices.values);
}

VariableSlice Variable::at(std::span<const Index> indices) const {
  return VariableSlice(*this, indices);
}

VariableSlice::VariableSlice(Variable variable, std::span<const Index> indices)
    : Tensor(variable.value().at(indices)),
      variable_(std::move(variable)),
      indices_(indices.begin(), indices.end()) {}

namespace {

void check_slice(const Variable& variable, const Tensor& slice, const Tensor& value,
                 const char* op) {
  if (value.dtype() != slice.dtype()) {
    raise<DTypeError>(op, "variable {} is {}, the value is {}; tf::cast it", variable.name(),
                      slice.dtype().name(), value.dtype().name());
  }
  if (value.shape() != slice.shape()) {
    raise<ShapeError>(op,
                      "this slice of variable {} has shape {}, the value has shape {}; see "
                      "tf::broadcast_to",
                      variable.name(), slice.shape().to_string(), value.shape().to_string());
  }
}

}  // namespace

Variable VariableSlice::assign(const Tensor& value) && {
  static const OpDef& op = named("strided_slice_update");
  check_slice(variable_, *this, value, "assign");
  static_cast<Tensor&>(*this) = Tensor();  // or the variable would not be the only owner
  update(*variable_.state_, "assign", op, BorrowedTensors<1>(value),
         strided_slice_of(indices_, variable_.shape()));
  return variable_;
}

Variable VariableSlice::assign_add(const Tensor& delta) && {
  check_slice(variable_, *this, delta, "assign_add");
  const PauseListeners quiet;
  const Tensor sum = variable_.state_->current().at(indices_) + delta;
  return std::move(*this).assign(sum);
}

Variable VariableSlice::assign_sub(const Tensor& delta) && {
  check_slice(variable_, *this, delta, "assign_sub");
  const PauseListeners quiet;
  const Tensor difference = variable_.state_->current().at(indices_) - delta;
  return std::move(*this).assign(difference);
}

std::string Variable::to_string() const {
  return fmt::format("<tf.Variable '{}' trainable={}, value={}>", name(), trainable(),
                     state_->current().to_string());
}

std::ostream& operator<<(std::ostream& out, const Variable& variable) {
  return out << variable.to_string();
}

}  // namespace saem
