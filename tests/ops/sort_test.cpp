// sort, argsort, top_k, in_top_k; floor 5 of 5: proof. Reference numbers: TensorFlow 2.21.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <saem/ops/gather.hpp>
#include <saem/ops/sort.hpp>

#include "ops/pointwise.hpp"

namespace saem {
namespace {

using namespace testing;  // NOLINT: a test file

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

const SortOptions kDescending{.direction = "DESCENDING"};

/// A scalar has no axis; one, odd numbers, empty ones, lines that are counted by digits, a long
/// one.
const std::vector<Shape> kLines = {{1}, {7}, {0}, {3, 0}, {0, 3}, {5, 4}, {3, 200}, {40000}};

std::vector<std::int64_t> order_of_line(const std::vector<double>& values, std::size_t begin,
                                        std::size_t length, bool descending) {
  std::vector<std::int64_t> order(length);
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) {
    const double x = values[begin + static_cast<std::size_t>(a)];
    const double y = values[begin + static_cast<std::size_t>(b)];
    return x == y ? a < b : descending ? x > y : x < y;
  });
  return order;
}

/// Positions in order along the last axis, by the standard library.
Tensor expected_order(const Tensor& x, bool descending) {
  const std::vector<double> values = values_of(x);
  std::vector<std::int64_t> places;
  const auto length = static_cast<std::size_t>(x.shape().at(-1));
  for (std::size_t begin = 0; begin < values.size(); begin += length) {
    const auto line = order_of_line(values, begin, length, descending);
    places.insert(places.end(), line.begin(), line.end());
  }
  return constant(places, x.shape(), int32);
}

Tensor taken(const Tensor& x, const Tensor& order) {
  return gather(x, order, {.axis = x.rank() - 1, .batch_dims = x.rank() - 1});
}

void expect_types(const std::function<void(const Tensor&)>& check) {
  for (const DType dtype : numeric()) {
    for (const Shape& shape : kLines) {
      SCOPED_TRACE(std::string(dtype.name()) + shape.to_string());
      check(sample_for(shape, dtype, -100, 100));  // with ties
    }
  }
}

TEST(sort, Values) {
  EXPECT_TRUE(has_values(sort(constant({3, 1, 2})), {3}, {1, 2, 3}));
  EXPECT_TRUE(has_values(sort(constant({3, 1, 2}), kDescending), {3}, {3, 2, 1}));
  const Tensor x = constant({1.0, kNaN, -kInfinity, 2.0, kInfinity, -3.0});
  EXPECT_TRUE(has_values(sort(x), {6}, {-kInfinity, -3, 1, 2, kInfinity, kNaN}));
  EXPECT_TRUE(has_values(sort(x, kDescending), {6}, {kNaN, kInfinity, 2, 1, -3, -kInfinity}));
  EXPECT_TRUE(has_values(sort(constant({127, -128, 0}, int8)), {3}, {-128, 0, 127}));
  // The CPU's kernel; a composition takes them for equal and keeps their order.
  const auto scope = device("/CPU:0");
  EXPECT_TRUE(std::signbit(values_of(sort(constant({0.0, -0.0})))[0]));
}

TEST(sort, Composition) {
  for (const DType dtype : {float32, half, int64}) {
    for (const char* direction : {"ASCENDING", "DESCENDING"}) {
      EXPECT_TRUE(kernel_equals_composition("sort", {sample_for({5, 300}, dtype, -50, 50)},
                                            SortOptions{.axis = 1, .direction = direction}));
    }
  }
}

TEST(sort, Gradient) {
  for (const int axis : {0, 1, 2}) {
    const Function function = [&](const std::vector<Tensor>& in) {
      return sort(in[0] * in[0], {.axis = axis, .direction = "DESCENDING"});
    };
    EXPECT_TRUE(gradients_agree(function, {sample({3, 4, 2})}));
    EXPECT_TRUE(second_gradients_agree(function, {sample({3, 4, 2})}));
  }
}

TEST(sort, Types) {
  expect_types([](const Tensor& x) {
    EXPECT_TRUE(identical(sort(x), taken(x, expected_order(x, false))));
    EXPECT_TRUE(identical(sort(x, kDescending), taken(x, expected_order(x, true))));
    EXPECT_TRUE(identical(sort(scattered(x)), sort(x)));
  });
}

TEST(sort, Options) {
  const Tensor x = constant({{3, 1}, {2, 5}});
  EXPECT_TRUE(has_values(sort(x), {2, 2}, {1, 3, 2, 5}));
  EXPECT_TRUE(has_values(sort(x, {.axis = 0}), {2, 2}, {2, 1, 3, 5}));
  EXPECT_TRUE(has_values(sort(x, {.axis = -2, .direction = "DESCENDING"}), {2, 2}, {3, 5, 2, 1}));
}

TEST(sort, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { (void)sort(constant({true})); }),
            "sort: needs numbers, got bool; tf::cast it first");
  EXPECT_EQ(error_of<ValueError>([] { (void)sort(constant({1}), {.direction = "up"}); }),
            "sort: direction is \"up\"; it must be \"ASCENDING\" or \"DESCENDING\"");
  EXPECT_THAT(error_of<ShapeError>([] { (void)sort(constant(1)); }),
              ::testing::StartsWith("sort: axis -1"));
}

TEST(argsort, Values) {
  EXPECT_TRUE(has_values(argsort(constant({{3, 1}, {1, 1}}), {.axis = 0}), {2, 2}, {1, 0, 0, 1}));
  EXPECT_TRUE(has_values(argsort(constant({2, 2, 1, 1}), kDescending), {4}, {0, 1, 2, 3}));
  EXPECT_TRUE(has_values(argsort(constant({kNaN, 0.0, -0.0})), {3}, {1, 2, 0}));
}

TEST(argsort, Types) {
  expect_types([](const Tensor& x) {
    EXPECT_TRUE(identical(argsort(x), expected_order(x, false)));
    EXPECT_TRUE(identical(argsort(x, kDescending), expected_order(x, true)));
    EXPECT_TRUE(identical(argsort(scattered(x)), argsort(x)));
  });
}

TEST(argsort, Options) {
  const Tensor x = constant({{3, 1}, {2, 5}});
  EXPECT_TRUE(has_values(argsort(x), {2, 2}, {1, 0, 0, 1}));
  EXPECT_TRUE(has_values(argsort(x, kDescending), {2, 2}, {0, 1, 1, 0}));
  EXPECT_TRUE(has_values(argsort(x, {.axis = 0}), {2, 2}, {1, 0, 0, 1}));
  EXPECT_TRUE(identical(argsort(x, {.stable = false}), argsort(x)));  // it is stable either way
}

TEST(argsort, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { (void)argsort(constant({true})); }),
            "argsort: needs numbers, got bool; tf::cast it first");
  EXPECT_THAT(error_of<ValueError>([] { (void)argsort(constant({1}), {.direction = "up"}); }),
              ::testing::StartsWith("argsort: direction is \"up\""));
}

TEST(top_k, Values) {
  const auto [values, indices] = top_k(constant({1.0, 3.0, 2.0, 3.0}), 2);
  EXPECT_TRUE(has_values(values, {2}, {3, 3}));
  EXPECT_TRUE(has_values(indices, {2}, {1, 3}));
  EXPECT_TRUE(has_values(top_k(constant({1.0, kNaN, 3.0}), 2).values, {2}, {kNaN, 3}));
  EXPECT_EQ(top_k(constant({1.0, 2.0}), 0).values.shape(), Shape({0}));
  EXPECT_TRUE(has_values(top_k(constant({4, 9})).indices, {1}, {1}));  // k = 1 by default
}

TEST(top_k, Composition) {
  for (const std::int64_t k : {1, 3, 100, 300}) {
    for (const bool sorted : {true, false}) {
      EXPECT_TRUE(
          kernel_equals_composition("top_k", {sample_for({4, 300}, float32, -9, 9)},
                                    TopKOptions{.sorted = sorted, .index_type = int64, .k = k}));
      EXPECT_TRUE(kernel_equals_composition("top_k", {sample_for({4, 300}, int8, -9, 9)},
                                            TopKOptions{.sorted = sorted, .k = k}));
    }
  }
}

TEST(top_k, Gradient) {
  const Function function = [](const std::vector<Tensor>& in) {
    return top_k(in[0] * in[0], 3).values;
  };
  EXPECT_TRUE(gradients_agree(function, {sample({2, 3, 5})}));
  EXPECT_TRUE(second_gradients_agree(function, {sample({2, 3, 5})}));
}

TEST(top_k, Types) {
  expect_types([](const Tensor& x) {
    const std::int64_t length = x.shape().at(-1);
    for (const std::int64_t k : {std::int64_t{1}, length / 2, length}) {
      if (k > length) continue;
      const auto [values, indices] = top_k(x, k);
      const Tensor order = expected_order(x, true)(ellipsis, slice(0, k));
      EXPECT_TRUE(identical(indices, order)) << k;
      EXPECT_TRUE(identical(values, taken(x, order))) << k;
      EXPECT_TRUE(identical(top_k(scattered(x), k).indices, indices));
    }
  });
}

TEST(top_k, Options) {
  const Tensor x = constant({1.0, 3.0, 2.0, 4.0});
  EXPECT_TRUE(has_values(top_k(x, 3).indices, {3}, {3, 1, 2}));
  EXPECT_TRUE(has_values(top_k(x, 3, {.sorted = false}).indices, {3}, {1, 2, 3}));
  EXPECT_EQ(top_k(x, 3).indices.dtype(), int32);
  EXPECT_EQ(top_k(x, 3, {.index_type = int64}).indices.dtype(), int64);
}

TEST(top_k, Errors) {
  EXPECT_EQ(error_of<ValueError>([] {
              (void)top_k(constant({1.0, 3.0}), 3);
            }),
            "top_k: k is 3; it must be in [0, 2], the size of the last axis");
  EXPECT_EQ(error_of<ShapeError>([] { (void)top_k(constant(1.0)); }),
            "top_k: a scalar has no axis to choose from");
  EXPECT_EQ(error_of<DTypeError>([] { (void)top_k(constant({1}), 1, {.index_type = float32}); }),
            "top_k: index_type is int32 or int64, not float32");
}

Tensor predictions() { return constant({{1.0, 2.0, 3.0}, {3.0, 2.0, 1.0}, {2.0, 2.0, 2.0}}); }

TEST(in_top_k, Values) {
  EXPECT_TRUE(has_values(in_top_k(constant({0, 1, 0}), predictions(), 2), {3}, {0, 1, 1}));
  EXPECT_TRUE(has_values(in_top_k(constant({5, -1, 2}), predictions(), 2), {3}, {0, 0, 1}));
  EXPECT_TRUE(has_values(in_top_k(constant({0}), constant({{kInfinity, 1.0, 1.0}}), 1), {1}, {0}));
  EXPECT_TRUE(has_values(in_top_k(constant({2}), predictions()(slice(0, 1)), 0), {1}, {0}));
}

TEST(in_top_k, Types) {
  for (const DType dtype : kFloating) {
    for (const DType index : {int32, int64}) {
      const Tensor targets = constant({0, 1, 0}, index);
      const Tensor x = cast(predictions(), dtype);
      EXPECT_TRUE(has_values(in_top_k(targets, x, 2), {3}, {0, 1, 1}));
      EXPECT_TRUE(has_values(in_top_k(scattered(targets), scattered(x), 2), {3}, {0, 1, 1}));
    }
    EXPECT_EQ(in_top_k(zeros({0}, int32), zeros({0, 3}, dtype), 1).shape(), Shape({0}));
    EXPECT_TRUE(has_values(in_top_k(zeros({2}, int32), zeros({2, 0}, dtype), 1), {2}, {0, 0}));
  }
}

TEST(in_top_k, Options) {
  const Tensor targets = constant({1, 1, 1});
  EXPECT_TRUE(has_values(in_top_k(targets, predictions(), 1), {3}, {0, 0, 1}));
  EXPECT_TRUE(has_values(in_top_k(targets, predictions(), 2), {3}, {1, 1, 1}));
}

TEST(in_top_k, Errors) {
  EXPECT_EQ(error_of<ShapeError>([] {
              (void)in_top_k(constant({0, 1}), predictions(), 1);
            }),
            "in_top_k: needs targets of shape (n,) and predictions of shape (n, classes), got (2,) "
            "and (3, 3)");
  EXPECT_EQ(error_of<DTypeError>([] { (void)in_top_k(constant({0.0}), predictions(), 1); }),
            "in_top_k: targets must be int32 or int64, got float32; tf::cast them");
  EXPECT_EQ(error_of<DTypeError>([] { (void)in_top_k(constant({0}), constant({{1}}), 1); }),
            "in_top_k: predictions must be floating point, got int32; tf::cast them");
}

}  // namespace
}  // namespace saem
