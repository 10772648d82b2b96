// lgamma, digamma, polygamma, zeta, igamma, igammac, igamma_grad_a, betainc; floor 5 of
// 5: what must be true. Values are TensorFlow's.
#include <cmath>
#include <limits>
#include <saem/core/op.hpp>
#include <saem/ops/gamma_functions.hpp>

#include "ops/pointwise.hpp"

namespace saem {
namespace {

using namespace saem::testing;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// The sections of a function of one number but Values.
#define SAEM_UNARY_SECTIONS(op, exact, low, high)                                             \
  TEST(op, Gradient) {                                                                        \
    expect_unary_gradients([](const Tensor& x) { return math::op(x); },                       \
                           sample({5}, float64, low, high, 3));                               \
  }                                                                                           \
  TEST(op, Types) {                                                                           \
    expect_unary([](const Tensor& x) { return math::op(x); }, [](double x) { return exact; }, \
                 kFloating, low, high);                                                       \
  }                                                                                           \
  TEST(op, Errors) {                                                                          \
    EXPECT_EQ(error_of<DTypeError>([] { math::op(constant({1})); }),                          \
              #op ": needs floating point, got int32; tf::cast it to tf::float32");           \
  }

#define SAEM_BINARY_SECTIONS(op, exact, low, high)                                  \
  TEST(op, Types) {                                                                 \
    expect_binary([](const Tensor& x, const Tensor& y) { return math::op(x, y); },  \
                  [](double x, double y) { return exact; }, kFloating, low, high);  \
  }                                                                                 \
  TEST(op, Errors) {                                                                \
    EXPECT_EQ(error_of<DTypeError>([] { math::op(constant({1}), constant({1})); }), \
              #op ": needs floating point, got int32; tf::cast it to tf::float32"); \
  }

// Sums that anyone can check, where the kernels have series and reflections.
double slow_zeta(double x, double q) {
  double sum = 0;
  for (int k = 2000; k-- > 0;) sum += std::pow(k + q, -x);
  const double rest = 2000 + q;  // the integral, half a term and its slope: what lies beyond
  return sum + std::pow(rest, 1 - x) / (x - 1) + std::pow(rest, -x) / 2 +
         x * std::pow(rest, -x - 1) / 12;
}

double slow_digamma(double x) {
  double sum = 0;
  for (int k = 2000; k-- > 0;) sum -= 1 / (k + x);
  const double rest = 2000 + x;
  return sum + std::log(rest) - 1 / (2 * rest) - 1 / (12 * rest * rest);
}

double slow_igamma(double a, double x) {
  double sum = 0;
  for (int k = 200; k-- > 0;) {
    sum += std::exp((a + k) * std::log(x) - x - std::lgamma(a + k + 1));
  }
  return sum;
}

TEST(lgamma, Values) {
  const Tensor x = constant({1.0, 0.5, 10.0, -0.5, -2.0, 0.0, 100.0}, float64);
  EXPECT_TRUE(has_values(math::lgamma(x), {7},
                         {0.0, 0.5723649429247001, 12.80182748008147, 1.2655121234846454, kInfinity,
                          kInfinity, 359.13420536957545},
                         {1e-13, 1e-15}));
}

SAEM_UNARY_SECTIONS(lgamma, std::lgamma(x), 0.5, 9)

TEST(digamma, Values) {
  const Tensor x = constant({1.0, 0.5, 10.0, -0.5, 100.0, 0.0, -2.0}, float64);
  EXPECT_TRUE(has_values(math::digamma(x), {7},
                         {-0.5772156649015323, -1.9635100260214227, 2.2517525890667214,
                          0.03648997397857645, 4.600161852738088, kNaN, kNaN},
                         {1e-13, 1e-15}));
}

SAEM_UNARY_SECTIONS(digamma, slow_digamma(x), 2.0, 9)

TEST(polygamma, Values) {
  const Tensor x = constant({0.0, 1.0, 2.0, 3.0, 1.5}, float64);
  const Tensor y = constant({1.0, 2.5, 3.0, 0.5, 1.0}, float64);
  EXPECT_TRUE(has_values(
      math::polygamma(x, y), {5},
      {-0.5772156649015323, 0.4903577561002349, -0.15411380631918856, 97.40909103400242, kNaN},
      {1e-13, 1e-15}));
}

TEST(polygamma, Gradient) {
  const Tensor n = constant({0.0, 1.0, 3.0}, float64);
  expect_unary_gradients([&](const Tensor& x) { return math::polygamma(n, x); },
                         constant({0.7, 2.5, 1.5}, float64));
  expect_unary_gradients([&](const Tensor& x) { return math::polygamma(n, x); },
                         constant({1.7}, float64));
}

// Orders are 1, or so little more that no derivative has them.
SAEM_BINARY_SECTIONS(polygamma, (x == 1 ? slow_zeta(2, y) : kNaN), 1, 1.000001)

TEST(polygamma, EqualsItsSum) {
  const Tensor x = sample({20}, float64, 1, 5);
  const std::vector<double> at = values_of(x);
  const std::vector<double> y = values_of(math::polygamma(constant(2.0, float64), x));
  for (std::size_t i = 0; i < 20; ++i) {
    EXPECT_NEAR(y[i], -2 * slow_zeta(3, at[i]), 1e-12);
  }
}

TEST(zeta, Values) {
  const Tensor x = constant({2.0, 3.0, 1.5, 2.0, 2.0, 1.0}, float64);
  const Tensor y = constant({1.0, 2.5, 3.0, 0.0, -1.5, 1.0}, float64);
  EXPECT_TRUE(has_values(math::zeta(x, y), {6},
                         {1.6449340668482266, 0.11810202582086368, 1.2588219580922144, kInfinity,
                          9.379246644989124, kInfinity},
                         {1e-13, 1e-15}));
  EXPECT_TRUE(has_values(math::zeta(constant(2.0), constant(kInfinity)), {}, {0}));
  EXPECT_TRUE(has_values(math::polygamma(constant(1.0), constant(kInfinity)), {}, {0}));
}

TEST(zeta, Gradient) {
  const Tensor x = constant({2.0, 1.5, 3.0}, float64);
  expect_unary_gradients([&](const Tensor& q) { return math::zeta(x, q); },
                         constant({0.7, 2.5, 1.5}, float64));
}

SAEM_BINARY_SECTIONS(zeta, slow_zeta(x, y), 1.5, 4)

TEST(igamma, Values) {
  const Tensor x = constant({1.0, 2.5, 10.0, 3.0, 0.5}, float64);
  const Tensor y = constant({0.5, 2.5, 4.0, 20.0, 0.0}, float64);
  EXPECT_TRUE(has_values(
      math::igamma(x, y), {5},
      {0.3934693402873665, 0.5841198130044921, 0.008132242796933857, 0.9999995444850495, 0.0},
      {1e-13, 1e-15}));
}

/// Where a sum of its terms would not end. The values are SciPy's.
TEST(igamma, OfLargeShapes) {
  const Tensor a = constant({1e30, 1e9, 1e9, 1e9, 1e12, 1e12}, float64);
  const Tensor x = constant({1e30, 1e9, 1e9 + 4e4, 9.9e8, 1e12 - 1e6, 2e12}, float64);
  EXPECT_TRUE(has_values(
      math::igamma(a, x), {6},
      {0.5000000000000001, 0.5000042052208701, 0.8970472609771512, 0.0, 0.1586552539314168, 1.0},
      {1e-9, 1e-12}));
  EXPECT_TRUE(has_values(
      math::igammac(a, x), {6},
      {0.4999999999999999, 0.4999957947791299, 0.10295273902284893, 1.0, 0.8413447460685831, 0.0},
      {1e-9, 1e-12}));
}

TEST(igamma, Gradient) {
  const Function function = [](const std::vector<Tensor>& in) {
    return math::igamma(in[0], in[1]);
  };
  const Tensor a = constant({0.5, 2.0, 5.0, 9.0}, float64);
  const Tensor x = constant({1.5, 0.7, 6.0, 3.0}, float64);
  EXPECT_TRUE(gradients_agree(function, {a, x}));
  EXPECT_TRUE(gradients_agree(function, {constant({2.0}, float64), x}));
  EXPECT_TRUE(second_gradients_agree(
      [&](const std::vector<Tensor>& in) { return math::igamma(a, in[0]); }, {x}));
}

SAEM_BINARY_SECTIONS(igamma, slow_igamma(x, y), 0.5, 8)

TEST(igammac, Values) {
  const Tensor x = constant({1.0, 2.5, 10.0, 3.0, 0.5}, float64);
  const Tensor y = constant({0.5, 2.5, 4.0, 20.0, 0.0}, float64);
  EXPECT_TRUE(has_values(
      math::igammac(x, y), {5},
      {0.6065306597126334, 0.41588018699550794, 0.9918677572030662, 4.5551495055892125e-07, 1.0},
      {1e-13, 1e-17}));
}

TEST(igammac, Composition) {
  EXPECT_TRUE(kernel_equals_composition(
      "igammac", {sample({50}, float64, 0.1, 9), sample({50}, float64, 0.1, 9, 2)}));
}

TEST(igammac, Gradient) {
  const Function function = [](const std::vector<Tensor>& in) {
    return math::igammac(in[0], in[1]);
  };
  const Tensor a = constant({0.5, 2.0, 5.0}, float64);
  const Tensor x = constant({1.5, 0.7, 6.0}, float64);
  EXPECT_TRUE(gradients_agree(function, {a, x}));
  EXPECT_TRUE(second_gradients_agree(
      [&](const std::vector<Tensor>& in) { return math::igammac(a, in[0]); }, {x}));
}

SAEM_BINARY_SECTIONS(igammac, 1 - slow_igamma(x, y), 0.5, 8)

Tensor igamma_grad_a(const Tensor& a, const Tensor& x) {
  return apply_binary(*find_op("igamma_grad_a"), a, x);
}

TEST(igamma_grad_a, Values) {  // TensorFlow's gradient of igamma
  (void)all_ops();
  const Tensor a = constant({1.0, 2.5, 10.0, 3.0, 0.5}, float64);
  const Tensor x = constant({0.5, 2.5, 4.0, 20.0, 0.0}, float64);
  EXPECT_TRUE(has_values(igamma_grad_a(a, x), {5},
                         {-0.4894575761023785, -0.2608449623686695, -0.008213995872237275,
                          -9.680603996077353e-07, 0.0},
                         {1e-12, 1e-13}));
}

TEST(igamma_grad_a, Types) {
  (void)all_ops();
  const auto slope = [](double a, double x) {
    return (slow_igamma(a + 1e-4, x) - slow_igamma(a - 1e-4, x)) / 2e-4;
  };
  for (const Shape& shape : {Shape{}, Shape{0}, Shape{1}, Shape{3, 5}}) {
    const Tensor a = sample(shape, float64, 0.5, 8, 1);
    const Tensor x = sample(shape, float64, 0.5, 8, 2);
    std::vector<double> expected = values_of(a);
    const std::vector<double> at = values_of(x);
    for (std::size_t i = 0; i < at.size(); ++i) expected[i] = slope(expected[i], at[i]);
    for (const DType dtype : {float32, float64}) {
      const Tensor got = igamma_grad_a(cast(a, dtype), scattered(cast(x, dtype)));
      EXPECT_TRUE(has_values(got, shape, expected, {2e-6, 2e-7}));
    }
  }
}

TEST(betainc, Values) {
  const Tensor a = constant({1.0, 2.5, 0.5, 10.0}, float64);
  const Tensor b = constant({3.0, 0.5, 0.5, 2.0}, float64);
  const Tensor x = constant({0.25, 0.5, 0.9, 0.99}, float64);
  EXPECT_TRUE(has_values(math::betainc(a, b, x), {4},
                         {0.578125, 0.07558681842161244, 0.795167235300866, 0.9948202825096849},
                         {1e-13, 0}));
  EXPECT_TRUE(has_values(math::betainc(a, b, constant({0.0, 1.0, 2.0, -1.0}, float64)), {4},
                         {0, 1, kNaN, kNaN}));
}

TEST(betainc, Gradient) {
  const Tensor a = constant({1.0, 2.5, 0.5}, float64);
  const Tensor b = constant({3.0, 0.5, 0.5}, float64);
  expect_unary_gradients([&](const Tensor& x) { return math::betainc(a, b, x); },
                         constant({0.25, 0.5, 0.9}, float64));
}

TEST(betainc, Types) {  // for b = 1 it is x^a
  for (const DType dtype : kFloating) {
    for (const Shape& shape : kShapes) {
      SCOPED_TRACE(std::string(dtype.name()) + " " + shape.to_string());
      const Tensor a = sample(shape, dtype, 0.5, 4, 1);
      const Tensor x = sample(shape, dtype, 0.1, 0.9, 2);
      const Tensor one = cast(constant(1.0), dtype);
      EXPECT_TRUE(near(math::betainc(a, one, x), pow(x, a)));
      EXPECT_TRUE(
          identical(math::betainc(scattered(a), one, scattered(x)), math::betainc(a, one, x)));
    }
  }
}

TEST(betainc, Errors) {
  const Tensor x = constant({0.5});
  EXPECT_EQ(error_of<DTypeError>([&] { math::betainc(x, x, constant({0.5}, float64)); }),
            "betainc: float32 and float64 do not mix; tf::cast one of them");
}

}  // namespace
}  // namespace saem
