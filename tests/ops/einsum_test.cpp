// einsum: a function over ops. Reference numbers: TensorFlow 2.21.
#include <saem/ops/einsum.hpp>
#include <saem/ops/tile.hpp>

#include "ops/matrices.hpp"

namespace saem {
namespace {

using namespace testing;  // NOLINT: a test file

Tensor example() { return constant({{4.0, 2.0}, {1.0, 3.0}}, float64); }

TEST(einsum, Values) {
  const Tensor a = example();
  EXPECT_TRUE(has_values(einsum("ij,jk", a, a), {2, 2}, {18, 14, 7, 11}));
  EXPECT_TRUE(has_values(einsum("ij,jk->ki", a, a), {2, 2}, {18, 7, 14, 11}));
  EXPECT_TRUE(has_values(einsum(" i j , j k -> i k ", a, a), {2, 2}, {18, 14, 7, 11}));
  EXPECT_TRUE(has_values(einsum("IJ,JK", a, a), {2, 2}, {18, 14, 7, 11}));
  EXPECT_TRUE(has_values(einsum("ii->i", a), {2}, {4, 3}));
  EXPECT_TRUE(has_values(einsum("ii", a), {}, {7}));
  EXPECT_TRUE(has_values(einsum("ij->", a), {}, {10}));
  EXPECT_TRUE(has_values(einsum("ba", a), {2, 2}, {4, 1, 2, 3}));
  EXPECT_TRUE(has_values(einsum("ij,ij->", a, a), {}, {30}));
  EXPECT_TRUE(has_values(einsum("i,j", constant({1, 2}), constant({3, 4})), {2, 2}, {3, 4, 6, 8}));
  EXPECT_TRUE(has_values(einsum(",", constant(2.0), constant(3.0)), {}, {6}));
  EXPECT_TRUE(has_values(einsum("", constant(2.0)), {}, {2}));
  EXPECT_TRUE(has_values(einsum("iij->j", ones({2, 2, 3})), {3}, {2, 2, 2}));
  EXPECT_TRUE(has_values(einsum("iii->i", range(27).view({3, 3, 3}, {9, 3, 1})), {3}, {0, 13, 26}));
  EXPECT_TRUE(has_values(einsum("ij,jk,kl->il", a, a, a), {2, 2}, {86, 78, 39, 47}));
  EXPECT_TRUE(has_values(einsum("ij,j,i->", a, a(0), a(1)), {}, {50}));
  EXPECT_TRUE(has_values(einsum("ij,kl->k", a, a), {2}, {60, 40}));
}

TEST(einsum, Ellipsis) {
  const Tensor a = example();
  EXPECT_TRUE(has_values(einsum("...ij,...jk->...ik", tile(a(newaxis), {2, 1, 1}), a), {2, 2, 2},
                         {18, 14, 7, 11, 18, 14, 7, 11}));
  EXPECT_TRUE(identical(einsum("...->...", a), a));
  EXPECT_TRUE(has_values(einsum("ij...->...", a), {}, {10}));
  EXPECT_TRUE(has_values(einsum("i...j,j", a, ones({2}, float64)), {2}, {6, 4}));
  EXPECT_EQ(einsum("a...,b...->ab...", ones({2, 1, 3}), ones({4, 5, 3})).shape(),
            Shape({2, 4, 5, 3}));
  EXPECT_EQ(einsum("...i,...i->...", ones({7, 1, 3}), ones({5, 3})).shape(), Shape({7, 5}));
}

/// Every order of contraction gives the same: five operands are ordered exhaustively, seven
/// greedily, and the chain of two-operand calls is the truth.
TEST(einsum, ManyOperands) {
  std::vector<Tensor> x;
  for (std::uint32_t i = 0; i < 7; ++i) {
    x.push_back(sample({i % 3 + 2, (i + 1) % 3 + 2}, float64, -1, 1, i + 1));
  }
  Tensor chain = x[0];
  for (std::size_t i = 1; i < 7; ++i) {
    chain = matmul(chain, x[i]);
    if (i == 4) {
      EXPECT_TRUE(near(einsum("ab,bc,cd,de,ef->af", x[0], x[1], x[2], x[3], x[4]), chain));
      EXPECT_TRUE(near(einsum("ef,ab,de,bc,cd->fa", x[4], x[0], x[3], x[1], x[2]), turned(chain)));
    }
  }
  EXPECT_TRUE(
      near(einsum("ab,bc,cd,de,ef,fg,gh->ah", x[0], x[1], x[2], x[3], x[4], x[5], x[6]), chain));
}

TEST(einsum, Gradient) {
  const auto check = [](std::string_view equation, const std::vector<Tensor>& inputs) {
    const auto f = [=](const std::vector<Tensor>& x) { return einsum_of(equation, x); };
    EXPECT_TRUE(gradients_agree(f, inputs)) << equation;
    EXPECT_TRUE(second_gradients_agree(f, inputs)) << equation;
  };
  check("bij,bjk->bki", {sample({2, 2, 3}), sample({2, 3, 2})});
  check("iij,j->i", {sample({2, 2, 2}), sample({2})});
  check("...i,...j->...ij", {sample({2, 1, 2}), sample({2, 2})});
  check("ij,jk,ki->", {sample({2, 2}), sample({2, 2}), sample({2, 2})});
}

TEST(einsum, Types) {
  for (const DType dtype : {half, float32, float64, int32, int64}) {
    const Tensor a = cast(sample({3, 4, 5}, float64, -3, 3), dtype);
    const Tensor b = cast(sample({3, 5, 2}, float64, -3, 3, 2), dtype);
    EXPECT_TRUE(near(einsum("bij,bjk->bik", a, b), matmul(a, b))) << dtype;
    EXPECT_TRUE(near(einsum("bij,bjk->bik", scattered(a), scattered(b)), matmul(a, b))) << dtype;
  }
  EXPECT_TRUE(has_values(einsum("ij,jk->ik", zeros({2, 0}), zeros({0, 1})), {2, 1}, {0, 0}));
}

TEST(einsum, Errors) {
  const Tensor a = zeros({2, 2});
  EXPECT_EQ(error_of<ValueError>([&] { einsum("i-j", a); }),
            "einsum: \"i-j\" is no equation; write one as \"ij,jk->ik\"");
  EXPECT_EQ(error_of<ValueError>([&] { einsum("ij,ij", a); }),
            "einsum: \"ij,ij\" has 2 operands, got 1");
  EXPECT_EQ(error_of<ValueError>([&] { einsum("ij->k", a); }),
            "einsum: the result of \"ij->k\" has axis k that no operand has");
  EXPECT_EQ(error_of<ValueError>([&] { einsum("ij->ijj", a); }),
            "einsum: the result of \"ij->ijj\" has axis j twice");
  EXPECT_EQ(error_of<ValueError>([&] { einsum("...i->i", a); }),
            "einsum: the result of \"...i->i\" needs \"...\" as its operands have it");
  EXPECT_EQ(error_of<ShapeError>([&] { einsum("ijk", a); }),
            "einsum: operand 0 has shape (2, 2), the equation names 3 axes");
  EXPECT_EQ(error_of<ShapeError>([&] {
              einsum("ij,jk", a, zeros({3, 2}));
            }),
            "einsum: axis j has 2 elements in one operand and 3 in another");
}

}  // namespace
}  // namespace saem
