// tensordot, norm, matvec, cross, logdet, cholesky_solve, pinv, lstsq: functions over ops.
// Reference numbers: TensorFlow 2.21.
#include <limits>
#include <saem/ops/linalg_products.hpp>

#include "ops/matrices.hpp"

namespace saem {
namespace {

using namespace testing;  // NOLINT: a test file

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr Tolerance kPrinted{1e-10, 1e-11};  // the reference numbers have twelve digits

Tensor deficient() { return constant({{1.0, 2.0}, {2.0, 4.0}}, float64); }

TEST(tensordot, Values) {
  const Tensor a = constant({{4.0, 2.0}, {1.0, 3.0}}, float64);
  EXPECT_TRUE(has_values(tensordot(a, a, 1), {2, 2}, {18, 14, 7, 11}));
  EXPECT_TRUE(has_values(tensordot(a, a, 2), {}, {30}));
  EXPECT_TRUE(has_values(tensordot(a, a, {0, 1}, {0, 1}), {}, {30}));
  EXPECT_TRUE(has_values(tensordot(a, a, {0, 1}, {1, 0}), {}, {29}));
  EXPECT_TRUE(has_values(tensordot(a, a, {-1}, {0}), {2, 2}, {18, 14, 7, 11}));
  EXPECT_TRUE(has_values(tensordot(constant({1, 2}), constant({3, 4}), 0), {2, 2}, {3, 4, 6, 8}));
  EXPECT_EQ(tensordot(zeros({2, 3, 4}), zeros({4, 5, 2}), {2, 0}, {0, 2}).shape(), Shape({3, 5}));
}

TEST(tensordot, Gradient) {
  const auto f = [](const std::vector<Tensor>& x) { return tensordot(x[0], x[1], {2, 0}, {0, 2}); };
  EXPECT_TRUE(gradients_agree(f, {sample({2, 3, 2}), sample({2, 2, 2})}));
  EXPECT_TRUE(second_gradients_agree(f, {sample({2, 1, 2}), sample({2, 1, 2})}));
}

TEST(tensordot, Errors) {
  EXPECT_EQ(error_of<ShapeError>([] {
              tensordot(zeros({2, 2}), zeros({2, 2}), 3);
            }),
            "tensordot: cannot sum over 3 axes of shapes (2, 2) and (2, 2)");
  EXPECT_EQ(error_of<ShapeError>([] {
              tensordot(zeros({2, 2}), zeros({2, 3}), {1}, {1});
            }),
            "tensordot: axis 1 of a (2, 2) has 2 elements, axis 1 of b (2, 3) has 3");
  EXPECT_EQ(error_of<ShapeError>([] {
              tensordot(zeros({2, 2}), zeros({2, 2}), {1}, {0, 1});
            }),
            "tensordot: 1 axes of a cannot meet 2 axes of b");
  EXPECT_EQ(error_of<ShapeError>([] {
              tensordot(zeros({2, 2}), zeros({2, 2}), {1, -1}, {0, 1});
            }),
            "tensordot: axis 1 of shape (2, 2) is named twice");
}

TEST(norm, Values) {
  const Tensor x = wide_example();
  EXPECT_TRUE(has_values(norm(x), {}, {10.198039027186}, kPrinted));
  EXPECT_TRUE(has_values(norm(x, {.ord = 1}), {}, {22}));
  EXPECT_TRUE(has_values(norm(x, {.ord = 3}), {}, {8.281635498846}, kPrinted));
  EXPECT_TRUE(has_values(norm(x, {.ord = kInfinity}), {}, {7}));
  EXPECT_TRUE(
      has_values(norm(x, {.ord = 3, .axis = 1}), {2}, {3.301927248895, 8.102839019044}, kPrinted));
  EXPECT_TRUE(has_values(norm(x, {.ord = kInfinity, .axis = 0}), {3}, {4, 5, 7}));
  EXPECT_TRUE(has_values(norm(x, {.ord = 1, .axis = {-2, -1}}), {}, {10}));
  EXPECT_TRUE(has_values(norm(x, {.ord = 1, .axis = {1, 0}}), {}, {16}));
  EXPECT_TRUE(has_values(norm(x, {.ord = kInfinity, .axis = {0, 1}}), {}, {16}));
  EXPECT_TRUE(has_values(norm(x, {.ord = 2, .axis = {0, 1}}), {}, {10.181471672227}, kPrinted));
  EXPECT_TRUE(has_values(norm(x, {.axis = {0, 1}}), {}, {10.198039027186}, kPrinted));
  EXPECT_TRUE(has_values(norm(x, {.ord = 2, .axis = {1, 0}, .keepdims = true}), {1, 1},
                         {10.181471672227}, kPrinted));
  EXPECT_EQ(norm(cast(x, half), {.axis = {0, 1}}).dtype(), half);
  EXPECT_EQ(norm(sample({2, 3, 4}), {.axis = {0, 2}}).shape(), Shape({3}));
  EXPECT_EQ(norm(sample({2, 3, 4}), {.axis = 1, .keepdims = true}).shape(), Shape({2, 1, 4}));
}

TEST(norm, Gradient) {
  for (const double ord : {1.0, 2.0, 3.0, kInfinity}) {
    const auto vectors = [=](const std::vector<Tensor>& x) {
      return norm(x[0], {.ord = ord, .axis = 1});
    };
    EXPECT_TRUE(gradients_agree(vectors, {well_conditioned({2, 3})})) << ord;
    const auto all_of_it = [=](const std::vector<Tensor>& x) { return norm(x[0], {.ord = ord}); };
    EXPECT_TRUE(gradients_agree(all_of_it, {well_conditioned({2, 3})})) << ord;
    if (ord == 3.0) continue;
    const auto matrices = [=](const std::vector<Tensor>& x) {
      return norm(x[0], {.ord = ord, .axis = {0, 1}});
    };
    EXPECT_TRUE(gradients_agree(matrices, {well_conditioned({2, 3})})) << ord;
  }
  const auto euclidean = [](const std::vector<Tensor>& x) { return norm(x[0], {.axis = {0, 1}}); };
  EXPECT_TRUE(gradients_agree(euclidean, {well_conditioned({2, 3})}));
}

TEST(norm, Errors) {
  EXPECT_EQ(error_of<ValueError>([] { norm(zeros({2}), {.ord = 0}); }),
            "norm: a vector norm has a positive order, got 0");
  EXPECT_EQ(error_of<ValueError>([] {
              norm(zeros({2, 2}), {.ord = 3, .axis = {0, 1}});
            }),
            "norm: a matrix norm has order 1, 2, infinity or none (Euclidean), got 3");
  EXPECT_EQ(error_of<DTypeError>([] { norm(zeros({2}, int32)); }),
            "norm: needs floating point, real or complex, got int32; tf::cast it first");
}

TEST(matvec, Values) {
  const Tensor a = constant({{4, 2, 1}, {1, 3, 0}});
  EXPECT_TRUE(has_values(linalg::matvec(a, constant({1, 1, 2})), {2}, {8, 4}));
  EXPECT_TRUE(
      has_values(linalg::matvec(a, constant({1, 2}), {.transpose_a = true}), {3}, {6, 8, 1}));
  EXPECT_EQ(linalg::matvec(zeros({5, 2, 3}), zeros({3})).shape(), Shape({5, 2}));
  EXPECT_EQ(error_of<ShapeError>([] { linalg::matvec(zeros({2}), zeros({2})); }),
            "matvec: needs matrices and vectors, got (2,) x (2,)");
}

TEST(cross, Values) {
  EXPECT_TRUE(
      has_values(linalg::cross(constant({1, 2, 3}), constant({4, 5, 6})), {3}, {-3, 6, -3}));
  const auto f = [](const std::vector<Tensor>& x) { return linalg::cross(x[0], x[1]); };
  EXPECT_TRUE(gradients_agree(f, {sample({2, 3}), sample({2, 3}, float64, -2, 2, 3)}));
  EXPECT_EQ(error_of<ShapeError>([] {
              linalg::cross(zeros({2, 3}), zeros({3}));
            }),
            "cross: shapes (2, 3) and (3,) differ; see tf::broadcast_to");
  EXPECT_EQ(error_of<ShapeError>([] { linalg::cross(zeros({2}), zeros({2})); }),
            "cross: needs three elements along the last axis, got shape (2,)");
}

TEST(logdet, Values) {
  EXPECT_TRUE(has_values(linalg::logdet(symmetric_example()), {}, {3.688879454114}, kPrinted));
  const auto f = [](const std::vector<Tensor>& x) {
    return linalg::logdet((x[0] + turned(x[0])) * 0.5);
  };
  EXPECT_TRUE(gradients_agree(f, {positive_definite({2, 3, 3})}));
}

TEST(cholesky_solve, Values) {
  const Tensor chol = linalg::cholesky(symmetric_example());
  EXPECT_TRUE(has_values(linalg::cholesky_solve(chol, sides_example()), {3, 2},
                         {0.81875, 0.975, -0.4625, -0.65, 1.35, 0.6}, kPrinted));
}

TEST(pinv, Values) {
  EXPECT_TRUE(has_values(linalg::pinv(wide_example()), {3, 2},
                         {-1.428571428571, 0.6, 0.142857142857, 0, 0.714285714286, -0.2},
                         kPrinted));
  EXPECT_TRUE(has_values(linalg::pinv(deficient()), {2, 2}, {0.04, 0.08, 0.08, 0.16}, kPrinted));
  // A cut above the smaller singular value leaves the larger one alone.
  EXPECT_FALSE(near(linalg::pinv(wide_example(), {.rcond = 0.5}), linalg::pinv(wide_example())));
  const auto f = [](const std::vector<Tensor>& x) { return linalg::pinv(x[0]); };
  EXPECT_TRUE(gradients_agree(f, {well_conditioned({2, 3})}));
  EXPECT_TRUE(gradients_agree(f, {well_conditioned({3, 2})}));
}

TEST(lstsq, Values) {
  const Tensor tall = turned(wide_example());
  EXPECT_TRUE(has_values(linalg::lstsq(tall, sides_example()), {2, 2},
                         {0.714285714286, -2.642857142857, 0, 1.1}, {1e-9, 1e-10}));
  EXPECT_TRUE(has_values(linalg::lstsq(tall, sides_example(), {.l2_regularizer = 0.5}), {2, 2},
                         {0.343839541547, -1.051575931232, 0.143266475645, 0.478510028653},
                         {1e-9, 1e-10}));
  const Tensor sides = sides_example()(slice(0, 2));
  EXPECT_TRUE(has_values(linalg::lstsq(wide_example(), sides, {.l2_regularizer = 0.5}), {3, 2},
                         {-0.567335243553, -1.398280802292, 0.068767908309, 0.10888252149,
                          0.303724928367, 0.647564469914},
                         {1e-9, 1e-10}));
  EXPECT_TRUE(has_values(linalg::lstsq(wide_example(), sides, {.fast = false}), {3, 2},
                         {-1.428571428571, -3.457142857143, 0.142857142857, 0.285714285714,
                          0.714285714286, 1.628571428571},
                         {1e-9, 1e-10}));
  const Tensor line = constant({{1.0}, {0.0}}, float64);
  EXPECT_TRUE(has_values(linalg::lstsq(deficient(), line, {.fast = false}), {2, 1}, {0.04, 0.08},
                         kPrinted));
  const auto f = [](const std::vector<Tensor>& x) { return linalg::lstsq(x[0], x[1]); };
  EXPECT_TRUE(gradients_agree(f, {well_conditioned({3, 2}), sample({3, 2})}));
  EXPECT_TRUE(gradients_agree(f, {well_conditioned({2, 3}), sample({2, 2})}));
}

}  // namespace
}  // namespace saem
