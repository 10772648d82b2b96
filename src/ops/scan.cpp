// cumsum, cumprod, cumulative_logsumexp; floor 2 of 5: meaning.
#include <limits>
#include <saem/core/op.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/cast.hpp>
#include <saem/ops/compare.hpp>
#include <saem/ops/concat.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/scan.hpp>
#include <saem/ops/unary_arith.hpp>
#include <saem/ops/unary_exp.hpp>
#include <saem/ops/where.hpp>

#include "ops/elementwise.hpp"
#include "ops/rules.hpp"

namespace saem {
namespace ops {
namespace {

/// `x` cut to `range` along `axis`.
Tensor cut(const Tensor& x, int axis, const SliceIndex& range) {
  SmallVector<Index, 6> indices(static_cast<std::size_t>(axis), Index(all));
  indices.push_back(range);
  return x.at(indices);
}

/// Every element with its neighbour 1 before, then 2, 4, ... before, until totals reach across:
/// Hillis and Steele, "Data Parallel Algorithms", CACM 29 (1986). `nothing` is the total of no
/// elements.
template <class Combine>
Tensors compose_scan(const OpCall& call, Scalar nothing, Combine&& combine) {
  const auto& [axis, exclusive, reverse] = call.options<ScanOptions>();
  const SliceIndex backwards = slice(none, none, -1);
  const DType dtype = call.input(0).dtype();
  const bool narrow = dtype.is_floating() && dtype.size() == 2;
  // Rounded once at the end, as the kernels do: 16 bits would lose a little at each doubling.
  Tensor y = narrow ? cast(call.input(0), float32) : call.input(0);
  if (reverse) y = cut(y, axis, backwards);
  const std::int64_t count = y.shape()[axis];
  if (exclusive && count > 0) {
    Shape first = y.shape();
    first[axis] = 1;
    y = concat({fill(first, nothing, {.dtype = y.dtype()}), cut(y, axis, slice(0, count - 1))},
               {.axis = axis});
  }
  for (std::int64_t step = 1; step < count; step *= 2) {
    const Tensor totals =
        combine(cut(y, axis, slice(step, count)), cut(y, axis, slice(0, count - step)));
    y = concat({cut(y, axis, slice(0, step)), totals}, {.axis = axis});
  }
  if (reverse) y = cut(y, axis, backwards);
  return {narrow ? cast(y, dtype) : y};
}

Tensors compose_cumsum(const OpCall& call) {
  return compose_scan(call, 0, [](const Tensor& a, const Tensor& b) { return a + b; });
}

Tensors cumsum_vjp(const VjpCall& call) {
  ScanOptions options = call.options<ScanOptions>();
  options.reverse = !options.reverse;
  return {cumsum(call.gradient(), options)};
}

// Its gradient is this composition's. TensorFlow divides sums of dy * y by x instead, which gives
// 0 where x is 0.
Tensors compose_cumprod(const OpCall& call) {
  return compose_scan(call, 1, [](const Tensor& a, const Tensor& b) { return a * b; });
}

Tensor is_finite(const Tensor& x) { return equal(x - x, zeros_like(x)); }

/// ln(exp(a) + exp(b)) = high + ln(1 + exp(low - high)), which is high where either is infinite.
Tensor add_exponentials(const Tensor& a, const Tensor& b) {
  const Tensor high = maximum(a, b);
  const Tensor gap = minimum(a, b) - high;
  const Tensor known = is_finite(gap);
  return where(known, high + log1p(exp(where(known, gap, 0))), high);
}

Tensors compose_cumulative_logsumexp(const OpCall& call) {
  return compose_scan(call, -std::numeric_limits<double>::infinity(), add_exponentials);
}

/// The gradient's positive and negative parts are summed apart, each by its logarithm, so that
/// exp(x_i - y_j) cannot overflow before it meets a small dy_j.
Tensors cumulative_logsumexp_vjp(const VjpCall& call) {
  ScanOptions options = call.options<ScanOptions>();
  options.reverse = !options.reverse;
  const Tensor& x = call.input(0);
  const Tensor& dy = call.gradient();
  const Tensor y = where(is_finite(call.output()), call.output(), 0);
  const auto part = [&](const Tensor& gradient) {
    const Tensor some = gradient > 0;
    // The logarithm of 0, if it were taken, would be multiplied by 0 on the way back.
    const Tensor logarithm = log(where(some, gradient, 1)) - y;
    const Tensor terms = where(some, logarithm, -std::numeric_limits<double>::infinity());
    const Tensor sums = cumulative_logsumexp(terms, options);
    const Tensor any = is_finite(sums);
    return where(any, exp(where(any, sums + x, 0)), 0);
  };
  return {part(dy) - part(-dy)};
}

Tensors batch_scan(const BatchCall& call) {
  ScanOptions options = call.options<ScanOptions>();
  ++options.axis;
  return apply(call.op, call.inputs, options);
}

}  // namespace

#define SAEM_SCAN(op, infer_function, vjp_function, jvp_function)                           \
  constinit OpDef op##_op {                                                                 \
    .name = #op, .min_inputs = 1, .max_inputs = 1, .traits = 0, .infer = infer_function,    \
    .compose = compose_##op, .vjp = vjp_function, .options = &kAttributesType<ScanOptions>, \
    .jvp = jvp_function, .batch = batch_scan                                                \
  }
SAEM_SCAN(cumsum, infer_numeric_unary, cumsum_vjp, linear_jvp);
SAEM_SCAN(cumprod, infer_numeric_unary, nullptr, nullptr);
SAEM_SCAN(cumulative_logsumexp, infer_floating_unary, cumulative_logsumexp_vjp, nullptr);
#undef SAEM_SCAN

namespace {

Tensor scan(const OpDef& op, const Tensor& x, const ScanOptions& options) {
  ScanOptions front = options;
  front.axis = normalize_axis(options.axis, x.rank(), op.name);
  return apply_one(op, BorrowedTensors<1>(x), front);
}

}  // namespace
}  // namespace ops

Tensor cumsum(const Tensor& x, const ScanOptions& options) {
  return ops::scan(ops::cumsum_op, x, options);
}
Tensor cumprod(const Tensor& x, const ScanOptions& options) {
  return ops::scan(ops::cumprod_op, x, options);
}
Tensor cumulative_logsumexp(const Tensor& x, const ScanOptions& options) {
  return ops::scan(ops::cumulative_logsumexp_op, x, options);
}

}  // namespace saem
