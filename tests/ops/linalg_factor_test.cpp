// cholesky, lu, qr; floor 5 of 5: proof. Reference numbers: TensorFlow 2.21.
#include <omp.h>

#include <cmath>
#include <limits>
#include <saem/ops/gather.hpp>
#include <saem/ops/linalg_factor.hpp>
#include <saem/ops/reduce.hpp>

#include "ops/matrices.hpp"

namespace saem {
namespace {

using namespace testing;  // NOLINT: a test file
using linalg::cholesky;
using linalg::lu;
using linalg::qr;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

TEST(cholesky, Values) {
  EXPECT_TRUE(has_values(cholesky(symmetric_example()), {3, 3},
                         {2, 0, 0, 1, 2, 0, -0.5, 0.5, 1.581138830084}, {1e-11, 1e-12}));
  // Only the lower triangle is read.
  EXPECT_TRUE(
      has_values(cholesky(constant({{4.0, 9.0}, {2.0, 3.0}})), {2, 2}, {2, 0, 1, std::sqrt(2.0)}));
}

TEST(cholesky, NotPositiveDefiniteIsNan) {
  const std::vector<double> broken = {kNan, 0, kNan, kNan};
  EXPECT_TRUE(has_values(cholesky(constant({{1.0, 2.0}, {2.0, 1.0}})), {2, 2}, broken));
  EXPECT_TRUE(has_values(cholesky(constant({{kNan, 2.0}, {2.0, 9.0}})), {2, 2}, broken));
  EXPECT_TRUE(has_values(cholesky(constant({{4.0, 2.0}, {kNan, 9.0}})), {2, 2}, broken));
  // The other matrices of a batch are not touched.
  const Tensor batch = constant({{{1.0, 2.0}, {2.0, 1.0}}, {{4.0, 0.0}, {0.0, 9.0}}});
  EXPECT_TRUE(has_values(cholesky(batch)(1), {2, 2}, {2, 0, 0, 3}));
}

TEST(cholesky, Gradient) {
  // Central differences move one element, the op reads one triangle and the rule gives the
  // gradient of a symmetric matrix: so the function makes it symmetric.
  const auto f = [](const std::vector<Tensor>& x) { return cholesky((x[0] + turned(x[0])) * 0.5); };
  EXPECT_TRUE(gradients_agree(f, {positive_definite({2, 3, 3})}));
  EXPECT_TRUE(second_gradients_agree(f, {positive_definite({3, 3})}));
  GradientTape tape;
  const Tensor a = symmetric_example();
  tape.watch(a);
  EXPECT_TRUE(
      has_values(tape.gradient(cholesky(a), a), {3, 3},
                 {0.216344529596, 0.189103646936, 0.243585412256, 0.189103646936, 0.207264235376,
                  0.170943058496, 0.243585412256, 0.170943058496, 0.316227766017},
                 {1e-10, 1e-12}));
}

TEST(cholesky, Types) {
  for (const DType dtype : {float32, float64}) {
    for (const Shape& shape : kSquares) {
      const Tensor a = positive_definite(shape, dtype);
      const Tensor l = cholesky(a);
      const Tolerance limit = rounding(dtype, shape.at(-1) * shape.at(-1));
      EXPECT_TRUE(near(matmul(l, l, {.transpose_b = true}), a, limit)) << dtype << shape;
      EXPECT_TRUE(near(cholesky(scattered(a)), l, limit)) << dtype << shape;
    }
  }
}

TEST(cholesky, Errors) {
  EXPECT_EQ(error_of<ShapeError>([] {
              cholesky(zeros({2, 3}));
            }),
            "cholesky: needs square matrices, got shape (2, 3)");
  EXPECT_EQ(error_of<ShapeError>([] { cholesky(zeros({3})); }),
            "cholesky: needs matrices, got shape (3,)");
  EXPECT_EQ(error_of<DTypeError>([] {
              cholesky(zeros({2, 2}, int32));
            }),
            "cholesky: needs float32, float64, complex64 or complex128, got int32; tf::cast "
            "it first");
}

TEST(cholesky, BatchesHaveTheSameBitsWithAnyNumberOfThreads) {
  const int threads = omp_get_max_threads();
  const Tensor a = positive_definite({50, 20, 20}, float32);
  const Tensor expected = cholesky(a);
  for (const int count : {1, 2, 3}) {
    omp_set_num_threads(count);
    EXPECT_TRUE(identical(cholesky(a), expected)) << count << " threads";
  }
  omp_set_num_threads(threads);
}

Tensor unpacked_lower(const Tensor& lower_upper) {
  std::vector<double> values = values_of(lower_upper);
  const std::int64_t n = lower_upper.shape(-1);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::int64_t row = static_cast<std::int64_t>(i) / n % n;
    const std::int64_t column = static_cast<std::int64_t>(i) % n;
    if (row <= column) values[i] = row == column ? 1.0 : 0.0;
  }
  return cast(constant(values, lower_upper.shape()), lower_upper.dtype());
}

Tensor unpacked_upper(const Tensor& lower_upper) {
  std::vector<double> values = values_of(lower_upper);
  const std::int64_t n = lower_upper.shape(-1);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (static_cast<std::int64_t>(i) / n % n > static_cast<std::int64_t>(i) % n) values[i] = 0.0;
  }
  return cast(constant(values, lower_upper.shape()), lower_upper.dtype());
}

TEST(lu, Values) {
  const auto [lower_upper, permutation] =
      lu(constant({{1.0, 2.0, 3.0}, {7.0, 8.0, 9.0}, {4.0, 5.0, 0.0}}, float64));
  EXPECT_TRUE(
      has_values(lower_upper, {3, 3},
                 {7, 8, 9, 0.142857142857, 0.857142857143, 1.714285714286, 0.571428571429, 0.5, -6},
                 {1e-11, 1e-12}));
  EXPECT_TRUE(has_values(permutation, {3}, {1, 0, 2}));
}

TEST(lu, Gradient) {
  const auto f = [](const std::vector<Tensor>& x) { return lu(x[0]).lower_upper; };
  EXPECT_TRUE(gradients_agree(f, {square_example()}));
  EXPECT_TRUE(second_gradients_agree(f, {square_example()}));
  const Tensor exchanged = reverse(well_conditioned({2, 3, 3}), -2);
  EXPECT_TRUE(gradients_agree(f, {exchanged}));
}

TEST(lu, Types) {
  for (const DType dtype : {float32, float64}) {
    for (const Shape& shape : kSquares) {
      const Tensor a = reverse(well_conditioned(shape, dtype), -2);
      const auto [lower_upper, permutation] = lu(a);
      const Tensor rows = gather(a, permutation, {.axis = -2, .batch_dims = a.rank() - 2});
      EXPECT_TRUE(near(matmul(unpacked_lower(lower_upper), unpacked_upper(lower_upper)), rows,
                       rounding(dtype, 4 * shape.at(-1))))
          << dtype << shape;
      EXPECT_TRUE(identical(lu(scattered(a)).lower_upper, lower_upper)) << dtype << shape;
    }
  }
}

TEST(lu, Options) {
  EXPECT_EQ(lu(square_example()).permutation.dtype(), int32);
  const Tensor wide = lu(square_example(), {.output_idx_type = int64}).permutation;
  EXPECT_EQ(wide.dtype(), int64);
  EXPECT_TRUE(has_values(wide, {3}, {0, 1, 2}));
}

TEST(lu, Errors) {
  EXPECT_EQ(error_of<ShapeError>([] {
              lu(zeros({2, 3}));
            }),
            "lu: needs square matrices, got shape (2, 3)");
  EXPECT_EQ(error_of<DTypeError>([] {
              lu(zeros({2, 2}), {.output_idx_type = float32});
            }),
            "lu: output_idx_type is float32; it can be int32 or int64");
  EXPECT_EQ(error_of<ValueError>([] {
              lu(constant({{1.0, 2.0}, {2.0, 4.0}}));
            }),
            "lu: the matrix is not invertible; add a small multiple of the identity, or use "
            "tf::linalg::pinv");
}

TEST(qr, Values) {
  const auto [q, r] = qr(square_example());
  EXPECT_TRUE(has_values(
      q, {3, 3},
      {-0.872871560944, 0.350353089991, -0.339629136602, -0.218217890236, -0.902832962669,
       -0.370504512657, -0.436435780472, -0.249289698647, 0.864510529532},
      {1e-10, 1e-11}));
  EXPECT_TRUE(has_values(r, {3, 3},
                         {-4.582575694956, 0.872871560944, -2.836832573068, 0, -3.533849917313,
                          0.006737559423, 0, 0, 4.353428023716},
                         {1e-10, 1e-11}));
  EXPECT_TRUE(has_values(
      qr(wide_example()).r, {2, 3},
      {-4.123105625618, -5.335783750799, -7.518604376126, 0, -0.727606875109, -1.212678125182},
      {1e-10, 1e-11}));
}

TEST(qr, Gradient) {
  const auto both = [](const std::vector<Tensor>& x) {
    const auto [q, r] = qr(x[0]);
    return reduce_sum(q * q * q, {.axis = {-2, -1}}) + 2.0 * reduce_sum(r * r, {.axis = {-2, -1}}) +
           reduce_sum(r, {.axis = {-2, -1}}) - reduce_sum(q, {.axis = {-2, -1}});
  };
  for (const Shape& shape : {Shape{3, 3}, Shape{4, 2}, Shape{2, 4}, Shape{2, 3, 2}}) {
    EXPECT_TRUE(gradients_agree(both, {well_conditioned(shape)})) << shape;
    EXPECT_TRUE(second_gradients_agree(both, {well_conditioned(shape)})) << shape;
  }
  EXPECT_TRUE(gradients_agree([](const std::vector<Tensor>& x) { return qr(x[0]).q; },
                              {well_conditioned({3, 3})}));
  EXPECT_TRUE(gradients_agree([](const std::vector<Tensor>& x) { return qr(x[0]).r; },
                              {well_conditioned({3, 3})}));
  const auto full = [](const std::vector<Tensor>& x) {
    return qr(x[0], {.full_matrices = true}).r;
  };
  EXPECT_TRUE(gradients_agree(full, {well_conditioned({2, 3})}));
}

const std::vector<Shape> kRectangles = {{0, 0}, {3, 0}, {0, 3},     {0, 2, 3},
                                        {1, 1}, {3, 5}, {5, 3},     {2, 3, 4, 7},
                                        {9, 1}, {1, 9}, {30, 8, 5}, {120, 90}};

void check_qr(const Tensor& a, bool full, Tolerance limit) {
  const auto [q, r] = qr(a, {.full_matrices = full});
  EXPECT_TRUE(near(matmul(q, r), a, limit)) << a.dtype() << a.shape();
  const Tensor product = matmul(q, q, {.transpose_a = true});
  Shape batch(a.shape().begin(), a.shape().end() - 2);
  EXPECT_TRUE(near(product, eye(q.shape(-1), {.batch_shape = batch, .dtype = a.dtype()}), limit))
      << a.dtype() << a.shape();
  for (std::int64_t i = 1; i < r.shape(-2); ++i) {
    const auto below = r(ellipsis, i, slice(0, std::min(i, r.shape(-1))));
    for (const double value : values_of(below)) EXPECT_EQ(value, 0.0);
  }
  EXPECT_TRUE(near(qr(scattered(a), {.full_matrices = full}).q, q, limit));
}

TEST(qr, Types) {
  for (const DType dtype : {float32, float64}) {
    for (const Shape& shape : kRectangles) {
      const Tensor a = sample(shape, dtype);
      check_qr(a, false, rounding(dtype, 4 * (shape.at(-1) + shape.at(-2))));
      check_qr(a, true, rounding(dtype, 4 * (shape.at(-1) + shape.at(-2))));
    }
  }
  const Tensor narrow = qr(cast(square_example(), half)).q;
  EXPECT_EQ(narrow.dtype(), half);
  EXPECT_TRUE(near(cast(narrow, float64), qr(square_example()).q, {2e-3, 1e-3}));
}

TEST(qr, Options) {
  const Tensor tall = turned(wide_example());
  EXPECT_EQ(qr(tall).q.shape(), Shape({3, 2}));
  const auto [q, r] = qr(tall, {.full_matrices = true});
  EXPECT_TRUE(has_values(q, {3, 3},
                         {-0.267261241912, 0.948683298051, 0.169030850946, -0.534522483825, 0,
                          -0.845154254729, -0.801783725737, -0.316227766017, 0.507092552837},
                         {1e-10, 1e-11}));
  EXPECT_TRUE(has_values(r, {3, 2}, {-3.741657386774, -9.354143466935, 0, 1.581138830084, 0, 0},
                         {1e-10, 1e-11}));
}

TEST(qr, Errors) {
  EXPECT_EQ(error_of<ShapeError>([] { qr(zeros({3})); }), "qr: needs matrices, got shape (3,)");
  EXPECT_EQ(error_of<DTypeError>([] {
              qr(zeros({2, 2}, int64));
            }),
            "qr: needs float32, float64, complex64 or complex128, got int64; tf::cast "
            "it first");
  EXPECT_EQ(error_of<ValueError>([] {
              GradientTape tape;
              const Tensor a = sample({3, 2});
              tape.watch(a);
              tape.gradient(qr(a, {.full_matrices = true}).r, a);
            }),
            "qr: has no gradient with full_matrices for more rows than columns, got shape (3, 2); "
            "leave full_matrices out");
}

}  // namespace
}  // namespace saem
