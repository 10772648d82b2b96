// bitcast, saturate_cast; floor 5 of 5: what must be true. Values are TensorFlow's.
#include <limits>
#include <saem/ops/bitcast.hpp>
#include <saem/ops/reshape.hpp>

#include "ops/pointwise.hpp"

namespace saem {
namespace {

using namespace saem::testing;

TEST(bitcast, Values) {
  EXPECT_TRUE(
      has_values(bitcast(constant({1.0, 2.0}), uint8), {2, 4}, {0, 0, 128, 63, 0, 0, 0, 64}));
  EXPECT_TRUE(
      has_values(bitcast(constant({{1, 2}, {3, 4}}, uint16), uint32), {2}, {131073, 262147}));
  EXPECT_TRUE(
      has_values(bitcast(constant({1.5, 2.0}, complex64), float32), {2, 2}, {1.5, 0, 2, 0}));
}

TEST(bitcast, Types) {
  std::vector<DType> dtypes = numeric();
  for (const DType dtype : {dtypes::float8_e5m2, complex64, complex128}) dtypes.push_back(dtype);
  for (const DType from : dtypes) {
    for (const DType to : dtypes) {
      for (const Shape& shape : {Shape{}, Shape{0}, Shape{1}, Shape{3, 5}, Shape{70001}}) {
        const Tensor x = cast(sample(shape, int32, 0, 100), from);
        if (to.size() > from.size()) continue;  // the way back of another pair
        const Tensor bits = bitcast(x, to);
        EXPECT_EQ(bits.nbytes(), x.nbytes());
        EXPECT_TRUE(identical(bitcast(bits, from), x)) << from << " " << to << " " << shape;
        EXPECT_TRUE(identical(bitcast(bitcast(scattered(x), to), from), x));
      }
    }
  }
}

TEST(bitcast, Options) {
  EXPECT_EQ(bitcast(constant({1.0}), int32).item<std::int32_t>(), 0x3f800000);
  EXPECT_EQ(bitcast(constant({1.0}), uint32).dtype(), uint32);
}

TEST(bitcast, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { bitcast(constant({true}), uint8); }),
            "bitcast: bool has no bits of its own; tf::cast it to tf::uint8");
  EXPECT_EQ(error_of<ShapeError>([] {
              bitcast(constant({1, 2, 3}, uint8), uint16);
            }),
            "bitcast: uint8 (3,) cannot be joined to uint16: the last axis must have 2 elements");
}

TEST(saturate_cast, Values) {
  EXPECT_TRUE(has_values(saturate_cast(constant({300, -5, 7}), uint8), {3}, {255, 0, 7}));
  EXPECT_TRUE(has_values(saturate_cast(constant({3e20, -5.5}), int32), {2}, {2147483647, -5}));
  EXPECT_TRUE(has_values(
      saturate_cast(constant({std::numeric_limits<std::uint64_t>::max()}), int64), {1}, {0x1p63}));
  EXPECT_TRUE(has_values(saturate_cast(constant({-1, 5}, int8), uint64), {2}, {0, 5}));
  EXPECT_TRUE(has_values(saturate_cast(constant({-1, 5}), float32), {2}, {-1, 5}));
  EXPECT_EQ(error_of<DTypeError>([] { saturate_cast(constant({1.0}), complex64); }),
            "saturate_cast: needs real dtypes, got complex64; tf::cast it");
}

}  // namespace
}  // namespace saem
