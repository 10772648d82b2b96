// bincount, confusion_matrix, histogram_fixed_width, histogram_fixed_width_bins; floor 5 of 5:
// proof. Reference numbers: TensorFlow 2.21.
#include <limits>
#include <saem/ops/histogram.hpp>
#include <saem/ops/reduce.hpp>

#include "ops/pointwise.hpp"

namespace saem {
namespace {

using namespace testing;  // NOLINT: a test file
using math::bincount;
using math::confusion_matrix;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST(bincount, Values) {
  const Tensor x = constant({1, 1, 3});
  EXPECT_TRUE(has_values(bincount(x), {4}, {0, 2, 0, 1}));
  EXPECT_TRUE(has_values(bincount(constant({{1, 1}, {3, 0}})), {4}, {1, 2, 0, 1}));
  EXPECT_TRUE(has_values(bincount(constant(3)), {4}, {0, 0, 0, 1}));
}

TEST(bincount, Gradient) {
  const Tensor x = constant({1, 0, 1});
  const Function function = [&](const std::vector<Tensor>& in) {
    const Tensor counts = bincount(x, {.weights = in[0]});
    return counts * counts;
  };
  EXPECT_TRUE(gradients_agree(function, {sample({3})}));
  EXPECT_TRUE(second_gradients_agree(function, {sample({3})}));
}

TEST(bincount, Types) {
  for (const DType dtype : {int32, int64}) {
    for (const Shape& shape : kShapes) {
      const Tensor x = sample_for(shape, dtype, 0, 50);
      std::vector<double> expected;
      for (const double value : values_of(x)) {
        const auto at = static_cast<std::size_t>(value);
        if (at >= expected.size()) expected.resize(at + 1);
        ++expected[at];
      }
      const Shape counts{static_cast<std::int64_t>(expected.size())};
      EXPECT_TRUE(has_values(bincount(x), counts, expected)) << shape;
      EXPECT_TRUE(has_values(bincount(scattered(x)), counts, expected)) << shape;
    }
  }
}

TEST(bincount, Options) {
  const Tensor x = constant({1, 1, 3});
  EXPECT_TRUE(has_values(bincount(x, {.minlength = 6}), {6}, {0, 2, 0, 1, 0, 0}));
  EXPECT_TRUE(has_values(bincount(x, {.maxlength = 2}), {2}, {0, 2}));
  const Tensor weights = constant({0.5, 1.0, 2.0});
  EXPECT_TRUE(has_values(bincount(x, {.weights = weights}), {4}, {0, 1.5, 0, 2}));
  EXPECT_EQ(bincount(x).dtype(), int32);
  EXPECT_EQ(bincount(x, {.dtype = float32}).dtype(), float32);
  EXPECT_TRUE(has_values(bincount(x, {.binary_output = true}), {4}, {0, 1, 0, 1}));
  const Tensor rows = constant({{1, 1}, {3, 0}});
  EXPECT_TRUE(has_values(bincount(rows, {.axis = 0}), {4}, {1, 2, 0, 1}));
  EXPECT_TRUE(has_values(bincount(rows, {.axis = -1}), {2, 4}, {0, 2, 0, 0, 1, 0, 0, 1}));
  EXPECT_TRUE(has_values(bincount(rows, {.maxlength = 2, .axis = -1}), {2, 2}, {0, 2, 1, 0}));
  EXPECT_TRUE(has_values(bincount(rows, {.axis = -1, .binary_output = true}), {2, 4},
                         {0, 1, 0, 0, 1, 0, 0, 1}));
}

TEST(bincount, Errors) {
  const Tensor x = constant({1, 1});
  EXPECT_EQ(error_of<DTypeError>([] { (void)bincount(constant({1.0})); }),
            "bincount: arr must be int32 or int64, got float32; tf::cast it");
  EXPECT_EQ(error_of<ValueError>([] { (void)bincount(constant({-1})); }),
            "bincount: -1 is negative and has no count");
  EXPECT_EQ(error_of<ShapeError>([&] { (void)bincount(x, {.weights = ones({1})}); }),
            "bincount: weights have shape (1,), what they weigh (2,)");
  EXPECT_EQ(error_of<ValueError>(
                [&] { (void)bincount(x, {.weights = ones({2}), .binary_output = true}); }),
            "bincount: binary_output and weights exclude each other; leave out one");
  EXPECT_EQ(error_of<ValueError>([&] { (void)bincount(x, {.axis = 1}); }),
            "bincount: axis is 1; only 0 and -1 can be counted along");
  EXPECT_EQ(error_of<ShapeError>([&] { (void)bincount(constant(1), {.axis = -1}); }),
            "bincount: with axis = -1 needs rank 1 or 2, got shape ()");
  EXPECT_EQ(error_of<ValueError>([&] { (void)bincount(x, {.minlength = -2}); }),
            "bincount: a length is -2; it must not be negative");
}

TEST(confusion_matrix, Values) {
  std::vector<double> expected(25);
  expected[7] = expected[12] = expected[24] = 1;
  EXPECT_TRUE(
      has_values(confusion_matrix(constant({1, 2, 4}), constant({2, 2, 4})), {5, 5}, expected));
  EXPECT_EQ(confusion_matrix(zeros({0}, int32), zeros({0}, int32)).shape(), Shape({0, 0}));
}

TEST(confusion_matrix, Gradient) {
  const Function function = [](const std::vector<Tensor>& in) {
    return confusion_matrix(constant({0, 1, 1}), constant({1, 1, 1}),
                            {.weights = in[0] * in[0], .dtype = float64});
  };
  EXPECT_TRUE(gradients_agree(function, {sample({3})}));
}

TEST(confusion_matrix, Types) {
  for (const DType dtype : {int32, int64}) {
    const Tensor labels = sample_for({5001}, dtype, 0, 3.9, 1);
    const Tensor predictions = sample_for({5001}, dtype, 0, 3.9, 2);
    std::vector<double> expected(16);
    const std::vector<double> l = values_of(labels);
    const std::vector<double> p = values_of(predictions);
    for (std::size_t i = 0; i < l.size(); ++i)
      ++expected[static_cast<std::size_t>(4 * l[i] + p[i])];
    EXPECT_TRUE(has_values(confusion_matrix(labels, predictions), {4, 4}, expected));
    EXPECT_TRUE(
        has_values(confusion_matrix(scattered(labels), scattered(predictions)), {4, 4}, expected));
  }
}

TEST(confusion_matrix, Options) {
  const Tensor labels = constant({1, 0});
  const Tensor predictions = constant({1, 1});
  const Tensor weights = constant({0.5, 2.0});
  EXPECT_EQ(confusion_matrix(labels, predictions).dtype(), int32);
  EXPECT_TRUE(has_values(confusion_matrix(labels, predictions, {.weights = weights}), {2, 2},
                         {0, 2, 0, 0}));
  EXPECT_TRUE(
      has_values(confusion_matrix(labels, predictions, {.weights = weights, .dtype = float32}),
                 {2, 2}, {0, 2, 0, 0.5}));
  EXPECT_EQ(confusion_matrix(labels, predictions, {.num_classes = 3}).shape(), Shape({3, 3}));
}

TEST(confusion_matrix, Errors) {
  const Tensor x = constant({1, 2});
  EXPECT_EQ(error_of<IndexError>([&] { (void)confusion_matrix(x, x, {.num_classes = 2}); }),
            "confusion_matrix: labels has class 2, but classes go from 0 to 1");
  EXPECT_EQ(error_of<IndexError>([&] {
              (void)confusion_matrix(x, constant({0, -1}));
            }),
            "confusion_matrix: predictions has class -1, but classes go from 0 to the largest");
  EXPECT_EQ(error_of<ShapeError>([&] { (void)confusion_matrix(x, constant({0})); }),
            "confusion_matrix: labels and predictions must be one list each, as long as the other; "
            "got (2,) and (1,)");
  EXPECT_EQ(error_of<DTypeError>([&] {
              (void)confusion_matrix(x, constant({0.0, 1.0}));
            }),
            "confusion_matrix: predictions must be int32 or int64, got float32; tf::cast it");
  EXPECT_EQ(error_of<ShapeError>([&] { (void)confusion_matrix(x, x, {.weights = ones({3})}); }),
            "confusion_matrix: weights have shape (3,), labels (2,)");
}

Tensor six() { return constant({-1.0, 0.0, 1.5, 2.0, 5.0, 15.0}); }

TEST(histogram_fixed_width, Values) {
  EXPECT_TRUE(has_values(histogram_fixed_width(six(), {0, 5}, {.nbins = 5}), {5}, {2, 1, 1, 0, 2}));
  EXPECT_TRUE(
      has_values(histogram_fixed_width(constant({1, 3}), {0, 6}, {.nbins = 3}), {3}, {1, 1, 0}));
  EXPECT_TRUE(
      has_values(histogram_fixed_width(constant({kNaN, 1.0}), {0, 6}, {.nbins = 2}), {2}, {1, 0}));
}

TEST(histogram_fixed_width, Types) {
  for (const DType dtype : numeric()) {
    for (const Shape& shape : kShapes) {
      const Tensor x = sample_for(shape, dtype, -4, 12);
      std::vector<double> expected(4);
      for (const double value : values_of(x)) {
        ++expected[static_cast<std::size_t>(std::clamp(value / 2, 0.0, 3.0))];
      }
      EXPECT_TRUE(has_values(histogram_fixed_width(x, {0, 8}, {.nbins = 4}), {4}, expected));
      EXPECT_TRUE(
          has_values(histogram_fixed_width(scattered(x), {0, 8}, {.nbins = 4}), {4}, expected));
    }
  }
}

TEST(histogram_fixed_width, Options) {
  EXPECT_EQ(histogram_fixed_width(six(), {0, 5}).shape(), Shape({100}));
  EXPECT_EQ(histogram_fixed_width(six(), {0, 5}, {.dtype = int64}).dtype(), int64);
}

TEST(histogram_fixed_width, Errors) {
  EXPECT_EQ(error_of<ValueError>([] {
              (void)histogram_fixed_width(six(), {5, 5});
            }),
            "histogram_fixed_width: the range must have low < high, got [5, 5]");
  EXPECT_EQ(error_of<ValueError>([] {
              (void)histogram_fixed_width(six(), {0, 5}, {.nbins = 0});
            }),
            "histogram_fixed_width: nbins is 0; there must be at least one");
  EXPECT_EQ(error_of<DTypeError>([] {
              (void)histogram_fixed_width(constant({true}), {0, 5});
            }),
            "histogram_fixed_width: needs numbers, got bool; tf::cast them first");
}

TEST(histogram_fixed_width_bins, Values) {
  EXPECT_TRUE(
      has_values(histogram_fixed_width_bins(six(), {0, 5}, {.nbins = 5}), {6}, {0, 0, 1, 2, 4, 4}));
  EXPECT_TRUE(has_values(histogram_fixed_width_bins(constant({kNaN}), {0, 5}), {1}, {-1}));
  EXPECT_TRUE(has_values(histogram_fixed_width_bins(constant({{1, 3}}), {0, 6}, {.nbins = 3}),
                         {1, 2}, {0, 1}));
}

TEST(histogram_fixed_width_bins, Options) {
  EXPECT_TRUE(has_values(histogram_fixed_width_bins(constant({2.5}), {0, 5}), {1}, {50}));
  EXPECT_EQ(histogram_fixed_width_bins(six(), {0, 5}, {.dtype = int64}).dtype(), int64);
}

TEST(histogram_fixed_width_bins, Errors) {
  EXPECT_EQ(error_of<ValueError>([] {
              (void)histogram_fixed_width_bins(six(), {5, 0});
            }),
            "histogram_fixed_width_bins: the range must have low < high, got [5, 0]");
}

}  // namespace
}  // namespace saem
