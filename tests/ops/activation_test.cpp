// elu, selu, gelu, silu, mish, softsign, log_sigmoid, hard_sigmoid, hard_silu, their backwards,
// hard_tanh, crelu; floor 5 of 5: what must be true. Reference numbers: TensorFlow 2.21.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <saem/ops/activation.hpp>

#include "ops/pointwise.hpp"

namespace saem {
namespace {

using namespace saem::testing;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double logistic(double x) { return 1 / (1 + std::exp(-x)); }
double normal_distribution(double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); }
double normal_density(double x) {
  return std::exp(-x * x / 2) * std::numbers::inv_sqrtpi / std::numbers::sqrt2;
}
double tanh_argument(double x) { return nn::kSqrtTwoByPi * (x + nn::kGeluCubic * x * x * x); }

double elu_at(double x) { return x < 0 ? std::expm1(x) : x; }
double elu_slope(double x) { return x < 0 ? std::exp(x) : 1; }
double selu_at(double x) { return nn::kSeluScale * (x < 0 ? nn::kSeluAlpha * std::expm1(x) : x); }
double selu_slope(double x) { return nn::kSeluScale * (x < 0 ? nn::kSeluAlpha * std::exp(x) : 1); }
double gelu_at(double x) { return x * normal_distribution(x); }
double gelu_slope(double x) { return normal_distribution(x) + x * normal_density(x); }
double gelu_by_tanh_at(double x) { return x / 2 * (1 + std::tanh(tanh_argument(x))); }
double silu_at(double x) { return x * logistic(x); }
double silu_slope(double x) { return logistic(x) * (1 + x * (1 - logistic(x))); }
double mish_at(double x) { return x * std::tanh(std::log1p(std::exp(x))); }
double mish_slope(double x) {
  const double t = std::tanh(std::log1p(std::exp(x)));
  return t + x * (1 - t * t) * logistic(x);
}
double softsign_at(double x) { return x / (1 + std::abs(x)); }
double softsign_slope(double x) { return 1 / ((1 + std::abs(x)) * (1 + std::abs(x))); }
double log_sigmoid_at(double x) { return -std::log1p(std::exp(-x)); }
double hard_sigmoid_at(double x) { return std::clamp((x + 3) / 6, 0.0, 1.0); }
double hard_sigmoid_slope(double x) { return std::abs(x) < 3 ? 1.0 / 6 : 0; }
double hard_silu_at(double x) { return x * hard_sigmoid_at(x); }
double hard_silu_slope(double x) { return x <= -3 ? 0 : x >= 3 ? 1 : (2 * x + 3) / 6; }

/// Away from the corners of all of them, at -3, 0 and 3.
Tensor smooth_places() { return constant({-4.5, -2.6, -1.5, -0.2, 0.3, 1.1, 2.2, 4.0}, float64); }

Tensor gradient_at(const UnaryOp& op, const Tensor& x) {
  GradientTape tape;
  tape.watch(x);
  return tape.gradient(op(x), x);
}

Tensor backward(const std::string& op, const Tensor& dz, const Tensor& x,
                AttributesRef attributes = {}) {
  (void)all_ops();
  return apply_one(*find_op(op), {dz, x}, attributes);
}

void expect_composition(const std::string& op, int inputs, AttributesRef attributes = {},
                        const std::vector<DType>& dtypes = kFloating) {
  for (const DType dtype : dtypes) {
    std::vector<Tensor> arguments = {sample({3, 35}, dtype, -5, 5, 1)};
    if (inputs == 2) arguments.push_back(sample({3, 35}, dtype, -5, 5, 2));
    EXPECT_TRUE(kernel_equals_composition(op, arguments, attributes));
  }
}

void expect_error(const UnaryOp& function, const std::string& op) {
  EXPECT_EQ(error_of<DTypeError>([&] { function(constant({1})); }),
            op + ": needs floating point, got int32; tf::cast it to tf::float32");
}

/// `slope` times the gradient, in every dtype; a gradient of another shape is refused.
void expect_backward_types(const std::string& op, double (*slope)(double),
                           AttributesRef attributes = {}) {
  expect_binary(
      [&](const Tensor& dz, const Tensor& x) {
        if (dz.shape() != x.shape()) {  // `expect_binary` broadcasts too, which a backward does not
          const Tensor zero = zeros({3, 5}, x.dtype());
          return backward(op, dz + zero, x + zero, attributes);
        }
        return backward(op, dz, x, attributes);
      },
      [&](double dz, double x) { return dz * slope(x); }, kFloating, -4.9, 4.9);
  EXPECT_EQ(error_of<ShapeError>([&] { backward(op, zeros({2}), zeros({3}), attributes); }),
            op + ": the gradient has shape (2,), the input (3,)");
}

void expect_backward_gradients(const std::string& op, AttributesRef attributes = {}) {
  const Function function = [&](const std::vector<Tensor>& in) {
    return backward(op, in[0], in[1], attributes);
  };
  const Tensor dz = sample({8}, float64, -2, 2, 1);
  EXPECT_TRUE(gradients_agree(function, {dz, smooth_places()}));
  EXPECT_TRUE(second_gradients_agree(function, {dz, smooth_places()}));
}

/// Composition, Gradient, Types and Errors of an activation and its backward.
#define SAEM_ACTIVATION_TESTS(op, function, options)                                      \
  TEST(op, Composition) { expect_composition(#op, 1, options); }                          \
  TEST(op, Gradient) {                                                                    \
    expect_unary_gradients([](const Tensor& x) { return function(x); }, smooth_places()); \
  }                                                                                       \
  TEST(op, Types) {                                                                       \
    expect_unary([](const Tensor& x) { return function(x); }, op##_at, kFloating, -6, 6); \
  }                                                                                       \
  TEST(op, Errors) {                                                                      \
    expect_error([](const Tensor& x) { return function(x); }, #op);                       \
  }
#define SAEM_BACKWARD_TESTS(op, options)                                         \
  TEST(op##_grad, Composition) { expect_composition(#op "_grad", 2, options); }  \
  TEST(op##_grad, Gradient) { expect_backward_gradients(#op "_grad", options); } \
  TEST(op##_grad, Types) { expect_backward_types(#op "_grad", op##_slope, options); }
SAEM_ACTIVATION_TESTS(elu, nn::elu, nn::EluOptions{})
SAEM_ACTIVATION_TESTS(selu, nn::selu, {})
SAEM_ACTIVATION_TESTS(gelu, nn::gelu, nn::GeluOptions{})
SAEM_ACTIVATION_TESTS(silu, nn::silu, nn::SiluOptions{})
SAEM_ACTIVATION_TESTS(mish, nn::mish, {})
SAEM_ACTIVATION_TESTS(softsign, nn::softsign, {})
SAEM_ACTIVATION_TESTS(log_sigmoid, math::log_sigmoid, {})
SAEM_ACTIVATION_TESTS(hard_sigmoid, nn::hard_sigmoid, {})
SAEM_ACTIVATION_TESTS(hard_silu, nn::hard_silu, {})
SAEM_BACKWARD_TESTS(elu, nn::EluOptions{})
SAEM_BACKWARD_TESTS(selu, {})
SAEM_BACKWARD_TESTS(gelu, nn::GeluOptions{})
SAEM_BACKWARD_TESTS(silu, nn::SiluOptions{})
SAEM_BACKWARD_TESTS(mish, {})
SAEM_BACKWARD_TESTS(softsign, {})
SAEM_BACKWARD_TESTS(hard_sigmoid, {})
SAEM_BACKWARD_TESTS(hard_silu, {})
#undef SAEM_ACTIVATION_TESTS
#undef SAEM_BACKWARD_TESTS

/// What the tests of values try: far out, near zero, and what is no number.
Tensor far_places() {
  return constant({-kInfinity, -1000.0, -1.0, -0.0, 0.5, 1000.0, kInfinity, kNaN});
}

TEST(elu, Values) {
  EXPECT_TRUE(has_values(nn::elu(far_places()), {8},
                         {-1, -1, -0.6321205588, -0.0, 0.5, 1000, kInfinity, kNaN}));
}

TEST(elu, Options) {
  const Tensor x = constant({-1.0, 2.0});
  EXPECT_TRUE(has_values(nn::elu(x, {.alpha = 0.5}), {2}, {-0.3160602794, 2}));
  EXPECT_TRUE(has_values(nn::elu(x, {.alpha = -2.0}), {2}, {1.2642411177, 2}));
  expect_composition("elu", 1, nn::EluOptions{.alpha = 0.5});
  expect_unary_gradients([](const Tensor& y) { return nn::elu(y, {.alpha = 0.5}); },
                         smooth_places());
}

TEST(elu_grad, Values) {
  const Tensor slopes = gradient_at([](const Tensor& x) { return nn::elu(x); }, far_places());
  EXPECT_TRUE(has_values(slopes, {8}, {0, 0, 0.3678794412, 1, 1, 1, 1, 1}));
  // Without a limit below zero nothing flows there.
  EXPECT_TRUE(has_values(backward("elu_grad", constant({3.0, 3.0}), constant({-1.0, 1.0}),
                                  nn::EluOptions{.alpha = 0.0}),
                         {2}, {0, 3}));
}

TEST(selu, Values) {
  EXPECT_TRUE(has_values(nn::selu(far_places()), {8},
                         {-1.7580993408, -1.7580993408, -1.1113307378, -0.0, 0.5253504937,
                          1050.7009873555, kInfinity, kNaN}));
}

TEST(selu_grad, Values) {
  const Tensor slopes = gradient_at([](const Tensor& x) { return nn::selu(x); }, far_places());
  const double scale = nn::kSeluScale;
  EXPECT_TRUE(has_values(slopes, {8}, {0, 0, 0.6467686030, scale, scale, scale, scale, scale}));
}

TEST(gelu, Values) {
  const Tensor x = far_places();
  EXPECT_TRUE(has_values(nn::gelu(x), {8},
                         {kNaN, -0.0, -0.1586552539, -0.0, 0.3457312306, 1000, kInfinity, kNaN}));
  // Digits to the end, where 1 + erf has none left.
  EXPECT_TRUE(has_values(nn::gelu(constant({-10.0, -13.0})), {2},
                         {-7.6198530242e-23, -7.9523138e-38}, {1e-6, 0}));
}

TEST(gelu, Options) {
  const nn::GeluOptions by_tanh{.approximate = true};
  const auto approximate = [&](const Tensor& x) { return nn::gelu(x, by_tanh); };
  EXPECT_TRUE(has_values(approximate(far_places()), {8},
                         {kNaN, -0.0, -0.1588079929, -0.0, 0.3457140372, 1000, kInfinity, kNaN}));
  expect_unary(approximate, gelu_by_tanh_at, kFloating, -6, 6);
  expect_unary_gradients(approximate, smooth_places());
  expect_composition("gelu", 1, by_tanh);
  expect_composition("gelu_grad", 2, by_tanh, {float32, float64});  // a dozen roundings in half
  expect_backward_gradients("gelu_grad", by_tanh);
}

TEST(gelu_grad, Values) {
  for (const bool approximate : {false, true}) {
    const Tensor slopes =
        gradient_at([&](const Tensor& x) { return nn::gelu(x, {.approximate = approximate}); },
                    constant({-1000.0, -20.0, -12.0, -1.0, 0.0, 12.0, 1000.0, kNaN}));
    const double inner = approximate ? -0.0829640921 : -0.0833154706;
    EXPECT_TRUE(has_values(slopes, {8}, {0, 0, 0, inner, 0.5, 1, 1, kNaN}));
  }
}

TEST(silu, Values) {
  EXPECT_TRUE(has_values(nn::silu(far_places()), {8},
                         {kNaN, -0.0, -0.2689414214, -0.0, 0.3112296657, 1000, kInfinity, kNaN}));
  // Below e^-87 the sigmoid alone has no digits left: 26 steps of the smallest number at -100, of
  // which a GPU's exp gives the nearest.
  const double relative = default_device().type == DeviceType::kGPU ? 0.02 : 1e-3;
  EXPECT_TRUE(has_values(nn::silu(constant({-100.0})), {1}, {-3.7200759760e-42}, {relative, 0}));
}

TEST(silu, Options) {
  const Tensor x = constant({-1.0, 2.0});
  EXPECT_TRUE(has_values(nn::silu(x, {.beta = 2.0}), {2}, {-0.1192029220, 1.9640275801}));
  EXPECT_TRUE(has_values(nn::silu(x, {.beta = -1.0}), {2}, {-0.7310585786, 0.2384058440}));
  EXPECT_TRUE(identical(nn::swish(x, {.beta = 2.0}), nn::silu(x, {.beta = 2.0})));
  expect_composition("silu", 1, nn::SiluOptions{.beta = -0.5});
  expect_composition("silu_grad", 2, nn::SiluOptions{.beta = -0.5});
  expect_unary_gradients([](const Tensor& y) { return nn::silu(y, {.beta = 1.5}); },
                         smooth_places());
}

TEST(silu_grad, Values) {
  const Tensor slopes = gradient_at([](const Tensor& x) { return nn::silu(x); },
                                    constant({-1000.0, -1.0, 0.0, 1.0, 1000.0, kNaN}));
  EXPECT_TRUE(has_values(slopes, {6}, {0, 0.0723294881, 0.5, 0.9276705119, 1, kNaN}));
}

TEST(mish, Values) {
  EXPECT_TRUE(has_values(nn::mish(far_places()), {8},
                         {kNaN, -0.0, -0.3034014613, -0.0, 0.3752454984, 1000, kInfinity, kNaN}));
}

TEST(mish_grad, Values) {
  const Tensor slopes = gradient_at([](const Tensor& x) { return nn::mish(x); },
                                    constant({-1000.0, -1.0, 0.0, 1.0, 1000.0, kNaN}));
  EXPECT_TRUE(has_values(slopes, {6}, {0, 0.0592167673, 0.6, 1.0490363, 1, kNaN}, {1e-5, 1e-6}));
}

TEST(softsign, Values) {
  EXPECT_TRUE(has_values(nn::softsign(constant({-3.0, -0.0, 1.0, kInfinity, kNaN})), {5},
                         {-0.75, -0.0, 0.5, kNaN, kNaN}));
}

TEST(softsign_grad, Values) {
  EXPECT_TRUE(
      has_values(backward("softsign_grad", constant({2.0, 2.0, 2.0}), constant({-3.0, 0.0, 1.0})),
                 {3}, {0.125, 2, 0.5}));
}

TEST(log_sigmoid, Values) {
  EXPECT_TRUE(
      has_values(math::log_sigmoid(far_places()), {8},
                 {-kInfinity, -1000, -1.3132616875, -0.6931471806, -0.4740769842, 0, 0, kNaN}));
}

TEST(hard_sigmoid, Values) {
  EXPECT_TRUE(
      has_values(nn::hard_sigmoid(far_places()), {8}, {0, 0, 1.0 / 3, 0.5, 3.5 / 6, 1, 1, kNaN}));
}

TEST(hard_sigmoid_grad, Values) {
  EXPECT_TRUE(has_values(backward("hard_sigmoid_grad", constant({6.0, 6.0, 6.0, 6.0}),
                                  constant({-3.0, -2.9, 3.0, kNaN})),
                         {4}, {0, 1, 0, 0}));
}

TEST(hard_silu, Values) {
  EXPECT_TRUE(has_values(nn::hard_silu(far_places()), {8},
                         {kNaN, -0.0, -1.0 / 3, -0.0, 1.75 / 6, 1000, kInfinity, kNaN}));
  EXPECT_TRUE(identical(nn::hard_swish(smooth_places()), nn::hard_silu(smooth_places())));
}

TEST(hard_silu_grad, Values) {
  EXPECT_TRUE(has_values(
      backward("hard_silu_grad", constant({6.0, 6.0, 6.0, 6.0}), constant({-3.0, 0.0, 1.5, 3.0})),
      {4}, {0, 3, 6, 6}));
}

TEST(hard_tanh, Values) {
  EXPECT_TRUE(has_values(nn::hard_tanh(far_places()), {8}, {-1, -1, -1, -0.0, 0.5, 1, 1, kNaN}));
  expect_unary_gradients(nn::hard_tanh, constant({-1.5, -0.2, 0.3, 2.0}, float64));
  expect_error(nn::hard_tanh, "hard_tanh");
}

TEST(crelu, Values) {
  const Tensor x = constant({{-1.0, 2.0}, {3.0, kNaN}});
  EXPECT_TRUE(has_values(nn::crelu(x), {2, 4}, {0, 2, 1, 0, 3, kNaN, 0, kNaN}));
  EXPECT_TRUE(has_values(nn::crelu(x, {.axis = 0}), {4, 2}, {0, 2, 3, kNaN, 1, 0, 0, kNaN}));
  EXPECT_TRUE(has_values(nn::crelu(constant({-1, 2})), {4}, {0, 2, 1, 0}));
  expect_unary_gradients([](const Tensor& y) { return nn::crelu(y); }, smooth_places());
  EXPECT_THAT(error_of<ShapeError>([] { (void)nn::crelu(constant(1.0)); }),
              ::testing::StartsWith("crelu: axis -1"));
}

}  // namespace
}  // namespace saem
