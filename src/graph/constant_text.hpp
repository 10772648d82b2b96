#pragma once

#include <optional>
#include <saem/core/tensor.hpp>
#include <string>
#include <string_view>

namespace saem {

/// `range[2, 3, 40]`: first number, step and count of a vector of evenly spaced numbers; nothing of
/// any other tensor. What `tf::range` gives in a function is a constant like this.
std::optional<std::string> range_text(const Tensor& constant);

/// The constant that `range_text` said this of; false where `text` is nothing like that.
bool read_range(std::string_view text, DType dtype, Tensor& constant);

}  // namespace saem
