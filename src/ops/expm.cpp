// expm, floor 2 of 5: meaning.
#include <saem/core/op.hpp>
#include <saem/ops/concat.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/linalg_solve.hpp>

#include "ops/matrix.hpp"

namespace saem {
namespace ops {
namespace {

TensorSpecs infer_expm(const OpCall& call) {
  check_square(call, call.input(0));
  return {{call.input(0).dtype(), call.input(0).shape()}};
}

/// The derivative of exp at a^H in direction dy stands in the upper right of exp([[a^H, dy],
/// [0, a^H]]) (Van Loan, IEEE Trans. Automatic Control 23, 1978): exact, and made of expm itself.
Tensors expm_vjp(const VjpCall& call) {
  const Tensor turned = adjoint_matrices(call.input(0));
  const std::int64_t n = turned.shape(-1);
  const Tensor above = concat({turned, call.gradient()}, {.axis = -1});
  const Tensor below = concat({zeros_like(turned), turned}, {.axis = -1});
  const Tensor y = linalg::expm(concat({above, below}, {.axis = -2}));
  return {y(ellipsis, slice(0, n), slice(n, 2 * n))};
}

}  // namespace

constinit OpDef expm_op{.name = "expm",
                        .min_inputs = 1,
                        .max_inputs = 1,
                        .traits = 0,
                        .infer = infer_expm,
                        .vjp = expm_vjp};

}  // namespace ops

namespace linalg {

Tensor expm(const Tensor& a) { return apply_one(ops::expm_op, {a}); }

}  // namespace linalg
}  // namespace saem
