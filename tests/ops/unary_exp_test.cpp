// exp, expm1, log, log1p, tanh, sigmoid, softplus; floor 5 of 5: what must be true.
#include <cmath>
#include <limits>
#include <saem/ops/creation.hpp>
#include <saem/ops/unary_exp.hpp>

#include "ops/pointwise.hpp"

namespace saem {
namespace {

using namespace saem::testing;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST(exp, Values) {
  const Tensor x = constant({0.0, 1.0, -1.0, 0.5, 710.0, -746.0, -kInfinity, kNaN}, float64);
  EXPECT_TRUE(has_values(
      exp(x), {8},
      {1.0, 2.718281828459045, 0.36787944117144233, 1.6487212707001282, kInfinity, 0.0, 0.0, kNaN},
      {1e-14, 0.0}));
}

TEST(exp, Gradient) {
  expect_unary_gradients([](const Tensor& x) { return exp(x); },
                         constant({-1.7, -0.4, 0.3, 1.9}, float64));
}

TEST(exp, Types) {
  expect_unary([](const Tensor& x) { return exp(x); }, [](double x) { return std::exp(x); },
               kFloating, -4, 4);
}

TEST(exp, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { exp(constant({1})); }),
            "exp: needs floating point, got int32; tf::cast it to tf::float32");
  EXPECT_EQ(error_of<DTypeError>([] { exp(constant({true})); }),
            "exp: needs floating point, got bool; tf::cast it to tf::float32");
}

TEST(expm1, Values) {
  const Tensor x = constant({0.0, 1.0, -1.0, 1e-12, 710.0, -kInfinity, kNaN}, float64);
  EXPECT_TRUE(has_values(
      expm1(x), {7},
      {0.0, 1.7182818284590453, -0.6321205588285577, 1.0000000000005e-12, kInfinity, -1.0, kNaN},
      {1e-14, 0.0}));
}

TEST(expm1, Gradient) {
  expect_unary_gradients([](const Tensor& x) { return expm1(x); },
                         constant({-1.7, -0.4, 0.3, 1.9}, float64));
}

TEST(expm1, Types) {
  expect_unary([](const Tensor& x) { return expm1(x); }, [](double x) { return std::expm1(x); },
               kFloating, -4, 4);
}

TEST(expm1, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { expm1(constant({1})); }),
            "expm1: needs floating point, got int32; tf::cast it to tf::float32");
  EXPECT_EQ(error_of<DTypeError>([] { expm1(constant({true})); }),
            "expm1: needs floating point, got bool; tf::cast it to tf::float32");
}

TEST(log, Values) {
  const Tensor x = constant({1.0, 2.0, 0.5, 1e-320, 0.0, kInfinity, -1.0, kNaN}, float64);
  EXPECT_TRUE(has_values(log(x), {8},
                         {0.0, 0.6931471805599453, -0.6931471805599453, -736.8272408909739,
                          -kInfinity, kInfinity, kNaN, kNaN},
                         {1e-14, 0.0}));
}

TEST(log, Gradient) {
  expect_unary_gradients([](const Tensor& x) { return log(x); },
                         constant({0.2, 0.9, 1.4, 3.0}, float64));
}

TEST(log, Types) {
  expect_unary([](const Tensor& x) { return log(x); }, [](double x) { return std::log(x); },
               kFloating, 0.01, 9);
}

TEST(log, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { log(constant({1})); }),
            "log: needs floating point, got int32; tf::cast it to tf::float32");
  EXPECT_EQ(error_of<DTypeError>([] { log(constant({true})); }),
            "log: needs floating point, got bool; tf::cast it to tf::float32");
}

TEST(log1p, Values) {
  const Tensor x = constant({0.0, 1.0, -0.5, 1e-12, -1.0, kInfinity, -2.0, kNaN}, float64);
  EXPECT_TRUE(has_values(log1p(x), {8},
                         {0.0, 0.6931471805599453, -0.6931471805599453, 9.999999999995e-13,
                          -kInfinity, kInfinity, kNaN, kNaN},
                         {1e-14, 0.0}));
}

TEST(log1p, Gradient) {
  expect_unary_gradients([](const Tensor& x) { return log1p(x); },
                         constant({0.2, 0.9, 1.4, 3.0}, float64));
}

TEST(log1p, Types) {
  expect_unary([](const Tensor& x) { return log1p(x); }, [](double x) { return std::log1p(x); },
               kFloating, -0.9, 9);
}

TEST(log1p, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { log1p(constant({1})); }),
            "log1p: needs floating point, got int32; tf::cast it to tf::float32");
  EXPECT_EQ(error_of<DTypeError>([] { log1p(constant({true})); }),
            "log1p: needs floating point, got bool; tf::cast it to tf::float32");
}

TEST(tanh, Values) {
  const Tensor x = constant({0.0, 1.0, -0.5, 1e-12, 20.0, -kInfinity, kNaN}, float64);
  EXPECT_TRUE(has_values(tanh(x), {7},
                         {0.0, 0.7615941559557649, -0.46211715726000974, 1e-12, 1.0, -1.0, kNaN},
                         {1e-14, 0.0}));
}

TEST(tanh, Gradient) {
  expect_unary_gradients([](const Tensor& x) { return tanh(x); },
                         constant({-1.7, -0.4, 0.3, 1.9}, float64));
}

TEST(tanh, Types) {
  expect_unary([](const Tensor& x) { return tanh(x); }, [](double x) { return std::tanh(x); },
               kFloating, -4, 4);
}

TEST(tanh, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { tanh(constant({1})); }),
            "tanh: needs floating point, got int32; tf::cast it to tf::float32");
  EXPECT_EQ(error_of<DTypeError>([] { tanh(constant({true})); }),
            "tanh: needs floating point, got bool; tf::cast it to tf::float32");
}

TEST(sigmoid, Values) {
  const Tensor x = constant({0.0, 1.0, -1.0, -30.0, 800.0, -kInfinity, kNaN}, float64);
  EXPECT_TRUE(has_values(
      sigmoid(x), {7},
      {0.5, 0.7310585786300049, 0.2689414213699951, 9.357622968839299e-14, 1.0, 0.0, kNaN},
      {1e-14, 0.0}));
  // The same functions under tf.nn's names.
  EXPECT_TRUE(identical(nn::sigmoid(x), sigmoid(x)));
  EXPECT_TRUE(identical(nn::tanh(x), tanh(x)));
}

TEST(sigmoid, Composition) {
  for (const DType dtype : kFloating) {
    EXPECT_TRUE(kernel_equals_composition("sigmoid", {sample_for({3, 35}, dtype, -6, 6)}));
  }
}

TEST(sigmoid, Gradient) {
  expect_unary_gradients([](const Tensor& x) { return sigmoid(x); },
                         constant({-1.7, -0.4, 0.3, 1.9}, float64));
}

TEST(sigmoid, Types) {
  expect_unary([](const Tensor& x) { return sigmoid(x); },
               [](double x) { return 1 / (1 + std::exp(-x)); }, kFloating, -6, 6);
}

TEST(sigmoid, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { sigmoid(constant({1})); }),
            "sigmoid: needs floating point, got int32; tf::cast it to tf::float32");
  EXPECT_EQ(error_of<DTypeError>([] { sigmoid(constant({true})); }),
            "sigmoid: needs floating point, got bool; tf::cast it to tf::float32");
}

TEST(softplus, Values) {
  const Tensor x = constant({0.0, 1.0, -1.0, -30.0, 800.0, -kInfinity, kNaN}, float64);
  EXPECT_TRUE(has_values(softplus(x), {7},
                         {0.6931471805599453, 1.3132616875182228, 0.31326168751822286,
                          9.357622968839737e-14, 800.0, 0.0, kNaN},
                         {1e-14, 0.0}));
  EXPECT_TRUE(identical(nn::softplus(x), softplus(x)));
}

TEST(softplus, Composition) {
  for (const DType dtype : kFloating) {
    EXPECT_TRUE(kernel_equals_composition("softplus", {sample_for({3, 35}, dtype, -6, 6)}));
  }
}

TEST(softplus, Gradient) {
  expect_unary_gradients([](const Tensor& x) { return softplus(x); },
                         constant({-1.7, -0.4, 0.3, 1.9}, float64));
}

TEST(softplus, Types) {
  expect_unary([](const Tensor& x) { return softplus(x); },
               [](double x) { return std::log1p(std::exp(x)); }, kFloating, -6, 6);
}

TEST(softplus, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { softplus(constant({1})); }),
            "softplus: needs floating point, got int32; tf::cast it to tf::float32");
  EXPECT_EQ(error_of<DTypeError>([] { softplus(constant({true})); }),
            "softplus: needs floating point, got bool; tf::cast it to tf::float32");
}

}  // namespace
}  // namespace saem
