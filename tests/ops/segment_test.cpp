// unsorted_segment_*, segment_*; floor 5 of 5: proof. Reference numbers: TensorFlow 2.21.
#include <omp.h>

#include <cmath>
#include <limits>
#include <saem/ops/segment.hpp>

#include "ops/pointwise.hpp"

namespace saem {
namespace {

using namespace testing;  // NOLINT: a test file

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kLargest = std::numeric_limits<float>::max();

using Unsorted = Tensor (*)(const Tensor&, const Tensor&, std::int64_t);
using Fold = std::function<double(double, double)>;

Tensor four() { return constant({{1.0, 2.0}, {3.0, 4.0}, {5.0, 6.0}, {7.0, 8.0}}); }
Tensor ids() { return constant({2, 0, -1, 2}); }

struct Case {
  Shape data;
  Shape ids;
  std::int64_t segments;
};

/// Scalars, nothing, one column, a few, many; rows enough to be listed by segment.
const std::vector<Case> kCases = {{{}, {}, 2},
                                  {{0}, {0}, 3},
                                  {{1}, {1}, 1},
                                  {{7}, {7}, 3},
                                  {{4, 3}, {4}, 3},
                                  {{2, 3, 2}, {2, 3}, 4},
                                  {{50, 150}, {50}, 7},
                                  {{5000, 20}, {5000}, 300},
                                  {{20000}, {20000}, 40},
                                  {{3, 2}, {3}, 0}};

void expect_types(Unsorted fold_segments, const Fold& fold, double nothing, double low, double high,
                  double slack = 1) {
  for (const DType dtype : numeric()) {
    for (const Case& c : kCases) {
      // Small integers wrap: their totals are compared where they fit.
      if (dtype.is_integer() && dtype.size() < 4 && c.data.size() > 50) continue;
      for (const DType index : {int32, int64}) {
        SCOPED_TRACE(std::string(dtype.name()) + c.data.to_string());
        const Tensor data = sample_for(c.data, dtype, low, high);
        const double last = static_cast<double>(c.segments) - 0.01;
        const Tensor places = c.segments == 0 ? fill(c.ids, -1, {.dtype = index})
                                              : sample(c.ids, index, -0.99, last, 5);
        const std::int64_t inner = c.data.size() / std::max<std::int64_t>(c.ids.size(), 1);
        double empty = nothing;
        if (std::isinf(nothing)) {
          const bool up = nothing > 0;
          empty = dtype == half               ? (up ? 65504 : -65504)
                  : dtype == DType::kBFloat16 ? (up ? 0x1.fep127 : -0x1.fep127)
                  : dtype == float32          ? (up ? kLargest : -kLargest)
                  : dtype == float64          ? (up ? std::numeric_limits<double>::max()
                                                    : std::numeric_limits<double>::lowest())
                                              : nothing;
        }
        const std::vector<double> x = values_of(data);
        const std::vector<double> s = values_of(places);
        Shape shape{c.segments};
        for (int i = c.ids.rank(); i < c.data.rank(); ++i) shape.push_back(c.data[i]);
        std::vector<double> expected(static_cast<std::size_t>(shape.size()), empty);
        for (std::size_t i = 0; i < x.size(); ++i) {
          const auto row = static_cast<std::int64_t>(i) / inner;
          if (s[static_cast<std::size_t>(row)] < 0) continue;
          const auto at = static_cast<std::int64_t>(s[static_cast<std::size_t>(row)]) * inner +
                          static_cast<std::int64_t>(i) % inner;
          double& total = expected[static_cast<std::size_t>(at)];
          total = fold(total, x[i]);
        }
        const Tensor y = fold_segments(data, places, c.segments);
        Tolerance tolerance = tolerance_of(dtype);
        tolerance.relative *= slack;
        tolerance.absolute *= slack;
        if (!(dtype.is_integer() && std::isinf(nothing))) {  // no double holds int64's extremes
          EXPECT_TRUE(near(y, cast(constant(expected, shape), dtype), tolerance));
        }
        EXPECT_TRUE(identical(fold_segments(scattered(data), scattered(places), c.segments), y));
      }
    }
  }
}

void expect_composition(const std::string& op) {
  for (const DType dtype : {float32, half, int32, int64, uint8}) {
    for (const Case& c : {Case{{5, 4}, {5}, 3}, Case{{0, 2}, {0}, 2}, Case{{2, 3}, {2, 3}, 4}}) {
      EXPECT_TRUE(kernel_equals_composition(
          op, {sample_for(c.data, dtype, 1, 3), sample(c.ids, int32, -1, 2.9, 3)},
          SegmentOptions{c.segments}));
    }
  }
}

void expect_gradients(Unsorted fold_segments, const Tensor& data, bool second = true) {
  const Tensor places = constant({1, 0, -1, 1, 1});
  const Function function = [&](const std::vector<Tensor>& in) {
    // Of the last segment, without rows, come extremes that no difference quotient can stand.
    return fold_segments(in[0], places, 3)(slice(0, 2));
  };
  EXPECT_TRUE(gradients_agree(function, {data}));
  const Function squared = [&](const std::vector<Tensor>& in) {
    return fold_segments(in[0] * in[0], places, 3)(slice(0, 2));
  };
  if (second) {
    EXPECT_TRUE(second_gradients_agree(squared, {data}));
  }
}

void expect_errors(Unsorted fold_segments, const std::string& name) {
  EXPECT_EQ(error_of<IndexError>([&] {
              (void)fold_segments(four(), constant({0, 1, 2, 9}), 4);
            }),
            name + ": segment_ids has 9 at place 3, but num_segments is 4");
  EXPECT_EQ(error_of<ShapeError>([&] {
              (void)fold_segments(four(), constant({{0, 1}}), 4);
            }),
            name + ": data of shape (4, 2) must begin with the shape (1, 2) of segment_ids");
  EXPECT_EQ(error_of<ValueError>([&] { (void)fold_segments(four(), ids(), -1); }),
            name + ": num_segments is -1; it must not be negative");
  EXPECT_EQ(error_of<DTypeError>([&] { (void)fold_segments(four(), zeros({4}), 1); }),
            name + ": segment_ids must be int32 or int64, got float32; tf::cast them");
  EXPECT_EQ(error_of<DTypeError>([&] { (void)fold_segments(zeros({4}, bool_), ids(), 3); }),
            name + ": needs numbers, got bool; tf::cast it first");
}

void expect_options(Unsorted fold_segments) {
  EXPECT_EQ(fold_segments(four(), ids(), 3).shape(), Shape({3, 2}));
  EXPECT_EQ(fold_segments(four(), ids(), 7).shape(), Shape({7, 2}));
}

Tensor distinct() { return sample({5, 2}, float64, 0.5, 2); }

TEST(unsorted_segment_sum, Values) {
  EXPECT_TRUE(
      has_values(math::unsorted_segment_sum(four(), ids(), 4), {4, 2}, {3, 4, 0, 0, 8, 10, 0, 0}));
  EXPECT_TRUE(has_values(math::unsorted_segment_sum(constant({127, 1}, int8), zeros({2}, int32), 1),
                         {1}, {-128}));
}
TEST(unsorted_segment_sum, Composition) { expect_composition("unsorted_segment_sum"); }
TEST(unsorted_segment_sum, Gradient) { expect_gradients(&math::unsorted_segment_sum, distinct()); }
TEST(unsorted_segment_sum, Types) {
  expect_types(
      &math::unsorted_segment_sum, [](double a, double b) { return a + b; }, 0, -2, 2, 10);
}
TEST(unsorted_segment_sum, Options) { expect_options(&math::unsorted_segment_sum); }
TEST(unsorted_segment_sum, Errors) {
  expect_errors(&math::unsorted_segment_sum, "unsorted_segment_sum");
}

TEST(unsorted_segment_sum, AnyNumberOfThreads) {
  const int threads = omp_get_max_threads();
  for (const Case& c : kCases) {
    const Tensor data = sample(c.data, float32);
    const Tensor places = sample(c.ids, int32, -0.99, static_cast<double>(c.segments) - 0.01, 5);
    if (c.segments == 0) continue;
    omp_set_num_threads(1);
    const Tensor one = math::unsorted_segment_sum(data, places, c.segments);
    for (const int count : {2, 5}) {
      omp_set_num_threads(count);
      EXPECT_TRUE(identical(math::unsorted_segment_sum(data, places, c.segments), one));
    }
  }
  omp_set_num_threads(threads);
}

TEST(unsorted_segment_prod, Values) {
  EXPECT_TRUE(
      has_values(math::unsorted_segment_prod(four(), ids(), 4), {4, 2}, {3, 4, 1, 1, 7, 16, 1, 1}));
}
TEST(unsorted_segment_prod, Composition) { expect_composition("unsorted_segment_prod"); }
TEST(unsorted_segment_prod, Gradient) {
  expect_gradients(&math::unsorted_segment_prod, distinct());
  // One zero in a segment, and two.
  expect_gradients(&math::unsorted_segment_prod,
                   constant(std::vector<double>{0, 0, 3, 0, 5, 6, 2, 0, 4, 7}, Shape{5, 2}), false);
}
TEST(unsorted_segment_prod, Types) {
  expect_types(
      &math::unsorted_segment_prod, [](double a, double b) { return a * b; }, 1, 0.99, 1.01, 10);
}
TEST(unsorted_segment_prod, Options) { expect_options(&math::unsorted_segment_prod); }
TEST(unsorted_segment_prod, Errors) {
  expect_errors(&math::unsorted_segment_prod, "unsorted_segment_prod");
}

TEST(unsorted_segment_max, Values) {
  EXPECT_TRUE(has_values(math::unsorted_segment_max(four(), ids(), 4), {4, 2},
                         {3, 4, -kLargest, -kLargest, 7, 8, -kLargest, -kLargest}));
  EXPECT_TRUE(has_values(math::unsorted_segment_max(constant({1, 2}), constant({0, 0}), 2), {2},
                         {2, -2147483648.0}));
  for (const Tensor& x : {constant({kNaN, 1.0}), constant({1.0, kNaN})}) {
    EXPECT_TRUE(has_values(math::unsorted_segment_max(x, constant({0, 0}), 1), {1}, {kNaN}));
  }
}
TEST(unsorted_segment_max, Composition) { expect_composition("unsorted_segment_max"); }
TEST(unsorted_segment_max, Gradient) {
  expect_gradients(&math::unsorted_segment_max, distinct());
  const Tensor tied = constant({4.0, 4.0, 1.0}, float64);
  GradientTape tape;
  tape.watch(tied);
  const Tensor y = math::unsorted_segment_max(tied, constant({0, 0, 0}), 1);
  EXPECT_TRUE(has_values(tape.gradient(y, tied), {3}, {0.5, 0.5, 0}));
}
TEST(unsorted_segment_max, Types) {
  expect_types(
      &math::unsorted_segment_max, [](double a, double b) { return std::max(a, b); },
      -std::numeric_limits<double>::infinity(), -9, 9);
}
TEST(unsorted_segment_max, Options) { expect_options(&math::unsorted_segment_max); }
TEST(unsorted_segment_max, Errors) {
  expect_errors(&math::unsorted_segment_max, "unsorted_segment_max");
}

TEST(unsorted_segment_min, Values) {
  EXPECT_TRUE(has_values(math::unsorted_segment_min(four(), ids(), 4), {4, 2},
                         {3, 4, kLargest, kLargest, 1, 2, kLargest, kLargest}));
}
TEST(unsorted_segment_min, Composition) { expect_composition("unsorted_segment_min"); }
TEST(unsorted_segment_min, Gradient) { expect_gradients(&math::unsorted_segment_min, distinct()); }
TEST(unsorted_segment_min, Types) {
  expect_types(
      &math::unsorted_segment_min, [](double a, double b) { return std::min(a, b); },
      std::numeric_limits<double>::infinity(), -9, 9);
}
TEST(unsorted_segment_min, Options) { expect_options(&math::unsorted_segment_min); }
TEST(unsorted_segment_min, Errors) {
  expect_errors(&math::unsorted_segment_min, "unsorted_segment_min");
}

TEST(unsorted_segment_mean, Values) {
  EXPECT_TRUE(
      has_values(math::unsorted_segment_mean(four(), ids(), 4), {4, 2}, {3, 4, 0, 0, 4, 5, 0, 0}));
  const Tensor whole = math::unsorted_segment_mean(constant({1, 2, 4}), zeros({3}, int32), 1);
  EXPECT_EQ(whole.dtype(), float64);
  EXPECT_TRUE(has_values(whole, {1}, {2.3333333333333335}));
  // 4096 rows are more than a float16 can count.
  EXPECT_TRUE(has_values(math::unsorted_segment_mean(ones({4097}, half), zeros({4097}, int32), 1),
                         {1}, {1}));
}
TEST(unsorted_segment_mean, Gradient) {
  expect_gradients(&math::unsorted_segment_mean, distinct());
}

TEST(unsorted_segment_sqrt_n, Values) {
  EXPECT_TRUE(has_values(math::unsorted_segment_sqrt_n(four(), ids(), 4), {4, 2},
                         {3, 4, 0, 0, 5.656854152679443, 7.071067810058594, 0, 0}));
}
TEST(unsorted_segment_sqrt_n, Gradient) {
  expect_gradients(&math::unsorted_segment_sqrt_n, distinct());
}
TEST(unsorted_segment_sqrt_n, Errors) {
  EXPECT_EQ(error_of<DTypeError>(
                [] { (void)math::unsorted_segment_sqrt_n(constant({1}), constant({0}), 1); }),
            "unsorted_segment_sqrt_n: needs floating point, got int32; tf::cast it first");
}

TEST(segment, Values) {
  const Tensor places = constant({0, 0, 2, 2});
  EXPECT_TRUE(has_values(math::segment_sum(four(), places), {3, 2}, {4, 6, 0, 0, 12, 14}));
  EXPECT_TRUE(has_values(math::segment_mean(four(), places), {3, 2}, {2, 3, 0, 0, 6, 7}));
  EXPECT_TRUE(has_values(math::segment_max(four(), places), {3, 2}, {3, 4, 0, 0, 7, 8}));
  EXPECT_TRUE(has_values(math::segment_min(four(), places), {3, 2}, {1, 2, 0, 0, 5, 6}));
  EXPECT_TRUE(has_values(math::segment_prod(four(), places), {3, 2}, {3, 8, 1, 1, 35, 48}));
  EXPECT_TRUE(has_values(math::segment_mean(constant({1, 2, 4}), zeros({3}, int32)), {1}, {2}));
  const Tensor wide = constant({std::int64_t{2}, std::numeric_limits<std::int64_t>::min()});
  EXPECT_EQ(math::segment_mean(wide, zeros({2}, int32))(0).item<std::int64_t>(),
            std::numeric_limits<std::int64_t>::min() / 2 + 1);
  EXPECT_EQ(math::segment_sum(zeros({0, 2}), zeros({0}, int32)).shape(), Shape({0, 2}));
}

TEST(segment, ValuesOfNothingButInfinity) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const std::vector<double> numbers = {-kInfinity, -kInfinity, kInfinity, kInfinity, 1, -kInfinity};
  const Tensor places = constant({0, 0, 2, 2, 3, 3});
  for (const DType dtype : kFloating) {
    const Tensor x = cast(constant(numbers), dtype);
    EXPECT_TRUE(has_values(math::segment_max(x, places), {4}, {-kInfinity, 0, kInfinity, 1}));
    EXPECT_TRUE(
        has_values(math::segment_min(x, places), {4}, {-kInfinity, 0, kInfinity, -kInfinity}));
    for (const char* op : {"unsorted_segment_max", "unsorted_segment_min"}) {
      EXPECT_TRUE(kernel_equals_composition(op, {x, places}, SegmentOptions{4, true}));
    }
  }
}

TEST(segment, Gradient) {
  const Tensor places = constant({0, 0, 2, 2, 2});
  for (const auto fold : {&math::segment_sum, &math::segment_mean, &math::segment_max,
                          &math::segment_min, &math::segment_prod}) {
    const Function function = [&](const std::vector<Tensor>& in) {
      return fold(in[0] * in[0], places);
    };
    EXPECT_TRUE(gradients_agree(function, {distinct()}));
    EXPECT_TRUE(second_gradients_agree(function, {distinct()}));
  }
}

TEST(segment, Errors) {
  EXPECT_EQ(error_of<ValueError>([] {
              (void)math::segment_sum(four(), constant({0, 1, 0, 1}));
            }),
            "segment_sum: segment_ids[2] = 0 is less than the one before; ids must ascend from 0 "
            "on, or use unsorted_segment_sum");
  EXPECT_EQ(error_of<ValueError>([] {
              (void)math::segment_max(four(), constant({-1, 0, 0, 1}));
            }),
            "segment_max: segment_ids[0] = -1 is negative; ids must ascend from 0 on, or use "
            "unsorted_segment_max");
  EXPECT_EQ(error_of<ShapeError>([] {
              (void)math::segment_mean(four(), constant({0, 1}));
            }),
            "segment_mean: needs one id for each row of data; data has shape (4, 2), segment_ids "
            "(2,)");
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(error_of<ValueError>([] {
              (void)math::segment_sum(constant({1.0, 2.0}), constant({std::int64_t{0}, kMost}));
            }),
            "segment_sum: segment_ids[1] = 9223372036854775807 leaves no number for how many "
            "segments there are");
  (void)error_of<OutOfMemoryError>([] {
    (void)math::segment_max(constant({1.0, 2.0}), constant({std::int64_t{0}, kMost / 64}));
  });
  EXPECT_EQ(math::segment_max(zeros({2, 0}), constant({std::int64_t{0}, kMost / 64})).size(), 0);
}

}  // namespace
}  // namespace saem
