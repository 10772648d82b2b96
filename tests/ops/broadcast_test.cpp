// broadcast, floor 5 of 5: what must be true.
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/broadcast.hpp>

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

TEST(broadcast_to, Values) {
  EXPECT_TRUE(has_values(broadcast_to(constant({1, 2}), {3, 2}), {3, 2}, {1, 2, 1, 2, 1, 2}));
  EXPECT_TRUE(has_values(broadcast_to(constant({{1}, {2}}), {2, 3}), {2, 3}, {1, 1, 1, 2, 2, 2}));
}

TEST(broadcast_to, Types) {
  for (const DType dtype : {bool_, uint8, int64, half, float32}) {
    const Tensor x = sample({5, 1}, dtype, 0, 2);
    EXPECT_TRUE(identical(broadcast_to(scattered(x), {2, 5, 7}).contiguous(),
                          broadcast_to(x, {2, 5, 7}).contiguous()));
    EXPECT_EQ(broadcast_to(x, {5, 1}).dtype(), dtype);
  }
  EXPECT_EQ(broadcast_to(constant(1), {}).shape(), Shape());
  EXPECT_EQ(broadcast_to(zeros({1, 3}), {0, 3}).size(), 0);
  const Tensor large = broadcast_to(constant(2.0), {1000, 1000});
  EXPECT_EQ(large.strides(), (Dims{0, 0})) << "a view, not a copy";
}

TEST(broadcast_to, Options) {
  EXPECT_EQ(broadcast_to(constant(1), {4}).shape(), (Shape{4}));
  EXPECT_EQ(broadcast_to(constant(1), {2, 3}).shape(), (Shape{2, 3}));
}

TEST(broadcast_to, Gradient) {
  const auto f = [](const std::vector<Tensor>& x) {
    const Tensor y = broadcast_to(x[0], {2, 3, 4});
    return y * y * y;
  };
  EXPECT_TRUE(gradients_agree(f, {sample({3, 1})}));
  EXPECT_TRUE(second_gradients_agree(f, {sample({3, 1})}));
}

TEST(broadcast_to, Errors) {
  EXPECT_EQ(error_of<ShapeError>([] {
              broadcast_to(zeros({2, 3}), {3});
            }),
            "broadcast_to: shape (3,) has fewer axes than the tensor's (2, 3); see tf::squeeze");
  EXPECT_EQ(error_of<ShapeError>([] {
              broadcast_to(zeros({2, 3}), {2, 4});
            }),
            "broadcast_to: shape (2, 3) does not broadcast to (2, 4): axis 1 has 3 where 4 is "
            "needed; only size 1 is repeated, see tf::reshape and tf::newaxis");
}

TEST(broadcast_static_shape, Values) {
  EXPECT_EQ(broadcast_static_shape({2, 1}, {3}), (Shape{2, 3}));
  EXPECT_EQ(broadcast_static_shape({}, {0}), (Shape{0}));
  EXPECT_THAT(
      error_of<ShapeError>([] { broadcast_static_shape({2}, {3}); }),
      ::testing::HasSubstr("broadcast_static_shape: shapes (2,) and (3,) do not broadcast"));
}

TEST(broadcast_dynamic_shape, Values) {
  EXPECT_TRUE(has_values(broadcast_dynamic_shape(constant({2, 1}), constant({3})), {2}, {2, 3}));
  EXPECT_EQ(broadcast_dynamic_shape(constant({2}, int64), constant({1}, int64)).dtype(), int64);
  EXPECT_TRUE(has_values(broadcast_dynamic_shape(zeros({0}, int32), constant({3})), {1}, {3}));
}

TEST(broadcast_dynamic_shape, Errors) {
  EXPECT_THAT(error_of<ShapeError>([] { broadcast_dynamic_shape(constant({2}), constant({3})); }),
              ::testing::HasSubstr("broadcast_dynamic_shape: shapes (2,) and (3,)"));
  EXPECT_EQ(error_of<ShapeError>([] { broadcast_dynamic_shape(constant(2), constant({3})); }),
            "broadcast_dynamic_shape: a shape is a tensor of rank 1, got shapes () and (1,)");
  EXPECT_EQ(
      error_of<DTypeError>([] { broadcast_dynamic_shape(constant({2}), constant({3}, int64)); }),
      "broadcast_dynamic_shape: int32 and int64 do not mix; tf::cast one of them");
  EXPECT_EQ(error_of<DTypeError>([] { broadcast_dynamic_shape(constant({2.0}), constant({3.0})); }),
            "broadcast_dynamic_shape: shape_x must be int32 or int64, got float32; tf::cast them");
}

}  // namespace
}  // namespace saem
