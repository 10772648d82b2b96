// stateless_gamma, stateless_poisson, stateless_binomial, stateless_categorical; floor 5 of 5:
// proof. The numbers written down are those of TensorFlow 2.21 for the same seed.
#include <omp.h>

#include <cmath>
#include <limits>
#include <saem/ops/random_distributions.hpp>
#include <saem/ops/unary_exp.hpp>

#include "ops/pointwise.hpp"

namespace saem {
namespace {

using namespace testing;  // NOLINT: a test file
using random::Seed;

constexpr Seed kSeed = {1, 2};
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double mean_of(const std::vector<double>& values) {
  double sum = 0.0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

double variance_of(const std::vector<double>& values) {
  const double mean = mean_of(values);
  double sum = 0.0;
  for (const double value : values) sum += (value - mean) * (value - mean);
  return sum / static_cast<double>(values.size());
}

/// Mean and variance of 2^16 numbers, to five standard errors.
void expect_moments(const Tensor& x, double mean, double variance) {
  const std::vector<double> values = values_of(x);
  const auto count = static_cast<double>(values.size());
  EXPECT_NEAR(mean_of(values), mean, 5 * std::sqrt(variance / count));
  EXPECT_NEAR(variance_of(values), variance, 0.1 * variance);
}

void expect_any_threads(const std::function<Tensor()>& make) {
  const int threads = omp_get_max_threads();
  const Tensor expected = make();
  for (const int count : {1, 3}) {
    omp_set_num_threads(count);
    EXPECT_TRUE(identical(make(), expected)) << count << " threads";
  }
  omp_set_num_threads(threads);
}

TEST(stateless_gamma, Values) {
  const std::vector<std::pair<double, std::vector<double>>> golden = {
      {0.3,
       {0.005774907744860199, 0.31249719092632783, 0.027091866091997333, 0.00384715787980068,
        0.032805213389387154}},
      {1.0,
       {3.4994423583437104, 1.7193092981478832, 2.2487352006448047, 1.89350913788573,
        0.22994833614986177}},
      {2.5,
       {3.449865297732942, 2.458489611719075, 4.014803315769502, 2.788157230757222,
        2.8368528938621314}},
      {50.0,
       {55.07103313699897, 51.0175048839734, 57.1143743266318, 52.44619356794397,
        52.64962838690557}}};
  for (const auto& [alpha, values] : golden) {
    EXPECT_TRUE(has_values(random::stateless_gamma({5}, kSeed, constant(alpha, float64)), {5},
                           values, {1e-14, 0}));
    expect_moments(random::stateless_gamma({1 << 16}, {3, 4}, constant(alpha)), alpha, alpha);
  }
  EXPECT_TRUE(has_values(random::stateless_gamma({5}, kSeed, constant(2.5, half)), {5},
                         {3.44921875, 2.458984375, 4.015625, 2.7890625, 2.8359375}));
  // Parameter by parameter, though sample by sample in memory.
  const Tensor two = random::stateless_gamma({5, 2}, kSeed, constant({2.5, 50.0}, float64));
  EXPECT_TRUE(has_values(two(all, 0), {5}, golden[2].second, {1e-14, 0}));
  EXPECT_TRUE(has_values(random::stateless_gamma({1}, kSeed, constant(-1.0)), {1}, {kNaN}));
}

TEST(stateless_gamma, Types) {
  for (const DType dtype : kFloating) {
    const Tensor alpha = constant({0.5, 1.0, 30.0}, dtype);
    const Tensor x = random::stateless_gamma({70, 3}, kSeed, alpha);
    EXPECT_EQ(x.dtype(), dtype);
    EXPECT_TRUE(
        near(x, cast(random::stateless_gamma({70, 3}, kSeed, cast(alpha, float64)), dtype)));
    EXPECT_TRUE(identical(random::stateless_gamma({70, 3}, kSeed, scattered(alpha)), x));
  }
  EXPECT_EQ(random::stateless_gamma({}, kSeed, constant(1.0)).shape(), Shape({}));
  EXPECT_EQ(random::stateless_gamma({0, 2}, kSeed, constant({1.0, 2.0})).shape(), Shape({0, 2}));
  EXPECT_EQ(random::stateless_gamma({3, 0}, kSeed, zeros({0})).shape(), Shape({3, 0}));
  expect_any_threads([] {
    return random::stateless_gamma({20000, 2}, kSeed, constant({0.7, 3.0}));
  });
}

TEST(stateless_gamma, Options) {
  const Tensor alpha = constant({2.0, 3.0});
  const Tensor x = random::stateless_gamma({2}, kSeed, alpha);
  EXPECT_TRUE(near(random::stateless_gamma({2}, kSeed, alpha, {.beta = constant(2.0)}), x / 2.0));
  EXPECT_EQ(random::stateless_gamma({4, 2, 2}, kSeed, alpha, {.beta = ones({2, 1})}).shape(),
            Shape({4, 2, 2}));
  EXPECT_EQ(random::gamma({4}, alpha).shape(), Shape({4, 2}));
  random::set_seed(3);
  const Tensor own = random::gamma({4}, alpha, {.seed = 5});
  random::set_seed(3);
  EXPECT_TRUE(identical(random::gamma({4}, alpha, {.seed = 5}), own));
  EXPECT_FALSE(identical(random::gamma({4}, alpha), own));
}

TEST(stateless_gamma, Errors) {
  EXPECT_EQ(error_of<ShapeError>([] { random::stateless_gamma({3}, kSeed, ones({2})); }),
            "stateless_gamma: shape (3,) must end with (2,), the shape of the parameters");
  EXPECT_EQ(error_of<DTypeError>([] { random::stateless_gamma({3}, kSeed, constant(1)); }),
            "stateless_gamma: alpha must be floating point, got int32; tf::cast it");
  EXPECT_THAT(error_of<ShapeError>([] { random::stateless_gamma({3}, ones({1}), ones({})); }),
              ::testing::StartsWith("stateless_gamma: the seed must be two integers"));
}

TEST(stateless_poisson, Values) {
  const std::vector<std::pair<double, std::vector<double>>> golden = {
      {0.5, {3, 2, 1, 3, 0, 2, 0, 2}},
      {4.0, {6, 5, 6, 6, 4, 7, 0, 6}},
      {9.99, {14, 10, 14, 12, 12, 13, 10, 12}},
      {10.0, {14, 12, 15, 18, 7, 13, 10, 10}},
      {100.0, {112, 107, 115, 112, 91, 108, 100, 99}}};
  for (const auto& [rate, values] : golden) {
    for (const DType dtype : {float32, float64}) {
      EXPECT_TRUE(
          has_values(random::stateless_poisson({8}, kSeed, constant(rate, dtype)), {8}, values));
    }
    expect_moments(random::stateless_poisson({1 << 16}, {3, 4}, constant(rate)), rate, rate);
  }
  EXPECT_TRUE(has_values(
      random::stateless_poisson({3, 2}, kSeed, constant({0.5, 30.0}), {.dtype = float32}), {3, 2},
      {3, 45, 2, 25, 1, 35}));
  const Tensor odd = constant({0.0, -1.0, kNaN});
  EXPECT_TRUE(has_values(random::stateless_poisson({3}, kSeed, odd, {.dtype = float32}), {3},
                         {0, kNaN, kNaN}));
  EXPECT_TRUE(has_values(random::stateless_poisson({3}, kSeed, odd), {3}, {0, 0, 0}));
}

TEST(stateless_poisson, Types) {
  for (const DType dtype : numeric()) {
    const Tensor x = random::stateless_poisson({8}, kSeed, constant(4, int32), {.dtype = dtype});
    EXPECT_EQ(x.dtype(), dtype);
    EXPECT_TRUE(has_values(x, {8}, {6, 5, 6, 6, 4, 7, 0, 6}));
    EXPECT_TRUE(has_values(random::stateless_poisson({8}, kSeed, constant(4, dtype)), {8},
                           {6, 5, 6, 6, 4, 7, 0, 6}));
  }
  EXPECT_EQ(random::stateless_poisson({0}, kSeed, constant(4.0)).shape(), Shape({0}));
  expect_any_threads([] {
    return random::stateless_poisson({20000, 2}, kSeed, constant({0.7, 30.0}));
  });
}

TEST(stateless_poisson, Options) {
  EXPECT_EQ(random::stateless_poisson({2}, kSeed, constant(1.0)).dtype(), int32);
  EXPECT_EQ(random::stateless_poisson({2}, kSeed, constant(1.0), {.dtype = int64}).dtype(), int64);
  EXPECT_EQ(random::poisson({4}, ones({2})).dtype(), float32);
  EXPECT_EQ(random::poisson({4}, ones({2})).shape(), Shape({4, 2}));
}

TEST(stateless_poisson, Errors) {
  EXPECT_EQ(error_of<ShapeError>([] { random::stateless_poisson({3}, kSeed, ones({2})); }),
            "stateless_poisson: shape (3,) must end with (2,), the shape of the parameters");
  EXPECT_EQ(error_of<DTypeError>([] { random::stateless_poisson({3}, kSeed, constant(true)); }),
            "stateless_poisson: lam must be a number, got bool; tf::cast it");
  EXPECT_EQ(error_of<DTypeError>(
                [] { random::stateless_poisson({3}, kSeed, constant(1.0), {.dtype = bool_}); }),
            "stateless_poisson: counts are numbers, not bool");
}

TEST(stateless_binomial, Values) {
  struct Golden {
    double count;
    double prob;
    std::vector<double> values;
  };
  const std::vector<Golden> golden = {{10, 0.3, {5, 5, 5, 4, 4, 3}},
                                      {100, 0.3, {36, 33, 37, 42, 26, 34}},
                                      {10, 0.8, {7, 8, 7, 8, 6, 8}},
                                      {100, 0.8, {75, 77, 74, 70, 84, 77}},
                                      {1000, 0.5, {519, 510, 523, 519, 485, 509}},
                                      {5, 0.0, {0, 0, 0, 0, 0, 0}},
                                      {5, 1.0, {5, 5, 5, 5, 5, 5}},
                                      {0, 0.5, {0, 0, 0, 0, 0, 0}}};
  for (const auto& [count, prob, values] : golden) {
    for (const DType dtype : {float32, float64}) {
      EXPECT_TRUE(has_values(
          random::stateless_binomial({6}, kSeed, constant(count, dtype), constant(prob, dtype)),
          {6}, values))
          << count << " " << prob;
    }
    if (prob == 0 || prob == 1 || count == 0) continue;
    expect_moments(random::stateless_binomial({1 << 16}, {3, 4}, constant(count), constant(prob)),
                   count * prob, count * prob * (1 - prob));
  }
  const Tensor counts = constant({10.0, 100.0, 50.0});
  EXPECT_TRUE(
      has_values(random::stateless_binomial({2, 2, 3}, kSeed, counts, constant({{0.5}, {0.1}})),
                 {2, 2, 3}, {6, 57, 22, 2, 6, 6, 6, 63, 28, 0, 12, 5}));
  EXPECT_TRUE(has_values(
      random::stateless_binomial({1}, kSeed, constant(3.0), constant({kNaN}), {.dtype = float32}),
      {1}, {kNaN}));
}

TEST(stateless_binomial, Types) {
  for (const DType dtype : numeric()) {
    const Tensor x =
        random::stateless_binomial({6}, kSeed, constant(100.0), constant(0.3), {.dtype = dtype});
    EXPECT_EQ(x.dtype(), dtype);
    EXPECT_TRUE(has_values(x, {6}, {36, 33, 37, 42, 26, 34}));
  }
  EXPECT_EQ(random::stateless_binomial({0}, kSeed, ones({}), ones({})).shape(), Shape({0}));
  expect_any_threads([] {
    return random::stateless_binomial({20000, 2}, kSeed, constant({7.0, 300.0}), constant(0.4));
  });
}

TEST(stateless_binomial, Options) {
  EXPECT_EQ(random::stateless_binomial({2}, kSeed, ones({}), ones({})).dtype(), int32);
  EXPECT_EQ(random::stateless_binomial({2}, kSeed, ones({}), ones({}), {.dtype = half}).dtype(),
            half);
}

TEST(stateless_binomial, Errors) {
  EXPECT_EQ(
      error_of<ShapeError>([] { random::stateless_binomial({3}, kSeed, ones({2}), ones({2})); }),
      "stateless_binomial: shape (3,) must end with (2,), the shape of the parameters");
  EXPECT_EQ(error_of<DTypeError>(
                [] { random::stateless_binomial({3}, kSeed, constant(1), constant(0.5)); }),
            "stateless_binomial: counts must be floating point, got int32; tf::cast it");
  EXPECT_EQ(error_of<DTypeError>([] {
              random::stateless_binomial({3}, kSeed, constant(1.0), constant(0.5, float64));
            }),
            "stateless_binomial: float32 and float64 do not mix; tf::cast one of them");
}

Tensor logits() { return log(constant({{0.1, 0.2, 0.7}, {0.5, 0.25, 0.25}})); }

TEST(stateless_categorical, Values) {
  EXPECT_TRUE(has_values(random::stateless_categorical(logits(), 7, kSeed), {2, 7},
                         {2, 2, 1, 2, 2, 2, 2, 0, 2, 2, 1, 0, 0, 0}));
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_TRUE(has_values(random::stateless_categorical(constant({{0.0, -infinity, 1.0}}), 5, kSeed),
                         {1, 5}, {2, 2, 0, 2, 2}));
  EXPECT_TRUE(has_values(random::stateless_categorical(constant({{kNaN, 1.0, 2.0}}), 5, kSeed),
                         {1, 5}, {2, 2, 1, 2, 2}));
  std::vector<double> shares(3);
  for (const double c : values_of(random::stateless_categorical(logits(), 1 << 16, {3, 4})(0))) {
    shares[static_cast<std::size_t>(c)] += 1.0 / (1 << 16);
  }
  EXPECT_NEAR(shares[0], 0.1, 0.006);  // five standard errors
  EXPECT_NEAR(shares[1], 0.2, 0.008);
}

TEST(stateless_categorical, Types) {
  for (const DType dtype : kFloating) {
    const Tensor x = cast(constant({{1.0, 2.0}}), dtype);
    EXPECT_TRUE(has_values(random::stateless_categorical(x, 5, kSeed), {1, 5}, {1, 1, 0, 1, 1}));
    EXPECT_TRUE(
        has_values(random::stateless_categorical(scattered(x), 5, kSeed), {1, 5}, {1, 1, 0, 1, 1}));
  }
  EXPECT_EQ(random::stateless_categorical(logits(), 0, kSeed).shape(), Shape({2, 0}));
  EXPECT_EQ(random::stateless_categorical(zeros({0, 2}), 3, kSeed).shape(), Shape({0, 3}));
  expect_any_threads([] { return random::stateless_categorical(sample({3000, 7}), 11, kSeed); });
}

TEST(stateless_categorical, Options) {
  EXPECT_EQ(random::stateless_categorical(logits(), 1, kSeed).dtype(), int64);
  EXPECT_EQ(random::stateless_categorical(logits(), 1, kSeed, {.dtype = int32}).dtype(), int32);
  EXPECT_EQ(random::categorical(logits(), 4).shape(), Shape({2, 4}));
}

TEST(stateless_categorical, Errors) {
  EXPECT_EQ(error_of<ShapeError>([] { random::categorical(ones({2}), 3); }),
            "stateless_categorical: logits must be (batch, classes), at least one class; got (2,)");
  EXPECT_EQ(error_of<ShapeError>([] {
              random::categorical(ones({2, 0}), 3);
            }),
            "stateless_categorical: logits must be (batch, classes), at least one class; got "
            "(2, 0)");
  EXPECT_EQ(error_of<ValueError>([] {
              random::categorical(ones({2, 2}), -3);
            }),
            "stateless_categorical: num_samples is -3; it must not be negative");
  EXPECT_EQ(error_of<DTypeError>([] {
              random::categorical(constant({{1, 2}}), 3);
            }),
            "stateless_categorical: logits must be floating point, got int32; tf::cast it");
  EXPECT_EQ(error_of<DTypeError>([] { random::categorical(logits(), 3, {.dtype = half}); }),
            "stateless_categorical: classes are int32 or int64, not float16");
}

}  // namespace
}  // namespace saem
