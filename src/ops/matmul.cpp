// matmul, floor 2 of 5: meaning.
#include <saem/core/op.hpp>
#include <saem/ops/matmul.hpp>
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

bool is_supported(DType dtype) { return dtype.is_floating() || dtype == int32 || dtype == int64; }

TensorSpecs infer_matmul(const OpCall& call) {
  const auto& options = call.options<MatmulOptions>();
  const Operand a{call.input(0), options.transpose_a};
  const Operand b{call.input(1), options.transpose_b};
  check_same_dtype(call, a.tensor, b.tensor);
  if (!is_supported(a.tensor.dtype())) {
    raise<DTypeError>("matmul", "needs floating point, int32 or int64, got {}; tf::cast it first",
                      a.tensor.dtype().name());
  }
  if (a.tensor.rank() < 2 || b.tensor.rank() < 2) {
    raise<ShapeError>("matmul",
                      "needs matrices, got {} x {}; make a vector a row with x(tf::newaxis) or a "
                      "column with x(tf::all, tf::newaxis)",
                      a.tensor.shape().to_string(), b.tensor.shape().to_string());
  }
  if (a.columns() != b.rows()) raise_inner(a, b);
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

/// For y = A B with A = op(a): dA = dy B^T and dB = A^T dy, transposed back where a or b were.
Tensors matmul_vjp(const VjpCall& call) {
  const auto [transpose_a, transpose_b] = call.options<MatmulOptions>();
  const Tensor& a = call.input(0);
  const Tensor& b = call.input(1);
  const Tensor& dy = call.gradient();
  Tensors gradients(2);
  if (call.needs(0)) {
    const Tensor da =
        transpose_a ? matmul(b, dy, {transpose_b, true}) : matmul(dy, b, {false, !transpose_b});
    gradients[0] = sum_to_shape(da, a.shape());
  }
  if (call.needs(1)) {
    const Tensor db =
        transpose_b ? matmul(dy, a, {true, transpose_a}) : matmul(a, dy, {!transpose_a, false});
    gradients[1] = sum_to_shape(db, b.shape());
  }
  return gradients;
}

}  // namespace

constinit OpDef matmul_op{.name = "matmul",
                          .min_inputs = 2,
                          .max_inputs = 2,
                          .traits = 0,
                          .infer = infer_matmul,
                          .vjp = matmul_vjp,
                          .has_options = true,
                          .jvp = multilinear_jvp,
                          .batch = batch_by_broadcasting};

}  // namespace ops

Tensor matmul(const Tensor& a, const Tensor& b, const MatmulOptions& options) {
  return apply_one(ops::matmul_op, {a, b}, options);
}

}  // namespace saem
