#include "core/generator.hpp"

#include <random>

#include "base/philox.hpp"

namespace saem {
namespace {

/// TensorFlow's global seed for ops that name one while nobody has set a global seed: such programs
/// repeat.
constexpr std::uint64_t kDefaultSeed = 87654321;
/// Keeps the shared sequence apart from that of op seed 0.
constexpr std::uint32_t kSharedSequence = 0x5eed5eedu;

constexpr std::uint32_t low(std::uint64_t x) { return static_cast<std::uint32_t>(x); }
constexpr std::uint32_t high(std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32); }

std::int64_t join(std::uint32_t first, std::uint32_t second) {
  return static_cast<std::int64_t>(first | (std::uint64_t{second} << 32));
}

std::uint64_t system_entropy() {
  std::random_device device;
  const std::uint64_t upper = device();
  return (upper << 32) | device();
}

}  // namespace

Generator& Generator::global() {
  static Generator generator;
  return generator;
}

void Generator::set_seed(std::int64_t seed) {
  const std::lock_guard lock(mutex_);
  seed_ = static_cast<std::uint64_t>(seed);
  drawn_ = 0;
  drawn_by_op_seed_.clear();
}

std::array<std::int64_t, 2> Generator::next(std::optional<std::int64_t> op_seed) {
  const std::lock_guard lock(mutex_);
  Philox::Counter counter{};
  std::uint64_t key = seed_.value_or(kDefaultSeed);
  std::uint64_t position = 0;
  if (op_seed) {
    position = drawn_by_op_seed_[*op_seed]++;
    counter[2] = low(static_cast<std::uint64_t>(*op_seed));
    counter[3] = high(static_cast<std::uint64_t>(*op_seed));
  } else {
    if (!seed_ && unseeded_ == 0) unseeded_ = system_entropy() | 1;
    if (!seed_) key = unseeded_;
    position = drawn_++;
  }
  counter[0] = low(position);
  counter[1] = high(position);
  const std::uint32_t sequence = op_seed ? 0 : kSharedSequence;
  const auto bits = Philox::bits(counter, {low(key), high(key) ^ sequence});
  return {join(bits[0], bits[1]), join(bits[2], bits[3])};
}

}  // namespace saem
