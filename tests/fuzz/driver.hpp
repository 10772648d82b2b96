#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

/// Random sequences of ops through the public API, one from each string of bytes.
namespace saem::fuzz {

/// What a case did, added up over cases.
struct Counts {
  std::int64_t ops = 0;        ///< calls that gave a result
  std::int64_t refused = 0;    ///< calls that threw a tf::Error
  std::int64_t gradients = 0;  ///< gradients that were computed
};

/// Runs the case that `bytes` describe. Whatever is no tf::Error comes out of it: as an exception,
/// or as a crash.
void run_case(std::span<const std::uint8_t> bytes, Counts& counts);

}  // namespace saem::fuzz
