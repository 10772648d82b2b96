// Copies past the caches: the same bytes, and none beside them, wherever both sides begin.
#include "cpu/past_caches.hpp"

#include <gtest/gtest.h>
#include <hwy/highway.h>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace saem::cpu {
namespace {

TEST(PastCaches, CopiesTheBytesAndNoneBesideThem) {
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    hwy::SetSupportedTargetsForTest(target);
    std::vector<std::uint8_t> from(1000);
    for (std::size_t i = 0; i < from.size(); ++i) from[i] = static_cast<std::uint8_t>(i * 7 + 1);
    for (const std::size_t bytes : {0, 1, 15, 63, 64, 65, 200, 513}) {
      for (std::size_t to_offset = 0; to_offset < 70; ++to_offset) {
        const std::size_t from_offset = to_offset * 3 % 64;
        std::vector<std::uint8_t> to(800, 0);
        std::vector<std::uint8_t> expected = to;
        std::copy_n(from.begin() + static_cast<std::ptrdiff_t>(from_offset), bytes,
                    expected.begin() + static_cast<std::ptrdiff_t>(to_offset));
        copy_past_caches(to.data() + to_offset, from.data() + from_offset, bytes);
        flush_past_caches();
        ASSERT_EQ(to, expected) << bytes << " bytes to " << to_offset << " on "
                                << hwy::TargetName(target);
      }
    }
  }
  hwy::SetSupportedTargetsForTest(0);
}

}  // namespace
}  // namespace saem::cpu
