// matmul, floor 2 of 5: meaning.
#include <algorithm>
#include <limits>
#include <saem/core/op.hpp>
#include <saem/ops/cast.hpp>
#include <saem/ops/complex.hpp>
#include <saem/ops/matmul.hpp>
#include <saem/ops/reshape.hpp>
#include <string>

#include "base/message.hpp"
#include "ops/elementwise.hpp"
#include "ops/rules.hpp"

namespace saem {
namespace ops {
namespace {

/// A matrix argument as the product sees it.
struct Operand {
  const Tensor& tensor;
  bool transposed;

  [[nodiscard]] std::int64_t rows() const { return tensor.shape(transposed ? -1 : -2); }
  [[nodiscard]] std::int64_t columns() const { return tensor.shape(transposed ? -2 : -1); }
  [[nodiscard]] std::string text() const {
    return tensor.shape().to_string() + (transposed ? " transposed" : "");
  }
};

[[noreturn, gnu::cold]] void raise_inner(const Operand& a, const Operand& b) {
  const char* cure = "the columns of a must be as many as the rows of b";
  if (a.columns() == b.columns()) {
    cure = b.transposed ? "leave transpose_b out if b is stored by columns"
                        : "pass transpose_b if b is stored by rows";
  } else if (a.rows() == b.rows()) {
    cure = a.transposed ? "leave transpose_a out if a is stored by rows"
                        : "pass transpose_a if a is stored by columns";
  }
  raise<ShapeError>("matmul", "inner dimensions differ: {} x {}; {}", a.text(), b.text(), cure);
}

bool is_supported(DType dtype) {
  return dtype.is_differentiable() || dtype == int32 || dtype == int64;
}

/// Complex products are BLAS', which counts in int.
void check_complex_sizes(const Operand& a, const Operand& b) {
  constexpr std::int64_t kMost = std::numeric_limits<int>::max();
  if (std::max({a.rows(), a.columns(), b.columns()}) > kMost) {
    raise<ShapeError>("matmul", "complex matrices have at most 2^31 - 1 rows and columns: {} x {}",
                      a.text(), b.text());
  }
}

TensorSpecs infer_matmul(const OpCall& call) {
  const auto& options = call.options<MatmulOptions>();
  const Operand a{call.input(0), options.transpose_a};
  const Operand b{call.input(1), options.transpose_b};
  check_same_dtype(call, a.tensor, b.tensor);
  if (!is_supported(a.tensor.dtype())) {
    raise<DTypeError>("matmul",
                      "needs floating point, complex, int32 or int64, got {}; tf::cast it first",
                      a.tensor.dtype().name());
  }
  if (a.tensor.rank() < 2 || b.tensor.rank() < 2) {
    raise<ShapeError>("matmul",
                      "needs matrices, got {} x {}; make a vector a row with x(tf::newaxis) or a "
                      "column with x(tf::all, tf::newaxis)",
                      a.tensor.shape().to_string(), b.tensor.shape().to_string());
  }
  if (a.columns() != b.rows()) raise_inner(a, b);
  if (a.tensor.dtype().is_complex()) check_complex_sizes(a, b);
  Shape shape;
  if (a.tensor.rank() > 2 || b.tensor.rank() > 2) {
    const auto batch = [](const Tensor& x) {
      return Shape(x.shape().begin(), x.shape().end() - 2);
    };
    shape = broadcast_shapes(batch(a.tensor), batch(b.tensor), "matmul");
  }
  shape.push_back(a.rows());
  shape.push_back(b.columns());
  return {{a.tensor.dtype(), std::move(shape)}};
}

/// For y = A B with A = op(a): dA = dy B^H and dB = A^H dy, transposed back where a or b were.
Tensors matmul_vjp(const VjpCall& call) {
  const bool transpose_a = call.options<MatmulOptions>().transpose_a;
  const bool transpose_b = call.options<MatmulOptions>().transpose_b;
  const Tensor a = math::conj(call.input(0));
  const Tensor b = math::conj(call.input(1));
  const Tensor& dy = call.gradient();
  Tensors gradients(2);
  if (call.needs(0)) {
    const Tensor da =
        transpose_a ? matmul(b, dy, {transpose_b, true}) : matmul(dy, b, {false, !transpose_b});
    gradients[0] = sum_to_shape(da, a.shape());
  }
  if (call.needs(1) && b.rank() == 2 && a.rank() > 2 && !transpose_a) {
    // A matrix that a whole batch was multiplied with: one product over all rows, instead of one
    // for each example and their sum.
    std::int64_t count = 1;
    for (int axis = 0; axis + 1 < a.rank(); ++axis) count *= a.shape()[axis];
    const Tensor rows = reshape(a, {count, a.shape(-1)});
    const Tensor dy_rows = reshape(dy, {count, dy.shape(-1)});
    gradients[1] = transpose_b ? matmul(dy_rows, rows, {.transpose_a = true})
                               : matmul(rows, dy_rows, {.transpose_a = true});
  } else if (call.needs(1)) {
    const Tensor db =
        transpose_b ? matmul(dy, a, {true, transpose_a}) : matmul(a, dy, {!transpose_a, false});
    gradients[1] = sum_to_shape(db, b.shape());
  }
  return gradients;
}

bool is_byte(DType dtype) { return dtype == int8 || dtype == uint8; }

/// The product with what the op itself does not know of.
Tensor matmul_with_options(const Tensor& a, const Tensor& b, const MatmulOptions& options) {
  if ((options.transpose_a && options.adjoint_a) || (options.transpose_b && options.adjoint_b)) {
    raise<ValueError>("matmul", "an operand is either transposed or adjoint, not both");
  }
  const MatmulOptions plain{.transpose_a = options.transpose_a || options.adjoint_a,
                            .transpose_b = options.transpose_b || options.adjoint_b,
                            .constant_b = options.constant_b};
  const DType wanted = options.output_type.value_or(a.dtype());
  if (is_byte(a.dtype()) && is_byte(b.dtype()) && wanted == int32) {
    return matmul(cast(a, int32), cast(b, int32), plain);
  }
  if (wanted != a.dtype()) {
    raise<DTypeError>("matmul",
                      "output_type {} is not for {} x {}; it is int32, for int8 and uint8, or the "
                      "dtype of the operands",
                      wanted.name(), a.dtype().name(), b.dtype().name());
  }
  // A real tensor is its own conjugate.
  return matmul(options.adjoint_a ? math::conj(a) : a, options.adjoint_b ? math::conj(b) : b,
                plain);
}

}  // namespace

constinit OpDef matmul_op{.name = "matmul",
                          .min_inputs = 2,
                          .max_inputs = 2,
                          .traits = 0,
                          .infer = infer_matmul,
                          .vjp = matmul_vjp,
                          .options = &kAttributesType<MatmulOptions>,
                          .jvp = multilinear_jvp,
                          .batch = batch_by_broadcasting};

}  // namespace ops

Tensor matmul(const Tensor& a, const Tensor& b, const MatmulOptions& options) {
  if (options.adjoint_a || options.adjoint_b || options.output_type) [[unlikely]] {
    return ops::matmul_with_options(a, b, options);
  }
  return apply_one(ops::matmul_op, {a, b}, options);
}

}  // namespace saem
