#pragma once

#include <cstdint>
#include <memory>
#include <type_traits>

namespace saem {

namespace detail {

using RangeFunction = void (*)(void* body, std::int64_t begin, std::int64_t end);
void parallel_ranges(std::int64_t count, std::int64_t grain, RangeFunction function, void* body);

}  // namespace detail

/// Threads that parallel loops use: OpenMP's, the pool that oneDNN shares.
int thread_count();

/// Calls `body(begin, end)` for ranges that cover [0, count), on the OpenMP threads if there is
/// more than `grain` to do. Range borders are multiples of `grain`, whatever the number of threads,
/// so that a kernel which sums range by range gives the same bits on any number. The first
/// exception of a body is rethrown here.
template <class Body>
void parallel_for(std::int64_t count, std::int64_t grain, Body&& body) {
  if (count <= grain) {
    if (count > 0) body(std::int64_t{0}, count);
    return;
  }
  using Plain = std::remove_reference_t<Body>;
  detail::parallel_ranges(
      count, grain,
      [](void* context, std::int64_t begin, std::int64_t end) {
        (*static_cast<Plain*>(context))(begin, end);
      },
      const_cast<void*>(static_cast<const void*>(std::addressof(body))));
}

}  // namespace saem
