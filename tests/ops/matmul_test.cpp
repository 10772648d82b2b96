// matmul, floor 5 of 5: what must be true.
#include <omp.h>

#include <array>
#include <limits>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/broadcast.hpp>
#include <saem/ops/matmul.hpp>
#include <saem/ops/transpose.hpp>

#include "support/op_test.hpp"

namespace saem {
namespace {

using testing::error_of;
using testing::gradients_agree;
using testing::has_values;
using testing::identical;
using testing::near;
using testing::sample;
using testing::scattered;
using testing::second_gradients_agree;
using testing::values_of;

/// One product by three loops, on doubles: (n, k) x (k, m).
std::vector<double> plain_product(const Tensor& a, const Tensor& b) {
  const std::vector<double> x = values_of(a);
  const std::vector<double> y = values_of(b);
  const auto n = static_cast<std::size_t>(a.shape(0));
  const auto k = static_cast<std::size_t>(a.shape(1));
  const auto m = static_cast<std::size_t>(b.shape(1));
  std::vector<double> result(n * m, 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t l = 0; l < k; ++l) {
      for (std::size_t j = 0; j < m; ++j) result[i * m + j] += x[i * k + l] * y[l * m + j];
    }
  }
  return result;
}

/// Whole numbers: every sum is exact in every dtype up to bfloat16's 8 bits of result.
Tensor whole(const Shape& shape, DType dtype, std::uint32_t seed) {
  return cast(cast(sample(shape, float64, -2.0, 3.0, seed), int32), dtype);
}

testing::Tolerance rounding(DType dtype, std::int64_t inner) {
  const double unit = dtype == DType::kBFloat16 ? 0x1p-8 : dtype == half ? 0x1p-11 : 0x1p-23;
  return {unit, unit * static_cast<double>(inner)};
}

TEST(matmul, Values) {
  const Tensor a = constant({{1, 2}, {3, 4}});
  EXPECT_TRUE(has_values(matmul(a, a), {2, 2}, {7, 10, 15, 22}));
  EXPECT_TRUE(has_values(matmul(constant({{1.0, 2.0}}), constant({{3.0}, {4.0}})), {1, 1}, {11}));
  const Tensor big = constant({{std::int64_t{1} << 62, std::int64_t{3}}}, int64);
  EXPECT_EQ(matmul(big, constant({{2}, {1}}, int64))(0, 0).item<std::int64_t>(),
            std::numeric_limits<std::int64_t>::min() + 3)
      << "64 bits are kept, and wrap around";
}

TEST(matmul, Types) {
  for (const DType dtype : {int32, int64, half, DType(DType::kBFloat16), float32, float64}) {
    for (const auto& [n, k, m] :
         {std::array{1, 1, 1}, std::array{1, 7, 5}, std::array{5, 3, 1}, std::array{7, 300, 17},
          std::array{33, 31, 65}, std::array{100, 70, 200}}) {
      SCOPED_TRACE(std::string(dtype.name()) + " " + (Shape{n, k, m}).to_string());
      const Tensor a = whole({n, k}, dtype, 1);
      const Tensor b = whole({k, m}, dtype, 2);
      const Tensor expected = cast(constant(plain_product(a, b), Shape{n, m}), dtype);
      EXPECT_TRUE(near(matmul(a, b), expected, rounding(dtype, k)));
      EXPECT_TRUE(near(matmul(scattered(a), scattered(b)), expected, rounding(dtype, k)));
      EXPECT_TRUE(
          near(matmul(transpose(transpose(a).contiguous()), b), expected, rounding(dtype, k)));
      EXPECT_TRUE(
          near(matmul(transpose(a), transpose(b), {true, true}), expected, rounding(dtype, k)));
      EXPECT_TRUE(near(matmul(transpose(a).contiguous(), transpose(b).contiguous(), {true, true}),
                       expected, rounding(dtype, k)));
    }
    EXPECT_EQ(matmul(zeros({0, 3}, dtype), zeros({3, 2}, dtype)).shape(), (Shape{0, 2}));
    EXPECT_TRUE(has_values(matmul(zeros({2, 0}, dtype), zeros({0, 1}, dtype)), {2, 1}, {0, 0}));
  }
}

TEST(matmul, Batches) {
  for (const DType dtype : {float32, float64, half, int32}) {
    const Tensor a = whole({2, 3, 4, 5}, dtype, 1);
    const Tensor b = whole({2, 3, 5, 6}, dtype, 2);
    const Tensor shared = whole({5, 6}, dtype, 3);
    const Tensor row = whole({2, 1, 5, 6}, dtype, 4);
    const Tensor full = matmul(a, b);
    const Tensor with_shared = matmul(a, shared);
    const Tensor with_row = matmul(a, row);
    const Tensor left = matmul(whole({7, 4}, dtype, 5), a);
    const Tensor turned =
        matmul(transpose(a, {.perm = {1, 0, 2, 3}}), transpose(b, {.perm = {1, 0, 2, 3}}));
    const Tensor repeated = matmul(broadcast_to(a(0), {2, 3, 4, 5}), b);
    for (int i = 0; i < 2; ++i) {
      for (int j = 0; j < 3; ++j) {
        const Tensor x = a(i, j);
        EXPECT_TRUE(near(full(i, j), matmul(x, b(i, j))));
        EXPECT_TRUE(near(with_shared(i, j), matmul(x, shared)));
        EXPECT_TRUE(near(with_row(i, j), matmul(x, row(i, 0))));
        EXPECT_TRUE(near(left(i, j), matmul(whole({7, 4}, dtype, 5), x)));
        EXPECT_TRUE(near(turned(j, i), full(i, j)));
        EXPECT_TRUE(near(repeated(i, j), matmul(a(0, j), b(i, j))));
      }
    }
  }
}

/// One product of a batch at a time, and all of them with one shared right side.
TEST(matmul, BatchesOfVectors) {
  for (const DType dtype : {DType(DType::kBFloat16), float32, float64}) {
    for (const auto& [n, k, m] : {std::array{2, 1, 3}, std::array{2, 3, 1}, std::array{1, 2, 3},
                                  std::array{1, 1, 5}, std::array{5, 1, 1}, std::array{1, 3, 1}}) {
      SCOPED_TRACE(std::string(dtype.name()) + " " + (Shape{n, k, m}).to_string());
      const Tensor a = whole({4, n, k}, dtype, 1);
      const Tensor b = whole({4, k, m}, dtype, 2);
      const Tensor turned_a = transpose(a, {.perm = {0, 2, 1}}).contiguous();
      const Tensor turned_b = transpose(b, {.perm = {0, 2, 1}}).contiguous();
      for (int i = 0; i < 4; ++i) {
        EXPECT_TRUE(near(matmul(a, b)(i), matmul(a(i), b(i))));
        EXPECT_TRUE(near(matmul(a, b(0))(i), matmul(a(i), b(0))));
        EXPECT_TRUE(near(matmul(turned_a, b(0), {.transpose_a = true})(i), matmul(a(i), b(0))));
        EXPECT_TRUE(near(matmul(a, turned_b(0), {.transpose_b = true})(i), matmul(a(i), b(0))));
      }
    }
  }
}

TEST(matmul, Options) {
  const Tensor a = constant({{1.0, 2.0}, {3.0, 4.0}});
  const Tensor b = constant({{0.0, 1.0}, {2.0, 0.0}});
  EXPECT_TRUE(has_values(matmul(a, b), {2, 2}, {4, 1, 8, 3}));
  EXPECT_TRUE(has_values(matmul(a, b, {.transpose_a = true}), {2, 2}, {6, 1, 8, 2}));
  EXPECT_TRUE(has_values(matmul(a, b, {.transpose_b = true}), {2, 2}, {2, 2, 4, 6}));
}

TEST(matmul, AdjointAndOutputType) {
  const Tensor a = sample({3, 2});
  const Tensor b = sample({4, 3});
  const Tensor expected = matmul(a, b, {.transpose_a = true, .transpose_b = true});
  EXPECT_TRUE(identical(matmul(a, b, {.adjoint_a = true, .adjoint_b = true}), expected));
  EXPECT_TRUE(identical(matmul(a, b, {.transpose_a = true, .adjoint_b = true}), expected));
  for (const DType left : {int8, uint8}) {
    for (const DType right : {int8, uint8}) {
      const Tensor y = matmul(fill({1, 2}, 100, {.dtype = left}),
                              fill({2, 1}, 100, {.dtype = right}), {.output_type = int32});
      EXPECT_EQ(y.dtype(), int32);
      EXPECT_TRUE(has_values(y, {1, 1}, {20000}));
    }
  }
  EXPECT_EQ(error_of<ValueError>([&] { matmul(a, b, {.transpose_a = true, .adjoint_a = true}); }),
            "matmul: an operand is either transposed or adjoint, not both");
  EXPECT_EQ(error_of<DTypeError>([&] { matmul(a, a, {.output_type = float32}); }),
            "matmul: output_type float32 is not for float64 x float64; it is int32, for int8 and "
            "uint8, or the dtype of the operands");
}

TEST(matmul, Gradient) {
  for (const bool transpose_a : {false, true}) {
    for (const bool transpose_b : {false, true}) {
      const auto f = [=](const std::vector<Tensor>& x) {
        return matmul(x[0], x[1], {transpose_a, transpose_b});
      };
      const Tensor a = sample(transpose_a ? Shape{3, 2} : Shape{2, 3});
      const Tensor b = sample(transpose_b ? Shape{2, 4, 3} : Shape{2, 3, 4});
      EXPECT_TRUE(gradients_agree(f, {a, b}));
      EXPECT_TRUE(second_gradients_agree(f, {a, b}));
      // A batch times one matrix; and none of it.
      const Tensor batch = sample(transpose_a ? Shape{2, 3, 3, 2} : Shape{2, 3, 2, 3});
      const Tensor matrix = sample(transpose_b ? Shape{4, 3} : Shape{3, 4});
      EXPECT_TRUE(gradients_agree(f, {batch, matrix}));
      EXPECT_TRUE(second_gradients_agree(f, {batch, matrix}));
      EXPECT_TRUE(gradients_agree(f, {zeros({0, 3, 3}, float64), sample({3, 3})}));
      EXPECT_TRUE(gradients_agree(f, {zeros({2, 0, 0}, float64), sample({0, 0})}));
    }
  }
}

TEST(matmul, SameBitsWithAnyNumberOfThreads) {
  const int threads = omp_get_max_threads();
  const Tensor a = sample({150, 300});
  const Tensor b = sample({300, 410}, float64, -2, 2, 2);
  const Tensor expected = matmul(a, b);
  for (const int count : {1, 2, 3}) {
    omp_set_num_threads(count);
    EXPECT_TRUE(identical(matmul(a, b), expected)) << count << " threads";
  }
  omp_set_num_threads(threads);
}

TEST(matmul, Errors) {
  EXPECT_EQ(error_of<ShapeError>([] {
              matmul(zeros({2, 2}), zeros({3, 2}));
            }),
            "matmul: inner dimensions differ: (2, 2) x (3, 2); pass transpose_b if b is stored by "
            "rows");
  EXPECT_EQ(error_of<ShapeError>([] {
              matmul(zeros({3, 2}), zeros({3, 4}));
            }),
            "matmul: inner dimensions differ: (3, 2) x (3, 4); pass transpose_a if a is stored by "
            "columns");
  EXPECT_EQ(error_of<ShapeError>([] {
              matmul(zeros({2, 3}), zeros({3, 2}), {.transpose_b = true});
            }),
            "matmul: inner dimensions differ: (2, 3) x (3, 2) transposed; leave transpose_b out "
            "if b is stored by columns");
  EXPECT_EQ(error_of<ShapeError>([] {
              matmul(zeros({2, 3}), zeros({4, 5}));
            }),
            "matmul: inner dimensions differ: (2, 3) x (4, 5); the columns of a must be as many "
            "as the rows of b");
  EXPECT_EQ(error_of<ShapeError>([] {
              matmul(zeros({3}), zeros({3, 2}));
            }),
            "matmul: needs matrices, got (3,) x (3, 2); make a vector a row with x(tf::newaxis) "
            "or a column with x(tf::all, tf::newaxis)");
  EXPECT_EQ(error_of<DTypeError>([] {
              matmul(zeros({1, 1}), zeros({1, 1}, float64));
            }),
            "matmul: float32 and float64 do not mix; tf::cast one of them");
  EXPECT_EQ(error_of<DTypeError>([] {
              matmul(zeros({1, 1}, uint8), zeros({1, 1}, uint8));
            }),
            "matmul: needs floating point, complex, int32 or int64, got uint8; tf::cast it first");
  EXPECT_THAT(error_of<ShapeError>([] {
                matmul(zeros({2, 1, 1}), zeros({3, 1, 1}));
              }),
              ::testing::HasSubstr("matmul: shapes (2,) and (3,) do not broadcast"));
}

}  // namespace
}  // namespace saem
