#pragma once

#include <saem/core/tensor.hpp>
#include <vector>

/// For ops whose result shape depends on values: they read an input here and now.
namespace saem::ops {

/// `tensor` in row-major order and in host memory, to be read there. In a traced function there is
/// none, which is a ValueError that says that `op` must know `name`.
Tensor host_tensor(const Tensor& tensor, const char* op, const char* name);

/// The elements of an int32 or int64 tensor, wherever it lies. In a traced function there are none,
/// which is a ValueError that says that `op` must know `name`.
std::vector<std::int64_t> host_integers(const Tensor& tensor, const char* op, const char* name);

/// The same for the truth of a tensor's elements: not zero. Any dtype.
std::vector<bool> host_truths(const Tensor& tensor, const char* op, const char* name);

}  // namespace saem::ops
