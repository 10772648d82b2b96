#pragma once

#include <concepts>
#include <functional>
#include <iosfwd>
#include <saem/base/error.hpp>
#include <saem/core/device.hpp>
#include <saem/core/dtype.hpp>
#include <saem/core/host_view.hpp>
#include <saem/core/index.hpp>
#include <saem/core/scalar.hpp>
#include <saem/core/shape.hpp>
#include <span>
#include <string>
#include <utility>

namespace saem {

class TensorImpl;
class TensorIndex;

/// An n-dimensional array of one dtype on one device: one reference-counted pointer to immutable
/// elements.
///
/// Copying a Tensor copies the pointer. Ops never change their inputs; what changes is a
/// `tf::Variable`. Views
/// (`reshape`, `transpose`, indexing) share elements with their source. A default-made Tensor is
/// *undefined*: it stands for Python's None (an unconnected gradient) and every use but `defined()`
/// throws.
///
/// Thread safety: different threads may use, copy and destroy Tensors that share elements; one
/// Tensor object must not be assigned in one thread while another uses it (as with
/// std::shared_ptr).
/// @code std::cout << tf::constant({{1.0, 2.0}, {3.0, 4.0}}).shape();  // (2, 2) @endcode
class SAEM_API Tensor {
 public:
  Tensor() noexcept = default;
  Tensor(const Tensor& other) noexcept : impl_(other.impl_) { retain(); }
  Tensor(Tensor&& other) noexcept : impl_(std::exchange(other.impl_, nullptr)) {}
  Tensor& operator=(const Tensor& other) & noexcept {
    Tensor(other).swap(*this);
    return *this;
  }
  Tensor& operator=(Tensor&& other) & noexcept {
    Tensor(std::move(other)).swap(*this);
    return *this;
  }
  /// Not `x(0) = y`: elements never change. Write `variable(0).assign(y)`, or
  /// `x = tf::tensor_scatter_nd_update(x, indices, y)`.
  Tensor& operator=(const Tensor&) && = delete;  // a Tensor's elements never change: see above
  Tensor& operator=(Tensor&&) && = delete;       // a Tensor's elements never change: see above
  ~Tensor() {
    if (impl_ != nullptr) release();
  }
  void swap(Tensor& other) noexcept { std::swap(impl_, other.impl_); }

  /// A new tensor with uninitialised elements.
  static Tensor empty(DType dtype, Shape shape, Device device = {});
  /// A tensor over memory that saem does not own; `release` is called when the last view of it is
  /// gone. `data` must hold `shape.size()` elements in row-major order on `device`, aligned to the
  /// element's size.
  static Tensor from_external(void* data, DType dtype, const Shape& shape,
                              std::function<void()> release, Device device = {});

  [[nodiscard]] bool defined() const noexcept { return impl_ != nullptr; }
  [[nodiscard]] DType dtype() const;
  [[nodiscard]] const Shape& shape() const;
  /// The size along `axis`; negative counts from the end.
  [[nodiscard]] std::int64_t shape(int axis) const { return shape().at(axis); }
  [[nodiscard]] int rank() const { return shape().rank(); }
  /// The number of elements.
  [[nodiscard]] std::int64_t size() const;
  [[nodiscard]] Device device() const;
  /// Bytes of the elements: size() * dtype().size().
  [[nodiscard]] std::int64_t nbytes() const;
  /// Elements between neighbours along each axis; 0 where a view repeats, negative where it runs
  /// backwards.
  [[nodiscard]] const Dims& strides() const;
  /// Whether elements lie in row-major order without gaps.
  [[nodiscard]] bool is_contiguous() const;
  /// True in a function that is being traced, where a tensor has a shape and a dtype but no value
  /// yet.
  [[nodiscard]] bool is_symbolic() const;

  /// The only element, as a `T`; copied from a GPU if it lies there, which waits for what computes
  /// it. Throws ShapeError if there are more or none, DTypeError if T is not the dtype.
  template <Element T>
  [[nodiscard]] T item() const {
    T value;
    read_item(saem::dtype_of<T>(), &value);
    return value;
  }
  /// The elements in row-major order, in place; lives as long as a Tensor that shares them. Throws
  /// DTypeError if T is not the dtype, DeviceError if the tensor lies on a GPU (take `.cpu()` and
  /// keep it), ValueError if the view is not contiguous (take `.contiguous()`).
  template <Element T>
  [[nodiscard]] std::span<const T> span() const {
    return {static_cast<const T*>(span_data(saem::dtype_of<T>())),
            static_cast<std::size_t>(size())};
  }
  /// The elements by their indices, as they lie: also of a view that is not contiguous. Lives as
  /// long as a Tensor that shares them. Throws DTypeError if T is not the dtype, ShapeError if Rank
  /// is not the rank, DeviceError if the tensor lies on a GPU. See `HostView`.
  template <Element T, int Rank>
  [[nodiscard]] HostView<T, Rank> host_view() const {
    return {static_cast<const T*>(host_view_data(saem::dtype_of<T>(), Rank)), shape().begin(),
            strides().begin()};
  }
  /// Where the first element lies, wherever the device's memory is. For kernels.
  [[nodiscard]] const void* data() const;
  template <class T>
  [[nodiscard]] const T* data_as() const {
    return static_cast<const T*>(data());
  }
  /// As `data()`, to be written. Only for whoever made this tensor and has not yet shown it to
  /// others.
  [[nodiscard]] void* mutable_data();
  template <class T>
  [[nodiscard]] T* mutable_data_as() {
    return static_cast<T*>(mutable_data());
  }
  /// This tensor if its elements lie in row-major order, else a copy that does.
  [[nodiscard]] Tensor contiguous() const;
  /// This tensor in host memory: itself if it lies there, else a copy, for which the GPU is waited
  /// for. Gradients flow back to where it was. Source: tf.identity under tf.device.
  [[nodiscard]] Tensor cpu() const;
  /// This tensor on a GPU: itself if it lies there, else a copy. @throws DeviceError without one
  [[nodiscard]] Tensor gpu(int index = 0) const;
  /// This tensor on `device`. @throws DeviceError if there is no such device
  [[nodiscard]] Tensor to(Device device) const;
  /// Another window on the same elements: `offset` elements from this one's first. For view ops.
  [[nodiscard]] Tensor view(Shape shape, Dims strides, std::int64_t offset = 0) const;

  /// A row, column or box, as Python's `x[...]`: numbers drop their axis, `tf::all` keeps it,
  /// `tf::slice(begin, end, step)` cuts it, `tf::newaxis` makes one, `tf::ellipsis` stands for all
  /// axes in between. A view.
  ///
  /// A tensor may be an index too: a scalar of int32 or int64 is a number, also where a function is
  /// traced; a bool tensor by itself is a mask, as for `tf::boolean_mask`.
  /// @throws IndexError for an index out of range, too many of them, or another tensor
  template <class... Indices>
  requires(sizeof...(Indices) > 0 && (std::constructible_from<Index, Indices> && ...))
      [[nodiscard]] Tensor
      operator()(Indices&&... indices) const {
    const Index list[] = {Index(std::forward<Indices>(indices))...};
    return at(list);
  }
  template <class... Indices>
  requires(!(std::constructible_from<Index, Indices> && ...) &&
           ((std::constructible_from<Index, Indices> || std::convertible_to<Indices, Tensor>)&&...))
      [[nodiscard]] Tensor
      operator()(Indices&&... indices) const;
  /// As `operator()`, with a list made at run time.
  [[nodiscard]] Tensor at(std::span<const Index> indices) const;
  [[nodiscard]] Tensor at(std::span<const TensorIndex> indices) const;

  /// As NumPy prints it, with shape and dtype; long ones are shortened.
  [[nodiscard]] std::string to_string() const;

  [[nodiscard]] TensorImpl* impl() const noexcept { return impl_; }
  /// Takes over one reference to `impl`.
  explicit Tensor(TensorImpl* impl) noexcept : impl_(impl) {}

 private:
  void retain() const noexcept;
  void release() noexcept;
  [[nodiscard]] const TensorImpl& checked() const;
  void read_item(DType wanted, void* value) const;
  [[nodiscard]] const void* span_data(DType wanted) const;
  [[nodiscard]] const void* host_view_data(DType wanted, int wanted_rank) const;

  TensorImpl* impl_ = nullptr;
};

/// One entry between the brackets of `x[...]` where some are tensors.
class TensorIndex {
 public:
  template <class Entry>
  requires std::constructible_from<Index, Entry> TensorIndex(Entry&& entry)  // NOLINT: x(0, i)
      : index_(std::forward<Entry>(entry)) {}
  TensorIndex(const Tensor& tensor) : tensor_(tensor) {}  // NOLINT: x(0, i)

  /// What it is if it is no tensor.
  [[nodiscard]] const Index& index() const { return index_; }
  /// Undefined if it is none.
  [[nodiscard]] const Tensor& tensor() const { return tensor_; }

 private:
  Index index_ = all;
  Tensor tensor_;
};

template <class... Indices>
requires(!(std::constructible_from<Index, Indices> && ...) &&
         ((std::constructible_from<Index, Indices> || std::convertible_to<Indices, Tensor>)&&...))
    Tensor Tensor::operator()(Indices&&... indices) const {
  const TensorIndex list[] = {TensorIndex(std::forward<Indices>(indices))...};
  return at(list);
}

SAEM_API std::ostream& operator<<(std::ostream& out, const Tensor& tensor);

}  // namespace saem
