// Between half precision and float32: every target, all halves, floats around every rounding.
#include <gtest/gtest.h>
#include <hwy/highway.h>

#include <bit>
#include <cstring>
#include <vector>

#include "core/dispatch.hpp"
#include "cpu/elementwise.hpp"

namespace saem::cpu {
namespace {

class Half : public ::testing::Test {
 protected:
  ~Half() override { use(0); }
  static void use(std::int64_t target) {
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  }

  /// Runs `body` with each half-precision type on each target that this machine has.
  template <class Body>
  static void everywhere(Body&& body) {
    for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
      SCOPED_TRACE(hwy::TargetName(target));
      use(target);
      body(Type<float16>{});
      body(Type<bfloat16>{});
    }
  }
};

TEST_F(Half, WidensEveryValueToTheSameBits) {
  everywhere([]<class T>(Type<T>) {
    std::vector<T> halves(0x10000 + 3);  // and a rest behind the last whole vector
    for (std::size_t i = 0; i < halves.size(); ++i) halves[i].bits = static_cast<std::uint16_t>(i);
    std::vector<float> wide(halves.size());
    widen(dtype_of<T>(), halves.data(), wide.data(), static_cast<std::int64_t>(halves.size()));
    for (std::size_t i = 0; i < halves.size(); ++i) {
      const float expected = halves[i];
      ASSERT_EQ(std::bit_cast<std::uint32_t>(wide[i]), std::bit_cast<std::uint32_t>(expected)) << i;
    }
  });
}

TEST_F(Half, NarrowsAsTheTypesThemselves) {
  std::vector<float> wide;
  // Every 4096th float, with neighbours: all exponents, both sides of all roundings, NaNs.
  for (std::uint64_t bits = 0; bits < 0x100000000u; bits += 0x1000) {
    for (const int near : {-1, 0, 1}) {
      wide.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(bits) +
                                          static_cast<std::uint32_t>(near)));
    }
  }
  everywhere([&]<class T>(Type<T>) {
    std::vector<T> halves(wide.size());
    narrow(dtype_of<T>(), wide.data(), halves.data(), static_cast<std::int64_t>(wide.size()));
    for (std::size_t i = 0; i < wide.size(); ++i) {
      ASSERT_EQ(halves[i].bits, T(wide[i]).bits) << std::bit_cast<std::uint32_t>(wide[i]);
    }
  });
}

TEST_F(Half, RoundsAsNarrowingAndWideningDo) {
  everywhere([]<class T>(Type<T>) {
    std::vector<float> values(70003);  // all exponents, and a rest behind the last whole vector
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = std::bit_cast<float>(static_cast<std::uint32_t>(i) * 61357u);
    }
    const auto count = static_cast<std::int64_t>(values.size());
    std::vector<T> halves(values.size());
    std::vector<float> expected(values.size());
    narrow(dtype_of<T>(), values.data(), halves.data(), count);
    widen(dtype_of<T>(), halves.data(), expected.data(), count);
    round_to(dtype_of<T>(), values.data(), count);
    EXPECT_EQ(std::memcmp(values.data(), expected.data(), values.size() * sizeof(float)), 0);
  });
}

}  // namespace
}  // namespace saem::cpu
