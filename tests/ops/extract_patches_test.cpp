// extract_patches, floor 5 of 5: what must be true.
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/extract_patches.hpp>
#include <saem/ops/reshape.hpp>

#include "support/op_test.hpp"

namespace saem {
namespace {

using image::extract_patches;
using testing::error_of;
using testing::gradients_agree;
using testing::has_values;
using testing::identical;
using testing::kernel_equals_composition;
using testing::sample;
using testing::scattered;
using testing::second_gradients_agree;

/// Odd sizes, overlapping patches, holes in them, zeros around.
const ExtractPatchesOptions kSame{
    .sizes = {1, 3, 2, 1}, .strides = {1, 2, 1, 1}, .rates = {1, 2, 3, 1}, .padding = "SAME"};
const ExtractPatchesOptions kValid{
    .sizes = {1, 2, 3, 1}, .strides = {1, 1, 2, 1}, .rates = {1, 2, 1, 1}};

TEST(extract_patches, Values) {
  const Tensor x = reshape(range(1, 26), {1, 5, 5, 1});
  EXPECT_TRUE(has_values(extract_patches(x, {.sizes = {1, 3, 3, 1}, .strides = {1, 2, 2, 1}}),
                         {1, 2, 2, 9},
                         {1,  2,  3,  6,  7,  8,  11, 12, 13, 3,  4,  5,  8,  9,  10, 13, 14, 15,
                          11, 12, 13, 16, 17, 18, 21, 22, 23, 13, 14, 15, 18, 19, 20, 23, 24, 25}));
  const Tensor small = reshape(range(1, 10), {1, 3, 3, 1});
  EXPECT_TRUE(has_values(extract_patches(small, {.sizes = {1, 2, 2, 1},
                                                 .strides = {1, 2, 2, 1},
                                                 .rates = {1, 2, 2, 1},
                                                 .padding = "SAME"}),
                         {1, 2, 2, 4}, {0, 0, 0, 5, 0, 0, 5, 0, 0, 5, 0, 0, 5, 0, 0, 0}));
}

TEST(extract_patches, Composition) {
  for (const ExtractPatchesOptions& options : {kSame, kValid}) {
    EXPECT_TRUE(kernel_equals_composition("extract_patches", {sample({2, 7, 6, 3})}, options));
    EXPECT_TRUE(
        kernel_equals_composition("extract_patches", {sample({4, 33, 32, 5}, float32)}, options));
  }
}

TEST(extract_patches, Types) {
  for (const DType dtype : {bool_, int8, int64, half, float32, float64}) {
    const Tensor x = sample({2, 7, 6, 3}, dtype, 0, 2);
    EXPECT_TRUE(identical(extract_patches(scattered(x), kSame), extract_patches(x, kSame)));
  }
  EXPECT_EQ(extract_patches(zeros({0, 7, 6, 3}), kSame).shape(), (Shape{0, 4, 6, 18}));
  EXPECT_EQ(extract_patches(zeros({1, 7, 6, 0}), kValid).shape(), (Shape{1, 5, 2, 0}));
  EXPECT_EQ(extract_patches(zeros({1, 2, 2, 1}), {.sizes = {1, 3, 3, 1}}).shape(),
            (Shape{1, 0, 0, 9}))
      << "one too small: no patches, as in TensorFlow";
  EXPECT_TRUE(has_values(extract_patches(constant({{{{7}}}}), {}), {1, 1, 1, 1}, {7}));
}

TEST(extract_patches, Options) {
  const Tensor x = zeros({1, 6, 6, 1});
  EXPECT_EQ(extract_patches(x, {.sizes = {1, 2, 3, 1}}).shape(), (Shape{1, 5, 4, 6}));
  EXPECT_EQ(extract_patches(x, {.strides = {1, 2, 3, 1}}).shape(), (Shape{1, 3, 2, 1}));
  EXPECT_EQ(extract_patches(x, {.sizes = {1, 2, 2, 1}, .rates = {1, 3, 4, 1}}).shape(),
            (Shape{1, 3, 2, 4}));
  EXPECT_EQ(extract_patches(x, {.sizes = {1, 3, 3, 1}, .padding = "SAME"}).shape(),
            (Shape{1, 6, 6, 9}));
}

TEST(extract_patches, Gradient) {
  for (const ExtractPatchesOptions& options : {kSame, kValid}) {
    const auto f = [&](const std::vector<Tensor>& x) {
      const Tensor y = extract_patches(x[0], options);
      return y * y * y;
    };
    EXPECT_TRUE(gradients_agree(f, {sample({1, 5, 4, 2})}));
    EXPECT_TRUE(second_gradients_agree(f, {sample({1, 5, 4, 1})}));
  }
}

TEST(extract_patches, Errors) {
  const Tensor x = zeros({1, 4, 4, 1});
  EXPECT_EQ(error_of<ShapeError>([] {
              extract_patches(zeros({4, 4}), {});
            }),
            "extract_patches: needs rank 4 (images, height, width, channels), got shape (4, 4)");
  EXPECT_EQ(error_of<ValueError>([&] {
              extract_patches(x, {.sizes = {1, 0, 2, 1}});
            }),
            "extract_patches: sizes are [1, 0, 2, 1]; they must be 1, height, width, 1, and "
            "positive");
  EXPECT_EQ(error_of<ValueError>([&] {
              extract_patches(x, {.strides = {2, 2}});
            }),
            "extract_patches: strides are [2, 2]; they must be 1, height, width, 1, and positive");
  EXPECT_EQ(error_of<ValueError>([&] {
              extract_patches(x, {.rates = {1, 1, 1, 2}});
            }),
            "extract_patches: rates are [1, 1, 1, 2]; they must be 1, height, width, 1, and "
            "positive");
  EXPECT_EQ(error_of<ValueError>([&] { extract_patches(x, {.padding = "FULL"}); }),
            "extract_patches: padding is \"FULL\"; it must be VALID or SAME");
  EXPECT_EQ(error_of<ShapeError>([&] {
              extract_patches(x, {.sizes = {1, 1, 6, 1}});
            }),
            "extract_patches: patches of width 6 with rate 1 do not fit images of width 4; see "
            "padding SAME");
}

TEST(extract_patches_grad, Values) {
  const ExtractPatchesGradOptions options{{.sizes = {1, 1, 2, 1}}, {1, 1, 3, 1}};
  const Tensor dy = constant({{{{1.0, 2.0}, {4.0, 8.0}}}});
  EXPECT_TRUE(has_values(apply_one(*find_op("extract_patches_grad"), {dy}, options), {1, 1, 3, 1},
                         {1, 6, 8}));
}

TEST(extract_patches_grad, Composition) {
  for (const ExtractPatchesOptions& patches : {kSame, kValid}) {
    for (const DType dtype : {float64, half, DType(DType::kBFloat16)}) {
      const Shape images{2, 7, 6, 3};
      const Tensor dy =
          cast(cast(10.0 * sample(extract_patches(zeros(images), patches).shape()), int32), dtype);
      EXPECT_TRUE(kernel_equals_composition("extract_patches_grad", {dy},
                                            ExtractPatchesGradOptions{patches, images}));
    }
  }
}

TEST(extract_patches_grad, Types) {
  OpDef& op = *find_op("extract_patches_grad");
  const Shape images{2, 7, 6, 3};
  const Shape patches = extract_patches(zeros(images), kSame).shape();
  for (const DType dtype : {int8, int64, half, float32, float64}) {
    const Tensor dy = sample(patches, dtype, -3, 3);
    const ExtractPatchesGradOptions options{kSame, images};
    EXPECT_TRUE(identical(apply_one(op, {scattered(dy)}, options), apply_one(op, {dy}, options)));
  }
  const Tensor real = sample(patches, float32, -3, 3);
  const ExtractPatchesGradOptions options{kSame, images};
  EXPECT_TRUE(identical(cast(apply_one(op, {cast(real, complex64)}, options), float32),
                        apply_one(op, {real}, options)));
  const ExtractPatchesGradOptions empty{kSame, {0, 7, 6, 3}};
  EXPECT_EQ(apply_one(op, {zeros({0, 4, 6, 18})}, empty).shape(), (Shape{0, 7, 6, 3}));
  const ExtractPatchesGradOptions no_patches{{.sizes = {1, 3, 3, 1}}, {1, 2, 2, 1}};
  EXPECT_TRUE(
      has_values(apply_one(op, {zeros({1, 0, 0, 9})}, no_patches), {1, 2, 2, 1}, {0, 0, 0, 0}));
}

TEST(extract_patches_grad, Gradient) {
  const auto f = [](const std::vector<Tensor>& x) {
    const Tensor y = apply_one(*find_op("extract_patches_grad"), {x[0]},
                               ExtractPatchesGradOptions{kSame, {1, 3, 3, 1}});
    return y * y * y;
  };
  const Tensor dy = sample(extract_patches(zeros({1, 3, 3, 1}), kSame).shape());
  EXPECT_TRUE(gradients_agree(f, {dy}));
  EXPECT_TRUE(second_gradients_agree(f, {dy}));
}

}  // namespace
}  // namespace saem
