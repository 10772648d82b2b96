// clip_by_norm, global_norm, clip_by_global_norm: what must be true. Values are TensorFlow's.
#include <cmath>
#include <limits>
#include <saem/ops/clip_norm.hpp>
#include <saem/ops/reduce.hpp>

#include "ops/pointwise.hpp"

namespace saem {
namespace {

using namespace saem::testing;

TEST(clip_by_norm, Values) {
  EXPECT_TRUE(has_values(clip_by_norm(constant({3.0, 4.0}), 2.5), {2}, {1.5, 2}));
  EXPECT_TRUE(has_values(clip_by_norm(constant({3.0, 4.0}), 10), {2}, {3, 4}));
  EXPECT_TRUE(has_values(clip_by_norm(constant({{3.0, 4.0}, {0.0, 0.0}}), 1.0, {1}), {2, 2},
                         {0.6, 0.8, 0, 0}));
}

TEST(clip_by_norm, Gradient) {
  const Tensor x = constant({{3.0, 4.0}, {0.1, 0.2}}, float64);
  const auto clipped = [](const std::vector<Tensor>& in) { return clip_by_norm(in[0], 1.0, {1}); };
  EXPECT_TRUE(gradients_agree(clipped, {x}));
  EXPECT_TRUE(second_gradients_agree(clipped, {x}));
  GradientTape tape;  // at zero too there is a gradient, not NaN
  const Tensor zero = zeros({2});
  tape.watch(zero);
  EXPECT_TRUE(has_values(tape.gradient(clip_by_norm(zero, 2.0), zero), {2}, {1, 1}));
}

TEST(clip_by_norm, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { clip_by_norm(constant({1}), 1); }),
            "clip_by_norm: needs floating point, got int32; tf::cast it to tf::float32");
}

TEST(clip_by_global_norm, Values) {
  const std::vector<Tensor> tensors = {constant({3.0}), Tensor(), constant({4.0})};
  EXPECT_TRUE(has_values(linalg::global_norm(tensors), {}, {5}));
  const ClippedTensors clipped = clip_by_global_norm(tensors, 2.5);
  EXPECT_TRUE(has_values(clipped.global_norm, {}, {5}));
  EXPECT_TRUE(has_values(clipped.tensors[0], {1}, {1.5}));
  EXPECT_FALSE(clipped.tensors[1].defined());
  EXPECT_TRUE(has_values(clipped.tensors[2], {1}, {2}));
  EXPECT_TRUE(has_values(clip_by_global_norm(tensors, 6).tensors[0], {1}, {3}));
  const Tensor infinite = constant({std::numeric_limits<float>::infinity()});
  EXPECT_TRUE(std::isnan(clip_by_global_norm({infinite}, 2.5).tensors[0].item<float>()));
}

TEST(clip_by_global_norm, Gradient) {
  const auto clipped = [](const std::vector<Tensor>& in) {
    const ClippedTensors result = clip_by_global_norm(in, 1.0);
    return result.tensors[0] + result.tensors[1];
  };
  EXPECT_TRUE(gradients_agree(clipped, {sample({3}, float64), sample({3}, float64, -2, 2, 2)}));
}

TEST(clip_by_global_norm, Errors) {
  EXPECT_EQ(error_of<ValueError>([] { linalg::global_norm({}); }),
            "global_norm: there is no tensor to take the norm of");
  EXPECT_EQ(error_of<DTypeError>([] { linalg::global_norm({constant({1})}); }),
            "global_norm: needs floating point, got int32; tf::cast it to tf::float32");
}

}  // namespace
}  // namespace saem
