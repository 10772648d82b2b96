#pragma once

#include <saem/core/op.hpp>

/// What the functions of normalisation ask of their ops.
namespace saem::ops {

extern OpDef layer_normalization_op;
extern OpDef rms_normalization_op;

/// What a dtype is normalised in: float32 for half precision, else itself.
DType normalization_dtype(DType dtype);

}  // namespace saem::ops
