#pragma once

#include <iosfwd>
#include <memory>
#include <saem/core/tensor.hpp>
#include <string>

namespace saem {

/// What a variable is called, and whether it is learnt.
struct VariableOptions {
  std::string name = "Variable";
  bool trainable = true;  ///< whether tapes watch it by themselves
};

/// A tensor that can be changed: what training learns. Reading it gives its present value; a value
/// that was read never changes afterwards. Copies of a Variable are the same variable.
///
/// Thread safety: reads may run side by side; an assignment must not run beside another use of the
/// same variable. Source: tf.Variable.
/// @code
/// tf::Variable w{tf::constant({1.0, 2.0})};
/// w.assign_add(tf::constant({0.5, 0.5}));
/// std::cout << w.value();  // tf.Tensor([1.5 2.5], shape=(2,), dtype=float32)
/// @endcode
class SAEM_API Variable {
 public:
  /// A variable that starts with the value `initial`. @throws ValueError if `initial` is undefined
  explicit Variable(const Tensor& initial, VariableOptions options = {});

  /// The present value. Tapes that listen on this thread watch it if the variable is trainable.
  [[nodiscard]] Tensor value() const;
  operator Tensor() const { return value(); }  // NOLINT: a variable goes where a tensor goes

  /// Sets the value. @throws ShapeError or DTypeError if `value` does not fit
  const Variable& assign(const Tensor& value) const;
  /// value = value + delta, in place where nobody else holds the old value.
  const Variable& assign_add(const Tensor& delta) const;
  /// value = value - delta, in place where nobody else holds the old value.
  const Variable& assign_sub(const Tensor& delta) const;

  [[nodiscard]] const Shape& shape() const;
  [[nodiscard]] DType dtype() const;
  [[nodiscard]] std::int64_t size() const { return shape().size(); }
  [[nodiscard]] int rank() const { return shape().rank(); }
  [[nodiscard]] Device device() const;
  [[nodiscard]] const std::string& name() const;
  [[nodiscard]] bool trainable() const;
  /// As a tensor's: a window on the present value.
  template <class... Indices>
  requires(sizeof...(Indices) > 0) [[nodiscard]] Tensor operator()(Indices&&... indices) const {
    return value()(std::forward<Indices>(indices)...);
  }
  template <Element T>
  [[nodiscard]] T item() const {
    return value().template item<T>();
  }
  [[nodiscard]] std::string to_string() const;

  /// Identifies the variable among all that live.
  [[nodiscard]] const void* id() const noexcept { return state_.get(); }

  struct State;

 private:
  explicit Variable(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

SAEM_API std::ostream& operator<<(std::ostream& out, const Variable& variable);

}  // namespace saem
