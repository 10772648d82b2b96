#pragma once

#include <saem/core/tensor.hpp>
#include <string>

namespace saem::data {

/// `read_idx` whose errors carry the name of the function that the user called.
Tensor read_idx_as(const char* op, const std::string& path);

}  // namespace saem::data
