// bias_add, a function over ops.
#include <saem/ops/bias_add.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/reshape.hpp>

#include "base/message.hpp"

namespace saem::nn {

Tensor bias_add(const Tensor& value, const Tensor& bias, const BiasAddOptions& options) {
  const std::string& format = options.data_format;
  const bool first = format.starts_with("NC");
  if (!first && !(format.starts_with("N") && format.ends_with("C"))) {
    raise<ValueError>("bias_add", "data_format is \"{}\"; it must be of the form N...C or NC...",
                      format);
  }
  if (value.rank() < 2 || bias.rank() != 1) {
    raise<ShapeError>("bias_add",
                      "needs a value of rank 2 or more and a bias of rank 1, got {} and {}",
                      value.shape().to_string(), bias.shape().to_string());
  }
  const int axis = first ? 1 : value.rank() - 1;
  if (value.shape(axis) != bias.shape(0)) {
    raise<ShapeError>("bias_add", "value of shape {} has {} channels along axis {}, bias {}",
                      value.shape().to_string(), value.shape(axis), axis, bias.shape(0));
  }
  Shape shape{bias.shape(0)};
  while (shape.rank() < value.rank() - axis) shape.push_back(1);
  return value + reshape(bias, shape);
}

}  // namespace saem::nn
