#pragma once

#include <saem/ops/matmul.hpp>

namespace saem::cpu {

/// output = a b, as the kernel of matmul computes it; output is contiguous.
void run_product(const Tensor& a, const Tensor& b, const MatmulOptions& options, Tensor& output);

}  // namespace saem::cpu
