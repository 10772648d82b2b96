// DLPack: tensors handed to other libraries and taken from them.
#include <algorithm>
#include <bit>
#include <functional>
#include <limits>
#include <memory>
#include <saem/formats/dlpack.hpp>

#include "base/message.hpp"
#include "core/backend.hpp"
#include "core/tensor_impl.hpp"
#include "formats/dlpack/abi.hpp"

namespace saem::experimental::dlpack {
namespace {

constexpr const char* kFrom = "from_dlpack";
/// As NumPy's; a count that is larger is no count.
constexpr std::int32_t kMostAxes = 64;

struct ElementType {
  DType dtype;
  std::uint8_t code;
};
constexpr ElementType kElementTypes[] = {{bool_, kDLBool},
                                         {int8, kDLInt},
                                         {int16, kDLInt},
                                         {int32, kDLInt},
                                         {int64, kDLInt},
                                         {uint8, kDLUInt},
                                         {uint16, kDLUInt},
                                         {uint32, kDLUInt},
                                         {uint64, kDLUInt},
                                         {half, kDLFloat},
                                         {float32, kDLFloat},
                                         {float64, kDLFloat},
                                         {dtypes::bfloat16, kDLBfloat},
                                         {complex64, kDLComplex},
                                         {complex128, kDLComplex},
                                         {dtypes::float8_e4m3fn, kDLFloat8_e4m3fn},
                                         {dtypes::float8_e5m2, kDLFloat8_e5m2}};

int bits_of(DType dtype) { return static_cast<int>(8 * dtype.size()); }

DLDataType data_type(DType dtype) {
  const auto* known = std::find_if(std::begin(kElementTypes), std::end(kElementTypes),
                                   [&](const ElementType& each) { return each.dtype == dtype; });
  return {known->code, static_cast<std::uint8_t>(bits_of(dtype)), 1};
}

DType dtype_of(const DLDataType& type) {
  for (const ElementType& known : kElementTypes) {
    if (known.code == type.code && bits_of(known.dtype) == type.bits && type.lanes == 1) {
      return known.dtype;
    }
  }
  raise<DTypeError>(kFrom,
                    "no tensor holds elements of DLPack's type code {} with {} bits and {} lanes; "
                    "convert them in the other library",
                    type.code, type.bits, type.lanes);
}

DLDevice dl_device(Device device) {
  return {device.type == DeviceType::kCPU ? kDLCPU : kDLCUDA, device.index};
}

Device device_of(const DLDevice& device) {
  switch (device.device_type) {
    case kDLCPU:
    case kDLCUDAHost:
      return {};
    case kDLCUDA:
    case kDLCUDAManaged: {
      if (device.device_id < 0 || device.device_id > std::numeric_limits<std::uint8_t>::max()) {
        raise<DeviceError>(kFrom, "there is no GPU {}", device.device_id);
      }
      const Device gpu{DeviceType::kGPU, static_cast<std::uint8_t>(device.device_id)};
      check_device(gpu, kFrom);
      return gpu;
    }
    default:
      raise<DeviceError>(kFrom,
                         "elements lie on a device of DLPack's type {}; move them to the CPU (1) "
                         "or a CUDA GPU (2) in the other library",
                         device.device_type);
  }
}

/// What a receiver holds: the struct, and the tensor whose elements it shows.
template <class Managed>
struct Handed {
  Managed managed = {};
  Tensor tensor;
  Dims shape;
  Dims strides;
};

template <class Managed>
Managed* hand_over(const char* op, const Tensor& source, const DlpackOptions& options) {
  if (!source.defined()) {
    raise<ValueError>(op, "the tensor is undefined (None); ask defined() first");
  }
  auto handed = std::make_unique<Handed<Managed>>();
  handed->tensor = source;
  if (options.copy) {
    handed->tensor = Tensor::empty(source.dtype(), source.shape(), source.device());
    (void)source.data();  // throws for what has no elements
    copy_elements(source, handed->tensor);
  }
  const Tensor& tensor = handed->tensor;
  const Device device = tensor.device();
  DLTensor& view = handed->managed.dl_tensor;
  view.data = const_cast<void*>(tensor.data());  // NOLINT: DLPack knows no const
  if (device.type != DeviceType::kCPU) backend_of(device.type)->synchronize(device);
  handed->shape = tensor.shape().dims();
  handed->strides = tensor.strides();
  view.device = dl_device(device);
  view.ndim = tensor.rank();
  view.dtype = data_type(tensor.dtype());
  view.shape = handed->shape.begin();
  view.strides = handed->strides.begin();
  handed->managed.manager_ctx = handed.get();
  handed->managed.deleter = [](Managed* self) {
    delete static_cast<Handed<Managed>*>(self->manager_ctx);
  };
  return &handed.release()->managed;
}

struct Layout {
  Shape shape;
  Dims strides;
};

/// Shape and strides of `view`, whose elements all lie within 64 bits.
Layout layout_of(const DLTensor& view) {
  if (view.ndim < 0 || view.ndim > kMostAxes) {
    raise<ValueError>(kFrom, "a rank of {} makes no sense", view.ndim);
  }
  Layout layout;
  for (std::int32_t axis = 0; axis < view.ndim; ++axis) layout.shape.push_back(view.shape[axis]);
  std::int64_t elements = 1;
  for (const std::int64_t size : layout.shape) {
    if (size < 0 || __builtin_mul_overflow(elements, std::max<std::int64_t>(size, 1), &elements)) {
      raise<ValueError>(kFrom, "a shape of {} makes no sense", layout.shape.to_string());
    }
  }
  if (view.strides == nullptr) {
    layout.strides = row_major_strides(layout.shape);
  } else {
    layout.strides = Dims(view.strides, view.strides + view.ndim);
  }
  return layout;
}

template <class Managed>
void release(Managed* managed, Device device) noexcept {
  if (device.type != DeviceType::kCPU) {
    try {  // kernels that read the elements may still be at work
      backend_of(device.type)->synchronize(device);
    } catch (...) {  // NOLINT: is told again by whoever waits for its result
    }
  }
  if (managed->deleter != nullptr) managed->deleter(managed);
}

template <class Managed>
Tensor take_over(Managed* managed, const DlpackOptions& options) {
  const DLTensor& view = managed->dl_tensor;
  const DType dtype = dtype_of(view.dtype);
  const Device device = device_of(view.device);
  const auto [shape, strides] = layout_of(view);
  auto* data = static_cast<std::byte*>(view.data) + view.byte_offset;
  if (view.data == nullptr && shape.size() != 0) {
    raise<ValueError>(kFrom, "there are no elements for shape {}", shape.to_string());
  }
  const std::size_t alignment = dtype.is_complex() ? dtype.size() / 2 : dtype.size();
  const bool aligned = std::bit_cast<std::uintptr_t>(data) % alignment == 0;
  if (!aligned && device.type != DeviceType::kCPU) {
    raise<ValueError>(kFrom, "elements lie at no multiple of their size; copy them first");
  }
  // One element stands for the block: which others there are, the strides say.
  const auto window = [&](std::function<void()> owner) {
    return Tensor::from_external(data, dtype, {}, std::move(owner), device).view(shape, strides);
  };
  if (!options.copy && aligned) {
    const auto owned = std::make_shared<bool>(false);  // not before nothing can fail any more
    Tensor tensor = window([managed, device, owned] {
      if (*owned) release(managed, device);
    });
    *owned = true;
    return tensor;
  }
  Tensor copy = Tensor::empty(dtype, shape, device);
  if (aligned) {
    copy_elements(window({}), copy);
  } else {
    // As bytes: one more axis, of the element's own.
    const auto width = static_cast<std::int64_t>(dtype.size());
    Shape bytes_shape = shape;
    Dims bytes_strides = strides;
    for (std::int64_t& stride : bytes_strides) stride *= width;
    bytes_shape.push_back(width);
    bytes_strides.push_back(1);
    const Tensor bytes =
        Tensor::from_external(data, uint8, {}, {}).view(bytes_shape, bytes_strides);
    Tensor to = Tensor::from_external(copy.mutable_data(), uint8, bytes_shape, {});
    copy_elements(bytes, to);
  }
  release(managed, device);
  return copy;
}

void check_pointer(const void* managed) {
  if (managed == nullptr) {
    raise<ValueError>(kFrom, "there is nothing to take: the pointer is null");
  }
}

}  // namespace

DLManagedTensor* to_dlpack(const Tensor& tensor, const DlpackOptions& options) {
  return hand_over<DLManagedTensor>("to_dlpack", tensor, options);
}

DLManagedTensorVersioned* to_dlpack_versioned(const Tensor& tensor, const DlpackOptions& options) {
  auto* managed = hand_over<DLManagedTensorVersioned>("to_dlpack_versioned", tensor, options);
  managed->version = kDLPackVersion;
  managed->flags = options.copy ? kDLPackFlagIsCopied : kDLPackFlagReadOnly;
  return managed;
}

Tensor from_dlpack(DLManagedTensor* managed, const DlpackOptions& options) {
  check_pointer(managed);
  return take_over(managed, options);
}

Tensor from_dlpack(DLManagedTensorVersioned* managed, const DlpackOptions& options) {
  check_pointer(managed);
  if (managed->version.major != kDLPackVersion.major) {
    raise<ValueError>(kFrom, "the struct is of DLPack {}.{}; {}.x is known", managed->version.major,
                      managed->version.minor, kDLPackVersion.major);
  }
  return take_over(managed, options);
}

}  // namespace saem::experimental::dlpack
