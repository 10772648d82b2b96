// svd, eigh; floor 5 of 5: proof. Reference numbers: TensorFlow 2.21.
#include <limits>
#include <saem/ops/linalg_spectral.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/unary_arith.hpp>

#include "ops/matrices.hpp"

namespace saem {
namespace {

using namespace testing;  // NOLINT: a test file
using linalg::eigh;
using linalg::eigvalsh;
using linalg::svd;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr Tolerance kPrinted{1e-10, 1e-11};  // the reference numbers have twelve digits

/// diag(s) between two matrices: u diag(s) v^T.
Tensor rebuilt(const Tensor& u, const Tensor& s, const Tensor& v) {
  return matmul(u * s(ellipsis, newaxis, all), v, {.transpose_b = true});
}

void check_orthonormal(const Tensor& x, Tolerance limit) {
  const Shape batch(x.shape().begin(), x.shape().end() - 2);
  EXPECT_TRUE(near(matmul(x, x, {.transpose_a = true}),
                   eye(x.shape(-1), {.batch_shape = batch, .dtype = x.dtype()}), limit))
      << x.dtype() << x.shape();
}

TEST(svd, Values) {
  const auto [s, u, v] = svd(wide_example());
  EXPECT_TRUE(has_values(s, {2}, {10.181471672227, 0.581063324984}, kPrinted));
  // A sign of each pair of vectors is free.
  EXPECT_TRUE(has_values(abs(u), {2, 2},
                         {0.363630921981, 0.93154310291, 0.93154310291, 0.363630921981}, kPrinted));
  EXPECT_TRUE(has_values(abs(v), {3, 2},
                         {0.401690783541, 0.900040602332, 0.52889970447, 0.077326504678,
                          0.747602579603, 0.428891041907},
                         kPrinted));
  EXPECT_TRUE(near(rebuilt(u, s, v), wide_example()));
  EXPECT_TRUE(has_values(svd(square_example()).s, {3},
                         {6.175677166074, 3.653387640468, 3.124703232134}, kPrinted));
  const auto broken = svd(constant({{kNan, 1.0}, {1.0, 1.0}}));
  EXPECT_TRUE(has_values(broken.s, {2}, {kNan, kNan}));
  EXPECT_TRUE(has_values(broken.u, {2, 2}, {kNan, kNan, kNan, kNan}));
}

/// What does not depend on the free signs of vectors.
Tensor sign_free(const Tensor& x, bool full = false) {
  const auto [s, u, v] = svd(x, {.full_matrices = full});
  return reduce_sum(s, {.axis = -1}) + reduce_sum(square(square(u)), {.axis = {-2, -1}}) +
         reduce_sum(square(square(v)), {.axis = {-2, -1}}) * 0.5 +
         reduce_sum(square(u(ellipsis, 0, all)) * s(ellipsis, slice(0, u.shape(-1))), {.axis = -1});
}

TEST(svd, Gradient) {
  for (const Shape& shape : {Shape{3, 3}, Shape{2, 4}, Shape{4, 2}, Shape{2, 3, 2}}) {
    const auto f = [](const std::vector<Tensor>& x) { return sign_free(x[0]); };
    EXPECT_TRUE(gradients_agree(f, {well_conditioned(shape)})) << shape;
    EXPECT_TRUE(second_gradients_agree(f, {well_conditioned(shape)})) << shape;
    const auto values = [](const std::vector<Tensor>& x) {
      return svd(x[0], {.compute_uv = false}).s;
    };
    EXPECT_TRUE(gradients_agree(values, {well_conditioned(shape)})) << shape;
    EXPECT_TRUE(second_gradients_agree(values, {well_conditioned(shape)})) << shape;
  }
  const auto wide = [](const std::vector<Tensor>& x) {
    const auto [s, u, v] = svd(x[0], {.full_matrices = true});
    return reduce_sum(square(square(v)), {.axis = {-2, -1}}) + reduce_sum(s, {.axis = -1}) +
           reduce_sum(square(square(u)), {.axis = {-2, -1}});
  };
  EXPECT_TRUE(gradients_agree(wide, {well_conditioned({2, 3})}));
  EXPECT_TRUE(gradients_agree(wide, {well_conditioned({3, 2})}));
}

TEST(svd, Types) {
  for (const DType dtype : {float32, float64}) {
    for (const Shape& shape :
         {Shape{0, 0}, Shape{3, 0}, Shape{0, 3}, Shape{0, 2, 3}, Shape{1, 1}, Shape{3, 5},
          Shape{5, 3}, Shape{2, 3, 4, 7}, Shape{9, 1}, Shape{30, 8, 5}, Shape{110, 90}}) {
      for (const bool full : {false, true}) {
        const Tensor a = sample(shape, dtype);
        const auto [s, u, v] = svd(a, {.full_matrices = full});
        const Tolerance limit = rounding(dtype, 8 * (shape.at(-1) + shape.at(-2)));
        check_orthonormal(u, limit);
        check_orthonormal(v, limit);
        const std::int64_t k = s.shape(-1);
        EXPECT_TRUE(near(rebuilt(u(ellipsis, slice(0, k)), s, v(ellipsis, slice(0, k))), a, limit))
            << dtype << shape;
        EXPECT_TRUE(near(svd(scattered(a), {.compute_uv = false}).s, s, limit)) << dtype << shape;
      }
    }
  }
}

TEST(svd, Options) {
  EXPECT_EQ(svd(wide_example()).v.shape(), Shape({3, 2}));
  EXPECT_EQ(svd(wide_example(), {.full_matrices = true}).v.shape(), Shape({3, 3}));
  const auto [s, u, v] = svd(wide_example(), {.compute_uv = false});
  EXPECT_TRUE(has_values(s, {2}, {10.181471672227, 0.581063324984}, kPrinted));
  EXPECT_FALSE(u.defined());
  EXPECT_FALSE(v.defined());
}

TEST(svd, Errors) {
  EXPECT_EQ(error_of<ShapeError>([] { svd(zeros({3})); }), "svd: needs matrices, got shape (3,)");
  EXPECT_EQ(error_of<DTypeError>([] {
              svd(zeros({2, 2}, int32));
            }),
            "svd: needs float32, float64, complex64 or complex128, got int32; tf::cast "
            "it first");
  EXPECT_EQ(error_of<ValueError>([] {
              GradientTape tape;
              const Tensor a = sample({4, 2});
              tape.watch(a);
              tape.gradient(svd(a, {.full_matrices = true}).u, a);
            }),
            "svd: has no gradient with full_matrices where rows and columns differ by more than "
            "one, got shape (4, 2); leave full_matrices out");
}

TEST(eigh, Values) {
  const auto [e, v] = eigh(symmetric_example());
  EXPECT_TRUE(has_values(e, {3}, {1.584206693093, 3.839336452466, 6.576456854441}, kPrinted));
  EXPECT_TRUE(
      has_values(abs(v), {3, 3},
                 {0.638242618196, 0.445339484954, 0.627948328654, 0.46365765259, 0.428782112662,
                  0.775349908787, 0.614546940041, 0.786014403814, 0.067181958021},
                 kPrinted));
  // Only the lower triangle is read.
  EXPECT_TRUE(has_values(eigvalsh(square_example()), {3},
                         {2.096521617297, 3.072223952005, 6.831254430698}, kPrinted));
}

TEST(eigh, Gradient) {
  const auto values = [](const std::vector<Tensor>& x) { return eigvalsh(x[0]); };
  const auto both = [](const std::vector<Tensor>& x) {
    const auto [e, v] = eigh(x[0]);
    return e + reduce_sum(square(square(v)), {.axis = -2}) + square(v)(ellipsis, 0, all);
  };
  for (const auto& f : {Function(values), Function(both)}) {
    EXPECT_TRUE(gradients_agree(f, {positive_definite({2, 3, 3})}));
    EXPECT_TRUE(second_gradients_agree(f, {symmetric_example()}));
  }
}

TEST(eigh, Types) {
  for (const DType dtype : {float32, float64}) {
    for (const Shape& shape : kSquares) {
      const Tensor x = sample(shape, dtype);
      const Tensor a = x + turned(x);
      const auto [e, v] = eigh(a);
      const Tolerance limit = rounding(dtype, 8 * shape.at(-1));
      check_orthonormal(v, limit);
      EXPECT_TRUE(near(rebuilt(v, e, v), a, limit)) << dtype << shape;
      EXPECT_TRUE(near(eigvalsh(scattered(a)), e, limit)) << dtype << shape;
    }
  }
}

/// compute_v is what tells eigvalsh from eigh.
TEST(eigh, Options) {
  (void)all_ops();
  const OpDef& op = *find_op("eigh");
  const Tensor a = symmetric_example();
  EXPECT_EQ(apply(op, BorrowedTensors<1>(a), linalg::EighOptions{}).size(), 2U);
  EXPECT_EQ(apply(op, BorrowedTensors<1>(a), linalg::EighOptions{.compute_v = false}).size(), 1U);
}

TEST(eigh, Errors) {
  EXPECT_EQ(error_of<ShapeError>([] {
              eigh(zeros({2, 3}));
            }),
            "eigh: needs square matrices, got shape (2, 3)");
  EXPECT_EQ(error_of<DTypeError>([] {
              eigvalsh(zeros({2, 2}, int32));
            }),
            "eigh: needs float32, float64, complex64 or complex128, got int32; tf::cast "
            "it first");
  EXPECT_EQ(error_of<ValueError>([] {
              eigh(constant({{1.0, 0.0}, {kNan, 1.0}}));
            }),
            "eigh: matrix 0 of 1 has no eigenvalues: it holds NaN or an infinity");
}

}  // namespace
}  // namespace saem
