#include <array>
#include <cstring>
#include <memory>
#include <new>
#include <saem/core/tensor.hpp>

#include "base/message.hpp"
#include "core/allocator.hpp"
#include "core/backend.hpp"
#include "core/memory_tags.hpp"
#include "core/registry.hpp"
#include "core/tensor_impl.hpp"
#include "core/thread_state.hpp"

namespace saem {

namespace {

/// Elements of `storage` begin to count under the tag that is open.
void tag_memory(Storage& storage, std::size_t bytes) {
  if (thread_state.memory_tag == 0) [[likely]]
    return;
  storage.memory_tag = thread_state.memory_tag;
  count_tagged_memory(storage.memory_tag, static_cast<std::int64_t>(bytes));
}

}  // namespace

Storage* Storage::allocate(std::size_t bytes, Device device, void** data) {
  // A GPU's memory cannot hold a header that the host writes; its header lies on the heap.
  if (device.type != DeviceType::kCPU) {
    auto header = std::make_unique<Storage>();
    header->device = device;
    header->block_bytes = bytes;
    *data = allocator_of(device).allocate(bytes);
    header->header_block = *data;
    tag_memory(*header, bytes);
    return header.release();
  }
  void* block = allocator_of(device).allocate(bytes + kHeader);
  auto* storage = new (block) Storage;
  storage->block_bytes = bytes + kHeader;
  storage->header_block = block;
  tag_memory(*storage, bytes);
  *data = static_cast<std::byte*>(block) + kHeader;
  return storage;
}

Storage* Storage::external(std::function<void()> release) {
  auto* storage = new Storage;
  storage->release = std::move(release);
  return storage;
}

void Storage::drop() noexcept {
  if (references.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  forget();
  if (block_bytes == 0) {
    if (release) release();
    delete this;
    return;
  }
  const Device where = device;
  const std::size_t bytes = block_bytes;
  void* block = header_block;
  if (memory_tag != 0) [[unlikely]] {
    const std::size_t header = where.type == DeviceType::kCPU ? kHeader : 0;
    count_tagged_memory(memory_tag,
                        static_cast<std::int64_t>(header) - static_cast<std::int64_t>(bytes));
  }
  if (where.type == DeviceType::kCPU) {
    std::destroy_at(this);
  } else {
    delete this;
  }
  allocator_of(where).deallocate(block, bytes);
}

Tensor Tensor::empty(DType dtype, Shape shape, Device device) {
  auto impl = std::make_unique<TensorImpl>();
  impl->dtype = dtype;
  impl->device = device;
  impl->size = checked_size(shape, "tensor");
  impl->strides = row_major_strides(shape);
  impl->shape = std::move(shape);
  std::int64_t bytes = 0;
  if (__builtin_mul_overflow(impl->size, static_cast<std::int64_t>(dtype.size()), &bytes)) {
    raise<OutOfMemoryError>("tensor", "shape {} of {} has more bytes than 64 bits can count",
                            impl->shape.to_string(), dtype.name());
  }
  void* data = nullptr;
  impl->storage = Storage::allocate(static_cast<std::size_t>(bytes), device, &data);
  impl->data = static_cast<std::byte*>(data);
  return Tensor(impl.release());
}

Tensor Tensor::from_external(void* data, DType dtype, const Shape& shape,
                             std::function<void()> release, Device device) {
  auto impl = std::make_unique<TensorImpl>();
  impl->dtype = dtype;
  impl->device = device;
  impl->shape = shape;
  impl->strides = row_major_strides(shape);
  impl->size = checked_size(shape, "tensor");
  impl->data = static_cast<std::byte*>(data);
  impl->storage = Storage::external(std::move(release));
  return Tensor(impl.release());
}

void Tensor::retain() const noexcept {
  if (impl_ != nullptr) impl_->references.fetch_add(1, std::memory_order_relaxed);
}

void Tensor::release() noexcept {
  // A sole owner needs no locked instruction: nobody else can gain a reference meanwhile.
  if (impl_->references.load(std::memory_order_acquire) == 1 ||
      impl_->references.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    delete impl_;
  }
}

const TensorImpl& Tensor::checked() const {
  if (impl_ == nullptr) [[unlikely]] {
    raise<ValueError>(
        "tensor",
        "this tensor is undefined (None): an unconnected gradient, or never assigned; "
        "ask defined() first");
  }
  return *impl_;
}

DType Tensor::dtype() const { return checked().dtype; }
const Shape& Tensor::shape() const { return checked().shape; }
std::int64_t Tensor::size() const { return checked().size; }
Device Tensor::device() const { return checked().device; }
const Dims& Tensor::strides() const { return checked().strides; }
bool Tensor::is_contiguous() const { return checked().contiguous; }
bool Tensor::is_symbolic() const { return checked().symbol != TensorImpl::kNotSymbolic; }

std::int64_t Tensor::nbytes() const {
  const TensorImpl& impl = checked();
  return impl.size * static_cast<std::int64_t>(impl.dtype.size());
}

const void* Tensor::data() const {
  const TensorImpl& impl = checked();
  if (impl.symbol != TensorImpl::kNotSymbolic) {
    raise<ValueError>("tensor",
                      "a traced function has no values yet; use ops (tf::cond, tf::where, "
                      "tf::print, ...) instead of "
                      "reading the tensor in C++");
  }
  return impl.data;
}

void* Tensor::mutable_data() {
  const void* elements = data();
  impl_->storage->forget();
  return const_cast<void*>(elements);  // NOLINT: memory of our own making, see the header
}

void Tensor::read_item(DType wanted, void* value) const {
  if (dtype() != wanted) {
    raise<DTypeError>("item", "the tensor is {}, not {}; ask for its own type or tf::cast it",
                      dtype().name(), wanted.name());
  }
  if (size() != 1) {
    raise<ShapeError>("item",
                      "needs a tensor of one element, this one has shape {}; index it first",
                      shape().to_string());
  }
  const Tensor host = to_host(*this);
  std::memcpy(value, host.data(), wanted.size());
}

namespace {

/// Throws unless the elements of `tensor` are of that dtype and within reach of the host.
void check_on_host(const Tensor& tensor, DType wanted, const char* op) {
  if (tensor.dtype() != wanted) {
    raise<DTypeError>(op, "the tensor is {}, not {}; ask for its own type or tf::cast it",
                      tensor.dtype().name(), wanted.name());
  }
  if (tensor.device().type != DeviceType::kCPU) {
    raise<DeviceError>(op, "the tensor lies on {}; take .cpu() first", tensor.device().to_string());
  }
}

}  // namespace

const void* Tensor::host_view_data(DType wanted, int wanted_rank) const {
  check_on_host(*this, wanted, "host_view");
  if (rank() != wanted_rank) {
    raise<ShapeError>("host_view", "the tensor has rank {}, shape {}, not rank {}", rank(),
                      shape().to_string(), wanted_rank);
  }
  return data();
}

void detail::raise_host_view_index(std::int64_t index, int axis, std::int64_t extent) {
  raise<IndexError>("host_view", "index {} is out of range along axis {}, which has {} elements",
                    index, axis, extent);
}

const void* Tensor::span_data(DType wanted) const {
  check_on_host(*this, wanted, "span");
  if (!is_contiguous()) {
    raise<ValueError>(
        "span",
        "the tensor is a view of shape {} whose elements are not in row-major order; take "
        ".contiguous() first and keep it",
        shape().to_string());
  }
  return data();
}

Tensor Tensor::view(Shape shape, Dims strides, std::int64_t offset) const {
  const TensorImpl& source = checked();
  auto impl = std::make_unique<TensorImpl>();
  impl->dtype = source.dtype;
  impl->device = source.device;
  impl->size = shape.size();
  impl->shape = std::move(shape);
  impl->strides = std::move(strides);
  impl->data = source.data + offset * static_cast<std::int64_t>(source.dtype.size());
  impl->storage = source.storage;
  impl->storage->retain();
  std::int64_t step = 1;
  for (int axis = impl->shape.rank(); axis-- > 0;) {
    if (impl->shape[axis] != 1 && impl->strides[static_cast<std::size_t>(axis)] != step) {
      impl->contiguous = impl->size == 0;
    }
    step *= impl->shape[axis];
  }
  return Tensor(impl.release());
}

namespace {

std::array<CopyFunction, kDeviceTypes> copy_functions{};

}  // namespace

void set_copy_function(DeviceType device, CopyFunction function) {
  copy_functions[static_cast<std::size_t>(device)] = function;
}

void copy_elements(const Tensor& from, Tensor& to) {
  if (from.size() == 0) return;
  ensure_backends();
  const Device device = from.device();
  if (device.type != DeviceType::kCPU) backend_of(device.type)->enter(device);
  copy_functions[static_cast<std::size_t>(device.type)](from, to);
}

Tensor contiguous_copy(const Tensor& tensor) {
  if (tensor.is_contiguous()) return tensor;
  Tensor copy = Tensor::empty(tensor.dtype(), tensor.shape(), tensor.device());
  copy_elements(tensor, copy);
  return copy;
}

}  // namespace saem
