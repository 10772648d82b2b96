// expm, floor 5 of 5: proof. Reference numbers: TensorFlow 2.21.
#include <cmath>
#include <limits>
#include <saem/ops/linalg_solve.hpp>

#include "ops/matrices.hpp"

namespace saem {
namespace {

using namespace testing;  // NOLINT: a test file
using linalg::expm;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

TEST(expm, Values) {
  EXPECT_TRUE(has_values(
      expm(square_example()), {3, 3},
      {139.574093206887, -78.83251820623, 177.611005520816, -17.487460010056, 10.737704068789,
       -47.545361833567, 241.414572815289, -90.034757309558, 300.926893266796},
      {1e-11, 1e-10}));
  EXPECT_TRUE(
      has_values(expm(square_example() * 0.001), {3, 3},
                 {1.0040080121, -0.002006761179, 0.001005514107, 0.001002502083, 1.003003250999,
                  -0.001003506091, 0.002009271199, 0.000499996031, 1.005013275204},
                 {1e-11, 1e-12}));
  EXPECT_TRUE(has_values(expm(square_example() * 5.0), {3, 3},
                         {6065855435254.637, -2642913075722.1367, 7758700002710.146,
                          -1329173124135.5767, 579123714255.9349, -1700117918146.2476,
                          10216140681426.89, -4451200364920.237, 13067232677394.312},
                         {1e-10, 0}));
  EXPECT_TRUE(
      has_values(expm(constant({{kNan, 0.0}, {0.0, 1.0}})), {2, 2}, {kNan, kNan, kNan, kNan}));
}

TEST(expm, Gradient) {
  const auto f = [](const std::vector<Tensor>& x) { return expm(x[0]); };
  EXPECT_TRUE(gradients_agree(f, {sample({2, 3, 3}, float64, -1, 1)}));
  EXPECT_TRUE(second_gradients_agree(f, {sample({2, 2}, float64, -1, 1)}));
}

/// exp(a) exp(-a) is the identity, for norms that take each of the approximants.
TEST(expm, Types) {
  for (const DType dtype : {float32, float64}) {
    for (const Shape& shape :
         {Shape{0, 0}, Shape{0, 2, 2}, Shape{1, 1}, Shape{3, 3}, Shape{40, 5, 5}, Shape{60, 60}}) {
      for (const double norm : {0.01, 0.2, 0.6, 1.5, 4.0, 9.0}) {
        const double width = norm / static_cast<double>(std::max<std::int64_t>(1, shape.at(-1)));
        const Tensor a = sample(shape, dtype, -width, width);
        const Shape batch(shape.begin(), shape.end() - 2);
        const double unit = (dtype == float64 ? 1e-13 : 5e-5) * std::exp(2.0 * norm / 3.0);
        EXPECT_TRUE(near(matmul(expm(a), expm(-1.0 * a)),
                         eye(shape.at(-1), {.batch_shape = batch, .dtype = dtype}), {unit, unit}))
            << dtype << shape << norm;
        EXPECT_TRUE(identical(expm(scattered(a)), expm(a))) << dtype << shape << norm;
      }
    }
  }
}

TEST(expm, Errors) {
  EXPECT_EQ(error_of<ShapeError>([] {
              expm(zeros({2, 3}));
            }),
            "expm: needs square matrices, got shape (2, 3)");
  EXPECT_EQ(error_of<DTypeError>([] {
              expm(zeros({2, 2}, int32));
            }),
            "expm: needs float32, float64, complex64 or complex128, got int32; tf::cast "
            "it first");
}

}  // namespace
}  // namespace saem
