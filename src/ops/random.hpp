#pragma once

#include <saem/core/op.hpp>
#include <span>

/// What floor 2 of random ops shares.
namespace saem {
namespace ops {

/// Throws ShapeError unless input 0 is a seed.
void check_seed(const OpCall& call);

}  // namespace ops

namespace random {

/// A seed, or the state of a generator, in host memory.
Tensor seed_tensor(std::span<const std::int64_t> seed);

}  // namespace random
}  // namespace saem
