// Generator; floor 2 of 5: meaning.
#include <random>
#include <saem/core/op.hpp>
#include <saem/ops/concat.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/random_generator.hpp>

#include "base/message.hpp"
#include "ops/host.hpp"
#include "ops/random.hpp"

namespace saem::random {
namespace {

using State = Generator::State;

/// What happens to a generator: it goes to another state, or on by so many numbers.
struct GeneratorOptions {
  static constexpr const char* kName = "GeneratorOptions";
  static constexpr bool kSerializable = false;
  std::shared_ptr<State> state = {};
  bool resets = false;
  State target = {};
  std::int64_t skip = 0;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    const auto generator = reinterpret_cast<std::uintptr_t>(self.state.get());
    visit("generator", generator);  // two generators are never the same
    visit("resets", self.resets);
    visit("target", self.target);
    visit("skip", self.skip);
  }
};

TensorSpecs infer_generator_state(const OpCall&) { return {{int64, {3}}}; }

Tensors run_generator_state(const OpCall& call) {
  const auto& options = call.options<GeneratorOptions>();
  State& state = *options.state;
  if (options.resets) state = options.target;
  Tensor before = seed_tensor(state);
  const auto low = static_cast<std::uint64_t>(state[0]);
  const std::uint64_t moved = low + static_cast<std::uint64_t>(options.skip) * 256;
  state[0] = static_cast<std::int64_t>(moved);
  if (moved < low) {
    state[1] = static_cast<std::int64_t>(static_cast<std::uint64_t>(state[1]) + 1);
  }
  return {before};
}

/// The state of a generator, which then moves on: an op, so that a traced function does this at
/// each call.
constinit OpDef generator_state_op{.name = "generator_state",
                                   .min_inputs = 0,
                                   .max_inputs = 0,
                                   .traits = kStateful | kNoGradient | kOnHost,
                                   .infer = infer_generator_state,
                                   .compose = run_generator_state,
                                   .options = &kAttributesType<GeneratorOptions>};

}  // namespace

// TensorFlow cuts a Python integer into three words, lowest first, and the sign fills the upper
// ones.
Generator Generator::from_seed(std::int64_t seed) {
  const std::int64_t sign = seed < 0 ? -1 : 0;
  return Generator({seed, sign, sign});
}

Generator Generator::from_non_deterministic_state() {
  std::random_device device;
  State state{};
  for (std::int64_t& word : state) {
    const std::uint64_t upper = device();
    word = static_cast<std::int64_t>((upper << 32) | device());
  }
  return Generator(state);
}

void Generator::skip(std::int64_t count) {
  if (count < 0) {
    raise<ValueError>("Generator::skip", "{} numbers cannot be left out; it must not be negative",
                      count);
  }
  (void)apply(generator_state_op, {}, GeneratorOptions{state_, false, {}, count});
}

void Generator::reset(const State& state) {
  (void)apply(generator_state_op, {}, GeneratorOptions{state_, true, state, 0});
}

Tensor Generator::draw(const Shape& shape, const char* op) {
  const std::int64_t count = checked_size(shape, op);
  return apply_one(generator_state_op, {}, GeneratorOptions{state_, false, {}, count});
}

Tensor Generator::normal(const Shape& shape, const NormalOptions& options) {
  return stateless_normal(shape, draw(shape, "Generator::normal"), options);
}

Tensor Generator::truncated_normal(const Shape& shape, const NormalOptions& options) {
  return stateless_truncated_normal(shape, draw(shape, "Generator::truncated_normal"), options);
}

Tensor Generator::uniform(const Shape& shape, const UniformOptions& options) {
  return stateless_uniform(shape, draw(shape, "Generator::uniform"), options);
}

Tensor Generator::uniform_full_int(const Shape& shape, DType dtype) {
  return stateless_uniform_full_int(shape, draw(shape, "Generator::uniform_full_int"), dtype);
}

Tensor Generator::binomial(const Shape& shape, const Tensor& counts, const Tensor& probs,
                           const CountOptions& options) {
  return stateless_binomial(shape, draw(shape, "Generator::binomial"), counts, probs, options);
}

Tensor Generator::make_seeds(std::int64_t count) {
  const Tensor keys = uniform_full_int({count}, int64);
  return stack({keys, zeros({count}, int64)});
}

std::vector<Generator> Generator::split(std::int64_t count) {
  const Tensor keys = uniform_full_int({count}, int64);
  std::vector<Generator> generators;
  for (const std::int64_t key : ops::host_integers(keys, "Generator::split", "the state")) {
    generators.push_back(Generator({0, 0, key}));
  }
  return generators;
}

}  // namespace saem::random
