#include "graph/memory_plan.hpp"

#include <gtest/gtest.h>

#include <random>

namespace saem {
namespace {

bool overlap(const MemoryRequest& a, std::int64_t a_offset, const MemoryRequest& b,
             std::int64_t b_offset) {
  const bool together = a.first_step <= b.last_step && b.first_step <= a.last_step;
  return together && a_offset < b_offset + b.bytes && b_offset < a_offset + a.bytes;
}

TEST(MemoryPlan, WhatIsDeadMakesRoom) {
  const ArenaPlan plan = plan_memory({{128, 0, 1}, {128, 1, 2}, {128, 2, 3}, {128, 3, 4}});
  EXPECT_EQ(plan.bytes, 256);
  EXPECT_EQ(plan.separate_bytes, 512);
}

TEST(MemoryPlan, AResultTakesThePlaceOfWhatItReads) {
  const ArenaPlan plan = plan_memory({{4096, 0, 1}, {4096, 1, 2, 0}, {4096, 2, 3, 1}});
  EXPECT_EQ(plan.bytes, 4096);
  EXPECT_EQ(plan.reused_in_place, 2);
}

TEST(MemoryPlan, OneReaderAloneTakesAPlace) {
  // Both results of step 1 want the place of request 0; the second one must not have it too.
  const std::vector<MemoryRequest> requests{{64, 0, 1}, {64, 1, 3, 0}, {64, 1, 3, 0}};
  const ArenaPlan plan = plan_memory(requests);
  EXPECT_FALSE(overlap(requests[1], plan.offsets[1], requests[2], plan.offsets[2]));
}

TEST(MemoryPlan, NothingIsNothing) {
  EXPECT_EQ(plan_memory({}).bytes, 0);
  EXPECT_EQ(plan_memory({{0, 0, 0}}).offsets.size(), 1u);
}

TEST(MemoryPlan, RandomRequestsDoNotOverlap) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    std::vector<MemoryRequest> requests;
    const int count = 1 + static_cast<int>(random() % 40);
    for (int i = 0; i < count; ++i) {
      const int first = i;
      requests.push_back({static_cast<std::int64_t>(random() % 5000), first,
                          first + static_cast<int>(random() % 10)});
    }
    const ArenaPlan plan = plan_memory(requests);
    std::int64_t most = 0;  // what lives at once needs at least this much
    for (int step = 0; step < count; ++step) {
      std::int64_t alive = 0;
      for (const MemoryRequest& r : requests) {
        if (r.first_step <= step && step <= r.last_step) alive += r.bytes;
      }
      most = std::max(most, alive);
    }
    EXPECT_GE(plan.bytes, most);
    for (int i = 0; i < count; ++i) {
      const auto a = static_cast<std::size_t>(i);
      EXPECT_EQ(plan.offsets[a] % 64, 0);
      EXPECT_LE(plan.offsets[a] + requests[a].bytes, plan.bytes);
      for (std::size_t b = 0; b < a; ++b) {
        EXPECT_FALSE(overlap(requests[a], plan.offsets[a], requests[b], plan.offsets[b]));
      }
    }
  }
}

}  // namespace
}  // namespace saem
