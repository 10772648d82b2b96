#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

#include "core/random_stream.hpp"

/// Random bits one by one, as TensorFlow's random ops take them.
namespace saem::cpu {

/// The 32-bit numbers of a stream one by one, from block `first` on.
class Words {
 public:
  Words(const PhiloxStream& stream, std::uint64_t first)
      : counter_(Philox::advance(stream.counter, first)), key_(stream.key) {}
  std::uint32_t next() {
    if (used_ == 4) {
      block_ = Philox::bits(counter_, key_);
      counter_ = Philox::advance(counter_, 1);
      used_ = 0;
    }
    return block_[used_++];
  }

 private:
  Philox::Counter counter_;
  Philox::Key key_;
  Philox::Counter block_{};
  std::size_t used_ = 4;
};

struct Pair {
  double first;
  double second;
};

/// 52 of 64 random bits as a number in [0, 1).
inline double unit(std::uint32_t high, std::uint32_t low) {
  const std::uint64_t fraction = (std::uint64_t{high & 0xfffffu} << 32) | low;
  return std::bit_cast<double>((std::uint64_t{1023} << 52) | fraction) - 1.0;
}

/// Two uniform numbers become two normal ones: Box and Muller, Ann. Math. Statist. 29 (1958).
inline Pair box_muller(double first, double second) {
  const double angle = 2.0 * 3.14159265358979323846 * second;
  const double radius = std::sqrt(-2.0 * std::log(std::max(first, 1.0e-7)));
  return {std::sin(angle) * radius, std::cos(angle) * radius};
}

}  // namespace saem::cpu
