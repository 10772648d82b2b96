// reduce_variance, reduce_std, count_nonzero, moments, weighted_moments; floor 5 of 5: proof.
// Reference numbers: TensorFlow 2.21.
#include <cmath>
#include <limits>
#include <saem/ops/moments.hpp>
#include <saem/ops/reshape.hpp>

#include "ops/pointwise.hpp"
#include "ops/reduction.hpp"

namespace saem {
namespace {

using namespace testing;  // NOLINT: a test file

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

Tensor matrix() { return constant({{1.0, 2.0}, {3.0, 5.0}}); }
double only(const Tensor& x) { return values_of(x).at(0); }

void expect_gradients(const Function& function, const std::vector<Tensor>& inputs) {
  EXPECT_TRUE(gradients_agree(function, inputs));
  EXPECT_TRUE(second_gradients_agree(function, inputs));
}

TEST(reduce_variance, Values) {
  EXPECT_TRUE(has_values(reduce_variance(matrix()), {}, {2.1875}));
  EXPECT_TRUE(has_values(reduce_variance(matrix(), {.axis = 0}), {2}, {1, 2.25}));
  EXPECT_TRUE(std::isnan(only(reduce_variance(zeros({0})))));
  // A large mean takes nothing from a small variance.
  EXPECT_TRUE(has_values(reduce_variance(constant({10000.0, 10001.0, 10002.0})), {}, {2.0 / 3}));
}

TEST(reduce_variance, Gradient) {
  for (const ReduceOptions& options :
       {ReduceOptions{}, ReduceOptions{.axis = 1}, ReduceOptions{.axis = 0, .keepdims = true}}) {
    expect_gradients([&](const std::vector<Tensor>& in) { return reduce_variance(in[0], options); },
                     {sample({3, 4})});
  }
}

TEST(reduce_variance, Types) {
  for (const DType dtype : kFloating) {
    for (const ReductionCase& c : kReductions) {
      const Tensor x = sample_for(c.shape, dtype, -3, 3);
      const auto add = [](double a, double b) { return a + b; };
      const auto add_square = [](double a, double b) { return a + b * b; };
      std::vector<double> expected = folded(x, c.axis, add_square, 0);
      const std::vector<double> sums = folded(x, c.axis, add, 0);
      const auto outputs = static_cast<double>(expected.size());
      const double count = static_cast<double>(c.shape.size()) / outputs;
      for (std::size_t i = 0; i < expected.size(); ++i) {
        expected[i] = expected[i] / count - sums[i] / count * (sums[i] / count);
      }
      Tolerance tolerance = tolerance_of(dtype);
      tolerance.absolute += 1e-12;
      expect_reduction(&reduce_variance, x, c, expected, tolerance);
    }
  }
}

TEST(reduce_variance, Options) {
  EXPECT_EQ(reduce_variance(matrix(), {.axis = 1}).shape(), Shape({2}));
  EXPECT_EQ(reduce_variance(matrix(), {.axis = 1, .keepdims = true}).shape(), Shape({2, 1}));
}

TEST(reduce_variance, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] {
              (void)reduce_variance(constant({1, 2}));
            }),
            "reduce_variance: needs floating point, got int32; tf::cast it to tf::float32");
  EXPECT_THAT(error_of<ShapeError>([] { (void)reduce_variance(zeros({2}), {.axis = 1}); }),
              ::testing::StartsWith("reduce_variance: axis 1"));
}

TEST(reduce_std, Values) {
  EXPECT_TRUE(has_values(reduce_std(matrix(), {.axis = 0}), {2}, {1, 1.5}));
  EXPECT_TRUE(std::isnan(only(reduce_std(zeros({0})))));
}

TEST(reduce_std, Gradient) {
  expect_gradients([](const std::vector<Tensor>& in) { return reduce_std(in[0], {.axis = 1}); },
                   {sample({3, 4})});
}

TEST(reduce_std, Types) {
  for (const DType dtype : kFloating) {
    const Tensor x = sample_for({7, 5}, dtype, -3, 3);
    EXPECT_TRUE(near(reduce_std(x), cast(reduce_std(cast(x, float64)), dtype)));
    EXPECT_TRUE(near(reduce_std(scattered(x), {.axis = 0}), reduce_std(x, {.axis = 0})));
  }
}

TEST(reduce_std, Options) {
  EXPECT_EQ(reduce_std(matrix(), {.axis = 1}).shape(), Shape({2}));
  EXPECT_EQ(reduce_std(matrix(), {.axis = 1, .keepdims = true}).shape(), Shape({2, 1}));
}

TEST(reduce_std, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] {
              (void)reduce_std(constant({1, 2}));
            }),
            "reduce_std: needs floating point, got int32; tf::cast it to tf::float32");
}

TEST(zero_fraction, Values) {
  EXPECT_TRUE(has_values(math::zero_fraction(constant({0, 7, 0, 3})), {}, {0.5}));
  EXPECT_TRUE(has_values(math::zero_fraction(constant({{true, false, true}})), {}, {1.0 / 3}));
  EXPECT_TRUE(has_values(nn::zero_fraction(constant({-0.0, std::nan("")}, float64)), {}, {0.5}));
  EXPECT_EQ(math::zero_fraction(zeros({3}, half)).dtype(), float32);
  EXPECT_TRUE(std::isnan(math::zero_fraction(zeros({0})).item<float>()));
}

TEST(count_nonzero, Values) {
  const Tensor x = constant({{0.0, 1.0, 0.0}, {1.0, 1.0, 0.0}});
  EXPECT_TRUE(has_values(count_nonzero(x, {.axis = 0}), {3}, {1, 2, 0}));
  EXPECT_EQ(only(count_nonzero(x)), 3);
  EXPECT_EQ(only(count_nonzero(constant({kNaN, -0.0, 2.0}))), 2);
}

TEST(count_nonzero, Types) {
  std::vector<DType> dtypes = numeric();
  dtypes.push_back(bool_);
  for (const DType dtype : dtypes) {
    for (const Shape& shape : kShapes) {
      const Tensor x = cast(sample(shape, int32, 0, 3), dtype);
      double expected = 0;
      for (const double value : values_of(x)) expected += value != 0 ? 1 : 0;
      EXPECT_EQ(only(count_nonzero(x)), expected) << dtype << shape;
      EXPECT_EQ(only(count_nonzero(scattered(x))), expected) << dtype << shape;
    }
  }
}

TEST(count_nonzero, Options) {
  const Tensor x = ones({2, 3});
  EXPECT_EQ(count_nonzero(x).dtype(), int64);
  EXPECT_EQ(count_nonzero(x, {.dtype = int32}).dtype(), int32);
  EXPECT_EQ(count_nonzero(x, {.axis = 1}).shape(), Shape({2}));
  EXPECT_EQ(count_nonzero(x, {.axis = 1, .keepdims = true}).shape(), Shape({2, 1}));
}

TEST(count_nonzero, Errors) {
  EXPECT_THAT(error_of<ShapeError>([] { (void)count_nonzero(zeros({2}), {.axis = 1}); }),
              ::testing::StartsWith("count_nonzero: axis 1"));
}

TEST(moments, Values) {
  const auto [mean, variance] = nn::moments(matrix(), 0);
  EXPECT_TRUE(has_values(mean, {2}, {2, 3.5}));
  EXPECT_TRUE(has_values(variance, {2}, {1, 2.25}));
  const auto [whole, spread] = nn::moments(constant({1, 2, 4}), 0);
  EXPECT_TRUE(has_values(whole, {}, {2}));
  EXPECT_TRUE(has_values(spread, {}, {1}));
}

TEST(moments, Gradient) {
  expect_gradients(
      [](const std::vector<Tensor>& in) {
        const auto [mean, variance] = nn::moments(in[0], {0, 2});
        return mean * mean * variance;
      },
      {sample({2, 3, 2})});
}

TEST(moments, Types) {
  for (const DType dtype : kFloating) {
    for (const Shape& shape : {Shape{1}, Shape{7}, Shape{5, 3}, Shape{300, 70}}) {
      const Tensor x = sample_for(shape, dtype, -3, 3);
      const auto [mean, variance] = nn::moments(x, 0);
      EXPECT_TRUE(near(mean, reduce_mean(x, {.axis = 0})));
      EXPECT_TRUE(near(variance, reduce_variance(x, {.axis = 0})));
      EXPECT_TRUE(near(nn::moments(scattered(x), 0).variance, variance));
    }
  }
}

TEST(moments, Options) {
  EXPECT_EQ(nn::moments(matrix(), {0, 1}, {.keepdims = true}).mean.shape(), Shape({1, 1}));
  EXPECT_EQ(nn::moments(matrix(), {0, 1}).variance.shape(), Shape({}));
}

TEST(moments, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { (void)nn::moments(constant({true}), 0); }),
            "moments: needs numbers, got bool; tf::cast it first");
  EXPECT_THAT(error_of<ShapeError>([] { (void)nn::moments(zeros({2}), 1); }),
              ::testing::StartsWith("moments: axis 1"));
}

TEST(weighted_moments, Values) {
  const auto [mean, variance] = nn::weighted_moments(matrix(), 0, constant({{1.0}, {3.0}}));
  EXPECT_TRUE(has_values(mean, {2}, {2.5, 4.25}));
  EXPECT_TRUE(has_values(variance, {2}, {0.75, 1.6875}));
}

TEST(weighted_moments, Gradient) {
  expect_gradients(
      [](const std::vector<Tensor>& in) {
        const auto [mean, variance] = nn::weighted_moments(in[0], 0, in[1]);
        return mean * variance;
      },
      {sample({3, 2}), sample({3, 1}, float64, 0.5, 2)});
}

TEST(weighted_moments, Types) {
  for (const DType dtype : kFloating) {
    const Tensor x = sample_for({9, 4}, dtype, -3, 3);
    const auto [mean, variance] = nn::weighted_moments(x, {0, 1}, ones({4}, int32));
    EXPECT_EQ(mean.dtype(), dtype);
    EXPECT_TRUE(near(mean, reduce_mean(x)));
    EXPECT_TRUE(near(variance, reduce_variance(x)));
  }
}

TEST(weighted_moments, Options) {
  const Tensor weights = constant({1.0, 2.0});
  EXPECT_EQ(nn::weighted_moments(matrix(), 1, weights).mean.shape(), Shape({2}));
  EXPECT_EQ(nn::weighted_moments(matrix(), 1, weights, {.keepdims = true}).mean.shape(),
            Shape({2, 1}));
  // Weights may be the larger.
  EXPECT_EQ(nn::weighted_moments(weights, 0, ones({3, 2})).mean.shape(), Shape({2}));
}

TEST(weighted_moments, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { (void)nn::weighted_moments(constant({1}), 0, ones({1})); }),
            "weighted_moments: needs floating point, got int32; tf::cast it to tf::float32");
  EXPECT_THAT(error_of<ShapeError>([] { (void)nn::weighted_moments(zeros({2}), 0, zeros({3})); }),
              ::testing::StartsWith("weighted_moments: "));
}

}  // namespace
}  // namespace saem
