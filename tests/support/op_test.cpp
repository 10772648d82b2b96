#include "support/op_test.hpp"

#include <cmath>
#include <cstring>
#include <limits>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/transpose.hpp>

#include "base/philox.hpp"
#include "core/dispatch.hpp"
#include "support/cross_check.hpp"

namespace saem::testing {

std::vector<double> values_of(const Tensor& tensor) {
  const Tensor flat = tensor.cpu().contiguous();
  std::vector<double> values;
  dispatch_any(flat.dtype(), [&]<class T>(Type<T>) {
    for (const T value : flat.span<T>()) {
      if constexpr (dtype_of<T>().is_complex()) {
        values.push_back(value.real());
        values.push_back(value.imag());
      } else {
        values.push_back(static_cast<double>(value));
      }
    }
  });
  return values;
}

Tensor sample(const Shape& shape, DType dtype, double low, double high, std::uint32_t seed) {
  std::vector<double> values(static_cast<std::size_t>(shape.size()));
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto bits = Philox::bits({static_cast<std::uint32_t>(i), seed, 7, 7}, {seed, 11});
    values[i] = low + (high - low) * (bits[0] / 4294967296.0);
  }
  return cast(constant(values, shape), dtype);
}

Tensor scattered(const Tensor& tensor) {
  if (tensor.rank() == 0) return tensor;
  // Every second element of a buffer that is twice as long on its last axis, with all axes turned
  // around.
  Shape turned;
  for (int axis = tensor.rank(); axis-- > 0;) turned.push_back(tensor.shape()[axis]);
  Shape wide = turned;
  wide[wide.rank() - 1] *= 2;
  Tensor buffer = Tensor::empty(tensor.dtype(), wide);
  std::memset(buffer.mutable_data(), 0x5a, static_cast<std::size_t>(buffer.nbytes()));
  const Dims source_strides = row_major_strides(wide);
  Dims strides;
  for (int axis = tensor.rank(); axis-- > 0;) {
    const bool last = axis == tensor.rank() - 1;
    strides.push_back(source_strides[static_cast<std::size_t>(axis)] * (last ? 2 : 1));
  }
  const Tensor flat = tensor.cpu().contiguous();
  const std::size_t width = tensor.dtype().size();
  Dims at(static_cast<std::size_t>(tensor.rank()));
  for (std::int64_t i = 0; i < tensor.size(); ++i) {
    std::int64_t rest = i;
    std::int64_t offset = 0;
    for (int axis = tensor.rank(); axis-- > 0;) {
      offset += rest % tensor.shape()[axis] * strides[static_cast<std::size_t>(axis)];
      rest /= tensor.shape()[axis];
    }
    std::memcpy(
        static_cast<char*>(buffer.mutable_data()) + static_cast<std::size_t>(offset) * width,
        static_cast<const char*>(flat.data()) + static_cast<std::size_t>(i) * width, width);
  }
  return buffer.to(tensor.device()).view(tensor.shape(), strides);
}

Tolerance tolerance_of(DType dtype) {
  switch (dtype.real_dtype().code()) {
    case DType::kFloat64:
      return {1e-12, 1e-12};
    case DType::kFloat32:
      return {2e-6, 1e-6};
    case DType::kFloat16:
      return {2e-3, 1e-3};
    case DType::kBFloat16:
      return {1.6e-2, 1e-2};
    default:
      return {};
  }
}

::testing::AssertionResult near(const Tensor& actual, const Tensor& expected, Tolerance tolerance) {
  if (actual.dtype() != expected.dtype() || actual.shape() != expected.shape()) {
    return ::testing::AssertionFailure()
           << "got " << actual.dtype() << " " << actual.shape() << ", expected " << expected.dtype()
           << " " << expected.shape();
  }
  const std::vector<double> a = values_of(actual);
  const std::vector<double> b = values_of(expected);
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] == b[i] || (std::isnan(a[i]) && std::isnan(b[i]))) continue;
    const double limit = tolerance.absolute + tolerance.relative * std::abs(b[i]);
    if (!(std::abs(a[i] - b[i]) <= limit)) {
      return ::testing::AssertionFailure()
             << "element " << i << " of shape " << actual.shape() << ": got " << a[i]
             << ", expected " << b[i] << ", difference " << a[i] - b[i] << ", allowed " << limit;
    }
  }
  return ::testing::AssertionSuccess();
}

::testing::AssertionResult near(const Tensor& actual, const Tensor& expected) {
  return near(actual, expected, tolerance_of(expected.dtype()));
}

::testing::AssertionResult has_values(const Tensor& actual, const Shape& shape,
                                      const std::vector<double>& expected, Tolerance tolerance) {
  const std::vector<double> values = values_of(actual);
  if (actual.shape() != shape) {
    return ::testing::AssertionFailure()
           << "got shape " << actual.shape() << ", expected " << shape;
  }
  if (values.size() != expected.size()) {
    return ::testing::AssertionFailure()
           << "got " << values.size() << " elements, the test expects " << expected.size();
  }
  const Shape flat = {static_cast<std::int64_t>(values.size())};
  return near(constant(values, flat), constant(expected, flat), tolerance);
}

::testing::AssertionResult identical(const Tensor& actual, const Tensor& expected) {
  const ::testing::AssertionResult alike = near(actual, expected, {});
  if (!alike) return alike;
  const Tensor a = actual.cpu().contiguous();
  const Tensor b = expected.cpu().contiguous();
  if (std::memcmp(a.data(), b.data(), static_cast<std::size_t>(a.nbytes())) == 0) {
    return ::testing::AssertionSuccess();
  }
  return ::testing::AssertionFailure() << "equal numbers, different bits (zeros' signs or NaNs)";
}

::testing::AssertionResult kernel_equals_composition(const std::string& op_name,
                                                     const std::vector<Tensor>& inputs,
                                                     AttributesRef attributes) {
  (void)all_ops();
  const OpDef* op = find_op(op_name);
  if (op == nullptr) return ::testing::AssertionFailure() << "no op " << op_name;
  if (op->kernel(DeviceType::kCPU).run == nullptr || op->compose == nullptr) {
    return ::testing::AssertionFailure() << op_name << " lacks a kernel or a composition";
  }
  const PauseCrossCheck quiet;  // a composition rounds more often than the kernel does
  const Tensors by_kernel = apply(*op, inputs, attributes);
  const Tensors by_composition = apply_composition(*op, inputs, attributes);
  if (by_kernel.size() != by_composition.size()) {
    return ::testing::AssertionFailure() << "different numbers of outputs";
  }
  for (std::size_t i = 0; i < by_kernel.size(); ++i) {
    const ::testing::AssertionResult result = near(by_kernel[i], by_composition[i]);
    if (!result) return result;
  }
  return ::testing::AssertionSuccess();
}

}  // namespace saem::testing
