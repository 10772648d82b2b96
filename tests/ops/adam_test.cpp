// apply_adam, floor 5 of 5: what must be true.
#include <saem/autodiff/training.hpp>
#include <saem/ops/adam.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/cast.hpp>

#include "support/op_test.hpp"

namespace saem {
namespace {

using raw_ops::ApplyAdamOptions;
using testing::error_of;
using testing::has_values;
using testing::identical;
using testing::kernel_equals_composition;
using testing::near;
using testing::sample;
using testing::scattered;

/// var, m, v, then beta1_power, beta2_power, lr, beta1, beta2, epsilon, then grad.
std::vector<Tensor> inputs_of(const Shape& shape, DType dtype) {
  std::vector<Tensor> inputs{sample(shape, dtype), sample(shape, dtype, -1, 1, 2),
                             sample(shape, dtype, 0.1, 1, 3)};
  for (const double scalar : {0.75, 0.875, 0.125, 0.5, 0.75, 0.0625}) {
    inputs.push_back(constant(scalar, dtype));
  }
  inputs.push_back(sample(shape, dtype, -1, 1, 4));
  return inputs;
}

std::vector<Tensor> step(const std::vector<Tensor>& x, const ApplyAdamOptions& options = {}) {
  const auto [var, m, v] =
      raw_ops::apply_adam(x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7], x[8], x[9], options);
  return {var, m, v};
}

std::vector<Tensor> tensorflow_inputs() {
  return {constant({1.0, -2.0, 0.5}),
          constant({0.1, 0.2, -0.3}),
          constant({0.01, 0.04, 0.0}),
          constant(0.81),
          constant(0.998),
          constant(0.1),
          constant(0.9),
          constant(0.999),
          constant(1e-7),
          constant({0.5, -1.0, 2.0})};
}

TEST(apply_adam, Values) {
  const std::vector<Tensor> stepped = step(tensorflow_inputs());
  EXPECT_TRUE(has_values(stepped[0], {3}, {0.9674361, -2.0093040, 0.5260512}));
  EXPECT_TRUE(has_values(stepped[1], {3}, {0.14, 0.08, -0.07}));
  EXPECT_TRUE(has_values(stepped[2], {3}, {0.01024, 0.04096, 0.00399995}, {1e-5, 0.0}));
}

TEST(apply_adam, Composition) {
  for (const bool nesterov : {false, true}) {
    EXPECT_TRUE(kernel_equals_composition("apply_adam", inputs_of({7, 5}, float64),
                                          ApplyAdamOptions{nesterov}));
    EXPECT_TRUE(kernel_equals_composition("apply_adam", inputs_of({7, 5}, float32),
                                          ApplyAdamOptions{nesterov}));
  }
}

TEST(apply_adam, Types) {
  for (const Shape& shape : {Shape{}, Shape{0}, Shape{1}, Shape{3, 5}, Shape{300, 301}}) {
    const std::vector<Tensor> exact = step(inputs_of(shape, float64));
    for (const DType dtype : {half, DType(DType::kBFloat16), float32, float64}) {
      std::vector<Tensor> x = inputs_of(shape, dtype);
      const std::vector<Tensor> stepped = step(x);
      for (int k = 0; k < 3; ++k) {
        const auto at = static_cast<std::size_t>(k);
        EXPECT_EQ(stepped[at].dtype(), dtype);
        const double epsilon = testing::tolerance_of(dtype).relative;
        EXPECT_TRUE(near(cast(stepped[at], float64), exact[at], {4 * epsilon, 4 * epsilon}));
      }
      for (const std::size_t k : {0u, 1u, 2u, 9u}) x[k] = scattered(x[k]);
      EXPECT_TRUE(identical(step(x)[0], stepped[0]));
    }
  }
}

TEST(apply_adam, Options) {
  const std::vector<Tensor> stepped = step(tensorflow_inputs(), {.use_nesterov = true});
  EXPECT_TRUE(has_values(stepped[0], {3}, {0.9590625, -1.9967436, 0.4490139}));
}

TEST(apply_adam, Errors) {
  std::vector<Tensor> x = inputs_of({3}, float32);
  std::vector<Tensor> wrong = x;
  wrong[0] = constant({1, 2, 3});
  EXPECT_EQ(error_of<DTypeError>([&] { (void)step(wrong); }),
            "apply_adam: var must be floating point, got int32");
  wrong = x;
  wrong[9] = zeros({3}, float64);
  EXPECT_EQ(error_of<DTypeError>([&] { (void)step(wrong); }),
            "apply_adam: var is float32, grad is float64; tf::cast one of them");
  wrong = x;
  wrong[1] = zeros({2});
  EXPECT_EQ(error_of<ShapeError>([&] { (void)step(wrong); }),
            "apply_adam: m has shape (2,), but must have (3,)");
  wrong = x;
  wrong[5] = zeros({3});
  EXPECT_EQ(error_of<ShapeError>([&] { (void)step(wrong); }),
            "apply_adam: lr has shape (3,), but must have ()");
}

TEST(resource_apply_adam, StepsInPlace) {
  const std::vector<Tensor> x = tensorflow_inputs();
  const std::vector<Tensor> expected = step(x);
  const auto update = [&](const Variable& var, const Variable& m, const Variable& v) {
    raw_ops::resource_apply_adam(var, m, v, x[3], x[4], x[5], x[6], x[7], x[8], x[9]);
  };
  const Variable var{x[0] + 0.0};
  const Variable m{x[1] + 0.0};
  const Variable v{x[2] + 0.0};
  const void* where = var.value().data();
  update(var, m, v);
  EXPECT_TRUE(identical(var, expected[0]));
  EXPECT_TRUE(identical(m, expected[1]));
  EXPECT_TRUE(identical(v, expected[2]));
  if (var.device() == Device{}) {
    EXPECT_EQ(var.value().data(), where);
  }
  const Tensor held = var.value();  // somebody who read a value keeps it
  update(var, m, v);
  EXPECT_TRUE(identical(held, expected[0]));
  EXPECT_FALSE(identical(var, expected[0]));
}

TEST(resource_apply_adam, AnErrorChangesNothing) {
  const std::vector<Tensor> x = tensorflow_inputs();
  const Variable var{x[0] + 0.0};
  const Variable m{x[1] + 0.0};
  const Variable v{x[2] + 0.0};
  EXPECT_THROW(
      raw_ops::resource_apply_adam(var, m, v, x[3], x[4], x[5], x[6], x[7], x[8], zeros({2})),
      ShapeError);
  EXPECT_TRUE(identical(var, x[0]));
  EXPECT_TRUE(identical(m, x[1]));
}

}  // namespace
}  // namespace saem
