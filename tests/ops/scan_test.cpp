// cumsum, cumprod, cumulative_logsumexp; floor 5 of 5: proof. Reference numbers: TensorFlow 2.21.
#include <cmath>
#include <limits>
#include <saem/ops/reduce.hpp>
#include <saem/ops/scan.hpp>

#include "ops/pointwise.hpp"

namespace saem {
namespace {

using namespace testing;  // NOLINT: a test file

constexpr double kInfinity = std::numeric_limits<double>::infinity();

using ScanFunction = Tensor (*)(const Tensor&, const ScanOptions&);
using Combine = std::function<double(double, double)>;

Tensor four() { return constant({1.0, 2.0, 3.0, 4.0}); }

/// The loop that needs no thought.
std::vector<double> scanned(const Tensor& x, const ScanOptions& options, const Combine& combine,
                            double nothing) {
  std::vector<double> values = values_of(x);
  const std::int64_t count = x.shape()[options.axis];
  std::int64_t inner = 1;
  for (int i = options.axis + 1; i < x.rank(); ++i) inner *= x.shape()[i];
  const std::int64_t lines = count == 0 ? 0 : x.size() / count;
  for (std::int64_t line = 0; line < lines; ++line) {
    double total = nothing;
    for (std::int64_t i = 0; i < count; ++i) {
      const std::int64_t place = options.reverse ? count - 1 - i : i;
      double& value =
          values[static_cast<std::size_t>((line / inner * count + place) * inner + line % inner)];
      const double next = combine(total, value);
      value = options.exclusive ? total : next;
      total = next;
    }
  }
  return values;
}

const std::vector<std::pair<Shape, int>> kScans = {
    {{1}, 0},       {{7}, 0},      {{0}, 0},        {{3, 0}, 0},  {{3, 5}, 0},     {{3, 5}, 1},
    {{2, 3, 4}, 1}, {{5, 200}, 0}, {{2, 9, 65}, 1}, {{40000}, 0}, {{300, 300}, 1}, {{300, 300}, 0}};

void expect_types(ScanFunction scan, const std::vector<DType>& dtypes, const Combine& combine,
                  double nothing, double low, double high, double slack) {
  for (const DType dtype : dtypes) {
    for (const auto& [shape, axis] : kScans) {
      // Integers wrap: their totals are compared where they fit.
      if (dtype.is_integer() && dtype.size() < 4 && shape.size() > 500) continue;
      const Tensor x = sample_for(shape, dtype, low, high);
      for (const bool exclusive : {false, true}) {
        for (const bool reverse : {false, true}) {
          SCOPED_TRACE(std::string(dtype.name()) + shape.to_string());
          const ScanOptions options{axis, exclusive, reverse};
          const Tensor y = scan(x, options);
          EXPECT_EQ(y.dtype(), dtype);
          Tolerance tolerance = tolerance_of(dtype);
          tolerance.relative *= slack;
          tolerance.absolute *= slack;
          const std::vector<double> expected = scanned(x, options, combine, nothing);
          EXPECT_TRUE(near(y, cast(constant(expected, shape), dtype), tolerance));
          EXPECT_TRUE(identical(scan(scattered(x), options), y));
        }
      }
    }
  }
}

void expect_composition(ScanFunction, const std::string& name) {
  for (const DType dtype : {float32, float64}) {
    for (const int axis : {0, 1, 2}) {
      for (const bool exclusive : {false, true}) {
        for (const bool reverse : {false, true}) {
          EXPECT_TRUE(kernel_equals_composition(name, {sample({4, 5, 3}, dtype)},
                                                ScanOptions{axis, exclusive, reverse}));
        }
      }
    }
  }
}

void expect_gradients(ScanFunction scan, const Tensor& x) {
  for (const bool exclusive : {false, true}) {
    for (const bool reverse : {false, true}) {
      const Function function = [&](const std::vector<Tensor>& in) {
        const Tensor y = scan(in[0], {.axis = 1, .exclusive = exclusive, .reverse = reverse});
        // The total of nothing may be -inf, which no difference quotient can stand.
        return y(all, exclusive && !reverse ? slice(1, none) : slice(0, exclusive ? 2 : 3));
      };
      EXPECT_TRUE(gradients_agree(function, {x})) << exclusive << reverse;
      EXPECT_TRUE(second_gradients_agree(function, {x})) << exclusive << reverse;
    }
  }
}

void expect_errors(ScanFunction scan, const std::string& name) {
  EXPECT_THAT(error_of<ShapeError>([&] { (void)scan(constant(1.0), {}); }),
              ::testing::StartsWith(name + ": axis 0"));
  EXPECT_THAT(error_of<ShapeError>([&] { (void)scan(four(), {.axis = 2}); }),
              ::testing::StartsWith(name + ": axis 2"));
}

void expect_options(ScanFunction scan, double nothing) {
  const Tensor x = constant({{1.0, 2.0}, {3.0, 5.0}});
  const Tensor down = scan(x, {});
  EXPECT_TRUE(identical(scan(x, {.axis = -2}), down));
  EXPECT_FALSE(identical(scan(x, {.axis = 1}), down));
  EXPECT_FALSE(identical(scan(x, {.reverse = true}), down));
  const Tensor exclusive = scan(x, {.exclusive = true});
  EXPECT_TRUE(has_values(exclusive(0), {2}, {nothing, nothing}));
  EXPECT_TRUE(identical(exclusive(1), down(0)));
}

double add(double a, double b) { return a + b; }
double multiply_numbers(double a, double b) { return a * b; }
double add_exponentials(double a, double b) {
  const double high = std::max(a, b);
  return high == -kInfinity ? high : high + std::log1p(std::exp(std::min(a, b) - high));
}

TEST(cumsum, Values) {
  EXPECT_TRUE(has_values(cumsum(four()), {4}, {1, 3, 6, 10}));
  EXPECT_TRUE(has_values(cumsum(four(), {.reverse = true}), {4}, {10, 9, 7, 4}));
  EXPECT_TRUE(has_values(cumsum(four(), {.exclusive = true}), {4}, {0, 1, 3, 6}));
  EXPECT_TRUE(has_values(cumsum(four(), {.exclusive = true, .reverse = true}), {4}, {9, 7, 4, 0}));
  EXPECT_TRUE(has_values(cumsum(constant({127, 1}, int8)), {2}, {127, -128}));
  // 2048 + 1 is no float16, but a total that is kept in float32 gets past it.
  EXPECT_EQ(values_of(cumsum(ones({4096}, half))).back(), 4096);
}

TEST(cumsum, Composition) { expect_composition(&cumsum, "cumsum"); }
TEST(cumsum, Gradient) { expect_gradients(&cumsum, sample({2, 3})); }
TEST(cumsum, Types) { expect_types(&cumsum, numeric(), add, 0, -1, 2, 20); }
TEST(cumsum, Options) { expect_options(&cumsum, 0); }
TEST(cumsum, Errors) {
  expect_errors(&cumsum, "cumsum");
  EXPECT_EQ(error_of<DTypeError>([] { (void)cumsum(constant({true})); }),
            "cumsum: needs numbers, got bool; tf::cast it first");
}

TEST(cumprod, Values) {
  EXPECT_TRUE(has_values(cumprod(four()), {4}, {1, 2, 6, 24}));
  EXPECT_TRUE(has_values(cumprod(four(), {.reverse = true}), {4}, {24, 24, 12, 4}));
  EXPECT_TRUE(has_values(cumprod(four(), {.exclusive = true}), {4}, {1, 1, 2, 6}));
  EXPECT_TRUE(
      has_values(cumprod(four(), {.exclusive = true, .reverse = true}), {4}, {24, 12, 4, 1}));
  EXPECT_TRUE(has_values(cumprod(constant({100, 100}, int8)), {2}, {100, 16}));
}

TEST(cumprod, Composition) { expect_composition(&cumprod, "cumprod"); }

TEST(cumprod, Gradient) {
  expect_gradients(&cumprod, sample({2, 3}));
  // Zeros, where dividing by x cannot work.
  expect_gradients(&cumprod, constant(std::vector<double>{0, 2, 3, 2, 0, 0}, Shape{2, 3}));
}

TEST(cumprod, Types) {
  expect_types(&cumprod, kFloating, multiply_numbers, 1, 0.99, 1.01, 100);
  expect_types(&cumprod, kIntegers, multiply_numbers, 1, 1, 1.9, 1);
}
TEST(cumprod, Options) { expect_options(&cumprod, 1); }
TEST(cumprod, Errors) {
  expect_errors(&cumprod, "cumprod");
  EXPECT_EQ(error_of<DTypeError>([] { (void)cumprod(constant({true})); }),
            "cumprod: needs numbers, got bool; tf::cast it first");
}

TEST(cumulative_logsumexp, Values) {
  EXPECT_TRUE(has_values(cumulative_logsumexp(four()), {4},
                         {1.0, 2.3132617473602295, 3.4076061248779297, 4.440189838409424}));
  EXPECT_TRUE(has_values(cumulative_logsumexp(four(), {.exclusive = true, .reverse = true}), {4},
                         {4.4076056480407715, 4.31326150894165, 4.0, -kInfinity}));
  EXPECT_TRUE(has_values(cumulative_logsumexp(constant({-kInfinity, -kInfinity, 0.0})), {3},
                         {-kInfinity, -kInfinity, 0}));
  EXPECT_TRUE(has_values(cumulative_logsumexp(constant({kInfinity, 1.0, kInfinity})), {3},
                         {kInfinity, kInfinity, kInfinity}));
  EXPECT_TRUE(
      has_values(cumulative_logsumexp(constant({1000.0, 1000.0})), {2}, {1000, 1000.69314718}));
}

TEST(cumulative_logsumexp, Composition) {
  expect_composition(&cumulative_logsumexp, "cumulative_logsumexp");
}

TEST(cumulative_logsumexp, Gradient) {
  expect_gradients(&cumulative_logsumexp, sample({2, 3}));
  // Far apart: exp(x_i - y_j) alone would overflow; and a gradient of both signs.
  const Tensor x = constant({-200.0, 500.0, -300.0}, float64);
  GradientTape tape;
  tape.watch(x);
  const Tensor dx = tape.gradient(cumulative_logsumexp(x), x,
                                  {.output_gradients = constant({-1.0, 2.0, 3.0}, float64)});
  EXPECT_TRUE(has_values(dx, {3}, {-1, 5, 0}));
}

TEST(cumulative_logsumexp, Types) {
  expect_types(&cumulative_logsumexp, kFloating, add_exponentials, -kInfinity, -3, 3, 2);
}
TEST(cumulative_logsumexp, Options) { expect_options(&cumulative_logsumexp, -kInfinity); }
TEST(cumulative_logsumexp, Errors) {
  expect_errors(&cumulative_logsumexp, "cumulative_logsumexp");
  EXPECT_EQ(error_of<DTypeError>([] { (void)cumulative_logsumexp(constant({1})); }),
            "cumulative_logsumexp: needs floating point, got int32; tf::cast it to tf::float32");
}

}  // namespace
}  // namespace saem
