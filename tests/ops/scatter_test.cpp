// gather_nd, scatter_nd, tensor_scatter_nd_*; floor 5 of 5: what must be true.
#include <cmath>
#include <complex>
#include <limits>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/reshape.hpp>
#include <saem/ops/scatter.hpp>

#include "support/op_test.hpp"

namespace saem {
namespace {

using testing::error_of;
using testing::expect_index_error;
using testing::gradients_agree;
using testing::has_values;
using testing::identical;
using testing::kernel_equals_composition;
using testing::sample;
using testing::scattered;
using testing::second_gradients_agree;

using Scatter = Tensor (*)(const Tensor&, const Tensor&, const Tensor&);

/// Pairs of indices into (size, size), with many that come more than once.
Tensor many_places(std::int64_t count, double size, DType dtype = int64) {
  return cast(sample({count, 2}, float64, 0, size), dtype);
}

TEST(gather_nd, Values) {
  const Tensor x = constant({{1, 2}, {3, 4}});
  EXPECT_TRUE(has_values(gather_nd(x, constant({{0, 1}, {1, 0}})), {2}, {2, 3}));
  EXPECT_TRUE(has_values(gather_nd(x, constant({{1}, {0}})), {2, 2}, {3, 4, 1, 2}));
  EXPECT_TRUE(has_values(gather_nd(x, constant({1, 1})), {}, {4}));
  EXPECT_TRUE(has_values(gather_nd(x, zeros({2, 0}, int32)), {2, 2, 2}, {1, 2, 3, 4, 1, 2, 3, 4}));
}

TEST(gather_nd, Composition) {
  EXPECT_TRUE(kernel_equals_composition("gather_nd", {sample({7, 7, 3}), many_places(20, 7)},
                                        GatherNdOptions{0}));
  EXPECT_TRUE(kernel_equals_composition(
      "gather_nd", {sample({2, 3, 4}), constant({{{1, 3}, {0, 0}}, {{2, 1}, {2, 1}}})},
      GatherNdOptions{1}));
  EXPECT_TRUE(kernel_equals_composition(
      "gather_nd", {sample({90, 90}, float32), many_places(50000, 90)}, GatherNdOptions{0}));
}

TEST(gather_nd, Types) {
  for (const DType dtype : {bool_, int8, int64, half, float32, float64}) {
    const Tensor x = sample({9, 9, 2}, dtype, 0, 2);
    for (const DType index : {int32, int64}) {
      const Tensor indices = many_places(11, 9, index);
      EXPECT_TRUE(identical(gather_nd(scattered(x), scattered(indices)), gather_nd(x, indices)));
    }
    EXPECT_TRUE(identical(gather_nd(x, constant({{8, 3}}))(0).contiguous(), x(8, 3).contiguous()));
  }
  EXPECT_EQ(gather_nd(zeros({3, 2}), zeros({0, 1}, int32)).shape(), (Shape{0, 2}));
  EXPECT_EQ(gather_nd(zeros({3, 0}), zeros({4, 1}, int32)).shape(), (Shape{4, 0}));
  EXPECT_TRUE(has_values(gather_nd(constant(7), zeros({2, 0}, int32)), {2}, {7, 7}));
}

TEST(gather_nd, Options) {
  const Tensor x = constant({{{1, 2}, {3, 4}}, {{5, 6}, {7, 8}}});
  EXPECT_TRUE(
      has_values(gather_nd(x, constant({{1}, {0}}), {.batch_dims = 1}), {2, 2}, {3, 4, 5, 6}));
  EXPECT_TRUE(has_values(gather_nd(x, constant({{1}, {0}})), {2, 2, 2}, {5, 6, 7, 8, 1, 2, 3, 4}));
  EXPECT_TRUE(
      has_values(gather_nd(x, constant({{1}, {0}}), {.batch_dims = -1}), {2, 2}, {3, 4, 5, 6}));
}

TEST(gather_nd, Gradient) {
  const auto f = [](const std::vector<Tensor>& x) {
    const Tensor y = gather_nd(x[0], constant({{1, 0}, {0, 2}, {1, 0}}));
    return y * y * y;
  };
  EXPECT_TRUE(gradients_agree(f, {sample({2, 3, 2})}));
  EXPECT_TRUE(second_gradients_agree(f, {sample({2, 3, 2})}));
  const auto batched = [](const std::vector<Tensor>& x) {
    const Tensor y = gather_nd(x[0], constant({{{1}, {1}}, {{0}, {2}}}), {.batch_dims = 1});
    return y * y * y;
  };
  EXPECT_TRUE(gradients_agree(batched, {sample({2, 3, 2})}));
  EXPECT_TRUE(second_gradients_agree(batched, {sample({2, 3, 2})}));
}

TEST(gather_nd, Errors) {
  const Tensor x = zeros({2, 3});
  expect_index_error(
      [&] {
        gather_nd(x, constant({{0, 1}, {2, 0}}));
      },
      "gather_nd: indices[1] = [2, 0] does not lie in shape (2, 3)");
  expect_index_error(
      [&] {
        gather_nd(x, constant({{{0, 1}}, {{0, -1}}}));
      },
      "gather_nd: indices[1, 0] = [0, -1] does not lie in shape (2, 3)");
  EXPECT_EQ(error_of<DTypeError>([&] { gather_nd(x, constant({1.0})); }),
            "gather_nd: indices must be int32 or int64, got float32; tf::cast them");
  EXPECT_EQ(error_of<ShapeError>([&] { gather_nd(x, constant(1)); }),
            "gather_nd: indices of shape () need at least one axis");
  EXPECT_EQ(error_of<ShapeError>([&] {
              gather_nd(x, zeros({1, 3}, int32));
            }),
            "gather_nd: indices of shape (1, 3) name 3 axes, but shape (2, 3) has only 2 to index");
  EXPECT_EQ(error_of<ShapeError>([&] {
              gather_nd(x, zeros({3, 1}, int32), {.batch_dims = 1});
            }),
            "gather_nd: batch axis 0 has 2 in shape (2, 3) and 3 in indices of shape (3, 1); with "
            "batch_dims = 1 they must be equal");
  EXPECT_EQ(error_of<ShapeError>([&] {
              gather_nd(x, zeros({2, 1}, int32), {.batch_dims = 2});
            }),
            "gather_nd: batch_dims 2 is out of range for params of shape (2, 3) and indices of "
            "shape (2, 1)");
}

TEST(scatter_nd, Values) {
  EXPECT_TRUE(has_values(scatter_nd(constant({{1}, {3}, {1}}), constant({1, 2, 3}), {5}), {5},
                         {0, 4, 0, 2, 0}));
  EXPECT_TRUE(
      has_values(scatter_nd(constant({{1}}), constant({{5, 6}}), {2, 2}), {2, 2}, {0, 0, 5, 6}));
  EXPECT_TRUE(has_values(scatter_nd(zeros({2, 0}, int32), constant({1, 2}), {}), {}, {3}));
}

TEST(scatter_nd, Composition) {
  EXPECT_TRUE(kernel_equals_composition("scatter_nd", {many_places(20, 7), sample({20, 3})},
                                        ScatterNdOptions{{7, 7, 3}, 0}));
  EXPECT_TRUE(kernel_equals_composition(
      "scatter_nd", {constant({{{1, 3}, {0, 0}}, {{2, 1}, {2, 1}}}), sample({2, 2})},
      ScatterNdOptions{{2, 3, 4}, 1}));
}

TEST(scatter_nd, Types) {
  for (const DType dtype : {int8, uint16, int64, half, float32, float64}) {
    const Tensor updates = sample({400, 3}, dtype, -3, 3);
    const Tensor indices = many_places(400, 5, int32);
    EXPECT_TRUE(identical(scatter_nd(scattered(indices), scattered(updates), {5, 5, 3}),
                          scatter_nd(indices, updates, {5, 5, 3})));
    EXPECT_TRUE(kernel_equals_composition("scatter_nd", {indices, updates},
                                          ScatterNdOptions{{5, 5, 3}, 0}));
  }
  EXPECT_EQ(scatter_nd(zeros({0, 1}, int32), zeros({0, 2}), {3, 2}).shape(), (Shape{3, 2}));
  EXPECT_EQ(scatter_nd(zeros({2, 1}, int32), zeros({2, 0}), {3, 0}).shape(), (Shape{3, 0}));
  const Tensor large = scatter_nd(reshape(range(100000), {-1, 1}), ones({100000}), {100000});
  EXPECT_TRUE(identical(large, ones({100000})));
}

TEST(scatter_nd, ComplexSumsGoPartByPart) {
  using Complex = std::complex<float>;
  const Tensor updates = constant({Complex(1, 2), Complex(3, 4), Complex(5, -6)});
  const Tensor indices = constant({{1}, {0}, {1}});
  EXPECT_TRUE(has_values(scatter_nd(indices, updates, {2}), {2}, {3, 4, 6, -4}));
  const Tensor ones_there = constant({Complex(1, 1), Complex(1, 1)});
  EXPECT_TRUE(
      has_values(tensor_scatter_nd_sub(ones_there, indices, updates), {2}, {-2, -3, -5, 5}));
  EXPECT_TRUE(
      has_values(tensor_scatter_nd_update(ones_there, indices, updates), {2}, {3, 4, 5, -6}));
  EXPECT_EQ(error_of<DTypeError>([&] { tensor_scatter_nd_min(ones_there, indices, updates); }),
            "tensor_scatter_nd_min: needs real numbers, got complex64; tf::cast it first");
}

TEST(scatter_nd, Options) {
  const Tensor indices = constant({{1}});
  EXPECT_EQ(scatter_nd(indices, ones({1}), {2}).shape(), (Shape{2}));
  EXPECT_EQ(scatter_nd(indices, ones({1}), {4}).shape(), (Shape{4}));
  const Tensor batched =
      apply_one(*find_op("scatter_nd"), {constant({{{1}}, {{0}}}), constant({{5}, {6}})},
                ScatterNdOptions{{2, 2}, 1});
  EXPECT_TRUE(has_values(batched, {2, 2}, {0, 5, 6, 0}));
}

TEST(scatter_nd, Gradient) {
  const auto f = [](const std::vector<Tensor>& x) {
    const Tensor y = scatter_nd(constant({{1, 0}, {0, 2}, {1, 0}}), x[0], {2, 3, 2});
    return y * y * y;
  };
  EXPECT_TRUE(gradients_agree(f, {sample({3, 2})}));
  EXPECT_TRUE(second_gradients_agree(f, {sample({3, 2})}));
}

TEST(scatter_nd, Errors) {
  expect_index_error(
      [] {
        scatter_nd(constant({{1}, {7}}), ones({2}), {5});
      },
      "scatter_nd: indices[1] = [7] does not lie in shape (5,)");
  EXPECT_EQ(error_of<ShapeError>([] { scatter_nd(constant({{1}}), ones({2}), {5}); }),
            "scatter_nd: updates have shape (2,); indices of shape (1, 1) into shape (5,) need "
            "(1,)");
  EXPECT_EQ(error_of<DTypeError>([] { scatter_nd(constant({{1}}), constant({true}), {5}); }),
            "scatter_nd: needs numbers, got bool; tf::cast it first");
  EXPECT_EQ(error_of<ShapeError>([] { scatter_nd(constant({{1}}), ones({1}), {-5}); }),
            "scatter_nd: shape (-5,) has a negative size");
}

/// What holds for all of tensor_scatter_nd_*.
void check_types(Scatter scatter) {
  for (const DType dtype : {int8, uint16, int64, half, DType(DType::kBFloat16), float32, float64}) {
    const Tensor x = sample({5, 5, 3}, dtype, -3, 3, 4);
    const Tensor updates = sample({400, 3}, dtype, -3, 3);
    const Tensor indices = many_places(400, 5, int32);
    EXPECT_TRUE(identical(scatter(scattered(x), scattered(indices), scattered(updates)),
                          scatter(x, indices, updates)));
  }
  EXPECT_EQ(scatter(zeros({3, 2}), zeros({0, 1}, int32), zeros({0, 2})).shape(), (Shape{3, 2}));
  EXPECT_EQ(scatter(zeros({0}), zeros({0, 1}, int64), zeros({0})).shape(), (Shape{0}));
  EXPECT_EQ(scatter(constant(1.0), zeros({1, 0}, int32), zeros({1})).shape(), Shape());
  const Tensor places = reshape(range(100000), {-1, 1});
  EXPECT_EQ(scatter(zeros({100000}), places, ones({100000})).shape(), (Shape{100000}));
}

void check_errors(const std::string& name, Scatter scatter) {
  const Tensor x = zeros({3});
  expect_index_error(
      [&] {
        scatter(x, constant({{1}, {-1}}), ones({2}));
      },
      name + ": indices[1] = [-1] does not lie in shape (3,)");
  EXPECT_EQ(error_of<DTypeError>([&] { scatter(x, constant({{1}}), constant({1})); }),
            name + ": the tensor is float32, the updates are int32; tf::cast one of them");
  EXPECT_EQ(
      error_of<ShapeError>([&] {
        scatter(x, constant({{1}}), ones({2, 2}));
      }),
      name + ": updates have shape (2, 2); indices of shape (1, 1) into shape (3,) need (1,)");
}

void check_gradients(Scatter scatter, const Tensor& indices, const Tensor& updates) {
  const auto f = [&](const std::vector<Tensor>& x) {
    const Tensor y = scatter(x[0], indices, x[1]);
    return y * y * y;
  };
  const Tensor x = sample({4, 2}, float64, -2, 2, 3);
  EXPECT_TRUE(gradients_agree(f, {x, updates}));
  EXPECT_TRUE(second_gradients_agree(f, {x, updates}));
}

TEST(tensor_scatter_nd_update, Values) {
  const Tensor x = constant({1, 2, 3});
  EXPECT_TRUE(has_values(tensor_scatter_nd_update(x, constant({{1}, {1}}), constant({7, 8})), {3},
                         {1, 8, 3}))
      << "the last one stays";
  EXPECT_TRUE(has_values(x, {3}, {1, 2, 3}));
  const Tensor flags = constant({true, true});
  EXPECT_TRUE(
      has_values(tensor_scatter_nd_update(flags, constant({{0}}), constant({false})), {2}, {0, 1}));
}

TEST(tensor_scatter_nd_update, TheLastStaysOnAnyNumberOfThreads) {
  const Tensor places = cast(sample({40000, 1}, float64, 0, 50), int64);
  const Tensor y = tensor_scatter_nd_update(fill({50}, -1), places, range(40000));
  const std::vector<double> numbers = testing::values_of(places);
  std::vector<double> expected(50, -1);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    expected[static_cast<std::size_t>(numbers[i])] = static_cast<double>(i);
  }
  EXPECT_TRUE(has_values(y, {50}, expected));
}

TEST(tensor_scatter_nd_update, Types) { check_types(&tensor_scatter_nd_update); }
TEST(tensor_scatter_nd_update, Errors) {
  check_errors("tensor_scatter_nd_update", &tensor_scatter_nd_update);
}
TEST(tensor_scatter_nd_update, Gradient) {
  check_gradients(&tensor_scatter_nd_update, constant({{2}, {0}}), sample({2, 2}));
  check_gradients(&tensor_scatter_nd_update, constant({{2, 1}}), sample({1}));
}

TEST(tensor_scatter_nd_add, Values) {
  const Tensor x = constant({1, 2, 3});
  EXPECT_TRUE(has_values(tensor_scatter_nd_add(x, constant({{1}, {1}}), constant({7, 8})), {3},
                         {1, 17, 3}));
  // A sum of half precision is rounded once: 2048 + 1 + 1 is 2050, step by step it would be 2048.
  EXPECT_TRUE(has_values(
      tensor_scatter_nd_add(constant({2048.0}, half), constant({{0}, {0}}), ones({2}, half)), {1},
      {2050}));
}
TEST(tensor_scatter_nd_add, Composition) {
  EXPECT_TRUE(kernel_equals_composition("tensor_scatter_nd_add",
                                        {sample({5, 5, 2}), many_places(40, 5), sample({40, 2})}));
}
TEST(tensor_scatter_nd_add, Types) { check_types(&tensor_scatter_nd_add); }
TEST(tensor_scatter_nd_add, Errors) {
  check_errors("tensor_scatter_nd_add", &tensor_scatter_nd_add);
  EXPECT_EQ(error_of<DTypeError>([] {
              const Tensor x = constant({true});
              tensor_scatter_nd_add(x, constant({{0}}), x);
            }),
            "tensor_scatter_nd_add: needs numbers, got bool; tf::cast it first");
}
TEST(tensor_scatter_nd_add, Gradient) {
  check_gradients(&tensor_scatter_nd_add, constant({{2}, {0}, {2}}), sample({3, 2}));
}

TEST(tensor_scatter_nd_sub, Values) {
  EXPECT_TRUE(has_values(
      tensor_scatter_nd_sub(constant({1, 2, 3}), constant({{1}, {1}}), constant({7, -8})), {3},
      {1, 3, 3}));
  EXPECT_TRUE(
      has_values(tensor_scatter_nd_sub(constant({1}, uint8), constant({{0}}), constant({2}, uint8)),
                 {1}, {255}));
}
TEST(tensor_scatter_nd_sub, Composition) {
  EXPECT_TRUE(kernel_equals_composition("tensor_scatter_nd_sub",
                                        {sample({5, 5, 2}), many_places(40, 5), sample({40, 2})}));
}
TEST(tensor_scatter_nd_sub, Types) { check_types(&tensor_scatter_nd_sub); }
TEST(tensor_scatter_nd_sub, Errors) {
  check_errors("tensor_scatter_nd_sub", &tensor_scatter_nd_sub);
}
TEST(tensor_scatter_nd_sub, Gradient) {
  check_gradients(&tensor_scatter_nd_sub, constant({{2}, {0}, {2}}), sample({3, 2}));
}

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

TEST(tensor_scatter_nd_min, Values) {
  const Tensor x = constant({1.0, 2.0, 3.0, 4.0});
  EXPECT_TRUE(has_values(
      tensor_scatter_nd_min(x, constant({{1}, {2}, {3}, {2}}), constant({7.0, -8.0, kNan, 1.0})),
      {4}, {1, 2, -8, kNan}));
}
TEST(tensor_scatter_nd_min, Types) { check_types(&tensor_scatter_nd_min); }
TEST(tensor_scatter_nd_min, Errors) {
  check_errors("tensor_scatter_nd_min", &tensor_scatter_nd_min);
}
TEST(tensor_scatter_nd_min, Gradient) {
  check_gradients(&tensor_scatter_nd_min, constant({{2}, {0}, {2}}), sample({3, 2}));
}
TEST(tensor_scatter_nd_min, EqualOnesShareTheGradient) {
  GradientTape tape;
  const Tensor x = constant({1.0, 2.0});
  const Tensor updates = constant({1.0, 5.0});
  tape.watch(x);
  tape.watch(updates);
  const Tensor y = tensor_scatter_nd_min(x, constant({{0}, {1}}), updates);
  const auto [dx, du] = tape.gradient(y, x, updates);
  EXPECT_TRUE(has_values(dx, {2}, {0.5, 1}));
  EXPECT_TRUE(has_values(du, {2}, {0.5, 0}));
}

TEST(tensor_scatter_nd_max, Values) {
  const Tensor x = constant({1.0, 2.0, 3.0, 4.0});
  EXPECT_TRUE(has_values(
      tensor_scatter_nd_max(x, constant({{1}, {2}, {3}, {1}}), constant({7.0, -8.0, kNan, 6.0})),
      {4}, {1, 7, 3, kNan}));
}
TEST(tensor_scatter_nd_max, Types) { check_types(&tensor_scatter_nd_max); }
TEST(tensor_scatter_nd_max, Errors) {
  check_errors("tensor_scatter_nd_max", &tensor_scatter_nd_max);
}
TEST(tensor_scatter_nd_max, Gradient) {
  check_gradients(&tensor_scatter_nd_max, constant({{2}, {0}, {2}}), sample({3, 2}));
}

}  // namespace
}  // namespace saem
