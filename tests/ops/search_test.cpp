// searchsorted, bucketize, invert_permutation; floor 5 of 5: proof. Reference numbers: TensorFlow
// 2.21.
#include <algorithm>
#include <limits>
#include <saem/ops/random.hpp>
#include <saem/ops/search.hpp>
#include <saem/ops/sort.hpp>

#include "ops/pointwise.hpp"

namespace saem {
namespace {

using namespace testing;  // NOLINT: a test file

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

const SearchSortedOptions kRight{.side = "right"};

TEST(searchsorted, Values) {
  const Tensor odd = constant({1, 3, 5, 7});
  const Tensor values = constant({0, 1, 2, 7, 8});
  EXPECT_TRUE(has_values(searchsorted(odd, values), {5}, {0, 0, 1, 3, 4}));
  EXPECT_TRUE(has_values(searchsorted(odd, values, kRight), {5}, {0, 1, 1, 4, 4}));
  EXPECT_TRUE(
      has_values(searchsorted(constant({{1, 3}, {2, 4}}), constant({{2}, {4}})), {2, 1}, {1, 1}));
  const Tensor numbers = constant({1.0, 2.0});
  EXPECT_TRUE(has_values(searchsorted(numbers, constant({kNaN})), {1}, {0}));
  EXPECT_TRUE(has_values(searchsorted(numbers, constant({kNaN}), kRight), {1}, {2}));
}

TEST(searchsorted, Composition) {
  for (const DType dtype : {float32, int64, half}) {
    for (const char* side : {"left", "right"}) {
      const Tensor sequence = sort(sample_for({2, 3, 50}, dtype, -20, 20));
      EXPECT_TRUE(kernel_equals_composition("searchsorted",
                                            {sequence, sample_for({2, 3, 70}, dtype, -22, 22, 2)},
                                            SearchSortedOptions{.side = side}));
    }
  }
}

TEST(searchsorted, Types) {
  const std::vector<std::pair<Shape, Shape>> cases = {
      {{1}, {1}}, {{7}, {3}}, {{0}, {4}}, {{4}, {0}}, {{3, 5}, {3, 9}}, {{20000}, {30001}}};
  for (const DType dtype : numeric()) {
    for (const auto& [sequence_shape, values_shape] : cases) {
      const Tensor sequence = sort(sample_for(sequence_shape, dtype, -50, 50));
      const Tensor values = sample_for(values_shape, dtype, -52, 52, 2);
      const std::vector<double> s = values_of(sequence);
      const std::vector<double> v = values_of(values);
      const auto length = sequence_shape.at(-1);
      std::vector<double> left;
      std::vector<double> right;
      for (std::size_t i = 0; i < v.size(); ++i) {
        const auto first = s.begin() + static_cast<std::int64_t>(i) / values_shape.at(-1) * length;
        left.push_back(static_cast<double>(std::lower_bound(first, first + length, v[i]) - first));
        right.push_back(static_cast<double>(std::upper_bound(first, first + length, v[i]) - first));
      }
      SCOPED_TRACE(std::string(dtype.name()) + values_shape.to_string());
      EXPECT_TRUE(has_values(searchsorted(sequence, values), values_shape, left));
      EXPECT_TRUE(has_values(searchsorted(scattered(sequence), scattered(values), kRight),
                             values_shape, right));
    }
  }
}

TEST(searchsorted, Options) {
  const Tensor x = constant({1.0, 1.0});
  EXPECT_TRUE(has_values(searchsorted(x, x), {2}, {0, 0}));
  EXPECT_TRUE(has_values(searchsorted(x, x, kRight), {2}, {2, 2}));
  EXPECT_EQ(searchsorted(x, x).dtype(), int32);
  EXPECT_EQ(searchsorted(x, x, {.out_type = int64}).dtype(), int64);
}

TEST(searchsorted, Errors) {
  const Tensor x = constant({1, 2});
  EXPECT_EQ(error_of<ValueError>([&] { (void)searchsorted(x, x, {.side = "middle"}); }),
            "searchsorted: side is \"middle\"; it must be \"left\" or \"right\"");
  EXPECT_EQ(error_of<DTypeError>([&] { (void)searchsorted(x, constant({1.5})); }),
            "searchsorted: int32 and float32 do not mix; tf::cast one of them");
  EXPECT_EQ(error_of<ShapeError>([&] {
              (void)searchsorted(constant({{1, 3}, {2, 4}}), x);
            }),
            "searchsorted: a sequence of shape (2, 2) and values of shape (2,) must have the same "
            "sizes before the last");
  EXPECT_EQ(error_of<DTypeError>([&] { (void)searchsorted(x, x, {.out_type = float32}); }),
            "searchsorted: out_type is int32 or int64, not float32");
}

TEST(bucketize, Values) {
  EXPECT_TRUE(has_values(bucketize(constant({-5, 10000, 150, 10, 5, 100}), {0, 10, 100}), {6},
                         {0, 3, 3, 2, 1, 3}));
  EXPECT_TRUE(has_values(bucketize(constant({{0.5, 1.5}}), {}), {1, 2}, {0, 0}));
}

TEST(bucketize, Types) {
  for (const DType dtype : numeric()) {
    for (const Shape& shape : kShapes) {
      const Tensor x = sample_for(shape, dtype, -10, 10);
      std::vector<double> expected = values_of(x);
      for (double& value : expected) value = (value >= -3) + (value >= 0.5) + (value >= 4);
      EXPECT_TRUE(has_values(bucketize(x, {-3, 0.5, 4}), shape, expected)) << dtype << shape;
      EXPECT_TRUE(has_values(bucketize(scattered(x), {-3, 0.5, 4}), shape, expected));
    }
  }
}

TEST(bucketize, Errors) {
  EXPECT_EQ(error_of<ValueError>([] {
              (void)bucketize(constant({1}), {2, 1});
            }),
            "bucketize: the boundaries [2, 1] are not ascending");
  EXPECT_EQ(error_of<DTypeError>([] { (void)bucketize(constant({true}), {2}); }),
            "bucketize: needs numbers, got bool; tf::cast it first");
}

TEST(invert_permutation, Values) {
  EXPECT_TRUE(has_values(invert_permutation(constant({2, 0, 1})), {3}, {1, 2, 0}));
}

TEST(invert_permutation, Types) {
  for (const DType dtype : {int32, int64}) {
    for (const std::int64_t size : {0, 1, 7, 3001}) {
      const Tensor x = cast(random::stateless_permutation(size, {1, 2}), dtype);
      const Tensor y = invert_permutation(x);
      EXPECT_TRUE(identical(cast(y, int32), argsort(x)));
      EXPECT_TRUE(identical(invert_permutation(scattered(x)), y));
      EXPECT_TRUE(identical(invert_permutation(y), x));
    }
  }
}

TEST(invert_permutation, Errors) {
  EXPECT_EQ(error_of<IndexError>([] {
              (void)invert_permutation(constant({2, 0, 3}));
            }),
            "invert_permutation: x[2] = 3 is not in [0, 3)");
  EXPECT_EQ(error_of<ValueError>([] {
              (void)invert_permutation(constant({0, 1, 0}));
            }),
            "invert_permutation: 0 comes twice, as x[0] and x[2]");
  EXPECT_EQ(error_of<ShapeError>([] { (void)invert_permutation(constant({{0}})); }),
            "invert_permutation: needs one axis, got shape (1, 1)");
  EXPECT_EQ(error_of<DTypeError>([] { (void)invert_permutation(constant({0.0})); }),
            "invert_permutation: needs int32 or int64, got float32; tf::cast it");
}

}  // namespace
}  // namespace saem
