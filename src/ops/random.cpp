// random_seed, stateless_random_*, stateless_truncated_normal, stateless_permutation; floor 2 of 5.
#include "ops/random.hpp"

#include <saem/core/op.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/concat.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/gather.hpp>
#include <saem/ops/random.hpp>

#include "base/message.hpp"
#include "core/generator.hpp"

namespace saem {
namespace ops {

// A Generator's state, three numbers, passes too: see cpu/random_stream.hpp.
void check_seed(const OpCall& call) {
  const Tensor& seed = call.input(0);
  const bool state = seed.dtype() == int64 && seed.shape() == Shape{3};
  if (!state && ((seed.dtype() != int32 && seed.dtype() != int64) || seed.shape() != Shape{2})) {
    raise<ShapeError>(call.op.name,
                      "the seed must be two integers, int32 or int64 of shape (2,), got {} {}",
                      seed.dtype().name(), seed.shape().to_string());
  }
}

namespace {

TensorSpecs infer_random_seed(const OpCall&) { return {{int64, {2}}}; }

TensorSpecs infer_floating(const OpCall& call) {
  const auto& options = call.options<StatelessRandomOptions>();
  check_seed(call);
  if (!options.dtype.is_floating()) {
    raise<DTypeError>(call.op.name,
                      "makes floating point, not {}; tf::cast the result, or use uniform",
                      options.dtype.name());
  }
  checked_size(options.shape, call.op.name);
  return {{options.dtype, options.shape}};
}

/// 32 or 64 bits.
void check_integer(const OpCall& call) {
  const DType dtype = call.options<StatelessRandomOptions>().dtype;
  if (!dtype.is_integer() || dtype.size() < 4) {
    raise<DTypeError>(call.op.name, "makes integers of 32 or 64 bits, not {}; tf::cast the result",
                      dtype.name());
  }
}

TensorSpecs infer_uniform_int(const OpCall& call) {
  const auto& options = call.options<StatelessRandomOptions>();
  const char* name = call.op.name;
  check_seed(call);
  check_integer(call);
  options.minval.check_fits(options.dtype, name);
  options.maxval.check_fits(options.dtype, name);
  const bool ordered = options.dtype.is_unsigned()
                           ? options.minval.to<std::uint64_t>() < options.maxval.to<std::uint64_t>()
                           : options.minval.to<std::int64_t>() < options.maxval.to<std::int64_t>();
  if (!ordered) {
    raise<ValueError>(name, "needs minval < maxval, got [{}, {})", options.minval.to_string(),
                      options.maxval.to_string());
  }
  checked_size(options.shape, name);
  return {{options.dtype, options.shape}};
}

TensorSpecs infer_uniform_full_int(const OpCall& call) {
  const auto& options = call.options<StatelessRandomOptions>();
  check_seed(call);
  check_integer(call);
  checked_size(options.shape, call.op.name);
  return {{options.dtype, options.shape}};
}

TensorSpecs infer_permutation(const OpCall& call) {
  const auto& options = call.options<PermutationOptions>();
  check_seed(call);
  if (options.size < 0) {
    raise<ValueError>(call.op.name, "the size is {}; it must not be negative", options.size);
  }
  return {{int64, {options.size}}};
}

}  // namespace

#define SAEM_RANDOM(op, infer_function, Options)                                    \
  constinit OpDef op##_op {                                                         \
    .name = #op, .min_inputs = 1, .max_inputs = 1, .traits = kRandom | kNoGradient, \
    .infer = infer_function, .options = &kAttributesType<Options>, .host_inputs = 1 \
  }
SAEM_RANDOM(stateless_random_normal, infer_floating, StatelessRandomOptions);
SAEM_RANDOM(stateless_random_uniform, infer_floating, StatelessRandomOptions);
SAEM_RANDOM(stateless_truncated_normal, infer_floating, StatelessRandomOptions);
SAEM_RANDOM(stateless_random_uniform_int, infer_uniform_int, StatelessRandomOptions);
SAEM_RANDOM(stateless_random_uniform_full_int, infer_uniform_full_int, StatelessRandomOptions);
SAEM_RANDOM(stateless_permutation, infer_permutation, PermutationOptions);
#undef SAEM_RANDOM

constinit OpDef random_seed_op{.name = "random_seed",
                               .min_inputs = 0,
                               .max_inputs = 0,
                               .traits = kStateful | kNoGradient | kOnHost,
                               .infer = infer_random_seed,
                               .options = &kAttributesType<RandomSeedOptions>};

}  // namespace ops

namespace random {

Tensor seed_tensor(std::span<const std::int64_t> seed) {
  const DeviceScope host{Device{}};  // where random ops read it
  return constant(seed);
}

namespace {

Tensor scaled_normal(const OpDef& op, const Shape& shape, const Tensor& seed,
                     const NormalOptions& options) {
  Tensor x = apply_one(op, {seed}, StatelessRandomOptions{shape, options.dtype});
  if (options.stddev != 1.0) x = x * options.stddev;
  if (options.mean != 0.0) x = x + options.mean;
  return x;
}

}  // namespace

void set_seed(std::int64_t seed) { saem::Generator::global().set_seed(seed); }

Tensor next_seed(const RandomSeedOptions& options) {
  return apply_one(ops::random_seed_op, {}, options);
}

Tensor stateless_normal(const Shape& shape, const Tensor& seed, const NormalOptions& options) {
  return scaled_normal(ops::stateless_random_normal_op, shape, seed, options);
}
Tensor stateless_normal(const Shape& shape, const Seed& seed, const NormalOptions& options) {
  return stateless_normal(shape, seed_tensor(seed), options);
}
Tensor normal(const Shape& shape, const NormalOptions& options) {
  return stateless_normal(shape, next_seed({options.seed}), options);
}

Tensor stateless_truncated_normal(const Shape& shape, const Tensor& seed,
                                  const NormalOptions& options) {
  return scaled_normal(ops::stateless_truncated_normal_op, shape, seed, options);
}
Tensor stateless_truncated_normal(const Shape& shape, const Seed& seed,
                                  const NormalOptions& options) {
  return stateless_truncated_normal(shape, seed_tensor(seed), options);
}
Tensor truncated_normal(const Shape& shape, const NormalOptions& options) {
  return stateless_truncated_normal(shape, next_seed({options.seed}), options);
}

Tensor stateless_uniform(const Shape& shape, const Tensor& seed, const UniformOptions& options) {
  const DType dtype = options.dtype;
  if (!dtype.is_floating()) {
    if (!options.maxval) {
      raise<ValueError>("uniform", "integers need a maxval: {{.maxval = 10, .dtype = tf::{}}}",
                        dtype.name());
    }
    return apply_one(ops::stateless_random_uniform_int_op, {seed},
                     StatelessRandomOptions{shape, dtype, options.minval, *options.maxval});
  }
  const Tensor x =
      apply_one(ops::stateless_random_uniform_op, {seed}, StatelessRandomOptions{shape, dtype});
  const Scalar maxval = options.maxval.value_or(1);
  if (options.minval.to<double>() == 0.0 && maxval.to<double>() == 1.0) return x;
  // The order of TensorFlow's three roundings, in its dtype.
  const Tensor low = fill({}, options.minval, {.dtype = dtype});
  return x * (fill({}, maxval, {.dtype = dtype}) - low) + low;
}
Tensor stateless_uniform(const Shape& shape, const Seed& seed, const UniformOptions& options) {
  return stateless_uniform(shape, seed_tensor(seed), options);
}
Tensor uniform(const Shape& shape, const UniformOptions& options) {
  return stateless_uniform(shape, next_seed({options.seed}), options);
}

Tensor stateless_permutation(std::int64_t size, const Tensor& seed) {
  return apply_one(ops::stateless_permutation_op, {seed}, PermutationOptions{size});
}
Tensor stateless_permutation(std::int64_t size, const Seed& seed) {
  return stateless_permutation(size, seed_tensor(seed));
}
Tensor permutation(std::int64_t size, const ShuffleOptions& options) {
  return stateless_permutation(size, next_seed({options.seed}));
}

Tensor shuffle(const Tensor& x, const ShuffleOptions& options) {
  if (x.rank() == 0) raise<ShapeError>("shuffle", "a scalar has no axis to be shuffled");
  return gather(x, permutation(x.shape()[0], options));
}

Tensor stateless_uniform_full_int(const Shape& shape, const Tensor& seed, DType dtype) {
  return apply_one(ops::stateless_random_uniform_full_int_op, {seed},
                   StatelessRandomOptions{shape, dtype});
}
Tensor stateless_uniform_full_int(const Shape& shape, const Seed& seed, DType dtype) {
  return stateless_uniform_full_int(shape, seed_tensor(seed), dtype);
}

Tensor stateless_shuffle(const Tensor& x, const Tensor& seed) {
  if (x.rank() == 0) raise<ShapeError>("stateless_shuffle", "a scalar has no axis to be shuffled");
  return gather(x, stateless_permutation(x.shape()[0], seed));
}
Tensor stateless_shuffle(const Tensor& x, const Seed& seed) {
  return stateless_shuffle(x, seed_tensor(seed));
}

Tensor split(const Tensor& seed, std::int64_t num) {
  return stateless_uniform_full_int({num, 2}, seed, seed.dtype());
}
Tensor split(const Seed& seed, std::int64_t num) { return random::split(seed_tensor(seed), num); }

Tensor fold_in(const Tensor& seed, std::int64_t data) {
  const Tensor mixed = stateless_uniform_full_int({}, seed, seed.dtype());
  return stack({mixed, fill({}, data, {.dtype = seed.dtype()})});
}
Tensor fold_in(const Seed& seed, std::int64_t data) { return fold_in(seed_tensor(seed), data); }

}  // namespace random
}  // namespace saem
