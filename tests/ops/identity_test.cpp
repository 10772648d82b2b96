// identity, and what a shape says as tensors; floor 5 of 5: what must be true.
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/identity.hpp>

#include "support/op_test.hpp"

namespace saem {
namespace {

using testing::error_of;
using testing::gradients_agree;
using testing::has_values;
using testing::identical;
using testing::sample;
using testing::scattered;
using testing::second_gradients_agree;

TEST(identity, Values) {
  const Tensor x = constant({1, 2});
  EXPECT_TRUE(identical(identity(x), x));
  EXPECT_EQ(identity(x).data(), x.data()) << "a view";
  EXPECT_NE(identity(x).impl(), x.impl()) << "a tensor of its own, with a gradient of its own";
}

TEST(identity, Types) {
  for (const DType dtype : {bool_, int8, int64, half, float32, float64}) {
    const Tensor x = sample({3, 5}, dtype, 0, 2);
    EXPECT_TRUE(identical(identity(scattered(x)), x));
  }
  EXPECT_EQ(identity(constant(1)).shape(), Shape());
  EXPECT_EQ(identity(zeros({0, 3})).shape(), (Shape{0, 3}));
}

TEST(identity, Gradient) {
  const auto f = [](const std::vector<Tensor>& x) {
    const Tensor y = identity(x[0]);
    return y * y * y;
  };
  EXPECT_TRUE(gradients_agree(f, {sample({2, 3})}));
  EXPECT_TRUE(second_gradients_agree(f, {sample({2, 3})}));
}

TEST(identity, Errors) {
  EXPECT_EQ(error_of<ValueError>([] { (void)identity(Tensor()); }),
            "tensor: this tensor is undefined (None): an unconnected gradient, or never assigned; "
            "ask defined() first");
}

TEST(ensure_shape, Values) {
  const Tensor x = zeros({2, 3});
  EXPECT_TRUE(identical(ensure_shape(x, {2, 3}), x));
  EXPECT_TRUE(identical(ensure_shape(x, {-1, 3}), x));
  const auto f = [](const std::vector<Tensor>& y) {
    const Tensor same = ensure_shape(y[0], {-1});
    return same * same;
  };
  EXPECT_TRUE(gradients_agree(f, {sample({3})}));
}

TEST(ensure_shape, Errors) {
  EXPECT_EQ(error_of<ShapeError>([] {
              ensure_shape(zeros({2, 3}), {-1, 4});
            }),
            "ensure_shape: the tensor has shape (2, 3), the program counts on (-1, 4)");
  EXPECT_EQ(error_of<ShapeError>([] {
              ensure_shape(zeros({2}), {2, 1});
            }),
            "ensure_shape: the tensor has shape (2,), the program counts on (2, 1)");
}

TEST(shape, ValuesAndTypes) {
  EXPECT_TRUE(has_values(shape(zeros({2, 0, 3})), {3}, {2, 0, 3}));
  EXPECT_TRUE(has_values(shape(constant(1)), {0}, {}));
  EXPECT_EQ(shape(zeros({2})).dtype(), int32);
  EXPECT_EQ(shape(zeros({2}), {.dtype = int64}).dtype(), int64);
  EXPECT_EQ(error_of<DTypeError>([] { (void)shape(zeros({300}), {.dtype = uint8}); }),
            "shape: 300 is outside the range of uint8, [0, 255]");
}

TEST(size, ValuesAndTypes) {
  EXPECT_TRUE(has_values(size(zeros({2, 3})), {}, {6}));
  EXPECT_TRUE(has_values(size(zeros({2, 0})), {}, {0}));
  EXPECT_EQ(size(constant(1)).dtype(), int32);
  EXPECT_EQ(size(constant(1), {.dtype = int64}).dtype(), int64);
  EXPECT_EQ(error_of<DTypeError>([] { (void)size(zeros({300}), {.dtype = int8}); }),
            "size: 300 is outside the range of int8, [-128, 127]");
}

TEST(rank, ValuesAndTypes) {
  EXPECT_TRUE(has_values(rank(zeros({2, 3})), {}, {2}));
  EXPECT_TRUE(has_values(rank(constant(1)), {}, {0}));
  EXPECT_EQ(rank(constant(1)).dtype(), int32);
}

}  // namespace
}  // namespace saem
