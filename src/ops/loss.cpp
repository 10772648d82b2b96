// weighted_cross_entropy_with_logits, l2_loss, log_poisson_loss: functions over ops.
#include <numbers>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/cast.hpp>
#include <saem/ops/compare.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/logical.hpp>
#include <saem/ops/loss.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/unary_arith.hpp>
#include <saem/ops/unary_exp.hpp>
#include <saem/ops/where.hpp>

#include "base/message.hpp"

namespace saem::nn {
namespace {

void check_floating(const char* op, const Tensor& x) {
  if (!x.dtype().is_floating()) {
    raise<DTypeError>(op, "needs floating point, got {}; tf::cast it to tf::float32",
                      x.dtype().name());
  }
}

void check_pair(const char* op, const char* name, const Tensor& truth, const Tensor& prediction) {
  check_floating(op, prediction);
  if (truth.dtype() != prediction.dtype()) {
    raise<DTypeError>(op, "{} are {}, the prediction {}; tf::cast one of them", name,
                      truth.dtype().name(), prediction.dtype().name());
  }
  if (truth.shape() != prediction.shape()) {
    raise<ShapeError>(op, "{} have shape {}, the prediction {}; they must be the same", name,
                      truth.shape().to_string(), prediction.shape().to_string());
  }
}

/// (1 - p) x + weight * ln(1 + e^-x).
Tensor weighted_cross_entropy(const Tensor& labels, const Tensor& logits, const Tensor& weight) {
  return (1 - labels) * logits + weight * softplus(-logits);
}

}  // namespace

Tensor weighted_cross_entropy_with_logits(const Tensor& labels, const Tensor& logits,
                                          const Tensor& pos_weight) {
  check_pair("weighted_cross_entropy_with_logits", "labels", labels, logits);
  return weighted_cross_entropy(labels, logits, (pos_weight - 1) * labels + 1);
}

Tensor weighted_cross_entropy_with_logits(const Tensor& labels, const Tensor& logits,
                                          double pos_weight) {
  check_pair("weighted_cross_entropy_with_logits", "labels", labels, logits);
  return weighted_cross_entropy(labels, logits, labels * (pos_weight - 1) + 1);
}

Tensor l2_loss(const Tensor& x) {
  check_floating("l2_loss", x);
  const Tensor wide = x.dtype().size() < 4 ? cast(x, float32) : x;
  return cast(reduce_sum(square(wide)) * 0.5, x.dtype());
}

Tensor log_poisson_loss(const Tensor& targets, const Tensor& log_input,
                        const LogPoissonLossOptions& options) {
  check_pair("log_poisson_loss", "targets", targets, log_input);
  const Tensor loss = exp(log_input) - log_input * targets;
  if (!options.compute_full_loss) return loss;
  // ln has no slope at zero: there another number is put in, and zero comes out.
  const Tensor small = (targets >= 0) & (targets <= 1);
  const Tensor z = where(small, ones_like(targets), targets);
  const Tensor stirling = z * log(z) - z + log(z * (2 * std::numbers::pi)) * 0.5;
  return loss + where(small, zeros_like(targets), stirling);
}

}  // namespace saem::nn
