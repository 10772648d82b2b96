#pragma once

#include <concepts>
#include <iosfwd>
#include <memory>
#include <saem/core/tensor.hpp>
#include <span>
#include <string>

namespace saem {

/// What a variable is called, and whether it is learnt.
struct VariableOptions {
  std::string name = "Variable";
  bool trainable = true;  ///< whether tapes watch it by themselves
};

/// Slices and the places along the first axis that they belong to. Source: tf.IndexedSlices.
struct IndexedSlices {
  Tensor values;   ///< indices.shape + the shape of one slice
  Tensor indices;  ///< int32 or int64
};

class VariableSlice;

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

  /// Sets the slices at `slices.indices` along the first axis; of several for one place, the last
  /// stays. In place where nobody else holds the old value, like all that follow.
  /// @throws ShapeError, DTypeError or IndexError if they do not fit; then nothing has changed
  /// @code
  /// tf::Variable v{tf::constant({1, 2, 3})};
  /// v.scatter_update({.values = tf::constant({7}), .indices = tf::constant({1})});
  /// std::cout << v.value();  // tf.Tensor([1 7 3], shape=(3,), dtype=int32)
  /// @endcode
  const Variable& scatter_update(const IndexedSlices& slices) const;
  /// Adds slices, in the order of the indices.
  const Variable& scatter_add(const IndexedSlices& slices) const;
  /// Subtracts slices, in the order of the indices.
  const Variable& scatter_sub(const IndexedSlices& slices) const;
  /// Puts in what is smaller.
  const Variable& scatter_min(const IndexedSlices& slices) const;
  /// Puts in what is larger.
  const Variable& scatter_max(const IndexedSlices& slices) const;
  /// value = tf::tensor_scatter_nd_update(value, indices, updates).
  const Variable& scatter_nd_update(const Tensor& indices, const Tensor& updates) const;
  /// value = tf::tensor_scatter_nd_add(value, indices, updates).
  const Variable& scatter_nd_add(const Tensor& indices, const Tensor& updates) const;
  /// value = tf::tensor_scatter_nd_sub(value, indices, updates).
  const Variable& scatter_nd_sub(const Tensor& indices, const Tensor& updates) const;
  /// value = tf::tensor_scatter_nd_min(value, indices, updates).
  const Variable& scatter_nd_min(const Tensor& indices, const Tensor& updates) const;
  /// value = tf::tensor_scatter_nd_max(value, indices, updates).
  const Variable& scatter_nd_max(const Tensor& indices, const Tensor& updates) const;

  [[nodiscard]] const Shape& shape() const;
  [[nodiscard]] DType dtype() const;
  [[nodiscard]] std::int64_t size() const { return shape().size(); }
  [[nodiscard]] int rank() const { return shape().rank(); }
  [[nodiscard]] Device device() const;
  [[nodiscard]] const std::string& name() const;
  [[nodiscard]] bool trainable() const;
  /// As a tensor's: a window on the present value; and what can be assigned to, unless an index is
  /// a tensor.
  /// @code
  /// tf::Variable v{tf::constant({{1, 2}, {3, 4}})};
  /// v(tf::all, 0).assign(tf::constant({7, 8}));
  /// std::cout << v(1);  // tf.Tensor([8 4], shape=(2,), dtype=int32)
  /// @endcode
  template <class... Indices>
  requires(sizeof...(Indices) > 0 && (std::constructible_from<Index, Indices> && ...))
      [[nodiscard]] VariableSlice
      operator()(Indices&&... indices) const;
  template <class... Indices>
  requires(!(std::constructible_from<Index, Indices> && ...)) [[nodiscard]] Tensor operator()(
      Indices&&... indices) const {
    return value()(std::forward<Indices>(indices)...);
  }
  /// As `operator()`, with a list made at run time.
  [[nodiscard]] VariableSlice at(std::span<const Index> indices) const;
  template <Element T>
  [[nodiscard]] T item() const {
    return value().template item<T>();
  }
  [[nodiscard]] std::string to_string() const;

  /// Identifies the variable among all that live.
  [[nodiscard]] const void* id() const noexcept { return state_.get(); }

  struct State;

 private:
  friend class VariableSlice;
  explicit Variable(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

/// What `variable(0, tf::all)` gives: the tensor that lies there now, and the way to change what
/// lies there. The tensor itself never changes.
class SAEM_API VariableSlice : public Tensor {
 public:
  /// Sets this part of the variable; in place where nobody else holds the old value.
  /// @param value  the slice's shape, the variable's dtype
  /// @throws ShapeError or DTypeError if `value` does not fit
  Variable assign(const Tensor& value) &&;
  /// Adds to this part of the variable.
  Variable assign_add(const Tensor& delta) &&;
  /// Subtracts from this part of the variable.
  Variable assign_sub(const Tensor& delta) &&;
  /// The same for a slice with a name, which goes on holding the old value: then there is a copy.
  Variable assign(const Tensor& value) const& { return VariableSlice(*this).assign(value); }
  Variable assign_add(const Tensor& delta) const& { return VariableSlice(*this).assign_add(delta); }
  Variable assign_sub(const Tensor& delta) const& { return VariableSlice(*this).assign_sub(delta); }

 private:
  friend class Variable;
  VariableSlice(Variable variable, std::span<const Index> indices);

  Variable variable_;
  SmallVector<Index, 6> indices_;
};

template <class... Indices>
requires(sizeof...(Indices) > 0 && (std::constructible_from<Index, Indices> && ...))
    VariableSlice Variable::operator()(Indices&&... indices) const {
  const Index list[] = {Index(std::forward<Indices>(indices))...};
  return at(list);
}

SAEM_API std::ostream& operator<<(std::ostream& out, const Variable& variable);

}  // namespace saem
