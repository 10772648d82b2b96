#pragma once

#include <array>
#include <cstdint>

namespace saem {

/// Philox4x32-10: 128 random bits from a 128-bit counter and a 64-bit key, with no state between
/// calls, so that any thread or device can make any part of a sequence. Salmon et al., "Parallel
/// Random Numbers: As Easy as 1, 2, 3", SC 2011. The constants are the paper's; TensorFlow's
/// `tf.random.stateless_*` use the same function.
struct Philox {
  using Counter = std::array<std::uint32_t, 4>;
  using Key = std::array<std::uint32_t, 2>;

  static constexpr Counter bits(Counter counter, Key key) {
    for (int round = 0; round < 10; ++round) {
      const std::uint64_t product0 = std::uint64_t{0xD2511F53u} * counter[0];
      const std::uint64_t product1 = std::uint64_t{0xCD9E8D57u} * counter[2];
      counter = {static_cast<std::uint32_t>(product1 >> 32) ^ counter[1] ^ key[0],
                 static_cast<std::uint32_t>(product1),
                 static_cast<std::uint32_t>(product0 >> 32) ^ counter[3] ^ key[1],
                 static_cast<std::uint32_t>(product0)};
      key[0] += 0x9E3779B9u;
      key[1] += 0xBB67AE85u;
    }
    return counter;
  }

  /// The counter `steps` blocks further on.
  static constexpr Counter advance(Counter counter, std::uint64_t steps) {
    const std::uint64_t low = counter[0] | (std::uint64_t{counter[1]} << 32);
    const std::uint64_t sum = low + steps;
    counter[0] = static_cast<std::uint32_t>(sum);
    counter[1] = static_cast<std::uint32_t>(sum >> 32);
    if (sum < low && ++counter[2] == 0) ++counter[3];
    return counter;
  }
};

/// Where a sequence of random bits begins.
struct PhiloxStream {
  Philox::Counter counter;
  Philox::Key key;

  /// Of the two halves of a `stateless_*` seed: TensorFlow's scrambling, which lets a user put the
  /// entropy into either.
  static constexpr PhiloxStream of_seed(std::uint64_t first, std::uint64_t second) {
    const auto mixed = Philox::bits(words(first, second), {0x3ec8f720u, 0x02461e29u});
    return {{0, 0, mixed[2], mixed[3]}, {mixed[0], mixed[1]}};
  }

  /// Of the state of a Generator: 128 bits of counter, 64 of key.
  static constexpr PhiloxStream of_state(std::uint64_t low, std::uint64_t high, std::uint64_t key) {
    return {words(low, high),
            {static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32)}};
  }

 private:
  static constexpr Philox::Counter words(std::uint64_t low, std::uint64_t high) {
    return {static_cast<std::uint32_t>(low), static_cast<std::uint32_t>(low >> 32),
            static_cast<std::uint32_t>(high), static_cast<std::uint32_t>(high >> 32)};
  }
};

}  // namespace saem
