// erf, erfc, erfinv, ndtri; floor 5 of 5: what must be true. Values are TensorFlow's, but for
// erf(-infinity), where its release 2.21 gives NaN.
#include <cmath>
#include <limits>
#include <saem/ops/error_function.hpp>

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

TEST(erf, Values) {
  const Tensor x = constant({0.0, 0.5, -1.0, 3.0, -kInfinity, kNaN}, float64);
  EXPECT_TRUE(
      has_values(math::erf(x), {6},
                 {0.0, 0.5204998778130466, -0.8427007929497148, 0.9999779095030014, -1, kNaN},
                 {1e-13, 1e-15}));
}

SAEM_UNARY_SECTIONS(erf, std::erf(x), -3, 3)

TEST(erfc, Values) {
  const Tensor x = constant({0.0, 0.5, -1.0, 3.0, 10.0, kInfinity, kNaN}, float64);
  EXPECT_TRUE(has_values(math::erfc(x), {7},
                         {1.0, 0.47950012218695337, 1.8427007929497148, 2.209049699858544e-05,
                          2.0884875837625443e-45, 0.0, kNaN},
                         {1e-13, 1e-15}));
}

SAEM_UNARY_SECTIONS(erfc, std::erfc(x), -3, 3)

/// The number whose image is `y`, by bisection: slow, and knows nothing of the kernel's formulas.
double bisect(double (*rising)(double), double y) {
  double low = -40;
  double high = 40;
  for (int i = 0; i < 200; ++i) {
    const double middle = (low + high) / 2;
    (rising(middle) < y ? low : high) = middle;
  }
  return high;
}

double normal_cdf(double x) { return std::erfc(-x / std::sqrt(2.0)) / 2; }
double plain_erf(double x) { return std::erf(x); }

TEST(erfinv, Values) {
  const Tensor x = constant({0.0, 0.5, -0.9, 0.999, 1.0, -1.0, 2.0}, float64);
  EXPECT_TRUE(has_values(math::erfinv(x), {7},
                         {0.0, 0.4769362762044699, -1.1630871536766743, 2.3267537655135464,
                          kInfinity, -kInfinity, kNaN},
                         {1e-13, 1e-15}));
}

SAEM_UNARY_SECTIONS(erfinv, bisect(&plain_erf, x), -0.9, 0.9)

TEST(ndtri, Values) {
  const Tensor x = constant({0.5, 0.1, 0.999, 1e-10, 0.0, 1.0, 2.0}, float64);
  EXPECT_TRUE(has_values(math::ndtri(x), {7},
                         {0.0, -1.2815515655446004, 3.090232306167813, -6.361340902404056,
                          -kInfinity, kInfinity, kNaN},
                         {1e-13, 1e-15}));
}

SAEM_UNARY_SECTIONS(ndtri, bisect(&normal_cdf, x), 0.05, 0.95)

TEST(ndtri, KeepsDigitsInTheTail) {
  for (const double p : {1e-300, 1e-100, 1e-20, 1e-5, 0.01, 0.2}) {
    const double x = math::ndtri(constant(p, float64)).item<double>();
    EXPECT_NEAR(normal_cdf(x) / p, 1.0, 2e-13) << p;
  }
}

TEST(erfcinv, Values) {
  EXPECT_TRUE(has_values(math::erfcinv(constant({0.5, 1.0, 1.5}, float64)), {3},
                         {0.4769362762044699, 0, -0.4769362762044699}, {1e-14, 1e-16}));
}

}  // namespace
}  // namespace saem
