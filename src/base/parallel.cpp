#include "base/parallel.hpp"

#include <omp.h>

#include <algorithm>
#include <atomic>
#include <exception>

namespace saem {

int thread_count() { return omp_get_max_threads(); }

namespace detail {

void parallel_ranges(std::int64_t count, std::int64_t grain, RangeFunction function, void* body) {
  const std::int64_t chunks = (count + grain - 1) / grain;
  const auto threads = static_cast<int>(std::min<std::int64_t>(chunks, thread_count()));
  if (threads <= 1 || omp_in_parallel() != 0) {
    for (std::int64_t c = 0; c < chunks; ++c) {
      function(body, c * grain, std::min(count, (c + 1) * grain));
    }
    return;
  }
  std::exception_ptr failure;
  std::atomic<bool> failed{false};
  // Static: each thread takes one run of neighbouring chunks, so pages stay with the core that
  // first touched them.
#pragma omp parallel for num_threads(threads) schedule(static)
  for (std::int64_t c = 0; c < chunks; ++c) {
    if (failed.load(std::memory_order_relaxed)) continue;
    try {
      function(body, c * grain, std::min(count, (c + 1) * grain));
    } catch (...) {
      if (!failed.exchange(true)) failure = std::current_exception();
    }
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace detail
}  // namespace saem
