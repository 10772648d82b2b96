// stateless_gamma, stateless_poisson, stateless_binomial, stateless_categorical; floor 2 of 5:
// meaning.
#include <algorithm>
#include <limits>
#include <saem/core/op.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/broadcast.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/random_distributions.hpp>

#include "base/message.hpp"
#include "ops/elementwise.hpp"
#include "ops/random.hpp"

namespace saem {
namespace ops {
namespace {

void check_ending(const OpCall& call, const Shape& parameters) {
  const Shape& shape = call.options<DistributionOptions>().shape;
  checked_size(shape, call.op.name);
  const int lead = shape.rank() - parameters.rank();
  if (lead < 0 || !std::equal(parameters.begin(), parameters.end(), shape.begin() + lead)) {
    raise<ShapeError>(call.op.name, "shape {} must end with {}, the shape of the parameters",
                      shape.to_string(), parameters.to_string());
  }
}

void check_floating(const OpCall& call, const char* what, const Tensor& x) {
  if (!x.dtype().is_floating()) {
    raise<DTypeError>(call.op.name, "{} must be floating point, got {}; tf::cast it", what,
                      x.dtype().name());
  }
}

void check_count_dtype(const OpCall& call) {
  const DType dtype = call.options<DistributionOptions>().dtype;
  if (!dtype.is_integer() && !dtype.is_floating()) {
    raise<DTypeError>(call.op.name, "counts are numbers, not {}", dtype.name());
  }
}

TensorSpecs infer_gamma(const OpCall& call) {
  check_seed(call);
  check_floating(call, "alpha", call.input(1));
  check_ending(call, call.input(1).shape());
  return {{call.input(1).dtype(), call.options<DistributionOptions>().shape}};
}

TensorSpecs infer_poisson(const OpCall& call) {
  check_seed(call);
  check_count_dtype(call);
  const DType dtype = call.input(1).dtype();
  if (!dtype.is_integer() && !dtype.is_floating()) {
    raise<DTypeError>(call.op.name, "lam must be a number, got {}; tf::cast it", dtype.name());
  }
  check_ending(call, call.input(1).shape());
  const auto& options = call.options<DistributionOptions>();
  return {{options.dtype, options.shape}};
}

TensorSpecs infer_binomial(const OpCall& call) {
  check_seed(call);
  check_count_dtype(call);
  check_floating(call, "counts", call.input(1));
  check_same_dtype(call, call.input(1), call.input(2));
  if (call.input(1).shape() != call.input(2).shape()) {
    raise<ShapeError>(call.op.name, "counts have shape {}, probs {}; broadcast them",
                      call.input(1).shape().to_string(), call.input(2).shape().to_string());
  }
  check_ending(call, call.input(1).shape());
  const auto& options = call.options<DistributionOptions>();
  return {{options.dtype, options.shape}};
}

/// The options' shape is that of the result.
TensorSpecs infer_categorical(const OpCall& call) {
  const auto& options = call.options<DistributionOptions>();
  const Tensor& logits = call.input(1);
  check_seed(call);
  check_floating(call, "logits", logits);
  if (options.dtype != int32 && options.dtype != int64) {
    raise<DTypeError>(call.op.name, "classes are int32 or int64, not {}", options.dtype.name());
  }
  if (logits.rank() != 2 || logits.shape()[1] == 0) {
    raise<ShapeError>(call.op.name, "logits must be (batch, classes), at least one class; got {}",
                      logits.shape().to_string());
  }
  if (options.shape[1] < 0) {
    raise<ValueError>(call.op.name, "num_samples is {}; it must not be negative", options.shape[1]);
  }
  return {{options.dtype, options.shape}};
}

}  // namespace

#define SAEM_DISTRIBUTION(op, inputs, infer_function)                                           \
  constinit OpDef op##_op {                                                                     \
    .name = #op, .min_inputs = inputs, .max_inputs = inputs, .traits = kRandom | kNoGradient,   \
    .infer = infer_function, .options = &kAttributesType<DistributionOptions>, .host_inputs = 1 \
  }
SAEM_DISTRIBUTION(stateless_gamma, 2, infer_gamma);
SAEM_DISTRIBUTION(stateless_poisson, 2, infer_poisson);
SAEM_DISTRIBUTION(stateless_binomial, 3, infer_binomial);
SAEM_DISTRIBUTION(stateless_categorical, 2, infer_categorical);
#undef SAEM_DISTRIBUTION

}  // namespace ops

namespace random {
namespace {

/// The smallest normal number: TensorFlow lets no gamma number be less.
double smallest_normal(DType dtype) {
  if (dtype == DType::kFloat16) return 0x1p-14;
  return dtype == float64 ? std::numeric_limits<double>::min()
                          : double{std::numeric_limits<float>::min()};
}

Shape concatenated(const Shape& first, const Shape& second) {
  Shape shape = first;
  for (const std::int64_t size : second) shape.push_back(size);
  return shape;
}

Shape gamma_parameters(const Tensor& alpha, const GammaOptions& options) {
  return options.beta.defined()
             ? broadcast_shapes(alpha.shape(), options.beta.shape(), "stateless_gamma")
             : alpha.shape();
}

}  // namespace

Tensor stateless_gamma(const Shape& shape, const Tensor& seed, const Tensor& alpha,
                       const GammaOptions& options) {
  const Tensor each = broadcast_to(alpha, gamma_parameters(alpha, options));
  Tensor x =
      apply_one(ops::stateless_gamma_op, {seed, each}, DistributionOptions{shape, alpha.dtype()});
  if (options.beta.defined()) x = x / options.beta;
  return maximum(x, smallest_normal(alpha.dtype()));
}
Tensor stateless_gamma(const Shape& shape, const Seed& seed, const Tensor& alpha,
                       const GammaOptions& options) {
  return stateless_gamma(shape, seed_tensor(seed), alpha, options);
}
Tensor gamma(const Shape& shape, const Tensor& alpha, const GammaOptions& options) {
  return stateless_gamma(concatenated(shape, gamma_parameters(alpha, options)),
                         next_seed({options.seed}), alpha, options);
}

Tensor stateless_poisson(const Shape& shape, const Tensor& seed, const Tensor& lam,
                         const CountOptions& options) {
  return apply_one(ops::stateless_poisson_op, {seed, lam},
                   DistributionOptions{shape, options.dtype});
}
Tensor stateless_poisson(const Shape& shape, const Seed& seed, const Tensor& lam,
                         const CountOptions& options) {
  return stateless_poisson(shape, seed_tensor(seed), lam, options);
}
Tensor poisson(const Shape& shape, const Tensor& lam, const CountOptions& options) {
  return stateless_poisson(concatenated(shape, lam.shape()), next_seed({options.seed}), lam,
                           options);
}

Tensor stateless_binomial(const Shape& shape, const Tensor& seed, const Tensor& counts,
                          const Tensor& probs, const CountOptions& options) {
  const Shape each = broadcast_shapes(counts.shape(), probs.shape(), "stateless_binomial");
  return apply_one(ops::stateless_binomial_op,
                   {seed, broadcast_to(counts, each), broadcast_to(probs, each)},
                   DistributionOptions{shape, options.dtype});
}
Tensor stateless_binomial(const Shape& shape, const Seed& seed, const Tensor& counts,
                          const Tensor& probs, const CountOptions& options) {
  return stateless_binomial(shape, seed_tensor(seed), counts, probs, options);
}

Tensor stateless_categorical(const Tensor& logits, std::int64_t num_samples, const Tensor& seed,
                             const CategoricalOptions& options) {
  const std::int64_t batch = logits.rank() == 2 ? logits.shape()[0] : 0;
  return apply_one(ops::stateless_categorical_op, {seed, logits},
                   DistributionOptions{{batch, num_samples}, options.dtype});
}
Tensor stateless_categorical(const Tensor& logits, std::int64_t num_samples, const Seed& seed,
                             const CategoricalOptions& options) {
  return stateless_categorical(logits, num_samples, seed_tensor(seed), options);
}
Tensor categorical(const Tensor& logits, std::int64_t num_samples,
                   const CategoricalOptions& options) {
  return stateless_categorical(logits, num_samples, next_seed({options.seed}), options);
}

}  // namespace random
}  // namespace saem
