// reduce_sum, reduce_mean, reduce_max, reduce_min, reduce_prod, reduce_any, reduce_all;
// floor 5 of 5: proof. Reference numbers: TensorFlow 2.21.
#include <cmath>
#include <limits>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/broadcast.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/reshape.hpp>
#include <saem/ops/transpose.hpp>

#include "ops/pointwise.hpp"
#include "ops/reduction.hpp"

namespace saem {
namespace {

using namespace testing;  // NOLINT: a test file

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

Tensor matrix() { return constant({{1.0, -2.0, 3.0}, {4.0, 5.0, -6.0}}); }
Tensor none_of(DType dtype) { return zeros({0}, dtype); }
double only(const Tensor& x) { return values_of(x).at(0); }

/// Sums and products may lose a rounding error for each doubling; what was given exactly stays so.
Tolerance tolerance_for(DType dtype) {
  Tolerance tolerance = tolerance_of(dtype);
  if (dtype == float32) tolerance = {4e-6, 1e-4};
  if (dtype == float64) tolerance = {1e-12, 1e-10};
  return tolerance;
}

void expect_values(ReduceFunction reduce, double all_of_it, const std::vector<double>& columns,
                   const std::vector<double>& rows) {
  EXPECT_TRUE(has_values(reduce(matrix(), {}), {}, {all_of_it}));
  EXPECT_TRUE(has_values(reduce(matrix(), {.axis = 0}), {3}, columns));
  EXPECT_TRUE(has_values(reduce(matrix(), {.axis = -1}), {2}, rows));
}

void expect_options(ReduceFunction reduce, const Tensor& x) {
  const Tensor all = reduce(x, {});
  const Tensor columns = reduce(x, {.axis = 0});
  const Tensor rows = reduce(x, {.axis = 1});
  EXPECT_EQ(all.shape(), Shape{});
  EXPECT_EQ(columns.shape(), Shape({3}));
  EXPECT_EQ(rows.shape(), Shape({2}));
  EXPECT_TRUE(identical(reduce(x, {.axis = {1, -2}}), all));
  EXPECT_TRUE(identical(reduce(x, {.axis = 0, .keepdims = true}), reshape(columns, {1, 3})));
  EXPECT_TRUE(identical(reduce(x, {.axis = 1, .keepdims = true}), reshape(rows, {2, 1})));
  EXPECT_TRUE(identical(reduce(x, {.keepdims = true}), reshape(all, {1, 1})));
}

void expect_axis_errors(ReduceFunction reduce, const std::string& name, const Tensor& x) {
  EXPECT_THAT(error_of<ShapeError>([&] { (void)reduce(x, {.axis = 2}); }),
              ::testing::StartsWith(name + ": axis 2"));
  EXPECT_THAT(error_of<ShapeError>([&] {
                (void)reduce(x, {.axis = {0, -2}});
              }),
              ::testing::StartsWith(name + ": "));
}

void expect_number_errors(ReduceFunction reduce, const std::string& name) {
  expect_axis_errors(reduce, name, matrix());
  EXPECT_EQ(error_of<DTypeError>([&] { (void)reduce(constant({true}), {}); }),
            name + ": needs numbers, got bool; tf::cast it to tf::int32 to count");
}

void expect_bool_errors(ReduceFunction reduce, const std::string& name) {
  expect_axis_errors(reduce, name, zeros({2, 3}, bool_));
  EXPECT_EQ(error_of<DTypeError>([&] { (void)reduce(matrix(), {}); }),
            name + ": needs bool, got float32; compare it first, as in x != 0");
}

void expect_gradients(ReduceFunction reduce, const Tensor& x) {
  for (const ReduceOptions& options :
       {ReduceOptions{}, ReduceOptions{.axis = 0}, ReduceOptions{.axis = {0, 2}},
        ReduceOptions{.axis = 1, .keepdims = true}}) {
    SCOPED_TRACE(options.axis.to_string());
    const Function function = [&](const std::vector<Tensor>& in) {
      return reduce(in[0] * in[0], options);
    };
    EXPECT_TRUE(gradients_agree(function, {x}));
    EXPECT_TRUE(second_gradients_agree(function, {x}));
  }
}

void expect_composition(const std::string& op, const Tensor& x) {
  for (const bool keepdims : {false, true}) {
    for (const Axes& axis : {Axes({0, 1, 2}), Axes(0), Axes(1), Axes({0, 2})}) {
      SCOPED_TRACE(std::string(x.dtype().name()) + axis.to_string());
      EXPECT_TRUE(
          kernel_equals_composition(op, {x}, ReduceOptions{.axis = axis, .keepdims = keepdims}));
    }
  }
}

TEST(reduce_sum, Values) {
  expect_values(&reduce_sum, 5, {5, 3, -3}, {2, 3});
  EXPECT_EQ(only(reduce_sum(none_of(float32))), 0);
  EXPECT_TRUE(std::isnan(only(reduce_sum(constant({1.0, kNaN, 2.0})))));
  EXPECT_TRUE(std::isnan(only(reduce_sum(constant({kInfinity, -kInfinity})))));
  EXPECT_EQ(only(reduce_sum(constant({127, 127, 127}, int8))), 125);  // wraps
  EXPECT_EQ(only(reduce_sum(constant({2147483647, 1}))), -2147483648.0);
  // 2048 + 1 is not a float16: only a wider sum gets past it.
  EXPECT_EQ(only(reduce_sum(ones({4096}, half))), 4096);
  EXPECT_EQ(only(reduce_sum(ones({4096}, DType::kBFloat16))), 4096);
}

TEST(reduce_sum, Gradient) { expect_gradients(&reduce_sum, sample({2, 3, 2})); }

TEST(reduce_sum, Types) {
  for (const DType dtype : numeric()) {
    for (const ReductionCase& c : kReductions) {
      const double high = dtype.is_integer() ? 2 : 1;
      const Tensor x = sample_for(c.shape, dtype, -high, high);
      // Integers wrap: their sums are compared where they fit.
      if (dtype.is_integer() && dtype.size() == 1 && c.shape.size() > 50) continue;
      if (dtype.is_integer() && dtype.size() == 2 && c.shape.size() > 30000) continue;
      expect_reduction(&reduce_sum, x, c,
                       folded(
                           x, c.axis, [](double a, double b) { return a + b; }, 0),
                       tolerance_for(dtype));
    }
  }
}

TEST(reduce_sum, Options) { expect_options(&reduce_sum, matrix()); }
TEST(reduce_sum, Errors) { expect_number_errors(&reduce_sum, "reduce_sum"); }

TEST(reduce_sum, ViewsOfEveryKind) {
  const Tensor x = sample({6, 5}, float32);
  const Tensor backwards = x(slice(none, none, -2), slice(none, none, -1));
  const Tensor repeated = broadcast_to(sample({1, 5}, float32), {4, 5});
  for (const Tensor& view : {backwards, repeated, transpose(x), x(all, 1), x(3)}) {
    for (const Axes& axis : {Axes(), Axes(0), Axes(-1)}) {
      SCOPED_TRACE(view.shape().to_string() + axis.to_string());
      EXPECT_TRUE(
          near(reduce_sum(view, {.axis = axis}), reduce_sum(view.contiguous(), {.axis = axis})));
    }
  }
}

TEST(reduce_mean, Values) {
  expect_values(&reduce_mean, 0.8333333134651184, {2.5, 1.5, -1.5}, {0.6666666865348816, 1});
  EXPECT_TRUE(std::isnan(only(reduce_mean(none_of(float32)))));
  EXPECT_EQ(only(reduce_mean(none_of(int32))), 0);
  EXPECT_EQ(only(reduce_mean(none_of(uint8))), 0);
  EXPECT_TRUE(std::isnan(only(reduce_mean(constant({1.0, kNaN})))));
  EXPECT_EQ(only(reduce_mean(constant({7, -2, -2, -8}))), -1);  // -5 / 4, towards zero
  EXPECT_EQ(only(reduce_mean(constant({-7, -2, -2}))), -3);
  EXPECT_EQ(only(reduce_mean(constant({127, 127, 127}, int8))), 127);  // no overflow
  EXPECT_EQ(only(reduce_mean(constant({2147483647, 2147483647, 2147483647}))), 2147483647.0);
  EXPECT_EQ(only(reduce_mean(constant({255, 254}, uint8))), 254);
  EXPECT_EQ(only(reduce_mean(fill({4096}, 60000.0, {.dtype = half}))), 60000);
}

TEST(reduce_mean, Composition) {
  for (const DType dtype : numeric()) expect_composition("reduce_mean", sample({3, 4, 5}, dtype));
}

TEST(reduce_mean, Gradient) { expect_gradients(&reduce_mean, sample({2, 3, 2})); }

TEST(reduce_mean, Types) {
  for (const DType dtype : numeric()) {
    for (const ReductionCase& c : kReductions) {
      const Tensor x = sample_for(c.shape, dtype, -100, 100);
      std::vector<double> means = folded(
          x, c.axis, [](double a, double b) { return a + b; }, 0);
      const double count =
          static_cast<double>(x.size()) / std::max<double>(1, static_cast<double>(means.size()));
      for (double& mean : means) {
        mean /= count;
        if (dtype.is_integer()) mean = x.size() == 0 ? 0 : std::trunc(mean);
      }
      expect_reduction(&reduce_mean, x, c, means, tolerance_for(dtype));
    }
  }
}

TEST(reduce_mean, Options) { expect_options(&reduce_mean, matrix()); }
TEST(reduce_mean, Errors) { expect_number_errors(&reduce_mean, "reduce_mean"); }

TEST(reduce_max, Values) {
  expect_values(&reduce_max, 5, {4, 5, 3}, {3, 5});
  EXPECT_EQ(only(reduce_max(none_of(float32))), -kInfinity);
  EXPECT_EQ(only(reduce_max(none_of(half))), -kInfinity);
  EXPECT_EQ(only(reduce_max(none_of(int32))), -2147483648.0);
  EXPECT_EQ(only(reduce_max(none_of(uint8))), 0);
  for (const int length : {3, 100}) {  // wherever it stands, on vectors and off
    for (int at = 0; at < length; at += 7) {
      std::vector<float> values(static_cast<std::size_t>(length), 1.0f);
      values[static_cast<std::size_t>(at)] = std::numeric_limits<float>::quiet_NaN();
      EXPECT_TRUE(std::isnan(only(reduce_max(constant(values))))) << at;
      EXPECT_TRUE(std::isnan(only(reduce_min(constant(values))))) << at;
    }
  }
}

/// TensorFlow shares the gradient equally between ties.
TEST(reduce_max, Gradient) {
  expect_gradients(&reduce_max, sample({2, 3, 2}));
  const Tensor x = constant({{1.0, 3.0, 3.0}, {2.0, 2.0, 2.0}});
  GradientTape tape;
  tape.watch(x);
  const Tensor gradient = tape.gradient(reduce_max(x, {.axis = 1}), x);
  EXPECT_TRUE(has_values(gradient, {2, 3}, {0, 0.5, 0.5, 1 / 3.0, 1 / 3.0, 1 / 3.0}));
}

TEST(reduce_max, Types) {
  for (const DType dtype : numeric()) {
    for (const ReductionCase& c : kReductions) {
      const Tensor x = sample_for(c.shape, dtype, -100, 100);
      const double lowest = only(reduce_max(none_of(dtype)));
      expect_reduction(&reduce_max, x, c,
                       folded(
                           x, c.axis, [](double a, double b) { return std::max(a, b); }, lowest),
                       {});
    }
  }
}

TEST(reduce_max, Options) { expect_options(&reduce_max, matrix()); }
TEST(reduce_max, Errors) { expect_number_errors(&reduce_max, "reduce_max"); }

TEST(reduce_min, Values) {
  expect_values(&reduce_min, -6, {1, -2, -6}, {-2, -6});
  EXPECT_EQ(only(reduce_min(none_of(float32))), kInfinity);
  EXPECT_EQ(only(reduce_min(none_of(int8))), 127);
  EXPECT_EQ(only(reduce_min(none_of(uint8))), 255);
  EXPECT_EQ(only(reduce_min(constant({9007199254740993LL, 9007199254740992LL}))),
            9007199254740992.0);
}

TEST(reduce_min, Gradient) {
  expect_gradients(&reduce_min, sample({2, 3, 2}));
  const Tensor x = constant({1.0, 1.0, 3.0});
  GradientTape tape;
  tape.watch(x);
  EXPECT_TRUE(has_values(tape.gradient(reduce_min(x), x), {3}, {0.5, 0.5, 0}));
}

TEST(reduce_min, Types) {
  for (const DType dtype : numeric()) {
    for (const ReductionCase& c : kReductions) {
      const Tensor x = sample_for(c.shape, dtype, -100, 100);
      // 2^63 - 1 is no double; where there is nothing to fold, Values has looked already.
      if (x.size() == 0 && dtype.is_integer()) continue;
      expect_reduction(&reduce_min, x, c,
                       folded(
                           x, c.axis, [](double a, double b) { return std::min(a, b); }, kInfinity),
                       {});
    }
  }
}

TEST(reduce_min, Options) { expect_options(&reduce_min, matrix()); }
TEST(reduce_min, Errors) { expect_number_errors(&reduce_min, "reduce_min"); }

TEST(reduce_prod, Values) {
  expect_values(&reduce_prod, 720, {4, -10, -18}, {-6, -120});
  EXPECT_EQ(only(reduce_prod(none_of(float32))), 1);
  EXPECT_EQ(only(reduce_prod(none_of(int64))), 1);
  EXPECT_TRUE(std::isnan(only(reduce_prod(constant({0.0, kNaN})))));
  EXPECT_EQ(only(reduce_prod(constant({65535, 65535}, uint16))), 1);  // wraps
  EXPECT_EQ(only(reduce_prod(constant({2147483647, 2}))), -2);
}

TEST(reduce_prod, Composition) {
  for (const DType dtype : numeric()) {
    expect_composition("reduce_prod", sample_for({3, 2, 5}, dtype, -1.5, 1.5));
  }
}

TEST(reduce_prod, Gradient) {
  expect_gradients(&reduce_prod, sample({2, 3, 2}, float64, 0.5, 1.5));
  const Function product = [](const std::vector<Tensor>& in) { return reduce_prod(in[0]); };
  for (const Tensor& x : {constant({2.0, 0.0, 3.0}, float64), constant({0.0, 0.0, 3.0}, float64)}) {
    EXPECT_TRUE(gradients_agree(product, {x}));  // zeros divide nothing
    EXPECT_TRUE(second_gradients_agree(product, {x}));
  }
}

TEST(reduce_prod, Types) {
  for (const DType dtype : numeric()) {
    for (const ReductionCase& c : kReductions) {
      // Near one, so that thousands of factors neither overflow nor vanish; integers are ones.
      const Tensor x =
          dtype.is_integer() ? ones(c.shape, dtype) : sample(c.shape, dtype, 0.999, 1.001);
      Tolerance tolerance = tolerance_for(dtype);
      if (dtype.is_floating()) tolerance.relative = std::max(tolerance.relative, 2e-4);
      if (dtype == DType::kBFloat16 && x.size() > 1000) continue;  // 0.999 is not one of them
      expect_reduction(&reduce_prod, x, c,
                       folded(
                           x, c.axis, [](double a, double b) { return a * b; }, 1),
                       tolerance);
    }
  }
  const Tensor whole = sample_for({3, 4}, int32, -9, 9);
  EXPECT_TRUE(has_values(reduce_prod(whole, {.axis = 0}), {4},
                         folded(
                             whole, 0, [](double a, double b) { return a * b; }, 1)));
}

TEST(reduce_prod, Options) { expect_options(&reduce_prod, matrix()); }
TEST(reduce_prod, Errors) { expect_number_errors(&reduce_prod, "reduce_prod"); }

/// About three quarters of them true.
Tensor random_truths(const Shape& shape) { return cast(sample(shape, int32, -2, 6), bool_); }

Tensor truths() { return constant({{true, false, true}, {true, false, false}}); }

TEST(reduce_any, Values) {
  EXPECT_TRUE(has_values(reduce_any(truths(), {.axis = 0}), {3}, {1, 0, 1}));
  EXPECT_TRUE(has_values(reduce_any(zeros({2}, bool_)), {}, {0}));
  EXPECT_EQ(only(reduce_any(none_of(bool_))), 0);
}

TEST(reduce_any, Composition) { expect_composition("reduce_any", random_truths({3, 4, 5})); }

TEST(reduce_any, Types) {
  for (const ReductionCase& c : kReductions) {
    const Tensor x = cast(sample_for(c.shape, uint8, 0, 1.02), bool_);
    expect_reduction(&reduce_any, x, c,
                     folded(
                         x, c.axis, [](double a, double b) { return std::max(a, b); }, 0),
                     {});
  }
}

TEST(reduce_any, Options) { expect_options(&reduce_any, truths()); }
TEST(reduce_any, Errors) { expect_bool_errors(&reduce_any, "reduce_any"); }

TEST(reduce_all, Values) {
  EXPECT_TRUE(has_values(reduce_all(truths(), {.axis = 0}), {3}, {1, 0, 0}));
  EXPECT_TRUE(has_values(reduce_all(ones({2}, bool_)), {}, {1}));
  EXPECT_EQ(only(reduce_all(none_of(bool_))), 1);
}

TEST(reduce_all, Composition) { expect_composition("reduce_all", random_truths({3, 4, 5})); }

TEST(reduce_all, Types) {
  for (const ReductionCase& c : kReductions) {
    const Tensor x = cast(sample_for(c.shape, uint8, 0.98, 2), bool_);
    expect_reduction(&reduce_all, x, c,
                     folded(
                         x, c.axis, [](double a, double b) { return std::min(a, b); }, 1),
                     {});
  }
}

TEST(reduce_all, Options) { expect_options(&reduce_all, truths()); }
TEST(reduce_all, Errors) { expect_bool_errors(&reduce_all, "reduce_all"); }

}  // namespace
}  // namespace saem
