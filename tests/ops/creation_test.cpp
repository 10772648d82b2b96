// fill and the tensors made of C++ values, floor 5 of 5: everything that must be true of them.
#include <limits>
#include <saem/ops/creation.hpp>

#include "support/op_test.hpp"

namespace saem {
namespace {

using testing::error_of;
using testing::has_values;
using ::testing::HasSubstr;

TEST(fill, Values) {
  EXPECT_TRUE(has_values(fill({2, 2}, 7), {2, 2}, {7, 7, 7, 7}));
  EXPECT_TRUE(has_values(zeros({3}), {3}, {0, 0, 0}));
  EXPECT_TRUE(has_values(ones({}), {}, {1}));
  EXPECT_TRUE(has_values(ones_like(constant({5, 6})), {2}, {1, 1}));
  EXPECT_TRUE(has_values(zeros_like(constant({true})), {1}, {0}));
  EXPECT_TRUE(has_values(range(2, 9, 3), {3}, {2, 5, 8}));
  EXPECT_TRUE(has_values(range(5, 0, -2), {3}, {5, 3, 1}));
  EXPECT_TRUE(has_values(range(0.0, 1.0, 0.25), {4}, {0, 0.25, 0.5, 0.75}));
  EXPECT_TRUE(has_values(range(3, 1), {0}, {}));
}

TEST(fill, Types) {
  const DType dtypes[] = {bool_,
                          int8,
                          int16,
                          int32,
                          int64,
                          uint8,
                          uint16,
                          uint32,
                          uint64,
                          DType::kFloat16,
                          DType::kBFloat16,
                          float32,
                          float64};
  for (const DType dtype : dtypes) {
    for (const Shape& shape : {Shape{}, Shape{0}, Shape{1}, Shape{3, 5}, Shape{300000}}) {
      const Tensor x = ones(shape, dtype);
      EXPECT_EQ(x.dtype(), dtype);
      EXPECT_TRUE(has_values(x, shape, std::vector<double>(static_cast<std::size_t>(x.size()), 1)));
    }
  }
  EXPECT_EQ(fill({1}, 2).dtype(), int32);
  EXPECT_EQ(fill({1}, 2.5).dtype(), float32);
  EXPECT_EQ(fill({1}, true).dtype(), bool_);
  EXPECT_EQ(range(3.0).dtype(), float32);
}

TEST(fill, Options) {
  EXPECT_EQ(fill({2}, 1, {.dtype = float64}).dtype(), float64);
  EXPECT_EQ(zeros_like(constant({1}), {.dtype = float64}).dtype(), float64);
  EXPECT_EQ(ones_like(constant({1}), {.dtype = int64}).dtype(), int64);
  EXPECT_EQ(range(0, 3, 1, {.dtype = int64}).dtype(), int64);
  EXPECT_EQ(fill({2}, 1).shape(), Shape({2}));
  EXPECT_EQ(fill({2, 0}, 1).shape(), Shape({2, 0}));
  EXPECT_TRUE(has_values(fill({1}, std::numeric_limits<std::int32_t>::max()), {1}, {2147483647.0}));
}

TEST(fill, Errors) {
  EXPECT_EQ(error_of<ShapeError>([] {
              (void)zeros({2, -3});
            }),
            "fill: shape (2, -3) has a negative size");
  EXPECT_EQ(error_of<DTypeError>([] { (void)fill({1}, 300, {.dtype = uint8}); }),
            "fill: 300 is outside the range of uint8, [0, 255]");
  EXPECT_EQ(error_of<ValueError>([] { (void)range(0, 3, 0); }),
            "range: delta is 0, so the range from 0 would never reach 3");
  EXPECT_THAT(error_of<DTypeError>([] { (void)range(0.5, 3, 1, {.dtype = int32}); }),
              HasSubstr("range: 0.5 does not fit a tensor of int32"));
  EXPECT_THAT(error_of<ValueError>([] { (void)range(0.0, 1e300); }),
              HasSubstr("there are too many numbers"));
}

TEST(range, Types) {
  for (const DType dtype : {int8, int16, int32, int64, uint8, uint16, uint32, uint64, half,
                            DType(DType::kBFloat16), float32, float64}) {
    const Tensor x = range(1, 6, 2, {.dtype = dtype});
    EXPECT_EQ(x.dtype(), dtype);
    EXPECT_TRUE(has_values(x, {3}, {1, 3, 5}));
    EXPECT_TRUE(has_values(range(5, 0, -2, {.dtype = dtype}), {3}, {5, 3, 1}));
  }
}

TEST(range, CountsLargeIntegersExactly) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
  const Tensor top = range(kMost - 3, kMost, 2, {.dtype = int64});
  EXPECT_EQ(top.shape(), Shape({2}));
  EXPECT_EQ(top(1).item<std::int64_t>(), kMost - 1);
  const Tensor across = range(kLeast, kMost, kMost, {.dtype = int64});
  EXPECT_EQ(across.shape(), Shape({3}));
  EXPECT_EQ(across(2).item<std::int64_t>(), kMost - 1);
  constexpr std::uint64_t kHuge = std::numeric_limits<std::uint64_t>::max();
  const Tensor unsigned_top = range(kHuge - 2, kHuge, 1, {.dtype = uint64});
  EXPECT_EQ(unsigned_top.shape(), Shape({2}));
  EXPECT_EQ(unsigned_top(1).item<std::uint64_t>(), kHuge - 1);
  EXPECT_EQ(range(std::uint64_t{5}, kHuge, std::int64_t{1} << 62, {.dtype = uint64}).shape(),
            Shape({4}));
}

TEST(range, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { (void)range(0, 3, 1, {.dtype = bool_}); }),
            "range: needs a dtype of numbers, got bool");
  EXPECT_EQ(error_of<DTypeError>([] { (void)range(-1, 3, 1, {.dtype = uint8}); }),
            "range: -1 is outside the range of uint8, [0, 255]");
  EXPECT_THAT(error_of<ValueError>([] {
                (void)range(std::numeric_limits<std::int64_t>::min(),
                            std::numeric_limits<std::int64_t>::max(), 1, {.dtype = int64});
              }),
              HasSubstr("there are too many numbers"));
  EXPECT_EQ(range(0.0, -1e300).shape(), Shape({0}));
}

}  // namespace
}  // namespace saem
