#pragma once

#include <saem/core/op.hpp>
#include <saem/ops/reduce.hpp>

/// What floor 2 of reductions shares.
namespace saem::ops {

/// What is left of `shape`: folded axes dropped, or kept with size 1.
Shape reduced_shape(const Shape& shape, const Axes& axes, bool keepdims);

/// `folded`, an output of `call`, with its folded axes back in place, so that it broadcasts against
/// the input.
Tensor with_folded_axes(const Tensor& folded, const OpCall& call);

/// For `vectorized_map`: the same axes of every slice.
Tensors batch_reduce(const BatchCall& call);

/// Applies `op` with axes counted from the front, so that no other floor sees negative ones.
Tensor apply_reduction(const OpDef& op, const Tensor& x, const ReduceOptions& options);

}  // namespace saem::ops
