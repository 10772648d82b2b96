// stop_gradient, prevent_gradient; floor 5 of 5: what must be true.
#include <saem/autodiff/forward.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/stop_gradient.hpp>

#include "support/op_test.hpp"

namespace saem {
namespace {

using testing::error_of;
using testing::has_values;
using testing::identical;
using testing::sample;
using testing::scattered;

void expect_same_elements(Tensor (*op)(const Tensor&)) {
  for (const DType dtype : {bool_, int8, int64, half, float32, float64}) {
    for (const Shape& shape : {Shape{}, Shape{0, 3}, Shape{1}, Shape{3, 5}, Shape{300, 70}}) {
      const Tensor x = sample(shape, dtype, 0, 2);
      EXPECT_TRUE(identical(op(scattered(x)), x));
    }
  }
}

TEST(stop_gradient, Values) {
  const Tensor x = constant({1.0, 2.0}, float64);
  EXPECT_TRUE(identical(stop_gradient(x), x));
  EXPECT_EQ(stop_gradient(x).data(), x.data()) << "a view";
  GradientTape tape{{.persistent = true}};
  tape.watch(x);
  EXPECT_FALSE(tape.gradient(stop_gradient(x), x).defined());
  EXPECT_TRUE(has_values(tape.gradient(x * stop_gradient(x), x), {2}, {1.0, 2.0}));
  const ForwardAccumulator accumulator(x, ones_like(x));
  EXPECT_FALSE(accumulator.jvp(stop_gradient(x)).defined());
}

TEST(stop_gradient, Types) { expect_same_elements(stop_gradient); }

TEST(stop_gradient, Errors) {
  EXPECT_THAT(error_of<ValueError>([] { (void)stop_gradient(Tensor()); }),
              ::testing::HasSubstr("this tensor is undefined (None)"));
}

TEST(prevent_gradient, Values) {
  const Tensor x = constant({1.0, 2.0}, float64);
  EXPECT_TRUE(identical(prevent_gradient(x), x));
  EXPECT_EQ(prevent_gradient(x).data(), x.data()) << "a view";
}

TEST(prevent_gradient, Types) {
  expect_same_elements([](const Tensor& x) { return prevent_gradient(x); });
}

TEST(prevent_gradient, Gradient) {
  const Tensor x = constant(2.0);
  GradientTape tape;
  tape.watch(x);
  const Tensor y = prevent_gradient(x) * 3.0;
  EXPECT_EQ(error_of<ValueError>([&] { (void)tape.gradient(y, x); }),
            "prevent_gradient: a gradient was asked for");
  const ForwardAccumulator accumulator(x, constant(1.0));
  EXPECT_EQ(error_of<ValueError>([&] { (void)prevent_gradient(x); }),
            "prevent_gradient: a gradient was asked for");
}

TEST(prevent_gradient, Options) {
  const Tensor x = constant(2.0);
  GradientTape tape;
  tape.watch(x);
  const Tensor y = prevent_gradient(x, {.message = "the rule is not known"});
  EXPECT_EQ(error_of<ValueError>([&] { (void)tape.gradient(y, x); }),
            "prevent_gradient: a gradient was asked for: the rule is not known");
}

TEST(prevent_gradient, Errors) {
  EXPECT_THAT(error_of<ValueError>([] { (void)prevent_gradient(Tensor()); }),
              ::testing::HasSubstr("this tensor is undefined (None)"));
}

}  // namespace
}  // namespace saem
