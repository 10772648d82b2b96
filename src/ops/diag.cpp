// diag, diag_part, set_diag, band_part, trace, tensor_diag, tensor_diag_part; floor 2 of 5:
// meaning.
#include <saem/core/op.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/compare.hpp>
#include <saem/ops/concat.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/diag.hpp>
#include <saem/ops/identity.hpp>
#include <saem/ops/logical.hpp>
#include <saem/ops/pad.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/reshape.hpp>
#include <saem/ops/strided_slice.hpp>
#include <saem/ops/where.hpp>

#include "base/message.hpp"
#include "ops/elementwise.hpp"
#include "ops/rules.hpp"

namespace saem {

bool from_text(std::string_view text, Diagonals& value) {
  Dims bounds;
  if (!attribute::from_text(text, bounds) || bounds.size() != 2) return false;
  value = Diagonals(bounds[0], bounds[1]);
  return true;
}

namespace ops {
namespace {

std::int64_t rows_of(const Tensor& x) { return x.shape()[x.rank() - 2]; }
std::int64_t columns_of(const Tensor& x) { return x.shape()[x.rank() - 1]; }

void check_matrix(const char* op, const Tensor& x) {
  if (x.rank() < 2) {
    raise<ShapeError>(op, "needs matrices along the last two axes, got shape {}",
                      x.shape().to_string());
  }
}

void check_options(const char* op, const DiagOptions& options) {
  const std::string& align = options.align;
  if (align != "RIGHT_LEFT" && align != "LEFT_RIGHT" && align != "LEFT_LEFT" &&
      align != "RIGHT_RIGHT") {
    raise<ValueError>(op,
                      "align is \"{}\"; it must be RIGHT_LEFT, LEFT_RIGHT, LEFT_LEFT or "
                      "RIGHT_RIGHT",
                      align);
  }
  if (options.k.lowest() > options.k.highest()) {
    raise<ShapeError>(op, "k is {}; the lowest diagonal comes first", options.k.to_string());
  }
}

/// Diagonals that a (rows, columns) matrix has; the main one always, even of no elements.
void check_diagonals(const char* op, const Diagonals& k, std::int64_t rows, std::int64_t columns) {
  for (const std::int64_t diagonal : {k.lowest(), k.highest()}) {
    if (diagonal != 0 && (diagonal <= -rows || diagonal >= columns)) {
      raise<ShapeError>(op, "k is {}, but a ({}, {}) matrix has no diagonal {}", k.to_string(),
                        rows, columns, diagonal);
    }
  }
}

/// The shape that the diagonals of matrices of shape `x` have.
Shape diagonals_shape(const Shape& x, const DiagOptions& options) {
  Shape shape(x.begin(), x.end() - 2);
  if (options.k.count() > 1) shape.push_back(options.k.count());
  shape.push_back(options.k.longest(x[x.rank() - 2], x[x.rank() - 1]));
  return shape;
}

TensorSpecs infer_diag(const OpCall& call) {
  const auto& options = call.options<DiagOptions>();
  const Tensor& diagonal = call.input(0);
  options.padding_value.check_fits(diagonal.dtype(), "diag");
  const std::int64_t rows = *options.num_rows;
  const std::int64_t columns = *options.num_columns;
  Shape shape(diagonal.shape().begin(), diagonal.shape().end() - (options.k.count() > 1 ? 2 : 1));
  shape.push_back(rows);
  shape.push_back(columns);
  checked_size(shape, "diag");
  const bool empty = rows == 0 || columns == 0;
  if (!empty) check_diagonals("diag", options.k, rows, columns);
  if (diagonals_shape(shape, options) != diagonal.shape()) {
    raise<ShapeError>("diag", "diagonals k = {} of a ({}, {}) matrix have shape {}, got {}",
                      options.k.to_string(), rows, columns,
                      diagonals_shape(shape, options).to_string(), diagonal.shape().to_string());
  }
  return {{diagonal.dtype(), shape}};
}

Tensors compose_diag(const OpCall& call) {
  const auto& options = call.options<DiagOptions>();
  const TensorSpec spec = infer_diag(call)[0];
  const Tensor rest = fill(spec.shape, options.padding_value, {.dtype = spec.dtype});
  return {linalg::set_diag(rest, call.input(0), {.k = options.k, .align = options.align})};
}

Tensors diag_vjp(const VjpCall& call) {
  const auto& options = call.options<DiagOptions>();
  return {linalg::diag_part(call.gradient(), {.k = options.k, .align = options.align})};
}

TensorSpecs infer_diag_part(const OpCall& call) {
  const auto& options = call.options<DiagOptions>();
  const Tensor& x = call.input(0);
  check_matrix("diag_part", x);
  check_options("diag_part", options);
  check_diagonals("diag_part", options.k, rows_of(x), columns_of(x));
  options.padding_value.check_fits(x.dtype(), "diag_part");
  return {{x.dtype(), diagonals_shape(x.shape(), options)}};
}

/// One diagonal steps through memory as one axis.
Tensor view_diag_part(const OpCall& call) {
  const auto& options = call.options<DiagOptions>();
  const Tensor& x = call.input(0);
  if (options.k.count() > 1) return {};
  const auto rank = static_cast<std::size_t>(x.rank());
  const std::int64_t down = x.strides()[rank - 2];
  const std::int64_t right = x.strides()[rank - 1];
  Dims strides(x.strides().begin(), x.strides().end() - 2);
  strides.push_back(down + right);
  Shape shape = diagonals_shape(x.shape(), options);
  const std::int64_t k = options.k.lowest();
  const std::int64_t offset = shape.size() == 0 ? 0 : k >= 0 ? k * right : -k * down;
  return x.view(std::move(shape), std::move(strides), offset);
}

Tensors compose_diag_part(const OpCall& call) {
  const auto& options = call.options<DiagOptions>();
  const Tensor& x = call.input(0);
  const std::int64_t longest = options.k.longest(rows_of(x), columns_of(x));
  std::vector<Tensor> rows;
  for (std::int64_t k = options.k.highest(); k >= options.k.lowest(); --k) {
    const Tensor diagonal = linalg::diag_part(x, {.k = k});
    const std::int64_t length = Diagonals::length(k, rows_of(x), columns_of(x));
    const std::int64_t before = options.begin(k, length, longest);
    Paddings paddings(static_cast<std::size_t>(diagonal.rank()), {0, 0});
    paddings.back() = {before, longest - length - before};
    rows.push_back(pad(diagonal, paddings, {.constant_values = options.padding_value}));
  }
  return {stack(rows, {.axis = -2})};
}

Tensors diag_part_vjp(const VjpCall& call) {
  const auto& options = call.options<DiagOptions>();
  const Tensor& x = call.input(0);
  return {linalg::diag(call.gradient(), {.k = options.k,
                                         .num_rows = rows_of(x),
                                         .num_columns = columns_of(x),
                                         .align = options.align})};
}

TensorSpecs infer_set_diag(const OpCall& call) {
  const auto& options = call.options<DiagOptions>();
  const Tensor& x = call.input(0);
  const Tensor& diagonal = call.input(1);
  check_matrix("set_diag", x);
  check_options("set_diag", options);
  check_same_dtype(call, x, diagonal);
  check_diagonals("set_diag", options.k, rows_of(x), columns_of(x));
  if (diagonals_shape(x.shape(), options) != diagonal.shape()) {
    raise<ShapeError>("set_diag", "diagonals k = {} of shape {} have shape {}, got {}",
                      options.k.to_string(), x.shape().to_string(),
                      diagonals_shape(x.shape(), options).to_string(),
                      diagonal.shape().to_string());
  }
  return {{x.dtype(), x.shape()}};
}

/// j - i for row i and column j of a matrix.
Tensor diagonal_numbers(std::int64_t rows, std::int64_t columns) {
  return range(0, columns, 1, {.dtype = int64}) -
         expand_dims(range(0, rows, 1, {.dtype = int64}), 1);
}

/// Diagonals lie along the rows (or, below the main one, along the columns) that they begin in, and
/// from there are spread over the matrix for a mask to choose from.
Tensors compose_set_diag(const OpCall& call) {
  const auto& options = call.options<DiagOptions>();
  Tensor x = call.input(0);
  const std::int64_t rows = rows_of(x);
  const std::int64_t columns = columns_of(x);
  const std::int64_t longest = options.k.longest(rows, columns);
  if (longest == 0) return {identity(x)};
  const Tensor numbers = diagonal_numbers(rows, columns);
  for (std::int64_t k = options.k.highest(); k >= options.k.lowest(); --k) {
    const std::int64_t length = Diagonals::length(k, rows, columns);
    const std::int64_t begin = options.begin(k, length, longest);
    const Tensor& all_diagonals = call.input(1);
    const Tensor row = options.k.count() > 1 ? all_diagonals(ellipsis, options.k.highest() - k, all)
                                             : all_diagonals;
    const Tensor diagonal = row(ellipsis, slice(begin, begin + length));
    Paddings paddings(static_cast<std::size_t>(diagonal.rank()), {0, 0});
    paddings.back().second = (k >= 0 ? rows : columns) - length;
    const Tensor spread = expand_dims(pad(diagonal, paddings), k >= 0 ? -1 : -2);
    x = where(equal(numbers, fill({}, k, {.dtype = int64})), spread, x);
  }
  return {x};
}

Tensors set_diag_vjp(const VjpCall& call) {
  const auto& options = call.options<DiagOptions>();
  return {call.needs(0) ? linalg::set_diag(call.gradient(), zeros_like(call.input(1)), options)
                        : Tensor(),
          call.needs(1) ? linalg::diag_part(call.gradient(), options) : Tensor()};
}

TensorSpecs infer_band_part(const OpCall& call) {
  const auto& options = call.options<BandPartOptions>();
  const Tensor& x = call.input(0);
  check_matrix("band_part", x);
  if (options.num_lower > rows_of(x) || options.num_upper > columns_of(x)) {
    raise<ShapeError>("band_part",
                      "{} diagonals below and {} above the main one are more than shape {} has; a "
                      "negative number keeps all",
                      options.num_lower, options.num_upper, x.shape().to_string());
  }
  return {{x.dtype(), x.shape()}};
}

Tensors compose_band_part(const OpCall& call) {
  const auto& options = call.options<BandPartOptions>();
  const Tensor& x = call.input(0);
  const Tensor numbers = diagonal_numbers(rows_of(x), columns_of(x));
  const auto at_least = [&](std::int64_t lowest) {
    return greater_equal(numbers, fill({}, lowest, {.dtype = int64}));
  };
  const auto at_most = [&](std::int64_t highest) {
    return less_equal(numbers, fill({}, highest, {.dtype = int64}));
  };
  const Tensor zero = zeros({}, x.dtype());
  if (options.num_lower < 0 && options.num_upper < 0) return {identity(x)};
  if (options.num_upper < 0) return {where(at_least(-options.num_lower), x, zero)};
  if (options.num_lower < 0) return {where(at_most(options.num_upper), x, zero)};
  const Tensor band = logical_and(at_least(-options.num_lower), at_most(options.num_upper));
  return {where(band, x, zero)};
}

Tensors band_part_vjp(const VjpCall& call) {
  const auto& options = call.options<BandPartOptions>();
  return {linalg::band_part(call.gradient(), options.num_lower, options.num_upper)};
}

/// The number 0 stands for false among truths.
DiagOptions for_dtype(const DiagOptions& options, DType dtype) {
  DiagOptions result = options;
  if (dtype.is_bool() && options.padding_value == Scalar(0)) result.padding_value = false;
  return result;
}

}  // namespace

constinit OpDef diag_op{.name = "diag",
                        .min_inputs = 1,
                        .max_inputs = 1,
                        .traits = 0,
                        .infer = infer_diag,
                        .compose = compose_diag,
                        .vjp = diag_vjp,
                        .options = &kAttributesType<DiagOptions>,
                        .batch = batch_in_front};

constinit OpDef diag_part_op{.name = "diag_part",
                             .min_inputs = 1,
                             .max_inputs = 1,
                             .traits = kView,
                             .infer = infer_diag_part,
                             .compose = compose_diag_part,
                             .vjp = diag_part_vjp,
                             .view = view_diag_part,
                             .options = &kAttributesType<DiagOptions>,
                             .batch = batch_in_front};

constinit OpDef set_diag_op{.name = "set_diag",
                            .min_inputs = 2,
                            .max_inputs = 2,
                            .traits = kUpdate,
                            .infer = infer_set_diag,
                            .compose = compose_set_diag,
                            .vjp = set_diag_vjp,
                            .options = &kAttributesType<DiagOptions>,
                            .batch = batch_in_front};

constinit OpDef band_part_op{.name = "band_part",
                             .min_inputs = 1,
                             .max_inputs = 1,
                             .traits = 0,
                             .infer = infer_band_part,
                             .compose = compose_band_part,
                             .vjp = band_part_vjp,
                             .options = &kAttributesType<BandPartOptions>,
                             .jvp = linear_jvp,
                             .batch = batch_in_front};

}  // namespace ops

namespace linalg {

Tensor diag(const Tensor& diagonal, const DiagOptions& options) {
  ops::check_options("diag", options);
  if (diagonal.rank() < (options.k.count() > 1 ? 2 : 1)) {
    raise<ShapeError>("diag", "diagonals k = {} need a higher rank than shape {}",
                      options.k.to_string(), diagonal.shape().to_string());
  }
  // Of the size that is not given, the least that holds the diagonals; a square if none is.
  const std::int64_t longest = diagonal.shape()[diagonal.rank() - 1];
  const std::int64_t rows = longest - std::min<std::int64_t>(options.k.highest(), 0);
  const std::int64_t columns = longest + std::max<std::int64_t>(options.k.lowest(), 0);
  DiagOptions known = ops::for_dtype(options, diagonal.dtype());
  const bool square = !options.num_rows && !options.num_columns;
  if (!options.num_rows) known.num_rows = square ? std::max(rows, columns) : rows;
  if (!options.num_columns) known.num_columns = square ? std::max(rows, columns) : columns;
  return apply_one(ops::diag_op, {diagonal}, known);
}

Tensor diag_part(const Tensor& x, const DiagOptions& options) {
  return apply_one(ops::diag_part_op, {x}, ops::for_dtype(options, x.dtype()));
}

Tensor set_diag(const Tensor& x, const Tensor& diagonal, const DiagOptions& options) {
  return apply_one(ops::set_diag_op, {x, diagonal}, options);
}

Tensor band_part(const Tensor& x, std::int64_t num_lower, std::int64_t num_upper) {
  return apply_one(ops::band_part_op, {x}, BandPartOptions{num_lower, num_upper});
}

Tensor trace(const Tensor& x) {
  ops::check_matrix("trace", x);
  return reduce_sum(diag_part(x), {.axis = -1});
}

Tensor tensor_diag(const Tensor& diagonal) {
  if (diagonal.rank() == 0) raise<ShapeError>("tensor_diag", "needs at least one axis");
  Shape shape = diagonal.shape();
  for (const std::int64_t size : diagonal.shape()) shape.push_back(size);
  checked_size(shape, "tensor_diag");
  return reshape(diag(reshape(diagonal, {diagonal.size()})), shape);
}

Tensor tensor_diag_part(const Tensor& x) {
  const int half_rank = x.rank() / 2;
  const Shape first(x.shape().begin(), x.shape().begin() + half_rank);
  if (x.rank() == 0 || first != Shape(x.shape().begin() + half_rank, x.shape().end())) {
    raise<ShapeError>("tensor_diag_part", "shape {} is not one shape twice", x.shape().to_string());
  }
  return reshape(diag_part(reshape(x, {first.size(), first.size()})), first);
}

}  // namespace linalg

}  // namespace saem
