#include <saem/autodiff/check_gradients.hpp>
#include <saem/autodiff/custom_gradient.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/matmul.hpp>
#include <saem/ops/unary_exp.hpp>

#include "support/op_test.hpp"

namespace saem {
namespace {

using testing::error_of;
using testing::has_values;
using ::testing::HasSubstr;
using testing::near;
using testing::sample;

const DifferentiableFunction kProduct = [](const std::vector<Tensor>& x) {
  return matmul(x[0], x[1]);
};
/// exp with a gradient that is wrong at its last number.
const DifferentiableFunction kWrong = [](const std::vector<Tensor>& x) {
  static const auto exp_but =
      custom_gradient([](const Tensor& v) { return exp(v); },
                      [](const Tensor& dy, const Tensor& v) {
                        return dy * exp(v) * constant({1.0, 1.0, 2.0}, float64);
                      });
  return exp_but(x[0]);
};

TEST(compute_gradient, BothJacobiansAreTheSame) {
  const std::vector<Tensor> x{sample({2, 3}), sample({3, 2}, float64, -1, 1, 2)};
  const test::Jacobians jacobians = test::compute_gradient(kProduct, x);
  ASSERT_EQ(jacobians.theoretical.size(), 2u);
  EXPECT_EQ(jacobians.theoretical[0].shape(), (Shape{4, 6}));
  EXPECT_EQ(jacobians.numerical[1].shape(), (Shape{4, 6}));
  EXPECT_LT(test::max_error(jacobians.theoretical, jacobians.numerical), 1e-9);
  EXPECT_GT(
      test::max_error(jacobians.theoretical, {jacobians.numerical[1], jacobians.numerical[0]}),
      0.1);
}

TEST(compute_gradient, TakesAStep) {
  const DifferentiableFunction cube = [](const std::vector<Tensor>& x) {
    return x[0] * x[0] * x[0];
  };
  const std::vector<Tensor> x{constant(2.0, float64)};
  // ((2 + h)^3 - (2 - h)^3) / 2h = 12 + h^2
  EXPECT_TRUE(has_values(test::compute_gradient(cube, x, 1.0).numerical[0], {1, 1}, {13.0}));
  EXPECT_EQ(error_of<ValueError>([&] { (void)test::compute_gradient(cube, x, -1.0); }),
            "compute_gradient: the step is -1; it must not be negative");
  EXPECT_EQ(error_of<DTypeError>([&] { (void)test::compute_gradient(cube, {constant(1)}); }),
            "compute_gradient: needs floating-point inputs, got int32; tf::cast it");
}

TEST(compute_gradient, MaxErrorChecksItsLists) {
  EXPECT_EQ(error_of<ValueError>([] { (void)test::max_error({zeros({1})}, {}); }),
            "max_error: the lists have 1 and 0 matrices");
  EXPECT_EQ(error_of<ShapeError>([] { (void)test::max_error({zeros({1})}, {zeros({2})}); }),
            "max_error: matrices 0 have shapes (1,) and (2,)");
}

TEST(check_gradients, AgreesInEveryPrecision) {
  for (const DType dtype : {float64, float32}) {
    const std::vector<Tensor> x{sample({2, 3}, dtype), sample({3, 2}, dtype, -1, 1, 2)};
    const debugging::GradientReport report = debugging::check_gradients(kProduct, x);
    EXPECT_TRUE(report.agree) << report.to_string();
  }
}

TEST(check_gradients, ReportsTheWorstElement) {
  const std::vector<Tensor> x{constant({0.0, 0.0, 0.0}, float64)};
  const debugging::GradientReport report = debugging::check_gradients(kWrong, x, {.raise = false});
  EXPECT_FALSE(report.agree);
  EXPECT_EQ(report.input, 0);
  EXPECT_EQ(report.element, 2);
  EXPECT_NEAR(report.worst_error, 1.0, 1e-6);
  EXPECT_THAT(error_of<ValueError>([&] { (void)debugging::check_gradients(kWrong, x); }),
              HasSubstr("check_gradients: gradients differ: at element 2 of input 0"));
  EXPECT_TRUE(debugging::check_gradients(kWrong, x, {.absolute_tolerance = 2.0}).agree);
  EXPECT_TRUE(debugging::check_gradients(kWrong, x, {.relative_tolerance = 2.0}).agree);
  const debugging::GradientReport coarse =
      debugging::check_gradients(kWrong, x, {.delta = 1.0, .raise = false});
  EXPECT_NE(coarse.worst_error, report.worst_error);
}

}  // namespace
}  // namespace saem
