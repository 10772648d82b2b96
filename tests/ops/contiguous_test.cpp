// contiguous, floor 5 of 5: what must be true.
#include <cstring>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/broadcast.hpp>
#include <saem/ops/creation.hpp>
#include <saem/ops/transpose.hpp>

#include "support/op_test.hpp"

namespace saem {
namespace {

using testing::error_of;
using testing::gradients_agree;
using testing::has_values;
using testing::sample;
using testing::second_gradients_agree;

TEST(contiguous, Values) {
  const Tensor x = constant({{1, 2, 3}, {4, 5, 6}});
  EXPECT_TRUE(has_values(transpose(x).contiguous(), {3, 2}, {1, 4, 2, 5, 3, 6}));
  EXPECT_TRUE(transpose(x).contiguous().is_contiguous());
  EXPECT_EQ(x.contiguous().data(), x.data()) << "what is in order is not copied";
}

/// Element by element, with nothing clever: what every copy must equal.
void expect_copied(const Tensor& x) {
  const Tensor copy = x.contiguous();
  ASSERT_TRUE(copy.is_contiguous());
  ASSERT_EQ(copy.shape(), x.shape());
  const std::size_t width = x.dtype().size();
  std::int64_t first = 0;  // of the elements that the view reaches, counted from its own first
  std::int64_t last = 0;
  for (int axis = 0; axis < x.rank(); ++axis) {
    const std::int64_t reach = (x.shape()[axis] - 1) * x.strides()[static_cast<std::size_t>(axis)];
    (reach < 0 ? first : last) += reach;
  }
  const Tensor memory = x.size() == 0 ? x : x.view({last - first + 1}, {1}, first).cpu();
  const Tensor copied = copy.cpu();
  const auto* from = static_cast<const std::byte*>(memory.data()) -
                     first * static_cast<std::int64_t>(x.dtype().size());
  const auto* to = static_cast<const std::byte*>(copied.data());
  for (std::int64_t i = 0; i < x.size(); ++i) {
    std::int64_t rest = i;
    std::int64_t offset = 0;
    for (int axis = x.rank(); axis-- > 0;) {
      offset += rest % x.shape()[axis] * x.strides()[static_cast<std::size_t>(axis)];
      rest /= x.shape()[axis];
    }
    const auto bytes = static_cast<std::int64_t>(width);
    ASSERT_EQ(std::memcmp(to + i * bytes, from + offset * bytes, width), 0)
        << "element " << i << " of " << x.shape() << " " << x.dtype();
  }
}

TEST(contiguous, Types) {
  for (const DType dtype : {uint8, half, float32, float64}) {
    for (const Shape& shape :
         {Shape{1, 1}, Shape{3, 5}, Shape{16, 16}, Shape{17, 33}, Shape{64, 64}, Shape{300, 257}}) {
      const Tensor x = sample(shape, dtype, 0, 100);
      expect_copied(transpose(x));
      expect_copied(x(all, slice(none, none, -1)));
      expect_copied(x(slice(none, none, 2), slice(none, none, 3)));
      expect_copied(broadcast_to(x, {2, shape[0], shape[1]}));
    }
    const Tensor cube = sample({5, 40, 36}, dtype, 0, 100);
    expect_copied(transpose(cube, {.perm = {2, 0, 1}}));
    expect_copied(transpose(cube, {.perm = {0, 2, 1}}));
    expect_copied(transpose(cube, {.perm = {1, 0, 2}}));
    expect_copied(transpose(cube));
    expect_copied(broadcast_to(constant(3.0), {70, 1000}));
  }
  expect_copied(transpose(sample({2048, 1088}, float32)));  // past the caches, lines written unread
  expect_copied(transpose(sample({2047, 1087}, float32)));
  EXPECT_EQ(transpose(zeros({0, 3})).contiguous().shape(), (Shape{3, 0}));
  EXPECT_EQ(constant(1).contiguous().shape(), Shape());
}

TEST(contiguous, Gradient) {
  const auto f = [](const std::vector<Tensor>& x) {
    const Tensor y = transpose(x[0]).contiguous();
    return y * y;
  };
  EXPECT_TRUE(gradients_agree(f, {sample({3, 4})}));
  EXPECT_TRUE(second_gradients_agree(f, {sample({3, 4})}));
}

TEST(contiguous, Errors) {
  EXPECT_THAT(error_of<ValueError>([] { (void)Tensor().contiguous(); }),
              ::testing::HasSubstr("this tensor is undefined (None)"));
}

}  // namespace
}  // namespace saem
