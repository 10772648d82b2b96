// bessel_i0, bessel_i1, bessel_i0e, bessel_i1e; floor 5 of 5: what must be true. Values are
// TensorFlow's.
#include <cmath>
#include <limits>
#include <saem/ops/bessel.hpp>

#include "ops/pointwise.hpp"

namespace saem {
namespace {

using namespace saem::testing;

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

TEST(bessel_i0, Values) {
  const Tensor x = constant({0.0, 1.0, -2.0, 10.0, 30.0}, float64);
  EXPECT_TRUE(has_values(
      math::bessel_i0(x), {5},
      {1.0, 1.2660658777520082, 2.279585302336067, 2815.7166284662544, 781672297823.9774},
      {1e-13, 1e-15}));
}

SAEM_UNARY_SECTIONS(bessel_i0, (std::cyl_bessel_i(0, std::abs(x))), -3, 3)

TEST(bessel_i1, Values) {
  const Tensor x = constant({0.0, 1.0, -2.0, 10.0, 30.0}, float64);
  EXPECT_TRUE(has_values(
      math::bessel_i1(x), {5},
      {0.0, 0.565159103992485, -1.5906368546373295, 2670.988303701255, 768532038938.9568},
      {1e-13, 1e-15}));
}

SAEM_UNARY_SECTIONS(bessel_i1, (std::copysign(std::cyl_bessel_i(1, std::abs(x)), x)), -3, 3)

TEST(bessel_i0e, Values) {
  const Tensor x = constant({0.0, 1.0, -2.0, 10.0, 100.0}, float64);
  EXPECT_TRUE(has_values(
      math::bessel_i0e(x), {5},
      {1.0, 0.46575960759364043, 0.308508322553671, 0.1278333371634286, 0.03994437929909669},
      {1e-13, 1e-15}));
}

SAEM_UNARY_SECTIONS(bessel_i0e, (std::exp(-std::abs(x)) * std::cyl_bessel_i(0, std::abs(x))), -3, 3)

TEST(bessel_i1e, Values) {
  const Tensor x = constant({0.0, 1.0, -2.0, 10.0, 100.0}, float64);
  EXPECT_TRUE(has_values(
      math::bessel_i1e(x), {5},
      {0.0, 0.20791041534970844, -0.2152692892489377, 0.12126268138445552, 0.039744153025130256},
      {1e-13, 1e-15}));
}

SAEM_UNARY_SECTIONS(bessel_i1e,
                    (std::copysign(std::exp(-std::abs(x)) * std::cyl_bessel_i(1, std::abs(x)), x)),
                    -3, 3)

TEST(bessel_i0, BothSeriesMeet) {
  for (const double x : {29.999999, 30.000001, 100.0, 700.0}) {
    const Tensor at = constant({x}, float64);
    const double exact0 = std::cyl_bessel_i(0, x);
    const double exact1 = std::cyl_bessel_i(1, x);
    EXPECT_TRUE(has_values(math::bessel_i0(at), {1}, {exact0}, {1e-12, 0}));
    EXPECT_TRUE(has_values(math::bessel_i1(at), {1}, {exact1}, {1e-12, 0}));
  }
}

TEST(bessel_i1, HasASlopeAtZero) {
  const Tensor zero = constant({0.0}, float64);
  GradientTape tape{{.persistent = true}};
  tape.watch(zero);
  EXPECT_TRUE(has_values(tape.gradient(math::bessel_i1(zero), zero), {1}, {0.5}));
  EXPECT_TRUE(has_values(tape.gradient(math::bessel_i1e(zero), zero), {1}, {0.5}));
}

}  // namespace
}  // namespace saem
