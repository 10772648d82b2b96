#pragma once

#include <cstdint>
#include <vector>

namespace saem {

/// A block of memory that is needed from one step to another, both included.
struct MemoryRequest {
  std::int64_t bytes = 0;
  int first_step = 0;
  int last_step = 0;
  /// Another request whose place this one may take though both live in step `first_step`: it is
  /// read there element by element as this one is written; -1: none.
  int may_reuse = -1;
};

/// Where each request lies in one arena.
struct ArenaPlan {
  std::vector<std::int64_t> offsets = {};  ///< in bytes, multiples of 64
  std::int64_t bytes = 0;                  ///< of the arena
  std::int64_t separate_bytes = 0;         ///< the sum of all requests
  int reused_in_place = 0;                 ///< requests that took the place of an input
};

/// Places requests so that those alive at once do not overlap: largest first, each at the lowest
/// place that is free all the while (greedy by size, Pisarchyk & Lee, arXiv:2001.03288, which comes
/// within a few percent of the lower bound on networks).
ArenaPlan plan_memory(const std::vector<MemoryRequest>& requests);

}  // namespace saem
