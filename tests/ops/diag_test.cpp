// diag, diag_part, set_diag, band_part, trace, tensor_diag, tensor_diag_part; floor 5 of 5: what
// must be true.
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/diag.hpp>
#include <saem/ops/reshape.hpp>

#include "support/op_test.hpp"

namespace saem {
namespace {

using testing::error_of;
using testing::gradients_agree;
using testing::has_values;
using testing::identical;
using testing::kernel_equals_composition;
using testing::sample;
using testing::scattered;
using testing::second_gradients_agree;

/// 0, 1, 2, ... as a (3, 4) matrix.
Tensor matrix() { return reshape(range(12), {3, 4}); }

TEST(diag, Values) {
  EXPECT_TRUE(has_values(linalg::diag(constant({1, 2})), {2, 2}, {1, 0, 0, 2}));
  EXPECT_TRUE(
      has_values(linalg::diag(constant({1, 2}), {.k = -1}), {3, 3}, {0, 0, 0, 1, 0, 0, 0, 2, 0}));
  EXPECT_TRUE(
      has_values(linalg::diag(constant({{1, 2}, {3, 4}})), {2, 2, 2}, {1, 0, 0, 2, 3, 0, 0, 4}));
  EXPECT_TRUE(has_values(linalg::diag(constant({{1, 2, 3}, {4, 5, 6}}), {.k = {-1, 0}}), {3, 3},
                         {1, 0, 0, 4, 2, 0, 0, 5, 3}));
}

TEST(diag, Composition) {
  const auto agree = [](const Tensor& diagonal, const DiagOptions& options) {
    return kernel_equals_composition("diag", {diagonal}, options);
  };
  EXPECT_TRUE(agree(sample({2, 3}), {.k = 1, .num_rows = 3, .num_columns = 5}));
  EXPECT_TRUE(agree(sample({2, 3}), {.k = -2, .num_rows = 5, .num_columns = 4}));
  for (const char* align : {"RIGHT_LEFT", "LEFT_RIGHT", "LEFT_LEFT", "RIGHT_RIGHT"}) {
    EXPECT_TRUE(
        agree(scattered(sample({2, 4, 3})),
              {.k = {-2, 1}, .num_rows = 3, .num_columns = 4, .padding_value = 7, .align = align}));
  }
}

TEST(diag, Types) {
  for (const DType dtype : {bool_, int8, int64, half, float32, float64}) {
    const Tensor x = sample({2, 5}, dtype, 0, 2);
    EXPECT_TRUE(identical(linalg::diag(scattered(x), {.k = 2}), linalg::diag(x, {.k = 2})));
    EXPECT_TRUE(identical(linalg::diag_part(linalg::diag(x)), x));
  }
  EXPECT_EQ(linalg::diag(zeros({0})).shape(), (Shape{0, 0}));
  EXPECT_EQ(linalg::diag(zeros({0, 3})).shape(), (Shape{0, 3, 3}));
  EXPECT_TRUE(has_values(linalg::diag(constant({7})), {1, 1}, {7}));
  const Tensor large = linalg::diag(range(700));
  EXPECT_EQ(large(699, 699).item<std::int32_t>(), 699);
  EXPECT_EQ(large(699, 698).item<std::int32_t>(), 0);
}

TEST(diag, Options) {
  const Tensor x = constant({1, 2});
  EXPECT_TRUE(has_values(linalg::diag(x, {.k = 1, .num_rows = 2}), {2, 3}, {0, 1, 0, 0, 0, 2}));
  EXPECT_TRUE(has_values(linalg::diag(x, {.num_columns = 3}), {2, 3}, {1, 0, 0, 0, 2, 0}));
  EXPECT_TRUE(has_values(linalg::diag(x, {.padding_value = 9}), {2, 2}, {1, 9, 9, 2}));
  EXPECT_TRUE(
      has_values(linalg::diag(constant({{1, 2, 3}, {4, 5, 6}, {7, 8, 9}}), {.k = {-1, 1},
                                                                            .num_rows = 3,
                                                                            .num_columns = 4,
                                                                            .padding_value = 9,
                                                                            .align = "LEFT_RIGHT"}),
                 {3, 4}, {4, 1, 9, 9, 8, 5, 2, 9, 9, 9, 6, 3}));
}

TEST(diag, Gradient) {
  const auto f = [](const std::vector<Tensor>& x) {
    const Tensor y = linalg::diag(x[0], {.k = {-1, 1}, .num_rows = 3, .num_columns = 4});
    return y * y * y;
  };
  EXPECT_TRUE(gradients_agree(f, {sample({2, 3, 3})}));
  EXPECT_TRUE(second_gradients_agree(f, {sample({1, 3, 3})}));
}

TEST(diag, Errors) {
  EXPECT_EQ(error_of<ShapeError>([] { linalg::diag(constant(1)); }),
            "diag: diagonals k = 0 need a higher rank than shape ()");
  EXPECT_EQ(error_of<ShapeError>([] {
              linalg::diag(constant({1, 2}), {.k = 1, .num_rows = 4, .num_columns = 5});
            }),
            "diag: diagonals k = 1 of a (4, 5) matrix have shape (4,), got (2,)");
  EXPECT_EQ(error_of<ValueError>([] { linalg::diag(constant({1}), {.align = "LEFT"}); }),
            "diag: align is \"LEFT\"; it must be RIGHT_LEFT, LEFT_RIGHT, LEFT_LEFT or RIGHT_RIGHT");
  EXPECT_EQ(error_of<ShapeError>([] {
              linalg::diag(constant({{1}}), {.k = {1, 0}});
            }),
            "diag: k is (1, 0); the lowest diagonal comes first");
  EXPECT_EQ(error_of<DTypeError>([] { linalg::diag(constant({1}), {.padding_value = 0.5}); }),
            "diag: 0.5 does not fit a tensor of int32; tf::cast the tensor to float32 first");
}

TEST(diag_part, Values) {
  EXPECT_TRUE(has_values(linalg::diag_part(matrix()), {3}, {0, 5, 10}));
  EXPECT_TRUE(has_values(linalg::diag_part(matrix(), {.k = 2}), {2}, {2, 7}));
  EXPECT_TRUE(has_values(linalg::diag_part(matrix(), {.k = -2}), {1}, {8}));
  const Tensor x = matrix();
  EXPECT_EQ(linalg::diag_part(x).data(), x.data()) << "a view";
  EXPECT_TRUE(has_values(linalg::diag_part(matrix(), {.k = {-1, 2}}), {4, 3},
                         {0, 2, 7, 1, 6, 11, 0, 5, 10, 4, 9, 0}));
}

TEST(diag_part, Types) {
  for (const DType dtype : {bool_, int8, int64, half, float32, float64}) {
    const Tensor x = sample({2, 3, 5}, dtype, 0, 2);
    EXPECT_TRUE(
        identical(linalg::diag_part(scattered(x), {.k = -1}), linalg::diag_part(x, {.k = -1})));
    EXPECT_TRUE(identical(linalg::diag_part(scattered(x), {.k = {-1, 3}}),
                          linalg::diag_part(x, {.k = {-1, 3}})));
  }
  EXPECT_EQ(linalg::diag_part(zeros({0, 3})).shape(), (Shape{0}));
  EXPECT_EQ(linalg::diag_part(zeros({0, 3, 3})).shape(), (Shape{0, 3}));
  EXPECT_TRUE(has_values(linalg::diag_part(constant({{7}})), {1}, {7}));
  EXPECT_EQ(linalg::diag_part(zeros({400, 500}), {.k = 50}).shape(), (Shape{400}));
}

TEST(diag_part, Options) {
  const auto part = [](const char* align) {
    return linalg::diag_part(matrix(), {.k = {-2, 2}, .padding_value = 99, .align = align});
  };
  EXPECT_TRUE(
      has_values(part("LEFT_LEFT"), {5, 3}, {2, 7, 99, 1, 6, 11, 0, 5, 10, 4, 9, 99, 8, 99, 99}));
  EXPECT_TRUE(
      has_values(part("RIGHT_RIGHT"), {5, 3}, {99, 2, 7, 1, 6, 11, 0, 5, 10, 99, 4, 9, 99, 99, 8}));
  EXPECT_TRUE(
      has_values(part("LEFT_RIGHT"), {5, 3}, {2, 7, 99, 1, 6, 11, 0, 5, 10, 99, 4, 9, 99, 99, 8}));
  EXPECT_TRUE(
      has_values(part("RIGHT_LEFT"), {5, 3}, {99, 2, 7, 1, 6, 11, 0, 5, 10, 4, 9, 99, 8, 99, 99}));
}

TEST(diag_part, Gradient) {
  for (const Diagonals k : {Diagonals(1), Diagonals(-1, 2)}) {
    const auto f = [&](const std::vector<Tensor>& x) {
      const Tensor y = linalg::diag_part(x[0], {.k = k});
      return y * y * y;
    };
    EXPECT_TRUE(gradients_agree(f, {sample({2, 3, 4})}));
    EXPECT_TRUE(second_gradients_agree(f, {sample({1, 3, 4})}));
  }
}

TEST(diag_part, Errors) {
  EXPECT_EQ(error_of<ShapeError>([] { linalg::diag_part(matrix(), {.k = 4}); }),
            "diag_part: k is 4, but a (3, 4) matrix has no diagonal 4");
  EXPECT_EQ(error_of<ShapeError>([] {
              linalg::diag_part(matrix(), {.k = {-3, 0}});
            }),
            "diag_part: k is (-3, 0), but a (3, 4) matrix has no diagonal -3");
  EXPECT_EQ(error_of<ShapeError>([] { linalg::diag_part(range(3)); }),
            "diag_part: needs matrices along the last two axes, got shape (3,)");
}

TEST(set_diag, Values) {
  const Tensor x = zeros({3, 4}, int32);
  EXPECT_TRUE(has_values(linalg::set_diag(x, constant({1, 2, 3})), {3, 4},
                         {1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 3, 0}));
  EXPECT_TRUE(
      has_values(linalg::set_diag(x, constant({{0, 1, 2}, {3, 4, 5}, {6, 7, 0}}), {.k = {-1, 1}}),
                 {3, 4}, {3, 0, 0, 0, 6, 4, 1, 0, 0, 7, 5, 2}))
      << "the diagonal above ends at the right, as in tf.linalg.set_diag";
}

TEST(set_diag, Composition) {
  for (const char* align : {"RIGHT_LEFT", "LEFT_RIGHT", "LEFT_LEFT", "RIGHT_RIGHT"}) {
    EXPECT_TRUE(kernel_equals_composition("set_diag",
                                          {scattered(sample({2, 3, 4})), sample({2, 4, 3})},
                                          DiagOptions{.k = {-2, 1}, .align = align}));
  }
  EXPECT_TRUE(
      kernel_equals_composition("set_diag", {sample({5, 4}), sample({3})}, DiagOptions{.k = -2}));
}

TEST(set_diag, Types) {
  for (const DType dtype : {bool_, int8, int64, half, float32, float64}) {
    const Tensor x = sample({2, 3, 5}, dtype, 0, 2);
    const Tensor d = sample({2, 3}, dtype, 0, 2, 5);
    EXPECT_TRUE(identical(linalg::set_diag(scattered(x), scattered(d), {.k = 2}),
                          linalg::set_diag(x, d, {.k = 2})));
    EXPECT_TRUE(identical(linalg::diag_part(linalg::set_diag(x, d)), d));
  }
  EXPECT_EQ(linalg::set_diag(zeros({0, 3}), zeros({0})).shape(), (Shape{0, 3}));
  EXPECT_EQ(linalg::set_diag(zeros({400, 500}), ones({400}))(399, 399).item<float>(), 1.0F);
}

TEST(set_diag, Options) {
  const Tensor x = zeros({2, 2}, int32);
  EXPECT_TRUE(has_values(linalg::set_diag(x, constant({7}), {.k = 1}), {2, 2}, {0, 7, 0, 0}));
  EXPECT_TRUE(has_values(linalg::set_diag(x, constant({7}), {.k = -1}), {2, 2}, {0, 0, 7, 0}));
  const Tensor rows = constant({{1, 2}, {3, 4}});
  EXPECT_TRUE(has_values(linalg::set_diag(x, rows, {.k = {0, 1}, .align = "LEFT_LEFT"}), {2, 2},
                         {3, 1, 0, 4}));
  EXPECT_TRUE(has_values(linalg::set_diag(x, rows, {.k = {0, 1}, .align = "RIGHT_RIGHT"}), {2, 2},
                         {3, 2, 0, 4}));
}

TEST(set_diag, Gradient) {
  const auto f = [](const std::vector<Tensor>& x) {
    const Tensor y = linalg::set_diag(x[0], x[1], {.k = {-1, 0}});
    return y * y * y;
  };
  EXPECT_TRUE(gradients_agree(f, {sample({2, 3, 4}), sample({2, 2, 3})}));
  EXPECT_TRUE(second_gradients_agree(f, {sample({3, 4}), sample({2, 3})}));
}

TEST(set_diag, Errors) {
  EXPECT_EQ(error_of<ShapeError>([] {
              linalg::set_diag(matrix(), constant({1, 2}));
            }),
            "set_diag: diagonals k = 0 of shape (3, 4) have shape (3,), got (2,)");
  EXPECT_EQ(error_of<DTypeError>([] { linalg::set_diag(matrix(), zeros({3})); }),
            "set_diag: int32 and float32 do not mix; tf::cast one of them");
  EXPECT_EQ(error_of<ShapeError>([] { linalg::set_diag(range(3), range(3)); }),
            "set_diag: needs matrices along the last two axes, got shape (3,)");
}

TEST(band_part, Values) {
  const Tensor x = matrix() + 1;
  EXPECT_TRUE(
      has_values(linalg::band_part(x, 1, 0), {3, 4}, {1, 0, 0, 0, 5, 6, 0, 0, 0, 10, 11, 0}));
  EXPECT_TRUE(
      has_values(linalg::band_part(x, -1, 1), {3, 4}, {1, 2, 0, 0, 5, 6, 7, 0, 9, 10, 11, 12}));
  EXPECT_TRUE(
      has_values(linalg::band_part(x, 0, -1), {3, 4}, {1, 2, 3, 4, 0, 6, 7, 8, 0, 0, 11, 12}));
  EXPECT_TRUE(identical(linalg::band_part(x, -1, -1), x));
}

TEST(band_part, Types) {
  for (const DType dtype : {bool_, int8, int64, half, float32, float64}) {
    const Tensor x = sample({2, 3, 5}, dtype, 0, 2);
    EXPECT_TRUE(identical(linalg::band_part(scattered(x), 1, 1), linalg::band_part(x, 1, 1)));
  }
  EXPECT_EQ(linalg::band_part(zeros({0, 3}), 0, 1).shape(), (Shape{0, 3}));
  EXPECT_TRUE(has_values(linalg::band_part(constant({{7}}), 0, 0), {1, 1}, {7}));
  EXPECT_EQ(linalg::band_part(ones({400, 300}), 0, 0)(299, 299).item<float>(), 1.0F);
}

TEST(band_part, Options) {
  const Tensor x = ones({3, 3});
  EXPECT_TRUE(has_values(linalg::band_part(x, 0, 0), {3, 3}, {1, 0, 0, 0, 1, 0, 0, 0, 1}));
  EXPECT_TRUE(has_values(linalg::band_part(x, 2, 0), {3, 3}, {1, 0, 0, 1, 1, 0, 1, 1, 1}));
  EXPECT_TRUE(has_values(linalg::band_part(x, 0, 2), {3, 3}, {1, 1, 1, 0, 1, 1, 0, 0, 1}));
}

TEST(band_part, Gradient) {
  const auto f = [](const std::vector<Tensor>& x) {
    const Tensor y = linalg::band_part(x[0], 1, 0);
    return y * y * y;
  };
  EXPECT_TRUE(gradients_agree(f, {sample({2, 3, 4})}));
  EXPECT_TRUE(second_gradients_agree(f, {sample({3, 4})}));
}

TEST(band_part, Errors) {
  EXPECT_EQ(error_of<ShapeError>([] { linalg::band_part(matrix(), 4, 0); }),
            "band_part: 4 diagonals below and 0 above the main one are more than shape (3, 4) has; "
            "a negative number keeps all");
  EXPECT_EQ(error_of<ShapeError>([] { linalg::band_part(range(3), 0, 0); }),
            "band_part: needs matrices along the last two axes, got shape (3,)");
}

TEST(trace, Values) {
  EXPECT_TRUE(has_values(linalg::trace(matrix()), {}, {15}));
  EXPECT_TRUE(has_values(linalg::trace(reshape(range(8), {2, 2, 2})), {2}, {3, 11}));
  EXPECT_TRUE(has_values(linalg::trace(zeros({0, 3})), {}, {0}));
  const auto f = [](const std::vector<Tensor>& x) {
    const Tensor y = linalg::trace(x[0]);
    return y * y;
  };
  EXPECT_TRUE(gradients_agree(f, {sample({2, 3, 3})}));
  EXPECT_EQ(error_of<ShapeError>([] { linalg::trace(range(3)); }),
            "trace: needs matrices along the last two axes, got shape (3,)");
}

TEST(tensor_diag, Values) {
  EXPECT_TRUE(has_values(linalg::tensor_diag(constant({{1, 2}, {3, 4}})), {2, 2, 2, 2},
                         {1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 3, 0, 0, 0, 0, 4}));
  const Tensor x = sample({2, 3});
  EXPECT_TRUE(identical(linalg::tensor_diag_part(linalg::tensor_diag(x)), x));
  const auto f = [](const std::vector<Tensor>& y) {
    const Tensor wide = linalg::tensor_diag(y[0]);
    return wide * wide;
  };
  EXPECT_TRUE(gradients_agree(f, {sample({2, 2})}));
  EXPECT_EQ(error_of<ShapeError>([] { linalg::tensor_diag(constant(1)); }),
            "tensor_diag: needs at least one axis");
}

TEST(tensor_diag_part, Values) {
  EXPECT_TRUE(has_values(linalg::tensor_diag_part(reshape(range(16), {2, 2, 2, 2})), {2, 2},
                         {0, 5, 10, 15}));
  const auto f = [](const std::vector<Tensor>& x) {
    const Tensor y = linalg::tensor_diag_part(x[0]);
    return y * y;
  };
  EXPECT_TRUE(gradients_agree(f, {sample({2, 2, 2, 2})}));
  EXPECT_EQ(error_of<ShapeError>([] { linalg::tensor_diag_part(matrix()); }),
            "tensor_diag_part: shape (3, 4) is not one shape twice");
  EXPECT_EQ(error_of<ShapeError>([] {
              linalg::tensor_diag_part(zeros({2, 2, 2}));
            }),
            "tensor_diag_part: shape (2, 2, 2) is not one shape twice");
}

}  // namespace
}  // namespace saem
