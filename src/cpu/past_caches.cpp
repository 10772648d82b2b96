#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/past_caches.cpp"
#include <hwy/foreach_target.h>
// Must come after foreach_target.h.
#include <hwy/cache_control.h>
#include <hwy/highway.h>

#include <algorithm>
#include <cstring>

#include "cpu/past_caches.hpp"

HWY_BEFORE_NAMESPACE();
namespace saem::cpu::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
// Unnamed: kernel files name alike things alike (Add, block), and a linker would merge them.
namespace {

void CopyPastCaches(std::uint8_t* to, const std::uint8_t* from, std::size_t bytes) {
  const hn::ScalableTag<std::uint8_t> d;
  const std::size_t lanes = hn::Lanes(d);
  // What comes before the first whole vector.
  const std::size_t head = std::min((0 - reinterpret_cast<std::uintptr_t>(to)) % lanes, bytes);
  std::memcpy(to, from, head);
  std::size_t i = head;
  for (; i + lanes <= bytes; i += lanes) hn::Stream(hn::LoadU(d, from + i), d, to + i);
  std::memcpy(to + i, from + i, bytes - i);
}

}  // namespace
}  // namespace saem::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace saem::cpu {

HWY_EXPORT(CopyPastCaches);

void copy_past_caches(void* to, const void* from, std::size_t bytes) {
  HWY_DYNAMIC_DISPATCH(CopyPastCaches)
  (static_cast<std::uint8_t*>(to), static_cast<const std::uint8_t*>(from), bytes);
}

void flush_past_caches() { hwy::FlushStream(); }

}  // namespace saem::cpu
#endif  // HWY_ONCE
