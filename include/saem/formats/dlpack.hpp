#pragma once

#include <saem/base/export.hpp>
#include <saem/core/tensor.hpp>

struct DLManagedTensor;           // dlpack/dlpack.h
struct DLManagedTensorVersioned;  // dlpack/dlpack.h, since version 1.0

/// Exchange of tensors with other libraries in one process (NumPy, PyTorch, JAX, CuPy), without a
/// copy. Source: https://dmlc.github.io/dlpack, tf.experimental.dlpack.
namespace saem::experimental::dlpack {

/// Whether elements are shared.
struct DlpackOptions {
  bool copy = false;  ///< give the receiver elements of its own
};

/// Hands `tensor` to another library: its elements, where they lie, with their strides.
///
/// The receiver calls the `deleter` of what it gets once; until then the elements live. It must not
/// write to them, since a tensor's elements never change, unless `copy` made them its own: this
/// struct cannot say so, `to_dlpack_versioned` can. A GPU is waited for.
///
/// @param tensor   any dtype, shape and strides, on the CPU or a CUDA GPU
/// @param options  copy: elements that are the receiver's own
/// @return         what a capsule "dltensor" holds
/// @throws ValueError for an undefined tensor, and for one of a function that is being traced
/// Thread-safe. Source: tf.experimental.dlpack.to_dlpack.
/// @code
///   const tf::Tensor x = tf::constant({1, 2});
///   DLManagedTensor* managed = tf::experimental::dlpack::to_dlpack(x);
///   std::cout << tf::experimental::dlpack::from_dlpack(managed);
///   // tf.Tensor([1 2], shape=(2,), dtype=int32)
/// @endcode
[[nodiscard]] SAEM_API DLManagedTensor* to_dlpack(const Tensor& tensor,
                                                  const DlpackOptions& options = {});

/// As `to_dlpack`, in the form of DLPack 1.0, for a capsule "dltensor_versioned": elements that are
/// shared are marked as read-only, copied ones as copied.
[[nodiscard]] SAEM_API DLManagedTensorVersioned* to_dlpack_versioned(
    const Tensor& tensor, const DlpackOptions& options = {});

/// Takes over what another library hands over: a tensor on its elements, whose `deleter` is called
/// once, when the last tensor on them is gone; at once if they were copied, which elements are that
/// do not lie at a multiple of their size. (A capsule is then to be renamed to "used_dltensor".)
///
/// Nothing here writes to the elements, whether they are marked as read-only or not. Whoever else
/// can, must not while the tensor lives; `copy` makes it independent. On a GPU they must be there:
/// the other library's stream is not waited for.
///
/// @param managed  from the other library; after an exception it is still the caller's
/// @param options  copy: elements of the tensor's own
/// @return         a tensor of the same shape, strides and device
/// @throws ValueError for a null pointer, an unknown version or a shape that makes no sense;
///         DTypeError for a dtype that tensors do not have; DeviceError for a device that saem
///         does not serve
/// Source: tf.experimental.dlpack.from_dlpack. Example: see `to_dlpack`.
[[nodiscard]] SAEM_API Tensor from_dlpack(DLManagedTensor* managed,
                                          const DlpackOptions& options = {});
[[nodiscard]] SAEM_API Tensor from_dlpack(DLManagedTensorVersioned* managed,
                                          const DlpackOptions& options = {});

}  // namespace saem::experimental::dlpack
