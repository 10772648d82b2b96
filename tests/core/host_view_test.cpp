#include <saem/ops/broadcast.hpp>
#include <saem/ops/transpose.hpp>

#include "support/op_test.hpp"

namespace saem {
namespace {

using testing::error_of;

const Tensor& matrix() {
  static const Tensor made = constant({{1, 2, 3}, {4, 5, 6}});
  return made;
}

/// Host memory is what these tests look into, also where new tensors would lie on a GPU.
class HostViews : public ::testing::Test {
  DeviceScope scope_ = device("/CPU:0");
};

TEST_F(HostViews, ShowsElementsByTheirIndices) {
  const auto view = matrix().host_view<int, 2>();
  EXPECT_EQ(view.rank(), 2);
  EXPECT_EQ(view.extent(0), 2);
  EXPECT_EQ(view.extent(1), 3);
  EXPECT_EQ(view.size(), 6);
  EXPECT_EQ(view(1, 2), 6);
  EXPECT_EQ(view.at(0, 1), 2);
  EXPECT_EQ(view.data(), matrix().data());
}

TEST_F(HostViews, TakesAnyStrides) {
  const Tensor turned = transpose(matrix());
  const auto columns = turned.host_view<int, 2>();
  EXPECT_EQ(columns(2, 0), 3);
  EXPECT_EQ(columns.stride(0), 1);
  EXPECT_EQ(columns.stride(1), 3);
  const Tensor backwards = matrix()(all, slice({}, {}, -2));
  const auto reversed = backwards.host_view<int, 2>();
  EXPECT_EQ(reversed(1, 0), 6);
  EXPECT_EQ(reversed(1, 1), 4);
  EXPECT_EQ(reversed.stride(1), -2);
  const Tensor repeated = broadcast_to(matrix()(0), {4, 3});
  EXPECT_EQ((repeated.host_view<int, 2>()(3, 1)), 2);
}

TEST_F(HostViews, ScalarsAndNothing) {
  EXPECT_EQ((constant(7).host_view<int, 0>()()), 7);
  const Tensor empty = zeros({0, 3});
  EXPECT_EQ((empty.host_view<float, 2>().size()), 0);
}

TEST_F(HostViews, Errors) {
  EXPECT_EQ(error_of<DTypeError>([] { (void)matrix().host_view<float, 2>(); }),
            "host_view: the tensor is int32, not float32; ask for its own type or tf::cast it");
  EXPECT_EQ(error_of<ShapeError>([] { (void)matrix().host_view<int, 1>(); }),
            "host_view: the tensor has rank 2, shape (2, 3), not rank 1");
  const auto view = matrix().host_view<int, 2>();
  EXPECT_EQ(error_of<IndexError>([&] { (void)view.at(0, 3); }),
            "host_view: index 3 is out of range along axis 1, which has 3 elements");
  EXPECT_THROW((void)view.at(-1, 0), IndexError);
}

}  // namespace
}  // namespace saem
