#pragma once

#include <cstdint>
#include <saem/core/tensor.hpp>
#include <string>
#include <vector>

#include "formats/summary/event.pb.h"

/// Tensors in host memory, in row-major order, as TensorBoard's plugins want them.
namespace saem::summary {

/// A tensor as it is.
tensorboard::TensorProto tensor_value(const Tensor& host);
/// One number, as float32.
tensorboard::TensorProto scalar_value(const Tensor& host);
/// Rows (left, right, count).
tensorboard::TensorProto histogram_value(const Tensor& host, std::int64_t buckets);
/// Width, height, and the first pictures as PNG.
tensorboard::TensorProto image_value(const Tensor& host, std::int64_t max_outputs);
/// One text, or a column of them.
tensorboard::TensorProto text_value(const std::vector<std::string>& texts, bool column);

}  // namespace saem::summary
