// unique, unique_with_counts, setdiff1d; floor 5 of 5: proof. Reference numbers: TensorFlow 2.21.
#include <cmath>
#include <limits>
#include <map>
#include <saem/ops/gather.hpp>
#include <saem/ops/unique.hpp>

#include "ops/pointwise.hpp"

namespace saem {
namespace {

using namespace testing;  // NOLINT: a test file

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST(unique, Values) {
  const auto [y, idx] = unique(constant({1, 1, 2, 4, 4, 4, 7, 8, 8}));
  EXPECT_TRUE(has_values(y, {5}, {1, 2, 4, 7, 8}));
  EXPECT_TRUE(has_values(idx, {9}, {0, 0, 1, 2, 2, 2, 3, 4, 4}));
  EXPECT_TRUE(has_values(unique(constant({9, 3, 9})).y, {2}, {9, 3}));  // not sorted
}

TEST(unique, Gradient) {
  const Tensor x = constant({5.0, 3.0, 5.0}, float64);
  GradientTape tape;
  tape.watch(x);
  EXPECT_TRUE(has_values(tape.gradient(unique(x).y, x), {3}, {1, 1, 0}));
}

TEST(unique, Types) {
  std::vector<DType> dtypes = numeric();
  dtypes.push_back(bool_);
  for (const DType dtype : dtypes) {
    for (const std::int64_t size : {0, 1, 7, 5000}) {
      const Tensor x = cast(sample({size}, int32, 0, 90), dtype);
      const auto [y, idx, count] = unique_with_counts(x);
      EXPECT_EQ(y.dtype(), dtype);
      EXPECT_TRUE(identical(gather(y, idx), x)) << dtype << size;
      std::map<double, double> counts;
      for (const double value : values_of(x)) ++counts[value];
      const std::vector<double> values = values_of(y);
      const std::vector<double> found = values_of(count);
      EXPECT_EQ(values.size(), counts.size());
      for (std::size_t i = 0; i < values.size(); ++i) EXPECT_EQ(found[i], counts[values[i]]);
      EXPECT_TRUE(identical(unique(scattered(x)).y, y));
    }
  }
}

TEST(unique, Options) {
  EXPECT_EQ(unique(constant({1})).idx.dtype(), int32);
  EXPECT_EQ(unique(constant({1}), {.out_idx = int64}).idx.dtype(), int64);
}

TEST(unique, Errors) {
  EXPECT_EQ(error_of<ShapeError>([] { (void)unique(constant({{1}})); }),
            "unique: needs one axis, got shape (1, 1); tf::reshape it");
  EXPECT_EQ(error_of<DTypeError>([] { (void)unique(constant({1}), {.out_idx = half}); }),
            "unique: out_idx is int32 or int64, not float16");
}

TEST(unique_with_counts, Values) {
  const auto [y, idx, count] = unique_with_counts(constant({1.0, kNaN, kNaN, -0.0, 0.0}));
  EXPECT_TRUE(has_values(y, {4}, {1, kNaN, kNaN, 0}));
  EXPECT_TRUE(std::signbit(values_of(y)[3]));  // the zero that comes first
  EXPECT_TRUE(has_values(idx, {5}, {0, 1, 2, 3, 3}));
  EXPECT_TRUE(has_values(count, {4}, {1, 1, 1, 2}));
}

TEST(setdiff1d, Values) {
  const auto [out, idx] = setdiff1d(constant({1, 2, 3, 4, 5, 6, 1, 2}), constant({1, 3, 5}));
  EXPECT_TRUE(has_values(out, {4}, {2, 4, 6, 2}));
  EXPECT_TRUE(has_values(idx, {4}, {1, 3, 5, 7}));
  EXPECT_TRUE(
      has_values(setdiff1d(constant({0.0, kNaN}), constant({-0.0, kNaN})).out, {1}, {kNaN}));
}

TEST(setdiff1d, Types) {
  for (const DType dtype : numeric()) {
    const Tensor x = sample_for({300}, dtype, -20, 20);
    EXPECT_EQ(setdiff1d(x, x).out.size(), 0);
    EXPECT_TRUE(identical(setdiff1d(scattered(x), zeros({0}, dtype)).out, x));
    EXPECT_EQ(setdiff1d(zeros({0}, dtype), x).out.shape(), Shape({0}));
  }
}

TEST(setdiff1d, Options) {
  const Tensor x = constant({1, 2});
  EXPECT_EQ(setdiff1d(x, x).idx.dtype(), int32);
  EXPECT_EQ(setdiff1d(x, x, {.out_idx = int64}).idx.dtype(), int64);
}

TEST(setdiff1d, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { (void)setdiff1d(constant({1}), constant({1.0})); }),
            "setdiff1d: int32 and float32 do not mix; tf::cast one of them");
  EXPECT_EQ(error_of<ShapeError>([] { (void)setdiff1d(constant({1}), constant(1)); }),
            "setdiff1d: needs one axis, got shape (); tf::reshape it");
}

}  // namespace
}  // namespace saem
