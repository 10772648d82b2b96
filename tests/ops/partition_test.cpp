// dynamic_partition, dynamic_stitch; floor 5 of 5: what must be true.
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/partition.hpp>

#include "support/op_test.hpp"

namespace saem {
namespace {

using testing::error_of;
using testing::gradients_agree;
using testing::has_values;
using testing::identical;
using testing::sample;
using testing::scattered;

TEST(dynamic_partition, Values) {
  const std::vector<Tensor> parts =
      dynamic_partition(constant({10, 20, 30, 40}), constant({0, 0, 2, 0}), 3);
  EXPECT_TRUE(has_values(parts[0], {3}, {10, 20, 40}));
  EXPECT_TRUE(has_values(parts[1], {0}, {}));
  EXPECT_TRUE(has_values(parts[2], {1}, {30}));
  const Tensor data = constant({{1, 2}, {3, 4}});
  EXPECT_TRUE(has_values(dynamic_partition(data, constant({{0, 1}, {1, 0}}), 2)[1], {2}, {2, 3}));
  EXPECT_TRUE(has_values(dynamic_partition(data, constant(1), 2)[1], {1, 2, 2}, {1, 2, 3, 4}));
}

TEST(dynamic_partition, Types) {
  for (const DType dtype : {bool_, int8, half, float32, float64}) {
    const Tensor data = sample({5, 3}, dtype, 0, 2);
    const Tensor parts = constant({1, 0, 1, 1, 0}, int64);
    EXPECT_TRUE(identical(dynamic_partition(scattered(data), parts, 2)[1],
                          dynamic_partition(data, parts, 2)[1]));
  }
  EXPECT_EQ(dynamic_partition(zeros({0, 3}), zeros({0}, int32), 1)[0].shape(), (Shape{0, 3}));
}

TEST(dynamic_partition, Gradient) {
  const auto f = [](const std::vector<Tensor>& x) {
    const std::vector<Tensor> parts = dynamic_partition(x[0], constant({1, 0, 1}), 2);
    return parts[1] * parts[1] * parts[0];
  };
  EXPECT_TRUE(gradients_agree(f, {sample({3, 2})}));
}

TEST(dynamic_partition, Errors) {
  const Tensor data = zeros({2});
  EXPECT_EQ(error_of<IndexError>([&] {
              dynamic_partition(data, constant({0, 2}), 2);
            }),
            "dynamic_partition: element 1 of partitions is 2, which is not in [0, 2)");
  EXPECT_EQ(error_of<ShapeError>([&] { dynamic_partition(data, zeros({3}, int32), 2); }),
            "dynamic_partition: data of shape (2,) does not start with the shape of partitions, "
            "(3,)");
  EXPECT_EQ(error_of<ValueError>([&] { dynamic_partition(data, zeros({2}, int32), 0); }),
            "dynamic_partition: num_partitions is 0; it must be positive");
  EXPECT_EQ(error_of<DTypeError>([&] { dynamic_partition(data, zeros({2}), 1); }),
            "dynamic_partition: partitions must be int32 or int64, got float32; tf::cast them");
}

TEST(dynamic_stitch, Values) {
  EXPECT_TRUE(has_values(
      dynamic_stitch({constant({0, 2}), constant({1, 2})}, {constant({1, 2}), constant({3, 4})}),
      {3}, {1, 3, 4}));
  EXPECT_TRUE(
      has_values(dynamic_stitch({constant({0, 3})}, {constant({1, 2})}), {4}, {1, 0, 0, 2}));
  EXPECT_TRUE(has_values(dynamic_stitch({constant(1), constant({{0}, {2}})},
                                        {constant({5, 6}), constant({{{1, 2}}, {{3, 4}}})}),
                         {3, 2}, {1, 2, 5, 6, 3, 4}));
}

TEST(dynamic_stitch, PutsAPartitionTogetherAgain) {
  for (const DType dtype : {bool_, int8, half, float32, float64}) {
    const Tensor data = sample({100, 3}, dtype, 0, 2);
    const Tensor parts = cast(sample({100}, float64, 0, 4), int32);
    const Tensor again = dynamic_stitch(dynamic_partition(range(100), parts, 4),
                                        dynamic_partition(scattered(data), parts, 4));
    EXPECT_TRUE(identical(again, data));
  }
}

TEST(dynamic_stitch, Gradient) {
  const auto f = [](const std::vector<Tensor>& x) {
    const Tensor y = dynamic_stitch({constant({2, 0}), constant(1)}, x);
    return y * y * y;
  };
  EXPECT_TRUE(gradients_agree(f, {sample({2, 3}), sample({3})}));
}

TEST(dynamic_stitch, Errors) {
  EXPECT_EQ(error_of<ValueError>([] { dynamic_stitch({}, {}); }),
            "dynamic_stitch: 0 tensors of indices for 0 of data; give one for each, at least one");
  EXPECT_EQ(error_of<IndexError>([] { dynamic_stitch({constant({-1})}, {constant({1})}); }),
            "dynamic_stitch: indices[0] has -1; it must not be negative");
  EXPECT_EQ(error_of<ShapeError>([] {
              dynamic_stitch({constant({0}), constant({1})}, {zeros({1, 2}), zeros({1, 3})});
            }),
            "dynamic_stitch: data[1] has shape (1, 3), indices[1] have (1,); it must be theirs and "
            "then (2,)");
  EXPECT_EQ(error_of<DTypeError>([] {
              dynamic_stitch({constant({0}), constant({1})}, {zeros({1}), zeros({1}, int32)});
            }),
            "concat: float32 and int32 do not mix; tf::cast values[1]");
}

}  // namespace
}  // namespace saem
