// relu, relu6, leaky_relu and relu's backward; floor 5 of 5: what must be true.
#include <algorithm>
#include <limits>
#include <saem/ops/relu.hpp>

#include "ops/pointwise.hpp"

namespace saem {
namespace {

using namespace saem::testing;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

Tensor gradient_of(const UnaryOp& op, const Tensor& x) {
  GradientTape tape;
  tape.watch(x);
  return tape.gradient(op(x), x);
}

TEST(relu, Values) {
  const Tensor x = constant({-1.0, 0.0, 2.0, kInfinity, -kInfinity, kNaN});
  EXPECT_TRUE(has_values(nn::relu(x), {6}, {0, 0, 2, kInfinity, 0, kNaN}));
  EXPECT_TRUE(has_values(nn::relu(constant({-3, 4})), {2}, {0, 4}));
}

TEST(relu, Composition) {
  for (const DType dtype : numeric()) {
    EXPECT_TRUE(kernel_equals_composition("relu", {sample_for({3, 35}, dtype, -3, 3)}));
  }
}

TEST(relu, Gradient) {
  expect_unary_gradients([](const Tensor& x) { return nn::relu(x); },
                         constant({-1.5, -0.2, 0.3, 2.0}, float64));
  expect_unary_gradients([](const Tensor& x) { return nn::relu(x) * nn::relu(x); },
                         constant({-1.5, -0.2, 0.3, 2.0}, float64));
  // At zero itself: nothing flows, as in TensorFlow.
  EXPECT_TRUE(has_values(
      gradient_of([](const Tensor& x) { return nn::relu(x); }, constant({-1.0, 0.0, 1.0})), {3},
      {0, 0, 1}));
}

TEST(relu, Types) {
  expect_unary([](const Tensor& x) { return nn::relu(x); },
               [](double x) { return std::max(x, 0.0); }, numeric(), -9, 9);
}

TEST(relu, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { nn::relu(constant({true})); }),
            "relu: needs numbers, got bool; tf::cast it first");
}

TEST(relu6, Values) {
  const Tensor x = constant({-1.0, 0.0, 2.0, 6.0, 7.0, kInfinity, kNaN});
  EXPECT_TRUE(has_values(nn::relu6(x), {7}, {0, 0, 2, 6, 6, 6, kNaN}));
}

TEST(relu6, Composition) {
  for (const DType dtype : numeric()) {
    EXPECT_TRUE(kernel_equals_composition("relu6", {sample_for({3, 35}, dtype, -9, 9)}));
  }
}

TEST(relu6, Gradient) {
  expect_unary_gradients([](const Tensor& x) { return nn::relu6(x); },
                         constant({-1.5, 0.3, 5.5, 7.0}, float64));
  expect_unary_gradients([](const Tensor& x) { return nn::relu6(x) * nn::relu6(x); },
                         constant({-1.5, 0.3, 5.5, 7.0}, float64));
  EXPECT_TRUE(has_values(
      gradient_of([](const Tensor& x) { return nn::relu6(x); }, constant({0.0, 3.0, 6.0})), {3},
      {0, 1, 0}));
}

TEST(relu6, Types) {
  expect_unary([](const Tensor& x) { return nn::relu6(x); },
               [](double x) { return std::clamp(x, 0.0, 6.0); }, numeric(), -9, 9);
}

TEST(relu6, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { nn::relu6(constant({true})); }),
            "relu6: needs numbers, got bool; tf::cast it first");
}

TEST(leaky_relu, Values) {
  EXPECT_TRUE(has_values(nn::leaky_relu(constant({-1.0, 0.0, 2.0, -kInfinity, kNaN})), {5},
                         {-0.2, 0, 2, -kInfinity, kNaN}));
}

TEST(leaky_relu, Composition) {
  const nn::LeakyReluOptions options{.alpha = 0.3};
  for (const DType dtype : kFloating) {
    EXPECT_TRUE(kernel_equals_composition("leaky_relu", {sample({3, 35}, dtype)}, options));
  }
}

TEST(leaky_relu, Gradient) {
  expect_unary_gradients([](const Tensor& x) { return nn::leaky_relu(x); },
                         constant({-1.5, -0.2, 0.3, 2.0}, float64));
  expect_unary_gradients([](const Tensor& x) { return nn::leaky_relu(x * x * x, {.alpha = 0.4}); },
                         constant({-1.5, -0.7, 0.3, 2.0}, float64));
}

TEST(leaky_relu, Types) {
  expect_unary([](const Tensor& x) { return nn::leaky_relu(x); },
               [](double x) { return x > 0 ? x : 0.2 * x; }, kFloating, -9, 9);
}

TEST(leaky_relu, Options) {
  const Tensor x = constant({-1.0, 2.0});
  EXPECT_TRUE(has_values(nn::leaky_relu(x, {.alpha = 0.5}), {2}, {-0.5, 2}));
  EXPECT_TRUE(has_values(nn::leaky_relu(x, {.alpha = 0.0}), {2}, {0, 2}));
}

TEST(leaky_relu, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { nn::leaky_relu(constant({1})); }),
            "leaky_relu: needs floating point, got int32; tf::cast it to tf::float32");
}

Tensor relu_grad(const Tensor& dy, const Tensor& y) {
  return apply_one(*find_op("relu_grad"), {dy, y});
}

TEST(relu_grad, Values) {
  EXPECT_TRUE(
      has_values(relu_grad(constant({5.0, 6.0, 7.0}), constant({0.0, 2.0, kNaN})), {3}, {0, 6, 0}));
}

TEST(relu_grad, Composition) {
  for (const DType dtype : kFloating) {
    EXPECT_TRUE(kernel_equals_composition(
        "relu_grad", {sample({3, 35}, dtype, -2, 2, 1), sample({3, 35}, dtype, -2, 2, 2)}));
  }
}

TEST(relu_grad, Gradient) {
  const Function function = [](const std::vector<Tensor>& in) {
    return relu_grad(in[0] * in[0], in[1]);
  };
  const Tensor dy = sample({2, 3}, float64, -2, 2, 1);
  const Tensor y = sample({2, 3}, float64, -2, 2, 2);
  EXPECT_TRUE(gradients_agree(function, {dy, y}));
  EXPECT_TRUE(second_gradients_agree(function, {dy, y}));
}

TEST(relu_grad, Types) {
  for (const DType dtype : kFloating) {
    for (const Shape& shape : kShapes) {
      SCOPED_TRACE(std::string(dtype.name()) + " " + shape.to_string());
      const Tensor dy = sample(shape, dtype, -2, 2, 1);
      const Tensor y = sample(shape, dtype, -2, 2, 2);
      std::vector<double> expected = values_of(dy);
      const std::vector<double> outputs = values_of(y);
      for (std::size_t i = 0; i < expected.size(); ++i) {
        if (!(outputs[i] > 0)) expected[i] = 0;
      }
      EXPECT_TRUE(identical(relu_grad(dy, y), cast(constant(expected, shape), dtype)));
      EXPECT_TRUE(identical(relu_grad(scattered(dy), scattered(y)), relu_grad(dy, y)));
    }
  }
}

}  // namespace
}  // namespace saem
