#pragma once

#include <saem/core/tensor.hpp>

#include "base/philox.hpp"

namespace saem {

/// The random bits that a seed stands for, the same on every device: two numbers, scrambled as
/// TensorFlow does; or three, the state of a Generator, which are counter and key themselves. The
/// seed, int32 or int64, lies on the host.
inline PhiloxStream stream_of(const Tensor& seed) {
  const auto number = [&](std::size_t i) {
    return static_cast<std::uint64_t>(seed.dtype() == DType(DType::kInt32)
                                          ? std::int64_t{seed.data_as<std::int32_t>()[i]}
                                          : seed.data_as<std::int64_t>()[i]);
  };
  if (seed.size() == 3) return PhiloxStream::of_state(number(0), number(1), number(2));
  return PhiloxStream::of_seed(number(0), number(1));
}

}  // namespace saem
