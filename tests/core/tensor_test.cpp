#include <limits>
#include <saem/core/memory.hpp>
#include <saem/core/tensor.hpp>
#include <saem/ops/creation.hpp>
#include <thread>

#include "support/op_test.hpp"

namespace saem {
namespace {

using testing::error_of;
using testing::has_values;
using ::testing::HasSubstr;

TEST(Shape, PrintsAsPython) {
  EXPECT_EQ(Shape({2, 3}).to_string(), "(2, 3)");
  EXPECT_EQ(Shape({2}).to_string(), "(2,)");
  EXPECT_EQ(Shape().to_string(), "()");
}

TEST(Shape, CountsAxesFromBothEnds) {
  const Shape shape{2, 3, 5};
  EXPECT_EQ(shape.at(-1), 5);
  EXPECT_EQ(shape.at(0), 2);
  EXPECT_EQ(error_of<ShapeError>([&] { (void)shape.at(3); }),
            "shape: axis 3 is out of range for rank 3; it must be in [-3, 3)");
}

TEST(Shape, Broadcasts) {
  EXPECT_EQ(broadcast_shapes({4, 1, 3}, {5, 1}), Shape({4, 5, 3}));
  EXPECT_EQ(broadcast_shapes({}, {2}), Shape({2}));
  EXPECT_EQ(broadcast_shapes({0}, {1}), Shape({0}));
  EXPECT_THAT(error_of<ShapeError>([] {
                (void)broadcast_shapes({2, 3}, {4}, "add");
              }),
              HasSubstr("add: shapes (2, 3) and (4,) do not broadcast: axis 1 has 3 and 4"));
}

TEST(Axes, AreNormalised) {
  EXPECT_EQ(Axes({-1, 0}).normalized(3, "op").dims(), (Dims{0, 2}));
  EXPECT_EQ(Axes().normalized(2, "op").dims(), (Dims{0, 1}));
  EXPECT_THAT(error_of<ShapeError>([] {
                (void)Axes({0, -2}).normalized(2, "reduce_sum");
              }),
              HasSubstr("reduce_sum: axis 0 is named twice in [0, -2]"));
}

TEST(Scalar, ChecksWhatADtypeHolds) {
  EXPECT_NO_THROW(Scalar(255).check_fits(uint8, "op"));
  EXPECT_EQ(error_of<DTypeError>([] { Scalar(256).check_fits(uint8, "add"); }),
            "add: 256 is outside the range of uint8, [0, 255]");
  EXPECT_EQ(error_of<DTypeError>([] { Scalar(1.5).check_fits(int32, "add"); }),
            "add: 1.5 does not fit a tensor of int32; tf::cast the tensor to float32 first");
  EXPECT_THROW(Scalar(-1).check_fits(uint64, "op"), DTypeError);
  EXPECT_THROW(Scalar(1).check_fits(bool_, "op"), DTypeError);
  EXPECT_EQ(Scalar(std::numeric_limits<std::uint64_t>::max()).to_string(), "18446744073709551615");
}

TEST(Tensor, LiteralsTakeTensorFlowsTypes) {
  EXPECT_EQ(constant({{1, 2}, {3, 4}}).dtype(), int32);
  EXPECT_EQ(constant({{1.0, 2.0}, {3.0, 4.0}}).dtype(), float32);
  EXPECT_EQ(constant({1.5, 2.5}, float64).dtype(), float64);
  EXPECT_EQ(constant({true, false}).dtype(), bool_);
  EXPECT_EQ(constant(std::vector<double>{1.0}).dtype(), float64);
  EXPECT_EQ(constant({{{1, 2}}, {{3, 4}}}).shape(), Shape({2, 1, 2}));
  EXPECT_EQ(constant(7).rank(), 0);
}

TEST(Tensor, RefusesRaggedLists) {
  EXPECT_EQ(error_of<ShapeError>([] {
              (void)constant({{1, 2}, {3}});
            }),
            "constant: the nested lists are ragged: one has 1 entries where its neighbours have 2");
  EXPECT_THROW((void)constant({300}, uint8), DTypeError);
}

TEST(Tensor, UndefinedSaysSo) {
  const Tensor none;
  EXPECT_FALSE(none.defined());
  EXPECT_THAT(error_of<ValueError>([&] { (void)none.shape(); }), HasSubstr("undefined (None)"));
}

TEST(Tensor, ItemAndSpanCheckTypes) {
  const Tensor x = constant({1.0, 2.0});
  EXPECT_EQ(x.span<float>()[1], 2.0f);
  EXPECT_EQ(error_of<DTypeError>([&] { (void)x.span<int>(); }),
            "span: the tensor is float32, not int32; ask for its own type or tf::cast it");
  EXPECT_EQ(error_of<ShapeError>([&] { (void)x.item<float>(); }),
            "item: needs a tensor of one element, this one has shape (2,); index it first");
}

TEST(Tensor, ExternalMemoryIsReleasedWithTheLastView) {
  float numbers[] = {1, 2, 3, 4};
  int released = 0;
  {
    Tensor row;
    {
      const Tensor t = Tensor::from_external(numbers, float32, {2, 2}, [&] { ++released; });
      row = t.view({2}, {1}, 2);
    }
    EXPECT_EQ(released, 0);
    EXPECT_EQ(row.span<float>()[0], 3.0f);
  }
  EXPECT_EQ(released, 1);
}

TEST(Tensor, ImpossibleSizesAreErrors) {
  EXPECT_THAT(error_of<ShapeError>([] { (void)zeros({-1, 2}); }), HasSubstr("negative size"));
  EXPECT_THAT(error_of<ShapeError>([] {
                (void)zeros({1ll << 40, 1ll << 40});
              }),
              HasSubstr("more elements than 64 bits can count"));
  EXPECT_THAT(error_of<OutOfMemoryError>([] { (void)zeros({1ll << 61}); }), HasSubstr("bytes"));
  EXPECT_THAT(error_of<OutOfMemoryError>([] { (void)Tensor::empty(float32, {1ll << 50}); }),
              HasSubstr("4503599627370560 bytes on /CPU:0 asked for"));
}

TEST(Memory, CountsWhatTensorsHold) {
  const config::MemoryInfo before = config::get_memory_info();
  {
    const Tensor t = zeros({1000, 1000});
    const config::MemoryInfo during = config::get_memory_info();
    EXPECT_GE(during.current - before.current, 4000000);
    EXPECT_LT(during.current - before.current, 5000000);
    EXPECT_GE(during.peak, during.current);
  }
  EXPECT_EQ(config::get_memory_info().current, before.current);
}

#if !defined(__SANITIZE_ADDRESS__)
TEST(Memory, UsesBlocksAgain) {
  { const Tensor warm = zeros({300, 300}); }
  const config::MemoryInfo before = config::get_memory_info();
  for (int i = 0; i < 10; ++i) const Tensor t = zeros({300, 300});
  const config::MemoryInfo after = config::get_memory_info();
  EXPECT_EQ(after.reused - before.reused, after.allocations - before.allocations);
}

TEST(Memory, EmptiesItsCache) {
  { const Tensor t = zeros({1000, 1000}); }
  EXPECT_GE(config::get_memory_info().cached, 4000000);
  config::empty_cache();
  EXPECT_LT(config::get_memory_info().cached, 4000000);
}
#endif

TEST(Memory, ObeysALimit) {
  const std::int64_t now = config::get_memory_info().current;
  config::set_memory_limit(now + 1000000);
  EXPECT_THAT(error_of<OutOfMemoryError>([] { (void)zeros({1000000}); }),
              HasSubstr("4000064 bytes on /CPU:0 asked for"));
  EXPECT_NO_THROW((void)zeros({1000}));
  config::set_memory_limit(0);
  EXPECT_NO_THROW((void)zeros({1000000}));
}

TEST(Memory, ThreadsMayFreeEachOthersTensors) {
  std::vector<Tensor> tensors;
  std::thread maker([&] {
    for (int i = 0; i < 1000; ++i) tensors.push_back(fill({i % 50 + 1}, i));
  });
  maker.join();
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(tensors[static_cast<std::size_t>(i)](0).item<int>(), i);
  }
  std::thread user([moved = std::move(tensors)]() mutable { moved.clear(); });
  user.join();
}

}  // namespace
}  // namespace saem
