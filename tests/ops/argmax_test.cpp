// argmax, argmin; floor 5 of 5: proof. Reference numbers: TensorFlow 2.21.
#include <limits>
#include <saem/ops/argmax.hpp>

#include "ops/pointwise.hpp"

namespace saem {
namespace {

using namespace testing;  // NOLINT: a test file

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

using ArgFunction = Tensor (*)(const Tensor&, const ArgOptions&);

double first_of(ArgFunction find, const Tensor& x) { return values_of(find(x, {})).at(0); }

void expect_positions(ArgFunction find, bool largest) {
  const std::vector<std::pair<Shape, int>> cases = {
      {{1}, 0},    {{7}, 0},         {{3, 5}, 0},      {{3, 5}, 1},   {{2, 3, 4}, 1},  {{0, 3}, 1},
      {{3, 0}, 0}, {{1000, 300}, 0}, {{1000, 300}, 1}, {{100001}, 0}, {{2, 9, 600}, 1}};
  std::vector<DType> dtypes = numeric();
  dtypes.push_back(bool_);
  for (const DType dtype : dtypes) {
    for (const auto& [shape, axis] : cases) {
      SCOPED_TRACE(std::string(dtype.name()) + shape.to_string() + " " + std::to_string(axis));
      const Tensor x = dtype.is_bool() ? cast(sample(shape, int32, -1, 3), bool_)
                                       : sample_for(shape, dtype, -100, 100);  // with many ties
      const std::vector<double> values = values_of(x);
      const std::int64_t count = shape[axis];
      std::int64_t inner = 1;
      for (int i = axis + 1; i < shape.rank(); ++i) inner *= shape[i];
      std::vector<double> expected;
      const std::int64_t lines = count == 0 ? 0 : shape.size() / count;
      for (std::int64_t line = 0; line < lines; ++line) {
        const std::int64_t begin = line / inner * count * inner + line % inner;
        std::int64_t best = 0;
        for (std::int64_t i = 1; i < count; ++i) {
          const double candidate = values[static_cast<std::size_t>(begin + i * inner)];
          const double holder = values[static_cast<std::size_t>(begin + best * inner)];
          if (largest ? candidate > holder : candidate < holder) best = i;
        }
        expected.push_back(static_cast<double>(best));
      }
      Shape left;
      for (int i = 0; i < shape.rank(); ++i) {
        if (i != axis) left.push_back(shape[i]);
      }
      const Tensor positions = find(x, {.axis = axis});
      EXPECT_EQ(positions.dtype(), int64);
      EXPECT_TRUE(has_values(positions, left, expected, {}));
      EXPECT_TRUE(identical(find(scattered(x), {.axis = axis}), positions));
    }
  }
}

void expect_options(ArgFunction find) {
  const Tensor x = constant({{1, 9, 4}, {5, 2, 4}});
  const Tensor columns = find(x, {});
  EXPECT_TRUE(identical(find(x, {.axis = 0}), columns));  // TensorFlow's default
  EXPECT_EQ(columns.shape(), Shape({3}));
  const Tensor rows = find(x, {.axis = 1});
  EXPECT_EQ(rows.shape(), Shape({2}));
  EXPECT_TRUE(identical(find(x, {.axis = -1}), rows));
  const Tensor narrow = find(x, {.axis = 1, .output_type = int32});
  EXPECT_EQ(narrow.dtype(), int32);
  EXPECT_TRUE(identical(cast(narrow, int64), rows));
}

void expect_errors(ArgFunction find, const std::string& name) {
  const Tensor x = zeros({2, 3});
  EXPECT_THAT(error_of<ShapeError>([&] { (void)find(x, {.axis = 2}); }),
              ::testing::StartsWith(name + ": axis 2"));
  EXPECT_THAT(error_of<ShapeError>([&] { (void)find(constant(1.0), {}); }),
              ::testing::StartsWith(name + ": axis 0"));
  EXPECT_EQ(error_of<ShapeError>([&] {
              (void)find(zeros({2, 0}), {.axis = 1});
            }),
            name + ": axis 1 of shape (2, 0) has no elements to choose from");
  EXPECT_EQ(error_of<DTypeError>([&] { (void)find(x, {.output_type = float32}); }),
            name + ": positions are int32 or int64, not float32");
}

/// The same numbers, long enough for vectors: padded with what never wins.
double first_of_long(ArgFunction find, const std::vector<double>& values, double padding) {
  std::vector<double> padded(values);
  padded.resize(200, padding);
  return first_of(find, constant(padded, Shape{200}, float32));
}

TEST(argmax, Values) {
  EXPECT_TRUE(has_values(argmax(constant({{1, 9}, {5, 2}})), {2}, {1, 0}));
  EXPECT_TRUE(has_values(argmax(constant({{1, 9}, {5, 2}}), {.axis = 1}), {2}, {1, 0}));
  EXPECT_EQ(first_of(&argmax, constant({1.0, 3.0, 3.0})), 1);  // the first of equals
  const std::vector<std::pair<std::vector<double>, double>> cases = {{{kNaN, 1, 3}, 2},
                                                                     {{1, kNaN, 3}, 2},
                                                                     {{3, kNaN, 1}, 0},
                                                                     {{kNaN, kNaN}, 0},
                                                                     {{-kInfinity, -kInfinity}, 0}};
  for (const auto& [values, position] : cases) {
    EXPECT_EQ(first_of(&argmax, constant(values, std::nullopt, float32)), position);
    EXPECT_EQ(first_of_long(&argmax, values, kNaN), position);
    const auto count = static_cast<std::int64_t>(values.size());
    EXPECT_TRUE(has_values(argmax(constant(values, Shape{count, 1}, half)), {1}, {position}));
  }
  EXPECT_EQ(first_of(&argmax, constant({false, true, true})), 1);
  EXPECT_EQ(first_of(&argmax, constant({9007199254740992LL, 9007199254740993LL})), 1);
}

TEST(argmax, Types) { expect_positions(&argmax, true); }
TEST(argmax, Options) { expect_options(&argmax); }
TEST(argmax, Errors) { expect_errors(&argmax, "argmax"); }

TEST(argmin, Values) {
  EXPECT_TRUE(has_values(argmin(constant({{1, 9}, {5, 2}})), {2}, {0, 1}));
  EXPECT_TRUE(has_values(argmin(constant({{1, 9}, {5, 2}}), {.axis = 1}), {2}, {0, 1}));
  EXPECT_EQ(first_of(&argmin, constant({3.0, 1.0, 1.0})), 1);
  const std::vector<std::pair<std::vector<double>, double>> cases = {{{kNaN, 1, 3}, 1},
                                                                     {{1, kNaN, 3}, 0},
                                                                     {{3, kNaN, 1}, 2},
                                                                     {{kNaN, kNaN}, 0},
                                                                     {{kNaN, -kInfinity}, 1}};
  for (const auto& [values, position] : cases) {
    EXPECT_EQ(first_of(&argmin, constant(values, std::nullopt, float32)), position);
    EXPECT_EQ(first_of_long(&argmin, values, kNaN), position);
  }
}

TEST(argmin, Types) { expect_positions(&argmin, false); }
TEST(argmin, Options) { expect_options(&argmin); }
TEST(argmin, Errors) { expect_errors(&argmin, "argmin"); }

}  // namespace
}  // namespace saem
