// dropout, stateless_dropout: functions over ops.
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/compare.hpp>
#include <saem/ops/dropout.hpp>
#include <saem/ops/where.hpp>

#include "base/message.hpp"
#include "ops/random.hpp"

namespace saem::nn {
namespace {

void check_dropout(const char* op, const Tensor& x, double rate) {
  if (!(rate >= 0 && rate < 1)) {
    raise<ValueError>(op, "rate is {}; it must be in [0, 1)", rate);
  }
  if (!x.dtype().is_floating()) {
    raise<DTypeError>(op, "needs floating point, got {}; tf::cast it to tf::float32",
                      x.dtype().name());
  }
}

Shape noise_shape(const char* op, const Tensor& x, const DropoutOptions& options) {
  if (!options.noise_shape) return x.shape();
  Shape shape = *options.noise_shape;
  bool fits = shape.rank() <= x.rank();
  for (int i = 0; fits && i < shape.rank(); ++i) {
    const std::int64_t size = x.shape()[x.rank() - shape.rank() + i];
    if (shape[i] == -1) shape[i] = size;
    fits = shape[i] == size || shape[i] == 1;
  }
  if (!fits) {
    raise<ShapeError>(op, "noise_shape {} does not broadcast to the shape {} of x",
                      options.noise_shape->to_string(), x.shape().to_string());
  }
  return shape;
}

Tensor dropped(const Tensor& x, double rate, const Shape& shape, const Tensor& seed) {
  const Tensor noise = random::stateless_uniform(shape, seed, {.dtype = x.dtype()});
  return where(noise >= rate, x * (1 / (1 - rate)), 0);
}

}  // namespace

Tensor dropout(const Tensor& x, double rate, const DropoutOptions& options) {
  check_dropout("dropout", x, rate);
  const Shape shape = noise_shape("dropout", x, options);
  // Drawn for a rate of 0 too: what is drawn later is the same for every rate.
  const Tensor seed = random::next_seed({options.seed});
  return rate == 0 ? x : dropped(x, rate, shape, seed);
}

namespace experimental {

Tensor stateless_dropout(const Tensor& x, double rate, const Tensor& seed,
                         const DropoutOptions& options) {
  check_dropout("stateless_dropout", x, rate);
  const Shape shape = noise_shape("stateless_dropout", x, options);
  return rate == 0 ? x : dropped(x, rate, shape, seed);
}

Tensor stateless_dropout(const Tensor& x, double rate, const random::Seed& seed,
                         const DropoutOptions& options) {
  return stateless_dropout(x, rate, random::seed_tensor(seed), options);
}

}  // namespace experimental
}  // namespace saem::nn
