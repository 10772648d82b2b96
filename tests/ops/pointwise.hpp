#pragma once

#include <saem/ops/binary_arith.hpp>
#include <saem/ops/cast.hpp>

#include "support/op_test.hpp"

/// What the tests of pointwise ops share: every dtype on every kind of shape, against a plain loop.
namespace saem::testing {

inline const std::vector<DType> kFloating = {half, DType::kBFloat16, float32, float64};
inline const std::vector<DType> kIntegers = {int8,  int16,  int32,  int64,
                                             uint8, uint16, uint32, uint64};

inline std::vector<DType> numeric() {
  std::vector<DType> dtypes = kIntegers;
  dtypes.insert(dtypes.end(), kFloating.begin(), kFloating.end());
  return dtypes;
}

/// A scalar, two empty tensors, one element, odd numbers of them, and more than two parallel
/// ranges.
inline const std::vector<Shape> kShapes = {{}, {0}, {2, 0, 3}, {1}, {7}, {3, 5, 2}, {70001}};

using UnaryOp = std::function<Tensor(const Tensor&)>;
using BinaryOp = std::function<Tensor(const Tensor&, const Tensor&)>;

/// Numbers for an op to be tried on: whole ones for integers, none below zero for unsigned ones.
inline Tensor sample_for(const Shape& shape, DType dtype, double low, double high,
                         std::uint32_t seed = 1) {
  return sample(shape, dtype, dtype.is_unsigned() ? std::max(low, 0.0) : low, high, seed);
}

/// `op` on all `dtypes` and shapes, in order and scattered in memory, against `exact` on doubles.
/// The result has the input's dtype unless `result` says otherwise.
inline void expect_unary(const UnaryOp& op, const std::function<double(double)>& exact,
                         const std::vector<DType>& dtypes, double low, double high,
                         DType result = {}) {
  for (const DType dtype : dtypes) {
    for (const Shape& shape : kShapes) {
      SCOPED_TRACE(std::string(dtype.name()) + " " + shape.to_string());
      const Tensor x = sample_for(shape, dtype, low, high);
      std::vector<double> values = values_of(x);
      for (double& value : values) value = exact(value);
      const DType expected = result == DType() ? dtype : result;
      EXPECT_TRUE(near(op(x), cast(constant(values, shape), expected)));
      EXPECT_TRUE(identical(op(scattered(x)), op(x)));
    }
  }
}

/// The same for two inputs of one shape, and for two that broadcast against each other.
inline void expect_binary(const BinaryOp& op, const std::function<double(double, double)>& exact,
                          const std::vector<DType>& dtypes, double low, double high,
                          DType result = {}) {
  for (const DType dtype : dtypes) {
    for (const Shape& shape : kShapes) {
      SCOPED_TRACE(std::string(dtype.name()) + " " + shape.to_string());
      const Tensor x = sample_for(shape, dtype, low, high, 1);
      const Tensor y = sample_for(shape, dtype, low, high, 2);
      std::vector<double> values = values_of(x);
      const std::vector<double> others = values_of(y);
      for (std::size_t i = 0; i < values.size(); ++i) values[i] = exact(values[i], others[i]);
      const DType expected = result == DType() ? dtype : result;
      EXPECT_TRUE(near(op(x, y), cast(constant(values, shape), expected)));
      EXPECT_TRUE(identical(op(scattered(x), scattered(y)), op(x, y)));
    }
    SCOPED_TRACE(std::string(dtype.name()) + " (3, 1) with (5,)");
    const Tensor column = sample_for({3, 1}, dtype, low, high, 1);
    const Tensor row = sample_for({5}, dtype, low, high, 2);
    std::vector<double> values;
    for (const double a : values_of(column)) {
      for (const double b : values_of(row)) values.push_back(exact(a, b));
    }
    const DType expected = result == DType() ? dtype : result;
    EXPECT_TRUE(near(op(column, row), cast(constant(values, Shape{3, 5}), expected)));
  }
}

/// First and second gradients of a one-input op at `x` (float64).
inline void expect_unary_gradients(const UnaryOp& op, const Tensor& x) {
  const Function function = [&](const std::vector<Tensor>& in) { return op(in[0]); };
  EXPECT_TRUE(gradients_agree(function, {x}));
  EXPECT_TRUE(second_gradients_agree(function, {x}));
}

/// First and second gradients of a two-input op, of one shape and with broadcasting.
inline void expect_binary_gradients(const BinaryOp& op, double low, double high) {
  const Function function = [&](const std::vector<Tensor>& in) { return op(in[0], in[1]); };
  const Tensor x = sample({2, 3}, float64, low, high, 1);
  for (const Shape& shape : {Shape{2, 3}, Shape{3}, Shape{2, 1}, Shape{}}) {
    SCOPED_TRACE(shape.to_string());
    const Tensor y = sample(shape, float64, low, high, 2);
    EXPECT_TRUE(gradients_agree(function, {x, y}));
    EXPECT_TRUE(gradients_agree(function, {y, x}));
    EXPECT_TRUE(second_gradients_agree(function, {x, y}));
  }
}

}  // namespace saem::testing
