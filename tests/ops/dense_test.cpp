// dense, floor 5 of 5: what must be true.
#include <array>
#include <limits>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/dense.hpp>
#include <saem/ops/matmul.hpp>
#include <saem/ops/relu.hpp>
#include <saem/ops/strided_slice.hpp>

#include "support/op_test.hpp"

namespace saem {
namespace {

using testing::error_of;
using testing::gradients_agree;
using testing::has_values;
using testing::kernel_equals_composition;
using testing::near;
using testing::sample;
using testing::scattered;
using testing::second_gradients_agree;

const nn::DenseOptions kRelu{.activation = "relu"};

TEST(dense, Values) {
  const Tensor x = constant({{1.0, 2.0}, {-1.0, 0.5}});
  const Tensor kernel = constant({{1.0, 0.0, 2.0}, {0.0, -1.0, 1.0}});
  const Tensor bias = constant({0.5, 1.0, -1.0});
  EXPECT_TRUE(has_values(nn::dense(x, kernel, bias), {2, 3}, {1.5, -1, 3, -0.5, 0.5, -2.5}));
  EXPECT_TRUE(has_values(nn::dense(x, kernel, bias, kRelu), {2, 3}, {1.5, 0, 3, 0, 0.5, 0}));
  const Tensor nothing = nn::dense(zeros({2, 0}), zeros({0, 3}), bias, kRelu);
  EXPECT_TRUE(has_values(nothing, {2, 3}, {0.5, 1, 0, 0.5, 1, 0})) << "a sum of nothing and a bias";
}

TEST(dense, NotANumberStays) {
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  const Tensor y = nn::dense(constant({{kNaN}, {1.0}}), ones({1, 2}), zeros({2}), kRelu);
  EXPECT_TRUE(has_values(y, {2, 2}, {kNaN, kNaN, 1, 1}));
}

TEST(dense, Composition) {
  for (const DType dtype : {half, DType(DType::kBFloat16), float32, float64}) {
    for (const auto& options : {nn::DenseOptions{}, kRelu}) {
      EXPECT_TRUE(kernel_equals_composition(
          "dense", {sample({7, 5}, dtype), sample({5, 33}, dtype, -2, 2, 2), sample({33}, dtype)},
          options));
    }
  }
}

TEST(dense, Gradient) {
  for (const auto& options : {nn::DenseOptions{}, kRelu}) {
    const auto f = [&](const std::vector<Tensor>& in) {
      return nn::dense(in[0], in[1], in[2], options);
    };
    const std::vector<Tensor> inputs{sample({3, 2}), sample({2, 4}, float64, -2, 2, 2),
                                     sample({4}, float64, -2, 2, 3)};
    EXPECT_TRUE(gradients_agree(f, inputs));
    EXPECT_TRUE(second_gradients_agree(f, inputs));
    EXPECT_TRUE(gradients_agree(f, {sample({2, 3, 2}), inputs[1], inputs[2]}));
  }
}

TEST(dense, Types) {
  for (const DType dtype : {half, DType(DType::kBFloat16), float32, float64}) {
    for (const auto& [rows, inputs, units] :
         {std::array{1, 1, 1}, std::array{5, 3, 1}, std::array{1, 7, 9}, std::array{33, 31, 65},
          std::array{100, 70, 200}, std::array{0, 3, 2}, std::array{3, 2, 0}}) {
      SCOPED_TRACE(std::string(dtype.name()) + " " + (Shape{rows, inputs, units}).to_string());
      const Tensor x = sample({rows, inputs}, dtype);
      const Tensor kernel = sample({inputs, units}, dtype, -2, 2, 2);
      const Tensor bias = sample({units}, dtype, -2, 2, 3);
      const Tensor expected = nn::relu(matmul(x, kernel) + bias);
      // A product that is rounded before the bias comes, and one that is not.
      const double unit = dtype == float64 ? 1e-13 : dtype == float32 ? 1e-5 : 0x1p-6;
      const testing::Tolerance tolerance{unit, unit * 16};
      EXPECT_TRUE(near(nn::dense(x, kernel, bias, kRelu), expected, tolerance));
      EXPECT_TRUE(near(nn::dense(scattered(x), scattered(kernel), scattered(bias), kRelu), expected,
                       tolerance));
      const Tensor longer = sample({units + 1}, dtype, -2, 2, 3)(slice(1, none));
      EXPECT_TRUE(near(nn::dense(x, kernel, longer), matmul(x, kernel) + longer, tolerance))
          << "a bias that begins inside a vector";
    }
  }
}

TEST(dense, Options) {
  const Tensor x = sample({4, 3}, float32);
  const Tensor kernel = sample({3, 5}, float32, -2, 2, 2);
  const Tensor y = nn::dense(x, kernel, zeros({5}));
  EXPECT_TRUE(near(nn::dense(x, kernel, zeros({5}), kRelu), nn::relu(y)));
  EXPECT_FALSE(near(nn::dense(x, kernel, zeros({5}), kRelu), y));
  EXPECT_EQ(nn::dense(sample({2, 7, 3}, float32), kernel, zeros({5})).shape(), (Shape{2, 7, 5}));
}

TEST(dense, Errors) {
  EXPECT_EQ(error_of<ShapeError>([] {
              nn::dense(ones({2, 3}), ones({4, 5}), ones({5}));
            }),
            "dense: x has 3 inputs, kernel of shape (4, 5) takes 4");
  EXPECT_EQ(error_of<ShapeError>([] {
              nn::dense(ones({2, 3}), ones({3, 5}), ones({4}));
            }),
            "dense: kernel of shape (3, 5) makes 5 units, bias has 4");
  EXPECT_EQ(error_of<ShapeError>([] {
              nn::dense(ones({3}), ones({3, 5}), ones({5}));
            }),
            "dense: needs x of shape (..., inputs), kernel (inputs, units) and bias (units,), got "
            "(3,), (3, 5) and (5,)");
  EXPECT_EQ(error_of<DTypeError>([] {
              nn::dense(ones({2, 3}, int32), ones({3, 5}, int32), ones({5}, int32));
            }),
            "dense: needs floating point, got int32; tf::cast it first");
  EXPECT_THAT(error_of<DTypeError>([] {
                nn::dense(ones({2, 3}), ones({3, 5}, float64), ones({5}));
              }),
              ::testing::StartsWith("dense: "));
  EXPECT_EQ(error_of<ValueError>([] {
              nn::dense(ones({2, 3}), ones({3, 5}), ones({5}), {.activation = "tanh"});
            }),
            "dense: activation is \"tanh\", must be \"linear\" or \"relu\"; apply others to the "
            "result");
}

}  // namespace
}  // namespace saem
