// softmax, log_softmax and their backwards; floor 5 of 5: proof. Reference numbers:
// TensorFlow 2.21.
#include <algorithm>
#include <cmath>
#include <limits>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/softmax.hpp>
#include <saem/ops/transpose.hpp>

#include "ops/pointwise.hpp"

namespace saem {
namespace {

using namespace testing;  // NOLINT: a test file

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

using SoftmaxFunction = Tensor (*)(const Tensor&, const nn::SoftmaxOptions&);

/// A row shorter than a vector, with whole vectors and a rest, of one element, none, no rows, many
/// rows, long rows.
const std::vector<Shape> kRows = {{1},    {7},     {3, 5, 2}, {0, 4},
                                  {4, 0}, {3, 37}, {2, 9001}, {900, 70}};

const Tensor& logits() {
  static const Tensor x = constant({{1.0, 2.0, 3.0}, {1000.0, -1000.0, 1000.0}});
  return x;
}

/// Rows with what is not finite: TensorFlow agrees but for NaN and +inf, which it lets stand beside
/// zeros.
Tensor edges() {
  return constant(std::vector<double>{kNaN, 1, -kInfinity, -kInfinity, kInfinity, 1, -kInfinity, 1},
                  Shape{4, 2}, float32);
}

Tensor call_op(const std::string& name, const Tensor& a, const Tensor& b) {
  (void)all_ops();
  return apply_one(*find_op(name), {a, b});
}

std::vector<double> row_by_row(
    const Tensor& x, const std::function<void(const double*, double*, std::int64_t)>& row) {
  const std::vector<double> values = values_of(x);
  std::vector<double> results(values.size());
  const std::int64_t n = x.shape(-1);
  for (std::int64_t i = 0; i < x.size(); i += n) row(&values[0] + i, &results[0] + i, n);
  return results;
}

void softmax_row(const double* x, double* y, std::int64_t n) {
  const double highest = *std::max_element(x, x + n);
  double sum = 0;
  for (std::int64_t i = 0; i < n; ++i) sum += y[i] = std::exp(x[i] - highest);
  for (std::int64_t i = 0; i < n; ++i) y[i] /= sum;
}

void expect_rows(SoftmaxFunction function, bool log) {
  for (const DType dtype : kFloating) {
    for (const Shape& shape : kRows) {
      SCOPED_TRACE(std::string(dtype.name()) + shape.to_string());
      const Tensor x = sample(shape, dtype, -8, 8);
      std::vector<double> expected = row_by_row(x, softmax_row);
      if (log) {
        for (double& value : expected) value = std::log(value);
      }
      EXPECT_TRUE(near(function(x, {}), cast(constant(expected, shape), dtype)));
      EXPECT_TRUE(identical(function(scattered(x), {}), function(x, {})));
    }
  }
}

void expect_errors(SoftmaxFunction function, const std::string& name) {
  EXPECT_EQ(error_of<DTypeError>([&] {
              (void)function(constant({1, 2}), {});
            }),
            name + ": needs floating point, got int32; tf::cast it to tf::float32");
  EXPECT_THAT(error_of<ShapeError>([&] { (void)function(logits(), {.axis = 2}); }),
              ::testing::StartsWith(name + ": axis 2"));
  EXPECT_THAT(error_of<ShapeError>([&] { (void)function(constant(1.0), {}); }),
              ::testing::StartsWith(name + ": axis -1"));
}

void expect_gradients(SoftmaxFunction function) {
  for (const int axis : {-1, 0}) {
    const Function at = [&](const std::vector<Tensor>& in) {
      return function(in[0], {.axis = axis});
    };
    EXPECT_TRUE(gradients_agree(at, {sample({2, 3})}));
    EXPECT_TRUE(second_gradients_agree(at, {sample({2, 3})}));
  }
}

void expect_composition(const std::string& op, int inputs) {
  for (const DType dtype : kFloating) {
    for (const Shape& shape : {Shape{7}, Shape{3, 37}, Shape{2, 3, 5}}) {
      SCOPED_TRACE(std::string(dtype.name()) + shape.to_string());
      std::vector<Tensor> arguments = {nn::softmax(sample(shape, dtype, -3, 3))};
      if (inputs == 2) arguments.push_back(sample(shape, dtype, -1, 1, 2));
      EXPECT_TRUE(kernel_equals_composition(op, arguments));
    }
  }
}

TEST(softmax, Values) {
  EXPECT_TRUE(has_values(nn::softmax(logits()), {2, 3},
                         {0.09003056585788727, 0.2447284758090973, 0.6652408838272095, 0.5, 0, 0.5},
                         {2e-7, 0}));
  EXPECT_TRUE(has_values(nn::softmax(edges()), {4, 2}, {kNaN, kNaN, kNaN, kNaN, kNaN, kNaN, 0, 1}));
}

TEST(softmax, Composition) { expect_composition("softmax", 1); }
TEST(softmax, Gradient) { expect_gradients(&nn::softmax); }
TEST(softmax, Types) { expect_rows(&nn::softmax, false); }

TEST(softmax, Options) {
  const Tensor x = sample({3, 4, 2}, float32);
  for (const int axis : {0, 1, 2, -1, -2, -3}) {
    EXPECT_TRUE(near(reduce_sum(nn::softmax(x, {.axis = axis}), {.axis = axis}),
                     ones_like(reduce_sum(x, {.axis = axis}))));
  }
  const Tensor columns = nn::softmax(constant({{1.0, 2.0}, {1000.0, -1000.0}}), {.axis = 0});
  EXPECT_TRUE(has_values(columns, {2, 2}, {0, 1, 1, 0}));
}

TEST(softmax, Errors) { expect_errors(&nn::softmax, "softmax"); }

TEST(log_softmax, Values) {
  EXPECT_TRUE(has_values(nn::log_softmax(logits()), {2, 3},
                         {-2.4076058864593506, -1.4076058864593506, -0.40760594606399536,
                          -0.6931471824645996, -2000.693115234375, -0.6931471824645996},
                         {3e-7, 0}));
  EXPECT_TRUE(has_values(nn::log_softmax(edges()), {4, 2},
                         {kNaN, kNaN, kNaN, kNaN, kNaN, kNaN, -kInfinity, 0}));
}

TEST(log_softmax, Composition) { expect_composition("log_softmax", 1); }
TEST(log_softmax, Gradient) { expect_gradients(&nn::log_softmax); }
TEST(log_softmax, Types) { expect_rows(&nn::log_softmax, true); }

TEST(log_softmax, Options) {
  const Tensor x = sample({3, 4}, float32);
  const Tensor columns = nn::log_softmax(x, {.axis = 0});
  EXPECT_TRUE(near(columns, transpose(nn::log_softmax(transpose(x)))));
  EXPECT_FALSE(near(columns, nn::log_softmax(x)));
}

TEST(log_softmax, Errors) { expect_errors(&nn::log_softmax, "log_softmax"); }

/// (dy - sum(dy y)) y and dy - exp(y) sum(dy), row by row in double.
void expect_backward(const std::string& op, bool log) {
  for (const DType dtype : kFloating) {
    for (const Shape& shape : kRows) {
      SCOPED_TRACE(std::string(dtype.name()) + shape.to_string());
      const Tensor x = sample(shape, dtype, -3, 3);
      const Tensor y = log ? nn::log_softmax(x) : nn::softmax(x);
      const Tensor dy = sample(shape, dtype, -1, 1, 2);
      const std::vector<double> outputs = values_of(y);
      std::vector<double> expected = values_of(dy);
      const std::int64_t n = shape[shape.rank() - 1];
      for (std::int64_t row = 0; row < shape.size(); row += n) {
        double sum = 0;
        for (std::int64_t i = row; i < row + n; ++i) {
          const auto at = static_cast<std::size_t>(i);
          sum += log ? expected[at] : expected[at] * outputs[at];
        }
        for (std::int64_t i = row; i < row + n; ++i) {
          const auto at = static_cast<std::size_t>(i);
          expected[at] =
              log ? expected[at] - std::exp(outputs[at]) * sum : (expected[at] - sum) * outputs[at];
        }
      }
      const Tensor dx = call_op(op, y, dy);
      Tolerance tolerance = tolerance_of(dtype);
      tolerance.absolute *= 4;  // differences of numbers near one
      EXPECT_TRUE(near(dx, cast(constant(expected, shape), dtype), tolerance));
      EXPECT_TRUE(identical(call_op(op, scattered(y), scattered(dy)), dx));
    }
  }
}

void expect_backward_gradients(const std::string& op) {
  const Function function = [&](const std::vector<Tensor>& in) {
    return call_op(op, in[0], in[1]);
  };
  EXPECT_TRUE(gradients_agree(function, {sample({2, 3}), sample({2, 3}, float64, -1, 1, 2)}));
  EXPECT_TRUE(
      second_gradients_agree(function, {sample({2, 3}), sample({2, 3}, float64, -1, 1, 2)}));
}

TEST(softmax_grad, Values) {
  EXPECT_TRUE(has_values(call_op("softmax_grad", constant({0.25, 0.75}), constant({1.0, 3.0})), {2},
                         {-0.375, 0.375}));
  EXPECT_EQ(error_of<ShapeError>([] { (void)call_op("softmax_grad", zeros({2}), zeros({3})); }),
            "softmax_grad: the output has shape (2,), its gradient (3,)");
}

TEST(softmax_grad, Composition) { expect_composition("softmax_grad", 2); }
TEST(softmax_grad, Gradient) { expect_backward_gradients("softmax_grad"); }
TEST(softmax_grad, Types) { expect_backward("softmax_grad", false); }

TEST(log_softmax_grad, Values) {
  EXPECT_TRUE(has_values(
      call_op("log_softmax_grad", constant({std::log(0.25), std::log(0.75)}), constant({1.0, 3.0})),
      {2}, {0, 0}, {0, 1e-6}));
}

TEST(log_softmax_grad, Composition) { expect_composition("log_softmax_grad", 2); }
TEST(log_softmax_grad, Gradient) { expect_backward_gradients("log_softmax_grad"); }
TEST(log_softmax_grad, Types) { expect_backward("log_softmax_grad", true); }

}  // namespace
}  // namespace saem
