// reduce_logsumexp, reduce_euclidean_norm; floor 5 of 5: proof. Reference numbers: TensorFlow 2.21.
#include <cmath>
#include <limits>
#include <saem/ops/reduce_norm.hpp>
#include <saem/ops/reshape.hpp>

#include "ops/pointwise.hpp"
#include "ops/reduction.hpp"

namespace saem {
namespace {

using namespace testing;  // NOLINT: a test file

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

double only(const Tensor& x) { return values_of(x).at(0); }

void expect_gradients(ReduceFunction reduce, const Tensor& x) {
  for (const ReduceOptions& options :
       {ReduceOptions{}, ReduceOptions{.axis = 0}, ReduceOptions{.axis = {0, 2}},
        ReduceOptions{.axis = 1, .keepdims = true}}) {
    SCOPED_TRACE(options.axis.to_string());
    const Function function = [&](const std::vector<Tensor>& in) { return reduce(in[0], options); };
    EXPECT_TRUE(gradients_agree(function, {x}));
    EXPECT_TRUE(second_gradients_agree(function, {x}));
  }
}

void expect_options(ReduceFunction reduce) {
  const Tensor x = constant({{1.0, -2.0, 3.0}, {4.0, 5.0, -6.0}});
  const Tensor columns = reduce(x, {.axis = 0});
  EXPECT_EQ(reduce(x, {}).shape(), Shape{});
  EXPECT_EQ(columns.shape(), Shape({3}));
  EXPECT_EQ(reduce(x, {.axis = -1}).shape(), Shape({2}));
  EXPECT_TRUE(identical(reduce(x, {.axis = {1, -2}}), reduce(x, {})));
  EXPECT_TRUE(identical(reduce(x, {.axis = 0, .keepdims = true}), reshape(columns, {1, 3})));
}

TEST(reduce_logsumexp, Values) {
  const Tensor x = constant({{1.0, 2.0, 3.0}, {4.0, 5.0, 6.0}});
  EXPECT_TRUE(has_values(reduce_logsumexp(x, {.axis = 0}), {3},
                         {4.048587322235107, 5.048587322235107, 6.048587322235107}));
  EXPECT_EQ(only(reduce_logsumexp(zeros({0}))), -kInfinity);
  EXPECT_EQ(only(reduce_logsumexp(constant({-kInfinity, -kInfinity}))), -kInfinity);
  EXPECT_EQ(only(reduce_logsumexp(constant({kInfinity, 0.0}))), kInfinity);
  EXPECT_TRUE(std::isnan(only(reduce_logsumexp(constant({kNaN, 0.0})))));
  EXPECT_TRUE(has_values(reduce_logsumexp(constant({1000.0, 1000.0})), {}, {1000.6931472}));
  EXPECT_TRUE(has_values(reduce_logsumexp(constant({-1000.0, -1000.0})), {}, {-999.3068528}));
}

TEST(reduce_logsumexp, Gradient) { expect_gradients(&reduce_logsumexp, sample({2, 3, 2})); }

TEST(reduce_logsumexp, Types) {
  for (const DType dtype : kFloating) {
    for (const ReductionCase& c : kReductions) {
      const Tensor x = sample_for(c.shape, dtype, -3, 3);
      std::vector<double> expected = folded(
          x, c.axis, [](double a, double b) { return a + std::exp(b); }, 0);
      for (double& value : expected) value = std::log(value);
      expect_reduction(&reduce_logsumexp, x, c, expected, tolerance_of(dtype));
    }
  }
}

TEST(reduce_logsumexp, Options) { expect_options(&reduce_logsumexp); }

TEST(reduce_logsumexp, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] {
              (void)reduce_logsumexp(constant({1, 2}));
            }),
            "reduce_logsumexp: needs floating point, got int32; tf::cast it to tf::float32");
  EXPECT_THAT(error_of<ShapeError>([] { (void)reduce_logsumexp(zeros({2}), {.axis = 1}); }),
              ::testing::StartsWith("reduce_logsumexp: axis 1"));
}

TEST(reduce_euclidean_norm, Values) {
  const Tensor x = constant({{1.0, 2.0, 3.0}, {4.0, 5.0, 6.0}});
  EXPECT_TRUE(has_values(reduce_euclidean_norm(x, {.axis = 1}), {2},
                         {3.7416574954986572, 8.774964332580566}));
  EXPECT_EQ(only(reduce_euclidean_norm(constant({1, 2, 3}))), 3);
  EXPECT_EQ(only(reduce_euclidean_norm(zeros({0}))), 0);
  // 300^2 is no float16.
  EXPECT_EQ(only(reduce_euclidean_norm(constant({300.0, 400.0}, half))), 500);
}

TEST(reduce_euclidean_norm, Gradient) {
  expect_gradients(&reduce_euclidean_norm, sample({2, 3, 2}));
}

TEST(reduce_euclidean_norm, Types) {
  for (const DType dtype : numeric()) {
    for (const ReductionCase& c : kReductions) {
      if (dtype.size() == 1 && c.shape.size() > 1000) continue;  // norms beyond 127
      const Tensor x = sample_for(c.shape, dtype, -3, 3);
      std::vector<double> expected = folded(
          x, c.axis, [](double a, double b) { return a + b * b; }, 0);
      for (double& value : expected) value = std::sqrt(value);
      expect_reduction(&reduce_euclidean_norm, x, c, expected, tolerance_of(dtype));
    }
  }
}

TEST(reduce_euclidean_norm, Options) { expect_options(&reduce_euclidean_norm); }

TEST(reduce_euclidean_norm, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { (void)reduce_euclidean_norm(constant({true})); }),
            "reduce_euclidean_norm: needs numbers, got bool; tf::cast it first");
  EXPECT_THAT(error_of<ShapeError>([] { (void)reduce_euclidean_norm(zeros({2}), {.axis = 1}); }),
              ::testing::StartsWith("reduce_euclidean_norm: axis 1"));
}

}  // namespace
}  // namespace saem
