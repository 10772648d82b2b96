// Stores past the caches.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "cpu/stream_copy.cpp"
#include <hwy/foreach_target.h>
// Must come after foreach_target.h.
#include <hwy/cache_control.h>
#include <hwy/highway.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "cpu/stream_copy.hpp"

HWY_BEFORE_NAMESPACE();
namespace saem::cpu::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
namespace {  // unnamed: kernel files name alike things alike, and a linker would merge them

void StreamCopy(const void* from, void* to, std::size_t bytes) {
  const hn::ScalableTag<std::uint8_t> d;
  const std::size_t lanes = hn::Lanes(d);
  const auto* source = static_cast<const std::uint8_t*>(from);
  auto* target = static_cast<std::uint8_t*>(to);
  const std::size_t off = reinterpret_cast<std::uintptr_t>(target) % lanes;
  std::size_t i = off == 0 ? 0 : std::min(bytes, lanes - off);
  std::memcpy(target, source, i);
  for (; i + lanes <= bytes; i += lanes) hn::Stream(hn::LoadU(d, source + i), d, target + i);
  std::memcpy(target + i, source + i, bytes - i);
}

}  // namespace
}  // namespace saem::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace saem::cpu {

HWY_EXPORT(StreamCopy);

void stream_copy(const void* from, void* to, std::size_t bytes) {
  HWY_DYNAMIC_DISPATCH(StreamCopy)(from, to, bytes);
}

void end_streams() { hwy::FlushStream(); }

}  // namespace saem::cpu
#endif  // HWY_ONCE
