// cast; floor 5 of 5: what must be true.
#include <cmath>
#include <limits>
#include <saem/autodiff/forward.hpp>
#include <saem/ops/cast.hpp>

#include "core/dispatch.hpp"
#include "ops/pointwise.hpp"

namespace saem {
namespace {

using namespace saem::testing;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

std::vector<DType> every_dtype() {
  std::vector<DType> dtypes = numeric();
  dtypes.push_back(bool_);
  return dtypes;
}

TEST(cast, Values) {
  EXPECT_TRUE(has_values(cast(constant({1.8, -1.8, 0.0}), int32), {3}, {1, -1, 0}));
  EXPECT_TRUE(has_values(cast(constant({0.0, -0.5, kNaN}), bool_), {3}, {0, 1, 1}));
  EXPECT_TRUE(has_values(cast(constant({true, false}), float32), {2}, {1, 0}));
  // Integers wrap around.
  EXPECT_TRUE(has_values(cast(constant({300, -1, 128}), uint8), {3}, {44, 255, 128}));
  EXPECT_TRUE(has_values(cast(constant({300, -1, 128}), int8), {3}, {44, -1, -128}));
  // 64-bit integers do not pass through floating point.
  EXPECT_EQ(cast(constant(std::int64_t{9007199254740993}), uint64).item<std::uint64_t>(),
            9007199254740993u);
  // Half precision rounds to nearest, ties to even: 2049 lies between 2048 and 2050.
  EXPECT_TRUE(
      has_values(cast(constant({2049.0, 2051.0, 70000.0}), half), {3}, {2048, 2052, kInfinity}));
  EXPECT_TRUE(has_values(cast(constant({257.0, 259.0}), DType::kBFloat16), {2}, {256, 260}));
  // float8, bits of ml_dtypes: doubles are rounded once, e4m3fn has no infinity.
  EXPECT_TRUE(
      has_values(cast(constant({0.3, 464.0, 1e-3, 1 + 0x1p-4 + 0x1p-40, kInfinity}, float64),
                      dtypes::float8_e4m3fn),
                 {5}, {0.3125, 448, 0.001953125, 1.125, kNaN}));
  EXPECT_TRUE(has_values(cast(constant({0.3, 464.0, 1e-3, kInfinity}), dtypes::float8_e5m2), {4},
                         {0.3125, 448, 0.0009765625, kInfinity}));
  // Complex numbers drop their imaginary part, also on the way to bool.
  using Complex = std::complex<double>;
  const Tensor z = constant({Complex(1.5, 2), Complex(0, 2)});
  EXPECT_TRUE(has_values(cast(z, float32), {2}, {1.5, 0}));
  EXPECT_TRUE(has_values(cast(z, int32), {2}, {1, 0}));
  EXPECT_TRUE(has_values(cast(z, bool_), {2}, {1, 0}));
  EXPECT_TRUE(has_values(cast(z, complex64), {2}, {1.5, 2, 0, 2}));
  EXPECT_TRUE(has_values(cast(constant({true, false}), complex64), {2}, {1, 0, 0, 0}));
  const Tensor x = constant({1.0});
  EXPECT_EQ(cast(x, float32).data(), x.data());  // nothing to do: the same tensor
}

// Whatever does not fit ends at the integer's range; long enough for whole vectors on every target.
TEST(cast, Saturates) {
  for (const DType from : {float32, float64, half}) {
    const Tensor pattern =
        cast(constant({kNaN, kInfinity, -kInfinity, 1e30, -1e30, 2.9, -2.9}, float64), from);
    std::vector<double> repeated;
    for (int i = 0; i < 10; ++i) {
      for (const double value : values_of(pattern)) repeated.push_back(value);
    }
    const Tensor x = cast(constant(repeated), from);
    for (const DType to : kIntegers) {
      SCOPED_TRACE(std::string(from.name()) + " to " + std::string(to.name()));
      dispatch(to, [&]<class T>(Type<T>) {
        if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
          constexpr T kMost = std::numeric_limits<T>::max();
          constexpr T kLeast = std::numeric_limits<T>::min();
          const T expected[] = {
              0, kMost, kLeast, kMost, kLeast, 2, std::is_signed_v<T> ? static_cast<T>(-2) : T{0}};
          const Tensor result = cast(x, to);
          for (std::size_t i = 0; i < repeated.size(); ++i) {
            EXPECT_EQ(result(i).item<T>(), expected[i % 7]) << repeated[i];
          }
        }
      });
    }
  }
}

TEST(cast, Gradient) {
  // Between floating-point dtypes the gradient goes back in the input's own dtype.
  const Tensor x = constant({1.0, 2.0}, float64);
  GradientTape tape{{.persistent = true}};
  tape.watch(x);
  const Tensor y = cast(x, float32) * 3;
  const Tensor through_integers = cast(cast(x, int32), float64);
  EXPECT_TRUE(near(tape.gradient(y, x), constant({3.0, 3.0}, float64)));
  EXPECT_FALSE(tape.gradient(through_integers, x).defined());
  const ForwardAccumulator accumulator(x, constant({1.0, 10.0}, float64));
  EXPECT_TRUE(near(accumulator.jvp(cast(x, float32)), constant({1.0, 10.0}, float32)));
  GradientTape outer;
  outer.watch(x);
  GradientTape inner;
  inner.watch(x);
  const Tensor narrow = cast(x, float32);
  const Tensor first = inner.gradient(narrow * narrow * narrow, x);
  EXPECT_TRUE(near(outer.gradient(first, x), constant({6.0, 12.0}, float64)));
}

TEST(cast, TheSameDtypeIsACopy) {
  for (const DType dtype : every_dtype()) {
    const Tensor x = testing::scattered(sample_for({3, 5}, dtype, 0, 9));
    const Tensor same = apply_one(*find_op("cast"), {x}, CastOptions{dtype});
    EXPECT_TRUE(testing::identical(same, x.contiguous())) << dtype.name();
  }
}

TEST(cast, Types) {
  for (const DType from : every_dtype()) {
    for (const DType to : every_dtype()) {
      for (const Shape& shape : kShapes) {
        SCOPED_TRACE(std::string(from.name()) + " to " + std::string(to.name()) + " " +
                     shape.to_string());
        const Tensor x = sample_for(shape, from, to.is_unsigned() ? 0 : -9, 9);
        std::vector<double> expected = values_of(x);
        if (!to.is_floating()) {
          for (double& value : expected) value = to.is_bool() ? value != 0 : std::trunc(value);
        }
        const Tensor result = cast(x, to);
        EXPECT_EQ(result.dtype(), to);
        EXPECT_TRUE(near(cast(result, float64), constant(expected, shape),
                         to.is_floating() ? tolerance_of(to) : Tolerance{}));
        EXPECT_TRUE(identical(cast(scattered(x), to), result));
      }
    }
  }
}

TEST(cast, TypesThatAreStoredOnly) {
  for (const DType from : {dtypes::float8_e4m3fn, dtypes::float8_e5m2, complex64, complex128}) {
    for (const DType to : {bool_, uint8, int64, half, float32, float64, dtypes::float8_e4m3fn,
                           dtypes::float8_e5m2, complex64, complex128}) {
      for (const Shape& shape : kShapes) {
        SCOPED_TRACE(std::string(from.name()) + " to " + std::string(to.name()) + " " +
                     shape.to_string());
        const Tensor exact = cast(sample(shape, int32, 0, 9), float64);  // whole: exact everywhere
        const Tensor x = cast(exact, from);
        const Tensor expected = to.is_bool() ? cast(exact, bool_) : exact;
        EXPECT_TRUE(near(cast(cast(x, to), float64), cast(expected, float64), {}));
        EXPECT_TRUE(identical(cast(scattered(x), to), cast(x, to)));
      }
    }
  }
}

TEST(cast, Options) {
  EXPECT_EQ(cast(constant({1}), float64).dtype(), float64);
  EXPECT_EQ(cast(constant({1}), int8).dtype(), int8);
}

TEST(cast, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { cast(constant({1}), DType()); }),
            "cast: needs a dtype to cast to, such as tf::float32");
}

}  // namespace
}  // namespace saem
