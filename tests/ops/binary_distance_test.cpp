// squared_difference, atan2, nextafter; floor 5 of 5: what must be true. Values are TensorFlow's.
#include <cmath>
#include <limits>
#include <saem/ops/binary_distance.hpp>

#include "ops/pointwise.hpp"

namespace saem {
namespace {

using namespace saem::testing;

TEST(squared_difference, Values) {
  const Tensor x = constant({1.0, 2.0, 3.0}, float64);
  const Tensor y = constant({4.0, 2.0, -1.0}, float64);
  EXPECT_TRUE(has_values(squared_difference(x, y), {3}, {9, 0, 16}, {}));
  const Tensor least = constant({std::numeric_limits<int>::min()});
  EXPECT_TRUE(has_values(squared_difference(least, constant({1})), {1}, {1}));  // wraps around
}

TEST(squared_difference, Composition) {
  EXPECT_TRUE(kernel_equals_composition("squared_difference",
                                        {sample({3, 1}, float64), sample({4}, float64)}));
}

TEST(squared_difference, Gradient) {
  expect_binary_gradients([](const Tensor& x, const Tensor& y) { return squared_difference(x, y); },
                          -2, 2);
}

TEST(squared_difference, Types) {
  const auto exact = [](double x, double y) { return (x - y) * (x - y); };
  const auto op = [](const Tensor& x, const Tensor& y) { return squared_difference(x, y); };
  expect_binary(op, exact, numeric(), -5, 5);
}

TEST(squared_difference, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { squared_difference(constant({true}), constant({true})); }),
            "squared_difference: needs numbers, got bool; tf::cast it first");
}

TEST(atan2, Values) {
  const Tensor y = constant({1.0, -1.0, 0.0, -1.0, 2.0}, float64);
  const Tensor x = constant({1.0, 1.0, -1.0, 0.0, -3.0}, float64);
  EXPECT_TRUE(has_values(atan2(y, x), {5},
                         {0.7853981633974484, -0.7853981633974484, 3.141592653589793,
                          -1.5707963267948966, 2.5535900500422257},
                         {1e-15, 0}));
}

TEST(atan2, Gradient) {
  expect_binary_gradients([](const Tensor& y, const Tensor& x) { return atan2(y, x); }, 0.5, 2);
}

TEST(atan2, Types) {
  expect_binary([](const Tensor& y, const Tensor& x) { return atan2(y, x); },
                [](double y, double x) { return std::atan2(y, x); }, kFloating, 0.5, 2);
}

TEST(atan2, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { atan2(constant({1}), constant({1})); }),
            "atan2: needs floating point, got int32; tf::cast it to tf::float32");
}

TEST(nextafter, Values) {
  const Tensor x = constant({1.0, 1.0, 0.0}, float64);
  const Tensor y = constant({2.0, 0.0, 1.0}, float64);
  EXPECT_TRUE(
      has_values(math::nextafter(x, y), {3}, {1.0000000000000002, 0.9999999999999999, 5e-324}, {}));
}

TEST(nextafter, Gradient) {  // TensorFlow's: one for the number, zero for the direction
  const Tensor x = constant({1.0, 2.0}, float64);
  const Tensor y = constant({{3.0}}, float64);
  GradientTape tape;
  tape.watch(x);
  tape.watch(y);
  const std::vector<Tensor> sources = {x, y};
  const auto gradients = tape.gradient(math::nextafter(x, y), sources);
  EXPECT_TRUE(has_values(gradients[0], {2}, {1, 1}));
  EXPECT_TRUE(has_values(gradients[1], {1, 1}, {0}));
}

TEST(nextafter, Types) {
  const Tensor x = sample({70001}, float32);
  const Tensor y = sample({70001}, float32, -2, 2, 2);
  const Tensor next = math::nextafter(x, y);
  const Tensor from = x.cpu();
  const Tensor to = y.cpu();
  const Tensor found = next.cpu();
  for (std::size_t i = 0; i < 1000; ++i) {
    EXPECT_EQ(found.span<float>()[i], std::nextafter(from.span<float>()[i], to.span<float>()[i]));
  }
  EXPECT_TRUE(identical(math::nextafter(scattered(x), y), next));
  EXPECT_EQ(math::nextafter(zeros({0}), zeros({0})).shape(), Shape({0}));
  EXPECT_EQ(math::nextafter(zeros({}, float64), ones({}, float64)).item<double>(), 5e-324);
}

TEST(nextafter, Errors) {
  const Tensor x = cast(constant({1.0}), half);
  EXPECT_EQ(error_of<DTypeError>([&] { math::nextafter(x, x); }),
            "nextafter: needs float32 or float64, got float16; tf::cast it");
}

}  // namespace
}  // namespace saem
