// max_pool, avg_pool and their gradients; floor 5 of 5: what must be true.
#include <limits>
#include <saem/autodiff/map.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/pool.hpp>
#include <saem/ops/reshape.hpp>
#include <saem/ops/transpose.hpp>

#include "support/op_test.hpp"

namespace saem {
namespace {

using nn::AvgPoolGradOptions;
using nn::PoolOptions;
using testing::error_of;
using testing::gradients_agree;
using testing::has_values;
using testing::identical;
using testing::kernel_equals_composition;
using testing::near;
using testing::sample;
using testing::scattered;
using testing::second_gradients_agree;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
const std::vector<DType> kNumbers = {
    int8, uint8, int16, int32, int64, half, DType(DType::kBFloat16), float32, float64};
const std::vector<DType> kFloats = {half, DType(DType::kBFloat16), float32, float64};

/// Few different whole numbers, so that windows hold equal ones.
Tensor whole(const Shape& shape, DType dtype = float32, double low = -3, std::uint32_t seed = 1) {
  return cast(cast(sample(shape, float64, low, 4, seed), int32), dtype);
}

/// Options as the ops themselves want them.
PoolOptions plain(Dims window, Dims strides, Dims dilations, Dims pairs) {
  PoolOptions options;
  options.window = std::move(window);
  options.strides = std::move(strides);
  options.dilations = std::move(dilations);
  options.padding.kind = "EXPLICIT";
  options.padding.pairs = std::move(pairs);
  return options;
}

/// One to three axes, overlap, gaps, holes, uneven padding, channels with a rest behind vectors.
struct Case {
  Shape x;
  PoolOptions options;
};

std::vector<Case> cases() {
  return {{{2, 5, 6, 3}, plain({2, 3}, {1, 2}, {1, 1}, {1, 0, 1, 1})},
          {{1, 7, 6, 5}, plain({2, 2}, {2, 3}, {2, 1}, {0, 1, 0, 0})},
          {{2, 9, 2}, plain({3}, {2}, {2}, {2, 1})},
          {{1, 4, 3, 5, 2}, plain({2, 1, 3}, {1, 2, 1}, {1, 1, 1}, {0, 1, 0, 0, 1, 1})},
          {{1, 4, 4, 19}, plain({2, 2}, {2, 2}, {1, 1}, {0, 0, 0, 0})}};
}

const OpDef& op_named(const char* name) { return *find_op(name); }

Shape output_of(const Case& c) {
  return apply_one(op_named("max_pool"), {zeros(c.x)}, c.options).shape();
}

TEST(max_pool, Values) {
  const Tensor x = reshape(constant({1.0, 5.0, 2.0, 4.0, 3.0, 0.0, 7.0, 6.0, 8.0}), {1, 3, 3, 1});
  EXPECT_TRUE(has_values(nn::max_pool2d(x, 2), {1, 2, 2, 1}, {5, 5, 7, 8}));
  EXPECT_TRUE(has_values(nn::max_pool(x, 2, {.padding = "SAME"}), {1, 3, 3, 1},
                         {5, 5, 2, 7, 8, 8, 7, 8, 8}));
  EXPECT_TRUE(has_values(nn::max_pool(0.0 - x, 2, {.strides = 2, .padding = "SAME"}), {1, 2, 2, 1},
                         {-1, 0, -6, -8}))
      << "padding is no element";
  const Tensor line = reshape(constant({1.0, kNaN, 3.0, 2.0, 4.0}), {1, 5, 1});
  EXPECT_TRUE(has_values(nn::max_pool1d(line, 2), {1, 4, 1}, {kNaN, kNaN, 3, 4}));
  EXPECT_TRUE(has_values(nn::max_pool3d(reshape(range(0.0, 8.0), {1, 2, 2, 2, 1}), {1, 2, 1}),
                         {1, 2, 1, 2, 1}, {2, 3, 6, 7}));
  EXPECT_TRUE(has_values(nn::pool(line, 2, "MAX", {.dilations = 2}), {1, 3, 1}, {3, kNaN, 4}));
}

TEST(max_pool, Composition) {
  for (const Case& c : cases()) {
    EXPECT_TRUE(kernel_equals_composition("max_pool", {whole(c.x)}, c.options));
    EXPECT_TRUE(kernel_equals_composition("max_pool", {whole(c.x, int8)}, c.options));
  }
}

TEST(max_pool, Types) {
  for (const DType dtype : kNumbers) {
    for (const Case& c : cases()) {
      const Tensor x = whole(c.x, dtype, 0);
      const Tensor y = apply_one(op_named("max_pool"), {scattered(x)}, c.options);
      EXPECT_EQ(y.dtype(), dtype);
      EXPECT_TRUE(identical(y, apply_one(op_named("max_pool"), {x}, c.options)));
      EXPECT_TRUE(identical(cast(y, float64),
                            apply_one(op_named("max_pool"), {cast(x, float64)}, c.options)));
    }
  }
  EXPECT_EQ(nn::max_pool2d(zeros({0, 4, 4, 2}), 2).shape(), (Shape{0, 3, 3, 2}));
  EXPECT_EQ(nn::max_pool2d(zeros({1, 4, 4, 0}), 2).shape(), (Shape{1, 3, 3, 0}));
  EXPECT_EQ(nn::max_pool2d(zeros({1, 2, 2, 1}), 3).shape(), (Shape{1, 0, 0, 1}));
  EXPECT_TRUE(has_values(nn::max_pool1d(constant({{{-3}}}), 1), {1, 1, 1}, {-3}));
  const Tensor x = sample({3, 57, 41, 300}, float32);
  EXPECT_TRUE(identical(cast(nn::max_pool2d(x, 3, {.strides = 2}), float64),
                        nn::max_pool2d(cast(x, float64), 3, {.strides = 2})));
}

TEST(max_pool, Options) {
  const Tensor x = whole({2, 6, 7, 3});
  EXPECT_EQ(nn::max_pool(x, {3, 2}).shape(), (Shape{2, 4, 6, 3}));
  EXPECT_TRUE(identical(nn::max_pool(x, {1, 3, 2, 1}), nn::max_pool(x, {3, 2})))
      << "TensorFlow's lists name batch and channels too";
  EXPECT_EQ(nn::max_pool(x, 2, {.strides = {2, 3}}).shape(), (Shape{2, 3, 2, 3}));
  EXPECT_EQ(nn::max_pool(x, 2, {.padding = "SAME"}).shape(), (Shape{2, 6, 7, 3}));
  EXPECT_EQ(nn::max_pool(x, 3, {.padding = {{1, 2}, {0, 1}}}).shape(), (Shape{2, 7, 6, 3}));
  EXPECT_EQ(nn::max_pool(x, 2, {.dilations = {2, 1}}).shape(), (Shape{2, 4, 6, 3}));
  const Tensor first = transpose(x, {.perm = {0, 3, 1, 2}});
  EXPECT_TRUE(identical(nn::max_pool(first, 2, {.data_format = "NCHW"}),
                        transpose(nn::max_pool(x, 2), {.perm = {0, 3, 1, 2}})));
}

TEST(max_pool, Gradient) {
  for (const Case& c : cases()) {
    const auto f = [&](const std::vector<Tensor>& x) {
      const Tensor y = apply_one(op_named("max_pool"), {x[0]}, c.options);
      return y * y;
    };
    EXPECT_TRUE(gradients_agree(f, {sample(c.x)}));
  }
  const auto f = [&](const std::vector<Tensor>& x) {
    const Tensor y = nn::max_pool(x[0], 2, {.padding = "SAME"});
    return y * y * y;
  };
  EXPECT_TRUE(second_gradients_agree(f, {sample({1, 3, 3, 2})}));
}

TEST(max_pool, Errors) {
  const Tensor x = zeros({1, 4, 4, 1});
  EXPECT_EQ(error_of<ShapeError>([&] { nn::max_pool1d(x, 2); }),
            "max_pool1d: needs an input of rank 3, got (1, 4, 4, 1)");
  EXPECT_EQ(error_of<ShapeError>([] {
              nn::max_pool(zeros({4, 4}), 2);
            }),
            "max_pool: needs an input of rank 3, 4 or 5, got (4, 4)");
  EXPECT_EQ(error_of<ShapeError>([&] { nn::max_pool2d(x, 6); }),
            "max_pool: a window that reaches over 6 elements does not fit 4 (input (1, 4, 4, 1)); "
            "see padding SAME");
  EXPECT_EQ(error_of<DTypeError>([] {
              nn::max_pool2d(zeros({1, 4, 4, 1}, bool_), 2);
            }),
            "max_pool: needs real numbers, got bool; tf::cast it first");
  EXPECT_EQ(error_of<ValueError>([&] { nn::max_pool2d(x, 0); }),
            "max_pool2d: sizes of the window are [0]; needs one positive number, or one for each "
            "of 2 axes");
  EXPECT_EQ(error_of<ValueError>([&] { nn::pool(x, 2, "SUM"); }),
            "pool: type is \"SUM\"; it must be MAX or AVG");
}

TEST(max_pool_with_argmax, Values) {
  const Tensor x = reshape(constant({1.0, 5.0, 2.0, 3.0, 9.0, 9.0, 0.0, 4.0}), {2, 2, 2, 1});
  const auto [output, argmax] = nn::max_pool_with_argmax(x, 2);
  EXPECT_TRUE(has_values(output, {2, 1, 1, 1}, {5, 9}));
  EXPECT_TRUE(has_values(argmax, {2, 1, 1, 1}, {1, 0}));
  EXPECT_EQ(argmax.dtype(), int64);
  for (const DType dtype : kNumbers) {
    const Tensor numbers = whole({2, 5, 4, 3}, dtype, dtype == uint8 ? 0 : -3);
    const auto found = nn::max_pool_with_argmax(numbers, {3, 2}, {.strides = 2, .padding = "SAME"});
    EXPECT_TRUE(identical(found.output,
                          nn::max_pool2d(numbers, {3, 2}, {.strides = 2, .padding = "SAME"})));
    const std::vector<double> all = testing::values_of(numbers);
    const std::vector<double> places = testing::values_of(found.argmax);
    const std::vector<double> greatest = testing::values_of(found.output);
    for (std::size_t i = 0; i < places.size(); ++i) {
      const std::size_t example = i / (places.size() / 2) * 60;
      EXPECT_EQ(all[example + static_cast<std::size_t>(places[i])], greatest[i]);
    }
  }
}

TEST(max_pool_with_argmax, Options) {
  const Tensor x = whole({2, 4, 4, 1});
  const Tensor each = nn::max_pool_with_argmax(x, 2).argmax;
  const Tensor together =
      nn::max_pool_with_argmax(x, 2, {.output_dtype = int32, .include_batch_in_index = true})
          .argmax;
  EXPECT_EQ(together.dtype(), int32);
  EXPECT_TRUE(identical(cast(each(0), int32), together(0)));
  EXPECT_TRUE(identical(cast(each(1) + 16, int32), together(1)));
}

TEST(max_pool_with_argmax, Gradient) {
  const testing::Function function = [](const std::vector<Tensor>& in) {
    return nn::max_pool_with_argmax(in[0], 2).output;
  };
  EXPECT_TRUE(gradients_agree(function, {sample({1, 3, 3, 2})}));
}

TEST(max_pool_with_argmax, Errors) {
  EXPECT_EQ(error_of<ShapeError>([] {
              (void)nn::max_pool_with_argmax(zeros({2, 3, 1}), 2);
            }),
            "max_pool_with_argmax: needs an input of rank 4, got (2, 3, 1)");
  EXPECT_EQ(error_of<DTypeError>([] {
              (void)nn::max_pool_with_argmax(zeros({1, 2, 2, 1}), 2, {.output_dtype = float32});
            }),
            "max_pool_with_argmax: output_dtype must be int32 or int64, got float32");
}

TEST(max_pool_grad, Values) {
  const Tensor x = reshape(constant({5.0, 5.0, 1.0, 7.0, 7.0, 7.0, 2.0, 2.0}), {1, 8, 1});
  const PoolOptions options = plain({3}, {1}, {1}, {0, 0});
  EXPECT_TRUE(has_values(apply_one(op_named("max_pool_grad"), {x, ones({1, 6, 1})}, options),
                         {1, 8, 1}, {1, 0, 0, 3, 1, 1, 0, 0}))
      << "of equal elements the first";
}

TEST(max_pool_grad, Composition) {
  for (const Case& c : cases()) {
    for (const DType dtype : {float32, half, int32}) {
      const Tensor dy = whole(output_of(c), dtype, -3, 2);
      EXPECT_TRUE(kernel_equals_composition("max_pool_grad", {whole(c.x, dtype), dy}, c.options));
    }
  }
}

TEST(max_pool_grad, Types) {
  for (const DType dtype : kNumbers) {
    for (const Case& c : cases()) {
      const Tensor x = whole(c.x, dtype, 0);
      const Tensor dy = whole(output_of(c), dtype, 0, 2);
      const OpDef& op = op_named("max_pool_grad");
      const Tensor dx = apply_one(op, {scattered(x), scattered(dy)}, c.options);
      EXPECT_EQ(dx.dtype(), dtype);
      EXPECT_TRUE(identical(dx, apply_one(op, {x, dy}, c.options)));
      EXPECT_TRUE(identical(cast(dx, float64),
                            apply_one(op, {cast(x, float64), cast(dy, float64)}, c.options)));
    }
  }
  EXPECT_TRUE(has_values(apply_one(op_named("max_pool_grad"), {zeros({1, 1, 1}), zeros({1, 0, 1})},
                                   plain({2}, {1}, {1}, {0, 0})),
                         {1, 1, 1}, {0}));
}

TEST(max_pool_grad, Gradient) {
  for (const Case& c : cases()) {
    const Tensor x = sample(c.x);
    const auto f = [&](const std::vector<Tensor>& dy) {
      return apply_one(op_named("max_pool_grad"), {x, dy[0]}, c.options);
    };
    EXPECT_TRUE(gradients_agree(f, {sample(output_of(c), float64, -1, 1, 2)}));
  }
}

TEST(max_pool_gather, Values) {
  const Tensor x = reshape(constant({5.0, 5.0, 1.0, 7.0}), {1, 4, 1});
  const Tensor from = reshape(constant({1.0, 2.0, 3.0, 4.0}), {1, 4, 1});
  EXPECT_TRUE(
      has_values(apply_one(op_named("max_pool_gather"), {x, from}, plain({2}, {1}, {1}, {0, 0})),
                 {1, 3, 1}, {1, 2, 4}));
}

TEST(max_pool_gather, Composition) {
  for (const Case& c : cases()) {
    EXPECT_TRUE(kernel_equals_composition("max_pool_gather", {whole(c.x), sample(c.x, float32)},
                                          c.options));
  }
}

TEST(max_pool_gather, Types) {
  for (const DType dtype : kNumbers) {
    for (const Case& c : cases()) {
      const Tensor x = whole(c.x, dtype, 0);
      const Tensor from = whole(c.x, dtype, 0, 2);
      const OpDef& op = op_named("max_pool_gather");
      const Tensor y = apply_one(op, {scattered(x), scattered(from)}, c.options);
      EXPECT_TRUE(identical(y, apply_one(op, {x, from}, c.options)));
      EXPECT_TRUE(identical(cast(y, float64),
                            apply_one(op, {cast(x, float64), cast(from, float64)}, c.options)));
    }
  }
}

TEST(max_pool_gather, Gradient) {
  for (const Case& c : cases()) {
    const Tensor x = sample(c.x);
    const auto f = [&](const std::vector<Tensor>& from) {
      return apply_one(op_named("max_pool_gather"), {x, from[0]}, c.options);
    };
    EXPECT_TRUE(gradients_agree(f, {sample(c.x, float64, -1, 1, 2)}));
  }
}

TEST(avg_pool, Values) {
  const Tensor x = reshape(range(1.0, 10.0), {1, 3, 3, 1});
  EXPECT_TRUE(has_values(nn::avg_pool2d(x, 2), {1, 2, 2, 1}, {3, 4, 6, 7}));
  EXPECT_TRUE(has_values(nn::avg_pool(x, 2, {.strides = 2, .padding = "SAME"}), {1, 2, 2, 1},
                         {3, 4.5, 7.5, 9}))
      << "padding does not count";
  const Tensor line = reshape(range(0.0, 8.0), {1, 8, 1});
  EXPECT_TRUE(has_values(nn::avg_pool1d(line, 4, {.strides = 2}), {1, 3, 1}, {1.5, 3.5, 5.5}));
  EXPECT_TRUE(
      has_values(nn::avg_pool3d(reshape(line, {1, 2, 2, 2, 1}), 2), {1, 1, 1, 1, 1}, {3.5}));
  EXPECT_TRUE(
      has_values(nn::pool(line, 2, "AVG", {.strides = 3, .dilations = 2}), {1, 2, 1}, {1, 4}));
}

TEST(avg_pool, Composition) {
  for (const Case& c : cases()) {
    EXPECT_TRUE(kernel_equals_composition("avg_pool", {whole(c.x)}, c.options));
    EXPECT_TRUE(kernel_equals_composition("avg_pool", {sample(c.x, half)}, c.options));
  }
}

TEST(avg_pool, Types) {
  for (const DType dtype : kFloats) {
    for (const Case& c : cases()) {
      const Tensor x = whole(c.x, dtype);
      const Tensor y = apply_one(op_named("avg_pool"), {scattered(x)}, c.options);
      EXPECT_EQ(y.dtype(), dtype);
      EXPECT_TRUE(identical(y, apply_one(op_named("avg_pool"), {x}, c.options)));
      EXPECT_TRUE(near(cast(y, float64),
                       apply_one(op_named("avg_pool"), {cast(x, float64)}, c.options),
                       {0.01, 1e-6}));
    }
  }
  EXPECT_EQ(nn::avg_pool2d(zeros({0, 4, 4, 2}), 2).shape(), (Shape{0, 3, 3, 2}));
  EXPECT_TRUE(has_values(nn::avg_pool1d(constant({{{-3.0}}}), 1), {1, 1, 1}, {-3}));
  const Tensor x = sample({3, 57, 41, 300}, float32);
  EXPECT_TRUE(near(cast(nn::avg_pool2d(x, 3, {.strides = 2}), float64),
                   nn::avg_pool2d(cast(x, float64), 3, {.strides = 2}), {1e-5, 1e-6}));
}

TEST(avg_pool, Options) {
  const Tensor x = whole({2, 6, 7, 3});
  EXPECT_EQ(nn::avg_pool(x, {3, 2}).shape(), (Shape{2, 4, 6, 3}));
  EXPECT_EQ(nn::avg_pool(x, 2, {.strides = {2, 3}}).shape(), (Shape{2, 3, 2, 3}));
  EXPECT_EQ(nn::avg_pool(x, 2, {.padding = "SAME"}).shape(), (Shape{2, 6, 7, 3}));
  EXPECT_EQ(nn::avg_pool(x, 2, {.dilations = {2, 1}}).shape(), (Shape{2, 4, 6, 3}));
  const Tensor first = transpose(x, {.perm = {0, 3, 1, 2}});
  EXPECT_TRUE(identical(nn::avg_pool(first, 2, {.data_format = "NCHW"}),
                        transpose(nn::avg_pool(x, 2), {.perm = {0, 3, 1, 2}})));
}

TEST(avg_pool, Gradient) {
  for (const Case& c : cases()) {
    const auto f = [&](const std::vector<Tensor>& x) {
      const Tensor y = apply_one(op_named("avg_pool"), {x[0]}, c.options);
      return y * y;
    };
    EXPECT_TRUE(gradients_agree(f, {sample(c.x)}));
  }
  const auto f = [&](const std::vector<Tensor>& x) {
    const Tensor y = nn::avg_pool(x[0], 2, {.padding = "SAME"});
    return y * y * y;
  };
  EXPECT_TRUE(second_gradients_agree(f, {sample({1, 3, 3, 2})}));
}

TEST(avg_pool, Errors) {
  const Tensor x = zeros({1, 4, 4, 1});
  EXPECT_EQ(error_of<ShapeError>([&] { nn::avg_pool3d(x, 2); }),
            "avg_pool3d: needs an input of rank 5, got (1, 4, 4, 1)");
  EXPECT_EQ(error_of<ShapeError>([&] { nn::avg_pool(x, 3, {.dilations = 3}); }),
            "avg_pool: a window that reaches over 7 elements does not fit 4 (input (1, 4, 4, 1)); "
            "see padding SAME");
  EXPECT_EQ(error_of<DTypeError>([] {
              nn::avg_pool2d(zeros({1, 4, 4, 1}, int32), 2);
            }),
            "avg_pool: needs floating point, got int32; tf::cast it first");
}

TEST(avg_pool_grad, Values) {
  const AvgPoolGradOptions options{plain({2}, {1}, {1}, {0, 1}), {1, 3, 1}};
  const Tensor dy = reshape(constant({2.0, 4.0, 8.0}), {1, 3, 1});
  EXPECT_TRUE(
      has_values(apply_one(op_named("avg_pool_grad"), {dy}, options), {1, 3, 1}, {1, 3, 10}));
}

TEST(avg_pool_grad, Composition) {
  for (const Case& c : cases()) {
    const AvgPoolGradOptions options{c.options, c.x};
    EXPECT_TRUE(kernel_equals_composition("avg_pool_grad", {whole(output_of(c))}, options));
    EXPECT_TRUE(kernel_equals_composition("avg_pool_grad", {sample(output_of(c), half)}, options));
  }
}

TEST(avg_pool_grad, Types) {
  for (const DType dtype : kFloats) {
    for (const Case& c : cases()) {
      const AvgPoolGradOptions options{c.options, c.x};
      const Tensor dy = whole(output_of(c), dtype);
      const OpDef& op = op_named("avg_pool_grad");
      const Tensor dx = apply_one(op, {scattered(dy)}, options);
      EXPECT_TRUE(identical(dx, apply_one(op, {dy}, options)));
      EXPECT_TRUE(
          near(cast(dx, float64), apply_one(op, {cast(dy, float64)}, options), {0.01, 1e-6}));
    }
  }
}

TEST(avg_pool_grad, Gradient) {
  for (const Case& c : cases()) {
    const auto f = [&](const std::vector<Tensor>& dy) {
      return apply_one(op_named("avg_pool_grad"), {dy[0]}, AvgPoolGradOptions{c.options, c.x});
    };
    EXPECT_TRUE(gradients_agree(f, {sample(output_of(c))}));
  }
}

/// What `vectorized_map` makes of no slices at all: nothing to divide by how many there are.
TEST(max_pool, MapsNoSlices) {
  const Tensor x = zeros({0, 2, 4, 4, 3}, float64);
  for (const bool average : {false, true}) {
    const auto f = [=](const std::vector<Tensor>& in) {
      return average ? nn::avg_pool(in[0], 2) : nn::max_pool(in[0], 2);
    };
    EXPECT_EQ(vectorized_map(f, std::vector<Tensor>{x}).shape(), (Shape{0, 2, 3, 3, 3}));
    const auto gradient = [&](const std::vector<Tensor>& in) {
      GradientTape tape;
      tape.watch(in[0]);
      return tape.gradient(f(in), in[0]);
    };
    EXPECT_EQ(vectorized_map(gradient, std::vector<Tensor>{x}).shape(), x.shape());
  }
}

}  // namespace
}  // namespace saem
