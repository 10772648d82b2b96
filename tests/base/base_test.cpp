#include <gtest/gtest.h>
#include <omp.h>

#include <atomic>
#include <cmath>
#include <limits>
#include <memory>
#include <saem/base/float16.hpp>
#include <saem/base/small_vector.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/parallel.hpp"
#include "base/philox.hpp"

namespace saem {
namespace {

TEST(Philox, EqualsThePublishedVectors) {
  // From the authors' own known-answer tests (Random123, kat_vectors, philox4x32 10).
  EXPECT_EQ(Philox::bits({0, 0, 0, 0}, {0, 0}),
            (Philox::Counter{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(
      Philox::bits({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}),
      (Philox::Counter{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(
      Philox::bits({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
      (Philox::Counter{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Philox, CountersCarry) {
  EXPECT_EQ(Philox::advance({0xffffffff, 0xffffffff, 0xffffffff, 1}, 1),
            (Philox::Counter{0, 0, 0, 2}));
  EXPECT_EQ(Philox::advance({5, 0, 0, 0}, 0x100000001ull), (Philox::Counter{6, 1, 0, 0}));
}

TEST(Float16, RoundTripsEveryValue) {
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    float16 half;
    half.bits = static_cast<std::uint16_t>(bits);
    const float wide = half;
    if (std::isnan(wide)) {
      EXPECT_TRUE(std::isnan(static_cast<float>(float16(wide))));
    } else {
      EXPECT_EQ(float16(wide).bits, half.bits) << bits;
    }
  }
}

TEST(Float16, RoundsToNearestEven) {
  EXPECT_EQ(float16(1.0f + 0x1p-11f).bits, 0x3c00);            // a tie goes to even: down
  EXPECT_EQ(float16(1.0f + 3 * 0x1p-11f).bits, 0x3c02);        // up
  EXPECT_EQ(float16(65519.0f).bits, 0x7bff);                   // still the largest number
  EXPECT_EQ(float16(65520.0f).bits, 0x7c00);                   // infinity
  EXPECT_EQ(float16(0x1p-25f).bits, 0);                        // a tie with zero
  EXPECT_EQ(float16(std::nextafter(0x1p-25f, 1.0f)).bits, 1);  // the smallest subnormal
  EXPECT_EQ(float16(-0.0f).bits, 0x8000);
}

TEST(BFloat16, RoundsToNearestEven) {
  EXPECT_EQ(bfloat16(1.0f + 0x1p-8f).bits, 0x3f80);
  EXPECT_EQ(bfloat16(1.0f + 3 * 0x1p-8f).bits, 0x3f82);
  EXPECT_EQ(bfloat16(std::numeric_limits<float>::max()).bits, 0x7f80);
  EXPECT_TRUE(std::isnan(static_cast<float>(bfloat16(std::nanf("")))));
  EXPECT_EQ(static_cast<float>(bfloat16(-3.5f)), -3.5f);
}

TEST(SmallVector, MovesBetweenItselfAndTheHeap) {
  SmallVector<std::string, 2> v{"a", "b"};
  for (int i = 0; i < 20; ++i) v.push_back(v[0] + std::to_string(i));
  EXPECT_EQ(v.size(), 22u);
  EXPECT_EQ(v.back(), "a19");
  const SmallVector<std::string, 2> copy = v;
  SmallVector<std::string, 2> moved = std::move(v);
  EXPECT_EQ(moved, copy);
  EXPECT_TRUE(v.empty());  // NOLINT: a moved-from SmallVector is empty, and says so
  moved.erase(moved.begin());
  moved.insert(moved.begin() + 1, "x");
  EXPECT_EQ(moved[0], "b");
  EXPECT_EQ(moved[1], "x");
  moved.resize(1);
  EXPECT_EQ(moved.size(), 1u);
}

TEST(SmallVector, APushOfItsOwnElementIsSafe) {
  SmallVector<std::string, 1> v{"long enough to lie on the heap by itself"};
  for (int i = 0; i < 10; ++i) v.emplace_back(v[0]);
  EXPECT_EQ(v[10], v[0]);
}

TEST(SmallVector, HoldsWhatCannotBeCopied) {
  SmallVector<std::unique_ptr<int>, 1> v;
  for (int i = 0; i < 5; ++i) v.emplace_back(std::make_unique<int>(i));
  SmallVector<std::unique_ptr<int>, 1> moved = std::move(v);
  EXPECT_EQ(*moved[4], 4);
}

TEST(ParallelFor, CoversTheRangeOnceWithFixedBorders) {
  std::vector<std::atomic<int>> hits(1000);
  std::atomic<bool> aligned{true};
  parallel_for(1000, 64, [&](std::int64_t begin, std::int64_t end) {
    if (begin % 64 != 0 || (end % 64 != 0 && end != 1000)) aligned = false;
    for (std::int64_t i = begin; i < end; ++i) ++hits[static_cast<std::size_t>(i)];
  });
  EXPECT_TRUE(aligned);
  for (const auto& hit : hits) EXPECT_EQ(hit, 1);
  parallel_for(0, 64, [&](std::int64_t, std::int64_t) { FAIL() << "nothing to do"; });
}

TEST(ParallelFor, RethrowsTheFirstException) {
  EXPECT_THROW(parallel_for(1000, 10,
                            [](std::int64_t begin, std::int64_t) {
                              if (begin == 500) throw std::runtime_error("here");
                            }),
               std::runtime_error);
}

}  // namespace
}  // namespace saem
