// det, slogdet, inv, solve, triangular_solve; floor 5 of 5: proof. Reference numbers: TensorFlow
// 2.21.
#include <omp.h>

#include <cmath>
#include <limits>
#include <saem/ops/linalg_solve.hpp>
#include <saem/ops/reduce.hpp>

#include "ops/matrices.hpp"

namespace saem {
namespace {

using namespace testing;  // NOLINT: a test file
using linalg::det;
using linalg::inv;
using linalg::slogdet;
using linalg::solve;
using linalg::triangular_solve;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr Tolerance kPrinted{1e-10, 1e-11};  // the reference numbers have twelve digits

const char* const kNotInvertible =
    ": the matrix is not invertible; add a small multiple of the identity, or use "
    "tf::linalg::pinv";

Tensor singular() { return constant({{1.0, 2.0}, {2.0, 4.0}}, float64); }

/// The error of `body` for matrices that are not square, no matrices at all, and integers.
template <class Body>
void check_square_errors(const std::string& op, Body&& body) {
  EXPECT_EQ(error_of<ShapeError>([&] {
              body(zeros({2, 3}), zeros({2, 1}));
            }),
            op + ": needs square matrices, got shape (2, 3)");
  EXPECT_EQ(error_of<ShapeError>([&] {
              body(zeros({3}), zeros({3, 1}));
            }),
            op + ": needs matrices, got shape (3,)");
  EXPECT_EQ(error_of<DTypeError>([&] {
              body(zeros({2, 2}, int32), zeros({2, 1}, int32));
            }),
            op + ": needs float32, float64, complex64 or complex128, got int32; tf::cast "
                 "it first");
}

TEST(det, Values) {
  EXPECT_TRUE(has_values(det(square_example()), {}, {70.5}));
  EXPECT_TRUE(has_values(det(constant({{0.0, 1.0}, {1.0, 0.0}})), {}, {-1}));
  EXPECT_TRUE(has_values(det(singular()), {}, {0}));
  EXPECT_TRUE(has_values(det(zeros({2, 0, 0})), {2}, {1, 1}));
  EXPECT_TRUE(has_values(det(constant({{kNan, 1.0}, {1.0, 0.0}})), {}, {kNan}));
}

TEST(det, Gradient) {
  const auto f = [](const std::vector<Tensor>& x) { return det(x[0]); };
  EXPECT_TRUE(gradients_agree(f, {well_conditioned({2, 3, 3})}));
  EXPECT_TRUE(second_gradients_agree(f, {well_conditioned({3, 3})}));
}

TEST(det, Types) {
  for (const DType dtype : {float32, float64}) {
    for (const Shape& shape : kSquares) {
      if (shape.at(-1) > 20) continue;  // too large a number
      const Tensor a = well_conditioned(shape, dtype);
      const Tensor product = det(matmul(a, a));
      EXPECT_EQ(product.shape(), Shape(shape.begin(), shape.end() - 2));
      EXPECT_TRUE(near(product, det(a) * det(a), {dtype == float32 ? 2e-4 : 1e-12, 0}))
          << dtype << shape;
      EXPECT_TRUE(identical(det(scattered(a)), det(a))) << dtype << shape;
    }
  }
}

TEST(det, Errors) {
  check_square_errors("det", [](const Tensor& a, const Tensor&) { det(a); });
}

TEST(slogdet, Values) {
  const auto [sign, log] = slogdet(-1.0 * square_example());
  EXPECT_TRUE(has_values(sign, {}, {-1}));
  EXPECT_TRUE(has_values(log, {}, {4.255612709818}, kPrinted));
  EXPECT_TRUE(has_values(slogdet(singular()).sign, {}, {0}));
  EXPECT_TRUE(has_values(slogdet(singular()).log_abs_determinant, {}, {-kInfinity}));
  EXPECT_TRUE(has_values(slogdet(zeros({0, 0})).sign, {}, {1}));
  EXPECT_TRUE(has_values(slogdet(zeros({0, 0})).log_abs_determinant, {}, {0}));
}

TEST(slogdet, Gradient) {
  const auto f = [](const std::vector<Tensor>& x) { return slogdet(x[0]).log_abs_determinant; };
  EXPECT_TRUE(gradients_agree(f, {well_conditioned({2, 3, 3})}));
  EXPECT_TRUE(second_gradients_agree(f, {-1.0 * square_example()}));
}

TEST(slogdet, Types) {
  for (const DType dtype : {float32, float64}) {
    for (const Shape& shape : kSquares) {
      const Tensor a = well_conditioned(shape, dtype);
      const auto [sign, log] = slogdet(a);
      const auto [sign2, log2] = slogdet(matmul(a, a));
      EXPECT_TRUE(near(log2, log * 2.0, {dtype == float32 ? 2e-5 : 1e-12, 1e-4})) << shape;
      EXPECT_TRUE(near(sign2, sign * sign)) << shape;
      EXPECT_TRUE(identical(slogdet(scattered(a)).log_abs_determinant, log)) << shape;
    }
  }
}

TEST(slogdet, Errors) {
  check_square_errors("slogdet", [](const Tensor& a, const Tensor&) { slogdet(a); });
}

TEST(inv, Values) {
  EXPECT_TRUE(
      has_values(inv(square_example()), {3, 3},
                 {0.219858156028, 0.148936170213, -0.014184397163, -0.099290780142, 0.255319148936,
                  0.070921985816, -0.078014184397, -0.085106382979, 0.198581560284},
                 kPrinted));
  EXPECT_TRUE(identical(inv(square_example(), {.adjoint = true}), inv(turned(square_example()))));
  EXPECT_TRUE(near(inv(square_example(), {.adjoint = true}), turned(inv(square_example()))));
}

TEST(inv, Gradient) {
  const auto f = [](const std::vector<Tensor>& x) { return inv(x[0]); };
  EXPECT_TRUE(gradients_agree(f, {well_conditioned({2, 3, 3})}));
  EXPECT_TRUE(second_gradients_agree(f, {well_conditioned({3, 3})}));
}

TEST(inv, Types) {
  for (const DType dtype : {float32, float64}) {
    for (const Shape& shape : kSquares) {
      const Tensor a = well_conditioned(shape, dtype);
      const Shape batch(shape.begin(), shape.end() - 2);
      EXPECT_TRUE(near(matmul(a, inv(a)), eye(shape.at(-1), {.batch_shape = batch, .dtype = dtype}),
                       rounding(dtype, 4 * shape.at(-1))))
          << dtype << shape;
      EXPECT_TRUE(identical(inv(scattered(a)), inv(a))) << dtype << shape;
    }
  }
  EXPECT_TRUE(near(inv(cast(square_example(), half)), cast(inv(square_example()), half)));
}

TEST(inv, Errors) {
  check_square_errors("inv", [](const Tensor& a, const Tensor&) { inv(a); });
  EXPECT_EQ(error_of<ValueError>([] { inv(singular()); }), std::string("inv") + kNotInvertible);
  EXPECT_EQ(error_of<ValueError>([] { inv(constant({{kNan}})); }),
            std::string("inv") + kNotInvertible);
  EXPECT_EQ(error_of<ValueError>([] {
              inv(constant({{{1.0}}, {{0.0}}, {{0.0}}}));
            }),
            "inv: matrix 1 of the batch is not invertible; add a small multiple of the identity, "
            "or use tf::linalg::pinv");
}

TEST(solve, Values) {
  EXPECT_TRUE(has_values(solve(square_example(), sides_example()), {3, 2},
                         {0.177304964539, 0.283687943262, 0.113475177305, -0.418439716312,
                          0.517730496454, 0.028368794326},
                         kPrinted));
  EXPECT_TRUE(has_values(solve(square_example(), sides_example(), {.adjoint = true}), {3, 2},
                         {-0.014184397163, 0.5, -0.106382978723, 0, 0.581560283688, 0}, kPrinted));
  EXPECT_TRUE(has_values(solve(constant({{0.0, 2.0}, {3.0, 4.0}}), constant({{2.0}, {1.0}})),
                         {2, 1}, {-1, 1}));
}

TEST(solve, Gradient) {
  for (const bool adjoint : {false, true}) {
    const auto f = [=](const std::vector<Tensor>& x) {
      return solve(x[0], x[1], {.adjoint = adjoint});
    };
    EXPECT_TRUE(gradients_agree(f, {well_conditioned({2, 3, 3}), sample({2, 3, 2})}));
    EXPECT_TRUE(second_gradients_agree(f, {square_example(), sides_example()}));
  }
}

TEST(solve, Types) {
  for (const DType dtype : {float32, float64}) {
    for (const Shape& shape : kSquares) {
      for (const std::int64_t columns : {0, 1, 5}) {
        const Tensor a = well_conditioned(shape, dtype);
        Shape side = shape;
        side[side.rank() - 1] = columns;
        const Tensor b = sample(side, dtype);
        const Tensor y = solve(a, b);
        EXPECT_TRUE(near(matmul(a, y), b, rounding(dtype, 8 * shape.at(-1)))) << dtype << shape;
        EXPECT_TRUE(identical(solve(scattered(a), scattered(b)), y)) << dtype << shape;
      }
    }
  }
}

TEST(solve, Errors) {
  check_square_errors("solve", [](const Tensor& a, const Tensor& b) { solve(a, b); });
  EXPECT_EQ(error_of<ShapeError>([] {
              solve(zeros({2, 2}), zeros({3, 1}));
            }),
            "solve: a (2, 2) and b (3, 1) have different numbers of rows");
  EXPECT_EQ(error_of<ShapeError>([] {
              solve(zeros({2, 2, 2}), zeros({2, 1}));
            }),
            "solve: the leading axes of a (2, 2, 2) and b (2, 1) differ; see tf::broadcast_to");
  EXPECT_EQ(error_of<DTypeError>([] {
              solve(zeros({2, 2}), zeros({2, 1}, float64));
            }),
            "solve: float32 and float64 do not mix; tf::cast one of them");
  EXPECT_EQ(error_of<ValueError>([] {
              solve(singular(), ones({2, 1}, float64));
            }),
            std::string("solve") + kNotInvertible);
}

TEST(triangular_solve, Values) {
  const Tensor a = square_example();
  const Tensor b = sides_example();
  EXPECT_TRUE(has_values(triangular_solve(a, b), {3, 2},
                         {0.25, 0.5, -0.083333333333, -0.5, 0.508333333333, -0.05}, kPrinted));
  // A zero on the diagonal is no error.
  EXPECT_TRUE(has_values(triangular_solve(constant({{1.0, 0.0}, {1.0, 0.0}}), ones({2, 1})), {2, 1},
                         {1, kNan}));
}

TEST(triangular_solve, Gradient) {
  for (const bool lower : {false, true}) {
    for (const bool adjoint : {false, true}) {
      const auto f = [=](const std::vector<Tensor>& x) {
        return triangular_solve(x[0], x[1], {.lower = lower, .adjoint = adjoint});
      };
      EXPECT_TRUE(gradients_agree(f, {well_conditioned({2, 3, 3}), sample({3, 2})}));
      EXPECT_TRUE(gradients_agree(f, {square_example(), sample({2, 3, 1})}));
      EXPECT_TRUE(second_gradients_agree(f, {square_example(), sides_example()}));
    }
  }
}

TEST(triangular_solve, Types) {
  for (const DType dtype : {float32, float64}) {
    for (const Shape& shape : kSquares) {
      const Tensor a = well_conditioned(shape, dtype);
      Shape side = shape;
      side[side.rank() - 1] = 3;
      const Tensor b = sample(side, dtype);
      const Tensor y = triangular_solve(a, b);
      const Tensor lower = linalg::band_part(a, -1, 0);
      EXPECT_TRUE(near(matmul(lower, y), b, rounding(dtype, 8 * shape.at(-1)))) << dtype << shape;
      EXPECT_TRUE(identical(triangular_solve(scattered(a), scattered(b)), y)) << dtype << shape;
    }
  }
  const Tensor many = triangular_solve(well_conditioned({3, 1, 2, 2}), sample({4, 2, 1}));
  EXPECT_EQ(many.shape(), Shape({3, 4, 2, 1}));
  EXPECT_TRUE(identical(
      many(2, 3), triangular_solve(well_conditioned({3, 1, 2, 2})(2, 0), sample({4, 2, 1})(3))));
}

TEST(triangular_solve, Options) {
  const Tensor a = square_example();
  const Tensor b = sides_example();
  EXPECT_TRUE(has_values(triangular_solve(a, b, {.lower = false}), {3, 2},
                         {0.2, 0.325, 0.2, -0.3, 0.6, 0.1}, kPrinted));
  EXPECT_TRUE(has_values(triangular_solve(a, b, {.adjoint = true}), {3, 2},
                         {-0.025, 0.5375, -0.1, -0.35, 0.6, 0.1}, kPrinted));
  EXPECT_TRUE(has_values(triangular_solve(a, b, {.lower = false, .adjoint = true}), {3, 2},
                         {0.25, 0.5, 0.166666666667, 0, 0.583333333333, 0}, kPrinted));
}

TEST(triangular_solve, Errors) {
  check_square_errors("triangular_solve",
                      [](const Tensor& a, const Tensor& b) { triangular_solve(a, b); });
  EXPECT_EQ(error_of<ShapeError>([] {
              triangular_solve(zeros({2, 2}), zeros({3, 1}));
            }),
            "triangular_solve: a (2, 2) and b (3, 1) have different numbers of rows");
  EXPECT_THAT(error_of<ShapeError>([] {
                triangular_solve(zeros({2, 2, 2}), zeros({3, 2, 1}));
              }),
              ::testing::HasSubstr("triangular_solve: shapes (2,) and (3,) do not broadcast"));
}

TEST(solve, BatchesHaveTheSameBitsWithAnyNumberOfThreads) {
  const int threads = omp_get_max_threads();
  const Tensor a = well_conditioned({40, 30, 30}, float32);
  const Tensor b = sample({40, 30, 4}, float32);
  const Tensor expected = solve(a, b);
  for (const int count : {1, 2, 3}) {
    omp_set_num_threads(count);
    EXPECT_TRUE(identical(solve(a, b), expected)) << count << " threads";
  }
  omp_set_num_threads(threads);
}

}  // namespace
}  // namespace saem
