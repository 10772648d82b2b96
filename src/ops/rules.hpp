#pragma once

#include <saem/core/op.hpp>

/// Rules of forward mode and of `vectorized_map` that many ops share.
namespace saem::ops {

/// For an op that is linear in its floating-point inputs together (reshape, concat, reduce_sum):
/// the op itself, of the tangents. Other inputs, such as indices, stay.
Tensors linear_jvp(const JvpCall& call);
/// For an op that is linear in each input by itself (matmul): the sum of the op with one input
/// after the other replaced by its tangent.
Tensors multilinear_jvp(const JvpCall& call);

/// `shape` with the slices in front.
Shape batched_shape(const BatchCall& call, const Shape& shape);
/// Axes, each one further back.
Dims shifted_axes(const Dims& axes);
/// Input `i` with all slices in front: as it is if it is batched, else repeated for each.
Tensor batched_input(const BatchCall& call, std::size_t i);
/// The inputs as broadcasting needs them: batched ones get axes of size 1 behind their slices until
/// all have the rank of the longest slice.
Tensors aligned_inputs(const BatchCall& call);

/// Slices (count, batch, ...) as one longer batch (count * batch, ...), and back: for an op that
/// treats the examples of a batch alike.
Tensor fold_batch(const Tensor& slices);
Tensor unfold_batch(const Tensor& x, std::int64_t count, std::int64_t batch);
/// The shape of `count` slices of shape (batch, ...) as one longer batch.
Shape folded_shape(const Shape& slice, std::int64_t count);

/// For an op that treats the axes in front alike (softmax along the last axis, identity): the op
/// itself, of batched inputs.
Tensors batch_in_front(const BatchCall& call);
/// For an op that broadcasts the axes in front (matmul).
Tensors batch_by_broadcasting(const BatchCall& call);

}  // namespace saem::ops
