// convolution and its gradients, floor 5 of 5: what must be true.
#include <saem/autodiff/map.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/convolution.hpp>
#include <saem/ops/convolution_transpose.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/reshape.hpp>
#include <saem/ops/transpose.hpp>

#include "support/op_test.hpp"

namespace saem {
namespace {

using nn::conv1d;
using nn::conv2d;
using nn::conv3d;
using nn::ConvolutionGradOptions;
using nn::ConvolutionOptions;
using testing::error_of;
using testing::gradients_agree;
using testing::has_values;
using testing::identical;
using testing::kernel_equals_composition;
using testing::near;
using testing::sample;
using testing::scattered;
using testing::second_gradients_agree;

/// Small whole numbers, whose sums are exact in every dtype and order.
Tensor whole(const Shape& shape, DType dtype = float32, std::uint32_t seed = 1) {
  return cast(cast(sample(shape, float64, -3, 4, seed), int32), dtype);
}

/// Options as the op itself wants them.
ConvolutionOptions plain(Dims strides, Dims dilations, Dims pairs) {
  ConvolutionOptions options;
  options.strides = std::move(strides);
  options.dilations = std::move(dilations);
  options.padding.kind = "EXPLICIT";
  options.padding.pairs = std::move(pairs);
  return options;
}

/// A convolution of each kind: groups, strides, holes, uneven padding, one to three axes.
struct Case {
  Shape x;
  Shape filters;
  ConvolutionOptions options;
};

std::vector<Case> cases() {
  return {{{2, 5, 6, 3}, {3, 2, 3, 4}, plain({1, 1}, {1, 1}, {1, 1, 0, 1})},
          {{2, 7, 6, 4}, {2, 3, 2, 6}, plain({2, 1}, {2, 1}, {0, 2, 1, 0})},
          {{1, 5, 5, 3}, {3, 3, 1, 3}, plain({1, 2}, {1, 1}, {1, 1, 1, 1})},
          {{1, 5, 5, 3}, {3, 3, 1, 6}, plain({1, 1}, {1, 1}, {1, 1, 1, 1})},
          {{2, 9, 2}, {3, 2, 3}, plain({2}, {2}, {1, 0})},
          {{1, 4, 5, 3, 2}, {2, 3, 1, 2, 3}, plain({1, 2, 1}, {1, 1, 1}, {0, 1, 1, 1, 0, 0})},
          {{1, 4, 4, 32}, {1, 1, 32, 16}, plain({1, 1}, {1, 1}, {0, 0, 0, 0})},
          {{1, 6, 6, 32}, {3, 3, 32, 16}, plain({1, 1}, {1, 1}, {1, 1, 1, 1})}};
}

const OpDef& op_named(const char* name) { return *find_op(name); }

Shape output_of(const Case& c) {
  return apply_one(op_named("convolution"), {zeros(c.x), zeros(c.filters)}, c.options).shape();
}

TEST(convolution, Values) {
  const Tensor x = reshape(range(1.0, 10.0), {1, 3, 3, 1});
  const Tensor f = ones({2, 2, 1, 1});
  EXPECT_TRUE(has_values(conv2d(x, f), {1, 2, 2, 1}, {12, 16, 24, 28}));
  EXPECT_TRUE(has_values(conv2d(x, f, {.padding = "SAME"}), {1, 3, 3, 1},
                         {12, 16, 9, 24, 28, 15, 15, 17, 9}));
  EXPECT_TRUE(
      has_values(conv2d(x, f, {.strides = 2, .padding = "SAME"}), {1, 2, 2, 1}, {12, 9, 15, 9}));
  EXPECT_TRUE(has_values(conv2d(x, f, {.padding = {{1, 0}, {0, 0}}}), {1, 3, 2, 1},
                         {3, 5, 12, 16, 24, 28}));
  EXPECT_TRUE(has_values(conv2d(x, f, {.dilations = 2}), {1, 1, 1, 1}, {20}));
  const Tensor line = reshape(constant({1.0, 2.0, 3.0, 4.0}), {1, 2, 2});
  const Tensor mix = reshape(constant({1.0, 10.0, 100.0, 1000.0}), {2, 2, 1});
  EXPECT_TRUE(has_values(conv1d(line, mix), {1, 1, 1}, {4321}));
  EXPECT_TRUE(has_values(nn::convolution(ones({1, 3, 3, 3, 2}), ones({2, 2, 2, 2, 1})),
                         {1, 2, 2, 2, 1}, std::vector<double>(8, 16.0)));
  EXPECT_TRUE(identical(conv3d(ones({1, 3, 3, 3, 2}), ones({2, 2, 2, 2, 1})),
                        nn::convolution(ones({1, 3, 3, 3, 2}), ones({2, 2, 2, 2, 1}))));
  // Two groups: the first channels make the first outputs.
  EXPECT_TRUE(
      has_values(conv1d(constant({{{1.0, 2.0, 4.0, 8.0}}}), ones({1, 2, 2})), {1, 1, 2}, {3, 12}));
  EXPECT_TRUE(
      has_values(nn::depthwise_conv2d(reshape(constant({1.0, 2.0}), {1, 1, 1, 2}),
                                      reshape(constant({1.0, 3.0, 5.0, 7.0}), {1, 1, 2, 2})),
                 {1, 1, 1, 4}, {1, 3, 10, 14}));
}

TEST(convolution, Composition) {
  for (const Case& c : cases()) {
    EXPECT_TRUE(
        kernel_equals_composition("convolution", {whole(c.x), whole(c.filters)}, c.options));
    EXPECT_TRUE(kernel_equals_composition("convolution",
                                          {sample(c.x, half), sample(c.filters, half)}, c.options));
  }
}

TEST(convolution, Types) {
  for (const DType dtype : {int32, half, DType(DType::kBFloat16), float32, float64}) {
    for (const Case& c : cases()) {
      const Tensor x = whole(c.x, dtype);
      const Tensor f = whole(c.filters, dtype, 2);
      const Tensor y = apply_one(op_named("convolution"), {scattered(x), scattered(f)}, c.options);
      EXPECT_EQ(y.dtype(), dtype);
      EXPECT_TRUE(identical(y, apply_one(op_named("convolution"), {x, f}, c.options)));
      EXPECT_TRUE(
          near(cast(y, float64),
               apply_one(op_named("convolution"), {cast(x, float64), cast(f, float64)}, c.options),
               {0.01, 1e-6}));
    }
  }
  EXPECT_EQ(conv2d(zeros({0, 4, 4, 2}), zeros({3, 3, 2, 5})).shape(), (Shape{0, 2, 2, 5}));
  EXPECT_EQ(conv2d(zeros({1, 4, 4, 2}), zeros({3, 3, 2, 0})).shape(), (Shape{1, 2, 2, 0}));
  EXPECT_EQ(conv2d(zeros({1, 2, 2, 1}), zeros({3, 3, 1, 1})).shape(), (Shape{1, 0, 0, 1}))
      << "one too small: no window, as in TensorFlow";
  EXPECT_TRUE(has_values(conv1d(zeros({1, 2, 0}), zeros({1, 0, 2})), {1, 2, 2}, {0, 0, 0, 0}));
  EXPECT_TRUE(has_values(conv1d(constant({{{3}}}), constant({{{-2}}})), {1, 1, 1}, {-6}));
  const Tensor x = whole({2, 33, 35, 17});
  const Tensor f = whole({3, 3, 17, 19}, float32, 2);
  EXPECT_TRUE(near(cast(conv2d(x, f), float64), conv2d(cast(x, float64), cast(f, float64))));
}

TEST(convolution, Options) {
  const Tensor x = whole({2, 6, 7, 4});
  const Tensor f = whole({3, 2, 4, 5}, float32, 2);
  EXPECT_EQ(conv2d(x, f).shape(), (Shape{2, 4, 6, 5}));
  EXPECT_EQ(conv2d(x, f, {.strides = {2, 3}}).shape(), (Shape{2, 2, 2, 5}));
  EXPECT_TRUE(identical(conv2d(x, f, {.strides = {1, 2, 3, 1}}), conv2d(x, f, {.strides = {2, 3}})))
      << "TensorFlow's lists name batch and channels too";
  EXPECT_EQ(conv2d(x, f, {.padding = "SAME"}).shape(), (Shape{2, 6, 7, 5}));
  EXPECT_EQ(conv2d(x, f, {.padding = {{1, 2}, {0, 3}}}).shape(), (Shape{2, 7, 9, 5}));
  EXPECT_EQ(conv2d(x, f, {.dilations = {2, 1}}).shape(), (Shape{2, 2, 6, 5}));
  const Tensor first = transpose(x, {.perm = {0, 3, 1, 2}});
  const ConvolutionOptions options{.strides = {1, 1, 2, 1}, .padding = "SAME"};
  ConvolutionOptions turned{.strides = {1, 1, 1, 2}, .padding = "SAME", .data_format = "NCHW"};
  EXPECT_TRUE(identical(transpose(conv2d(first, f, turned), {.perm = {0, 2, 3, 1}}),
                        conv2d(x, f, options)));
  EXPECT_TRUE(
      identical(conv2d(reshape(x, {1, 2, 6, 7, 4}), f), reshape(conv2d(x, f), {1, 2, 4, 6, 5})))
      << "further batch axes";
  EXPECT_TRUE(identical(nn::atrous_conv2d(x, f, 2, "SAME"),
                        conv2d(x, f, {.padding = "SAME", .dilations = 2})));
  const Tensor depthwise = whole({3, 2, 4, 3}, float32, 3);
  const Tensor pointwise = whole({1, 1, 12, 2}, float32, 4);
  EXPECT_TRUE(identical(nn::separable_conv2d(x, depthwise, pointwise, {.strides = 2}),
                        conv2d(nn::depthwise_conv2d(x, depthwise, {.strides = 2}), pointwise)));
  EXPECT_TRUE(
      identical(nn::separable_conv2d(first, depthwise, pointwise, {.data_format = "NCHW"}),
                transpose(nn::separable_conv2d(x, depthwise, pointwise), {.perm = {0, 3, 1, 2}})));
}

TEST(convolution, Gradient) {
  for (const Case& c : cases()) {
    if (c.x.at(-1) > 4) continue;  // many elements, nothing new
    const auto f = [&](const std::vector<Tensor>& x) {
      return apply_one(op_named("convolution"), {x[0], x[1]}, c.options);
    };
    EXPECT_TRUE(gradients_agree(f, {sample(c.x), sample(c.filters, float64, -1, 1, 2)}));
  }
  const auto f = [](const std::vector<Tensor>& x) {
    return conv2d(x[0], x[1], {.strides = 2, .padding = "SAME"});
  };
  EXPECT_TRUE(
      second_gradients_agree(f, {sample({1, 3, 3, 2}), sample({2, 2, 1, 2}, float64, -1, 1, 2)}));
}

TEST(convolution, Errors) {
  const Tensor x = zeros({1, 4, 4, 4});
  EXPECT_EQ(error_of<ShapeError>([&] {
              conv2d(x, zeros({3, 3, 4}));
            }),
            "conv2d: needs input and filters of rank 4, got (1, 4, 4, 4) and (3, 3, 4)");
  EXPECT_EQ(error_of<ShapeError>([&] {
              conv2d(x, zeros({3, 3, 3, 2}));
            }),
            "convolution: 4 channels of an input (1, 4, 4, 4) do not match filters (3, 3, 3, 2), "
            "which take 3; the last axis but one of filters must divide the channels");
  EXPECT_EQ(error_of<ShapeError>([&] {
              conv2d(x, zeros({3, 3, 2, 3}));
            }),
            "convolution: 3 output channels cannot be shared among 2 groups (input (1, 4, 4, 4), "
            "filters (3, 3, 2, 3))");
  EXPECT_EQ(error_of<ShapeError>([&] {
              conv2d(x, zeros({6, 1, 4, 1}));
            }),
            "convolution: a window that reaches over 6 elements does not fit 4 (input (1, 4, 4, "
            "4), filters (6, 1, 4, 1)); see padding SAME");
  EXPECT_EQ(error_of<ShapeError>([&] {
              conv2d(x, zeros({0, 1, 4, 1}));
            }),
            "convolution: filters (0, 1, 4, 1) have an empty window");
  EXPECT_EQ(error_of<DTypeError>([&] {
              conv2d(x, zeros({1, 1, 4, 1}, int32));
            }),
            "convolution: float32 and int32 do not mix; tf::cast one of them");
  EXPECT_EQ(error_of<DTypeError>([] {
              conv1d(zeros({1, 1, 1}, int64), zeros({1, 1, 1}, int64));
            }),
            "convolution: needs floating point or int32, got int64; tf::cast it first");
  const Tensor f = zeros({1, 1, 4, 1});
  EXPECT_EQ(error_of<ValueError>([&] {
              conv2d(x, f, {.strides = {1, 2, 3}});
            }),
            "conv2d: strides are [1, 2, 3]; needs one positive number, or one for each of 2 axes");
  EXPECT_EQ(error_of<ValueError>([&] { conv2d(x, f, {.dilations = 0}); }),
            "conv2d: dilations are [0]; needs one positive number, or one for each of 2 axes");
  EXPECT_EQ(error_of<ValueError>([&] { conv2d(x, f, {.padding = "FULL"}); }),
            "conv2d: padding is \"FULL\"; it must be VALID, SAME or pairs of numbers");
  EXPECT_EQ(error_of<ValueError>([&] {
              conv2d(x, f, {.padding = {{1, 1}}});
            }),
            "conv2d: padding is [1, 1]; needs two numbers >= 0 for each of 2 axes");
  EXPECT_EQ(error_of<ValueError>([&] { conv2d(x, f, {.data_format = "NWC"}); }),
            "conv2d: data_format is \"NWC\"; it must be NHWC or NCHW");
  EXPECT_EQ(error_of<ShapeError>([&] {
              nn::convolution(zeros({2, 2}), f);
            }),
            "convolution: needs an input of rank 3, 4 or 5, got (2, 2)");
  EXPECT_EQ(error_of<ShapeError>([&] {
              nn::depthwise_conv2d(x, zeros({2, 2, 3, 1}));
            }),
            "depthwise_conv2d: filters (2, 2, 3, 1) are for 3 channels, the input (1, 4, 4, 4) has "
            "4");
  EXPECT_EQ(error_of<ShapeError>([&] {
              nn::separable_conv2d(x, zeros({2, 2, 4, 1}), zeros({2, 1, 4, 1}));
            }),
            "separable_conv2d: the pointwise filters are (2, 1, 4, 1); their window must be 1, 1");
}

TEST(convolution_grad_input, Values) {
  const Tensor x = reshape(constant({1.0, 2.0}), {1, 2, 1});
  const Tensor f = reshape(constant({1.0, 10.0, 100.0}), {3, 1, 1});
  EXPECT_TRUE(has_values(nn::conv1d_transpose(x, f, {1, 4, 1}, {.padding = "VALID"}), {1, 4, 1},
                         {1, 12, 120, 200}));
  EXPECT_TRUE(has_values(nn::conv1d_transpose(x, f, {1, 2, 1}), {1, 2, 1}, {12, 120}));
  EXPECT_TRUE(has_values(nn::conv1d_transpose(x, f, {1, 4, 1}, {.strides = 2}), {1, 4, 1},
                         {1, 10, 102, 20}));
  EXPECT_TRUE(
      has_values(nn::conv1d_transpose(x, f, {1, 3, 1}, {.strides = 2}), {1, 3, 1}, {10, 102, 20}));
}

TEST(convolution_grad_input, Composition) {
  for (const Case& c : cases()) {
    const ConvolutionGradOptions options{c.options, c.x};
    EXPECT_TRUE(kernel_equals_composition("convolution_grad_input",
                                          {whole(output_of(c)), whole(c.filters)}, options));
  }
}

TEST(convolution_grad_input, Types) {
  for (const DType dtype : {int32, half, DType(DType::kBFloat16), float32, float64}) {
    for (const Case& c : cases()) {
      const ConvolutionGradOptions options{c.options, c.x};
      const Tensor dy = whole(output_of(c), dtype);
      const Tensor f = whole(c.filters, dtype, 2);
      const OpDef& op = op_named("convolution_grad_input");
      const Tensor dx = apply_one(op, {scattered(dy), scattered(f)}, options);
      EXPECT_TRUE(identical(dx, apply_one(op, {dy, f}, options)));
      EXPECT_TRUE(near(cast(dx, float64),
                       apply_one(op, {cast(dy, float64), cast(f, float64)}, options),
                       {0.01, 1e-6}));
    }
  }
  EXPECT_EQ(nn::conv2d_transpose(zeros({0, 2, 2, 2}), zeros({3, 3, 1, 2}), {0, 2, 2, 1}).shape(),
            (Shape{0, 2, 2, 1}));
  EXPECT_TRUE(has_values(
      nn::conv1d_transpose(zeros({1, 0, 1}), ones({3, 1, 1}), {1, 2, 1}, {.padding = "VALID"}),
      {1, 2, 1}, {0, 0}));
}

TEST(convolution_grad_input, Options) {
  const Tensor x = whole({2, 3, 4, 3});
  const Tensor f = whole({2, 3, 2, 3}, float32, 2);
  const Shape wide{2, 6, 8, 2};
  const Tensor y = nn::conv2d_transpose(x, f, wide, {.strides = 2});
  // <conv2d(z, f), x> = <z, conv2d_transpose(x, f)>
  const Tensor z = whole(wide, float32, 3);
  const Tensor left = reduce_sum(conv2d(z, f, {.strides = 2, .padding = "SAME"}) * x);
  EXPECT_TRUE(identical(left, reduce_sum(z * y)));
  EXPECT_TRUE(identical(nn::conv_transpose(x, f, wide, {.strides = 2}), y));
  const Tensor first = nn::conv2d_transpose(transpose(x, {.perm = {0, 3, 1, 2}}), f, {2, 2, 6, 8},
                                            {.strides = {1, 1, 2, 2}, .data_format = "NCHW"});
  EXPECT_TRUE(identical(transpose(first, {.perm = {0, 2, 3, 1}}), y));
  EXPECT_TRUE(
      identical(nn::atrous_conv2d_transpose(x, f, {2, 5, 8, 2}, 2, "VALID"),
                nn::conv2d_transpose(x, f, {2, 5, 8, 2}, {.padding = "VALID", .dilations = 2})));
  EXPECT_EQ(nn::conv3d_transpose(ones({1, 2, 2, 2, 1}), ones({2, 2, 2, 3, 1}), {1, 3, 3, 3, 3},
                                 {.padding = "VALID"})
                .shape(),
            (Shape{1, 3, 3, 3, 3}));
}

TEST(convolution_grad_input, Gradient) {
  for (const Case& c : cases()) {
    if (c.x.at(-1) > 4) continue;
    const auto f = [&](const std::vector<Tensor>& x) {
      return apply_one(op_named("convolution_grad_input"), {x[0], x[1]},
                       ConvolutionGradOptions{c.options, c.x});
    };
    EXPECT_TRUE(gradients_agree(f, {sample(output_of(c)), sample(c.filters, float64, -1, 1, 2)}));
  }
}

TEST(convolution_grad_input, Errors) {
  const Tensor x = zeros({1, 3, 1});
  EXPECT_EQ(error_of<ShapeError>([&] {
              nn::conv1d_transpose(x, zeros({2, 1, 1}), {1, 9, 1});
            }),
            "conv1d_transpose: an output (1, 9, 1) has windows (1, 9, 1) (channels last), not "
            "those of the input, (1, 3, 1); output_shape, strides or filters (2, 1, 1) do not "
            "match it");
  EXPECT_EQ(error_of<ShapeError>([&] {
              nn::conv1d_transpose(x, zeros({2, 1, 1}), {9, 1});
            }),
            "conv1d_transpose: output_shape is (9, 1); needs 3 sizes, those of batch and channels "
            "too");
}

TEST(convolution_grad_filter, Values) {
  const Tensor x = reshape(constant({1.0, 10.0, 100.0, 1000.0}), {1, 4, 1});
  const Tensor dy = reshape(constant({1.0, 2.0, 3.0}), {1, 3, 1});
  EXPECT_TRUE(has_values(apply_one(op_named("convolution_grad_filter"), {x, dy},
                                   ConvolutionGradOptions{plain({1}, {1}, {0, 0}), {2, 1, 1}}),
                         {2, 1, 1}, {321, 3210}));
}

TEST(convolution_grad_filter, Composition) {
  for (const Case& c : cases()) {
    const ConvolutionGradOptions options{c.options, c.filters};
    EXPECT_TRUE(kernel_equals_composition("convolution_grad_filter",
                                          {whole(c.x), whole(output_of(c))}, options));
  }
}

TEST(convolution_grad_filter, Types) {
  for (const DType dtype : {int32, half, DType(DType::kBFloat16), float32, float64}) {
    for (const Case& c : cases()) {
      const ConvolutionGradOptions options{c.options, c.filters};
      const Tensor x = whole(c.x, dtype);
      const Tensor dy = whole(output_of(c), dtype, 2);
      const OpDef& op = op_named("convolution_grad_filter");
      const Tensor df = apply_one(op, {scattered(x), scattered(dy)}, options);
      EXPECT_TRUE(identical(df, apply_one(op, {x, dy}, options)));
      EXPECT_TRUE(near(cast(df, float64),
                       apply_one(op, {cast(x, float64), cast(dy, float64)}, options),
                       {0.01, 1e-6}));
    }
  }
  EXPECT_TRUE(has_values(
      apply_one(op_named("convolution_grad_filter"), {zeros({0, 2, 1}), zeros({0, 2, 1})},
                ConvolutionGradOptions{plain({1}, {1}, {0, 0}), {1, 1, 1}}),
      {1, 1, 1}, {0}));
}

TEST(convolution_grad_filter, Gradient) {
  for (const Case& c : cases()) {
    if (c.x.at(-1) > 4) continue;
    const auto f = [&](const std::vector<Tensor>& x) {
      return apply_one(op_named("convolution_grad_filter"), {x[0], x[1]},
                       ConvolutionGradOptions{c.options, c.filters});
    };
    EXPECT_TRUE(gradients_agree(f, {sample(c.x), sample(output_of(c), float64, -1, 1, 2)}));
  }
}

/// What `vectorized_map` makes of no slices at all: nothing to divide by how many there are.
TEST(convolution, MapsNoSlices) {
  const auto f = [](const std::vector<Tensor>& in) { return nn::conv2d(in[0], in[1]); };
  const Tensor filters = ones({3, 3, 2, 4}, float64);
  const Tensor x = zeros({0, 2, 5, 5, 2}, float64);
  const auto shared = [&](const std::vector<Tensor>& in) { return nn::conv2d(in[0], filters); };
  EXPECT_EQ(vectorized_map(shared, std::vector<Tensor>{x}).shape(), (Shape{0, 2, 3, 3, 4}));
  const Tensor own = zeros({0, 3, 3, 2, 4}, float64);
  EXPECT_EQ(vectorized_map(f, {x, own}).shape(), (Shape{0, 2, 3, 3, 4}));
  for (const std::size_t source : {0, 1}) {
    const auto gradient = [&](const std::vector<Tensor>& in) {
      GradientTape tape;
      tape.watch(in[source]);
      return tape.gradient(f(in), in[source]);
    };
    const Shape expected = source == 0 ? x.shape() : own.shape();
    EXPECT_EQ(vectorized_map(gradient, {x, own}).shape(), expected);
  }
}

}  // namespace
}  // namespace saem
