#pragma once

#include <saem/core/op.hpp>

/// What floor 2 of pointwise ops shares.
namespace saem::ops {

/// Two numeric inputs of one dtype that broadcast; the output has their dtype.
TensorSpecs infer_arithmetic(const OpCall& call);
/// The same for floating-point inputs alone.
TensorSpecs infer_floating_arithmetic(const OpCall& call);
/// Two inputs of one dtype (bool too) that broadcast; the output is bool.
TensorSpecs infer_comparison(const OpCall& call);
/// As `infer_arithmetic` and `infer_floating_arithmetic`, for complex numbers too.
TensorSpecs infer_complex_arithmetic(const OpCall& call);
TensorSpecs infer_analytic_arithmetic(const OpCall& call);
/// One numeric or complex input, or a floating-point or complex one; the output is like it.
TensorSpecs infer_complex_unary(const OpCall& call);
TensorSpecs infer_analytic_unary(const OpCall& call);
/// One floating-point input; the output is like it.
TensorSpecs infer_floating_unary(const OpCall& call);
/// One numeric input; the output is like it.
TensorSpecs infer_numeric_unary(const OpCall& call);

/// Throws DTypeError if the two inputs differ in dtype.
void check_same_dtype(const OpCall& call, const Tensor& x, const Tensor& y);

/// A scalar tensor of the dtype of `like`, in host memory, from where it meets tensors on any
/// device. Checks that the number fits.
Tensor scalar_like(Scalar value, const Tensor& like, const char* op);

/// What a C++ number becomes where nobody names a dtype: float32, int32 or bool.
DType literal_dtype(Scalar value);

/// `gradient` summed over the axes along which a tensor of `shape` was broadcast: the transpose of
/// broadcasting.
Tensor sum_to_shape(const Tensor& gradient, const Shape& shape);

}  // namespace saem::ops
