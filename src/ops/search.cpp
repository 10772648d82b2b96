// searchsorted, bucketize, invert_permutation; floor 2 of 5: meaning.
#include <algorithm>
#include <saem/core/op.hpp>
#include <saem/ops/cast.hpp>
#include <saem/ops/compare.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/logical.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/reshape.hpp>
#include <saem/ops/search.hpp>

#include "base/message.hpp"
#include "ops/elementwise.hpp"

namespace saem {
namespace ops {
namespace {

TensorSpecs infer_searchsorted(const OpCall& call) {
  const auto& options = call.options<SearchSortedOptions>();
  const Tensor& sequence = call.input(0);
  const Tensor& values = call.input(1);
  if (options.side != "left" && options.side != "right") {
    raise<ValueError>(call.op.name, "side is \"{}\"; it must be \"left\" or \"right\"",
                      options.side);
  }
  if (options.out_type != int32 && options.out_type != int64) {
    raise<DTypeError>(call.op.name, "out_type is int32 or int64, not {}", options.out_type.name());
  }
  check_same_dtype(call, sequence, values);
  if (!sequence.dtype().is_numeric()) {
    raise<DTypeError>(call.op.name, "needs numbers, got {}; tf::cast them first",
                      sequence.dtype().name());
  }
  const int rank = sequence.rank();
  if (rank == 0 || values.rank() != rank ||
      !std::equal(sequence.shape().begin(), sequence.shape().end() - 1, values.shape().begin())) {
    raise<ShapeError>(call.op.name,
                      "a sequence of shape {} and values of shape {} must have the same sizes "
                      "before the last",
                      sequence.shape().to_string(), values.shape().to_string());
  }
  return {{options.out_type, values.shape()}};
}

/// Every value against every element.
Tensors compose_searchsorted(const OpCall& call) {
  const auto& options = call.options<SearchSortedOptions>();
  const Tensor elements = expand_dims(call.input(0), -2);  // (..., 1, n)
  const Tensor values = expand_dims(call.input(1), -1);    // (..., m, 1)
  const Tensor before =
      options.side == "left" ? less(elements, values) : logical_not(less(values, elements));
  return {reduce_sum(cast(before, options.out_type), {.axis = -1})};
}

TensorSpecs infer_invert_permutation(const OpCall& call) {
  const Tensor& x = call.input(0);
  if (x.dtype() != int32 && x.dtype() != int64) {
    raise<DTypeError>(call.op.name, "needs int32 or int64, got {}; tf::cast it", x.dtype().name());
  }
  if (x.rank() != 1) {
    raise<ShapeError>(call.op.name, "needs one axis, got shape {}", x.shape().to_string());
  }
  return {{x.dtype(), x.shape()}};
}

}  // namespace

constinit OpDef searchsorted_op{.name = "searchsorted",
                                .min_inputs = 2,
                                .max_inputs = 2,
                                .traits = kNoGradient | kPrefersHost,
                                .infer = infer_searchsorted,
                                .compose = compose_searchsorted,
                                .options = &kAttributesType<SearchSortedOptions>};

// Without a composition: what is no permutation is an error wherever it lies.
constinit OpDef invert_permutation_op{.name = "invert_permutation",
                                      .min_inputs = 1,
                                      .max_inputs = 1,
                                      .traits = kNoGradient,
                                      .infer = infer_invert_permutation};

}  // namespace ops

Tensor searchsorted(const Tensor& sorted_sequence, const Tensor& values,
                    const SearchSortedOptions& options) {
  return apply_one(ops::searchsorted_op, {sorted_sequence, values}, options);
}

Tensor bucketize(const Tensor& x, const std::vector<double>& boundaries) {
  if (!x.dtype().is_numeric()) {
    raise<DTypeError>("bucketize", "needs numbers, got {}; tf::cast it first", x.dtype().name());
  }
  if (!std::is_sorted(boundaries.begin(), boundaries.end())) {
    raise<ValueError>("bucketize", "the boundaries [{}] are not ascending",
                      fmt::join(boundaries, ", "));
  }
  const Tensor values = reshape(cast(x, float64), {x.size()});
  return reshape(searchsorted(constant(boundaries), values, {.side = "right"}), x.shape());
}

Tensor invert_permutation(const Tensor& x) {
  return apply_one(ops::invert_permutation_op, BorrowedTensors<1>(x));
}

}  // namespace saem
