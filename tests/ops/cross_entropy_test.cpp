// softmax_cross_entropy_with_logits, sparse_softmax_cross_entropy_with_logits, their backwards and
// sigmoid_cross_entropy_with_logits; floor 5 of 5: proof. Reference numbers: TensorFlow 2.21.
#include <algorithm>
#include <cmath>
#include <limits>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/cross_entropy.hpp>
#include <saem/ops/gather.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/softmax.hpp>
#include <saem/ops/transpose.hpp>
#include <saem/ops/unary_arith.hpp>

#include "ops/pointwise.hpp"

namespace saem {
namespace {

using namespace testing;  // NOLINT: a test file

constexpr double kInfinity = std::numeric_limits<double>::infinity();

const std::vector<Shape> kRows = {{1}, {7}, {3, 5, 2}, {0, 4}, {3, 37}, {2, 9001}, {900, 70}};

Tensor dense(const Tensor& labels, const Tensor& logits) {
  return nn::softmax_cross_entropy_with_logits(labels, logits);
}
Tensor sparse(const Tensor& labels, const Tensor& logits) {
  return nn::sparse_softmax_cross_entropy_with_logits(labels, logits);
}
Tensor call_op(const std::string& name, const Tensor& a, const Tensor& b, const Tensor& c) {
  (void)all_ops();
  return apply_one(*find_op(name), {a, b, c});
}

Shape rows_of(const Shape& shape) { return {shape.begin(), shape.end() - 1}; }

/// Distributions along the last axis.
Tensor distributions(const Shape& shape, DType dtype) {
  return nn::softmax(sample(shape, dtype, -2, 2, 5));
}

/// Class numbers for rows of `shape`.
Tensor classes(const Shape& shape) {
  const double count = static_cast<double>(shape[shape.rank() - 1]);
  return cast(sample(rows_of(shape), float64, 0, count, 6), int64);
}

/// log(sum(exp(x))) and softmax of one row in double.
double softmax_row(const double* x, std::int64_t n, double* y) {
  const double highest = *std::max_element(x, x + n);
  double sum = 0;
  for (std::int64_t i = 0; i < n; ++i) sum += y[i] = std::exp(x[i] - highest);
  for (std::int64_t i = 0; i < n; ++i) y[i] /= sum;
  return highest + std::log(sum);
}

struct Expected {
  std::vector<double> loss;
  std::vector<double> slope;  ///< of each row's loss, times its gradient
};

Expected by_rows(const Tensor& labels, const Tensor& logits, const Tensor& gradient) {
  const std::vector<double> p = values_of(labels);
  const std::vector<double> x = values_of(logits);
  const std::vector<double> d = values_of(gradient);
  Expected expected{{}, std::vector<double>(x.size())};
  const std::int64_t n = logits.shape(-1);
  for (std::size_t row = 0; row < d.size(); ++row) {
    const std::size_t begin = row * static_cast<std::size_t>(n);
    double* slope = &expected.slope[begin];
    const double normalizer = softmax_row(&x[begin], n, slope);
    double loss = 0;
    double mass = 0;
    for (std::int64_t i = 0; i < n; ++i) {
      const std::size_t at = begin + static_cast<std::size_t>(i);
      loss += p[at] * (normalizer - x[at]);
      mass += p[at];
    }
    for (std::int64_t i = 0; i < n; ++i) {
      slope[i] = (slope[i] * mass - p[begin + static_cast<std::size_t>(i)]) * d[row];
    }
    expected.loss.push_back(loss);
  }
  return expected;
}

Tolerance loose(DType dtype) {
  Tolerance tolerance = tolerance_of(dtype);
  return {tolerance.relative * 4, tolerance.absolute * 4};
}

/// Forward and backward, with labels as distributions or as class numbers.
void expect_types(bool with_classes, bool backward) {
  for (const DType dtype : kFloating) {
    for (const Shape& shape : kRows) {
      SCOPED_TRACE(std::string(dtype.name()) + shape.to_string());
      const Tensor logits = sample(shape, dtype, -8, 8);
      const Tensor numbers = classes(shape);
      const Tensor labels = with_classes
                                ? one_hot(numbers, shape[shape.rank() - 1], {.dtype = dtype})
                                : distributions(shape, dtype);
      const Tensor gradient = sample(rows_of(shape), dtype, 0.5, 1.5, 9);
      const Tensor& given = with_classes ? numbers : labels;
      const Expected expected = by_rows(labels, logits, gradient);
      const std::string grad =
          with_classes ? "sparse_softmax_cross_entropy_grad" : "softmax_cross_entropy_grad";
      const auto run = [&](const Tensor& a, const Tensor& b, const Tensor& c) {
        return backward ? call_op(grad, a, b, c) : with_classes ? sparse(a, b) : dense(a, b);
      };
      const Tensor result = run(given, logits, gradient);
      const Tensor exact =
          backward ? constant(expected.slope, shape) : constant(expected.loss, rows_of(shape));
      EXPECT_TRUE(near(result, cast(exact, dtype), loose(dtype)));
      EXPECT_TRUE(identical(run(scattered(given), scattered(logits), scattered(gradient)), result));
    }
  }
}

Tensor labels_2x3() { return constant({{0.2, 0.3, 0.5}, {1.0, 0.0, 0.0}}); }
Tensor logits_2x3() { return constant({{0.5, -1.0, 2.0}, {30.0, 0.0, -200.0}}); }

TEST(softmax_cross_entropy_with_logits, Values) {
  EXPECT_TRUE(has_values(dense(labels_2x3(), logits_2x3()), {2}, {1.4413113594055176, 0}));
  // No classes at all: a sum over nothing.
  EXPECT_TRUE(has_values(dense(zeros({2, 0}), zeros({2, 0})), {2}, {0, 0}));
  // As TensorFlow: 0 * inf, where a class of no probability has no weight either.
  EXPECT_TRUE(std::isnan(values_of(dense(constant({1.0, 0.0}), constant({0.0, -kInfinity})))[0]));
  EXPECT_TRUE(has_values(dense(constant({1.0, 0.0}), zeros({3, 2})), {3},
                         {std::log(2.0), std::log(2.0), std::log(2.0)}));  // broadcasts
}

TEST(softmax_cross_entropy_with_logits, Composition) {
  for (const DType dtype : kFloating) {
    for (const Shape& shape : {Shape{7}, Shape{3, 37}, Shape{2, 3, 5}}) {
      EXPECT_TRUE(kernel_equals_composition("softmax_cross_entropy_with_logits",
                                            {distributions(shape, dtype), sample(shape, dtype)}));
    }
  }
}

/// Labels need not sum to one: the gradient is that of the loss itself.
TEST(softmax_cross_entropy_with_logits, Gradient) {
  const Function function = [](const std::vector<Tensor>& in) { return dense(in[0], in[1]); };
  const std::vector<Tensor> inputs = {sample({2, 3}, float64, 0.1, 1), sample({2, 3})};
  EXPECT_TRUE(gradients_agree(function, inputs));
  EXPECT_TRUE(second_gradients_agree(function, inputs));
  const Tensor labels = labels_2x3();
  const Tensor logits = logits_2x3();
  GradientTape tape;
  tape.watch(labels);
  tape.watch(logits);
  const auto [dp, dx] = tape.gradient(dense(labels, logits), labels, logits);
  EXPECT_TRUE(has_values(
      dp, {2, 3}, {1.7413113117218018, 3.2413113117218018, 0.24131132662296295, 0, 30, 230}));
  EXPECT_TRUE(has_values(dx, {2, 3},
                         {-0.024709612131118774, -0.2608874440193176, 0.285597026348114, 0,
                          9.357622912219837e-14, 0}));
}

TEST(softmax_cross_entropy_with_logits, Types) { expect_types(false, false); }

TEST(softmax_cross_entropy_with_logits, Options) {
  const Tensor columns = nn::softmax_cross_entropy_with_logits(
      transpose(labels_2x3()), transpose(logits_2x3()), {.axis = 0});
  EXPECT_TRUE(identical(columns, dense(labels_2x3(), logits_2x3())));
  const Tensor labels = distributions({2, 4, 3}, float32);
  const Tensor logits = sample({2, 4, 3}, float32);
  const Tensor middle = nn::softmax_cross_entropy_with_logits(labels, logits, {.axis = 1});
  EXPECT_TRUE(
      near(middle, -reduce_sum(labels * nn::log_softmax(logits, {.axis = 1}), {.axis = 1})));
}

TEST(softmax_cross_entropy_with_logits, Errors) {
  const std::string name = "softmax_cross_entropy_with_logits: ";
  EXPECT_EQ(error_of<DTypeError>([] { (void)dense(zeros({2}), zeros({2}, int32)); }),
            name + "logits must be floating point, got int32; tf::cast them");
  EXPECT_EQ(error_of<DTypeError>([] { (void)dense(zeros({2}, int32), zeros({2})); }),
            name + "int32 and float32 do not mix; tf::cast one of them");
  EXPECT_THAT(error_of<ShapeError>([] { (void)dense(zeros({2}), zeros({3})); }),
              ::testing::StartsWith(name));
  EXPECT_THAT(error_of<ShapeError>([] { (void)dense(zeros({}), zeros({})); }),
              ::testing::StartsWith(name + "axis -1"));
  EXPECT_THAT(error_of<ShapeError>([] {
                (void)nn::softmax_cross_entropy_with_logits(zeros({2}), zeros({2}), {.axis = 1});
              }),
              ::testing::StartsWith(name + "axis 1"));
}

TEST(softmax_cross_entropy_grad, Values) {
  EXPECT_TRUE(has_values(
      call_op("softmax_cross_entropy_grad", constant({{1.0, 0.0}}), zeros({1, 2}), constant({3.0})),
      {1, 2}, {-1.5, 1.5}));
  EXPECT_EQ(error_of<ShapeError>([] {
              (void)call_op("softmax_cross_entropy_grad", zeros({2, 3}), zeros({2, 3}), zeros({3}));
            }),
            "softmax_cross_entropy_grad: the loss has shape (2,), its gradient (3,)");
}

TEST(softmax_cross_entropy_grad, Composition) {
  for (const DType dtype : kFloating) {
    EXPECT_TRUE(kernel_equals_composition(
        "softmax_cross_entropy_grad",
        {distributions({3, 37}, dtype), sample({3, 37}, dtype), sample({3}, dtype, -1, 1, 4)}));
  }
}

TEST(softmax_cross_entropy_grad, Gradient) {
  const Function function = [](const std::vector<Tensor>& in) {
    return call_op("softmax_cross_entropy_grad", in[0], in[1], in[2]);
  };
  EXPECT_TRUE(gradients_agree(
      function, {sample({2, 3}, float64, 0.1, 1), sample({2, 3}), sample({2}, float64, 1, 2)}));
}

TEST(softmax_cross_entropy_grad, Types) { expect_types(false, true); }

TEST(sparse_softmax_cross_entropy_with_logits, Values) {
  EXPECT_TRUE(has_values(sparse(constant({2, 0}), logits_2x3()), {2}, {0.24131132662296295, 0}));
  EXPECT_TRUE(has_values(sparse(constant(1), constant({1000.0, 0.0})), {}, {1000}));
}

TEST(sparse_softmax_cross_entropy_with_logits, Composition) {
  for (const DType dtype : kFloating) {
    EXPECT_TRUE(kernel_equals_composition("sparse_softmax_cross_entropy_with_logits",
                                          {classes({3, 37}), sample({3, 37}, dtype)}));
  }
}

TEST(sparse_softmax_cross_entropy_with_logits, Gradient) {
  const Tensor labels = constant({2, 0});
  const Function function = [&](const std::vector<Tensor>& in) { return sparse(labels, in[0]); };
  EXPECT_TRUE(gradients_agree(function, {sample({2, 3})}));
  EXPECT_TRUE(second_gradients_agree(function, {sample({2, 3})}));
  const Tensor logits = logits_2x3();
  GradientTape tape;
  tape.watch(logits);
  EXPECT_TRUE(has_values(
      tape.gradient(sparse(labels, logits), logits), {2, 3},
      {0.17529039084911346, 0.03911257162690163, -0.214402973651886, 0, 9.357622912219837e-14, 0}));
}

TEST(sparse_softmax_cross_entropy_with_logits, Types) {
  expect_types(true, false);
  const Tensor reference = sparse(constant({2, 0}), logits_2x3());
  for (const DType dtype : kIntegers) {  // any integer dtype names a class
    EXPECT_TRUE(identical(sparse(constant({2, 0}, dtype), logits_2x3()), reference));
  }
}

TEST(sparse_softmax_cross_entropy_with_logits, Errors) {
  const std::string name = "sparse_softmax_cross_entropy_with_logits: ";
  EXPECT_EQ(error_of<ValueError>([] {
              (void)sparse(constant({0, 3}), logits_2x3());
            }),
            name + "label 3 at position 1 is outside [0, 3)");
  EXPECT_EQ(error_of<ValueError>([] {
              (void)sparse(constant({-1, 0}), logits_2x3());
            }),
            name + "label -1 at position 0 is outside [0, 3)");
  EXPECT_EQ(error_of<DTypeError>([] {
              (void)sparse(constant({0.0, 1.0}), logits_2x3());
            }),
            name +
                "labels are class numbers and must be integers, got float32; for probabilities "
                "use softmax_cross_entropy_with_logits");
  EXPECT_EQ(error_of<ShapeError>([] {
              (void)sparse(constant({{0, 1}}), logits_2x3());
            }),
            name + "logits of shape (2, 3) need labels of shape (2,), got (1, 2)");
  EXPECT_EQ(error_of<ShapeError>([] { (void)sparse(constant(0), constant(1.0)); }),
            name + "logits need an axis of classes, got a scalar");
}

TEST(sparse_softmax_cross_entropy_grad, Values) {
  EXPECT_TRUE(has_values(call_op("sparse_softmax_cross_entropy_grad", constant({0}, int64),
                                 zeros({1, 2}), constant({3.0})),
                         {1, 2}, {-1.5, 1.5}));
  EXPECT_EQ(error_of<ValueError>([] {
              (void)call_op("sparse_softmax_cross_entropy_grad", constant({2}, int64),
                            zeros({1, 2}), ones({1}));
            }),
            "sparse_softmax_cross_entropy_grad: label 2 at position 0 is outside [0, 2)");
}

TEST(sparse_softmax_cross_entropy_grad, Composition) {
  for (const DType dtype : kFloating) {
    EXPECT_TRUE(kernel_equals_composition(
        "sparse_softmax_cross_entropy_grad",
        {classes({3, 37}), sample({3, 37}, dtype), sample({3}, dtype, -1, 1, 4)}));
  }
}

TEST(sparse_softmax_cross_entropy_grad, Gradient) {
  const Tensor labels = constant({2, 0}, int64);
  const Function function = [&](const std::vector<Tensor>& in) {
    return call_op("sparse_softmax_cross_entropy_grad", labels, in[0], in[1]);
  };
  EXPECT_TRUE(gradients_agree(function, {sample({2, 3}), sample({2}, float64, 1, 2)}));
}

TEST(sparse_softmax_cross_entropy_grad, Types) { expect_types(true, true); }

TEST(sigmoid_cross_entropy_with_logits, Values) {
  const Tensor labels = constant({1.0, 0.0, 0.3, 1.0});
  const Tensor logits = constant({1000.0, 1000.0, -0.7, -1000.0});
  EXPECT_TRUE(has_values(nn::sigmoid_cross_entropy_with_logits(labels, logits), {4},
                         {0, 1000, 0.6131860613822937, 1000}));
}

TEST(sigmoid_cross_entropy_with_logits, Composition) {
  for (const DType dtype : kFloating) {
    EXPECT_TRUE(kernel_equals_composition(
        "sigmoid_cross_entropy_with_logits",
        {sample({3, 37}, dtype, 0, 1, 2), sample({3, 37}, dtype, -4, 4)}));
  }
}

TEST(sigmoid_cross_entropy_with_logits, Gradient) {
  const Function function = [](const std::vector<Tensor>& in) {
    return nn::sigmoid_cross_entropy_with_logits(in[0], in[1]);
  };
  const std::vector<Tensor> inputs = {sample({2, 3}, float64, 0, 1, 2), sample({2, 3})};
  EXPECT_TRUE(gradients_agree(function, inputs));
  EXPECT_TRUE(second_gradients_agree(function, inputs));
  const Tensor logits = constant({1000.0, 1000.0, -0.7, -1000.0});
  GradientTape tape;
  tape.watch(logits);
  const Tensor loss = nn::sigmoid_cross_entropy_with_logits(constant({1.0, 0.0, 0.3, 1.0}), logits);
  EXPECT_TRUE(has_values(tape.gradient(loss, logits), {4}, {0, 1, 0.031812191009521484, -1}));
}

TEST(sigmoid_cross_entropy_with_logits, Types) {
  for (const DType dtype : kFloating) {
    for (const Shape& shape : kShapes) {
      SCOPED_TRACE(std::string(dtype.name()) + shape.to_string());
      const Tensor labels = sample(shape, dtype, 0, 1, 2);
      const Tensor logits = sample(shape, dtype, -8, 8);
      const std::vector<double> p = values_of(labels);
      std::vector<double> expected = values_of(logits);
      for (std::size_t i = 0; i < p.size(); ++i) {
        const double x = expected[i];
        expected[i] = std::max(x, 0.0) - x * p[i] + std::log1p(std::exp(-std::abs(x)));
      }
      const Tensor loss = nn::sigmoid_cross_entropy_with_logits(labels, logits);
      EXPECT_TRUE(near(loss, cast(constant(expected, shape), dtype), loose(dtype)));
      EXPECT_TRUE(identical(
          nn::sigmoid_cross_entropy_with_logits(scattered(labels), scattered(logits)), loss));
    }
  }
}

TEST(sigmoid_cross_entropy_with_logits, Errors) {
  const std::string name = "sigmoid_cross_entropy_with_logits: ";
  const auto sigmoid_of = [](const Tensor& labels, const Tensor& logits) {
    return [=] { (void)nn::sigmoid_cross_entropy_with_logits(labels, logits); };
  };
  EXPECT_EQ(error_of<ShapeError>(sigmoid_of(zeros({2}), zeros({3}))),
            name + "labels have shape (2,), logits (3,); they must be the same");
  EXPECT_EQ(error_of<DTypeError>(sigmoid_of(zeros({2}, float64), zeros({2}))),
            name + "float64 and float32 do not mix; tf::cast one of them");
  EXPECT_EQ(error_of<DTypeError>(sigmoid_of(zeros({2}, int32), zeros({2}, int32))),
            name + "logits must be floating point, got int32; tf::cast them");
}

}  // namespace
}  // namespace saem
