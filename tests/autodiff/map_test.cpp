#include <saem/autodiff/custom_gradient.hpp>
#include <saem/autodiff/forward.hpp>
#include <saem/autodiff/map.hpp>
#include <saem/autodiff/tape.hpp>
#include <saem/graph/control_flow.hpp>
#include <saem/ops/binary_arith.hpp>
#include <saem/ops/cast.hpp>
#include <saem/ops/concat.hpp>
#include <saem/ops/cross_entropy.hpp>
#include <saem/ops/gather.hpp>
#include <saem/ops/matmul.hpp>
#include <saem/ops/random.hpp>
#include <saem/ops/reduce.hpp>
#include <saem/ops/reshape.hpp>
#include <saem/ops/softmax.hpp>
#include <saem/ops/transpose.hpp>
#include <saem/ops/unary_arith.hpp>
#include <saem/ops/unary_exp.hpp>

#include "support/op_test.hpp"

namespace saem {
namespace {

using testing::error_of;
using testing::has_values;
using testing::identical;
using testing::near;
using testing::sample;

TEST(vectorized_map, MapsEverySlice) {
  const Tensor rows = constant({{1.0, 2.0}, {3.0, 4.0}}, float64);
  const Tensor dots = vectorized_map([](const Tensor& row) { return reduce_sum(row * row); }, rows);
  EXPECT_TRUE(has_values(dots, {2}, {5.0, 25.0}));
}

TEST(vectorized_map, CallsTheFunctionOnceWithTheShapeOfASlice) {
  int calls = 0;
  const Tensor x = sample({5, 2, 3});
  const auto f = [&](const Tensor& slice) {
    ++calls;
    EXPECT_EQ(slice.shape(), (Shape{2, 3}));
    EXPECT_EQ(slice.dtype(), float64);
    EXPECT_TRUE(slice.is_symbolic());
    return exp(slice);
  };
  EXPECT_TRUE(identical(vectorized_map(f, x), exp(x)));
  EXPECT_EQ(calls, 1);
}

TEST(vectorized_map, TakesAndGivesLists) {
  const Tensor a = sample({4, 3});
  const Tensor b = sample({4, 3}, float64, -1, 1, 2);
  const Tensor shared = sample({1, 3}, float64, -1, 1, 3);
  const std::vector<Tensor> results = vectorized_map(
      [](const std::vector<Tensor>& x) {
        return std::vector<Tensor>{x[0] * x[1] + x[2], reduce_sum(x[0])};
      },
      std::vector<Tensor>{a, b, shared});
  EXPECT_TRUE(near(results[0], a * b + shared));
  EXPECT_TRUE(near(results[1], reduce_sum(a, {.axis = 1})));
}

TEST(vectorized_map, RepeatsWhatIsTheSameForEverySlice) {
  const Tensor same = constant({7.0, 8.0});
  EXPECT_TRUE(has_values(vectorized_map([&](const Tensor&) { return same; }, zeros({3})), {3, 2},
                         {7, 8, 7, 8, 7, 8}));
}

TEST(vectorized_map, MatricesMeetVectorsOfOtherRanks) {
  const Tensor batch = sample({4, 2, 3});
  const Tensor weights = sample({5, 3, 2}, float64, -1, 1, 2);  // more axes than a slice has
  const auto f = [&](const Tensor& x) { return matmul(x, weights); };
  EXPECT_TRUE(near(vectorized_map(f, batch), map_fn(f, batch)));
  const auto scaled = [&](const Tensor& x) { return x * weights(0, 0) + weights(0); };
  const Tensor columns = sample({4, 3, 2});
  EXPECT_TRUE(near(vectorized_map(scaled, columns), map_fn(scaled, columns)));
}

TEST(vectorized_map, EveryWayOfGathering) {
  const Tensor table = sample({3, 4, 5});
  const Tensor places = constant({{2, 0}, {1, 1}, {0, 2}});
  for (const int axis : {0, 1}) {
    for (const int batch_dims : {0, 1}) {
      if (axis < batch_dims) continue;
      const GatherOptions options{.axis = axis, .batch_dims = batch_dims};
      const Tensor indices = batch_dims == 1 ? constant({{2, 0}, {1, 1}, {0, 2}, {0, 0}}) : places;
      const auto of_params = [&](const Tensor& p) { return gather(p, indices, options); };
      EXPECT_TRUE(identical(vectorized_map(of_params, table), map_fn(of_params, table)));
      const Tensor several = stack({indices, indices * 0, indices}, {.axis = 0});
      const auto of_indices = [&](const Tensor& i) { return gather(table(0), i, options); };
      EXPECT_TRUE(identical(vectorized_map(of_indices, several), map_fn(of_indices, several)));
      const auto both = [&](const std::vector<Tensor>& x) { return gather(x[0], x[1], options); };
      const std::vector<Tensor> elems{table, several};
      EXPECT_TRUE(identical(vectorized_map(both, elems), map_fn(both, elems)));
    }
  }
}

TEST(vectorized_map, OpsWithoutARuleTakeSliceAfterSlice) {
  const Tensor seeds = constant({{1, 2}, {3, 4}});
  const auto f = [](const Tensor& seed) { return random::stateless_normal({3}, seed); };
  EXPECT_TRUE(identical(vectorized_map(f, seeds), map_fn(f, seeds)));
  EXPECT_EQ(error_of<ValueError>(
                [&] { (void)vectorized_map(f, seeds, {.fallback_to_while_loop = false}); }),
            "vectorized_map: stateless_random_normal has no rule for many slices at once; with "
            "fallback_to_while_loop it takes them one by one");
}

TEST(vectorized_map, RandomNumbersDifferFromSliceToSlice) {
  const Tensor x = zeros({2, 100});
  const Tensor y = vectorized_map([](const Tensor& row) { return row + random::normal({100}); }, x);
  EXPECT_FALSE(identical(y(0), y(1)));
}

TEST(vectorized_map, Nests) {
  const Tensor x = sample({3, 4});
  const Tensor y = sample({5, 4}, float64, -1, 1, 2);
  const Tensor products = vectorized_map(
      [&](const Tensor& a) {
        return vectorized_map([&](const Tensor& b) { return reduce_sum(a * b); }, y);
      },
      x);
  EXPECT_TRUE(near(products, matmul(x, y, {.transpose_b = true})));
}

TEST(vectorized_map, GradientsOfEachExample) {
  const Variable w{sample({3, 2})};
  const Tensor x = sample({4, 3});
  const auto gradient = [&](const Tensor& example) {
    GradientTape tape;
    const Tensor loss = reduce_sum(square(matmul(reshape(example, {1, 3}), w)));
    return tape.gradient(loss, w);
  };
  EXPECT_TRUE(near(vectorized_map(gradient, x), map_fn(gradient, x)));
}

TEST(vectorized_map, GradientsPassThroughIt) {
  const Tensor x = sample({4, 3});
  const Variable w{sample({3}, float64, -1, 1, 2)};
  GradientTape tape{{.persistent = true}};
  tape.watch(x);
  const ForwardAccumulator accumulator(x, ones_like(x));
  const auto f = [&](const Tensor& row) { return reduce_sum(exp(row) * w); };
  const Tensor mapped = vectorized_map(f, x);
  const Tensor direct = reduce_sum(exp(x) * w, {.axis = 1});
  EXPECT_TRUE(near(mapped, direct));
  EXPECT_TRUE(near(tape.gradient(mapped, x), tape.gradient(direct, x)));
  EXPECT_TRUE(near(tape.gradient(mapped, w), tape.gradient(direct, w)));
  EXPECT_TRUE(near(accumulator.jvp(mapped), accumulator.jvp(direct)));
}

TEST(vectorized_map, CustomGradientsOfSlices) {
  const Tensor x = sample({4, 3});
  const Tensor scale = constant(2.0, float64);
  const auto f = custom_gradient([](const Tensor& a, const Tensor& b) {
    const Tensor kept = exp(a);  // the rule holds a slice
    return std::pair(kept * b, [kept](const Tensor& dy) {
      return std::vector<Tensor>{dy * kept * 10.0, reduce_sum(dy * kept)};
    });
  });
  GradientTape tape{{.persistent = true}};
  tape.watch(x);
  tape.watch(scale);
  const Tensor mapped = vectorized_map([&](const Tensor& row) { return f(row, scale); }, x);
  const Tensor looped = map_fn([&](const Tensor& row) { return f(row, scale); }, x);
  EXPECT_TRUE(near(mapped, looped));
  EXPECT_TRUE(near(tape.gradient(mapped, x), tape.gradient(looped, x)));
  EXPECT_TRUE(near(tape.gradient(mapped, x), exp(x) * 10.0));
  EXPECT_TRUE(near(tape.gradient(mapped, scale), tape.gradient(looped, scale)));
}

TEST(vectorized_map, NoSlicesGiveTheShape) {
  const auto f = [](const Tensor& row) { return reduce_sum(row); };
  EXPECT_EQ(vectorized_map(f, zeros({0, 3})).shape(), (Shape{0}));
  EXPECT_EQ(map_fn(f, zeros({0, 3})).shape(), (Shape{0}));
}

TEST(vectorized_map, LeavesTheThreadAsItWasAfterAnError) {
  const Tensor x = sample({2, 3});
  EXPECT_THROW((void)vectorized_map([](const Tensor& row) { return matmul(row, row); }, x),
               ShapeError);
  const Tensor after = x + x;
  EXPECT_FALSE(after.is_symbolic());
  EXPECT_THROW(
      (void)vectorized_map([](const Tensor& row) { return row * row(0).item<double>(); }, x),
      ValueError);
}

TEST(vectorized_map, Errors) {
  const auto same = [](const Tensor& x) { return x; };
  const auto add = [](const std::vector<Tensor>& x) { return x[0] + x[1]; };
  EXPECT_EQ(error_of<ShapeError>([&] { (void)vectorized_map(same, constant(1)); }),
            "vectorized_map: a scalar has no slices; give tensors of rank 1 or more");
  EXPECT_EQ(error_of<ShapeError>([&] {
              (void)vectorized_map(add, std::vector<Tensor>{zeros({2}), zeros({3})});
            }),
            "vectorized_map: one tensor has 2 slices along axis 0, another 3");
  EXPECT_EQ(error_of<ShapeError>([&] {
              (void)map_fn(add, std::vector<Tensor>{zeros({2}), zeros({1})});
            }),
            "map_fn: one tensor has 2 slices along axis 0, another 1");
  EXPECT_EQ(error_of<ValueError>([&] { (void)map_fn(add, std::vector<Tensor>{}); }),
            "map_fn: the list of tensors is empty; give at least one");
}

TEST(map_fn, DecidesByElements) {
  const auto half_if_big = [](const Tensor& x) { return x.item<float>() > 2 ? x * 0.5 : x; };
  EXPECT_TRUE(has_values(map_fn(half_if_big, constant({1.0, 2.0, 4.0})), {3}, {1, 2, 2}));
}

}  // namespace
}  // namespace saem
