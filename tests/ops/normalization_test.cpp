// layer_normalization, rms_normalization, their backwards, group_normalization,
// batch_normalization, local_response_normalization, l2_normalize; floor 5 of 5: what must be true.
#include <omp.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <saem/ops/complex.hpp>
#include <saem/ops/moments.hpp>
#include <saem/ops/normalization.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/reshape.hpp>
#include <saem/ops/transpose.hpp>

#include "ops/pointwise.hpp"

namespace saem {
namespace {

using namespace saem::testing;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// A row shorter than a vector, with whole vectors and a rest, of one element, none, no rows, many
/// rows (several blocks of sums), long rows.
const std::vector<Shape> kRows = {{1},    {7},     {3, 5, 2}, {0, 4},
                                  {4, 0}, {3, 37}, {2, 9001}, {900, 70}};

constexpr double kEpsilon = 1e-3;

DType wide(DType dtype) { return dtype.size() < 4 ? DType(float32) : dtype; }

struct Weights {
  Tensor gamma;
  Tensor beta;
};

Weights weights_for(const Shape& shape, DType dtype) {
  const Shape row{shape[shape.rank() - 1]};
  return {sample(row, wide(dtype), 0.5, 1.5, 5), sample(row, wide(dtype), -1, 1, 6)};
}

Tensors call_op(const std::string& op, const std::vector<Tensor>& inputs, bool center) {
  (void)all_ops();
  if (center) {
    return apply(*find_op(op), inputs, nn::LayerNormalizationOptions{.epsilon = kEpsilon});
  }
  return apply(*find_op(op), inputs, nn::RmsNormalizationOptions{.epsilon = kEpsilon});
}

Tensor normalize(const Tensor& x, const Weights& weights, bool center, double epsilon = kEpsilon) {
  return center ? nn::layer_normalization(x, weights.gamma, weights.beta, {.epsilon = epsilon})
                : nn::rms_normalization(x, weights.gamma, {.epsilon = epsilon});
}

/// One row in double: (x - mean) / sqrt(mean square + epsilon), and 1 / that root.
struct Row {
  std::vector<double> normal;
  double inverse;
};

Row normalized(const double* x, std::int64_t n, bool center) {
  double mean = 0, square = 0;
  for (std::int64_t i = 0; center && i < n; ++i) mean += x[i] / static_cast<double>(n);
  for (std::int64_t i = 0; i < n; ++i) {
    square += (x[i] - mean) * (x[i] - mean) / static_cast<double>(n);
  }
  Row row{{}, 1 / std::sqrt(square + kEpsilon)};
  for (std::int64_t i = 0; i < n; ++i) row.normal.push_back((x[i] - mean) * row.inverse);
  return row;
}

void expect_forward(bool center) {
  for (const DType dtype : kFloating) {
    for (const Shape& shape : kRows) {
      SCOPED_TRACE(std::string(dtype.name()) + shape.to_string());
      const Tensor x = sample(shape, dtype, -3, 5);
      const Weights weights = weights_for(shape, dtype);
      std::vector<double> expected = values_of(x);
      const std::vector<double> gamma = values_of(weights.gamma);
      const std::vector<double> beta = values_of(weights.beta);
      const std::int64_t n = shape[shape.rank() - 1];
      for (std::int64_t at = 0; at < x.size(); at += n) {
        double* row = expected.data() + at;
        const std::vector<double> normal = normalized(row, n, center).normal;
        for (std::size_t i = 0; i < normal.size(); ++i) {
          row[i] = normal[i] * gamma[i] + (center ? beta[i] : 0);
        }
      }
      EXPECT_TRUE(near(normalize(x, weights, center), cast(constant(expected, shape), dtype)));
      EXPECT_TRUE(
          identical(normalize(scattered(x), weights, center), normalize(x, weights, center)));
    }
  }
}

void expect_backward(const std::string& op, bool center) {
  for (const DType dtype : kFloating) {
    for (const Shape& shape : kRows) {
      SCOPED_TRACE(std::string(dtype.name()) + shape.to_string());
      const Tensor x = sample(shape, dtype, -3, 5);
      const Tensor dy = sample(shape, dtype, -1, 1, 2);
      const Tensor gamma = weights_for(shape, dtype).gamma;
      const std::vector<double> xs = values_of(x), slopes = values_of(dy), scale = values_of(gamma);
      std::vector<double> dx(xs.size()), dscale(scale.size()), doffset(scale.size());
      const std::int64_t n = shape[shape.rank() - 1];
      const auto count = static_cast<double>(n);
      for (std::int64_t at = 0; at < x.size(); at += n) {
        const Row row = normalized(xs.data() + at, n, center);
        double mean = 0, along = 0;
        for (std::size_t i = 0; i < scale.size(); ++i) {
          const double slope = slopes[static_cast<std::size_t>(at) + i];
          if (center) mean += slope * scale[i] / count;
          along += slope * scale[i] * row.normal[i] / count;
          dscale[i] += slope * row.normal[i];
          doffset[i] += slope;
        }
        for (std::size_t i = 0; i < scale.size(); ++i) {
          const std::size_t k = static_cast<std::size_t>(at) + i;
          dx[k] = row.inverse * (slopes[k] * scale[i] - mean - row.normal[i] * along);
        }
      }
      const Tensors gradients = call_op(op, {dy, x, gamma}, center);
      Tolerance tolerance = tolerance_of(dtype);
      tolerance.absolute *= 8;  // differences of numbers near one
      const double rows = static_cast<double>(x.size()) / std::max(count, 1.0);
      const Tolerance of_sums{1e-5, tolerance_of(wide(dtype)).absolute * (8 + rows)};
      EXPECT_TRUE(near(gradients[0], cast(constant(dx, shape), dtype), tolerance));
      EXPECT_TRUE(near(gradients[1], constant(dscale, gamma.shape(), wide(dtype)), of_sums));
      if (center) {
        EXPECT_TRUE(near(gradients[2], constant(doffset, gamma.shape(), wide(dtype)), of_sums));
      }
      const Tensors again = call_op(op, {scattered(dy), scattered(x), gamma}, center);
      for (std::size_t k = 0; k < again.size(); ++k) {
        EXPECT_TRUE(identical(again[k], gradients[k]));
      }
    }
  }
}

void expect_composition(const std::string& op, bool center, bool backward) {
  for (const DType dtype : kFloating) {
    for (const Shape& shape : {Shape{7}, Shape{3, 37}, Shape{2, 3, 5}}) {
      SCOPED_TRACE(std::string(dtype.name()) + shape.to_string());
      const Weights weights = weights_for(shape, dtype);
      std::vector<Tensor> inputs{sample(shape, dtype, -3, 5)};
      if (backward) inputs.insert(inputs.begin(), sample(shape, dtype, -1, 1, 2));
      inputs.push_back(weights.gamma);
      if (center && !backward) inputs.push_back(weights.beta);
      if (center) {
        EXPECT_TRUE(kernel_equals_composition(op, inputs,
                                              nn::LayerNormalizationOptions{.epsilon = kEpsilon}));
      } else {
        EXPECT_TRUE(kernel_equals_composition(op, inputs,
                                              nn::RmsNormalizationOptions{.epsilon = kEpsilon}));
      }
    }
  }
}

TEST(layer_normalization, Values) {
  EXPECT_TRUE(has_values(nn::layer_normalization(constant({1.0, 2.0, 3.0, 6.0})), {4},
                         {-1.0690449, -0.5345225, 0, 1.6035674}));
  // Equal numbers have no variance; the mean of large ones leaves no rounding behind.
  EXPECT_TRUE(has_values(nn::layer_normalization(constant({1e6, 1e6, 1e6})), {3}, {0, 0, 0}));
  const Tensor edges = constant({{1.0, kNaN}, {1.0, kInfinity}});
  EXPECT_TRUE(has_values(nn::layer_normalization(edges), {2, 2}, {kNaN, kNaN, kNaN, kNaN}));
}

TEST(layer_normalization, Composition) { expect_composition("layer_normalization", true, false); }

TEST(layer_normalization, Gradient) {
  const Function function = [](const std::vector<Tensor>& in) {
    return nn::layer_normalization(in[0], in[1], in[2], {.epsilon = 0.1});
  };
  const std::vector<Tensor> inputs = {sample({2, 4}), sample({4}, float64, 0.5, 1.5, 2),
                                      sample({4}, float64, -1, 1, 3)};
  EXPECT_TRUE(gradients_agree(function, inputs));
  EXPECT_TRUE(second_gradients_agree(function, inputs));
  const Function turned = [](const std::vector<Tensor>& in) {
    return nn::layer_normalization(in[0], in[1], in[2], {.axis = {0, 2}, .epsilon = 0.1});
  };
  EXPECT_TRUE(gradients_agree(turned, {sample({2, 3, 2}), sample({2, 2}, float64, 0.5, 1.5, 2),
                                       sample({2, 2}, float64, -1, 1, 3)}));
}

TEST(layer_normalization, Types) { expect_forward(true); }

TEST(layer_normalization, Options) {
  const Tensor x = sample({3, 4, 5}, float32, -3, 3);
  EXPECT_FALSE(
      near(nn::layer_normalization(x, {}, {}, {.epsilon = 0.5}), nn::layer_normalization(x)));
  for (const Axes& axes : {Axes{0}, Axes{1}, Axes{-1}, Axes{1, 2}, Axes{2, 0}, Axes()}) {
    const Tensor y = nn::layer_normalization(x, {}, {}, {.axis = axes});
    const auto [mean, variance] = nn::moments(y, axes);
    EXPECT_TRUE(near(mean, zeros_like(mean), {0, 1e-6})) << axes.to_string();
    EXPECT_TRUE(near(variance, ones_like(variance), {1e-5, 0})) << axes.to_string();
  }
  const Tensor gamma = sample({4}, float32, 0.5, 1.5, 5);
  const Tensor beta = sample({4}, float32, -1, 1, 6);
  const Tensor turned = transpose(x, {.perm = {0, 2, 1}});
  EXPECT_TRUE(near(nn::layer_normalization(x, gamma, beta, {.axis = 1}),
                   transpose(nn::layer_normalization(turned, gamma, beta), {.perm = {0, 2, 1}})));
  // Weights of a half-precision layer may be kept in float32.
  EXPECT_EQ(nn::layer_normalization(cast(x, half), gamma, {}, {.axis = 1}).dtype(), half);
}

TEST(layer_normalization, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { (void)nn::layer_normalization(constant({1})); }),
            "layer_normalization: needs floating point, got int32; tf::cast it to tf::float32");
  EXPECT_EQ(error_of<ShapeError>([] {
              (void)nn::layer_normalization(zeros({2, 3}), zeros({2}));
            }),
            "layer_normalization: gamma has shape (2,), which is not that of the last axes of "
            "(2, 3)");
  EXPECT_EQ(error_of<ShapeError>([] {
              (void)nn::layer_normalization(zeros({2, 3}), zeros({3}), zeros({2, 3}));
            }),
            "layer_normalization: gamma has shape (3,), beta (2, 3); they must be the same");
  EXPECT_THAT(error_of<ShapeError>([] { (void)nn::layer_normalization(constant(1.0)); }),
              ::testing::StartsWith("layer_normalization: axis -1"));
}

TEST(layer_normalization_grad, Values) {
  const Tensors gradients =
      call_op("layer_normalization_grad",
              {constant({{1.0, 0.0}}), constant({{1.0, 3.0}}), constant({1.0, 1.0})}, true);
  // Two elements are -1 and 1 whatever they are: but for epsilon nothing flows.
  const double r = 1 / std::sqrt(1 + kEpsilon);
  EXPECT_TRUE(has_values(gradients[0], {1, 2}, {r * (0.5 - r * r / 2), r * (-0.5 + r * r / 2)},
                         {1e-3, 1e-6}));
  EXPECT_TRUE(has_values(gradients[1], {2}, {-r, 0}));
  EXPECT_TRUE(has_values(gradients[2], {2}, {1, 0}));
}

TEST(layer_normalization_grad, Composition) {
  expect_composition("layer_normalization_grad", true, true);
}

TEST(layer_normalization_grad, Gradient) {
  const Function function = [](const std::vector<Tensor>& in) {
    const Tensors gradients = call_op("layer_normalization_grad", in, true);
    return gradients[0] + gradients[1] * gradients[2];
  };
  const std::vector<Tensor> inputs = {sample({2, 4}, float64, -1, 1, 1), sample({2, 4}),
                                      sample({4}, float64, 0.5, 1.5, 3)};
  EXPECT_TRUE(gradients_agree(function, inputs));
  EXPECT_TRUE(second_gradients_agree(function, inputs));
}

TEST(layer_normalization_grad, Types) { expect_backward("layer_normalization_grad", true); }

TEST(layer_normalization_grad, AnyNumberOfThreadsGivesTheSameBits) {
  const Tensor x = sample({500, 96}, float32, -3, 5);
  const Tensor dy = sample({500, 96}, float32, -1, 1, 2);
  const Tensor gamma = sample({96}, float32, 0.5, 1.5, 3);
  const int threads = omp_get_max_threads();
  omp_set_num_threads(3);
  const Tensors many = call_op("layer_normalization_grad", {dy, x, gamma}, true);
  omp_set_num_threads(1);
  const Tensors one = call_op("layer_normalization_grad", {dy, x, gamma}, true);
  omp_set_num_threads(threads);
  for (std::size_t k = 0; k < 3; ++k) EXPECT_TRUE(identical(one[k], many[k]));
}

TEST(rms_normalization, Values) {
  EXPECT_TRUE(has_values(nn::rms_normalization(constant({3.0, 4.0})), {2}, {0.8485281, 1.1313708}));
  EXPECT_TRUE(has_values(nn::rms_normalization(zeros({3})), {3}, {0, 0, 0}));
}

TEST(rms_normalization, Composition) { expect_composition("rms_normalization", false, false); }

TEST(rms_normalization, Gradient) {
  const Function function = [](const std::vector<Tensor>& in) {
    return nn::rms_normalization(in[0], in[1], {.epsilon = 0.1});
  };
  const std::vector<Tensor> inputs = {sample({2, 4}), sample({4}, float64, 0.5, 1.5, 2)};
  EXPECT_TRUE(gradients_agree(function, inputs));
  EXPECT_TRUE(second_gradients_agree(function, inputs));
}

TEST(rms_normalization, Types) { expect_forward(false); }

TEST(rms_normalization, Options) {
  const Tensor x = sample({3, 4}, float32, -3, 3);
  EXPECT_FALSE(near(nn::rms_normalization(x, {}, {.epsilon = 0.5}), nn::rms_normalization(x)));
  EXPECT_TRUE(near(nn::rms_normalization(x, {}, {.axis = 0}),
                   transpose(nn::rms_normalization(transpose(x)))));
  EXPECT_TRUE(near(nn::rms_normalization(x, {}, {.axis = {0, 1}}),
                   reshape(nn::rms_normalization(reshape(x, {12})), {3, 4})));
}

TEST(rms_normalization, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { (void)nn::rms_normalization(constant({1})); }),
            "rms_normalization: needs floating point, got int32; tf::cast it to tf::float32");
  EXPECT_EQ(error_of<ShapeError>([] {
              (void)nn::rms_normalization(zeros({2, 3}), zeros({2}));
            }),
            "rms_normalization: scale has shape (2,), which is not that of the last axes of "
            "(2, 3)");
}

TEST(rms_normalization_grad, Values) {
  const Tensors gradients =
      call_op("rms_normalization_grad",
              {constant({{1.0, 1.0}}), constant({{1.0, -1.0}}), ones({2})}, false);
  const double r = 1 / std::sqrt(1 + kEpsilon);
  EXPECT_TRUE(has_values(gradients[0], {1, 2}, {r, r}));
  EXPECT_TRUE(has_values(gradients[1], {2}, {r, -r}));
}

TEST(rms_normalization_grad, Composition) {
  expect_composition("rms_normalization_grad", false, true);
}

TEST(rms_normalization_grad, Gradient) {
  const Function function = [](const std::vector<Tensor>& in) {
    const Tensors gradients = call_op("rms_normalization_grad", in, false);
    return gradients[0] + gradients[1];
  };
  const std::vector<Tensor> inputs = {sample({2, 4}, float64, -1, 1, 1), sample({2, 4}),
                                      sample({4}, float64, 0.5, 1.5, 3)};
  EXPECT_TRUE(gradients_agree(function, inputs));
  EXPECT_TRUE(second_gradients_agree(function, inputs));
}

TEST(rms_normalization_grad, Types) { expect_backward("rms_normalization_grad", false); }

TEST(group_normalization, Values) {
  const Tensor x = constant({{1.0, 3.0, 10.0, 30.0}});
  EXPECT_TRUE(
      has_values(nn::group_normalization(x, 2, {}, {}, {.epsilon = 0.0}), {1, 4}, {-1, 1, -1, 1}));
  const Tensor gamma = constant({1.0, 2.0, 3.0, 4.0});
  EXPECT_TRUE(has_values(nn::group_normalization(x, 2, gamma, gamma, {.epsilon = 0.0}), {1, 4},
                         {0, 4, 0, 8}));
}

TEST(group_normalization, Options) {
  const Tensor x = sample({2, 3, 5, 6}, float32, -3, 5);
  const Tensor gamma = sample({6}, float32, 0.5, 1.5, 5);
  const Tensor last = nn::group_normalization(x, 3, gamma, gamma);
  const Dims to_first = {0, 3, 1, 2}, to_last = {0, 2, 3, 1};
  const Tensor first =
      nn::group_normalization(transpose(x, {.perm = to_first}), 3, gamma, gamma, {.axis = 1});
  EXPECT_TRUE(near(transpose(first, {.perm = to_last}), last));
  EXPECT_FALSE(near(nn::group_normalization(x, 3, gamma, gamma, {.epsilon = 0.5}), last));
}

TEST(group_normalization, Gradient) {
  const Function function = [](const std::vector<Tensor>& in) {
    return nn::group_normalization(in[0], 2, in[1], in[2], {.epsilon = 0.1});
  };
  EXPECT_TRUE(gradients_agree(function, {sample({2, 2, 4}), sample({4}, float64, 0.5, 1.5, 2),
                                         sample({4}, float64, -1, 1, 3)}));
}

TEST(group_normalization, Errors) {
  EXPECT_EQ(error_of<ValueError>([] {
              (void)nn::group_normalization(zeros({2, 4}), 3);
            }),
            "group_normalization: 4 channels cannot be divided into 3 groups");
  EXPECT_EQ(error_of<ShapeError>([] { (void)nn::group_normalization(zeros({2}), 1); }),
            "group_normalization: axis 0 is that of the batch; channels lie behind it");
}

TEST(batch_normalization, Values) {
  const Tensor x = constant({{1.0, 10.0}, {3.0, 30.0}});
  const auto [mean, variance] = nn::moments(x, 0);
  EXPECT_TRUE(
      has_values(nn::batch_normalization(x, mean, variance, {}, {}, 0.0), {2, 2}, {-1, -1, 1, 1}));
  const Tensor offset = constant({5.0, 6.0}), scale = constant({2.0, 3.0});
  EXPECT_TRUE(has_values(nn::batch_normalization(x, mean, variance, offset, scale, 0.0), {2, 2},
                         {3, 3, 7, 9}));
  const Tensor narrow = nn::batch_normalization(cast(x, half), mean, variance, offset, scale, 1e-3);
  EXPECT_EQ(narrow.dtype(), half);
}

TEST(batch_normalization, Gradient) {
  const Function function = [](const std::vector<Tensor>& in) {
    const auto [mean, variance] = nn::moments(in[0], {0, 1});
    return nn::batch_normalization(in[0], mean, variance, in[1], in[2], 0.1);
  };
  EXPECT_TRUE(gradients_agree(function, {sample({2, 3, 4}), sample({4}, float64, -1, 1, 2),
                                         sample({4}, float64, 0.5, 1.5, 3)}));
}

TEST(batch_normalization, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] {
              const Tensor one = constant({1});
              (void)nn::batch_normalization(one, one, one, {}, {}, 0.1);
            }),
            "batch_normalization: needs floating point, got int32; tf::cast it to tf::float32");
}

TEST(local_response_normalization, Values) {
  const Tensor x = reshape(constant({1.0, 2.0, 3.0}), {1, 1, 1, 3});
  EXPECT_TRUE(has_values(nn::local_response_normalization(
                             x, {.depth_radius = 1, .bias = 1.0, .alpha = 2.0, .beta = 1.0}),
                         {1, 1, 1, 3}, {1.0 / 11, 2.0 / 29, 3.0 / 27}));
  EXPECT_TRUE(has_values(nn::local_response_normalization(x, {.depth_radius = 100}), {1, 1, 1, 3},
                         {1 / std::sqrt(15.0), 2 / std::sqrt(15.0), 3 / std::sqrt(15.0)}));
  EXPECT_EQ(nn::local_response_normalization(zeros({2, 0, 1, 3})).size(), 0);
  EXPECT_EQ(nn::local_response_normalization(zeros({2, 1, 1, 0})).size(), 0);
}

TEST(local_response_normalization, Gradient) {
  const Function function = [](const std::vector<Tensor>& in) {
    return nn::local_response_normalization(in[0], {.depth_radius = 1});
  };
  EXPECT_TRUE(gradients_agree(function, {sample({1, 2, 1, 4})}));
}

TEST(local_response_normalization, Errors) {
  EXPECT_EQ(error_of<ShapeError>([] {
              (void)nn::local_response_normalization(zeros({2, 3}));
            }),
            "local_response_normalization: needs (batch, height, width, channels), got (2, 3)");
  EXPECT_EQ(error_of<ValueError>([] {
              (void)nn::local_response_normalization(zeros({1, 1, 1, 1}), {.depth_radius = -1});
            }),
            "local_response_normalization: depth_radius is -1; it must not be negative");
}

TEST(l2_normalize, Values) {
  const Tensor x = constant({{3.0, 4.0}, {0.0, 0.0}});
  EXPECT_TRUE(has_values(math::l2_normalize(x), {2, 2}, {0.6, 0.8, 0, 0}));
  EXPECT_TRUE(has_values(math::l2_normalize(x, {.axis = 0}), {2, 2}, {1, 1, 0, 0}));
  EXPECT_TRUE(has_values(math::l2_normalize(x, {.epsilon = 100.0}), {2, 2}, {0.3, 0.4, 0, 0}));
  const Tensor turned = math::l2_normalize(saem::complex(constant({3.0}), constant({4.0})));
  EXPECT_TRUE(near(turned, saem::complex(constant({0.6}), constant({0.8}))));
}

TEST(l2_normalize, Gradient) {
  const Function function = [](const std::vector<Tensor>& in) {
    return math::l2_normalize(in[0], {.axis = 1});
  };
  EXPECT_TRUE(gradients_agree(function, {sample({2, 3})}));
  EXPECT_TRUE(second_gradients_agree(function, {sample({2, 3})}));
}

TEST(l2_normalize, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { (void)math::l2_normalize(constant({1})); }),
            "l2_normalize: needs floating point, got int32; tf::cast it to tf::float32");
}

}  // namespace
}  // namespace saem
